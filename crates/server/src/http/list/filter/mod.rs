//! The filter tree, the same for query parameters (`status=open,held`), for `filter=` and for saved views.

use std::cmp::Ordering;

use super::spec::{Field, FieldKind, ListSpec};
use super::value::{BadValue, Value};
use crate::http::input::nearest;

mod lexer;
mod params;
mod parser;
mod text;

pub(super) use params::{Parameter, classify};
pub use parser::parse;

/// Most comparisons of one request.
pub const COMPARISONS_MAX: usize = 50;
/// Most values of one comparison.
pub const VALUES_MAX: usize = 200;
/// Deepest nesting of parentheses and NOT.
pub const NESTING_MAX: usize = 10;
/// Longest `filter` text.
pub const FILTER_CHARS_MAX: usize = 4000;

/// A condition.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// All of them, two or more.
    And(Vec<Expr>),
    /// Any of them, two or more.
    Or(Vec<Expr>),
    /// Not so; a missing value counts as "no".
    Not(Box<Expr>),
    /// One comparison.
    Compare(Compare),
}

/// One comparison; several values mean any of them (with [`Op::Ne`]: none of them).
#[derive(Debug, Clone)]
pub struct Compare {
    /// The field.
    pub field: &'static Field,
    /// How.
    pub op: Op,
    /// With what.
    pub values: Vec<Value>,
}

impl PartialEq for Compare {
    fn eq(&self, other: &Self) -> bool {
        self.field.name == other.field.name && self.op == other.op && self.values == other.values
    }
}

/// An operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// Equal to any of the values.
    Eq,
    /// Equal to none of them, or missing.
    Ne,
    /// Greater.
    Gt,
    /// Greater or equal.
    Gte,
    /// Less.
    Lt,
    /// Less or equal.
    Lte,
    /// Begins with.
    Prefix,
    /// Contains, without case.
    Contains,
    /// The tags include.
    Has,
    /// Missing (true) or present (false).
    Null,
    /// From the first to the second, both included.
    Between,
}

/// The suffixes of query parameters with their operators.
pub const SUFFIXES: &[(&str, Op)] = &[
    ("eq", Op::Eq),
    ("ne", Op::Ne),
    ("gt", Op::Gt),
    ("gte", Op::Gte),
    ("lt", Op::Lt),
    ("lte", Op::Lte),
    ("in", Op::Eq),
    ("nin", Op::Ne),
    ("prefix", Op::Prefix),
    ("contains", Op::Contains),
    ("has", Op::Has),
    ("null", Op::Null),
    ("between", Op::Between),
];

impl Op {
    /// The operator of a suffix.
    pub fn of_suffix(suffix: &str) -> Option<Self> {
        SUFFIXES
            .iter()
            .find(|(name, _)| *name == suffix)
            .map(|(_, op)| *op)
    }

    /// Whether it applies to a kind of field.
    pub fn applies_to(self, field: &Field) -> bool {
        let ordered = matches!(
            field.kind,
            FieldKind::Date | FieldKind::Timestamp | FieldKind::Decimal | FieldKind::Int
        );
        match self {
            Self::Eq | Self::Ne => match field.kind {
                FieldKind::Tags => false,
                FieldKind::Personal => field.index().is_some(),
                _ => true,
            },
            Self::Gt | Self::Gte | Self::Lt | Self::Lte | Self::Between => ordered,
            Self::Prefix | Self::Contains => {
                matches!(field.kind, FieldKind::Text | FieldKind::Upper)
            }
            Self::Has => field.kind == FieldKind::Tags,
            Self::Null => field.nullable || field.within.is_some(),
        }
    }

    const fn takes(self) -> (usize, usize) {
        match self {
            Self::Eq | Self::Ne | Self::Prefix | Self::Contains | Self::Has => (1, VALUES_MAX),
            Self::Gt | Self::Gte | Self::Lt | Self::Lte | Self::Null => (1, 1),
            Self::Between => (2, 2),
        }
    }
}

/// The suffixes that apply to a field.
pub fn suffixes_of(field: &Field) -> Vec<&'static str> {
    SUFFIXES
        .iter()
        .filter(|(_, op)| op.applies_to(field))
        .map(|(name, _)| *name)
        .collect()
}

/// Why a filter was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterError {
    /// Stable code.
    pub code: &'static str,
    /// One sentence.
    pub detail: String,
    /// What was probably meant.
    pub suggestions: Vec<String>,
    /// Position in the text, in characters from 1.
    pub position: Option<usize>,
}

impl FilterError {
    pub(super) fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            suggestions: Vec::new(),
            position: None,
        }
    }

    fn suggest(mut self, suggestions: Vec<String>) -> Self {
        self.suggestions = suggestions;
        self
    }

    pub(super) fn at(mut self, position: usize) -> Self {
        self.position.get_or_insert(position);
        self
    }
}

impl Compare {
    /// A checked comparison from texts.
    pub fn new(field: &'static Field, op: Op, texts: &[String]) -> Result<Self, FilterError> {
        let (least, most) = op.takes();
        if texts.len() < least || texts.len() > most {
            let detail = match (op, most) {
                (Op::Between, _) => format!("`{}.between` takes two values.", field.name),
                (_, 1) => format!("`{}` takes one value here.", field.name),
                _ => format!("`{}` takes 1 to {most} values.", field.name),
            };
            return Err(FilterError::new("invalid_filter_value", detail));
        }
        let kind = if op == Op::Null {
            FieldKind::Bool
        } else {
            field.kind
        };
        let values = texts
            .iter()
            .map(|text| Value::parse(kind, text))
            .collect::<Result<Vec<_>, _>>();
        let values = values.map_err(
            |BadValue {
                 detail,
                 suggestions,
             }| {
                FilterError::new(
                    "invalid_filter_value",
                    format!("`{}`: {detail}", field.name),
                )
                .suggest(suggestions)
            },
        )?;
        Ok(Self { field, op, values }.normal())
    }

    /// Any-of values sorted and without repeats, so that equal conditions have equal texts.
    fn normal(mut self) -> Self {
        if self.op.takes().1 > 1 && self.op != Op::Between {
            self.values.sort_by(by_text);
            self.values.dedup();
        }
        self
    }
}

fn by_text(a: &Value, b: &Value) -> Ordering {
    a.canonical().cmp(&b.canonical())
}

impl Expr {
    /// All of these conditions; `None` when there are none.
    pub fn all(mut parts: Vec<Self>) -> Option<Self> {
        match parts.len() {
            0 | 1 => parts.pop(),
            _ => Some(Self::And(parts)),
        }
    }

    /// The number of comparisons.
    pub fn size(&self) -> usize {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().map(Self::size).sum(),
            Self::Not(inner) => inner.size(),
            Self::Compare(_) => 1,
        }
    }
}

/// The field and operator of `name`, which may end in an operator (`total.gt`).
pub(super) fn resolve(
    spec: &'static ListSpec,
    name: &str,
) -> Result<(&'static Field, Option<Op>), FilterError> {
    if let Some(field) = spec.field(name).filter(|field| field.filter) {
        return Ok((field, None));
    }
    if let Some((base, suffix)) = name.rsplit_once('.')
        && let Some(field) = spec.field(base).filter(|field| field.filter)
    {
        return match Op::of_suffix(suffix) {
            Some(op) if op.applies_to(field) => Ok((field, Some(op))),
            _ => Err(unknown_operator(field, suffix)),
        };
    }
    let names: Vec<&str> = spec.filterable().map(|field| field.name).collect();
    let (base, suffix) = name
        .rsplit_once('.')
        .filter(|(_, suffix)| Op::of_suffix(suffix).is_some())
        .map_or((name, None), |(base, suffix)| (base, Some(suffix)));
    let mut suggestions = nearest(base, &names);
    if let Some(suffix) = suffix {
        suggestions = suggestions
            .iter()
            .map(|name| format!("{name}.{suffix}"))
            .collect();
    }
    Err(FilterError::new(
        "unknown_filter",
        format!("There is no field `{name}` to filter {} by.", spec.name),
    )
    .suggest(suggestions))
}

pub(super) fn unknown_operator(field: &Field, operator: &str) -> FilterError {
    let known = suffixes_of(field);
    let suggestions = nearest(operator, &known)
        .iter()
        .map(|suffix| format!("{}.{suffix}", field.name))
        .collect();
    FilterError::new(
        "unknown_filter",
        format!(
            "`{}` has no operator `{operator}`; it has: {}.",
            field.name,
            known.join(", ")
        ),
    )
    .suggest(suggestions)
}
