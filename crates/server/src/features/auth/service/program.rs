//! From a request with a key to its caller: the rights of the key's owner as they are now, narrowed to the key's scopes.

use std::net::IpAddr;
use std::sync::Arc;

use ::http::{HeaderMap, StatusCode};
use chrono::{DateTime, Utc};

use super::super::programs::{self, Program};
use super::super::store;
use crate::app::AppState;
use crate::caller::Caller;
use crate::config::IpNet;
use crate::db::SystemScope;
use crate::http::{ApiResult, Problem};
use crate::permission::{Permissions, ScopeKind};
use crate::security::random::Hash;

/// The caller behind a key. Errors: 401 `invalid_api_key`, 403 `address_not_allowed`.
pub(super) async fn authenticate(
    state: &AppState,
    headers: &HeaderMap,
    ip: Option<IpAddr>,
    now: DateTime<Utc>,
) -> ApiResult<Arc<Caller>> {
    let hash = programs::sent(headers).ok_or_else(invalid)?;
    let program = match state.auth().programs().get(&hash, now) {
        Some(program) => program,
        None => load(state, hash, ip, now).await?,
    };
    if !program.admits(ip) {
        return Err(Problem::forbidden(
            "address_not_allowed",
            "The API key may not be used from this address. Its networks are listed where it was made.",
        )
        .into());
    }
    Ok(Arc::clone(&program.caller))
}

async fn load(
    state: &AppState,
    hash: Hash,
    ip: Option<IpAddr>,
    now: DateTime<Utc>,
) -> ApiResult<Arc<Program>> {
    let programs = state.auth().programs();
    let generation = programs.generation();
    let mut tx = state.db().system(SystemScope::Identity).await?;
    let row = store::api_key(&mut tx, &hash, now)
        .await?
        .ok_or_else(invalid)?;
    let program = Arc::new(program(row, now)?);
    if program.admits(ip) {
        let ip = ip.map(|ip| ip.to_canonical().to_string());
        store::api_key_used(&mut tx, &hash, ip.as_deref(), now).await?;
    }
    tx.commit().await?;
    programs.put(hash, Arc::clone(&program), generation);
    Ok(program)
}

fn program(row: store::ApiKeyRow, now: DateTime<Utc>) -> ApiResult<Program> {
    let networks = row.networks.iter().map(|text| text.parse::<IpNet>());
    let networks = networks
        .collect::<Result<_, ()>>()
        .map_err(|()| anyhow::anyhow!("stored network of an API key"))?;
    let mut caller = row.member.into_caller()?;
    caller.permissions = caller.permissions.and(Permissions::named(&row.scopes));
    if let Some(narrowed) = row.key_scope.as_deref().and_then(ScopeKind::parse) {
        caller.scope_kind = caller.scope_kind.min(narrowed);
    }
    caller.kind = "api_key";
    caller.program = Some(row.family_id);
    Ok(Program {
        caller: Arc::new(caller),
        family: row.family_id,
        networks,
        expires_at: row.expires_at,
        read_at: now,
    })
}

/// Wrong, revoked and expired alike.
fn invalid() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "invalid_api_key",
        "The API key is wrong, revoked or expired. Send it as `Authorization: Bearer som_pat_…`.",
    )
}
