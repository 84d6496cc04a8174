//! Who may import whom on the server, and what the domain may not know (docs/ARCHITECTURE.md).

use std::collections::BTreeSet;

use super::Finding;
use super::rust_paths::{self, Named};
use super::table::{DOMAIN_BANNED, DOMAIN_BANNED_STD, FEATURE_EDGES, SHARED_EDGES};
use crate::workspace::Source;

const SERVER: &str = "crates/server/src/";
const FEATURES: &str = "crates/server/src/features/";
const DOMAIN: &str = "crates/domain/src/";

/// Shared parts below the features: they may not know them.
const BELOW: [&str; 6] = ["http", "db", "jobs", "config", "outbound", "captcha"];

pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    let features = feature_names(sources);
    let mut found = circles(FEATURE_EDGES);
    for source in sources {
        if source.is(FEATURES, "rs") {
            found.extend(feature_file(source, &features));
        } else if source.is(SERVER, "rs") {
            found.extend(shared_file(source));
        } else if source.is(DOMAIN, "rs") {
            found.extend(domain_file(source));
        } else if source.path == "crates/domain/Cargo.toml" {
            found.extend(domain_manifest(source));
        }
    }
    found
}

fn feature_names(sources: &[Source]) -> BTreeSet<&str> {
    let inside = sources
        .iter()
        .filter_map(|source| source.path.strip_prefix(FEATURES));
    inside
        .filter_map(|rest| rest.split_once('/'))
        .map(|(name, _)| name)
        .collect()
}

fn feature_file(source: &Source, features: &BTreeSet<&str>) -> Vec<Finding> {
    let Some((own, layer)) = source
        .path
        .strip_prefix(FEATURES)
        .and_then(|rest| rest.split_once('/'))
    else {
        return Vec::new();
    };
    let layer = layer.split(['/', '.']).next().unwrap_or_default();
    let mut found = Vec::new();
    for Named { line, path } in rust_paths::named(source) {
        let parts: Vec<&str> = path.iter().map(String::as_str).collect();
        let message = match parts.as_slice() {
            ["crate", "features", other, rest @ ..]
                if *other != own && features.contains(other) =>
            {
                cross_feature(own, other, rest.first().copied())
            }
            ["crate", "features", me, inner, ..] if *me == own => within(layer, inner),
            ["crate", "app", ..] if layer != "mod" => None,
            ["axum", ..] if layer == "store" || layer == "service" => Some(format!(
                "{layer} does not speak HTTP: leave axum to http.rs"
            )),
            _ => None,
        };
        found.extend(message.map(|message| Finding::at(source, line, message)));
    }
    found
}

fn cross_feature(own: &str, other: &str, layer: Option<&str>) -> Option<String> {
    // The feature alone: its paths in the code are followed and judged one by one.
    if !matches!(layer, None | Some("service" | "self")) {
        return Some(format!(
            "features/{own} may use features/{other} by its service only"
        ));
    }
    if FEATURE_EDGES.contains(&(own, other)) {
        return None;
    }
    Some(format!(
        "features/{own} → features/{other}::service is not in tidy's table (crates/xtask/src/tidy/table.rs)"
    ))
}

/// Inside a slice: http → service → store.
fn within(layer: &str, inner: &str) -> Option<String> {
    match (layer, inner) {
        ("store", "http" | "service") | ("service", "http") => Some(format!(
            "{layer} may not know {inner}: the direction is http → service → store"
        )),
        _ => None,
    }
}

fn shared_file(source: &Source) -> Vec<Finding> {
    let inside = source.path.strip_prefix(SERVER).unwrap_or_default();
    let part = inside.split(['/', '.']).next().unwrap_or_default();
    if !BELOW.contains(&part) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for Named { line, path } in rust_paths::named(source) {
        let parts: Vec<&str> = path.iter().map(String::as_str).collect();
        let ["crate", "features", rest @ ..] = parts.as_slice() else {
            continue;
        };
        let listed = |feature: &str| {
            let mut edges = SHARED_EDGES.iter();
            edges.any(|(from, to)| inside.starts_with(from) && *to == feature)
        };
        // `use crate::features::auth;` with `auth::service::…` in the code names the feature alone.
        let allowed = match rest {
            [feature] | [feature, "service", ..] => listed(feature),
            _ => false,
        };
        if !allowed {
            let message = format!("{part} lies below the features and may not import them");
            found.push(Finding::at(source, line, message));
        }
    }
    found
}

fn domain_file(source: &Source) -> Vec<Finding> {
    let mut found = Vec::new();
    for Named { line, path } in rust_paths::named(source) {
        let joined = path.join("::");
        let outside = DOMAIN_BANNED.iter().find(|name| path[0] == **name);
        let io = DOMAIN_BANNED_STD
            .iter()
            .find(|name| joined == **name || joined.starts_with(&format!("{name}::")));
        if let Some(name) = outside.or(io) {
            found.push(Finding::at(
                source,
                line,
                format!("the domain is pure: no {name}"),
            ));
        }
    }
    found
}

fn domain_manifest(source: &Source) -> Vec<Finding> {
    let mut found = Vec::new();
    for (number, line) in source.text.lines().enumerate() {
        let name = line.split(['.', ' ', '=']).next().unwrap_or_default();
        if DOMAIN_BANNED.contains(&name) {
            found.push(Finding::at(
                source,
                number + 1,
                format!("the domain is pure: it may not depend on {name}"),
            ));
        }
    }
    found
}

/// A circle between features, found by walking the table.
fn circles(edges: &[(&str, &str)]) -> Vec<Finding> {
    let table = Source::new("crates/xtask/src/tidy/table.rs", "");
    let mut found = Vec::new();
    for (start, _) in edges {
        let mut seen = BTreeSet::new();
        let mut open = vec![*start];
        while let Some(at) = open.pop() {
            for (_, to) in edges.iter().filter(|(from, _)| *from == at) {
                if to == start {
                    found.push(Finding::of(
                        &table,
                        format!("the features form a circle through {start}"),
                    ));
                }
                if seen.insert(*to) {
                    open.push(to);
                }
            }
        }
    }
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(files: &[(&str, &str)]) -> Vec<String> {
        let sources: Vec<Source> = files
            .iter()
            .map(|(path, text)| Source::new(path, text))
            .collect();
        check(&sources)
            .into_iter()
            .map(|finding| finding.message)
            .collect()
    }

    #[test]
    fn a_feature_may_not_reach_into_another_ones_store() {
        let found = messages(&[
            ("crates/server/src/features/tax/store.rs", "//! x"),
            (
                "crates/server/src/features/orders/http.rs",
                "use crate::features::tax::store;",
            ),
        ]);
        assert_eq!(
            found,
            ["features/orders may use features/tax by its service only"]
        );
    }

    #[test]
    fn an_unlisted_edge_between_services_is_found() {
        let found = messages(&[
            ("crates/server/src/features/tax/store.rs", "//! x"),
            (
                "crates/server/src/features/nobody/service.rs",
                "use crate::features::tax::service::resolve;",
            ),
        ]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("not in tidy's table"), "{found:?}");
    }

    #[test]
    fn layers_inside_a_slice_point_downwards() {
        let found = messages(&[(
            "crates/server/src/features/orders/store.rs",
            "use super::service;\nuse super::http::View;\nfn f() { axum::serve() }",
        )]);
        assert_eq!(found.len(), 3, "{found:?}");
    }

    #[test]
    fn the_shared_edge_does_not_know_the_features() {
        let found = messages(&[(
            "crates/server/src/http/problem.rs",
            "use crate::features::orders::service;",
        )]);
        assert_eq!(
            found,
            ["http lies below the features and may not import them"]
        );
    }

    #[test]
    fn the_domain_has_no_io() {
        let found = messages(&[
            (
                "crates/domain/src/money.rs",
                "use std::fs::File;\nuse sqlx::PgPool;",
            ),
            (
                "crates/domain/Cargo.toml",
                "[dependencies]\ntokio.workspace = true\n",
            ),
        ]);
        assert_eq!(found.len(), 3, "{found:?}");
    }

    #[test]
    fn circles_are_found() {
        assert!(circles(&[("a", "b"), ("b", "c")]).is_empty());
        assert!(!circles(&[("a", "b"), ("b", "a")]).is_empty());
    }
}
