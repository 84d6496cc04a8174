//! Who is signed in shows again that it is them, before something that must not be done from an unattended desk.

use chrono::{DateTime, Utc};

use super::super::store;
use super::sign_in::take_turn;
use crate::app::AppState;
use crate::caller::Caller;
use crate::db::SystemScope;
use crate::http::{ApiResult, Problem};
use crate::security::password::Secret;

/// Checks the caller's password. Errors: 403 `wrong_password`, 429 while the account rests.
pub async fn prove_password(
    state: &AppState,
    caller: &Caller,
    password: Secret,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    take_turn(state, &caller.email, now).await?;
    let mut tx = state.db().system(SystemScope::Identity).await?;
    let account = store::account(&mut tx, &caller.email).await?;
    // no connection is held while hashing
    tx.commit().await?;
    let hash = account
        .filter(|a| a.id == caller.user_id.uuid())
        .and_then(|a| a.password_hash);
    if state.auth().passwords().verify(password, hash).await? {
        state.auth().soft_lock().succeeded(&caller.email);
        return Ok(());
    }
    Err(Problem::forbidden("wrong_password", "The present password is wrong.").into())
}
