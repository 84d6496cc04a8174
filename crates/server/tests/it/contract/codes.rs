//! Every code in the sources is explained, and the explanations are served.

use std::collections::BTreeSet;
use std::path::Path;

use regex::Regex;
use som_domain::TotalsProblem;
use som_domain::orders::approval::ApprovalRefusal;
use som_domain::orders::{LedgerProblem, Refusal};
use som_server::http::codes;

use crate::harness::TestApp;

/// Where a code stands in the sources: as the argument that takes it.
const PLACES: [&str; 7] = [
    r#"Invalid::new\(\s*"([a-z0-9_]+)""#,
    r#"Problem::new\(\s*StatusCode::\w+,\s*"([a-z0-9_]+)""#,
    r#"Problem::(?:bad_request|forbidden|conflict)\(\s*"([a-z0-9_]+)""#,
    r#"bad_parameter\(\s*[^,"]*(?:"[^"]*")?,\s*"([a-z0-9_]+)""#,
    r#"FieldProblem::(?:at|parameter|header)\(\s*(?:"[^"]*"|[^,"]*(?:\("[^"]*"[^)]*\))?),\s*"([a-z0-9_]+)""#,
    r#"(?:FilterError|Warning)::new\(\s*"([a-z0-9_]+)""#,
    r#"answer\(\s*\d{3},\s*"[^"]*",\s*"([a-z0-9_]+)""#,
];

fn read(folder: &Path, texts: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(&path, texts);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            texts.push(std::fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn every_code_in_the_sources_is_explained() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut texts = Vec::new();
    for name in ["domain/src", "server/src"] {
        read(&crates.join(name), &mut texts);
    }
    let places = PLACES.map(|place| Regex::new(place).unwrap());
    let mut used = BTreeSet::new();
    for text in &texts {
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        for place in &places {
            used.extend(place.captures_iter(code).map(|found| found[1].to_owned()));
        }
    }
    used.extend(
        Refusal::ALL
            .iter()
            .filter(|one| **one != Refusal::Forbidden)
            .map(|one| one.as_str().to_owned()),
    );
    used.extend(LedgerProblem::ALL.iter().map(|one| one.as_str().to_owned()));
    used.extend(
        ApprovalRefusal::ALL
            .iter()
            .map(|one| one.as_str().to_owned()),
    );
    used.extend(TotalsProblem::ALL.iter().map(|one| one.as_str().to_owned()));
    assert!(used.len() > 150, "{}", used.len());
    let unknown: Vec<&String> = used
        .iter()
        .filter(|code| codes::find(code).is_none())
        .collect();
    assert!(
        unknown.is_empty(),
        "explain them in http/codes: {unknown:?}"
    );
}

#[tokio::test]
async fn the_codes_are_served_for_machines() {
    let app = TestApp::new().await;
    let served = app.anonymous().get("/api/problems.json").send().await.ok();
    let problems = served["problems"].as_array().unwrap();
    let known: usize = codes::GROUPS.iter().map(|group| group.codes.len()).sum();
    assert_eq!(problems.len(), known);
    for problem in problems {
        let code = codes::find(problem["code"].as_str().unwrap()).unwrap();
        assert_eq!(problem["title"], code.title);
        assert_eq!(problem["help"], code.help);
        assert_eq!(problem["type"], format!("/api/docs/problems/{}", code.code));
    }
}
