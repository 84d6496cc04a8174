//! The way back for somebody who lost every factor and every recovery code: by the hand of an administrator, or of whoever runs the server.

use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use super::super::store;
use crate::app::AppState;
use crate::db::SystemScope;
use crate::features::auth::service::{Deed, audit_by_system, end_sessions};
use crate::http::{ApiResult, Origin, Problem};
use crate::mail::{FactorEvent, Letter, post};

/// Removes every second factor of an account and ends its sessions; the person hears of it. `false`: there was none. Errors: 404.
pub async fn reset(state: &AppState, email: &str) -> ApiResult<bool> {
    let now = state.clock().now();
    let mut tx = state.db().system(SystemScope::Identity).await?;
    let person = store::person(&mut tx, email)
        .await?
        .ok_or_else(|| Problem::not_found("account"))?;
    if !remove_all(&mut tx, person.id, now).await? {
        return Ok(false);
    }
    end_sessions(&mut tx, person.id, None, "second_factors_reset", now).await?;
    let deed = Deed {
        action: "second_factors_reset",
        facts: json!({ "by": "command line" }),
        origin: Origin::default(),
        now,
    };
    audit_by_system(state, &mut tx, person.id, &deed).await?;
    let letter = Letter::SecondFactor {
        event: FactorEvent::Reset,
        at: now,
    };
    post(&mut tx, state, now, &person.email, &letter).await?;
    tx.commit().await?;
    state.auth().forget_callers();
    Ok(true)
}

/// Removes every second factor of an account, with the recovery codes; `false`: there was none. In the identity scope; what follows from it
/// is the caller's.
///
/// # Errors
/// The database's.
pub async fn remove_all(
    db: &mut PgConnection,
    user: Uuid,
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    store::lock(db, user).await?;
    let had = store::has_factor(db, user).await?;
    store::remove_authenticator(db, user).await?;
    store::remove_passkeys(db, user).await?;
    store::settle(db, user, now).await?;
    Ok(had)
}
