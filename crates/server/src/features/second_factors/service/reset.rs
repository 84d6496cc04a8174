//! The way back for somebody who lost every factor and every recovery code: by the hand of whoever runs the server.

use serde_json::json;

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
    store::lock(&mut tx, person.id).await?;
    let had = store::has_factor(&mut tx, person.id).await?;
    store::remove_authenticator(&mut tx, person.id).await?;
    store::remove_passkeys(&mut tx, person.id).await?;
    store::settle(&mut tx, person.id, now).await?;
    if !had {
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
