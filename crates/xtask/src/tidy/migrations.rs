//! Migrations: `NNNN_verb_thing.sql`, numbered without gaps from 0001.

use super::Finding;
use crate::workspace::Source;

const FOLDER: &str = "migrations/";

pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut next = 1;
    for source in sources
        .iter()
        .filter(|source| source.path.starts_with(FOLDER))
    {
        let name = source.path.trim_start_matches(FOLDER);
        if matches!(name, "README.md" | "bootstrap.sql") {
            continue;
        }
        match number(name) {
            None => found.push(Finding::of(
                source,
                "the name is NNNN_verb_thing.sql, in lower case",
            )),
            Some(number) if number != next => {
                found.push(Finding::of(
                    source,
                    format!("the next number is {next:04}: no gaps, no doubles"),
                ));
                next = number + 1;
            }
            Some(_) => next += 1,
        }
    }
    found
}

fn number(name: &str) -> Option<u32> {
    let (digits, words) = name.strip_suffix(".sql")?.split_once('_')?;
    let lower = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let shaped = digits.len() == 4 && words.contains('_') && words.chars().all(lower);
    if shaped { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(names: &[&str]) -> usize {
        let sources: Vec<Source> = names
            .iter()
            .map(|name| Source::new(&format!("{FOLDER}{name}"), ""))
            .collect();
        check(&sources).len()
    }

    #[test]
    fn names_and_numbers_are_checked() {
        assert_eq!(
            count(&["0001_create_orders.sql", "0002_add_holds.sql", "README.md"]),
            0
        );
        assert_eq!(count(&["0001_create_orders.sql", "0003_add_holds.sql"]), 1);
        assert_eq!(count(&["0001_create_orders.sql", "0001_add_holds.sql"]), 1);
        assert_eq!(count(&["1_create_orders.sql"]), 1);
        assert_eq!(count(&["0001_orders.sql"]), 1);
    }
}
