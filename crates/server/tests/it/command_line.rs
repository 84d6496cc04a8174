//! The binary: exit codes, refusals, documents.

use std::path::Path;
use std::process::{Command, Output};

fn som(arguments: &[&str], env: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_som"))
        .args(arguments)
        .env_clear()
        .env("SOM_CONFIG", "/dev/null")
        .envs(env.iter().copied())
        .current_dir("/")
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn production_refuses_to_start_without_secrets() {
    let output = som(
        &["serve"],
        &[
            ("SOM_PUBLIC_URL", "http://orders.example.com"),
            ("SOM_CSRF_KEY", "changeme"),
        ],
    );
    assert_eq!(output.status.code(), Some(3));
    assert!(output.stdout.is_empty());
    let words = text(&output.stderr);
    let faults = words.lines().filter(|l| l.starts_with("config: ")).count();
    assert_eq!(faults, 5, "{words}");
    assert!(!words.contains("changeme"), "{words}");
}

#[test]
fn a_written_configuration_is_complete_but_for_the_address() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("som.toml").display().to_string();
    assert_eq!(
        som(&["config", "init", "--to", &path], &[]).status.code(),
        Some(0)
    );
    assert_eq!(
        som(&["config", "init", "--to", &path], &[]).status.code(),
        Some(8)
    );
    let env = [("SOM_PUBLIC_URL", "https://orders.example.com")];
    let check = som(&["config", "check", "--config", &path], &env);
    assert_eq!(check.status.code(), Some(0), "{}", text(&check.stderr));
    let shown = text(&som(&["config", "show", "--origin", "--config", &path], &env).stdout);
    assert!(
        shown.contains("secrets.csrf_key = (set, not shown)  # file"),
        "{shown}"
    );
    let json: serde_json::Value =
        serde_json::from_slice(&som(&["config", "show", "--json", "--config", &path], &env).stdout)
            .unwrap();
    assert_eq!(json["server.public_url"]["origin"], "env SOM_PUBLIC_URL");
}

#[test]
fn documents_are_printed() {
    let document: serde_json::Value =
        serde_json::from_slice(&som(&["openapi"], &[]).stdout).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    assert!(text(&som(&["reference", "cli"], &[]).stdout).contains("## som serve"));
    assert!(text(&som(&["help", "exit-codes"], &[]).stdout).contains("130  interrupted"));
    assert!(text(&som(&["help", "migrate", "up"], &[]).stdout).contains("Usage: som migrate up"));
    assert!(text(&som(&["completions", "bash"], &[]).stdout).contains("_som"));
}

#[test]
fn mistakes_have_their_codes() {
    assert_eq!(som(&["srve"], &[]).status.code(), Some(2));
    assert_eq!(som(&["help", "nothing"], &[]).status.code(), Some(7));
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().display().to_string();
    let output = som(
        &["serve", "--demo", "--listen", &address, "--data-dir", &data],
        &[],
    );
    assert_eq!(output.status.code(), Some(3));
    assert!(
        text(&output.stderr).contains("cannot listen"),
        "{}",
        text(&output.stderr)
    );
    assert!(
        !Path::new(&data).join("postgres").exists(),
        "nothing was started"
    );
}

#[test]
fn a_database_that_is_not_there_is_exit_code_4() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().display().to_string();
    let env = [(
        "DATABASE_URL",
        "postgres://nobody:hush@localhost/som?sslmode=nonsense",
    )];
    let output = som(
        &[
            "migrate",
            "status",
            "--mode",
            "development",
            "--data-dir",
            &data,
        ],
        &env,
    );
    assert_eq!(output.status.code(), Some(4), "{}", text(&output.stderr));
    assert!(!text(&output.stderr).contains("hush"));
}
