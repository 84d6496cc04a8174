//! The list machinery as a whole, on a specification that has one field of every kind.

#![expect(
    clippy::disallowed_methods,
    reason = "a scope is built as a feature would"
)]

use chrono::{DateTime, Utc};
use sqlx::{Postgres, QueryBuilder};

use super::{CursorKey, Dir, Field, FieldKind, ListQuery, ListSpec, SearchKind};
use crate::http::Problem;

mod filters;
mod queries;
mod statements;

pub(super) static SPEC: ListSpec = ListSpec {
    name: "things",
    fields: &[
        Field::id("id", "t.id", "ord").sortable(),
        Field::text("number", "t.number").sortable(),
        Field::one_of("status", "t.status", &["open", "held", "closed"]),
        Field::text("customer.name", "t.customer_name")
            .sortable()
            .via("t.search"),
        Field::text("customer_po", "t.customer_po").nullable(),
        Field::id("owner_id", "t.owner_id", "usr").nullable(),
        Field::decimal("total", "t.total")
            .sortable()
            .alias("total.amount"),
        Field::int("line_count", "t.line_count"),
        Field::date("requested_date", "t.requested_date")
            .nullable()
            .sortable(),
        Field::timestamp("created_at", "t.created_at").sortable(),
        Field::boolean("on_hold", "t.hold_count > 0"),
        Field::new("tags", "t.tags", FieldKind::Tags).nullable(),
        Field::new("sku", "upper(l.sku)", FieldKind::Upper).within(
            "exists (select from lines l where l.thing_id = t.id and ",
            ")",
        ),
        Field::text("internal", "t.internal").column_only(),
    ],
    default_sort: &[("created_at", Dir::Desc)],
    tiebreak: Field::id("id", "t.id", "ord"),
    search: Some(SearchKind::Trigram("t.search")),
    expand: &["customer", "lines.product"],
};

pub(super) fn now() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + chrono::Duration::days(20_000)
}

pub(super) fn key() -> CursorKey {
    CursorKey::new(b"0123456789abcdef0123456789abcdef".to_vec().into(), None)
}

pub(super) fn ask(raw: &str) -> Result<ListQuery, Problem> {
    ListQuery::parse(&SPEC, Some(raw), &[], &key(), now())
}

pub(super) fn ok(raw: &str) -> ListQuery {
    ask(raw).unwrap_or_else(|problem| panic!("{raw}: {} {}", problem.code, problem.detail))
}

/// The statement's conditions, order and limit.
pub(super) fn sql(query: &ListQuery) -> Vec<String> {
    query
        .segments()
        .into_iter()
        .map(|segment| {
            let mut qb = QueryBuilder::<Postgres>::new("true");
            query.push_filters(&mut qb);
            query.push_keyset(segment, &mut qb);
            query.push_order_and_limit(51, &mut qb);
            qb.into_string()
        })
        .collect()
}
