//! Filters and search as SQL. Text of statements is static; every value is a bind.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use som_domain::search::escape_like;
use sqlx::{Postgres, QueryBuilder};

use super::filter::{Compare, Expr, Op};
use super::query::ListQuery;
use super::spec::{Field, FieldKind, SearchKind};
use super::value::Value;

type Qb = QueryBuilder<Postgres>;

impl ListQuery {
    /// Pushes ` and …` for the filter and the search.
    pub fn push_filters(&self, qb: &mut Qb) {
        if let Some(filter) = &self.filter {
            qb.push(" and ");
            push_expr(filter, qb);
        }
        self.push_search(qb);
    }

    fn push_search(&self, qb: &mut Qb) {
        match self.spec.search {
            Some(SearchKind::Trigram(column)) => {
                for word in &self.words {
                    qb.push(" and ");
                    push_word(column, word, qb);
                }
            }
            Some(SearchKind::Custom(push)) if !self.words.is_empty() => {
                qb.push(" and (");
                push(qb, &self.words);
                qb.push(")");
            }
            _ => {}
        }
    }
}

/// One word of a search. A trigram index needs three letters to go by: a shorter word must begin a word of the text.
pub fn push_word(column: &'static str, word: &str, qb: &mut Qb) {
    let escaped = escape_like(word);
    if word.chars().count() >= 3 {
        qb.push(column)
            .push(" ilike ")
            .push_bind(format!("%{escaped}%"));
        return;
    }
    qb.push("(")
        .push(column)
        .push(" ilike ")
        .push_bind(format!("{escaped}%"));
    qb.push(" or ")
        .push(column)
        .push(" ilike ")
        .push_bind(format!("% {escaped}%"))
        .push(")");
}

fn push_expr(expr: &Expr, qb: &mut Qb) {
    match expr {
        Expr::And(parts) => push_joined(parts, " and ", qb),
        Expr::Or(parts) => push_joined(parts, " or ", qb),
        // Not `not`: a comparison with a missing value is unknown, and its negation would be unknown too.
        Expr::Not(inner) => {
            qb.push("((");
            push_expr(inner, qb);
            qb.push(") is not true)");
        }
        Expr::Compare(compare) => push_compare(compare, qb),
    }
}

fn push_joined(parts: &[Expr], with: &'static str, qb: &mut Qb) {
    qb.push("(");
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            qb.push(with);
        }
        push_expr(part, qb);
    }
    qb.push(")");
}

fn push_compare(compare: &Compare, qb: &mut Qb) {
    let Some((before, after)) = compare.field.within else {
        return push_plain(compare.field, compare.op, &compare.values, qb);
    };
    let missing = compare.op == Op::Null && compare.values == [Value::Bool(true)];
    if missing || compare.op == Op::Ne {
        qb.push("not ");
    }
    qb.push(before);
    match compare.op {
        Op::Null => {
            qb.push("true");
        }
        Op::Ne => push_plain(compare.field, Op::Eq, &compare.values, qb),
        op => push_plain(compare.field, op, &compare.values, qb),
    }
    qb.push(after);
}

/// By the blind index; a value without one was never prepared and finds nothing.
fn push_index(field: &Field, op: Op, values: &[Value], qb: &mut Qb) {
    let indexes = values.iter().filter_map(|value| match value {
        Value::Index(indexes) => Some(indexes.iter().cloned()),
        _ => None,
    });
    let indexes: Vec<Vec<u8>> = indexes.flatten().collect();
    let column = field.index().map_or("null", |(column, _)| column);
    qb.push("(").push(column).push(" = any(").push_bind(indexes);
    qb.push(if op == Op::Ne { ")) is not true" } else { "))" });
}

fn push_plain(field: &Field, op: Op, values: &[Value], qb: &mut Qb) {
    let Some(first) = values.first() else {
        qb.push("false");
        return;
    };
    match op {
        Op::Eq | Op::Ne if field.kind == FieldKind::Personal => push_index(field, op, values, qb),
        Op::Eq | Op::Ne if field.kind == FieldKind::Bool => {
            push_bool(field, op == Op::Eq, values, qb)
        }
        Op::Eq => push_any(field, values, qb),
        Op::Ne => push_none(field, values, qb),
        Op::Gt | Op::Gte | Op::Lt | Op::Lte => push_bound(field, op, first, qb),
        Op::Prefix | Op::Contains => push_patterns(field, op, values, qb),
        Op::Has => {
            qb.push(field.sql).push(" && ");
            Value::push_array(values, qb);
        }
        Op::Null => {
            qb.push(field.sql).push(if first == &Value::Bool(true) {
                " is null"
            } else {
                " is not null"
            });
        }
        Op::Between => {
            qb.push("(");
            push_bound(field, Op::Gte, first, qb);
            qb.push(" and ");
            push_bound(field, Op::Lte, values.get(1).unwrap_or(first), qb);
            qb.push(")");
        }
    }
}

/// The bare expression, so that a partial index `where hold_count > 0` is found.
fn push_bool(field: &Field, equal: bool, values: &[Value], qb: &mut Qb) {
    let (yes, no) = (
        values.contains(&Value::Bool(true)) == equal,
        values.contains(&Value::Bool(false)) == equal,
    );
    match (yes, no) {
        (true, true) => qb.push("true"),
        (false, false) => qb.push("false"),
        (true, false) => qb.push("(").push(field.sql).push(")"),
        (false, true) => qb.push("(").push(field.sql).push(") is not true"),
    };
}

fn push_any(field: &Field, values: &[Value], qb: &mut Qb) {
    if is_day(field, values) {
        qb.push("(");
        for (i, value) in values.iter().enumerate() {
            qb.push(if i > 0 { " or (" } else { "(" });
            push_bound(field, Op::Gte, value, qb);
            qb.push(" and ");
            push_bound(field, Op::Lte, value, qb);
            qb.push(")");
        }
        qb.push(")");
        return;
    }
    qb.push(field.sql);
    match values {
        [one] => push_value(field, " = ", one, qb),
        many => {
            qb.push(" = any(");
            push_many(field, many, qb);
            qb.push(")");
        }
    }
}

fn push_none(field: &Field, values: &[Value], qb: &mut Qb) {
    if is_day(field, values) {
        qb.push("(");
        push_any(field, values, qb);
        qb.push(" is not true)");
        return;
    }
    match (values, field.nullable) {
        ([one], false) => {
            qb.push(field.sql);
            push_value(field, " <> ", one, qb);
        }
        ([one], true) => {
            qb.push(field.sql);
            push_value(field, " is distinct from ", one, qb);
        }
        (many, nullable) => {
            qb.push("(");
            if nullable {
                qb.push(field.sql).push(" is null or ");
            }
            qb.push(field.sql).push(" <> all(");
            push_many(field, many, qb);
            qb.push("))");
        }
    }
}

fn push_value(field: &Field, operator: &'static str, value: &Value, qb: &mut Qb) {
    qb.push(operator);
    if field.kind == FieldKind::Upper {
        qb.push("upper(");
        value.push(qb);
        qb.push(")");
    } else {
        value.push(qb);
    }
}

fn push_many(field: &Field, values: &[Value], qb: &mut Qb) {
    if field.kind == FieldKind::Upper {
        // upper() of the joined text keeps SQL's own case rules: the values hold no control character.
        let joined = values
            .iter()
            .map(Value::canonical)
            .collect::<Vec<_>>()
            .join("\u{1f}");
        qb.push("string_to_array(upper(")
            .push_bind(joined)
            .push("), e'\\x1f')");
    } else if values
        .iter()
        .all(|v| matches!(v, Value::Date(_)) == matches!(values.first(), Some(Value::Date(_))))
    {
        Value::push_array(values, qb);
    } else {
        let instants: Vec<Value> = values.iter().map(as_instant).collect();
        Value::push_array(&instants, qb);
    }
}

fn push_patterns(field: &Field, op: Op, values: &[Value], qb: &mut Qb) {
    qb.push("(");
    for (i, value) in values.iter().enumerate() {
        if i > 0 {
            qb.push(" or ");
        }
        let escaped = escape_like(&value.canonical());
        let upper = field.kind == FieldKind::Upper;
        let pattern = if op == Op::Prefix {
            format!("{escaped}%")
        } else {
            format!("%{escaped}%")
        };
        if let Some(column) = field.via.filter(|_| op == Op::Contains) {
            qb.push(column)
                .push(" ilike ")
                .push_bind(pattern.clone())
                .push(" and ");
        }
        qb.push(field.sql).push(if op == Op::Prefix || upper {
            " like "
        } else {
            " ilike "
        });
        if upper {
            qb.push("upper(").push_bind(pattern).push(")");
        } else {
            qb.push_bind(pattern);
        }
    }
    qb.push(")");
}

fn is_day(field: &Field, values: &[Value]) -> bool {
    field.kind == FieldKind::Timestamp && values.iter().any(|value| matches!(value, Value::Date(_)))
}

fn as_instant(value: &Value) -> Value {
    match value {
        Value::Date(date) => Value::Timestamp(midnight(*date)),
        other => other.clone(),
    }
}

fn midnight(date: NaiveDate) -> DateTime<Utc> {
    date.and_time(NaiveTime::MIN).and_utc()
}

/// A bound; a plain date on an instant's field means the whole day.
fn push_bound(field: &Field, op: Op, value: &Value, qb: &mut Qb) {
    qb.push(field.sql);
    let day = match value {
        Value::Date(date) if field.kind == FieldKind::Timestamp => Some(*date),
        _ => None,
    };
    let sign = match (op, day.is_some()) {
        (Op::Gt, false) => " > ",
        (Op::Gt | Op::Gte, _) => " >= ",
        (Op::Lte, false) => " <= ",
        (_, _) => " < ",
    };
    qb.push(sign);
    match day {
        None => value.push(qb),
        Some(date) => {
            let next = matches!(op, Op::Gt | Op::Lte);
            let date = if next {
                date.checked_add_days(Days::new(1)).unwrap_or(date)
            } else {
                date
            };
            qb.push_bind(midnight(date));
        }
    }
}
