//! Another address for an account: it counts when its mailbox has answered, and the one before can take it back for a week.

use chrono::{DateTime, Utc};
use serde_json::json;
use som_domain::Email;

use super::super::store::{self, PersonRow};
use super::{Wanted, ask, audit, carried, invalid_link, keep};
use crate::app::AppState;
use crate::caller::Caller;
use crate::config::MailTransport;
use crate::db::{SystemScope, SystemTx};
use crate::features::auth;
use crate::features::members::service::taken;
use crate::http::limits::Act;
use crate::http::{ApiResult, FieldProblem, Origin, Problem};
use crate::mail::{Letter, Link, post};
use crate::security::links::Purpose;
use crate::security::random;

/// Asks the new mailbox, and tells the present one. The answer is the same whether the new address has an account or not. Errors: 403
/// `reauth_required`, `own_proof_required`, `mail_off`; 422 `same_address`; 429.
pub(in super::super) async fn change_email(
    state: &AppState,
    caller: &Caller,
    new: &Email,
    origin: Origin,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    auth::service::require_own(caller, now)?;
    if state.config().mail.transport == MailTransport::Off {
        let detail = "The server sends no mail, so no mailbox can confirm an address.";
        return Err(Problem::forbidden("mail_off", detail).into());
    }
    let new = new.as_str();
    if new.to_lowercase() == caller.email.to_lowercase() {
        let detail = "This is the address of your account already.";
        let problem = FieldProblem::at("/email", "same_address", detail);
        return Err(Problem::invalid(vec![problem]).into());
    }
    let limiter = state.auth().limiter();
    limiter.act_of(Act::Reset, caller.user_id, now).await?;
    let user = caller.user_id.uuid();
    let mut tx = state.db().system(SystemScope::Identity).await?;
    store::end_links(&mut tx, user, Purpose::ConfirmNewEmail.as_str(), now).await?;
    let wanted = Wanted {
        purpose: Purpose::ConfirmNewEmail,
        user: Some(user),
        email: new,
        payload: &json!({ "email": new }),
    };
    ask(state, &mut tx, &wanted, now).await?;
    let action = "email_change_requested";
    audit(state, &mut tx, user, action, origin, now).await?;
    let notice = Letter::EmailChangeAsked {
        new_email: new.to_owned(),
    };
    post(&mut tx, state, now, &caller.email, &notice).await?;
    Ok(tx.commit().await?)
}

/// The new mailbox has answered. Every session ends. Errors: 403 `invalid_link`, 409 `account_exists`.
pub(in super::super) async fn confirm_email(
    state: &AppState,
    token: &str,
    origin: Origin,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    let mut tx = state.db().system(SystemScope::Identity).await?;
    let (person, new) = used(state, &mut tx, Purpose::ConfirmNewEmail, token, now).await?;
    replace(state, &mut tx, &person, &new, "email_changed", origin, now).await?;
    let undo = keep_link(state, &mut tx, Purpose::UndoEmail, &person, now).await?;
    for (to, undo) in [(&person.email, Some(undo)), (&new, None)] {
        let letter = Letter::EmailChanged {
            old_email: person.email.clone(),
            new_email: new.clone(),
            undo,
        };
        post(&mut tx, state, now, to, &letter).await?;
    }
    tx.commit().await?;
    state.auth().forget_callers();
    Ok(())
}

/// The mailbox before takes its address back: every session ends, nothing else that waits for a mailbox works any more, and a link for
/// a new password goes there, because somebody else may know the present one. Errors: 403 `invalid_link`, 409 `account_exists`.
pub(in super::super) async fn undo_email(
    state: &AppState,
    token: &str,
    origin: Origin,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    let mut tx = state.db().system(SystemScope::Identity).await?;
    let (person, old) = used(state, &mut tx, Purpose::UndoEmail, token, now).await?;
    replace(state, &mut tx, &person, &old, "email_restored", origin, now).await?;
    for purpose in [Purpose::ConfirmNewEmail, Purpose::UndoEmail] {
        store::end_links(&mut tx, person.id, purpose.as_str(), now).await?;
    }
    let letter = Letter::EmailChanged {
        old_email: person.email.clone(),
        new_email: old.clone(),
        undo: None,
    };
    post(&mut tx, state, now, &person.email, &letter).await?;
    if person.has_password {
        let restored = PersonRow {
            email: old.clone(),
            ..person
        };
        let link = keep_link(state, &mut tx, Purpose::ResetPassword, &restored, now).await?;
        post(&mut tx, state, now, &old, &Letter::ResetPassword { link }).await?;
    }
    tx.commit().await?;
    state.auth().forget_callers();
    Ok(())
}

/// Uses a link up; whose it was, and the address it is about.
async fn used(
    state: &AppState,
    tx: &mut SystemTx,
    purpose: Purpose,
    token: &str,
    now: DateTime<Utc>,
) -> ApiResult<(PersonRow, String)> {
    let found = store::use_token(tx, purpose.as_str(), &random::hash(token), now)
        .await?
        .ok_or_else(invalid_link)?;
    let user = found.user_id.ok_or_else(invalid_link)?;
    let person = store::person(tx, user).await?;
    let person = person.filter(|p| p.active).ok_or_else(invalid_link)?;
    let payload = carried(state, found)?;
    let email = payload["email"].as_str().ok_or_else(invalid_link)?;
    Ok((person, email.to_owned()))
}

/// Sets the address. What other mailboxes were sent no longer works, and everybody signs in anew.
async fn replace(
    state: &AppState,
    tx: &mut SystemTx,
    person: &PersonRow,
    email: &str,
    action: &'static str,
    origin: Origin,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    store::set_email(tx, person.id, email, now)
        .await
        .map_err(|error| taken(error, account_exists))?;
    store::end_resets(tx, person.id, now).await?;
    auth::service::end_sessions(tx, person.id, None, action, now).await?;
    audit(state, tx, person.id, action, origin, now).await
}

/// Keeps a link to the person's present address.
async fn keep_link(
    state: &AppState,
    tx: &mut SystemTx,
    purpose: Purpose,
    person: &PersonRow,
    now: DateTime<Utc>,
) -> ApiResult<Link> {
    let wanted = Wanted {
        purpose,
        user: Some(person.id),
        email: &person.email,
        payload: &json!({ "email": person.email }),
    };
    let (_, seed) = keep(state, tx, &wanted, now).await?;
    Ok(Link {
        purpose,
        seed,
        expires_at: now + purpose.life(),
    })
}

fn account_exists() -> Problem {
    Problem::conflict(
        "account_exists",
        "There is an account with this address by now.",
    )
}
