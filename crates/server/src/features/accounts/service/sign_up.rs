//! Sign-up: nothing of it exists as an account before the mailbox has answered.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::super::input::{Address, SignUp};
use super::super::{job, store};
use super::{Wanted, ask, audit, be_a_person, carried, invalid_link, queue};
use crate::app::AppState;
use crate::captcha::Purpose as Asking;
use crate::config::{MailTransport, SignUp as Mode};
use crate::db::SystemScope;
use crate::features::members::service::{Person, insert_member};
use crate::features::setup::service::{
    self as setup, Founding, NewOrganization, insert_organization,
};
use crate::http::limits::Act;
use crate::http::{ApiResult, FieldProblem, Origin, Problem};
use crate::permission::Role;
use crate::security::links::Purpose;
use crate::security::random;

/// A sign-up that waits for its mailbox.
#[derive(Serialize, Deserialize)]
struct Pending {
    name: String,
    email: String,
    password_hash: String,
    organization: NewOrganization,
}

/// Takes a sign-up. Every address costs the same: the password is hashed whether or not there is an account.
pub(in super::super) async fn sign_up(
    state: &AppState,
    input: SignUp,
    origin: Origin,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    must_be_open(state)?;
    let email = input.email.as_str().to_owned();
    let organization = check(state, &input)?;
    let captcha = input.captcha.as_ref();
    be_a_person(state, Asking::SignUp, captcha, origin, now).await?;
    state
        .auth()
        .limiter()
        .act_for(Act::SignUp, &email, now)
        .await?;
    let password_hash = state.auth().passwords().hash(input.password.0).await?;
    let pending = Pending {
        name: input.name.as_str().to_owned(),
        email: email.clone(),
        password_hash,
        organization,
    };
    let wanted = Wanted {
        purpose: Purpose::SignUp,
        user: None,
        email: &email,
        payload: &serde_json::to_value(&pending)?,
    };
    let mut tx = state.db().system(SystemScope::Identity).await?;
    ask(state, &mut tx, &wanted, now).await?;
    Ok(tx.commit().await?)
}

/// Sends the link of a sign-up that waits once more.
pub(in super::super) async fn resend_sign_up(
    state: &AppState,
    input: &Address,
    origin: Origin,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    must_be_open(state)?;
    let captcha = input.captcha.as_ref();
    be_a_person(state, Asking::SignUp, captcha, origin, now).await?;
    let email = input.email.as_str();
    state
        .auth()
        .limiter()
        .act_for(Act::SignUp, email, now)
        .await?;
    let asked = job::Asked {
        token: None,
        purpose: Purpose::SignUp,
        seed: state.auth().keys().seed()?,
        to: email.to_owned(),
    };
    let mut tx = state.db().system(SystemScope::Identity).await?;
    queue(state, &mut tx, &asked, now).await?;
    Ok(tx.commit().await?)
}

/// Makes account and organization; whoever has the link has the mailbox.
pub(in super::super) async fn confirm_sign_up(
    state: &AppState,
    token: &str,
    origin: Origin,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    let mut tx = state.db().system(SystemScope::Identity).await?;
    let hash = random::hash(token);
    let found = store::use_token(&mut tx, Purpose::SignUp.as_str(), &hash, now)
        .await?
        .ok_or_else(invalid_link)?;
    let pending: Pending = serde_json::from_value(carried(state, found)?)?;
    if store::person_by_email(&mut tx, &pending.email)
        .await?
        .is_some()
    {
        return Err(Problem::conflict(
            "account_exists",
            "There is an account with this address by now. Sign in instead.",
        )
        .into());
    }
    let organization =
        insert_organization(&mut tx, state.ids(), &pending.organization, now).await?;
    let person = Person {
        email: &pending.email,
        name: &pending.name,
        password_hash: &pending.password_hash,
        role: Role::Owner,
    };
    let user = insert_member(&mut tx, state.ids(), organization, &person, now).await?;
    store::verify_email(&mut tx, user.uuid(), now).await?;
    audit(state, &mut tx, user.uuid(), "signed_up", origin, now).await?;
    Ok(tx.commit().await?)
}

fn must_be_open(state: &AppState) -> Result<(), Problem> {
    let open = state.config().accounts.sign_up == Mode::Open;
    if open && state.config().mail.transport != MailTransport::Off {
        return Ok(());
    }
    Err(Problem::forbidden(
        "sign_up_closed",
        "Nobody can sign up here. Ask a member of your organization for an invitation.",
    ))
}

fn check(state: &AppState, input: &SignUp) -> Result<NewOrganization, Problem> {
    let mut errors = Vec::new();
    let organization = &input.organization;
    if !state.config().accounts.takes(input.email.as_str()) {
        errors.push(FieldProblem::at(
            "/email",
            "email_domain_not_allowed",
            "Addresses of this domain cannot sign up here.",
        ));
    }
    let founding = Founding {
        organization: &organization.name,
        country: organization.country,
        currency: organization.currency,
        time_zone: organization.time_zone.as_str(),
        name: &input.name,
        email: &input.email,
        password: &input.password,
        password_pointer: "/password",
    };
    setup::check(&founding, errors)
}
