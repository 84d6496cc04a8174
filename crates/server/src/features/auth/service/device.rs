//! Browsers that signed in before. A sign-in from another one is told by mail.

use chrono::{DateTime, Utc};
use som_domain::ids::UserId;
use uuid::Uuid;

use super::super::store::{self, AccountRow};
use super::issue::Device;
use crate::app::AppState;
use crate::caller::Caller;
use crate::db::SystemTx;
use crate::http::ApiResult;
use crate::mail::{Letter, post};
use crate::security::random;

/// Length of the token a browser keeps.
const TOKEN: usize = 43;

/// Whom failed sign-ins are counted for: the address, or a browser from which its person signed in before. What others guess does not keep
/// that browser waiting, and it guesses no faster than they. Costs an address without an account the same.
pub(super) async fn counted_for(
    tx: &mut SystemTx,
    account: Option<&AccountRow>,
    email: &str,
    device: &Device,
) -> ApiResult<String> {
    let Some(token) = kept(device) else {
        return Ok(email.to_owned());
    };
    let user = account.map_or(Uuid::nil(), |account| account.id);
    let name = name(UserId::from_uuid(user), token);
    if store::knows_device(tx, &random::hash(&name)).await? {
        return Ok(name);
    }
    Ok(email.to_owned())
}

fn kept(device: &Device) -> Option<&str> {
    device.token.as_deref().filter(|token| token.len() == TOKEN)
}

/// A browser of a person; unlike any address.
fn name(user: UserId, token: &str) -> String {
    format!("{user} {token}")
}

/// Knows the browser again, or tells the person of another one; the token it keeps from now on. A browser is known per person, so that
/// one desk can be shared.
pub(super) async fn recognise(
    state: &AppState,
    tx: &mut SystemTx,
    caller: &Caller,
    device: &Device,
    now: DateTime<Utc>,
) -> ApiResult<String> {
    let token = match kept(device) {
        Some(token) => token.to_owned(),
        None => random::token()?.to_string(),
    };
    let user = caller.user_id;
    let hash = random::hash(&name(user, &token));
    let browser = &device.user_agent;
    if store::meet_device(tx, user.uuid(), &hash, browser, now).await? {
        let letter = Letter::NewDevice {
            at: now,
            device: browser.clone(),
            ip: device.ip.map(|ip| ip.to_string()),
        };
        post(tx, state, now, &caller.email, &letter).await?;
    }
    Ok(token)
}
