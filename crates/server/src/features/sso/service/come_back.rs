//! The way back from a provider. A journey is used up by coming back, whatever comes of it, and everything that can be wrong ends the same for the person.

use std::time::Duration as StdDuration;

use chrono::{DateTime, Utc};
use som_domain::ids::OrganizationId;
use url::Url;

use super::super::journey::JourneyToken;
use super::super::store::resealing::secret_of;
use super::super::store::{self, JourneyRow, ProviderRow};
use super::person;
use super::protocol::Refused;
use super::said::{Answer, Said, said};
use crate::app::AppState;
use crate::db::SystemScope;
use crate::features::auth::service::{Challenge, Device, SignIn, SignedIn};
use crate::http::{ApiError, ApiResult};

/// Everything that is asked of a provider for one sign-in.
const PATIENCE: StdDuration = StdDuration::from_secs(10);
/// Longer than any provider's.
const CODE_MAX: usize = 4096;

/// What a browser brings back.
#[derive(Debug, Default)]
pub(in super::super) struct Brought {
    /// Of the cookie.
    pub(in super::super) token: Option<String>,
    /// As it was sent.
    pub(in super::super) state: Option<String>,
    /// What is exchanged.
    pub(in super::super) code: Option<String>,
    /// Who says so.
    pub(in super::super) issuer: Option<String>,
    /// That it did not work.
    pub(in super::super) error: Option<String>,
}

/// Where the browser goes, and with what.
#[derive(Debug)]
pub(in super::super) enum Outcome {
    /// A session, and the page.
    SignedIn(Box<SignedIn>, String),
    /// The person's own second factor is asked for, and the page after it.
    Waits(Challenge, String),
    /// Linked, or shown once more.
    Done(String),
    /// It did not work.
    Failed(String),
}

/// Why a journey ends without what it was for.
#[derive(Debug)]
pub(super) enum Stop {
    /// Something about it is wrong.
    Refused(Refused),
    /// The fault is here.
    Ours(ApiError),
}

impl From<Refused> for Stop {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl<E: Into<ApiError>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Ours(error.into())
    }
}

/// Ends a journey. Errors: only faults of ours.
pub(in super::super) async fn come_back(
    state: &AppState,
    brought: Brought,
    device: Device,
    now: DateTime<Utc>,
) -> ApiResult<Outcome> {
    let Some((row, token)) = journey(state, &brought, now).await? else {
        return Ok(Outcome::Failed(failed_at(None)));
    };
    match arrive(state, &row, &token, &brought, device, now).await {
        Ok(outcome) => Ok(outcome),
        Err(Stop::Refused(refused)) => {
            tracing::info!(target: "som::security", %refused, provider = %row.provider_id, purpose = row.purpose, "single sign-on failed");
            Ok(Outcome::Failed(failed_at(Some(&row))))
        }
        // no account, no membership: told as everything else
        Err(Stop::Ours(error)) if error.problem().is_some_and(|p| p.status < 500) => {
            tracing::info!(target: "som::security", %error, provider = %row.provider_id, purpose = row.purpose, "single sign-on failed");
            Ok(Outcome::Failed(failed_at(Some(&row))))
        }
        Err(Stop::Ours(error)) => Err(error),
    }
}

/// The journey of the cookie, if it is not over and the state is its own.
async fn journey(
    state: &AppState,
    brought: &Brought,
    now: DateTime<Utc>,
) -> ApiResult<Option<(JourneyRow, JourneyToken)>> {
    let Some(token) = brought.token.clone().map(JourneyToken::brought) else {
        return Ok(None);
    };
    let mut tx = state.db().system(SystemScope::Identity).await?;
    let row = store::use_journey(&mut tx, &token.hash(), now).await?;
    tx.commit().await?;
    let same = token.sent(brought.state.as_deref().unwrap_or_default())?;
    Ok(row.filter(|_| same).map(|row| (row, token)))
}

async fn arrive(
    state: &AppState,
    row: &JourneyRow,
    token: &JourneyToken,
    brought: &Brought,
    device: Device,
    now: DateTime<Utc>,
) -> Result<Outcome, Stop> {
    if let Some(error) = &brought.error {
        let error: String = error
            .chars()
            .filter(char::is_ascii_graphic)
            .take(60)
            .collect();
        return Err(Refused(format!("the provider said {error}")).into());
    }
    let code = brought
        .code
        .as_deref()
        .filter(|code| code.len() <= CODE_MAX);
    let code = code.ok_or_else(|| Refused("there is no code".into()))?;
    let (provider, secret) = provider(state, row).await?;
    let answer = Answer {
        code,
        issuer: brought.issuer.as_deref(),
    };
    let heard = said(state, &provider, secret.as_deref(), token, &answer, now);
    let heard = tokio::time::timeout(PATIENCE, heard).await;
    let heard = heard.map_err(|_| Refused("the provider took too long".into()))??;
    let device = Device {
        remember: row.remember,
        ..device
    };
    go_on(state, row, &provider, &heard, &device, now).await
}

async fn go_on(
    state: &AppState,
    row: &JourneyRow,
    provider: &ProviderRow,
    heard: &Said,
    device: &Device,
    now: DateTime<Utc>,
) -> Result<Outcome, Stop> {
    let page = row.return_to.clone();
    match row.purpose.as_str() {
        "sign_in" => match person::sign_in(state, row, provider, heard, device, now).await? {
            SignIn::Done(signed_in) => Ok(Outcome::SignedIn(signed_in, page)),
            SignIn::Waits(challenge) => Ok(Outcome::Waits(challenge, page)),
        },
        "link" => {
            person::link(state, row, provider, heard, device.origin, now).await?;
            Ok(Outcome::Done(page))
        }
        _ => {
            person::step_up(state, row, provider, heard, now).await?;
            Ok(Outcome::Done(page))
        }
    }
}

/// The provider with its secret opened.
async fn provider(
    state: &AppState,
    row: &JourneyRow,
) -> Result<(ProviderRow, Option<String>), Stop> {
    let organization = OrganizationId::from_uuid(row.organization_id);
    let mut tx = state.db().tenant_read(organization).await?;
    let found = store::get(&mut tx, row.organization_id, row.provider_id).await?;
    let provider = found.filter(|provider| provider.enabled);
    let provider = provider.ok_or_else(|| Refused("the provider is gone".into()))?;
    let keys = tx.keys();
    let secret = keys.open_option(secret_of(provider.id), provider.client_secret.as_deref())?;
    Ok((provider, secret))
}

/// Where a browser is told that it did not work.
pub(in super::super) fn failed_at(row: Option<&JourneyRow>) -> String {
    match row {
        Some(row) if row.purpose != "sign_in" => with_problem(&row.return_to),
        _ => with_problem("/sign-in"),
    }
}

fn with_problem(path: &str) -> String {
    let Ok(mut url) = Url::parse(&format!("http://here{path}")) else {
        return "/sign-in?problem=sso_failed".to_owned();
    };
    url.query_pairs_mut().append_pair("problem", "sso_failed");
    url[url::Position::BeforePath..].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_problem_is_told_on_the_page() {
        assert_eq!(with_problem("/sign-in"), "/sign-in?problem=sso_failed");
        assert_eq!(
            with_problem("/settings?tab=1#x"),
            "/settings?tab=1&problem=sso_failed#x"
        );
    }
}
