//! The way to a provider: the address to send the browser to, and the journey it begins.

use ::http::StatusCode;
use chrono::{DateTime, Duration, Utc};
use openidconnect::core::{CoreAuthPrompt, CoreResponseType};
use openidconnect::{
    AuthenticationContextClass, AuthenticationFlow, CsrfToken, LoginHint, Nonce, PkceCodeChallenge,
    PkceCodeVerifier, Scope,
};
use som_domain::Email;
use som_domain::ids::{IdentityProviderId, SessionId};
use url::Url;
use uuid::Uuid;

use super::super::journey::JourneyToken;
use super::super::store::{self, NewJourney, ProviderRow};
use super::protocol::{Relying, known};
use super::redirect_uri;
use crate::app::AppState;
use crate::caller::Caller;
use crate::db::SystemScope;
use crate::http::{ApiResult, FieldProblem, Problem};

/// How long a journey may take.
pub(super) const LIFE: Duration = Duration::minutes(10);

/// What a journey is for.
#[derive(Debug, Clone, Copy)]
pub(in super::super) enum Purpose<'a> {
    /// A session.
    SignIn {
        /// Stay signed in.
        remember: bool,
        /// Who it probably is.
        email: Option<&'a Email>,
    },
    /// To be known by it from now on.
    Link(&'a Caller),
    /// To show once more who it is.
    StepUp(&'a Caller),
}

impl Purpose<'_> {
    const fn as_str(self) -> &'static str {
        match self {
            Self::SignIn { .. } => "sign_in",
            Self::Link(_) => "link",
            Self::StepUp(_) => "step_up",
        }
    }

    const fn caller(&self) -> Option<&Caller> {
        match self {
            Self::SignIn { .. } => None,
            Self::Link(caller) | Self::StepUp(caller) => Some(caller),
        }
    }
}

/// A journey that begins.
#[derive(Debug)]
pub(in super::super) struct Departed {
    /// Where to send the browser.
    pub(in super::super) url: Url,
    /// For its cookie.
    pub(in super::super) token: JourneyToken,
    /// Until when it may come back.
    pub(in super::super) expires_at: DateTime<Utc>,
}

/// The organization and the provider that somebody means who is not signed in. Errors: 409 `sso_unavailable`, 422.
pub(in super::super) async fn provider_for(
    state: &AppState,
    provider: Option<IdentityProviderId>,
    email: Option<&Email>,
) -> ApiResult<(Uuid, Uuid)> {
    let mut tx = state.db().system(SystemScope::Identity).await?;
    let found = match (provider, email) {
        (Some(id), _) => {
            let organization = store::organization_of(&mut tx, id.uuid()).await?;
            organization.map(|organization| (organization, id.uuid()))
        }
        (None, Some(email)) => {
            let domain = email.as_str().rsplit('@').next().unwrap_or_default();
            store::provider_of_domain(&mut tx, &domain.to_ascii_lowercase()).await?
        }
        (None, None) => {
            let detail = "Name a provider, or an address.";
            let problem = FieldProblem::at("/email", "required", detail);
            return Err(Problem::invalid(vec![problem]).into());
        }
    };
    found.ok_or_else(|| unavailable().into())
}

/// Begins a journey. Errors: 404, 409 `sso_unavailable`, 422 `invalid_return_to`, 503 `identity_provider_unavailable`.
pub(in super::super) async fn depart(
    state: &AppState,
    (organization, provider): (Uuid, Uuid),
    purpose: Purpose<'_>,
    return_to: Option<&str>,
    now: DateTime<Utc>,
) -> ApiResult<Departed> {
    let return_to = return_to.unwrap_or("/");
    check_return(return_to)?;
    let mut tx = state.db().system(SystemScope::Identity).await?;
    let row = store::get(&mut tx, organization, provider).await?;
    let row = row.ok_or_else(|| match purpose {
        Purpose::SignIn { .. } => unavailable(),
        Purpose::Link(_) | Purpose::StepUp(_) => Problem::not_found("identity provider"),
    })?;
    if !row.enabled {
        return Err(unavailable().into());
    }
    if let Purpose::StepUp(caller) = purpose
        && !store::has_identity(&mut tx, organization, &row.issuer, caller.user_id.uuid()).await?
    {
        return Err(unavailable().into());
    }
    // no connection is held while the provider is asked
    tx.commit().await?;
    let known = known(state, &row.issuer, now).await;
    let client = known.and_then(|known| known.relying(&row.client_id, None, redirect_uri(state)));
    let client = client.map_err(|refused| {
        tracing::warn!(target: "som::security", issuer = row.issuer, %refused, "an identity provider cannot be used");
        silent()
    })?;
    let token = JourneyToken::new()?;
    let url = authorization_url(&client, &row, &token, purpose)?;
    let expires_at = now + LIFE;
    let mut tx = state.db().system(SystemScope::Identity).await?;
    let new = NewJourney {
        hash: &token.hash(),
        organization,
        provider,
        purpose: purpose.as_str(),
        user: purpose.caller().map(|caller| caller.user_id.uuid()),
        session: purpose
            .caller()
            .and_then(|c| c.session_id)
            .map(SessionId::uuid),
        remember: matches!(purpose, Purpose::SignIn { remember: true, .. }),
        return_to,
        now,
        expires_at,
    };
    store::insert_journey(&mut tx, &new).await?;
    tx.commit().await?;
    Ok(Departed {
        url,
        token,
        expires_at,
    })
}

fn authorization_url(
    client: &Relying,
    row: &ProviderRow,
    token: &JourneyToken,
    purpose: Purpose<'_>,
) -> anyhow::Result<Url> {
    let (state, nonce) = (token.state()?, token.nonce()?);
    let verifier = PkceCodeVerifier::new(token.verifier()?);
    let flow = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
    let scopes = row.scopes.iter().filter(|scope| *scope != "openid");
    let mut request = client
        .authorize_url(flow, || CsrfToken::new(state), || Nonce::new(nonce))
        .add_scopes(scopes.cloned().map(Scope::new))
        .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
    for level in &row.second_factor_acr {
        request = request.add_auth_context_value(AuthenticationContextClass::new(level.clone()));
    }
    request = match purpose {
        Purpose::SignIn {
            email: Some(email), ..
        } => request.set_login_hint(LoginHint::new(email.as_str().to_owned())),
        Purpose::SignIn { email: None, .. } | Purpose::Link(_) => request,
        Purpose::StepUp(_) => request
            .set_max_age(std::time::Duration::ZERO)
            .add_prompt(CoreAuthPrompt::Login),
    };
    Ok(request.url().0)
}

/// A page of this server and nothing else.
fn check_return(path: &str) -> Result<(), Problem> {
    let local = path.starts_with('/') && !path.starts_with("//") && !path.contains('\\');
    if local {
        return Ok(());
    }
    let detail = "Name a page of this server by its path, such as /orders.";
    let problem = FieldProblem::at("/return_to", "invalid_return_to", detail);
    Err(Problem::invalid(vec![problem]))
}

fn unavailable() -> Problem {
    Problem::conflict(
        "sso_unavailable",
        "There is no single sign-on for this address or provider. Sign in with your password.",
    )
}

fn silent() -> Problem {
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "identity_provider_unavailable",
        "The identity provider cannot be used at the moment. An administrator can see why with `check`.",
    )
    .retry_after(10)
}
