//! Reading personal data is an entry of the log, too. Entries of reads are written a moment later and many at once, so that a read costs no
//! round trip more; a process that dies takes those of its last second with it. When the database does not take them, they wait, and with
//! too many of them waiting the reader does.

use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use moka::sync::Cache;
use serde_json::Value;
use som_domain::ids::{OrganizationId, RequestId};
use uuid::Uuid;

use super::store;
use crate::app::AppState;
use crate::caller::Caller;
use crate::http::Origin;

/// The same person reading the same thing again within this time makes no new entry.
const ONCE_IN: Duration = Duration::from_mins(10);
/// Readings that are remembered for that.
const REMEMBERED: u64 = 100_000;
/// How long entries wait for others.
const PAUSE: Duration = Duration::from_secs(1);
/// Pause after the database failed.
const TROUBLE_PAUSE: Duration = Duration::from_secs(5);
/// Entries that may wait before the reader does.
const WAITING_MAX: usize = 10_000;

/// What was read.
#[derive(Debug)]
pub struct Subject {
    /// `customer`, `member`, or `list`.
    pub entity: &'static str,
    /// Which one.
    pub id: Uuid,
    /// Which page of which list: another one is another reading.
    pub page: Option<String>,
    /// Facts; never what was searched for.
    pub facts: Value,
}

/// An entry that waits.
#[derive(Debug, Clone)]
pub(super) struct Read {
    pub organization: OrganizationId,
    pub id: Uuid,
    pub at: DateTime<Utc>,
    pub actor_id: Option<Uuid>,
    pub actor_kind: &'static str,
    pub actor_name: String,
    pub request_id: Option<Uuid>,
    pub ip: Option<String>,
    pub entity: &'static str,
    pub entity_id: Uuid,
    pub action: &'static str,
    pub facts: Value,
}

/// Organization, credential (a person and their key are two readers), kind, object, page.
pub(super) type Known = (Uuid, Uuid, &'static str, Uuid, Option<String>);

/// Entries of reads on their way into the log.
#[derive(Debug)]
pub struct Reads {
    known: Cache<Known, ()>,
    waiting: Mutex<Vec<Read>>,
    /// Whoever waits for it finds everything written that was noted before.
    writing: tokio::sync::Mutex<()>,
}

impl Default for Reads {
    fn default() -> Self {
        Self {
            known: Cache::builder()
                .max_capacity(REMEMBERED)
                .time_to_live(ONCE_IN)
                .build(),
            waiting: Mutex::default(),
            writing: tokio::sync::Mutex::default(),
        }
    }
}

impl Reads {
    /// Notes that somebody read something.
    ///
    /// # Errors
    /// Only when too many wait and the database takes none.
    pub async fn note(
        &self,
        state: &AppState,
        caller: &Caller,
        origin: Origin,
        now: DateTime<Utc>,
        subject: Subject,
    ) -> Result<(), sqlx::Error> {
        let organization = caller.organization.id;
        let actor_id = caller.user_id.uuid();
        // a list has no id of its own
        let known_id = if subject.page.is_some() {
            Uuid::nil()
        } else {
            subject.id
        };
        let (page, entity) = (subject.page, subject.entity);
        let reader = caller.credential();
        let known = (organization.uuid(), reader, entity, known_id, page);
        let read = Read {
            organization,
            id: state.ids().next(now),
            at: now,
            actor_id: Some(actor_id),
            actor_kind: caller.kind,
            actor_name: caller.name.clone(),
            request_id: origin.request.map(RequestId::uuid),
            ip: origin.ip.as_ref().map(IpAddr::to_string),
            entity: subject.entity,
            entity_id: subject.id,
            action: "read",
            facts: subject.facts,
        };
        self.put(state, known, read).await
    }

    /// Puts an entry with those that wait, unless the same was noted a moment ago.
    pub(super) async fn put(
        &self,
        state: &AppState,
        known: Known,
        read: Read,
    ) -> Result<(), sqlx::Error> {
        if !self.known.entry(known).or_insert(()).is_fresh() {
            return Ok(());
        }
        match self.push(read) {
            1 => {
                tokio::spawn(write_soon(state.clone()));
                Ok(())
            }
            waiting if waiting > WAITING_MAX => self.flush(state).await,
            _ => Ok(()),
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Read>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, read: Read) -> usize {
        let mut waiting = self.waiting();
        waiting.push(read);
        waiting.len()
    }

    /// Writes what waits.
    ///
    /// # Errors
    /// When the database does not answer; what was not written waits on.
    pub async fn flush(&self, state: &AppState) -> Result<(), sqlx::Error> {
        let _alone = self.writing.lock().await;
        let mut reads = std::mem::take(&mut *self.waiting());
        // an organization's stay in the order they were noted
        reads.sort_by_key(|read| read.organization.uuid());
        let mut written = 0;
        for of_one in reads.chunk_by(|a, b| a.organization == b.organization) {
            if let Err(error) = write(state, of_one).await {
                let rest = reads.get(written..).unwrap_or_default().to_vec();
                self.waiting().splice(0..0, rest);
                return Err(error);
            }
            written += of_one.len();
        }
        Ok(())
    }

    fn is_empty(&self) -> bool {
        self.waiting().is_empty()
    }
}

async fn write(state: &AppState, reads: &[Read]) -> Result<(), sqlx::Error> {
    let Some(first) = reads.first() else {
        return Ok(());
    };
    let mut tx = state.db().tenant(first.organization).await?;
    store::insert_reads(&mut tx, first.organization.uuid(), reads).await?;
    tx.commit().await
}

async fn write_soon(state: AppState) {
    let mut pause = PAUSE;
    loop {
        tokio::time::sleep(pause).await;
        match state.reads().flush(&state).await {
            Ok(()) => pause = PAUSE,
            Err(error) => {
                tracing::warn!(%error, "entries of the audit log wait for the database");
                pause = TROUBLE_PAUSE;
            }
        }
        if state.reads().is_empty() {
            return;
        }
    }
}
