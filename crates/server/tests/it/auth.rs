//! Sign-in, tokens, refresh and CSRF.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Duration;
use serde_json::{Value, json};
use som_server::permission::Role;

use crate::harness::{Answer, Client, PASSWORD, TestApp, email};

async fn sign_in(client: &Client, email: &str, password: &str) -> Answer {
    client
        .post("/auth/sign-in")
        .json(json!({ "email": email, "password": password }))
        .send()
        .await
}

#[tokio::test]
async fn signing_in_tells_who_and_what_is_allowed() {
    let app = TestApp::new().await;
    let browser = app.anonymous();
    let me = sign_in(&browser, &email(Role::Rep), PASSWORD).await.ok();
    assert_eq!(me["membership"]["role"], "rep");
    assert_eq!(me["membership"]["row_scope"], "own");
    assert_eq!(me["organization"]["currency"], "EUR");
    let permissions: Vec<&str> = me["permissions"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    assert!(permissions.contains(&"orders.write") && !permissions.contains(&"orders.approve"));
    assert_eq!(me["organizations"].as_array().unwrap().len(), 1);
    assert_eq!(browser.get("/me").send().await.ok(), me);
    assert_eq!(
        browser.cookie_names(),
        ["som_at", "som_csrf", "som_dev", "som_rt"]
    );
}

#[tokio::test]
async fn cookies_are_protected() {
    let app = TestApp::configured(|c| {
        c.server.public_url = "https://orders.example.com".parse().unwrap()
    })
    .await;
    let browser = app.anonymous();
    let answer = sign_in(&browser, &email(Role::Rep), PASSWORD).await;
    answer.ok();
    let lines: Vec<&str> = answer
        .headers
        .get_all("set-cookie")
        .iter()
        .map(|v| v.to_str().unwrap())
        .collect();
    assert_eq!(lines.len(), 4);
    for line in &lines {
        assert!(
            line.starts_with("__Host-som_")
                && line.contains("; Path=/")
                && line.contains("; Secure")
                && line.contains("; SameSite=Strict")
                && !line.contains("Domain"),
            "{line}"
        );
        assert_eq!(
            line.contains("HttpOnly"),
            !line.starts_with("__Host-som_csrf"),
            "{line}"
        );
        assert_eq!(
            line.contains("Max-Age"),
            line.starts_with("__Host-som_dev"),
            "ends with the browser, but that it is known: {line}"
        );
    }
    browser.get("/me").send().await.ok();
    let answer = browser
        .post("/auth/sign-in")
        .json(json!({ "email": email(Role::Rep), "password": PASSWORD, "remember": true }))
        .send()
        .await;
    let kept = answer
        .headers
        .get_all("set-cookie")
        .iter()
        .map(|v| v.to_str().unwrap())
        .filter(|line| !line.contains("som_dev="))
        .all(|line| line.contains("Max-Age=2592000"));
    assert!(kept);
}

#[tokio::test]
async fn nobody_learns_who_has_an_account() {
    let app = TestApp::new().await;
    let pool = app.admin_pool().await;
    sqlx::query("update users set state = 'disabled' where email = $1")
        .bind(email(Role::Finance))
        .execute(&pool)
        .await
        .unwrap();
    sqlx::query("update memberships set state = 'suspended' where user_id = (select id from users where email = $1)").bind(email(Role::Viewer)).execute(&pool).await.unwrap();
    sqlx::query("update users set password_hash = null where email = $1")
        .bind(email(Role::Warehouse))
        .execute(&pool)
        .await
        .unwrap();
    let mut answers = Vec::new();
    for (address, password) in [
        (email(Role::Rep), "wrong password entirely"),
        ("nobody@test.example".to_owned(), PASSWORD),
        (email(Role::Finance), PASSWORD),
        (email(Role::Viewer), PASSWORD),
        (email(Role::Warehouse), PASSWORD),
    ] {
        let answer = sign_in(&app.anonymous(), &address, password).await;
        let mut problem = answer.problem(401, "invalid_credentials");
        problem["request_id"] = Value::Null;
        assert!(answer.header("set-cookie").is_none());
        answers.push(problem);
    }
    assert!(
        answers.windows(2).all(|pair| pair[0] == pair[1]),
        "{answers:#?}"
    );
}

#[tokio::test]
async fn a_guessed_account_rests_whether_it_exists_or_not() {
    let app = TestApp::new().await;
    for address in [email(Role::Rep), "nobody@test.example".to_owned()] {
        for _ in 0..3 {
            app.clock.advance(Duration::seconds(2));
            sign_in(&app.anonymous(), &address, "wrong password entirely")
                .await
                .problem(401, "invalid_credentials");
        }
        let answer = sign_in(&app.anonymous(), &address, PASSWORD).await;
        answer.problem(429, "rate_limited");
        assert_eq!(answer.header("retry-after"), Some("3"));
    }
    app.clock.advance(Duration::seconds(3));
    sign_in(&app.anonymous(), &email(Role::Rep), PASSWORD)
        .await
        .ok();
    // one slip and the right password at once: waited for, not refused
    sign_in(
        &app.anonymous(),
        &email(Role::Rep),
        "wrong password entirely",
    )
    .await
    .problem(401, "invalid_credentials");
    sign_in(&app.anonymous(), &email(Role::Rep), PASSWORD)
        .await
        .ok();
}

#[tokio::test]
async fn input_is_checked_before_anything_is_hashed() {
    let app = TestApp::new().await;
    let browser = app.anonymous();
    assert_eq!(
        sign_in(&browser, "a@b.example", &"x".repeat(257))
            .await
            .errors(),
        ["#/password too_long"]
    );
    let answer = browser
        .post("/auth/sign-in")
        .json(json!({ "emial": "x", "password": 1 }))
        .send()
        .await;
    answer.problem(422, "validation_failed");
    assert_eq!(
        answer.errors(),
        [
            "#/email required",
            "#/emial unknown_field",
            "#/password wrong_type"
        ]
    );
    browser
        .post("/auth/sign-in")
        .body("text/plain", "{}")
        .send()
        .await
        .problem(415, "unsupported_media_type");
    browser
        .post("/auth/sign-in")
        .raw("{")
        .send()
        .await
        .problem(400, "malformed_json");
}

#[tokio::test]
async fn without_a_session_there_is_nothing() {
    let app = TestApp::new().await;
    let browser = app.anonymous();
    browser
        .get("/me")
        .send()
        .await
        .problem(401, "unauthenticated");
    for token in [
        "",
        "x",
        "a.b.c",
        "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.eyJzdWIiOiJ4In0.",
    ] {
        browser.set_cookie("som_at", token);
        browser
            .get("/me")
            .send()
            .await
            .problem(401, "unauthenticated");
    }
}

#[tokio::test]
async fn altered_tokens_are_refused() {
    let app = TestApp::new().await;
    let browser = app.sign_in(Role::Viewer).await;
    let token = browser.cookie("som_at").unwrap();
    let parts: Vec<&str> = token.split('.').collect();
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
    assert_eq!(
        claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
        900
    );
    assert!(claims.get("role").is_none() && claims.get("permissions").is_none());
    let header =
        |alg: &str| URL_SAFE_NO_PAD.encode(json!({ "alg": alg, "typ": "at+jwt" }).to_string());
    let mut other = claims.clone();
    other["sub"] = "usr_01K9ZC5T3GE8V9M4R2X7Q6P0AB".into();
    let other = URL_SAFE_NO_PAD.encode(other.to_string());
    for forged in [
        format!("{}.{}.", header("none"), parts[1]),
        format!("{}.{}.{}", header("HS256"), parts[1], parts[2]),
        format!("{}.{other}.{}", parts[0], parts[2]),
        format!(
            "{}.{}.{}",
            parts[0],
            parts[1],
            URL_SAFE_NO_PAD.encode([0; 64])
        ),
    ] {
        browser.set_cookie("som_at", &forged);
        browser
            .get("/me")
            .send()
            .await
            .problem(401, "unauthenticated");
    }
    browser.set_cookie("som_at", &token);
    browser.get("/me").send().await.ok();
    app.clock.advance(Duration::minutes(15));
    browser
        .get("/me")
        .send()
        .await
        .problem(401, "unauthenticated");
}

#[tokio::test]
async fn tokens_of_another_installation_are_refused() {
    let (app, other) = (TestApp::new().await, TestApp::new().await);
    let theirs = other.sign_in(Role::Owner).await;
    let browser = app.anonymous();
    browser.set_cookie("som_at", &theirs.cookie("som_at").unwrap());
    browser
        .get("/me")
        .send()
        .await
        .problem(401, "unauthenticated");
}

#[tokio::test]
async fn credentials_in_the_authorization_header_are_told_apart() {
    let app = TestApp::new().await;
    app.anonymous()
        .get("/me")
        .header("authorization", "Bearer som_pat_x")
        .send()
        .await
        .problem(401, "invalid_api_key");
    let browser = app.sign_in(Role::Rep).await;
    browser
        .get("/me")
        .header("authorization", "Bearer som_pat_x")
        .send()
        .await
        .problem(400, "ambiguous_credentials");
}

#[tokio::test]
async fn a_person_of_two_organizations_chooses_and_is_remembered() {
    let app = TestApp::new().await;
    let other = app.caller_of("owner@other.example").await.organization.id;
    let pool = app.admin_pool().await;
    sqlx::query(
        "insert into memberships (organization_id, id, user_id, role, created_at, updated_at)
         select $1, gen_random_uuid(), id, 'viewer', now() + interval '1 year', now() from users where email = $2",
    )
    .bind(other.uuid())
    .bind(email(Role::Owner))
    .execute(&pool)
    .await
    .unwrap();
    let browser = app.anonymous();
    let me = sign_in(&browser, &email(Role::Owner), PASSWORD).await.ok();
    assert_eq!(me["organization"]["name"], "Test Company");
    assert_eq!(me["organizations"].as_array().unwrap().len(), 2);
    let chosen =
        json!({ "email": email(Role::Owner), "password": PASSWORD, "organization_id": other });
    let me = browser.post("/auth/sign-in").json(chosen).send().await.ok();
    assert_eq!(
        (
            me["organization"]["name"].as_str(),
            me["membership"]["role"].as_str()
        ),
        (Some("Other Company"), Some("viewer"))
    );
    let me = sign_in(&app.anonymous(), &email(Role::Owner), PASSWORD)
        .await
        .ok();
    assert_eq!(me["organization"]["name"], "Other Company", "the last one");
    let foreign =
        json!({ "email": email(Role::Rep), "password": PASSWORD, "organization_id": other });
    app.anonymous()
        .post("/auth/sign-in")
        .json(foreign)
        .send()
        .await
        .problem(401, "invalid_credentials");
}

#[tokio::test]
async fn old_hashes_are_renewed_at_sign_in() {
    let app = TestApp::configured(|c| c.security.password_memory_kib = 128).await;
    let pool = app.admin_pool().await;
    let hash = || async {
        sqlx::query_scalar::<_, String>("select password_hash from users where email = $1")
            .bind(email(Role::Rep))
            .fetch_one(&pool)
            .await
            .unwrap()
    };
    assert!(!hash().await.contains("m=128,"));
    app.sign_in(Role::Rep).await.get("/me").send().await.ok();
    assert!(hash().await.starts_with("$argon2id$v=19$m=128,t=2,p=1$"));
    app.sign_in(Role::Rep).await.get("/me").send().await.ok();
}

#[tokio::test]
async fn too_many_sign_ins_at_once_are_told_to_come_back() {
    let app = TestApp::configured(|c| {
        c.limits.enabled = false;
        c.security.password_memory_kib = 8192;
        c.database.pool_size = 3;
    })
    .await;
    let clients: Vec<Client> = (0..120).map(|_| app.anonymous()).collect();
    let attempts = clients.iter().enumerate().map(|(n, client)| async move {
        sign_in(
            client,
            &format!("nobody{n}@test.example"),
            "wrong password entirely",
        )
        .await
    });
    let answers = futures_util::future::join_all(attempts).await;
    let count = |status: u16| {
        answers
            .iter()
            .filter(|a| a.status.as_u16() == status)
            .count()
    };
    assert_eq!(count(401) + count(503), answers.len());
    assert!(
        count(401) >= 32 && count(503) > 0,
        "{} {}",
        count(401),
        count(503)
    );
    assert!(
        answers
            .iter()
            .filter(|a| a.status.as_u16() == 503)
            .all(|a| a.header("retry-after").is_some())
    );
}
