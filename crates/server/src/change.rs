//! Merge patches: sets the columns a body names, collects what it may not set, and notes the differences for the audit.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::http::{ApiError, ApiResult, FieldProblem, Patch, Problem, on_constraint};

/// How a column's value looks in a difference.
pub trait Shown {
    /// The JSON form.
    fn shown(&self) -> Value;
}

impl Shown for String {
    fn shown(&self) -> Value {
        Value::from(self.as_str())
    }
}

impl Shown for bool {
    fn shown(&self) -> Value {
        Value::from(*self)
    }
}

impl Shown for i32 {
    fn shown(&self) -> Value {
        Value::from(*self)
    }
}

impl Shown for Decimal {
    fn shown(&self) -> Value {
        Value::from(self.normalize().to_string())
    }
}

impl Shown for NaiveDate {
    fn shown(&self) -> Value {
        Value::from(self.to_string())
    }
}

impl<T: Shown> Shown for Option<T> {
    fn shown(&self) -> Value {
        self.as_ref().map_or(Value::Null, Shown::shown)
    }
}

impl<T: Shown> Shown for Vec<T> {
    fn shown(&self) -> Value {
        self.iter().map(Shown::shown).collect()
    }
}

/// The changes of one object while a patch is applied.
#[derive(Debug, Default)]
pub struct Changes {
    diff: Map<String, Value>,
    problems: Vec<FieldProblem>,
}

impl Changes {
    /// Sets a column to a value.
    pub fn set<T: Shown + PartialEq>(&mut self, field: &str, slot: &mut T, value: T) {
        if *slot != value {
            self.diff.insert(
                field.to_owned(),
                json!({ "from": slot.shown(), "to": value.shown() }),
            );
            *slot = value;
        }
    }

    /// Patches a column that must have a value; `null` is a problem.
    pub fn required<T, S: Shown + PartialEq>(
        &mut self,
        field: &str,
        slot: &mut S,
        patch: Patch<T>,
        column: impl FnOnce(T) -> S,
    ) {
        match patch {
            Patch::Absent => {}
            Patch::Null => self.problems.push(FieldProblem::at(
                format!("/{field}"),
                "required",
                format!("`{field}` cannot be empty."),
            )),
            Patch::Value(value) => self.set(field, slot, column(value)),
        }
    }

    /// Patches a column that may be empty; `null` clears it.
    pub fn optional<T, S: Shown + PartialEq>(
        &mut self,
        field: &str,
        slot: &mut Option<S>,
        patch: Patch<T>,
        column: impl FnOnce(T) -> S,
    ) {
        match patch {
            Patch::Absent => {}
            Patch::Null => self.set(field, slot, None),
            Patch::Value(value) => self.set(field, slot, Some(column(value))),
        }
    }

    /// Patches text whose empty form is `""`; `null` clears it.
    pub fn text<T>(
        &mut self,
        field: &str,
        slot: &mut String,
        patch: Patch<T>,
        column: impl FnOnce(T) -> String,
    ) {
        match patch {
            Patch::Absent => {}
            Patch::Null => self.set(field, slot, String::new()),
            Patch::Value(value) => self.set(field, slot, column(value)),
        }
    }

    /// Patches a reference; `wrap` makes the prefixed id that the difference shows.
    pub fn reference<T: Into<Uuid> + std::fmt::Display>(
        &mut self,
        field: &str,
        slot: &mut Option<Uuid>,
        patch: Patch<T>,
        wrap: fn(Uuid) -> T,
    ) {
        let value = match patch {
            Patch::Absent => return,
            Patch::Null => None,
            Patch::Value(id) => Some(id.into()),
        };
        if *slot != value {
            let shown =
                |id: Option<Uuid>| id.map_or(Value::Null, |id| Value::from(wrap(id).to_string()));
            self.diff.insert(
                field.to_owned(),
                json!({ "from": shown(*slot), "to": shown(value) }),
            );
            *slot = value;
        }
    }

    /// Patches personal data: the difference says that it changed, not what it is.
    pub fn personal<T>(
        &mut self,
        field: &str,
        slot: &mut Option<String>,
        patch: Patch<T>,
        column: impl FnOnce(T) -> String,
    ) {
        let value = match patch {
            Patch::Absent => return,
            Patch::Null => None,
            Patch::Value(value) => Some(column(value)),
        };
        if *slot != value {
            self.note(field, json!({ "changed": true }));
            *slot = value;
        }
    }

    /// Notes a difference made elsewhere.
    pub fn note(&mut self, field: &str, difference: Value) {
        self.diff.insert(field.to_owned(), difference);
    }

    /// Notes a problem found elsewhere.
    pub fn problem(&mut self, problem: FieldProblem) {
        self.problems.push(problem);
    }

    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.diff.is_empty()
    }

    /// The difference; 422 with everything that was wrong.
    pub fn finish(self) -> ApiResult<Value> {
        if self.problems.is_empty() {
            Ok(Value::Object(self.diff))
        } else {
            Err(Problem::invalid(self.problems).into())
        }
    }
}

/// The members a patch of a map sets (`Some`) and removes (`None`); `null` for the whole map removes everything it has.
pub fn map_patch<K: Ord + AsRef<str>, V>(
    patch: Patch<BTreeMap<K, Option<V>>>,
    current: &[String],
    key: fn(&str) -> Option<K>,
) -> BTreeMap<K, Option<V>> {
    match patch {
        Patch::Absent => BTreeMap::new(),
        Patch::Null => current
            .iter()
            .filter_map(|name| key(name))
            .map(|name| (name, None))
            .collect(),
        Patch::Value(map) => map,
    }
}

/// 409 `duplicate_code` when `constraint` says that another `what` has this code.
pub fn duplicate_code(error: sqlx::Error, constraint: &str, what: &str, code: &str) -> ApiError {
    duplicate(error, constraint, "duplicate_code", "/code", || {
        format!("There is already a {what} with the code {code}.")
    })
}

/// 409 with a field problem when a unique constraint is violated.
pub fn duplicate(
    error: sqlx::Error,
    constraint: &str,
    code: &str,
    pointer: &str,
    detail: impl FnOnce() -> String,
) -> ApiError {
    on_constraint(error, constraint, || {
        let detail = detail();
        let mut problem = Problem::conflict(code, detail.clone());
        problem.errors = vec![FieldProblem::at(pointer, code, detail)];
        problem
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_changes_what_it_names_and_says_so() {
        let (mut name, mut limit, mut mail) = (
            "Acme".to_owned(),
            Some(Decimal::from(5)),
            Some("a@example.com".to_owned()),
        );
        let mut changes = Changes::default();
        changes.required("name", &mut name, Patch::Value("Acme Ltd"), str::to_owned);
        changes.optional("limit", &mut limit, Patch::<Decimal>::Null, |d| d);
        changes.personal(
            "email",
            &mut mail,
            Patch::Value("b@example.com"),
            str::to_owned,
        );
        changes.text("notes", &mut String::new(), Patch::<String>::Absent, |t| t);
        assert_eq!(
            (name.as_str(), limit, mail.as_deref()),
            ("Acme Ltd", None, Some("b@example.com"))
        );
        let diff = changes.finish().unwrap();
        assert_eq!(
            diff,
            json!({ "name": { "from": "Acme", "to": "Acme Ltd" }, "limit": { "from": "5", "to": null }, "email": { "changed": true } })
        );
    }

    #[test]
    fn what_must_have_a_value_cannot_be_cleared() {
        let mut changes = Changes::default();
        changes.required("name", &mut String::new(), Patch::<String>::Null, |t| t);
        changes.required("sku", &mut String::new(), Patch::<String>::Null, |t| t);
        let error = changes.finish().unwrap_err();
        assert_eq!(error.problem().map(|p| p.errors.len()), Some(2));
    }
}
