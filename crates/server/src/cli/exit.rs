//! Exit codes: a part of the interface, listed by `som help exit-codes`.

use std::fmt;
use std::process::ExitCode;

macro_rules! exits {
    ($($(#[$meta:meta])* $name:ident = $code:literal, $text:literal;)+) => {
        /// How a command ended.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Exit {
            $($(#[$meta])* $name = $code,)+
        }

        /// Every code with its meaning.
        pub(super) const EXITS: &[(u8, &str)] = &[$(($code, $text),)+];
    };
}

exits! {
    /// Done.
    Ok = 0, "ok";
    /// A fault of ours.
    Unexpected = 1, "unexpected";
    /// Wrong arguments.
    Usage = 2, "usage";
    /// Wrong or missing settings.
    Configuration = 3, "configuration";
    /// PostgreSQL or another service cannot be reached.
    Unreachable = 4, "dependency unreachable (database, mail)";
    /// Migrations are pending, or the schema is not ours.
    Schema = 5, "schema not current";
    /// Not allowed.
    Denied = 6, "denied";
    /// Not there.
    NotFound = 7, "not found";
    /// Somebody else was first, or it is there already.
    Conflict = 8, "conflict or failed precondition";
    /// Done, with rejected rows; or invalid input.
    Rejected = 9, "done with rejected rows, or invalid input";
    /// A backup or the audit log is not what it should be.
    Integrity = 10, "integrity check failed (backup, audit)";
    /// `doctor` has something to say.
    Warnings = 11, "doctor: warnings";
    /// `doctor` found something broken.
    Failures = 12, "doctor: failures";
    /// The API changed incompatibly.
    Breaking = 13, "breaking change found";
    /// Try again later.
    Temporary = 75, "temporary, try again";
    /// Ctrl-C.
    Interrupted = 130, "interrupted";
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command failed: what happened and, as the last line, what to do next.
#[derive(Debug)]
pub struct Failure {
    /// The code.
    pub exit: Exit,
    message: String,
    next: Option<String>,
}

impl Failure {
    /// A failure without advice.
    pub(super) fn new(exit: Exit, message: impl fmt::Display) -> Self {
        Self {
            exit,
            message: message.to_string(),
            next: None,
        }
    }

    /// Adds the next step.
    #[must_use]
    pub(super) fn next(mut self, step: impl Into<String>) -> Self {
        self.next = Some(step.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.message)?;
        if let Some(next) = &self.next {
            write!(f, "\nNext: {next}")?;
        }
        Ok(())
    }
}

impl From<crate::config::ConfigError> for Failure {
    fn from(error: crate::config::ConfigError) -> Self {
        Self::new(Exit::Configuration, error).next(
            "`som config init` writes a complete file; for a trial on this machine: som serve --demo",
        )
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::new(Exit::Unexpected, format!("som: {error:#}"))
    }
}

/// A full disk explains itself: what failed is only where it was noticed.
fn full_disk(words: &str, error: Option<&sqlx::Error>) -> Option<Failure> {
    let code = error
        .and_then(sqlx::Error::as_database_error)
        .and_then(|error| error.code());
    let said = ["No space left on device", "wrote only "]
        .iter()
        .any(|sign| words.contains(sign));
    (said || code.as_deref() == Some("53100")).then(|| {
        let words = words.lines().collect::<Vec<_>>().join(" ");
        Failure::new(Exit::Unreachable, format!("the disk is full: {words}"))
            .next("make room on the disk of the data directory, then start again")
    })
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        if let Some(full) = full_disk(&error.to_string(), Some(&error)) {
            return full;
        }
        Self::new(Exit::Unreachable, format!("database: {error}")).next("som doctor")
    }
}

impl From<crate::http::ApiError> for Failure {
    fn from(error: crate::http::ApiError) -> Self {
        let Some(problem) = error.problem() else {
            return Self::new(Exit::Unexpected, format!("som: {error:?}"));
        };
        let exit = match problem.status {
            403 => Exit::Denied,
            404 => Exit::NotFound,
            409 | 412 => Exit::Conflict,
            503 => Exit::Temporary,
            _ => Exit::Rejected,
        };
        let mut lines = vec![format!("{} ({})", problem.detail, problem.code)];
        for field in &problem.errors {
            let place = field.pointer.as_deref().unwrap_or_default();
            lines.push(format!("  {place} {}", field.detail));
        }
        Self::new(exit, lines.join("\n"))
    }
}

impl From<crate::db::embedded::EmbeddedError> for Failure {
    fn from(error: crate::db::embedded::EmbeddedError) -> Self {
        let inner = match &error {
            crate::db::embedded::EmbeddedError::Database(inner) => Some(inner),
            _ => None,
        };
        if let Some(full) = full_disk(&error.to_string(), inner) {
            return full;
        }
        Self::new(Exit::Unreachable, format!("embedded PostgreSQL: {error}"))
    }
}

impl From<crate::db::ConnectError> for Failure {
    fn from(error: crate::db::ConnectError) -> Self {
        Self::new(Exit::Unreachable, error).next("check DATABASE_URL; som doctor")
    }
}

impl From<crate::db::MigratorError> for Failure {
    fn from(error: crate::db::MigratorError) -> Self {
        match error {
            crate::db::MigratorError::Connect(error) => error.into(),
            other => full_disk(&other.to_string(), None)
                .unwrap_or_else(|| Self::new(Exit::Schema, other).next("som migrate status")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique() {
        let codes: std::collections::HashSet<_> = EXITS.iter().map(|(code, _)| code).collect();
        assert_eq!(codes.len(), EXITS.len());
    }
}
