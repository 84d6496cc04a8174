//! The permission in a handler's type, and the way from there to the database.

use std::collections::BTreeSet;
use std::marker::PhantomData;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use chrono::{DateTime, Utc};
use http::request::Parts;
use serde_json::{Value, json};
use uuid::Uuid;

use super::command::Command;
use super::origin::Origin;
use super::{ApiError, ApiResult, Problem};
use crate::app::AppState;
use crate::audit::Subject;
use crate::caller::Caller;
use crate::ctx::{Ctx, Event};
use crate::db::TenantTx;
use crate::features::auth;
use crate::permission::{Permission, Permit, RowScope};

/// Proof that the caller is signed in and holds permission `P`. A handler without it (or [`Public`]) cannot reach the database.
#[derive(Debug)]
pub struct Allowed<P> {
    caller: Arc<Caller>,
    state: AppState,
    origin: Origin,
    now: DateTime<Utc>,
    permission: PhantomData<P>,
}

/// Said aloud by the few handlers that anyone may call.
#[derive(Debug)]
pub struct Public {
    /// The application.
    pub state: AppState,
    /// The instant of the request.
    pub now: DateTime<Utc>,
    /// The request, and where it came from.
    pub origin: Origin,
}

impl<P: Permit> FromRequestParts<AppState> for Allowed<P> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> ApiResult<Self> {
        let now = state.clock().now();
        let caller = auth::service::authenticate(state, parts, now).await?;
        if P::PEOPLE_ONLY && caller.program.is_some() {
            return Err(people_only().into());
        }
        if !P::WITHOUT_SECOND_FACTOR {
            require_second_factor(&caller)?;
        }
        if let Some(permission) = P::PERMISSION {
            require(&caller, permission)?;
        }
        Ok(Self {
            caller,
            state: state.clone(),
            origin: Origin::of(&parts.extensions),
            now,
            permission: PhantomData,
        })
    }
}

impl FromRequestParts<AppState> for Public {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> ApiResult<Self> {
        Ok(Self {
            state: state.clone(),
            now: state.clock().now(),
            origin: Origin::of(&parts.extensions),
        })
    }
}

fn people_only() -> Problem {
    Problem::forbidden(
        "people_only",
        "An API key cannot do this: accounts, sessions and keys are changed by people who sign in.",
    )
}

/// 403 `second_factor_missing` until the person has set up what the organization asks for. Programs act by keys that were made before.
fn require_second_factor(caller: &Caller) -> Result<(), Problem> {
    let asked = caller.second_factor.required && !caller.second_factor.set_up;
    if !asked || caller.program.is_some() {
        return Ok(());
    }
    Err(Problem::forbidden(
        "second_factor_missing",
        format!(
            "{} asks for a second factor. Set one up first: POST /api/v1/second-factors/authenticator.",
            caller.organization.name
        ),
    ))
}

/// 403 `missing_permission` unless the caller's role allows it.
pub fn require(caller: &Caller, permission: Permission) -> Result<(), Problem> {
    if caller.may(permission) {
        return Ok(());
    }
    Err(Problem::forbidden(
        "missing_permission",
        format!(
            "Your role ({}) does not include `{}`. An administrator can grant it.",
            caller.role_name(),
            permission.as_str()
        ),
    )
    .with("missing_permission", permission.as_str()))
}

impl<P: Permit> Allowed<P> {
    /// Who asks.
    pub fn caller(&self) -> &Arc<Caller> {
        &self.caller
    }

    /// The application.
    pub fn state(&self) -> &AppState {
        &self.state
    }

    /// The request, and where it came from.
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// The instant of the request.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// The rows in sight.
    pub fn row_scope(&self) -> RowScope {
        self.caller.row_scope()
    }

    /// Whether the role also allows this (for masks such as cost).
    pub fn may(&self, permission: Permission) -> bool {
        self.caller.may(permission)
    }

    /// A read-only transaction of the caller's organization.
    pub async fn read(&self) -> ApiResult<TenantTx> {
        Ok(self
            .state
            .db()
            .tenant_read(self.caller.organization.id)
            .await?)
    }

    /// Notes something that changes nothing and yet must be known: an export.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn note(
        &self,
        entity: &'static str,
        action: &'static str,
        facts: Value,
    ) -> ApiResult<()> {
        let caller = Arc::clone(&self.caller);
        let mut ctx = Ctx::begin(&self.state, caller, self.now, self.origin, None, false).await?;
        let mut event = Event::new(entity, ctx.new_id(), 0, action, facts);
        event.version = None;
        ctx.record(event);
        ctx.commit().await
    }

    /// Notes that personal data of an object was read. Costs no round trip: see [`crate::audit::Reads`].
    ///
    /// # Errors
    /// The database's, when it has not taken such notes for long.
    pub async fn has_read(&self, entity: &'static str, id: Uuid) -> ApiResult<()> {
        let subject = Subject {
            entity,
            id,
            page: None,
            facts: Value::Object(serde_json::Map::new()),
        };
        self.note_read(subject).await
    }

    /// Notes that personal data in a page of a list was read; by whom and how it was found, not what was searched for.
    ///
    /// # Errors
    /// As [`Allowed::has_read`].
    pub async fn has_read_list(
        &self,
        list: &'static str,
        rows: usize,
        raw: Option<&str>,
    ) -> ApiResult<()> {
        let subject = Subject {
            entity: "list",
            id: self.state.ids().next(self.now),
            page: Some(format!("{list}?{}", raw.unwrap_or_default())),
            facts: json!({ "list": list, "rows": rows, "parameters": names(raw) }),
        };
        self.note_read(subject).await
    }

    async fn note_read(&self, subject: Subject) -> ApiResult<()> {
        let (reads, now) = (self.state.reads(), self.now);
        let noted = reads.note(&self.state, &self.caller, self.origin, now, subject);
        Ok(noted.await?)
    }

    /// Begins a write. A key that was already carried out comes back as `Err` with the stored answer, so `?` replays it.
    pub async fn begin<T>(&self, command: &Command<T>) -> ApiResult<Ctx> {
        Ctx::begin(
            &self.state,
            Arc::clone(&self.caller),
            self.now,
            self.origin,
            command.idempotency.clone(),
            command.dry_run,
        )
        .await
    }
}

/// The names of the parameters of a query string. What was asked for may be personal, how is not.
pub(super) fn names(raw: Option<&str>) -> BTreeSet<String> {
    let pairs = url::form_urlencoded::parse(raw.unwrap_or_default().as_bytes());
    pairs.map(|(name, _)| name.into_owned()).collect()
}
