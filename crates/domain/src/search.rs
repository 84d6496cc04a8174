//! Search text: bounded, normalised, and harmless inside `LIKE`.

use std::fmt;
use std::str::FromStr;

use crate::scalar::{Invalid, Scalar, scalar_traits};

/// Most characters of a search.
pub const QUERY_MAX: usize = 200;

/// Escapes `%`, `_` and `\` so that `LIKE … ESCAPE '\'` takes them literally.
pub fn escape_like(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// The end of the range of texts that begin with `text`, byte by byte: no text that goes on comes after it.
pub fn prefix_end(text: &str) -> String {
    format!("{text}{}", char::MAX)
}

/// What somebody searches for: trimmed, blanks joined, 1 to 200 characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SearchQuery(String);

impl SearchQuery {
    /// The normalised text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A `LIKE` pattern for texts that contain it.
    pub fn contains_pattern(&self) -> String {
        format!("%{}%", escape_like(&self.0))
    }

    /// A `LIKE` pattern for texts that start with it.
    pub fn prefix_pattern(&self) -> String {
        format!("{}%", escape_like(&self.0))
    }
}

impl FromStr for SearchQuery {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        // Bounds the work for very long input before looking at it character by character.
        if text.len() > QUERY_MAX * 16 {
            return Err(Invalid::new(
                "too_long",
                format!("is longer than {QUERY_MAX} characters"),
            ));
        }
        if text.chars().any(|c| c.is_control() && !c.is_whitespace()) {
            return Err(Invalid::new(
                "control_character",
                "contains a control character",
            ));
        }
        let query = text.split_whitespace().collect::<Vec<_>>().join(" ");
        match query.chars().count() {
            0 => Err(Invalid::new("empty", "is empty")),
            n if n > QUERY_MAX => Err(Invalid::new(
                "too_long",
                format!("is longer than {QUERY_MAX} characters"),
            )),
            _ => Ok(SearchQuery(query)),
        }
    }
}

impl fmt::Display for SearchQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Scalar for SearchQuery {
    const DESCRIPTION: &'static str = "Search text";
    const EXAMPLE: &'static str = "hex bolt";
    const MIN_LENGTH: Option<usize> = Some(1);
    const MAX_LENGTH: Option<usize> = Some(QUERY_MAX);
}
scalar_traits!(SearchQuery);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_holds_what_begins_with_its_text() {
        let (from, to) = ("amb", prefix_end("amb"));
        let within = |text: &str| text >= from && text < to.as_str();
        assert!(within("amb") && within("amber") && within("ambé😀"));
        assert!(!within("ama") && !within("amc") && !within("am"));
    }

    #[test]
    fn wildcards_are_literal() {
        let query: SearchQuery = "  50%\t_off \\ ".parse().expect("query");
        assert_eq!(query.as_str(), "50% _off \\");
        assert_eq!(query.contains_pattern(), r"%50\% \_off \\%");
        assert_eq!(query.prefix_pattern(), r"50\% \_off \\%");
    }

    #[test]
    fn bounds() {
        let code = |text: &str| {
            text.parse::<SearchQuery>()
                .err()
                .map(|invalid| invalid.code())
        };
        assert_eq!(code(" \n "), Some("empty"));
        assert_eq!(code("a\0b"), Some("control_character"));
        assert_eq!(code(&"x".repeat(10_000)), Some("too_long"));
        assert_eq!(code(&"x".repeat(201)), Some("too_long"));
        assert_eq!(code(&"ä".repeat(200)), None);
    }
}
