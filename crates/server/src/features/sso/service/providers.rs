//! Identity providers as they are set up. Whoever changes one may do all that the people it lets in may do.

use serde_json::{Value, json};
use som_domain::ids::IdentityProviderId;
use som_domain::text::Text;
use sqlx::PgConnection;
use uuid::Uuid;

use super::super::input::{Group, IdentityProviderPatch, NewIdentityProvider};
use super::super::store::resealing::secret_of;
use super::super::store::{self, DomainRow, GroupRow, ProviderRow};
use super::super::view::{IdentityProviderList, IdentityProviderView};
use super::fields::{changed_domains, check_issuer, scopes, usual_scopes, words};
use super::{groups, redirect_uri};
use crate::app::AppState;
use crate::change::{Changes, duplicate};
use crate::ctx::{Ctx, Event};
use crate::http::{ApiResult, IfMatch, Patch, Problem};
use crate::security::random;

/// Providers of an organization at most.
const PROVIDERS_MAX: i64 = 20;

/// A provider with what belongs to it.
struct Whole {
    row: ProviderRow,
    groups: Vec<GroupRow>,
    domains: Vec<DomainRow>,
}

impl Whole {
    fn view(self, state: &AppState) -> IdentityProviderView {
        IdentityProviderView::new(self.row, self.groups, self.domains, redirect_uri(state))
    }

    fn domain_names(&self) -> Vec<String> {
        self.domains.iter().map(|row| row.domain.clone()).collect()
    }
}

/// All of them by name.
pub(in super::super) async fn list(
    state: &AppState,
    db: &mut PgConnection,
    organization: Uuid,
) -> ApiResult<IdentityProviderList> {
    let rows = store::list(db, organization, PROVIDERS_MAX).await?;
    let groups = store::groups(db, organization, None).await?;
    let domains = store::domains(db, organization, None).await?;
    let whole = |row: ProviderRow| Whole {
        groups: groups
            .iter()
            .filter(|g| g.provider_id == row.id)
            .cloned()
            .collect(),
        domains: domains
            .iter()
            .filter(|d| d.provider_id == row.id)
            .cloned()
            .collect(),
        row,
    };
    let data = rows.into_iter().map(|row| whole(row).view(state)).collect();
    Ok(IdentityProviderList { data })
}

/// One of them.
pub(in super::super) async fn get(
    state: &AppState,
    db: &mut PgConnection,
    organization: Uuid,
    id: IdentityProviderId,
) -> ApiResult<IdentityProviderView> {
    Ok(find(db, organization, id.uuid()).await?.view(state))
}

async fn find(db: &mut PgConnection, organization: Uuid, id: Uuid) -> ApiResult<Whole> {
    let row = store::get(db, organization, id).await?;
    let row = row.ok_or_else(|| Problem::not_found("identity provider"))?;
    Ok(Whole {
        row,
        groups: store::groups(db, organization, Some(id)).await?,
        domains: store::domains(db, organization, Some(id)).await?,
    })
}

/// Sets a provider up. Errors: 403 `role_beyond_yours`, 409 `duplicate_name`, `too_many_identity_providers`, 422.
pub(in super::super) async fn create(
    ctx: &mut Ctx,
    new: NewIdentityProvider,
) -> ApiResult<IdentityProviderView> {
    let (organization, id, now) = (ctx.organization(), ctx.new_id(), ctx.now);
    if store::count(ctx.db(), organization).await? >= PROVIDERS_MAX {
        let detail = format!("An organization has at most {PROVIDERS_MAX} identity providers.");
        return Err(Problem::conflict("too_many_identity_providers", detail).into());
    }
    let row = ProviderRow {
        id,
        name: String::new(),
        issuer: String::new(),
        client_id: String::new(),
        client_secret: None,
        scopes: usual_scopes(),
        group_claim: None,
        second_factor_acr: Vec::new(),
        enabled: false,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let empty = Whole {
        row,
        groups: Vec::new(),
        domains: Vec::new(),
    };
    let patch = IdentityProviderPatch {
        name: Some(new.name),
        issuer: Some(new.issuer),
        client_id: Some(new.client_id),
        client_secret: new.client_secret.map_or(Patch::Absent, Patch::Value),
        scopes: new.scopes,
        group_claim: new.group_claim.map_or(Patch::Absent, Patch::Value),
        groups: new.groups,
        second_factor_acr: new.second_factor_acr,
        email_domains: new.email_domains,
        enabled: new.enabled,
    };
    let (row, more, diff) = changed(ctx, &empty, patch).await?;
    store::insert(ctx.db(), organization, &row)
        .await
        .map_err(name_taken)?;
    put(ctx, id, &more).await?;
    ctx.record(Event::new("identity_provider", id, 1, "created", diff));
    let state = ctx.state().clone();
    Ok(find(ctx.db(), organization, id).await?.view(&state))
}

/// Changes a provider. Errors: as [`create`], and 412 `stale_version`.
pub(in super::super) async fn update(
    ctx: &mut Ctx,
    id: IdentityProviderId,
    if_match: &IfMatch,
    patch: IdentityProviderPatch,
) -> ApiResult<IdentityProviderView> {
    let (organization, state) = (ctx.organization(), ctx.state().clone());
    let before = held(ctx, id, if_match).await?;
    let (row, more, diff) = changed(ctx, &before, patch).await?;
    if diff == json!({}) {
        return Ok(before.view(&state));
    }
    let row = ProviderRow {
        version: before.row.version + 1,
        updated_at: ctx.now,
        ..row
    };
    store::update(ctx.db(), organization, &row)
        .await
        .map_err(name_taken)?;
    put(ctx, row.id, &more).await?;
    let event = Event::new("identity_provider", row.id, row.version, "updated", diff);
    ctx.record(event);
    Ok(find(ctx.db(), organization, row.id).await?.view(&state))
}

/// Removes a provider; who people are at its issuer is remembered. Errors: 403 `role_beyond_yours`, 412 `stale_version`.
pub(in super::super) async fn delete(
    ctx: &mut Ctx,
    id: IdentityProviderId,
    if_match: &IfMatch,
) -> ApiResult<()> {
    let organization = ctx.organization();
    let before = held(ctx, id, if_match).await?;
    store::delete(ctx.db(), organization, id.uuid()).await?;
    let facts = json!({ "name": before.row.name, "issuer": before.row.issuer });
    let version = before.row.version + 1;
    ctx.record(Event::new(
        "identity_provider",
        id.uuid(),
        version,
        "deleted",
        facts,
    ));
    Ok(())
}

/// The provider, locked, of the version that was seen, by who may do all that it gives.
async fn held(ctx: &mut Ctx, id: IdentityProviderId, if_match: &IfMatch) -> ApiResult<Whole> {
    let organization = ctx.organization();
    store::lock(ctx.db(), organization, id.uuid()).await?;
    let before = find(ctx.db(), organization, id.uuid()).await?;
    ctx.check_version(if_match, "identity_provider", id.uuid(), before.row.version)
        .await?;
    groups::beyond(&ctx.caller, &before.groups)?;
    Ok(before)
}

/// The version of a provider after its domain was proved; the same rules as for a change.
pub(super) async fn touch(ctx: &mut Ctx, id: IdentityProviderId) -> ApiResult<ProviderRow> {
    let (organization, now) = (ctx.organization(), ctx.now);
    let before = held(ctx, id, &IfMatch::Any).await?.row;
    let row = ProviderRow {
        version: before.version + 1,
        updated_at: now,
        ..before
    };
    store::update(ctx.db(), organization, &row).await?;
    Ok(row)
}

/// Parts that are replaced as a whole, when they are.
#[derive(Default)]
struct More {
    groups: Option<Vec<GroupRow>>,
    domains: Option<Vec<String>>,
}

async fn put(ctx: &mut Ctx, id: Uuid, more: &More) -> ApiResult<()> {
    let organization = ctx.organization();
    if let Some(groups) = &more.groups {
        store::put_groups(ctx.db(), organization, id, groups).await?;
    }
    if let Some(domains) = &more.domains {
        let proof = || Ok(format!("som-domain={}", *random::token()?));
        let proofs: anyhow::Result<Vec<String>> = domains.iter().map(|_| proof()).collect();
        store::put_domains(ctx.db(), organization, id, domains, &proofs?).await?;
    }
    Ok(())
}

async fn changed(
    ctx: &mut Ctx,
    before: &Whole,
    patch: IdentityProviderPatch,
) -> ApiResult<(ProviderRow, More, Value)> {
    let mut row = before.row.clone();
    let mut changes = Changes::default();
    if let Some(name) = patch.name {
        changes.set("name", &mut row.name, name.into_string());
    }
    if let Some(issuer) = patch.issuer {
        let issuer = issuer.into_string();
        if let Some(problem) = check_issuer(ctx.state(), &issuer) {
            changes.problem(problem);
        }
        changes.set("issuer", &mut row.issuer, issuer);
    }
    if let Some(client_id) = patch.client_id {
        changes.set("client_id", &mut row.client_id, client_id.into_string());
    }
    changes.optional(
        "group_claim",
        &mut row.group_claim,
        patch.group_claim,
        Text::into_string,
    );
    if let Some(list) = patch.scopes {
        let scopes = scopes(words("/scopes", list, &mut changes));
        changes.set("scopes", &mut row.scopes, scopes);
    }
    if let Some(list) = patch.second_factor_acr {
        let list = words("/second_factor_acr", list, &mut changes);
        changes.set("second_factor_acr", &mut row.second_factor_acr, list);
    }
    if let Some(enabled) = patch.enabled {
        changes.set("enabled", &mut row.enabled, enabled);
    }
    seal_secret(ctx, &mut row, patch.client_secret, &mut changes)?;
    let more = More {
        groups: changed_groups(ctx, before, patch.groups, &mut changes).await?,
        domains: changed_domains(before.domain_names(), patch.email_domains, &mut changes),
    };
    Ok((row, more, changes.finish()?))
}

fn seal_secret(
    ctx: &Ctx,
    row: &mut ProviderRow,
    patch: Patch<Text<1, 1000>>,
    changes: &mut Changes,
) -> ApiResult<()> {
    let secret = match patch {
        Patch::Absent => return Ok(()),
        Patch::Null if row.client_secret.is_none() => return Ok(()),
        Patch::Null => None,
        Patch::Value(secret) => Some(ctx.tx.keys().seal(secret_of(row.id), secret.as_str())?),
    };
    row.client_secret = secret;
    changes.note("client_secret", json!({ "changed": true }));
    Ok(())
}

async fn changed_groups(
    ctx: &mut Ctx,
    before: &Whole,
    patch: Option<Vec<Group>>,
    changes: &mut Changes,
) -> ApiResult<Option<Vec<GroupRow>>> {
    let Some(list) = patch else { return Ok(None) };
    let mut problems = Vec::new();
    let rows = groups::read(ctx, list, &mut problems).await?;
    problems
        .into_iter()
        .for_each(|problem| changes.problem(problem));
    let (from, to) = (groups::shown(&before.groups), groups::shown(&rows));
    if from != to {
        changes.note("groups", json!({ "from": from, "to": to }));
    }
    Ok(Some(rows))
}

fn name_taken(error: sqlx::Error) -> crate::http::ApiError {
    duplicate(
        error,
        "identity_providers_name_key",
        "duplicate_name",
        "/name",
        || "There is an identity provider with this name.".to_owned(),
    )
}
