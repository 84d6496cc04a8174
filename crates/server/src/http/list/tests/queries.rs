//! List requests as a whole: limits, order, unknown and repeated parameters, cursors, the `Link` header.

use chrono::Duration;

use super::{SPEC, ask, key, now, ok};
use crate::http::Problem;
use crate::http::list::{Count, ListQuery, Page, PageInfo};

fn code(raw: &str) -> String {
    ask(raw).map_or_else(|problem| problem.code, |_| "ok".to_owned())
}

fn first(raw: &str) -> (u16, Option<String>, Vec<String>) {
    let problem: Problem = ask(raw).unwrap_err();
    let error = problem.errors.first().cloned().unwrap_or_default();
    (problem.status, error.parameter, error.suggestions)
}

#[test]
fn defaults() {
    let query = ok("");
    assert_eq!(
        (query.limit, query.sort_text().as_str(), query.count),
        (50, "-created_at", Count::None)
    );
    assert!(query.filter.is_none() && query.fields.is_none() && query.expand.is_empty());
}

#[test]
fn limits_are_numbers_in_range() {
    assert_eq!(ok("limit=1").limit, 1);
    assert_eq!(ok("limit=200").limit, 200);
    for bad in [
        "0",
        "201",
        "-1",
        "",
        "1e2",
        "+5",
        "99999999999",
        "ten",
        "1.0",
    ] {
        assert_eq!(code(&format!("limit={bad}")), "invalid_limit", "{bad}");
    }
}

#[test]
fn sorts_are_known() {
    assert_eq!(
        ok("sort=-total,customer.name,id").sort_text(),
        "-total,customer.name,id"
    );
    assert_eq!(code("sort=status"), "unknown_sort");
    assert_eq!(code("sort="), "unknown_sort");
    assert_eq!(code("sort=total,-total"), "invalid_sort");
    assert_eq!(code("sort=total,number,id,created_at"), "invalid_sort");
    assert_eq!(
        first("sort=totl"),
        (400, Some("sort".into()), vec!["total".into()])
    );
    assert_eq!(code("sort=created_at;drop table"), "unknown_sort");
}

#[test]
fn unknown_and_repeated_parameters_are_refused() {
    assert_eq!(code("statuss=open"), "unknown_filter");
    assert_eq!(first("limt=5").2, ["limit"]);
    assert_eq!(first("statu.in=open").2, ["status.in"]);
    assert_eq!(code("limit=5&limit=6"), "duplicate_parameter");
    assert_eq!(code("status=open&status=held"), "duplicate_parameter");
    assert_eq!(code("page=2"), "unknown_filter");
    assert_eq!(code("offset=100"), "unknown_filter");
    let query = ListQuery::parse(&SPEC, Some("tz=Europe/Berlin"), &["tz"], &key(), now()).unwrap();
    assert_eq!(query.parameter("tz"), Some("Europe/Berlin"));
}

#[test]
fn all_problems_come_at_once() {
    let problem =
        ask("limit=0&sort=x&status=nope&frobnicate=1&count=all&expand=world").unwrap_err();
    assert_eq!(
        (problem.status, problem.code.as_str(), problem.errors.len()),
        (400, "invalid_query", 6)
    );
    assert!(problem.errors.iter().all(|error| error.parameter.is_some()));
}

#[test]
fn searches_are_bounded() {
    assert_eq!(ok("q=hex%20%20bolt").words, ["hex", "bolt"]);
    assert_eq!(ok(&format!("q={}", "x".repeat(200))).words.len(), 1);
    let problem = ask(&format!("q={}", "x".repeat(201))).unwrap_err();
    assert_eq!(
        (problem.status, problem.code.as_str()),
        (422, "search_too_long")
    );
    assert_eq!(ok("q=a b c d e f g h i j").words.len(), 8);
}

#[test]
fn expand_and_count() {
    assert!(ok("expand=customer,lines.product").expands("lines.product"));
    assert_eq!(first("expand=customr").2, ["customer"]);
    assert_eq!(ok("count=exact").count, Count::Exact);
    assert_eq!(code("count=yes"), "invalid_value");
}

fn row() -> Vec<Option<String>> {
    vec![
        Some("2026-11-24 03:58:42.123456+00".into()),
        Some("00000000-0000-7000-8000-000000000001".into()),
    ]
}

#[test]
fn cursors_are_bound_to_filter_search_and_order() {
    let cursor = ok("status=open&q=bolt&limit=10")
        .cursor_at(row(), false)
        .unwrap();
    for (raw, expected) in [
        ("status=open&q=bolt", "ok"),
        (
            "q=bolt&status=open&limit=7&count=exact&fields=number&sort=-created_at",
            "ok",
        ),
        ("filter=status%3Dopen&q=bolt", "ok"),
        ("status=held&q=bolt", "cursor_mismatch"),
        ("status=open", "cursor_mismatch"),
        ("status=open&q=bolt&sort=created_at", "cursor_mismatch"),
    ] {
        assert_eq!(code(&format!("{raw}&cursor={cursor}")), expected, "{raw}");
    }
    assert_eq!(code("cursor=c_abc"), "cursor_invalid");
    assert_eq!(code("cursor="), "cursor_invalid");
    let later = ListQuery::parse(
        &SPEC,
        Some(&format!("status=open&q=bolt&cursor={cursor}")),
        &[],
        &key(),
        now() + Duration::hours(25),
    );
    assert_eq!(later.unwrap_err().code, "cursor_expired");
}

#[test]
fn own_parameters_bind_cursors_too() {
    let parse = |raw: String| ListQuery::parse(&SPEC, Some(&raw), &["tz", "mode"], &key(), now());
    let cursor = parse("mode=a&tz=UTC".into())
        .unwrap()
        .cursor_at(row(), false)
        .unwrap();
    assert!(parse(format!("tz=UTC&mode=a&cursor={cursor}")).is_ok());
    assert_eq!(
        parse(format!("tz=UTC&mode=b&cursor={cursor}"))
            .unwrap_err()
            .code,
        "cursor_mismatch"
    );
}

#[test]
fn links_repeat_the_request() {
    let query = ok("status=open&customer.name.contains=a%26b");
    let page: Page<()> = Page {
        rows: Vec::new(),
        info: PageInfo {
            next: Some("c_1".into()),
            prev: Some("c_0".into()),
            has_more: true,
            count: None,
        },
    };
    assert_eq!(
        query.link("/api/v1/things", &page.info).unwrap(),
        "</api/v1/things?status=open&customer.name.contains=a%26b&cursor=c_1>; rel=\"next\", </api/v1/things?status=open&customer.name.contains=a%26b&cursor=c_0>; rel=\"prev\""
    );
    assert_eq!(query.link("/x", &PageInfo::default()), None);
}

#[test]
fn the_description_names_every_field() {
    let described = serde_json::to_value(crate::http::list::parameters(&SPEC)).unwrap();
    let by_name = |name: &str| {
        described
            .as_array()
            .unwrap()
            .iter()
            .find(|p| p["name"] == name)
            .unwrap()
            .clone()
    };
    let fields: Vec<_> = by_name("filter")["x-filterable"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["name"].as_str().unwrap().to_owned())
        .collect();
    assert!(
        fields.contains(&"customer.name".to_owned()) && !fields.contains(&"internal".to_owned())
    );
    assert_eq!(
        by_name("sort")["x-sortable"],
        serde_json::json!([
            "id",
            "number",
            "customer.name",
            "total",
            "requested_date",
            "created_at"
        ])
    );
    assert_eq!(by_name("limit")["schema"]["maximum"], 200);
}
