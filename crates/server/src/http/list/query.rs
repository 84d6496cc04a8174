//! The question behind a list request: page, order, filter, search, count and shape, read and checked as a whole.

use super::cursor::{self, Binding, CursorKey, Position};
use super::filter::Expr;
use super::raw::pairs;
use super::reader::{Reader, refuse};
use super::spec::{Dir, Field, ListSpec};
use super::value::Value;
use crate::db::DataKeys;
use crate::http::Problem;
use chrono::{DateTime, Utc};

/// Most rows of a page.
pub const PAGE_SIZE_MAX: u16 = 200;
/// Rows of a page when the caller does not say.
pub const PAGE_SIZE: u16 = 50;
/// Most sort keys.
pub(super) const SORT_KEYS_MAX: usize = 3;
/// Longest search text.
pub const SEARCH_CHARS_MAX: usize = 200;
/// Most words of a search that are looked at.
pub const SEARCH_WORDS_MAX: usize = 8;
/// Most `expand` paths.
pub(super) const EXPAND_MAX: usize = 5;

/// The parameters every list knows.
pub(super) const COMMON: &[&str] = &[
    "limit", "cursor", "sort", "q", "count", "fields", "expand", "filter",
];

/// Whether and how the rows are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Count {
    /// Not at all.
    #[default]
    None,
    /// By the planner's estimate when there are many.
    Estimate,
    /// Exactly up to 10,000, in bounded time.
    Exact,
}

/// A checked list request.
#[derive(Debug, Clone)]
pub struct ListQuery {
    /// Rows wanted.
    pub limit: u16,
    /// The order, without the tiebreak.
    pub sort: Vec<(&'static Field, Dir)>,
    /// The condition, if any.
    pub filter: Option<Expr>,
    /// Words searched for.
    pub words: Vec<String>,
    /// Whether to count.
    pub count: Count,
    /// JSON paths wanted; `None` is everything.
    pub fields: Option<Vec<String>>,
    /// Paths to expand.
    pub expand: Vec<&'static str>,
    pub(super) spec: &'static ListSpec,
    pub(super) position: Option<Position>,
    pub(super) raw: Vec<(String, String)>,
    /// Hash of what decides which rows are in the list.
    bound: String,
    key: CursorKey,
    now: DateTime<Utc>,
}

/// 400 with one parameter's problem.
pub(super) fn problem(parameter: &str, code: &str, detail: &str) -> Problem {
    Problem::bad_parameter(parameter, code, detail)
}

fn seal(expr: &mut Expr, keys: &DataKeys) {
    match expr {
        Expr::And(parts) | Expr::Or(parts) => parts.iter_mut().for_each(|part| seal(part, keys)),
        Expr::Not(inner) => seal(inner, keys),
        Expr::Compare(compare) => {
            let Some((_, indexed)) = compare.field.index() else {
                return;
            };
            for value in &mut compare.values {
                if let Value::Text(text) = value {
                    *value = Value::Index(keys.indexes(indexed, text));
                }
            }
        }
    }
}

impl ListQuery {
    /// Reads the query string of a list request; `extra` are the endpoint's own parameters. All problems come at once.
    pub fn parse(
        spec: &'static ListSpec,
        raw: Option<&str>,
        extra: &[&str],
        key: &CursorKey,
        now: DateTime<Utc>,
    ) -> Result<Self, Problem> {
        let raw = pairs(raw.unwrap_or_default())?;
        let mut reader = Reader {
            spec,
            pairs: &raw,
            errors: Vec::new(),
        };
        reader.refuse_repeats();
        let filter = reader.filter(extra);
        let mut query = Self {
            limit: reader.limit(),
            sort: reader.sort(),
            filter,
            words: reader.words(),
            count: reader.count(),
            fields: reader.fields(),
            expand: reader.expand(),
            spec,
            position: None,
            raw: Vec::new(),
            bound: String::new(),
            key: key.clone(),
            now,
        };
        refuse(reader.errors)?;
        query.raw = raw;
        query.bound = query.hash(extra);
        if let Some(text) = query.parameter("cursor") {
            let position = cursor::decode(
                text,
                Binding {
                    sort: &query.sort_text(),
                    filter: &query.bound,
                },
                key,
                now,
            )?;
            if position.values.len() != query.keys() {
                return Err(problem(
                    "cursor",
                    "cursor_mismatch",
                    "The cursor belongs to another order.",
                ));
            }
            query.position = Some(position);
        }
        Ok(query)
    }

    /// Turns what sealed fields are compared with into blind indexes; needed before a list with such fields is read.
    pub fn seal(&mut self, keys: &DataKeys) {
        if let Some(filter) = &mut self.filter {
            seal(filter, keys);
        }
    }

    /// The value of one of the endpoint's own parameters.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.raw
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.as_str())
    }

    /// Whether a path is to be expanded.
    pub fn expands(&self, path: &str) -> bool {
        self.expand.contains(&path)
    }

    /// The collection.
    pub fn spec(&self) -> &'static ListSpec {
        self.spec
    }

    /// The order as text, as `sort=` takes it.
    pub fn sort_text(&self) -> String {
        let names = self.sort.iter().map(|(field, dir)| {
            format!("{}{}", if *dir == Dir::Desc { "-" } else { "" }, field.name)
        });
        names.collect::<Vec<_>>().join(",")
    }

    /// Everything but page, order, count and shape.
    fn hash(&self, extra: &[&str]) -> String {
        let mut parts = vec![
            self.spec.name.to_owned(),
            self.filter
                .as_ref()
                .map(Expr::canonical)
                .unwrap_or_default(),
            self.words.join(" "),
        ];
        parts.extend(
            extra
                .iter()
                .filter_map(|name| self.parameter(name).map(|value| format!("{name}={value}"))),
        );
        cursor::filter_hash(&parts.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// Values in a cursor: the sort keys and, unless it is one of them, the tiebreak.
    pub(super) fn keys(&self) -> usize {
        self.sort.len() + usize::from(!self.sorts_by_tiebreak())
    }

    pub(super) fn sorts_by_tiebreak(&self) -> bool {
        self.sort
            .iter()
            .any(|(field, _)| field.sql == self.spec.tiebreak.sql)
    }

    /// The same question from after a row on.
    pub(crate) fn continue_after(&mut self, cursor_key: Vec<Option<String>>) {
        self.position = Some(Position {
            values: cursor_key,
            backward: false,
        });
    }

    /// A cursor at a row's key.
    pub(super) fn cursor_at(&self, values: Vec<Option<String>>, backward: bool) -> Option<String> {
        cursor::encode(
            Position { values, backward },
            Binding {
                sort: &self.sort_text(),
                filter: &self.bound,
            },
            &self.key,
            self.now,
        )
    }
}
