//! Data to stdout, words to stderr. A reader that went away is no error.

use std::io::Write;

/// A line of data.
pub(super) fn data(text: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// A line for people.
pub(super) fn word(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
