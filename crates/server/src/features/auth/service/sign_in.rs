//! Sign-in with a password, and then perhaps a second factor. Every failure looks and takes the same, whether the account exists or not.

use ::http::StatusCode;
use chrono::{DateTime, Duration, Utc};
use som_domain::ids::{OrganizationId, UserId};

use super::super::store::{self, AccountRow};
use super::challenge::{self, Challenge};
use super::device::counted_for;
use super::issue::{Device, SignedIn, start_session};
use crate::app::AppState;
use crate::audit::FailedSignIn;
use crate::captcha::Purpose;
use crate::db::SystemScope;
use crate::http::limits::headers::rate_limited;
use crate::http::{ApiResult, Problem};
use crate::security::password::Secret;

/// A pause this short is waited for instead of being told: it is what follows one mistyped password.
const WAITED_FOR: Duration = Duration::seconds(1);

/// Who claims to be whom.
#[derive(Debug)]
pub struct Credentials {
    /// Address.
    pub email: String,
    /// Password.
    pub password: Secret,
    /// Which organization to work for.
    pub organization: Option<OrganizationId>,
    /// That it is a person.
    pub captcha: Option<String>,
}

/// What became of a right password.
#[derive(Debug)]
pub enum SignIn {
    /// A session.
    Done(Box<SignedIn>),
    /// A second factor is asked for.
    Waits(Challenge),
}

/// Checks the credentials and starts a session, or asks for the second factor. Errors: 401 `invalid_credentials`, 429 while the
/// account rests, 503 when too many are waiting.
pub async fn sign_in(
    state: &AppState,
    credentials: Credentials,
    device: &Device,
    now: DateTime<Utc>,
) -> ApiResult<SignIn> {
    let auth = state.auth();
    let email = credentials.email.as_str();
    let mut tx = state.db().system(SystemScope::Identity).await?;
    let account = store::account(&mut tx, email).await?;
    let whom = counted_for(&mut tx, account.as_ref(), email, device).await?;
    // no connection is held while waiting and hashing
    tx.commit().await?;
    if state
        .captcha()
        .is_due(auth.soft_lock().failures(&whom, now))
    {
        let (captcha, answer) = (state.captcha(), credentials.captcha.as_deref());
        captcha
            .require(state.db(), Purpose::SignIn, answer, device.ip, now)
            .await?;
    }
    take_turn(state, &whom, now).await?;
    let hash = account.as_ref().and_then(|a| a.password_hash.clone());
    let outdated = hash
        .as_deref()
        .is_some_and(|h| auth.passwords().is_outdated(h));
    let right = auth
        .passwords()
        .verify(credentials.password.clone(), hash)
        .await?;
    if !right && let Some(account) = &account {
        let failed = FailedSignIn {
            user: account.id,
            organizations: &account.organization_ids,
            method: "pwd",
            failures: auth.soft_lock().failures(&whom, now),
            origin: device.origin,
            now,
        };
        state.reads().note_failure(state, &failed).await;
    }
    let (user, organization) = account
        .filter(|_| right)
        .and_then(|a| choose(&a, credentials.organization))
        .ok_or_else(invalid)?;
    let renewed = if outdated {
        Some(auth.passwords().hash(credentials.password).await?)
    } else {
        None
    };
    let mut tx = state.db().system(SystemScope::Identity).await?;
    // locked: a factor that is being set up ends the sessions it finds, and must not miss this one
    let second_factor = store::lock_account(&mut tx, user.uuid())
        .await?
        .ok_or_else(invalid)?;
    if let Some(renewed) = renewed {
        store::renew_hash(&mut tx, user.uuid(), &renewed, now).await?;
    }
    let done = if second_factor.is_some() {
        SignIn::Waits(challenge::begin(&mut tx, user, organization, &["pwd"], device, now).await?)
    } else {
        store::signed_in(&mut tx, user.uuid(), organization.uuid(), now).await?;
        let proof = ["pwd"];
        let session =
            start_session(state, &mut tx, organization, user, &proof, device, now).await?;
        SignIn::Done(Box::new(session))
    };
    tx.commit().await?;
    auth.soft_lock().succeeded(&whom);
    Ok(done)
}

/// The organization to work for: the one named, else the one used last.
pub(super) fn choose(
    account: &AccountRow,
    wanted: Option<OrganizationId>,
) -> Option<(UserId, OrganizationId)> {
    let organization = match wanted {
        Some(wanted) => account
            .organization_ids
            .iter()
            .find(|id| **id == wanted.uuid()),
        None => account.organization_ids.first(),
    };
    let organization = organization.filter(|_| account.active)?;
    Some((
        UserId::from_uuid(account.id),
        OrganizationId::from_uuid(*organization),
    ))
}

/// Counts an attempt for whom it is about: an e-mail address, or the name of a browser or another credential.
pub(super) async fn take_turn(
    state: &AppState,
    whom: &str,
    now: DateTime<Utc>,
) -> Result<(), Problem> {
    let lock = state.auth().soft_lock();
    let Err(rest) = lock.attempt(whom, now) else {
        return Ok(());
    };
    if rest > WAITED_FOR {
        return Err(resting(rest));
    }
    tokio::time::sleep(rest.to_std().unwrap_or_default()).await;
    lock.attempt(whom, now + rest).map_err(resting)
}

fn resting(rest: Duration) -> Problem {
    let seconds = u64::try_from(rest.num_milliseconds())
        .unwrap_or(0)
        .div_ceil(1000);
    rate_limited(seconds)
}

fn invalid() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "invalid_credentials",
        "The e-mail address or the password is wrong.",
    )
}
