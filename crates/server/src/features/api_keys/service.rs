//! Making, replacing and revoking keys.

use chrono::{DateTime, Duration, Utc};
use serde_json::json;
use som_domain::ids::ApiKeyId;
use sqlx::PgConnection;
use uuid::Uuid;

use super::store::{self, ApiKeyRow, NewApiKeyRow};
pub use super::view::{ApiKeyView, FreshApiKey};
use crate::caller::Caller;
use crate::config::IpNet;
use crate::ctx::{Ctx, Event};
use crate::http::{ApiResult, FieldProblem, Problem};
use crate::permission::{Permission, ScopeKind};
use crate::security::api_key;

/// Days a key lives when nobody says.
const DAYS: u16 = 90;
/// And at most.
const DAYS_MAX: u16 = 365;
/// Hours an old key works beside its successor when nobody says.
const OVERLAP: u16 = 24;
/// And at most.
const OVERLAP_MAX: u16 = 168;
/// Networks of a key at most.
const NETWORKS_MAX: usize = 20;
/// Living keys of a person at most.
const KEYS_MAX: i64 = 50;
/// A key with it could make itself a person with a password, which no revocation of the key ends.
const NOT_FOR_KEYS: [Permission; 1] = [Permission::MembersWrite];

/// A key to be made.
#[derive(Debug)]
pub struct Wanted<'a> {
    /// What it is for.
    pub name: &'a str,
    /// Permissions by name.
    pub scopes: Vec<&'a str>,
    /// Days until it ends.
    pub days: Option<u16>,
    /// Networks it may be used from.
    pub networks: Vec<&'a str>,
    /// Narrows what its owner sees.
    pub row_scope: Option<ScopeKind>,
}

/// The caller's keys, or everybody's for who manages members; newest first.
pub async fn list(
    db: &mut PgConnection,
    caller: &Caller,
    now: DateTime<Utc>,
) -> ApiResult<Vec<ApiKeyView>> {
    let rows = store::list(db, caller.organization.id.uuid(), owner_in_sight(caller)).await?;
    Ok(rows
        .into_iter()
        .map(|row| ApiKeyView::new(row, now))
        .collect())
}

/// Makes a key of the caller. Errors: 409 `too_many_api_keys`, 422.
pub async fn create(ctx: &mut Ctx, wanted: &Wanted<'_>) -> ApiResult<FreshApiKey> {
    check(&ctx.caller, wanted)?;
    let (organization, user) = (ctx.organization(), ctx.caller.user_id.uuid());
    let now = ctx.now;
    if store::count(ctx.db(), organization, user, now).await? >= KEYS_MAX {
        return Err(Problem::conflict(
            "too_many_api_keys",
            format!(
                "Nobody can have more than {KEYS_MAX} API keys. Revoke one that is not needed."
            ),
        )
        .into());
    }
    let id = ctx.new_id();
    let mut scopes: Vec<String> = wanted.scopes.iter().map(|&s| s.to_owned()).collect();
    scopes.sort_unstable();
    scopes.dedup();
    let networks: Vec<String> = wanted.networks.iter().map(|&n| n.to_owned()).collect();
    let new = Fresh {
        id,
        family: id,
        name: wanted.name,
        scopes: &scopes,
        networks: &networks,
        row_scope: wanted.row_scope.map(ScopeKind::as_str),
        user,
        expires_at: now + Duration::days(wanted.days.unwrap_or(DAYS).into()),
        action: "created",
    };
    insert(ctx, new).await
}

/// Replaces a key; the old one ends after the overlap, or at its own end if that is nearer. Errors: 404, 409 `api_key_ended`.
pub async fn rotate(ctx: &mut Ctx, id: ApiKeyId, overlap: Option<u16>) -> ApiResult<FreshApiKey> {
    let overlap = overlap.unwrap_or(OVERLAP);
    if overlap > OVERLAP_MAX {
        let words = format!("An old key works for at most {OVERLAP_MAX} hours beside the new one.");
        return Err(Problem::invalid(vec![FieldProblem::at(
            "/overlap_hours",
            "out_of_range",
            words,
        )])
        .into());
    }
    let (organization, now) = (ctx.organization(), ctx.now);
    // a new text is handed out: only to the owner, whatever one manages
    let owner = ctx.caller.user_id.uuid();
    let old = found(store::lock(ctx.db(), organization, id.uuid(), Some(owner)).await?)?;
    if old.revoked_at.is_some() || old.expires_at <= now || old.replaced_by.is_some() {
        return Err(Problem::conflict(
            "api_key_ended",
            "The API key is over or replaced already. Make a new one.",
        )
        .into());
    }
    let new_id = ctx.new_id();
    let fresh = Fresh {
        id: new_id,
        family: old.family_id,
        name: &old.name,
        scopes: &old.scopes,
        networks: &old.networks,
        row_scope: old.row_scope.as_deref(),
        user: owner,
        // not replaced before, so this is the life it was made with
        expires_at: now + (old.expires_at - old.created_at),
        action: "rotated",
    };
    let fresh = insert(ctx, fresh).await?;
    let ends = old.expires_at.min(now + Duration::hours(overlap.into()));
    store::replace(ctx.db(), organization, old.id, new_id, ends, now).await?;
    Ok(fresh)
}

/// Revokes a key. Errors: 404.
pub async fn revoke(ctx: &mut Ctx, id: ApiKeyId) -> ApiResult<()> {
    let (organization, now) = (ctx.organization(), ctx.now);
    let owner = owner_in_sight(&ctx.caller);
    let key = found(store::lock(ctx.db(), organization, id.uuid(), owner).await?)?;
    if key.revoked_at.is_some() {
        return Ok(());
    }
    store::revoke(ctx.db(), organization, key.id, now).await?;
    ctx.record(Event::new(
        "api_key",
        key.id,
        key.version + 1,
        "revoked",
        json!({ "name": key.name }),
    ));
    Ok(())
}

/// Revokes every key of somebody who leaves.
///
/// # Errors
/// The database's.
pub async fn revoke_all(
    db: &mut PgConnection,
    organization: Uuid,
    user: Uuid,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    store::revoke_all(db, organization, user, now).await
}

/// A row about to be written.
struct Fresh<'a> {
    id: Uuid,
    family: Uuid,
    name: &'a str,
    scopes: &'a [String],
    networks: &'a [String],
    row_scope: Option<&'a str>,
    user: Uuid,
    expires_at: DateTime<Utc>,
    action: &'static str,
}

async fn insert(ctx: &mut Ctx, fresh: Fresh<'_>) -> ApiResult<FreshApiKey> {
    let key = api_key::make()?;
    let (organization, now) = (ctx.organization(), ctx.now);
    let new = NewApiKeyRow {
        organization,
        id: fresh.id,
        family: fresh.family,
        user: fresh.user,
        name: fresh.name,
        hint: &key.hint,
        hash: &key.hash,
        scopes: fresh.scopes,
        networks: fresh.networks,
        row_scope: fresh.row_scope,
        expires_at: fresh.expires_at,
        now,
    };
    store::insert(ctx.db(), &new).await?;
    let facts = json!({
        "name": fresh.name, "scopes": fresh.scopes, "networks": fresh.networks, "row_scope": fresh.row_scope,
        "expires_at": fresh.expires_at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
    });
    ctx.record(Event::new("api_key", fresh.id, 1, fresh.action, facts));
    let row = found(store::lock(ctx.db(), organization, fresh.id, None).await?)?;
    Ok(FreshApiKey {
        key: key.text.to_string(),
        api_key: ApiKeyView::new(row, now),
    })
}

fn found(row: Option<ApiKeyRow>) -> Result<ApiKeyRow, Problem> {
    row.ok_or_else(|| Problem::not_found("API key"))
}

/// Whose keys are in sight: one's own, or all.
fn owner_in_sight(caller: &Caller) -> Option<Uuid> {
    (!caller.may(Permission::MembersWrite)).then(|| caller.user_id.uuid())
}

fn check(caller: &Caller, wanted: &Wanted<'_>) -> Result<(), Problem> {
    let mut errors = Vec::new();
    if wanted.scopes.is_empty() || wanted.scopes.len() > Permission::ALL.len() {
        errors.push(FieldProblem::at(
            "/scopes",
            "out_of_range",
            "Name the permissions the key may use, each once.",
        ));
    }
    let scopes = wanted.scopes.iter().take(Permission::ALL.len()).enumerate();
    errors.extend(
        scopes.filter_map(|(n, scope)| check_scope(caller, scope, &format!("/scopes/{n}"))),
    );
    if wanted.networks.len() > NETWORKS_MAX {
        let words = format!("A key has at most {NETWORKS_MAX} networks.");
        errors.push(FieldProblem::at("/networks", "too_many", words));
    }
    for (n, network) in wanted.networks.iter().take(NETWORKS_MAX).enumerate() {
        if network.parse::<IpNet>().is_err() {
            let words = "Not an address or network such as 203.0.113.0/24.";
            errors.push(FieldProblem::at(
                format!("/networks/{n}"),
                "invalid_network",
                words,
            ));
        }
    }
    if !(1..=DAYS_MAX).contains(&wanted.days.unwrap_or(DAYS)) {
        let words = format!("A key lives 1 to {DAYS_MAX} days.");
        errors.push(FieldProblem::at("/expires_in_days", "out_of_range", words));
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Problem::invalid(errors))
    }
}

fn check_scope(caller: &Caller, scope: &str, at: &str) -> Option<FieldProblem> {
    let names: Vec<&str> = Permission::ALL.iter().map(|p| p.as_str()).collect();
    let Some(permission) = Permission::parse(scope) else {
        let near = crate::http::input::nearest(scope, &names);
        return Some(
            FieldProblem::at(at, "unknown_scope", "There is no such permission.")
                .with_suggestions(near),
        );
    };
    if NOT_FOR_KEYS.contains(&permission) {
        let words = "A key cannot manage members: it could outlive itself by a person it makes.";
        return Some(FieldProblem::at(at, "scope_not_for_keys", words));
    }
    (!caller.may(permission)).then(|| {
        FieldProblem::at(
            at,
            "scope_not_yours",
            "Your role does not include this permission.",
        )
    })
}
