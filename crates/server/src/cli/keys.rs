//! `som keys`: API keys from the command line, with the rights of the person they are for; and the keys of the server.

use std::sync::Arc;

use som_domain::ids::ApiKeyId;

use super::arguments::{ConfigFlags, CreateKey, KeysCommand, WhoseKeys};
use super::{Exit, Failure, Outcome, open, out, server_keys};
use crate::app::AppState;
use crate::caller::Caller;
use crate::ctx::Ctx;
use crate::features::api_keys::service::{self, ApiKeyView, FreshApiKey, Wanted};
use crate::features::imports::service::caller;
use crate::http::ApiError;
use crate::permission::ScopeKind;
use crate::security::server_key::ServerKey;

pub(super) async fn run(flags: &ConfigFlags, command: KeysCommand) -> Outcome {
    // a configured key can be changed although nothing runs
    match &command {
        KeysCommand::Rotate { what, .. } => {
            if let Some(key) = ServerKey::parse(what) {
                return Box::pin(server_keys::rotate_configured(flags, key)).await;
            }
        }
        KeysCommand::Retire { key, now } => {
            return Box::pin(server_keys::retire(flags, key, *now)).await;
        }
        _ => {}
    }
    let opened = open::open(flags).await?;
    let outcome = match opened.application().await {
        Ok(state) => Box::pin(work(&state, command)).await,
        Err(failure) => Err(failure),
    };
    opened.close().await;
    outcome
}

async fn work(state: &AppState, command: KeysCommand) -> Outcome {
    match command {
        KeysCommand::List { whose, json } => list(state, &whose, json).await,
        KeysCommand::Create(options) => create(state, &options).await,
        KeysCommand::Status { json } => server_keys::status(state, json).await,
        // told apart before the database was opened
        KeysCommand::Retire { .. } => Ok(Exit::Ok),
        KeysCommand::Rotate {
            what,
            overlap_hours,
            whose,
        } => {
            if let Some(purpose) = server_keys::data_purpose(&what) {
                return server_keys::rotate_data(state, purpose, whose.organization.as_deref())
                    .await;
            }
            let id = parse(&what)?;
            let mut ctx = Ctx::internal(state, person(state, &whose).await?).await?;
            let fresh = service::rotate(&mut ctx, id, Some(overlap_hours)).await?;
            ctx.commit().await?;
            tell(&fresh);
            out::word(&format!(
                "The old key works for {overlap_hours} more hours at most."
            ));
            Ok(Exit::Ok)
        }
        KeysCommand::Revoke { id, whose } => {
            let id = parse(&id)?;
            let mut ctx = Ctx::internal(state, person(state, &whose).await?).await?;
            service::revoke(&mut ctx, id).await?;
            ctx.commit().await?;
            out::word("Revoked. A running server refuses it within five seconds.");
            Ok(Exit::Ok)
        }
    }
}

async fn list(state: &AppState, whose: &WhoseKeys, json: bool) -> Outcome {
    let person = person(state, whose).await?;
    let mut tx = state
        .db()
        .tenant_read(person.organization.id)
        .await
        .map_err(ApiError::from)?;
    let keys = service::list(&mut tx, &person, state.clock().now()).await?;
    if json {
        out::data(&serde_json::to_string_pretty(&keys).map_err(anyhow::Error::from)?);
    } else {
        for key in &keys {
            out::data(&line(key));
        }
    }
    Ok(Exit::Ok)
}

fn line(key: &ApiKeyView) -> String {
    format!(
        "{}  {}…  {}  {} ({})  until {}",
        key.id, key.hint, key.state, key.name, key.user_name, key.expires_at
    )
}

async fn create(state: &AppState, options: &CreateKey) -> Outcome {
    let wanted = Wanted {
        name: &options.name,
        scopes: options.scopes.iter().map(String::as_str).collect(),
        days: Some(options.days),
        networks: options.networks.iter().map(String::as_str).collect(),
        row_scope: options.row_scope.as_deref().and_then(ScopeKind::parse),
    };
    let mut ctx = Ctx::internal(state, person(state, &options.whose).await?).await?;
    let fresh = service::create(&mut ctx, &wanted).await?;
    ctx.commit().await?;
    tell(&fresh);
    Ok(Exit::Ok)
}

fn tell(fresh: &FreshApiKey) {
    let key = &fresh.api_key;
    out::word(&format!(
        "{} of {}, until {}. The key is shown once:",
        key.id, key.user_name, key.expires_at
    ));
    out::data(&fresh.key);
}

async fn person(state: &AppState, whose: &WhoseKeys) -> Result<Arc<Caller>, Failure> {
    let found = caller(
        state,
        whose.member.as_deref(),
        whose.organization.as_deref(),
    )
    .await?;
    Ok(Arc::new(found))
}

fn parse(id: &str) -> Result<ApiKeyId, Failure> {
    id.parse()
        .map_err(|e| Failure::new(Exit::Rejected, format!("{id}: {e}")))
}
