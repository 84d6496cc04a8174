//! `som audit`: proves that the log is what was written, and looks into it.

use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, Utc};
use som_domain::ids::{OrderId, OrganizationId};
use uuid::Uuid;

use super::arguments::{AuditCommand, ConfigFlags, SearchAudit};
use super::{Exit, Failure, Outcome, open, out};
use crate::app::AppState;
use crate::audit::{Checkpoint, verify};
use crate::db::SystemScope;
use crate::features::audit::{AuditEntry, Question, search};
use crate::features::imports;
use crate::objects::Sight;

pub(super) async fn run(flags: &ConfigFlags, command: AuditCommand) -> Outcome {
    let opened = open::open(flags).await?;
    let outcome = match opened.application().await {
        Ok(state) => {
            let outcome = match command {
                AuditCommand::Verify { checkpoints, json } => {
                    prove(&state, checkpoints, json).await
                }
                AuditCommand::Search(options) => look(&state, &options).await,
            };
            state.db().close().await;
            outcome
        }
        Err(failure) => Err(failure),
    };
    opened.close().await;
    outcome
}

async fn prove(state: &AppState, checkpoints: Option<PathBuf>, json: bool) -> Outcome {
    let configured = state.config().audit.checkpoints_file.clone();
    let outside = match &checkpoints {
        Some(path) => Checkpoint::read(path),
        None => Checkpoint::outside(configured.as_deref()),
    };
    let outside = outside.map_err(|error| {
        let file = checkpoints.or(configured).unwrap_or_default();
        Failure::new(Exit::Integrity, format!("{}: {error}", file.display()))
    })?;
    let mut tx = state.db().system(SystemScope::Identity).await?;
    let organizations = sqlx::query!("select id, name from organizations order by created_at")
        .fetch_all(&mut *tx)
        .await?;
    tx.commit().await?;
    let mut exit = Exit::Ok;
    for organization in organizations {
        let id = OrganizationId::from_uuid(organization.id);
        let verdict = verify(state, id, &outside).await?;
        if verdict.finding.is_some() {
            exit = Exit::Integrity;
        }
        if json {
            let line = serde_json::json!({ "organization": id, "name": organization.name, "verdict": verdict });
            out::data(&line.to_string());
            continue;
        }
        let state = match &verdict.finding {
            None => "ok".to_owned(),
            Some(finding) => format!("BROKEN: {finding}"),
        };
        out::data(&format!("{}\t{state}", organization.name));
        let since = verdict.unsealed_since.map(|at| format!(" since {at}"));
        out::word(&format!(
            "{}: {} entries hold, {} checkpoints, {} not sealed yet{}",
            organization.name,
            verdict.entries,
            verdict.checkpoints,
            verdict.unsealed,
            since.unwrap_or_default()
        ));
    }
    Ok(exit)
}

async fn look(state: &AppState, options: &SearchAudit) -> Outcome {
    let caller = imports::service::caller(state, None, options.organization.as_deref()).await?;
    let question = Question {
        entity: options.entity.clone(),
        entity_id: options.id.as_deref().map(any_id).transpose()?,
        actor: options.actor.clone(),
        action: options.action.clone(),
        since: options.since.as_deref().map(instant).transpose()?,
        until: options.until.as_deref().map(instant).transpose()?,
        limit: i64::from(options.limit),
    };
    let organization = caller.organization.id;
    let mut tx = state.db().tenant_read(organization).await?;
    let rows = search(&mut tx, organization.uuid(), &question).await?;
    let objects = rows.iter().map(|row| (&*row.entity, row.entity_id));
    let names = Sight::of(&caller).names(&mut tx, objects).await?;
    drop(tx);
    for entry in rows.into_iter().map(|row| AuditEntry::new(row, &names)) {
        let text = serde_json::to_string(&entry).map_err(anyhow::Error::from)?;
        if options.json {
            out::data(&text);
            continue;
        }
        let who = if entry.actor_name.is_empty() {
            &entry.actor_kind
        } else {
            &entry.actor_name
        };
        let object = entry.entity_name.as_deref().unwrap_or_default();
        out::data(&format!(
            "{}\t{who}\t{} {} {object}\t{}\t{}",
            entry.at, entry.entity, entry.entity_id, entry.action, entry.diff
        ));
    }
    Ok(Exit::Ok)
}

/// An id as the API writes it, of any kind, or a bare UUID.
fn any_id(text: &str) -> Result<Uuid, Failure> {
    let body = text.rsplit_once('_').map_or("", |(_, body)| body);
    let parsed = format!("{}_{body}", OrderId::PREFIX)
        .parse::<OrderId>()
        .map(OrderId::uuid)
        .or_else(|_| text.parse::<Uuid>());
    parsed.map_err(|_| {
        Failure::new(
            Exit::Usage,
            format!("“{text}” is not an id such as ord_ and 26 characters"),
        )
    })
}

/// A date (its beginning in UTC) or an instant.
fn instant(text: &str) -> Result<DateTime<Utc>, Failure> {
    let date = text.parse::<NaiveDate>().ok();
    let at = date
        .and_then(|date| date.and_hms_opt(0, 0, 0))
        .map(|at| at.and_utc())
        .or_else(|| {
            DateTime::parse_from_rfc3339(text)
                .ok()
                .map(|at| at.to_utc())
        });
    at.ok_or_else(|| {
        Failure::new(
            Exit::Usage,
            format!("“{text}” is neither a date such as 2026-02-28 nor an instant such as 2026-02-28T09:30:00Z"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_instants_are_read_in_their_forms() {
        let id = Uuid::from_u128(7);
        let outside = OrderId::from_uuid(id).to_string().replace("ord", "cus");
        assert_eq!(any_id(&outside).unwrap(), id);
        assert_eq!(any_id(&id.to_string()).unwrap(), id);
        assert_eq!(any_id("cus_7").unwrap_err().exit, Exit::Usage);
        let day = instant("2026-02-28").unwrap();
        assert_eq!(day, instant("2026-02-28T01:00:00+01:00").unwrap());
        assert_eq!(instant("yesterday").unwrap_err().exit, Exit::Usage);
    }
}
