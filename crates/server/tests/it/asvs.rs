//! The checklist of OWASP ASVS 5.0 (`docs/security/asvs.tsv`) is held to the tests it names: what is said to be proved is proved by something that exists.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What a row says that is not proved yet begins so, and goes on with what is missing.
const OPEN: &str = "open: ";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Whether `file::name` is there: a test function of a Rust file, the title of a test or a line of a configuration of any other.
fn exists(proof: &str, read: &mut BTreeMap<String, String>) -> bool {
    let Some((file, name)) = proof.split_once("::") else {
        return false;
    };
    let text = read
        .entry(file.to_owned())
        .or_insert_with(|| fs::read_to_string(root().join(file)).unwrap_or_default());
    if file.ends_with(".rs") {
        text.contains(&format!("fn {name}("))
    } else {
        text.contains(name)
    }
}

#[test]
fn what_the_checklist_calls_proved_is_proved() {
    let list = fs::read_to_string(root().join("docs/security/asvs.tsv")).unwrap();
    let mut lines = list.lines();
    assert_eq!(lines.next(), Some("id\tlevel\trequirement\tplan\tproof"));
    let mut read = BTreeMap::new();
    let (mut wrong, mut to_do, mut proved, mut rows) = (Vec::new(), 0, 0, 0);
    for line in lines {
        rows += 1;
        let cells: Vec<&str> = line.split('\t').collect();
        let [id, level, requirement, plan, proof] = cells[..] else {
            panic!("five columns: {line}");
        };
        assert!(id.starts_with('V') && ["1", "2", "3"].contains(&level) && !requirement.is_empty());
        match plan {
            "do" => {
                to_do += 1;
                if proof.starts_with(OPEN) && proof.len() > OPEN.len() {
                    continue;
                }
                proved += 1;
                let missing = proof.split("; ").filter(|one| !exists(one, &mut read));
                wrong.extend(missing.map(|one| format!("{id}: {one}")));
            }
            "doc" | "ops" | "opt" | "na" => {}
            _ => panic!("{id}: {plan} is no plan"),
        }
    }
    assert_eq!(rows, 345, "every requirement of ASVS 5.0 has its row");
    assert!(wrong.is_empty(), "no such tests: {wrong:#?}");
    println!("ASVS 5.0: {proved} of {to_do} requirements to be built have a proof that exists");
}

#[tokio::test]
async fn every_table_has_a_class_and_every_sealed_column_exists() {
    let app = crate::harness::TestApp::new().await;
    let pool = app.admin_pool().await;
    let tables: Vec<String> = sqlx::query_scalar(
        "select table_name::text from information_schema.tables
          where table_schema = 'public' and table_type = 'BASE TABLE' and table_name not like '\\_%' order by 1",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    let list = fs::read_to_string(root().join("docs/security/data.tsv")).unwrap();
    let (mut told, mut with_sealed) = (Vec::new(), BTreeSet::new());
    for line in list.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [table, class, sealed, _] = cells[..] else {
            panic!("four columns: {line}");
        };
        assert!(
            ["secret", "personal", "internal"].contains(&class),
            "{line}"
        );
        for column in sealed.split(", ").filter(|column| !column.is_empty()) {
            let found: bool = sqlx::query_scalar(
                "select exists (select from information_schema.columns where table_name = $1 and column_name = $2)",
            )
            .bind(table)
            .bind(column)
            .fetch_one(&pool)
            .await
            .unwrap();
            assert!(found, "{table}.{column}");
            with_sealed.insert(table.to_owned());
        }
        told.push(table.to_owned());
    }
    assert_eq!(told, tables, "docs/security/data.tsv");
    // what belongs to people, what holds the keys, and answers that are gone before the keys they were sealed with
    let others = [
        "authenticators",
        "one_time_tokens",
        "data_keys",
        "idempotency_keys",
    ];
    let walked = som_server::workers::parts()
        .into_iter()
        .map(|part| part.name);
    let walked: BTreeSet<String> = walked.chain(others).map(str::to_owned).collect();
    assert_eq!(
        with_sealed, walked,
        "what is sealed is brought over to new keys"
    );
}
