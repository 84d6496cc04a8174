//! Sign-in with a password. Every failure looks and takes the same, whether the account exists or not.

use ::http::StatusCode;
use chrono::{DateTime, Duration, Utc};
use som_domain::ids::{OrganizationId, UserId};

use super::super::store::{self, AccountRow};
use super::issue::{Device, SignedIn, start_session};
use crate::app::AppState;
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
}

/// Checks the credentials and starts a session. Errors: 401 `invalid_credentials`, 429 while the account rests, 503 when too
/// many are waiting.
pub async fn sign_in(
    state: &AppState,
    credentials: Credentials,
    device: &Device,
    now: DateTime<Utc>,
) -> ApiResult<SignedIn> {
    let auth = state.auth();
    take_turn(state, &credentials.email, now).await?;
    let mut tx = state.db().system(SystemScope::Identity).await?;
    let account = store::account(&mut tx, &credentials.email).await?;
    // no connection is held while hashing
    tx.commit().await?;
    let hash = account.as_ref().and_then(|a| a.password_hash.clone());
    let outdated = hash
        .as_deref()
        .is_some_and(|h| auth.passwords().is_outdated(h));
    let right = auth
        .passwords()
        .verify(credentials.password.clone(), hash)
        .await?;
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
    store::signed_in(
        &mut tx,
        user.uuid(),
        organization.uuid(),
        renewed.as_deref(),
        now,
    )
    .await?;
    let signed_in = start_session(state, &mut tx, organization, user, device, now).await?;
    tx.commit().await?;
    auth.soft_lock().succeeded(&credentials.email);
    Ok(signed_in)
}

/// The organization to work for: the one named, else the one used last.
fn choose(
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

pub(super) async fn take_turn(
    state: &AppState,
    email: &str,
    now: DateTime<Utc>,
) -> Result<(), Problem> {
    let lock = state.auth().soft_lock();
    let Err(rest) = lock.attempt(email, now) else {
        return Ok(());
    };
    if rest > WAITED_FOR {
        return Err(resting(rest));
    }
    tokio::time::sleep(rest.to_std().unwrap_or_default()).await;
    lock.attempt(email, now + rest).map_err(resting)
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
