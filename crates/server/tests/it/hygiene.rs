//! What the sources may not do, whoever writes them: rules of the security design that no compiler knows.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

/// Crates that are cryptography, by the name code calls them.
const CRYPTO: &str = "argon2|bcrypt|chacha20poly1305|ed25519_dalek|getrandom|hkdf|hmac|jsonwebtoken|md5|rsa|rustls|sha1|sha2|subtle|totp_rs|webauthn_rs";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The files below a folder of the repository that end so.
fn files(folder: &str, ends: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.to_string_lossy().into_owned();
            if path.is_dir() {
                open.push(path);
            } else if ends.iter().any(|end| name.ends_with(end)) {
                found.push(path);
            }
        }
    }
    found
}

/// Lines of code (no comments) that match, as `file:line`.
fn hits(folder: &str, ends: &[&str], pattern: &str) -> Vec<String> {
    let pattern = Regex::new(pattern).unwrap();
    let mut hits = Vec::new();
    for path in files(folder, ends) {
        let text = fs::read_to_string(&path).unwrap();
        let lines = text.lines().enumerate();
        for (number, line) in lines.filter(|(_, line)| !line.trim_start().starts_with("//")) {
            if pattern.is_match(line) {
                hits.push(format!("{}:{}", path.display(), number + 1));
            }
        }
    }
    hits
}

#[test]
fn every_place_that_uses_cryptography_is_in_the_inventory() {
    let crates = Regex::new(&format!(r"\b({CRYPTO})::")).unwrap();
    let base = root().join("crates/server/src");
    let mut used: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for path in files("crates/server/src", &[".rs"]) {
        let text = fs::read_to_string(&path).unwrap();
        let code: String = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .collect::<Vec<_>>()
            .join("\n");
        let mut names: Vec<String> = crates
            .captures_iter(&code)
            .map(|found| found[1].to_owned())
            .collect();
        names.sort();
        names.dedup();
        if !names.is_empty() {
            let file = path.strip_prefix(&base).unwrap().display().to_string();
            used.insert(file, names);
        }
    }
    let page = fs::read_to_string(root().join("docs/security/cryptography.md")).unwrap();
    let row = Regex::new(r"(?m)^\| `([^`]+)` \| ([^|]+) \|").unwrap();
    let told: BTreeMap<String, Vec<String>> = row
        .captures_iter(&page)
        .map(|row| {
            (
                row[1].to_owned(),
                row[2].trim().split(", ").map(str::to_owned).collect(),
            )
        })
        .collect();
    assert_eq!(used, told, "docs/security/cryptography.md");
}

#[test]
fn no_shell_is_started() {
    let hits = hits(
        "crates/server/src",
        &[".rs"],
        r#"Command::new\("(sh|bash|/bin/|cmd|env)|arg\("-c"\)"#,
    );
    assert_eq!(hits, Vec::<String>::new());
}

#[test]
fn nothing_is_leaked_and_no_certificate_goes_unchecked() {
    let pattern = r"mem::forget|Box::leak|ManuallyDrop|danger_accept_invalid|\.dangerous\(\)";
    let hits = hits("crates/server/src", &[".rs"], pattern);
    assert_eq!(hits, Vec::<String>::new());
}

#[test]
fn keys_and_tokens_are_not_compared_byte_by_byte() {
    let hits = hits(
        "crates/server/src/security",
        &[".rs"],
        r"derive\([^)]*PartialEq[^)]*\)\]\s*pub struct \w*(Key|Token|Secret)",
    );
    assert_eq!(hits, Vec::<String>::new());
}

#[test]
fn what_is_not_needed_is_not_built_in() {
    let lock = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    for name in [
        "ldap3",
        "sxd-xpath",
        "tectonic",
        "memcache",
        "dynfmt",
        "openssl-sys",
        "native-tls",
        "serde_yaml",
        "bincode",
        "tera",
        "handlebars",
    ] {
        assert!(!lock.contains(&format!("name = \"{name}\"\n")), "{name}");
    }
}

#[test]
fn the_page_runs_no_text_and_listens_to_no_other_window() {
    let pattern = r"\beval\(|new Function\(|postMessage|addEventListener\(\s*'message'|innerHTML|outerHTML|insertAdjacentHTML|document\.write|dangerouslySetInnerHTML|srcdoc|javascript:";
    let mut hits = hits("web/src", &[".ts", ".tsx"], pattern);
    hits.retain(|hit| !hit.contains(".test."));
    assert_eq!(hits, Vec::<String>::new());
}
