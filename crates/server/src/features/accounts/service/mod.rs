//! What a person can do about an account.

mod password;
mod sign_up;

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::job;
use super::store::{self, NewToken};
use super::view::AccountOptions;
use crate::app::AppState;
use crate::config::{MailTransport, SignUp};
use crate::db::{SystemScope, SystemTx};
use crate::features::auth;
use crate::http::{ApiResult, Origin, Problem};
use crate::jobs::{NewJob, enqueue};
use crate::security::links::{Purpose, Seed};
use crate::security::strength;

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
    }
}

/// Keeps a link and leaves it to a job whether somebody gets it: the same work for every address.
async fn ask(
    state: &AppState,
    purpose: Purpose,
    email: &str,
    payload: &Value,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    let seed = Seed::new()?;
    let hash = state.auth().keys().link_hash(purpose, &seed)?;
    let id = state.ids().next(now);
    let mut tx = state.db().system(SystemScope::Identity).await?;
    let new = NewToken {
        id,
        purpose: purpose.as_str(),
        email,
        hash: &hash,
        payload,
        now,
        expires_at: now + purpose.life(),
    };
    store::insert_token(&mut tx, &new).await?;
    let asked = job::Asked {
        token: Some(id),
        purpose,
        seed,
        to: email.to_owned(),
    };
    queue(state, &mut tx, &asked, now).await?;
    Ok(tx.commit().await?)
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
