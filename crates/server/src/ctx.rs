//! One use case in progress: its transaction, its caller, its time, and the audit and outbox rows that will be written with it.

mod version;

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use chrono::{DateTime, NaiveDate, Utc};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::AppState;
use crate::caller::Caller;
use crate::db::record::{Closing, Kept};
use crate::db::{TenantTx, idempotency};
use crate::http::command::Idempotency;
use crate::http::{ApiResult, Origin};

/// How long a stored answer can be replayed: a day, as the API promises and no longer, because it holds what the caller saw.
pub const IDEMPOTENCY_KEPT: chrono::Duration = chrono::Duration::hours(24);

/// Something that happened to one object: an audit row, and an outbox row when others should hear of it.
#[derive(Debug, Clone)]
pub struct Event {
    /// `order`, `customer`, …
    pub entity: &'static str,
    /// Which one.
    pub entity_id: Uuid,
    /// Its version after the change.
    pub version: Option<i32>,
    /// `confirmed`, `updated`, …; the outbox type is `entity.action`.
    pub action: &'static str,
    /// Field changes as `{"field": {"from", "to"}}`, or facts.
    pub diff: Value,
    /// The outbox payload; `None` keeps the event internal.
    pub publish: Option<Value>,
}

impl Event {
    /// An event that is only audited.
    pub fn new(
        entity: &'static str,
        entity_id: Uuid,
        version: i32,
        action: &'static str,
        diff: Value,
    ) -> Self {
        Self {
            entity,
            entity_id,
            version: Some(version),
            action,
            diff,
            publish: None,
        }
    }

    /// The same, told to the outside as well.
    #[must_use]
    pub fn publish(mut self, payload: Value) -> Self {
        self.publish = Some(payload);
        self
    }
}

/// A use case in progress. Dropped without [`Ctx::reply`] or [`Ctx::commit`], nothing happened.
#[derive(Debug)]
pub struct Ctx {
    /// The transaction.
    pub tx: TenantTx,
    /// Who does it.
    pub caller: Arc<Caller>,
    /// When.
    pub now: DateTime<Utc>,
    state: AppState,
    origin: Origin,
    idempotency: Option<Idempotency>,
    dry_run: bool,
    events: Vec<Event>,
}

impl Ctx {
    /// Begins a use case over HTTP; see [`crate::http::Allowed::begin`].
    pub async fn begin(
        state: &AppState,
        caller: Arc<Caller>,
        now: DateTime<Utc>,
        origin: Origin,
        idempotency: Option<Idempotency>,
        dry_run: bool,
    ) -> ApiResult<Self> {
        let mut tx = state.db().tenant(caller.organization.id).await?;
        if let Some(idempotency) = &idempotency {
            crate::db::idempotency::claim(&mut tx, &caller, idempotency, now).await?;
        }
        Ok(Self {
            tx,
            caller,
            now,
            state: state.clone(),
            origin,
            idempotency,
            dry_run,
            events: Vec::new(),
        })
    }

    /// Begins a use case of a job, a seed or the command line.
    pub async fn internal(state: &AppState, caller: Arc<Caller>) -> ApiResult<Self> {
        let now = state.clock().now();
        Self::begin(state, caller, now, Origin::default(), None, false).await
    }

    /// The application.
    pub fn state(&self) -> &AppState {
        &self.state
    }

    /// A new identifier.
    pub fn new_id(&self) -> Uuid {
        self.state.ids().next(self.now)
    }

    /// The organization's key for binds.
    pub fn organization(&self) -> Uuid {
        self.caller.organization.id.uuid()
    }

    /// Today in the organization's business zone.
    pub fn today(&self) -> NaiveDate {
        crate::dates::business_date(self.now, &self.caller.organization.time_zone)
    }

    /// Notes what happened; written in one statement with the commit.
    pub fn record(&mut self, event: Event) {
        self.events.push(event);
    }

    /// The connection.
    pub fn db(&mut self) -> &mut TenantTx {
        &mut self.tx
    }

    /// Commits with an empty answer.
    pub async fn reply_empty(self) -> ApiResult<Response> {
        self.answer(
            StatusCode::NO_CONTENT,
            String::new(),
            None,
            None,
            closing_alone,
        )
        .await
    }

    /// Commits and answers with an object and its ETag; the answer is kept for replays.
    pub async fn reply<V: Serialize>(
        self,
        status: StatusCode,
        view: &V,
        version: i32,
        location: Option<String>,
    ) -> ApiResult<Response> {
        self.reply_with(status, view, version, location, closing_alone)
            .await
    }

    /// Commits and answers with something that has no version; the answer is kept for replays.
    pub async fn reply_unversioned<V: Serialize>(
        self,
        status: StatusCode,
        view: &V,
        location: Option<String>,
    ) -> ApiResult<Response> {
        let body = serde_json::to_string(view)?;
        self.answer(status, body, None, location, closing_alone)
            .await
    }

    /// The same for a use case whose last write is the statement that also writes the [`Closing`]: one round trip less.
    pub async fn reply_with<V: Serialize>(
        self,
        status: StatusCode,
        view: &V,
        version: i32,
        location: Option<String>,
        last: impl AsyncFnOnce(&mut TenantTx, &Closing<'_>) -> ApiResult<bool>,
    ) -> ApiResult<Response> {
        let body = serde_json::to_string(view)?;
        self.answer(status, body, Some(version), location, last)
            .await
    }

    async fn answer(
        mut self,
        status: StatusCode,
        body: String,
        version: Option<i32>,
        location: Option<String>,
        last: impl AsyncFnOnce(&mut TenantTx, &Closing<'_>) -> ApiResult<bool>,
    ) -> ApiResult<Response> {
        let stored = match &self.idempotency {
            Some(key) => idempotency::seal(self.tx.keys(), &self.caller, key, &body)?,
            None => String::new(),
        };
        let kept = self.idempotency.as_ref().map(|idempotency| Kept {
            idempotency,
            status,
            headers: json!({ "etag": version, "location": location }),
            body: &stored,
            expires: self.now + IDEMPOTENCY_KEPT,
        });
        let closing = Closing {
            caller: &self.caller,
            now: self.now,
            origin: self.origin,
            events: &self.events,
            ids: self.state.ids(),
            kept,
        };
        if !last(&mut self.tx, &closing).await? {
            // Another request with the key was faster: nothing of this one stays, its repetition gets the stored answer.
            return Err(crate::db::idempotency::in_progress().into());
        }
        if self.dry_run {
            self.tx.rollback().await?;
            let mut response = respond(status, body, version, None);
            response
                .headers_mut()
                .insert("dry-run", HeaderValue::from_static("true"));
            return Ok(response);
        }
        self.tx.commit().await?;
        announce(&self.state, &self.events);
        Ok(respond(status, body, version, location))
    }

    /// Commits without an answer (jobs, imports, command line).
    pub async fn commit(mut self) -> ApiResult<()> {
        if self.dry_run {
            return Ok(self.tx.rollback().await?);
        }
        let closing = Closing {
            caller: &self.caller,
            now: self.now,
            origin: self.origin,
            events: &self.events,
            ids: self.state.ids(),
            kept: None,
        };
        closing.write(&mut self.tx).await?;
        self.tx.commit().await?;
        announce(&self.state, &self.events);
        Ok(())
    }

    /// A closing of nothing, for a write in the middle of a use case; what happened is written with the commit.
    pub fn not_yet(&mut self) -> (&mut TenantTx, Closing<'_>) {
        let closing = Closing {
            caller: &self.caller,
            now: self.now,
            origin: self.origin,
            events: &[],
            ids: self.state.ids(),
            kept: None,
        };
        (&mut self.tx, closing)
    }

    /// Tries a part of a use case: when it fails, what it did is undone and the transaction goes on.
    ///
    /// # Errors
    /// The part's own, or the database's.
    pub async fn attempt<T>(
        &mut self,
        part: impl AsyncFnOnce(&mut Self) -> ApiResult<T>,
    ) -> ApiResult<T> {
        sqlx::query!("savepoint part")
            .execute(&mut *self.tx)
            .await?;
        let events = self.events.len();
        match part(self).await {
            Ok(done) => {
                sqlx::query!("release savepoint part")
                    .execute(&mut *self.tx)
                    .await?;
                Ok(done)
            }
            Err(error) => {
                sqlx::query!("rollback to savepoint part")
                    .execute(&mut *self.tx)
                    .await?;
                self.events.truncate(events);
                Err(error)
            }
        }
    }

    /// How many events were noted so far.
    pub fn recorded(&self) -> usize {
        self.events.len()
    }
}

/// Writes the closing in a statement of its own.
async fn closing_alone(db: &mut TenantTx, closing: &Closing<'_>) -> ApiResult<bool> {
    Ok(closing.write(db).await?)
}

/// Wakes whoever follows the outbox in this process. Not through the database: that would have all commits wait for one another.
fn announce(state: &AppState, events: &[Event]) {
    if events.iter().any(|event| event.publish.is_some()) {
        state.events().notify_one();
    }
}

/// An answer with its ETag and Location.
pub fn respond(
    status: StatusCode,
    body: String,
    version: Option<i32>,
    location: Option<String>,
) -> Response {
    let mut response = if body.is_empty() {
        status.into_response()
    } else {
        (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
    };
    let headers = response.headers_mut();
    if let Some(value) = version.and_then(|v| HeaderValue::from_str(&format!("\"{v}\"")).ok()) {
        headers.insert(header::ETAG, value);
    }
    if let Some(value) = location.and_then(|l| HeaderValue::from_str(&l).ok()) {
        headers.insert(header::LOCATION, value);
    }
    response
}
