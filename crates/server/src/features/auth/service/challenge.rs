//! Between the password and the session: the browser holds a token for five minutes and shows the second factor with it.

use ::http::StatusCode;
use chrono::{DateTime, Duration, Utc};
use serde_json::json;
use som_domain::ids::{OrganizationId, UserId};
use zeroize::Zeroizing;

use super::super::store::{self, ChallengeRow, NewChallenge};
use super::audit::{Deed, audit};
use super::factor::{self, Method, Shown, Whose, factor_turn, factor_was_right};
use super::issue::{Device, SignedIn, start_session};
use crate::app::AppState;
use crate::audit::FailedSignIn;
use crate::db::{SystemScope, SystemTx};
use crate::http::{ApiResult, Problem};
use crate::mail::{FactorEvent, Letter, post};
use crate::security::random;

/// How long a sign-in waits for its second factor.
pub(super) const LIFE: Duration = Duration::minutes(5);
/// Codes that may be tried before the password is asked for again.
const ATTEMPTS: i32 = 5;

/// A sign-in that waits for its second factor.
#[derive(Debug)]
pub struct Challenge {
    /// For the browser; only its hash is stored.
    pub token: Zeroizing<String>,
    /// When it is over.
    pub expires_at: DateTime<Utc>,
    /// What may be shown.
    pub methods: Vec<&'static str>,
}

/// Makes a challenge for somebody who showed these methods (RFC 8176). The caller commits.
pub(super) async fn begin(
    tx: &mut SystemTx,
    user: UserId,
    organization: OrganizationId,
    methods: &[&str],
    device: &Device,
    now: DateTime<Utc>,
) -> ApiResult<Challenge> {
    let shown: Vec<String> = methods.iter().map(|&method| method.to_owned()).collect();
    let token = random::token()?;
    let expires_at = now + LIFE;
    let new = NewChallenge {
        hash: &random::hash(&token),
        user: user.uuid(),
        organization: organization.uuid(),
        remember: device.remember,
        methods: &shown,
        now,
        expires_at,
    };
    store::insert_challenge(tx, &new).await?;
    let methods = factor::methods(&store::factors(tx, user.uuid()).await?);
    Ok(Challenge {
        token,
        expires_at,
        methods,
    })
}

/// Takes the second factor of a waiting sign-in and starts the session. Errors: 401 `challenge_ended` when it is used, too old, tried
/// too often or was never made, 401 `wrong_code`, 429.
pub async fn finish_sign_in(
    state: &AppState,
    token: &str,
    shown: &Shown,
    device: &Device,
    now: DateTime<Utc>,
) -> ApiResult<SignedIn> {
    let hash = random::hash(token);
    let mut tx = state.db().system(SystemScope::Identity).await?;
    let row = store::challenge(&mut tx, &hash, now).await?;
    tx.commit().await?;
    let row = row.ok_or_else(challenge_ended)?;
    let user = UserId::from_uuid(row.user_id);
    factor_turn(state, user, now).await?;
    // counted before it is looked at, whatever comes of it
    let mut tx = state.db().system(SystemScope::Identity).await?;
    let attempt = store::count_attempt(&mut tx, &hash, ATTEMPTS, now).await?;
    tx.commit().await?;
    let attempt = attempt.ok_or_else(challenge_ended)?;
    let mut tx = state.db().system(SystemScope::Identity).await?;
    store::lock_account(&mut tx, row.user_id)
        .await?
        .ok_or_else(challenge_ended)?;
    let whose = Whose {
        user,
        email: &row.email,
    };
    if !factor::take(state, &mut tx, whose, shown, device.origin, now).await? {
        drop(tx);
        let failed = FailedSignIn {
            user: row.user_id,
            organizations: &[row.organization_id],
            method: match shown.method {
                Method::Totp => "otp",
                Method::RecoveryCode => "recovery_code",
            },
            failures: u32::try_from(attempt).unwrap_or_default(),
            origin: device.origin,
            now,
        };
        state.reads().note_failure(state, &failed).await;
        if attempt == ATTEMPTS {
            guessed(state, &row, device, now).await?;
        }
        return Err(wrong_code(StatusCode::UNAUTHORIZED).into());
    }
    if !store::use_challenge(&mut tx, &hash, now).await? {
        return Err(challenge_ended().into());
    }
    let signed_in = start(state, &mut tx, &row, shown.method, device, now).await?;
    tx.commit().await?;
    factor_was_right(state, user);
    Ok(signed_in)
}

async fn start(
    state: &AppState,
    tx: &mut SystemTx,
    row: &ChallengeRow,
    method: Method,
    device: &Device,
    now: DateTime<Utc>,
) -> ApiResult<SignedIn> {
    let (user, organization) = (row.user_id, row.organization_id);
    store::signed_in(tx, user, organization, now).await?;
    let shown = row.methods.iter().map(String::as_str);
    let methods: Vec<&str> = shown.chain(methods_of(method).iter().copied()).collect();
    let device = Device {
        user_agent: device.user_agent.clone(),
        token: device.token.clone(),
        remember: row.remember,
        ..*device
    };
    let (user, organization) = (
        UserId::from_uuid(user),
        OrganizationId::from_uuid(organization),
    );
    start_session(state, tx, organization, user, &methods, &device, now).await
}

/// The words of RFC 8176; it has none for recovery codes.
const fn methods_of(method: Method) -> &'static [&'static str] {
    match method {
        Method::Totp => &["otp", "mfa"],
        Method::RecoveryCode => &["mfa"],
    }
}

/// Somebody knows the password and not the factor: the person should hear of it.
async fn guessed(
    state: &AppState,
    row: &ChallengeRow,
    device: &Device,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    let mut tx = state.db().system(SystemScope::Identity).await?;
    let deed = Deed {
        action: "second_factor_guessed",
        facts: json!({ "attempts": ATTEMPTS }),
        origin: device.origin,
        now,
    };
    audit(state, &mut tx, row.user_id, &deed).await?;
    let letter = Letter::SecondFactor {
        event: FactorEvent::Guessed,
        at: now,
    };
    post(&mut tx, state, now, &row.email, &letter).await?;
    Ok(tx.commit().await?)
}

/// Wrong, of another step, and taken already: all alike.
pub(super) fn wrong_code(status: StatusCode) -> Problem {
    Problem::new(
        status,
        "wrong_code",
        "The code is wrong, too old or was used already.",
    )
}

fn challenge_ended() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "challenge_ended",
        "This sign-in has ended. Begin again with e-mail address and password.",
    )
}
