//! Layers, refusals and the documents made from the table of keys.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use secrecy::ExposeSecret;
use som_server::config::{
    Config, ConfigError, Inputs, Loaded, LogFormat, Mode, random_text, render,
};

fn inputs(dir: &Path, env: &[(&str, &str)]) -> Inputs {
    Inputs {
        env: env
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect(),
        file: Some(dir.join("som.toml")),
        working_dir: dir.to_owned(),
        ..Inputs::default()
    }
}

/// A directory with this file in it.
fn with_file(text: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("som.toml");
    std::fs::write(&path, text).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    dir
}

fn production() -> BTreeMap<String, String> {
    let mut env = BTreeMap::new();
    for name in [
        "SOM_SESSION_KEY",
        "SOM_CSRF_KEY",
        "SOM_CURSOR_KEY",
        "SOM_ENCRYPTION_KEY",
    ] {
        env.insert(name.to_owned(), random_text().unwrap());
    }
    env.insert("SOM_PUBLIC_URL".into(), "https://orders.example.com".into());
    env
}

/// Loads production with these changes.
fn load_production(changes: &[(&str, &str)]) -> Result<Loaded, ConfigError> {
    let dir = with_file("");
    let mut inputs = inputs(dir.path(), &[]);
    inputs.env = production();
    for (name, value) in changes {
        inputs.env.insert((*name).to_owned(), (*value).to_owned());
    }
    Config::load(&inputs)
}

fn faults(changes: &[(&str, &str)]) -> Vec<String> {
    load_production(changes)
        .unwrap_err()
        .0
        .iter()
        .map(ToString::to_string)
        .collect()
}

#[test]
fn flag_beats_variable_beats_file_beats_default() {
    let dir = with_file(
        "mode = 'development'\nlog.format = 'json'\n[jobs]\nworkers = 3\n[server]\nlisten = '127.0.0.1:1'\n",
    );
    let mut inputs = inputs(
        dir.path(),
        &[("SOM_JOB_WORKERS", "4"), ("SOM_LISTEN", "127.0.0.1:2")],
    );
    inputs
        .flags
        .insert("server.listen".into(), "127.0.0.1:3".into());
    let Loaded { config, values } = Config::load(&inputs).unwrap();
    assert_eq!(config.mode, Mode::Development);
    assert_eq!(config.server.listen.port(), 3);
    assert_eq!(config.server.public_url.as_str(), "http://localhost:3/");
    assert_eq!(config.jobs.workers, 4);
    assert_eq!(config.log.format, LogFormat::Json);
    assert_eq!(config.limits.global_per_minute, 100);
    let shown = render::show(&values, true);
    assert!(
        shown.contains("server.listen = 127.0.0.1:3  # flag"),
        "{shown}"
    );
    assert!(
        shown.contains("jobs.workers = 4  # env SOM_JOB_WORKERS"),
        "{shown}"
    );
    assert!(
        shown.contains("limits.global_per_minute = 100  # default"),
        "{shown}"
    );
}

#[test]
fn a_variable_may_name_a_file_and_database_url_is_understood() {
    let dir = with_file("mode = 'development'");
    let secret = dir.path().join("url");
    std::fs::write(&secret, "postgres://u:hush@localhost/a\n").unwrap();
    let path = secret.display().to_string();
    let loaded = Config::load(&inputs(
        dir.path(),
        &[
            ("SOM_DATABASE_URL_FILE", &path),
            ("DATABASE_URL", "postgres://x/y"),
        ],
    ))
    .unwrap();
    assert_eq!(
        loaded.config.database.url.unwrap().expose_secret(),
        "postgres://u:hush@localhost/a"
    );
    assert!(!render::show(&loaded.values, true).contains("hush"));
    let plain = Config::load(&inputs(dir.path(), &[("DATABASE_URL", "postgres://x/y")])).unwrap();
    assert_eq!(
        plain.config.database.url.unwrap().expose_secret(),
        "postgres://x/y"
    );
}

#[test]
fn development_makes_its_own_secrets_once_and_keeps_them_private() {
    let dir = tempfile::tempdir().unwrap();
    let first = Config::development(dir.path()).unwrap();
    let second = Config::development(dir.path()).unwrap();
    assert_eq!(
        first.secrets.csrf_key.expose_secret(),
        second.secrets.csrf_key.expose_secret()
    );
    assert_ne!(
        first.secrets.csrf_key.expose_secret(),
        first.secrets.cursor_key.expose_secret()
    );
    let mode = std::fs::metadata(dir.path().join("secrets.toml"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(first.database.max_connections(), 15);
}

#[test]
fn dot_env_counts_in_development_only() {
    let dir = with_file("");
    std::fs::write(
        dir.path().join(".env"),
        "SOM_JOB_WORKERS=7\nSOM_MODE=development\n",
    )
    .unwrap();
    let mut development = inputs(dir.path(), &[("SOM_MODE", "development")]);
    assert_eq!(Config::load(&development).unwrap().config.jobs.workers, 7);
    development.env.insert("SOM_JOB_WORKERS".into(), "5".into());
    assert_eq!(Config::load(&development).unwrap().config.jobs.workers, 5);
    let mut strict = inputs(dir.path(), &[]);
    strict.env = production();
    let config = Config::load(&strict).unwrap().config;
    assert_eq!((config.mode, config.jobs.workers), (Mode::Production, 2));
}

#[test]
fn production_starts_with_good_settings() {
    let config = load_production(&[(
        "DATABASE_URL",
        "postgres://som@db.example.com/som?sslmode=verify-full",
    )])
    .unwrap()
    .config;
    assert_eq!(config.database.max_connections(), 30);
    assert_eq!(config.log.format, LogFormat::Json);
    assert!(config.security.hsts.is_some());
    assert!(load_production(&[("SOM_PUBLIC_URL", "http://localhost:9000")]).is_ok());
}

#[test]
fn production_refuses_missing_secrets_one_line_each() {
    let dir = with_file("");
    let error = Config::load(&inputs(dir.path(), &[])).unwrap_err();
    let lines: Vec<String> = error.to_string().lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), 4, "{lines:?}");
    for (line, var) in lines.iter().zip([
        "SOM_CSRF_KEY",
        "SOM_CURSOR_KEY",
        "SOM_ENCRYPTION_KEY",
        "SOM_SESSION_KEY",
    ]) {
        assert!(
            line.starts_with("config: secrets.") && line.contains(var),
            "{line}"
        );
    }
}

#[test]
fn production_refuses_weak_example_and_repeated_secrets_and_never_prints_them() {
    for weak in [
        "c2hvcnQ=",
        "changeme-changeme-changeme-changeme-changeme",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    ] {
        let found = faults(&[("SOM_CSRF_KEY", weak)]);
        assert_eq!(found.len(), 1, "{weak}: {found:?}");
        assert!(
            found[0].contains("secrets.csrf_key") && !found[0].contains(weak),
            "{found:?}"
        );
    }
    let same = random_text().unwrap();
    let found = faults(&[("SOM_CSRF_KEY", &same), ("SOM_CURSOR_KEY", &same)]);
    assert_eq!(found.len(), 1);
    assert!(
        found[0].contains("same value") && !found[0].contains(&same),
        "{found:?}"
    );
}

#[test]
fn production_refuses_open_doors() {
    let cases = [
        ("SOM_PUBLIC_URL", "http://orders.example.com", "https"),
        (
            "DATABASE_URL",
            "postgres://som:hush@db.example.com/som",
            "verify-full",
        ),
        (
            "SOM_DATABASE_OWNER_URL",
            "postgres://som:hush@db.example.com/som?sslmode=require",
            "verify-full",
        ),
        ("SOM_LIMITS", "off", "production"),
    ];
    for (name, value, expected) in cases {
        let found = faults(&[(name, value)]);
        assert!(
            found.len() == 1 && found[0].contains(expected),
            "{name}: {found:?}"
        );
        assert!(!found[0].contains("hush"), "{found:?}");
    }
    // everything at once, one line each
    let all: Vec<(&str, &str)> = cases.iter().map(|(n, v, _)| (*n, *v)).collect();
    assert_eq!(faults(&all).len(), cases.len());
}

#[test]
fn limits_are_shared_by_one_instance_at_least() {
    for wrong in ["0", "-1", "1001", "two", ""] {
        let found = faults(&[("SOM_INSTANCES", wrong)]);
        assert_eq!(found.len(), 1, "{wrong}: {found:?}");
        assert!(
            found[0].contains("limits.instances (SOM_INSTANCES)"),
            "{found:?}"
        );
    }
    let found = faults(&[("SOM_LIMITS_STORE", "redis")]);
    assert!(found[0].contains("limits.redis_url"), "{found:?}");
    let loaded = load_production(&[("SOM_INSTANCES", "1000")]).unwrap();
    assert_eq!(loaded.config.limits.instances, 1000);
}

#[test]
fn production_refuses_a_secret_everybody_can_read() {
    let dir = with_file("");
    let path = dir.path().join("key");
    std::fs::write(&path, random_text().unwrap()).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let mut inputs = inputs(dir.path(), &[]);
    inputs.env = production();
    inputs.env.remove("SOM_CSRF_KEY");
    inputs
        .env
        .insert("SOM_CSRF_KEY_FILE".into(), path.display().to_string());
    let error = Config::load(&inputs).unwrap_err().to_string();
    assert!(error.contains("everybody may read"), "{error}");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o440)).unwrap();
    assert!(Config::load(&inputs).is_ok());
}

#[test]
fn mistakes_are_named_with_what_was_meant_and_without_the_value() {
    let dir = with_file(
        "mode = 'development'\n[server]\nlisen = '1'\n[session]\naccess_ttl = '2h'\n[jobs]\nworkers = 'hush'\n",
    );
    let text = Config::load(&inputs(dir.path(), &[]))
        .unwrap_err()
        .to_string();
    assert!(
        text.contains("server.lisen unknown key; did you mean server.listen?"),
        "{text}"
    );
    assert!(
        text.contains("session.access_ttl (SOM_ACCESS_TTL)"),
        "{text}"
    );
    assert!(
        text.contains("jobs.workers (SOM_JOB_WORKERS) expected a whole number"),
        "{text}"
    );
    assert!(!text.contains("hush"));
    let broken = with_file("mode = 'development'\n[secrets]\ncsrf_key = hush\n");
    let text = Config::load(&inputs(broken.path(), &[]))
        .unwrap_err()
        .to_string();
    assert!(text.contains("line 3") && !text.contains("hush"), "{text}");
}

#[test]
fn a_mistyped_variable_is_a_warning_because_orchestrators_make_variables() {
    let dir = with_file("mode = 'development'");
    let loaded = Config::load(&inputs(
        dir.path(),
        &[
            ("SOM_LISTEM", "x"),
            ("SOM_SERVICE_HOST_PORT_TCP_ADDR", "10.0.0.1"),
        ],
    ))
    .unwrap();
    assert_eq!(
        loaded.values.warnings,
        ["SOM_LISTEM: unknown variable; did you mean SOM_LISTEN?"]
    );
}

#[test]
fn the_template_file_is_accepted_by_production_as_it_is() {
    let text = render::file_template(|key| {
        key.name
            .starts_with("secrets.")
            .then(|| random_text().unwrap())
    });
    let dir = with_file(&text);
    let config = Config::load(&inputs(
        dir.path(),
        &[("SOM_PUBLIC_URL", "https://orders.example.com")],
    ))
    .unwrap()
    .config;
    assert_eq!(config.mode, Mode::Production);
}

#[test]
fn the_committed_documents_are_current() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for (path, expected) in [
        (".env.example", render::env_example()),
        ("docs/reference/configuration.md", render::reference()),
    ] {
        let found = std::fs::read_to_string(root.join(path)).unwrap_or_default();
        assert!(
            found.trim_end() == expected.trim_end(),
            "{path} is stale: cargo xtask gen reference"
        );
    }
}
