//! What an administrator can try: whether a provider answers, and whether a domain is the organization's.

use chrono::{DateTime, Utc};
use serde_json::json;
use som_domain::ids::IdentityProviderId;
use sqlx::PgConnection;
use url::Url;
use uuid::Uuid;

use super::super::store::{self, DomainRow};
use super::super::view::{IdentityProviderCheck, IdentityProviderView};
use super::{protocol, providers};
use crate::app::AppState;
use crate::ctx::{Ctx, Event};
use crate::http::{ApiResult, FieldProblem, Problem, on_constraint};

/// Asks a provider who it is, as a sign-in would.
pub(in super::super) async fn check(
    state: &AppState,
    issuer: &str,
    now: DateTime<Utc>,
) -> IdentityProviderCheck {
    match protocol::ask(state, issuer, now).await {
        Ok(known) if known.keys_count() == 0 => wrong("it has no keys to sign with".to_owned()),
        Ok(known) => IdentityProviderCheck {
            ok: true,
            problem: None,
            authorization_endpoint: Some(known.authorization_endpoint().to_string()),
            keys: Some(known.keys_count()),
        },
        Err(refused) => wrong(refused.to_string()),
    }
}

fn wrong(problem: String) -> IdentityProviderCheck {
    IdentityProviderCheck {
        ok: false,
        problem: Some(problem),
        authorization_endpoint: None,
        keys: None,
    }
}

/// A domain of a provider. Errors: 404 for an unknown provider, 422 `unknown_domain`.
pub(in super::super) async fn find_domain(
    db: &mut PgConnection,
    organization: Uuid,
    id: IdentityProviderId,
    domain: &str,
) -> ApiResult<DomainRow> {
    if store::get(db, organization, id.uuid()).await?.is_none() {
        return Err(Problem::not_found("identity provider").into());
    }
    let domain = domain.to_ascii_lowercase();
    let domains = store::domains(db, organization, Some(id.uuid())).await?;
    domains
        .into_iter()
        .find(|row| row.domain == domain)
        .ok_or_else(|| {
            let detail = "The provider has no such domain. Add it to `email_domains` first.";
            Problem::invalid(vec![FieldProblem::at("/domain", "unknown_domain", detail)]).into()
        })
}

/// Looks for the proof at the domain. Errors: 409 `domain_not_proved`.
pub(in super::super) async fn proof_of(state: &AppState, row: &DomainRow) -> ApiResult<()> {
    let unproved = |why: String| {
        let detail = format!("{} does not hold the proof: {why}.", row.proof_url());
        Problem::conflict("domain_not_proved", detail)
    };
    let url = Url::parse(&row.proof_url()).map_err(|e| unproved(e.to_string()))?;
    let text = protocol::text(state.outbound(), &url).await;
    let text = text.map_err(|refused| unproved(refused.to_string()))?;
    if text.lines().any(|line| line.trim() == row.proof) {
        return Ok(());
    }
    Err(unproved("another text is there".to_owned()).into())
}

/// Notes that a domain was proved. Errors: 403 `role_beyond_yours`, 409 `domain_taken`.
pub(in super::super) async fn verified(
    ctx: &mut Ctx,
    id: IdentityProviderId,
    domain: &str,
) -> ApiResult<IdentityProviderView> {
    let (organization, now, state) = (ctx.organization(), ctx.now, ctx.state().clone());
    let row = providers::touch(ctx, id).await?;
    store::verify_domain(ctx.db(), organization, row.id, domain, now)
        .await
        .map_err(|error| on_constraint(error, "identity_provider_domains_verified_key", taken))?;
    let facts = json!({ "domain": domain });
    ctx.record(Event::new(
        "identity_provider",
        row.id,
        row.version,
        "domain_verified",
        facts,
    ));
    providers::get(&state, ctx.db(), organization, id).await
}

fn taken() -> Problem {
    Problem::conflict(
        "domain_taken",
        "The domain belongs to another identity provider of this server.",
    )
}
