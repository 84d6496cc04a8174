//! Browsers that signed in before. A sign-in from another one is told by mail.

use chrono::{DateTime, Utc};

use super::super::store;
use super::issue::Device;
use crate::app::AppState;
use crate::caller::Caller;
use crate::db::SystemTx;
use crate::http::ApiResult;
use crate::mail::{Letter, post};
use crate::security::random;

/// Length of the token a browser keeps.
const TOKEN: usize = 43;

/// Knows the browser again, or tells the person of another one; the token it keeps from now on. A browser is known per person, so that
/// one desk can be shared.
pub(super) async fn recognise(
    state: &AppState,
    tx: &mut SystemTx,
    caller: &Caller,
    device: &Device,
    now: DateTime<Utc>,
) -> ApiResult<String> {
    let kept = device.token.clone().filter(|token| token.len() == TOKEN);
    let token = match kept {
        Some(token) => token,
        None => random::token()?.to_string(),
    };
    let user = caller.user_id;
    let hash = random::hash(&format!("{user} {token}"));
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
