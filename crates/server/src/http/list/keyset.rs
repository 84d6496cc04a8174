//! Order and keyset: the page after (or before) a row, read from an index at any depth.
//!
//! The order is total: the sort keys, then the tiebreak in the direction of the last key. PostgreSQL's own rule for missing values is kept
//! (they count as greater than every value: last when ascending, first when descending), because that is the order an ordinary index has.
//! Row comparison `(a, b) > ($1, $2)` is one index range, but it knows neither mixed directions nor missing values:
//!
//! - mixed directions: `a >= $1 and (a > $1 or (a = $1 and b < $2))`; the first bound gives the index its starting point;
//! - a first key that can be missing: the list is read as two segments, the rows that have the key and the rows that do not, each an index
//!   range of its own; the second is asked only when the first does not fill the page;
//! - a later key that can be missing: spelled out in the `or` form.

use sqlx::{Postgres, QueryBuilder};

use super::query::ListQuery;
use super::spec::{Dir, Field};

type Qb = QueryBuilder<Postgres>;

/// Which rows of the first key a segment holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum First {
    /// No condition, or the keyset's own.
    Any,
    Missing,
    Present,
}

/// A part of the list that one index range covers.
#[derive(Debug, Clone, Copy)]
pub struct Segment {
    first: First,
    /// Whether it begins after the cursor's row; otherwise at its own beginning.
    bounded: bool,
}

#[derive(Clone, Copy)]
struct Key<'a> {
    field: &'a Field,
    dir: Dir,
    value: Option<&'a str>,
}

impl ListQuery {
    /// Whether the page is read towards the beginning of the list.
    pub fn is_backward(&self) -> bool {
        self.position
            .as_ref()
            .is_some_and(|position| position.backward)
    }

    /// Sort keys with the directions in which this page is read, and the tiebreak.
    fn order(&self) -> Vec<(&Field, Dir)> {
        let backward = self.is_backward();
        let turn = |dir: Dir| if backward { dir.flip() } else { dir };
        let mut keys: Vec<(&Field, Dir)> = self
            .sort
            .iter()
            .map(|(field, dir)| (*field, turn(*dir)))
            .collect();
        if !self.sorts_by_tiebreak() {
            let last = keys.last().map_or_else(|| turn(Dir::Asc), |(_, dir)| *dir);
            keys.push((&self.spec.tiebreak, last));
        }
        keys
    }

    fn keys_at_position(&self) -> Vec<Key<'_>> {
        let values = self.position.iter().flat_map(|position| &position.values);
        self.order()
            .into_iter()
            .zip(values)
            .map(|((field, dir), value)| Key {
                field,
                dir,
                value: value.as_deref(),
            })
            .collect()
    }

    /// The segments to read, in order, until the page is full.
    pub fn segments(&self) -> Vec<Segment> {
        let segment = |first, bounded| Segment { first, bounded };
        let keys = self.keys_at_position();
        let Some(first) = keys.first() else {
            return vec![segment(First::Any, false)];
        };
        if !first.field.nullable {
            return vec![segment(First::Any, true)];
        }
        match (first.dir, first.value.is_some()) {
            (Dir::Asc, true) => vec![segment(First::Any, true), segment(First::Missing, false)],
            (Dir::Asc, false) => vec![segment(First::Missing, true)],
            (Dir::Desc, true) => vec![segment(First::Any, true)],
            (Dir::Desc, false) => vec![
                segment(First::Missing, true),
                segment(First::Present, false),
            ],
        }
    }

    /// Pushes ` and …` for the rows of a segment.
    pub fn push_keyset(&self, segment: Segment, qb: &mut Qb) {
        let keys = self.keys_at_position();
        let Some((first, rest)) = keys.split_first() else {
            return;
        };
        match segment.first {
            First::Missing => qb.push(" and ").push(first.field.sql).push(" is null"),
            First::Present => qb.push(" and ").push(first.field.sql).push(" is not null"),
            First::Any => qb,
        };
        if segment.bounded {
            let keys = if segment.first == First::Missing {
                rest
            } else {
                &keys
            };
            push_after(
                keys,
                segment.first == First::Any && first.field.nullable,
                qb,
            );
        }
    }

    /// Pushes the order and the limit.
    pub fn push_order_and_limit(&self, limit: i64, qb: &mut Qb) {
        for (i, (field, dir)) in self.order().iter().enumerate() {
            qb.push(if i == 0 { " order by " } else { ", " })
                .push(field.sql)
                .push(" ")
                .push(dir.sql());
        }
        qb.push(" limit ").push_bind(limit);
    }

    /// Pushes the select expression of a row's cursor key, exact to the microsecond.
    pub fn push_cursor_key(&self, qb: &mut Qb) {
        for (i, (field, _)) in self.order().iter().enumerate() {
            qb.push(if i == 0 { "array[(" } else { ", (" })
                .push(field.sql)
                .push(")::text");
        }
        qb.push("] as cursor_key");
    }
}

fn push_bind(key: Key<'_>, qb: &mut Qb) {
    qb.push_bind(key.value.map(str::to_owned))
        .push("::")
        .push(key.field.kind.sql_type());
}

/// ` and` the rows after these keys. `first_present`: the first key can be missing, but not in this segment.
fn push_after(keys: &[Key<'_>], first_present: bool, qb: &mut Qb) {
    let Some(first) = keys.first() else { return };
    let can_be_missing =
        |(i, key): (usize, &Key<'_>)| key.field.nullable && !(i == 0 && first_present);
    let plain =
        keys.iter().all(|key| key.dir == first.dir) && !keys.iter().enumerate().any(can_be_missing);
    if plain {
        push_row_comparison(keys, first.dir, qb);
        return;
    }
    if first.value.is_some() && !can_be_missing((0, first)) {
        qb.push(" and ")
            .push(first.field.sql)
            .push(if first.dir == Dir::Asc {
                " >= "
            } else {
                " <= "
            });
        push_bind(*first, qb);
    }
    push_spelled_out(keys, first_present, qb);
}

fn push_row_comparison(keys: &[Key<'_>], dir: Dir, qb: &mut Qb) {
    qb.push(" and (");
    for (i, key) in keys.iter().enumerate() {
        qb.push(if i > 0 { ", " } else { "" }).push(key.field.sql);
    }
    qb.push(if dir == Dir::Asc { ") > (" } else { ") < (" });
    for (i, key) in keys.iter().enumerate() {
        qb.push(if i > 0 { ", " } else { "" });
        push_bind(*key, qb);
    }
    qb.push(")");
}

fn push_spelled_out(keys: &[Key<'_>], first_present: bool, qb: &mut Qb) {
    qb.push(" and (false");
    for (i, key) in keys.iter().enumerate() {
        if key.dir == Dir::Asc && key.value.is_none() {
            continue; // nothing comes after the missing ones
        }
        qb.push(" or (");
        for before in keys.iter().take(i) {
            push_equal(*before, qb);
            qb.push(" and ");
        }
        push_beyond(*key, !(i == 0 && first_present), qb);
        qb.push(")");
    }
    qb.push(")");
}

fn push_equal(key: Key<'_>, qb: &mut Qb) {
    qb.push(key.field.sql);
    if key.value.is_none() {
        qb.push(" is null");
    } else {
        qb.push(" = ");
        push_bind(key, qb);
    }
}

fn push_beyond(key: Key<'_>, with_missing: bool, qb: &mut Qb) {
    let sql = key.field.sql;
    match (key.dir, key.value.is_some()) {
        (Dir::Desc, false) => {
            qb.push(sql).push(" is not null");
        }
        (Dir::Desc, true) => {
            qb.push(sql).push(" < ");
            push_bind(key, qb);
        }
        (Dir::Asc, _) => {
            let missing_too = key.field.nullable && with_missing;
            qb.push(if missing_too { "(" } else { "" })
                .push(sql)
                .push(" > ");
            push_bind(key, qb);
            if missing_too {
                qb.push(" or ").push(sql).push(" is null)");
            }
        }
    }
}
