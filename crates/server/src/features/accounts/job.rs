//! Decides, after the answer, what an address gets: a link, a word that there is an account already, or nothing.

use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::store;
use crate::app::AppState;
use crate::db::SystemTx;
use crate::jobs::{Job, JobError, JobKind, JobResult};
use crate::mail::{Letter, Link, post};
use crate::security::links::{Purpose, Seed};

/// Name of the kind.
pub(super) const KIND: &str = "account_mail";

/// What somebody asked for.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Asked {
    /// The link kept for it; none when one that waits is to be sent again.
    pub(super) token: Option<Uuid>,
    pub(super) purpose: Purpose,
    pub(super) seed: Seed,
    pub(super) to: String,
}

/// Answers sign-ups and forgotten passwords by mail.
pub fn kind() -> JobKind {
    JobKind::new(KIND, run)
}

async fn run(state: AppState, job: Job) -> JobResult {
    let asked: Asked = job.read()?;
    let mut tx = state.db().worker().await?;
    let letter = decide(&state, &mut tx, &asked, &job).await?;
    let now = state.clock().now();
    let sent = match &letter {
        Some(letter) => post(&mut tx, &state, now, &asked.to, letter).await?,
        None => false,
    };
    let carries_link = matches!(
        letter,
        Some(
            Letter::ConfirmSignUp { .. }
                | Letter::ResetPassword { .. }
                | Letter::ConfirmNewEmail { .. }
        )
    );
    if let Some(token) = asked.token.filter(|_| !sent || !carries_link) {
        store::delete_token(&mut tx, token).await?;
    }
    tx.commit().await?;
    Ok(json!({}))
}

async fn decide(
    state: &AppState,
    tx: &mut SystemTx,
    asked: &Asked,
    job: &Job,
) -> Result<Option<Letter>, JobError> {
    let link = Link {
        purpose: asked.purpose,
        seed: asked.seed.clone(),
        expires_at: job.created_at + asked.purpose.life(),
    };
    let person = store::person_by_email(tx, &asked.to).await?;
    Ok(match (asked.purpose, person, asked.token) {
        (Purpose::SignUp, Some(_), Some(_)) => Some(Letter::HaveAccount),
        (Purpose::SignUp, None, Some(_)) => Some(Letter::ConfirmSignUp { link }),
        (Purpose::SignUp, None, None) => {
            let hash = hash(state, asked)?;
            let addresses = state.auth().keys().address_marks(&asked.to);
            let addresses = addresses.map_err(|e| JobError::Permanent(e.to_string()))?;
            store::renew_sign_up(tx, &addresses, &hash, job.created_at, link.expires_at)
                .await?
                .then_some(Letter::ConfirmSignUp { link })
        }
        (Purpose::ResetPassword, Some(person), Some(token))
            if person.active && person.has_password =>
        {
            store::assign_token(tx, token, person.id).await?;
            Some(Letter::ResetPassword { link })
        }
        (Purpose::ConfirmNewEmail, Some(_), Some(_)) => Some(Letter::AddressInUse),
        (Purpose::ConfirmNewEmail, None, Some(_)) => Some(Letter::ConfirmNewEmail { link }),
        _ => None,
    })
}

fn hash(state: &AppState, asked: &Asked) -> Result<crate::security::random::Hash, JobError> {
    let keys = state.auth().keys();
    keys.link_hash(asked.purpose, &asked.seed)
        .map_err(|e| JobError::Permanent(e.to_string()))
}
