//! Tells owners of keys that they end: 14 days before, and 3 days before.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::json;

use super::store::{self, EndingRow};
use crate::app::AppState;
use crate::config::MailTransport;
use crate::db::SystemTx;
use crate::jobs::{Job, JobKind, JobResult};
use crate::mail::{EndingKey, Letter, post};

/// Name of the kind.
const KIND: &str = "api_keys.ending";
/// Days before the end, the nearest first: what is that near is told once.
const STAGES: [i32; 2] = [3, 14];
/// Keys at a time: what is left is found an hour later.
const BATCH: i64 = 500;

/// Writes the letters before the end, every hour.
pub fn kind() -> JobKind {
    JobKind::new(KIND, run).hourly()
}

async fn run(state: AppState, _: Job) -> JobResult {
    let mut told = 0;
    // without mail nobody is told, and nothing is noted: mail may be set up in time
    if state.config().mail.transport != MailTransport::Off {
        let now = state.clock().now();
        let mut tx = state.db().worker().await?;
        for days in STAGES {
            told += tell(&state, &mut tx, days, now).await?;
        }
        tx.commit().await?;
    }
    Ok(json!({ "told": told }))
}

/// One letter for each address, whatever the number of its keys; returns how many keys it was about.
async fn tell(
    state: &AppState,
    tx: &mut SystemTx,
    days: i32,
    now: DateTime<Utc>,
) -> Result<usize, sqlx::Error> {
    let mut people: BTreeMap<String, Vec<EndingRow>> = BTreeMap::new();
    for row in store::ending(tx, days, now, BATCH).await? {
        people.entry(row.email.clone()).or_default().push(row);
    }
    let (mut organizations, mut ids) = (Vec::new(), Vec::new());
    for (email, rows) in people {
        if post(tx, state, now, &email, &letter(&rows)).await? {
            organizations.extend(rows.iter().map(|row| row.organization_id));
            ids.extend(rows.iter().map(|row| row.id));
        }
    }
    store::warned(tx, &organizations, &ids, days).await?;
    Ok(ids.len())
}

fn letter(rows: &[EndingRow]) -> Letter {
    let keys = rows.iter().map(|row| EndingKey {
        name: row.name.clone(),
        hint: row.hint.clone(),
        expires_at: row.expires_at,
    });
    Letter::ApiKeysEnd {
        keys: keys.collect(),
    }
}
