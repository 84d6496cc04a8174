//! Secrets of people, which belong to no organization: sealed anew after the encryption key changed.

use futures_util::future::BoxFuture;
use uuid::Uuid;

use crate::app::AppState;
use crate::db::SystemTx;

/// What one step did.
#[derive(Debug, Clone, Copy, Default)]
pub struct PeopleBatch {
    /// The last person looked at; none when there was nobody left.
    pub last: Option<Uuid>,
    /// Whose secrets were sealed anew.
    pub resealed: i64,
    /// Whose do not open: they stay as they are.
    pub unreadable: i64,
}

/// Seals up to so many after a person anew.
pub type PeopleStep = for<'a> fn(
    &'a AppState,
    &'a mut SystemTx,
    Uuid,
    i64,
) -> BoxFuture<'a, Result<PeopleBatch, sqlx::Error>>;

/// Where secrets of people are, in the worker's scope.
#[derive(Debug, Clone, Copy)]
pub struct People {
    /// Seals up to so many after a person anew.
    pub step: PeopleStep,
    /// How many are not sealed with the key in use.
    pub outdated:
        for<'a> fn(&'a AppState, &'a mut SystemTx) -> BoxFuture<'a, Result<i64, sqlx::Error>>,
}
