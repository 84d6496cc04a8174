//! The SQL that comes out: static text, binds only, index-friendly keysets.

use insta::assert_snapshot;
use proptest::prelude::*;

use super::{ok, sql};

fn one(raw: &str) -> String {
    let all = sql(&ok(raw));
    assert_eq!(all.len(), 1, "{all:?}");
    all.concat()
}

fn after(raw: &str, values: &[Option<&str>], backward: bool) -> Vec<String> {
    let values = values
        .iter()
        .map(|value| value.map(str::to_owned))
        .collect();
    let cursor = ok(raw).cursor_at(values, backward).unwrap();
    sql(&ok(&format!("{raw}&cursor={cursor}")))
}

#[test]
fn filters() {
    let filter = |raw: &str| {
        one(raw)
            .trim_start_matches("true")
            .trim_end_matches(" order by t.created_at desc, t.id desc limit $2")
            .to_owned()
    };
    assert_snapshot!(filter("status=open"), @" and t.status = $1");
    assert_snapshot!(filter("status=open,held"), @" and t.status = any($1)");
    assert_snapshot!(filter("status.ne=open"), @" and t.status <> $1");
    assert_snapshot!(filter("customer_po.ne=x"), @" and t.customer_po is distinct from $1");
    assert_snapshot!(filter("customer_po.nin=x,y"), @" and (t.customer_po is null or t.customer_po <> all($1))");
    assert_snapshot!(filter("customer.name.contains=50%25_a"), @" and (t.search ilike $1 and t.customer_name ilike $2) order by t.created_at desc, t.id desc limit $3");
    assert_snapshot!(filter("number.prefix=SO-"), @" and (t.number like $1)");
    assert_snapshot!(filter("created_at=2026-11-01"), @" and ((t.created_at >= $1 and t.created_at < $2)) order by t.created_at desc, t.id desc limit $3");
    assert_snapshot!(filter("created_at.lte=2026-11-01"), @" and t.created_at < $1");
    assert_snapshot!(filter("created_at.gt=2026-11-01T10:00:00Z"), @" and t.created_at > $1");
    assert_snapshot!(filter("requested_date.between=2026-11-01,2026-11-30"), @" and (t.requested_date >= $1 and t.requested_date <= $2) order by t.created_at desc, t.id desc limit $3");
    assert_snapshot!(filter("on_hold=true"), @" and (t.hold_count > 0) order by t.created_at desc, t.id desc limit $1");
    assert_snapshot!(filter("on_hold=false"), @" and (t.hold_count > 0) is not true order by t.created_at desc, t.id desc limit $1");
    assert_snapshot!(filter("tags.has=vip"), @" and t.tags && $1");
    assert_snapshot!(filter("sku=hx-1,hx-2"), @r#" and exists (select from lines l where l.thing_id = t.id and upper(l.sku) = any(string_to_array(upper($1), e'\x1f')))"#);
    assert_snapshot!(filter("sku.ne=hx-1"), @" and not exists (select from lines l where l.thing_id = t.id and upper(l.sku) = upper($1))");
    assert_snapshot!(filter("sku.null=true"), @" and not exists (select from lines l where l.thing_id = t.id and true) order by t.created_at desc, t.id desc limit $1");
    assert_snapshot!(filter("filter=status%3Dopen%20AND%20(total%3E5%20OR%20NOT%20customer_po:x)"), @" and (t.status = $1 and (t.total > $2 or (((t.customer_po ilike $3)) is not true))) order by t.created_at desc, t.id desc limit $4");
    assert_snapshot!(filter("q=hex%20a"), @" and t.search ilike $1 and (t.search ilike $2 or t.search ilike $3) order by t.created_at desc, t.id desc limit $4");
}

#[test]
fn one_direction_is_a_row_comparison() {
    assert_snapshot!(after("", &[Some("2026-11-24"), Some("1")], false).join("\n"), @"true and (t.created_at, t.id) < ($1::timestamptz, $2::uuid) order by t.created_at desc, t.id desc limit $3");
    assert_snapshot!(after("", &[Some("2026-11-24"), Some("1")], true).join("\n"), @"true and (t.created_at, t.id) > ($1::timestamptz, $2::uuid) order by t.created_at asc, t.id asc limit $3");
    assert_snapshot!(after("sort=total,number", &[Some("5"), Some("a"), Some("1")], false).join("\n"), @"true and (t.total, t.number, t.id) > ($1::numeric, $2::text, $3::uuid) order by t.total asc, t.number asc, t.id asc limit $4");
    assert_snapshot!(after("sort=-id", &[Some("1")], false).join("\n"), @"true and (t.id) < ($1::uuid) order by t.id desc limit $2");
}

#[test]
fn mixed_directions_keep_a_bound_for_the_index() {
    assert_snapshot!(after("sort=-total,number", &[Some("5"), Some("a"), Some("1")], false).join("\n"), @"true and t.total <= $1::numeric and (false or (t.total < $2::numeric) or (t.total = $3::numeric and t.number > $4::text) or (t.total = $5::numeric and t.number = $6::text and t.id > $7::uuid)) order by t.total desc, t.number asc, t.id asc limit $8");
}

#[test]
fn missing_keys_are_a_segment_of_their_own() {
    let date = Some("2026-11-24");
    assert_snapshot!(after("sort=requested_date", &[date, Some("1")], false).join("\n"), @"
    true and (t.requested_date, t.id) > ($1::date, $2::uuid) order by t.requested_date asc, t.id asc limit $3
    true and t.requested_date is null order by t.requested_date asc, t.id asc limit $1
    ");
    assert_snapshot!(after("sort=requested_date", &[None, Some("1")], false).join("\n"), @"true and t.requested_date is null and (t.id) > ($1::uuid) order by t.requested_date asc, t.id asc limit $2");
    assert_snapshot!(after("sort=-requested_date", &[date, Some("1")], false).join("\n"), @"true and (t.requested_date, t.id) < ($1::date, $2::uuid) order by t.requested_date desc, t.id desc limit $3");
    assert_snapshot!(after("sort=-requested_date", &[None, Some("1")], false).join("\n"), @"
    true and t.requested_date is null and (t.id) < ($1::uuid) order by t.requested_date desc, t.id desc limit $2
    true and t.requested_date is not null order by t.requested_date desc, t.id desc limit $1
    ");
    assert_snapshot!(after("sort=-total,requested_date", &[Some("5"), date, Some("1")], false).join("\n"), @"true and t.total <= $1::numeric and (false or (t.total < $2::numeric) or (t.total = $3::numeric and (t.requested_date > $4::date or t.requested_date is null)) or (t.total = $5::numeric and t.requested_date = $6::date and t.id > $7::uuid)) order by t.total desc, t.requested_date asc, t.id asc limit $8");
    assert_snapshot!(after("sort=-total,requested_date", &[Some("5"), None, Some("1")], false).join("\n"), @"true and t.total <= $1::numeric and (false or (t.total < $2::numeric) or (t.total = $3::numeric and t.requested_date is null and t.id > $4::uuid)) order by t.total desc, t.requested_date asc, t.id asc limit $5");
    assert_snapshot!(after("sort=requested_date,-total", &[date, Some("5"), Some("1")], true).join("\n"), @"true and t.requested_date <= $1::date and (false or (t.requested_date < $2::date) or (t.requested_date = $3::date and t.total > $4::numeric) or (t.requested_date = $5::date and t.total = $6::numeric and t.id > $7::uuid)) order by t.requested_date desc, t.total asc, t.id asc limit $8");
}

proptest! {
    #[test]
    fn no_value_reaches_the_text(value in "[a-zA-Z';]{8,20}") {
        let raw: String = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("number", &value).append_pair("customer.name.contains", &value).append_pair("sku.prefix", &value)
            .append_pair("tags.has", &value).append_pair("q", &value).append_pair("customer_po.nin", &format!("{value},{value}2")).finish();
        prop_assert!(!one(&raw).contains(&value));
    }
}
