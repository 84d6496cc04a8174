//! Configured keys are changed while the server answers: nobody is signed out, no request fails, and nothing shows a value.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use secrecy::ExposeSecret;
use serde_json::{Value, json};
use som_server::config::Secrets;
use som_server::permission::Role;
use som_server::rotation;
use som_server::security::server_key::between;

use crate::harness::process::Server;
use crate::harness::{PASSWORD, TestApp, cluster, email};

/// With every key changed, and the ones before accepted.
fn changed(old: &Secrets) -> Secrets {
    let fresh = Secrets::random().unwrap();
    Secrets {
        session_key_previous: Some(old.session_key.clone()),
        csrf_key_previous: Some(old.csrf_key.clone()),
        cursor_key_previous: Some(old.cursor_key.clone()),
        encryption_key_previous: Some(old.encryption_key.clone()),
        ..fresh
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_go_on_while_every_key_changes() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    for n in 0..3 {
        let body =
            json!({ "name": format!("Customer {n}"), "email": format!("c{n}@reader.example") });
        owner.post("/customers").json(body).send().await.created();
    }
    let first = owner.get("/customers?limit=2").send().await.ok();
    let cursor = first["page"]["next"].as_str().unwrap().to_owned();
    let (stop, count) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicUsize::new(0)),
    );
    let working = {
        let (owner, stop, count) = (owner.clone(), Arc::clone(&stop), Arc::clone(&count));
        tokio::spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                let n = count.fetch_add(1, Ordering::Relaxed);
                let body = json!({ "name": format!("At work {n}"), "email": format!("w{n}@reader.example") });
                let made = owner.post("/customers").json(body).send().await.created();
                let found = owner
                    .get(format!("/customers?email=w{n}@reader.example"))
                    .send()
                    .await
                    .ok();
                assert_eq!(found["data"][0]["id"], made["id"]);
            }
        })
    };
    let more = async |least: usize| {
        let end = Instant::now() + Duration::from_secs(30);
        let aim = count.load(Ordering::Relaxed) + least;
        while count.load(Ordering::Relaxed) < aim && !working.is_finished() {
            assert!(Instant::now() < end);
            tokio::task::yield_now().await;
        }
    };
    more(3).await;
    let old = (*app.state.secrets()).clone();
    let new = changed(&old);
    app.state
        .renew_secrets(between(&old, &new).unwrap())
        .unwrap();
    more(3).await;
    // a server that uses the new keys already, and one that has them to come, take each other's sessions
    let mut config = app.state.config().clone();
    config.secrets = new.clone();
    let state = cluster::state(config, &app.database, app.clock.clone()).await;
    let there = crate::harness::Client::new(
        som_server::app::router(state),
        app.state.config().server.public_url.as_str(),
    );
    there.sign_in_as(&email(Role::Rep)).await;
    let here = app.anonymous();
    for name in there.cookie_names() {
        here.set_cookie(&name, &there.cookie(&name).unwrap());
    }
    here.get("/me").send().await.ok();
    let body = json!({ "name": "Across" });
    here.post("/customers").json(body).send().await.created();
    app.state.renew_secrets(new.clone()).unwrap();
    more(3).await;
    let page = owner
        .get(format!("/customers?limit=2&cursor={cursor}"))
        .send()
        .await
        .ok();
    assert!(
        !page["data"].as_array().unwrap().is_empty(),
        "a list is read on"
    );
    stop.store(true, Ordering::Relaxed);
    working.await.unwrap();
    // without the old keys, what they made is over
    let without = Secrets {
        session_key_previous: None,
        csrf_key_previous: None,
        cursor_key_previous: None,
        ..new
    };
    app.state.renew_secrets(without).unwrap();
    owner
        .get("/me")
        .send()
        .await
        .problem(401, "unauthenticated");
}

async fn status(app: &TestApp) -> Value {
    let (code, said, beside) = app.command(&["keys", "status", "--json"]).await;
    assert_eq!(code, 0, "{beside}");
    serde_json::from_str(&said).unwrap()
}

fn of<'a>(status: &'a Value, key: &str) -> &'a Value {
    let mut keys = status["configured"].as_array().unwrap().iter();
    keys.find(|one| one["key"] == key).unwrap()
}

/// A browser at the real server.
struct Browser {
    http: reqwest::Client,
    jar: Arc<reqwest::cookie::Jar>,
    origin: String,
}

impl Browser {
    fn new(origin: &str) -> Self {
        let jar = Arc::new(reqwest::cookie::Jar::default());
        let http = reqwest::Client::builder()
            .cookie_provider(jar.clone())
            .build()
            .unwrap();
        Self {
            http,
            jar,
            origin: origin.to_owned(),
        }
    }

    async fn sign_in(&self, server: &Server) {
        let body = json!({ "email": email(Role::Owner), "password": PASSWORD });
        let call = self
            .http
            .post(format!("{}/api/v1/auth/sign-in", server.address));
        let answer = call
            .header("origin", &self.origin)
            .json(&body)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
    }

    async fn me(&self, server: &Server) -> u16 {
        let call = self.http.get(format!("{}/api/v1/me", server.address));
        call.send().await.unwrap().status().as_u16()
    }

    async fn write(&self, server: &Server) -> u16 {
        use reqwest::cookie::CookieStore;
        let url = server.address.parse().unwrap();
        let cookies = self.jar.cookies(&url).unwrap();
        let mut pairs = cookies
            .to_str()
            .unwrap()
            .split("; ")
            .filter_map(|pair| pair.split_once('='));
        let (_, token) = pairs.find(|(name, _)| name.ends_with("som_csrf")).unwrap();
        let call = self
            .http
            .post(format!("{}/api/v1/customers", server.address));
        let call = call
            .header("origin", &self.origin)
            .header("x-csrf-token", token);
        call.json(&json!({ "name": "Written" }))
            .send()
            .await
            .unwrap()
            .status()
            .as_u16()
    }
}

#[tokio::test]
async fn the_command_changes_keys_under_running_servers() {
    let app = TestApp::new().await;
    app.clock.advance(chrono::Utc::now() - app.clock.now());
    let data = app.state.config().data_dir.clone();
    let origin = "http://localhost:18080";
    let more = [("SOM_PUBLIC_URL", origin)];
    let mut one = Server::start_with(&app, &data, &more).await;
    let browser = Browser::new(origin);
    browser.sign_in(&one).await;
    assert_eq!(browser.write(&one).await, 201);
    let before = std::fs::read_to_string(data.join("secrets.toml")).unwrap();
    let secret = |text: &str, name: &str| {
        text.parse::<toml::Table>().unwrap()[name]
            .as_str()
            .unwrap()
            .to_owned()
    };
    for key in ["session", "csrf"] {
        let (code, said, beside) = app.command(&["keys", "rotate", key]).await;
        assert_eq!((code, said.as_str()), (0, ""), "{beside}");
        assert!(!beside.contains(&secret(&before, &format!("{key}_key"))));
        let (code, _, beside) = app.command(&["keys", "rotate", key]).await;
        assert_eq!(code, 8, "one change at a time: {beside}");
    }
    let after = std::fs::read_to_string(data.join("secrets.toml")).unwrap();
    for key in ["session", "csrf"] {
        assert_eq!(
            secret(&after, &format!("{key}_key_previous")),
            secret(&before, &format!("{key}_key"))
        );
        assert!(
            !beside_holds(&app, &secret(&after, &format!("{key}_key"))).await,
            "status shows no value"
        );
    }
    // another server starts and uses the new keys at once; the first accepts them as soon as it read its configuration
    let mut two = Server::start_with(&app, &data, &more).await;
    let other = Browser::new(origin);
    other.sign_in(&two).await;
    assert_eq!(other.me(&one).await, 401, "not read yet");
    one.hurry();
    let end = Instant::now() + Duration::from_secs(30);
    while other.me(&one).await != 200 {
        assert!(Instant::now() < end, "the new key is not accepted");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    for (who, browser) in [("old", &browser), ("new", &other)] {
        for (which, server) in [("one", &one), ("two", &two)] {
            assert_eq!(browser.me(server).await, 200, "{who} at {which}");
            assert_eq!(browser.write(server).await, 201, "{who} at {which}");
        }
    }
    let found = status(&app).await;
    for key in ["session", "csrf"] {
        assert!(of(&found, key)["since"].is_string(), "{found}");
        assert!(of(&found, key)["previous"]["needed"].is_string(), "{found}");
        let (code, _, beside) = app.command(&["keys", "retire", key]).await;
        assert_eq!(code, 8, "{beside}");
    }
    assert_eq!(of(&found, "cursor")["previous"], Value::Null);
    let entries: i64 = sqlx::query_scalar("select count(*) from audit_events where action = 'key_changed' and diff ->> 'key' = 'session'")
        .fetch_one(&app.admin_pool().await)
        .await
        .unwrap();
    assert_eq!(entries, 2, "one an organization");
    let (code, _, beside) = app.command(&["keys", "retire", "session", "--now"]).await;
    assert_eq!(code, 0, "{beside}");
    two.hurry();
    let end = Instant::now() + Duration::from_secs(30);
    while browser.me(&two).await != 401 {
        assert!(Instant::now() < end, "the old key is still accepted");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(other.me(&two).await, 200);
    one.kill();
    two.kill();
}

async fn beside_holds(app: &TestApp, secret: &str) -> bool {
    let (_, said, beside) = app.command(&["keys", "status"]).await;
    said.contains(secret) || beside.contains(secret)
}

#[tokio::test]
async fn a_key_from_the_environment_is_changed_there() {
    let app = TestApp::new().await;
    // the tests' encryption key is a variable
    let (code, said, beside) = app.command(&["keys", "rotate", "encryption"]).await;
    assert_eq!((code, said.as_str()), (3, ""));
    assert!(beside.contains("SOM_ENCRYPTION_KEY_PREVIOUS"), "{beside}");
    let (code, _, beside) = app.command(&["keys", "retire", "nonsense"]).await;
    assert_eq!(code, 2, "{beside}");
    let (code, _, beside) = app.command(&["keys", "retire", "cursor"]).await;
    assert_eq!(code, 0, "{beside}");
}

#[tokio::test]
async fn the_encryption_key_in_files_of_its_own_is_changed_and_wraps_anew() {
    let app = TestApp::new().await;
    app.clock.advance(chrono::Utc::now() - app.clock.now());
    let owner = app.sign_in(Role::Owner).await;
    let body = json!({ "name": "Reader", "email": "ada@reader.example" });
    let made = owner.post("/customers").json(body).send().await.created();
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str| dir.path().join(name).display().to_string();
    let (current, previous) = (file("key"), file("previous"));
    use base64::Engine;
    let text = base64::engine::general_purpose::STANDARD
        .encode(app.state.secrets().encryption_key.expose_secret());
    std::fs::write(&current, &text).unwrap();
    std::fs::write(&previous, "").unwrap();
    let files = [
        ("SOM_ENCRYPTION_KEY_FILE", &*current),
        ("SOM_ENCRYPTION_KEY_PREVIOUS_FILE", &*previous),
    ];
    let run = async |arguments: &[&str]| app.command_without_key(arguments, &files).await;
    let (code, _, beside) = run(&["keys", "rotate", "encryption"]).await;
    assert_eq!(code, 0, "{beside}");
    assert_eq!(std::fs::read_to_string(&previous).unwrap(), text);
    assert_ne!(std::fs::read_to_string(&current).unwrap(), text);
    let (code, _, beside) = run(&["keys", "rotate", "data"]).await;
    assert_eq!(code, 75, "no server uses it yet: {beside}");
    let (code, _, beside) = run(&["keys", "retire", "encryption", "--now"]).await;
    assert_eq!(code, 8, "never while it is needed: {beside}");
    // a server with these files
    let decoded = |path: &str| {
        let text = std::fs::read_to_string(path).unwrap();
        base64::engine::general_purpose::STANDARD
            .decode(text)
            .unwrap()
            .into()
    };
    let mut secrets = (*app.state.secrets()).clone();
    secrets.encryption_key = decoded(&current);
    secrets.encryption_key_previous = Some(decoded(&previous));
    app.state.renew_secrets(secrets).unwrap();
    rotation::note_keys(&app.state).await.unwrap();
    app.clock.advance(chrono::Duration::minutes(4));
    app.work().await;
    let (code, _, beside) =
        run(&["keys", "rotate", "data", "--organization", "Test Company"]).await;
    assert_eq!(code, 0, "{beside}");
    assert!(
        beside.contains("Test Company: version 2 is used from "),
        "{beside}"
    );
    let (code, _, _) = run(&["keys", "rotate", "index", "--organization", "Nobody"]).await;
    assert_eq!(code, 7);
    let (code, said, _) = run(&["keys", "status"]).await;
    assert_eq!(code, 0);
    assert!(
        said.contains("Test Company\tencryption\tversion 2\tcoming since "),
        "{said}"
    );
    let (code, _, beside) = run(&["keys", "retire", "encryption"]).await;
    assert_eq!(code, 0, "{beside}");
    assert_eq!(std::fs::read_to_string(&previous).unwrap(), "");
    let path = format!("/customers/{}", made["id"].as_str().unwrap());
    assert_eq!(
        owner.get(path).send().await.ok()["email"],
        "ada@reader.example"
    );
}
