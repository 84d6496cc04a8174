//! Passkeys as they are shown: one is something the person has and something the person is or knows, so it counts as both factors.

use ::http::StatusCode;
use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};
use som_domain::ids::{OrganizationId, UserId};
use uuid::Uuid;
use webauthn_rs::prelude::{
    DiscoverableAuthentication, Passkey, PublicKeyCredential, Webauthn, WebauthnError,
};
use zeroize::Zeroizing;

use super::super::store::{self, PasskeyRow};
use super::audit::{Deed, audit};
use super::issue::{Device, SignedIn, start_session};
use super::sign_in::choose;
use super::{forget_session, proved_by, session_ended};
use crate::app::AppState;
use crate::caller::Caller;
use crate::db::{SystemScope, SystemTx};
use crate::http::{ApiResult, Origin, Problem};
use crate::mail::{FactorEvent, Letter, post};
use crate::security::random;

/// How long an authenticator may take.
const LIFE: Duration = Duration::minutes(5);

/// What an authenticator is asked.
#[derive(Debug)]
pub struct Ceremony {
    /// Names it in the answer; only its hash is stored.
    pub token: Zeroizing<String>,
    /// For `navigator.credentials`.
    pub options: Value,
    /// When it is over.
    pub expires_at: DateTime<Utc>,
}

/// What an authenticator answered.
#[derive(Debug)]
pub struct ShownPasskey {
    /// Names the question.
    pub token: String,
    /// The answer.
    pub credential: PublicKeyCredential,
}

/// Asks any passkey of this server to sign. Errors: 409 `passkeys_unavailable`.
pub async fn begin_passkey(state: &AppState, now: DateTime<Utc>) -> ApiResult<Ceremony> {
    let (options, answer) = relying_party(state)?
        .start_discoverable_authentication()
        .map_err(anyhow::Error::from)?;
    let options = serde_json::to_value(options.public_key)?;
    let mut tx = state.db().system(SystemScope::Identity).await?;
    let begun = keep_ceremony(&mut tx, None, options, &serde_json::to_value(answer)?, now).await?;
    tx.commit().await?;
    Ok(begun)
}

/// The relying party. Errors: 409 `passkeys_unavailable`.
pub fn relying_party(state: &AppState) -> Result<&Webauthn, Problem> {
    state.auth().relying_party().ok_or_else(|| {
        Problem::conflict(
            "passkeys_unavailable",
            "Passkeys need a host name, and this server's public address is an IP address.",
        )
    })
}

/// Keeps what an authenticator is asked, for a person who registers one or for whoever signs in. The caller commits.
pub async fn keep_ceremony(
    tx: &mut SystemTx,
    user: Option<UserId>,
    options: Value,
    answer: &Value,
    now: DateTime<Utc>,
) -> ApiResult<Ceremony> {
    let token = random::token()?;
    let expires_at = now + LIFE;
    let hash = random::hash(&token);
    store::insert_ceremony(tx, &hash, user.map(UserId::uuid), answer, now, expires_at).await?;
    Ok(Ceremony {
        token,
        options,
        expires_at,
    })
}

/// What is kept of a question, which is used up by it whatever the answer is.
pub async fn use_ceremony(
    state: &AppState,
    token: &str,
    user: Option<UserId>,
    now: DateTime<Utc>,
) -> ApiResult<Option<Value>> {
    let mut tx = state.db().system(SystemScope::Identity).await?;
    let hash = random::hash(token);
    let kept = store::use_ceremony(&mut tx, &hash, user.map(UserId::uuid), now).await?;
    tx.commit().await?;
    Ok(kept)
}

/// Signs in with a passkey alone. Errors: 401 `passkey_refused`, 409 `passkeys_unavailable`.
pub async fn sign_in_with_passkey(
    state: &AppState,
    shown: &ShownPasskey,
    organization: Option<OrganizationId>,
    device: &Device,
    now: DateTime<Utc>,
) -> ApiResult<SignedIn> {
    let refused = || refused(StatusCode::UNAUTHORIZED);
    let (mut tx, user, email) = take(state, shown, device.origin, now)
        .await?
        .ok_or_else(refused)?;
    let account = store::account(&mut tx, &email).await?;
    let (_, organization) = account
        .and_then(|account| choose(&account, organization))
        .ok_or_else(refused)?;
    store::signed_in(&mut tx, user.uuid(), organization.uuid(), now).await?;
    let methods = ["pop", "user", "mfa"];
    let signed_in =
        start_session(state, &mut tx, organization, user, &methods, device, now).await?;
    tx.commit().await?;
    Ok(signed_in)
}

/// Takes a passkey of a session's person: it counts as the password and the second factor. Errors: 403 `passkey_refused`.
pub async fn step_up_with_passkey(
    state: &AppState,
    caller: &Caller,
    shown: &ShownPasskey,
    origin: Origin,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    let session = caller.session_id.ok_or_else(session_ended)?;
    let taken = take(state, shown, origin, now).await?;
    let (mut tx, ..) = taken
        .filter(|(_, user, _)| *user == caller.user_id)
        .ok_or_else(|| refused(StatusCode::FORBIDDEN))?;
    proved_by(&mut tx, session, &["pop", "mfa"], now).await?;
    tx.commit().await?;
    forget_session(state, session);
    Ok(())
}

/// Whose passkey it is, in a transaction in which its use is noted and its account is locked; the caller commits.
async fn take(
    state: &AppState,
    shown: &ShownPasskey,
    origin: Origin,
    now: DateTime<Utc>,
) -> ApiResult<Option<(SystemTx, UserId, String)>> {
    let party = relying_party(state)?;
    let Some(kept) = use_ceremony(state, &shown.token, None, now).await? else {
        return Ok(None);
    };
    let answer: DiscoverableAuthentication = serde_json::from_value(kept)?;
    let Ok((user, id)) = party.identify_discoverable_authentication(&shown.credential) else {
        return Ok(None);
    };
    let mut tx = state.db().system(SystemScope::Identity).await?;
    if store::lock_account(&mut tx, user).await?.is_none() {
        return Ok(None);
    }
    let Some(row) = store::passkey(&mut tx, user, id).await? else {
        return Ok(None);
    };
    let mut passkey: Passkey = serde_json::from_value(row.credential.clone())?;
    match party.finish_discoverable_authentication_v2(&shown.credential, answer, &passkey) {
        Ok(result) => {
            passkey.update_credential(&result);
            let credential = serde_json::to_value(&passkey)?;
            store::passkey_used(&mut tx, row.id, &credential, now).await?;
            Ok(Some((tx, UserId::from_uuid(user), row.email)))
        }
        Err(WebauthnError::CredentialPossibleCompromise) => {
            cloned(state, tx, user, &row, origin, now).await?;
            Ok(None)
        }
        Err(error) => {
            tracing::info!(target: "som::security", %error, "a passkey was refused");
            Ok(None)
        }
    }
}

/// A counter that does not go on means that somebody has a copy: it is refused, and its person hears of it.
async fn cloned(
    state: &AppState,
    mut tx: SystemTx,
    user: Uuid,
    row: &PasskeyRow,
    origin: Origin,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    let deed = Deed {
        action: "passkey_copied",
        facts: json!({ "name": row.name }),
        origin,
        now,
    };
    audit(state, &mut tx, user, &deed).await?;
    let letter = Letter::SecondFactor {
        event: FactorEvent::PasskeyCopied {
            name: row.name.clone(),
        },
        at: now,
    };
    post(&mut tx, state, now, &row.email, &letter).await?;
    Ok(tx.commit().await?)
}

/// Unknown, of another person, wrongly signed, too late: all alike.
fn refused(status: StatusCode) -> Problem {
    Problem::new(
        status,
        "passkey_refused",
        "The passkey is not known here, or its answer came too late. Try again, or sign in with the password.",
    )
}
