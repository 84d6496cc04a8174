//! Personal data at rest: the one type behind which e-mail, phone, tax id, address lines and secret custom fields are stored.
//!
//! The stored form names its own format, so that encryption can arrive without a change to any query: `0|text` is plain.

use serde::{Serialize, de::DeserializeOwned};

/// Marks the plain format.
const PLAIN: &str = "0|";

/// A personal value as stored in a text column. `Debug` never shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Personal(String);

impl Personal {
    /// Seals a value for storage.
    pub fn seal(value: &str) -> Self {
        Self(format!("{PLAIN}{value}"))
    }

    /// Seals an optional value; empty is none.
    pub fn seal_option(value: Option<&str>) -> Option<String> {
        value
            .filter(|v| !v.is_empty())
            .map(|v| Self::seal(v).into_stored())
    }

    /// Seals a structure as JSON.
    pub fn seal_json<T: Serialize>(value: &T) -> Result<String, serde_json::Error> {
        Ok(Self::seal(&serde_json::to_string(value)?).into_stored())
    }

    /// The text for the column.
    pub fn into_stored(self) -> String {
        self.0
    }

    /// Opens a stored value; what was not sealed by us is none.
    pub fn open(stored: &str) -> Option<String> {
        stored.strip_prefix(PLAIN).map(str::to_owned)
    }

    /// Opens an optional column.
    pub fn open_option(stored: Option<String>) -> Option<String> {
        stored.and_then(|text| Self::open(&text))
    }

    /// Opens a structure kept as JSON.
    pub fn open_json<T: DeserializeOwned>(stored: Option<&str>) -> Option<T> {
        serde_json::from_str(&Self::open(stored?)?).ok()
    }
}

impl std::fmt::Debug for Personal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Personal(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_opens_and_nothing_else() {
        let stored = Personal::seal("a|b").into_stored();
        assert_eq!(Personal::open(&stored).as_deref(), Some("a|b"));
        assert_eq!(Personal::open("a|b"), None);
        assert!(!format!("{:?}", Personal::seal("secret")).contains("secret"));
    }
}
