//! Passkeys of one's own: registered with a name, removed.

use chrono::{DateTime, Utc};
use serde_json::json;
use som_domain::ids::PasskeyId;
use som_domain::text::Name;
use webauthn_rs::prelude::{Passkey, PasskeyRegistration, RegisterPublicKeyCredential};

use super::super::store::{self, NewPasskey, PasskeyRow};
use super::{Codes, deed, needed, replace_codes, tell};
use crate::app::AppState;
use crate::caller::Caller;
use crate::db::{SystemScope, SystemTx};
use crate::features::auth::service::{
    Ceremony, end_sessions, keep_ceremony, proved_by, relying_party, use_ceremony,
};
use crate::http::{ApiResult, Origin, Problem, on_constraint};
use crate::mail::FactorEvent;
use crate::security::webauthn::discoverable;

/// Passkeys of one person at most.
const MOST: usize = 20;

/// A passkey as it was made.
#[derive(Debug)]
pub(in super::super) struct Registered {
    pub(in super::super) passkey: PasskeyRow,
    /// The first factor brings recovery codes.
    pub(in super::super) recovery_codes: Option<Codes>,
}

/// What an authenticator answered, and what the person calls it.
#[derive(Debug)]
pub(in super::super) struct Registration {
    pub(in super::super) token: String,
    pub(in super::super) name: Name,
    pub(in super::super) credential: RegisterPublicKeyCredential,
}

/// Asks an authenticator for a new passkey. Errors: 409 `too_many_passkeys`, `passkeys_unavailable`.
pub(in super::super) async fn begin_registration(
    state: &AppState,
    caller: &Caller,
    now: DateTime<Utc>,
) -> ApiResult<Ceremony> {
    let user = caller.user_id;
    let party = relying_party(state)?;
    let mut tx = state.db().system(SystemScope::Identity).await?;
    let known = store::credential_ids(&mut tx, user.uuid()).await?;
    if known.len() >= MOST {
        return Err(too_many().into());
    }
    let (options, answer) = party
        .start_passkey_registration(user.uuid(), &caller.email, &caller.name, Some(known))
        .map_err(anyhow::Error::from)?;
    let mut options = serde_json::to_value(options.public_key)?;
    discoverable(&mut options);
    let answer = serde_json::to_value(answer)?;
    let begun = keep_ceremony(&mut tx, Some(user), options, &answer, now).await?;
    tx.commit().await?;
    Ok(begun)
}

/// Takes the new passkey. Every other session ends. Errors: 403 `passkey_refused`, 409 `duplicate_passkey`, `too_many_passkeys`.
pub(in super::super) async fn register(
    state: &AppState,
    caller: &Caller,
    new: Registration,
    origin: Origin,
    now: DateTime<Utc>,
) -> ApiResult<Registered> {
    let user = caller.user_id.uuid();
    let kept = use_ceremony(state, &new.token, Some(caller.user_id), now).await?;
    let answer: PasskeyRegistration = serde_json::from_value(kept.ok_or_else(refused)?)?;
    let passkey = relying_party(state)?
        .finish_passkey_registration(&new.credential, &answer)
        .map_err(|error| {
            tracing::info!(target: "som::security", %error, "a new passkey was refused");
            refused()
        })?;
    let mut tx = state.db().system(SystemScope::Identity).await?;
    store::lock(&mut tx, user).await?;
    if store::credential_ids(&mut tx, user).await?.len() >= MOST {
        return Err(too_many().into());
    }
    let row = insert(&mut tx, state, caller, &new.name, &passkey, now).await?;
    let first = !store::has_codes(&mut tx, user).await?;
    store::settle(&mut tx, user, now).await?;
    let recovery_codes = if first {
        Some(replace_codes(&mut tx, user, now).await?)
    } else {
        None
    };
    end_sessions(&mut tx, user, caller.session_id, "second_factor_added", now).await?;
    if let Some(session) = caller.session_id {
        proved_by(&mut tx, session, &["pop", "mfa"], now).await?;
    }
    let mut deed = deed("passkey_added", origin, now);
    deed.facts = json!({ "name": row.name });
    let event = FactorEvent::PasskeyAdded {
        name: row.name.clone(),
    };
    tell(state, &mut tx, caller, &deed, event).await?;
    tx.commit().await?;
    state.auth().forget_callers();
    Ok(Registered {
        passkey: row,
        recovery_codes,
    })
}

async fn insert(
    tx: &mut SystemTx,
    state: &AppState,
    caller: &Caller,
    name: &Name,
    passkey: &Passkey,
    now: DateTime<Utc>,
) -> ApiResult<PasskeyRow> {
    let new = NewPasskey {
        user: caller.user_id.uuid(),
        id: state.ids().next(now),
        credential_id: passkey.cred_id().as_ref(),
        name: name.as_str(),
        credential: &serde_json::to_value(passkey)?,
        now,
    };
    store::insert_passkey(tx, &new).await.map_err(|error| {
        on_constraint(error, "passkeys_credential_id_key", || {
            Problem::conflict("duplicate_passkey", "This passkey is registered already.")
        })
    })
}

/// Removes a passkey. Every other session ends. Errors: 404, 409 `second_factor_needed`.
pub(in super::super) async fn remove_passkey(
    state: &AppState,
    caller: &Caller,
    id: PasskeyId,
    origin: Origin,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    let user = caller.user_id.uuid();
    let mut tx = state.db().system(SystemScope::Identity).await?;
    store::lock(&mut tx, user).await?;
    let name = store::remove_passkey(&mut tx, user, id.uuid())
        .await?
        .ok_or_else(|| Problem::not_found("passkey"))?;
    let left = store::settle(&mut tx, user, now).await?;
    if !left && store::required(&mut tx, user).await? {
        return Err(needed().into());
    }
    end_sessions(
        &mut tx,
        user,
        caller.session_id,
        "second_factor_removed",
        now,
    )
    .await?;
    let mut deed = deed("passkey_removed", origin, now);
    deed.facts = json!({ "name": name });
    tell(
        state,
        &mut tx,
        caller,
        &deed,
        FactorEvent::PasskeyRemoved { name },
    )
    .await?;
    tx.commit().await?;
    state.auth().forget_callers();
    Ok(())
}

fn too_many() -> Problem {
    Problem::conflict(
        "too_many_passkeys",
        format!("A person has {MOST} passkeys at most. Remove one that is not used."),
    )
}

fn refused() -> Problem {
    Problem::forbidden(
        "passkey_refused",
        "The answer of the authenticator does not fit what it was asked, or came too late. Begin again.",
    )
}
