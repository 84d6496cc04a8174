//! Filters as query parameters: `status=open,held`, `created_at.gte=2026-11-01`, `customer_name.contains=acme`.
//!
//! A comma is OR. A comma that belongs to a value is written `\,`, or the value stands in quotation marks.

use super::parser::too_many;
use super::{COMPARISONS_MAX, Compare, Expr, FilterError, Op, resolve};
use crate::http::list::spec::ListSpec;

/// One query parameter that is a filter.
#[derive(Debug)]
pub(in crate::http::list) struct Parameter<'a> {
    /// Name as sent.
    pub(in crate::http::list) name: &'a str,
    /// Decoded value.
    pub(in crate::http::list) value: &'a str,
}

/// Reads filter parameters; every refusal comes with the parameter's name.
pub(in crate::http::list) fn classify<'a>(
    spec: &'static ListSpec,
    parameters: &[Parameter<'a>],
) -> Result<Vec<Expr>, Vec<(&'a str, FilterError)>> {
    let mut parts = Vec::new();
    let mut errors = Vec::new();
    for Parameter { name, value } in parameters {
        match one(spec, name, value) {
            Ok(compare) => parts.push(Expr::Compare(compare)),
            Err(error) => errors.push((*name, error)),
        }
    }
    if let Some(extra) = parameters.get(COMPARISONS_MAX) {
        errors.push((extra.name, too_many()));
    }
    if errors.is_empty() {
        Ok(parts)
    } else {
        Err(errors)
    }
}

fn one(spec: &'static ListSpec, name: &str, value: &str) -> Result<Compare, FilterError> {
    let (field, suffix) = resolve(spec, name)?;
    let op = suffix.unwrap_or(Op::Eq);
    if !op.applies_to(field) {
        return Err(super::unknown_operator(field, "eq"));
    }
    Compare::new(field, op, &split(value))
}

/// Splits at commas outside quotation marks; a backslash keeps the next character.
pub(super) fn split(value: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let mut part = String::new();
    let mut chars = value.chars().peekable();
    let mut quoted = false;
    let mut begins = true;
    while let Some(c) = chars.next() {
        match c {
            '\\' if matches!(chars.peek(), Some(',' | '"' | '\\')) => part.extend(chars.next()),
            '"' if begins => quoted = true,
            '"' if quoted && matches!(chars.peek(), None | Some(',')) => quoted = false,
            ',' if !quoted => {
                parts.push(std::mem::take(&mut part));
                begins = true;
                continue;
            }
            c => part.push(c),
        }
        begins = false;
    }
    parts.push(part);
    parts
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn commas_are_or_unless_escaped() {
        assert_eq!(split("open,held"), ["open", "held"]);
        assert_eq!(split(r"Smith\, Inc,Acme"), ["Smith, Inc", "Acme"]);
        assert_eq!(split(r#""Smith, Inc",Acme"#), ["Smith, Inc", "Acme"]);
        assert_eq!(split(r#"19" rack"#), [r#"19" rack"#]);
        assert_eq!(split(r#""""#), [""]);
        assert_eq!(split(","), ["", ""]);
        assert_eq!(split(r"a\b"), [r"a\b"]);
    }
}
