//! The permission in a handler's type, and the way from there to the database.

use std::marker::PhantomData;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use chrono::{DateTime, Utc};
use http::request::Parts;
use serde_json::Value;
use som_domain::ids::RequestId;

use super::command::Command;
use super::finish::CurrentRequest;
use super::{ApiError, ApiResult, Problem};
use crate::app::AppState;
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
    request: Option<RequestId>,
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
    /// The request's id.
    pub request: Option<RequestId>,
}

impl<P: Permit> FromRequestParts<AppState> for Allowed<P> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> ApiResult<Self> {
        let now = state.clock().now();
        let caller = auth::service::authenticate(state, parts, now).await?;
        if P::PEOPLE_ONLY && caller.program.is_some() {
            return Err(people_only().into());
        }
        if let Some(permission) = P::PERMISSION {
            require(&caller, permission)?;
        }
        let request = parts.extensions.get::<CurrentRequest>().map(|r| r.0);
        Ok(Self {
            caller,
            state: state.clone(),
            request,
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
            request: parts.extensions.get::<CurrentRequest>().map(|r| r.0),
        })
    }
}

fn people_only() -> Problem {
    Problem::forbidden(
        "people_only",
        "An API key cannot do this: accounts, sessions and keys are changed by people who sign in.",
    )
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
            caller.role.as_str(),
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
        let mut ctx = Ctx::begin(&self.state, caller, self.now, self.request, None, false).await?;
        let mut event = Event::new(entity, ctx.new_id(), 0, action, facts);
        event.version = None;
        ctx.record(event);
        ctx.commit().await
    }

    /// Begins a write. A key that was already carried out comes back as `Err` with the stored answer, so `?` replays it.
    pub async fn begin<T>(&self, command: &Command<T>) -> ApiResult<Ctx> {
        Ctx::begin(
            &self.state,
            Arc::clone(&self.caller),
            self.now,
            self.request,
            command.idempotency.clone(),
            command.dry_run,
        )
        .await
    }
}
