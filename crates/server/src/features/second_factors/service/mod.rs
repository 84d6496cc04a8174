//! What a person can do about second factors, and what the command line can.

mod authenticator;
mod passkey;
mod reset;

use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::store::{self, OverviewRow, PasskeyRow};
use crate::app::AppState;
use crate::caller::Caller;
use crate::db::{SystemScope, SystemTx};
use crate::features::auth::service::{Deed, audit, fresh_recovery_codes};
use crate::http::{ApiResult, Origin, Problem};
use crate::mail::{FactorEvent, Letter, post};

pub(super) use authenticator::{NewAuthenticator, begin, confirm, remove};
pub(super) use passkey::{Registered, Registration, begin_registration, register, remove_passkey};
pub use reset::{remove_all, reset};

/// Recovery codes as they are shown.
pub(super) type Codes = Vec<Zeroizing<String>>;

/// What the person has.
pub(super) async fn overview(
    state: &AppState,
    caller: &Caller,
) -> ApiResult<(OverviewRow, Vec<PasskeyRow>)> {
    let user = caller.user_id.uuid();
    let mut tx = state.db().system(SystemScope::Identity).await?;
    let passkeys = store::passkeys(&mut tx, user).await?;
    Ok((store::overview(&mut tx, user).await?, passkeys))
}

/// Makes the recovery codes anew. Errors: 409 `no_second_factor`.
pub(super) async fn renew_codes(
    state: &AppState,
    caller: &Caller,
    origin: Origin,
    now: DateTime<Utc>,
) -> ApiResult<Codes> {
    let user = caller.user_id.uuid();
    let mut tx = state.db().system(SystemScope::Identity).await?;
    store::lock(&mut tx, user).await?;
    if !store::has_factor(&mut tx, user).await? {
        return Err(Problem::conflict(
            "no_second_factor",
            "Recovery codes stand in for a second factor. Set one up first.",
        )
        .into());
    }
    let codes = replace_codes(&mut tx, user, now).await?;
    let event = FactorEvent::RecoveryCodesRenewed;
    let deed = deed("recovery_codes_renewed", origin, now);
    tell(state, &mut tx, caller, &deed, event).await?;
    tx.commit().await?;
    Ok(codes)
}

async fn replace_codes(tx: &mut SystemTx, user: Uuid, now: DateTime<Utc>) -> ApiResult<Codes> {
    let (codes, hashes) = fresh_recovery_codes()?;
    let hashes: Vec<Vec<u8>> = hashes.iter().map(|hash| hash.to_vec()).collect();
    store::replace_codes(tx, user, &hashes, now).await?;
    Ok(codes)
}

fn deed(action: &'static str, origin: Origin, now: DateTime<Utc>) -> Deed {
    Deed {
        action,
        facts: json!({}),
        origin,
        now,
    }
}

/// The audit of every organization, and the person by mail.
async fn tell(
    state: &AppState,
    tx: &mut SystemTx,
    caller: &Caller,
    deed: &Deed,
    event: FactorEvent,
) -> ApiResult<()> {
    audit(state, tx, caller.user_id.uuid(), deed).await?;
    let letter = Letter::SecondFactor {
        event,
        at: deed.now,
    };
    post(tx, state, deed.now, &caller.email, &letter).await?;
    Ok(())
}

fn needed() -> Problem {
    Problem::conflict(
        "second_factor_needed",
        "Your organization asks for a second factor, and this is the only one. Set up another in its place instead.",
    )
}
