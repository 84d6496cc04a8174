//! A part of an organization's personal data: a table that can be walked through and sealed anew. Features say what their parts are.

use futures_util::future::BoxFuture;
use uuid::Uuid;

use crate::db::TenantTx;
use crate::security::seal::SealError;

/// The last row looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct After {
    /// Its id.
    pub id: Uuid,
    /// Which version of it, in tables that keep several.
    pub version: i32,
}

impl After {
    /// Before every row.
    pub const START: Self = Self::row(Uuid::nil());

    /// A row of a table that keeps one version.
    pub const fn row(id: Uuid) -> Self {
        Self { id, version: 0 }
    }
}

/// What one step did.
#[derive(Debug, Clone, Copy, Default)]
pub struct Batch {
    /// Where it ended; none when there was nothing left.
    pub last: Option<After>,
    /// Rows looked at.
    pub seen: i64,
    /// Rows sealed anew.
    pub resealed: i64,
    /// Rows that somebody was changing: they are left to the next walk.
    pub passed_over: i64,
    /// Rows whose values do not open: they stay as they are.
    pub unreadable: i64,
}

impl Batch {
    /// Looks at rows: those for which `fresh` gives something are to be written.
    pub fn sort<R, N>(
        table: &'static str,
        rows: Vec<R>,
        place: impl Fn(&R) -> After,
        fresh: impl Fn(R) -> Result<Option<N>, SealError>,
    ) -> (Self, Vec<N>) {
        let mut batch = Self {
            last: rows.last().map(&place),
            ..Self::default()
        };
        let mut outdated = Vec::new();
        for row in rows {
            batch.seen += 1;
            let id = place(&row).id;
            match fresh(row) {
                Ok(new) => outdated.extend(new),
                Err(error) => {
                    tracing::error!(%error, table, row = %id, "personal data cannot be sealed anew");
                    batch.unreadable += 1;
                }
            }
        }
        (batch, outdated)
    }

    /// How many of those rows were written.
    #[must_use]
    pub fn wrote(mut self, outdated: usize, written: u64) -> Self {
        let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        self.resealed = count(written);
        self.passed_over = count(outdated as u64) - self.resealed;
        self
    }
}

/// Looks at up to so many rows after a place, and seals what is not sealed with the newest keys.
pub type Step =
    for<'a> fn(&'a mut TenantTx, After, i64) -> BoxFuture<'a, Result<Batch, sqlx::Error>>;

/// A part.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    /// The table's name.
    pub name: &'static str,
    /// One step of a walk.
    pub step: Step,
}
