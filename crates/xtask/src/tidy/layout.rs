//! The shape of a slice: a feature is found in two places, and has a test file.

use std::collections::BTreeSet;

use super::Finding;
use crate::workspace::Source;

const FEATURES: &str = "crates/server/src/features/";

/// Names a file of a slice may have; a folder of the same name holds its parts.
const LAYERS: [&str; 8] = [
    "mod", "http", "service", "store", "jobs", "view", "input", "commands",
];

pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for source in sources.iter().filter(|source| source.is(FEATURES, "rs")) {
        let Some((feature, rest)) = source.path.trim_start_matches(FEATURES).split_once('/') else {
            continue;
        };
        let layer = rest.split(['/', '.']).next().unwrap_or_default();
        if !rest.contains('/') && !LAYERS.contains(&layer) && source.text.contains("sqlx::query") {
            found.push(Finding::of(source, "SQL lives in the slice's store"));
        }
        if seen.insert(feature) {
            let test = format!("crates/server/tests/it/{feature}");
            if !sources.iter().any(|other| other.path.starts_with(&test)) {
                found.push(Finding::of(
                    source,
                    format!("features/{feature} has no tests/it/{feature}.rs"),
                ));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feature_without_tests_is_found() {
        let slice = Source::new("crates/server/src/features/tax/mod.rs", "//! x");
        assert_eq!(check(std::slice::from_ref(&slice)).len(), 1);
        let test = Source::new("crates/server/tests/it/tax.rs", "//! x");
        assert!(check(&[slice, test]).is_empty());
    }
}
