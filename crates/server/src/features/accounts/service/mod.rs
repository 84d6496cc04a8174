//! What a person can do about an account.

mod departure;
mod email;
mod password;
mod sign_up;

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::job;
use super::store::{self, NewToken, TokenRow};
use super::view::AccountOptions;
use crate::app::AppState;
use crate::captcha;
use crate::config::{MailTransport, SignUp};
use crate::db::SystemTx;
use crate::features::auth;
use crate::http::{ApiResult, Origin, Problem};
use crate::jobs::{NewJob, enqueue};
use crate::security::links::{Purpose, Seed};
use crate::security::seal::Place;
use crate::security::strength;

pub(super) use departure::{delete, leave};
pub(super) use email::{change_email, confirm_email, undo_email};
pub(super) use password::{change_password, complete_reset, request_reset};
pub(super) use sign_up::{confirm_sign_up, resend_sign_up, sign_up};

/// What this server offers.
pub(super) fn options(state: &AppState) -> AccountOptions {
    AccountOptions {
        sign_up: match state.config().accounts.sign_up {
            SignUp::Off => "off",
            SignUp::Invitation => "invitation",
            SignUp::Open => "open",
        },
        mail: state.config().mail.transport != MailTransport::Off,
        password_min_length: strength::LENGTH_MIN,
        password_max_length: strength::LENGTH_MAX,
        captcha: state.captcha().view().clone(),
    }
}

/// Lets persons through, where the server asks. Errors: 403 `captcha_required`, `captcha_failed`; 503 `captcha_unavailable`.
async fn be_a_person(
    state: &AppState,
    purpose: captcha::Purpose,
    answer: Option<&captcha::Answer>,
    origin: Origin,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    let (captcha, db) = (state.captcha(), state.db());
    let answer = answer.map(|answer| answer.as_str());
    captcha.require(db, purpose, answer, origin.ip, now).await
}

/// Keeps a link and leaves it to a job whether somebody gets it: the same work for every address.
async fn ask(
    state: &AppState,
    tx: &mut SystemTx,
    wanted: &Wanted<'_>,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    let Wanted { purpose, email, .. } = *wanted;
    let (id, seed) = keep(state, tx, wanted, now).await?;
    let asked = job::Asked {
        token: Some(id),
        purpose,
        seed,
        to: email.to_owned(),
    };
    queue(state, tx, &asked, now).await
}

/// A link that is wanted.
struct Wanted<'a> {
    purpose: Purpose,
    /// Whose, when that is known.
    user: Option<Uuid>,
    /// The address it goes to.
    email: &'a str,
    /// What happens when it is used.
    payload: &'a Value,
}

/// Keeps a link: its hash, a mark of the address, and what it is for, sealed.
async fn keep(
    state: &AppState,
    tx: &mut SystemTx,
    wanted: &Wanted<'_>,
    now: DateTime<Utc>,
) -> ApiResult<(Uuid, Seed)> {
    let keys = state.auth().keys();
    let (seed, id) = (keys.seed()?, state.ids().next(now));
    let payload = state
        .auth()
        .person_key()
        .seal_whole(payload_of(id), wanted.payload)?;
    let new = NewToken {
        id,
        purpose: wanted.purpose.as_str(),
        user: wanted.user,
        address: &keys.address_mark(wanted.email)?,
        hash: &keys.link_hash(wanted.purpose, &seed)?,
        payload: &payload,
        now,
        expires_at: now + wanted.purpose.life(),
    };
    store::insert_token(tx, &new).await?;
    Ok((id, seed))
}

/// What a link carries.
fn carried(state: &AppState, token: TokenRow) -> ApiResult<Value> {
    let place = payload_of(token.id);
    Ok(state.auth().person_key().open_whole(place, token.payload)?)
}

const fn payload_of(token: Uuid) -> Place<'static> {
    Place::new("one_time_tokens", "payload", token)
}

async fn queue(
    state: &AppState,
    tx: &mut SystemTx,
    asked: &job::Asked,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    let job = NewJob::new(job::KIND, None, serde_json::to_value(asked)?);
    enqueue(tx, state.ids().next(now), now, job).await?;
    Ok(())
}

/// Leaves a mark in the audit of every organization the person works for.
async fn audit(
    state: &AppState,
    tx: &mut SystemTx,
    user: Uuid,
    action: &'static str,
    origin: Origin,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    let deed = auth::service::Deed {
        action,
        facts: serde_json::json!({}),
        origin,
        now,
    };
    auth::service::audit(state, tx, user, &deed).await
}

/// Wrong, used, run out, of another purpose or another person: all alike.
fn invalid_link() -> Problem {
    Problem::forbidden(
        "invalid_link",
        "The link is wrong, used or too old. Ask for a new one.",
    )
}
