//! The configured keys of a running server: read again every half minute and when asked (SIGHUP), so that changing one stops nothing.

use std::future::pending;
use std::time::Duration as StdDuration;

use chrono::{DateTime, Duration, Utc};
use serde_json::json;
use tokio::signal::unix::Signal;
use tokio_util::sync::CancellationToken;

use super::store;
use crate::app::AppState;
use crate::audit::note_by_system;
use crate::config::{Config, Inputs, Secrets};
use crate::db::ACTIVATION;
use crate::security::server_key::{ServerKey, are_same, between};

/// How often the configuration is read.
const EVERY: StdDuration = StdDuration::from_secs(30);

/// What a process knows of the keys it should use.
struct Renewal {
    /// What the configuration said last.
    wanted: Secrets,
    /// Since when it says so, while that is not used yet.
    since: Option<DateTime<Utc>>,
}

impl Renewal {
    /// What the configuration says now; what to go on with, when that is something else.
    fn see(&mut self, used: &Secrets, read: Secrets, now: DateTime<Utc>) -> Option<Secrets> {
        if !are_same(&read, &self.wanted) {
            self.wanted = read.clone();
            let first = between(used, &read);
            self.since = first.is_some().then_some(now);
            return Some(first.unwrap_or(read));
        }
        if self.since.is_some_and(|since| now - since >= ACTIVATION) {
            self.since = None;
            return Some(read);
        }
        None
    }

    /// When to look again.
    fn pause(&self, now: DateTime<Utc>) -> StdDuration {
        let rest = self.since.map(|since| since + ACTIVATION - now);
        let rest = rest.and_then(|rest| rest.max(Duration::zero()).to_std().ok());
        rest.map_or(EVERY, |rest| rest.min(EVERY))
    }
}

/// Follows the configuration until stopped; `hurry` has it read at once.
pub async fn follow(
    state: AppState,
    inputs: Inputs,
    mut hurry: Option<Signal>,
    stop: CancellationToken,
) {
    let mut renewal = Renewal {
        wanted: (*state.secrets()).clone(),
        since: None,
    };
    if let Err(error) = note_keys(&state).await {
        tracing::warn!(%error, "the configured keys cannot be noted");
    }
    loop {
        let asked = async {
            match &mut hurry {
                Some(signal) => signal.recv().await,
                None => pending().await,
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            _ = asked => {}
            () = tokio::time::sleep(renewal.pause(state.clock().now())) => {}
        }
        match read(inputs.clone()).await {
            Ok(read) => apply(&state, &mut renewal, read).await,
            Err(error) => {
                tracing::warn!(%error, "the configuration cannot be read again: the keys stay as they are");
            }
        }
    }
}

async fn read(inputs: Inputs) -> anyhow::Result<Secrets> {
    let loaded = tokio::task::spawn_blocking(move || Config::load(&inputs)).await??;
    Ok(loaded.config.secrets)
}

async fn apply(state: &AppState, renewal: &mut Renewal, read: Secrets) {
    let Some(next) = renewal.see(&state.secrets(), read, state.clock().now()) else {
        return;
    };
    if let Err(error) = state.renew_secrets(next) {
        tracing::error!(%error, "the configured keys cannot be used: they stay as they are");
        return;
    }
    if renewal.since.is_some() {
        tracing::info!(
            "new keys were configured: they are accepted, and used in {} seconds",
            ACTIVATION.num_seconds()
        );
    } else {
        tracing::info!("the configured keys are in use");
    }
    if let Err(error) = note_keys(state).await {
        tracing::warn!(%error, "the configured keys cannot be noted");
    }
}

/// Writes down which keys are configured, for their age; a change is an entry of every organization's audit log.
///
/// # Errors
/// When the database does not answer.
pub async fn note_keys(state: &AppState) -> anyhow::Result<()> {
    let (now, secrets) = (state.clock().now(), state.secrets());
    for key in ServerKey::ALL {
        let id = key.id(key.of(&secrets).0)?;
        let mut tx = state.db().worker().await?;
        let is_change = store::note_server_key(&mut tx, key.as_str(), &id, now).await?;
        tx.commit().await?;
        if is_change {
            audit(state, key, &id).await?;
        }
    }
    Ok(())
}

async fn audit(state: &AppState, key: ServerKey, id: &str) -> Result<(), sqlx::Error> {
    let mut tx = state.db().worker().await?;
    let organizations = store::organizations(&mut tx).await?;
    tx.commit().await?;
    for organization in organizations {
        let mut tx = state.db().tenant(organization).await?;
        let facts = json!({ "key": key.as_str(), "key_id": id });
        note_by_system(state, &mut tx, "key_changed", facts).await?;
        tx.commit().await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_key_is_used_when_everybody_must_have_seen_it() {
        let start: DateTime<Utc> = "2026-03-01T10:00:00Z".parse().unwrap();
        let old = Secrets::random().unwrap();
        let mut new = old.clone();
        let fresh = Secrets::random().unwrap().session_key;
        new.session_key_previous = Some(std::mem::replace(&mut new.session_key, fresh));
        let mut renewal = Renewal {
            wanted: old.clone(),
            since: None,
        };
        assert!(renewal.see(&old, old.clone(), start).is_none());
        assert_eq!(renewal.pause(start), EVERY);
        let first = renewal.see(&old, new.clone(), start).unwrap();
        assert!(are_same(&first, &between(&old, &new).unwrap()));
        let soon = start + ACTIVATION - Duration::seconds(10);
        assert!(renewal.see(&first, new.clone(), soon).is_none());
        assert_eq!(renewal.pause(soon), StdDuration::from_secs(10));
        let later = start + ACTIVATION;
        let second = renewal.see(&first, new.clone(), later).unwrap();
        assert!(are_same(&second, &new));
        assert!(renewal.see(&second, new.clone(), later).is_none());
        // the old one goes without waiting
        let mut without = new.clone();
        without.session_key_previous = None;
        let third = renewal.see(&second, without.clone(), later).unwrap();
        assert!(are_same(&third, &without) && renewal.since.is_none());
    }

    #[test]
    fn a_change_that_is_taken_back_is_not_used() {
        let start: DateTime<Utc> = "2026-03-01T10:00:00Z".parse().unwrap();
        let old = Secrets::random().unwrap();
        let mut renewal = Renewal {
            wanted: old.clone(),
            since: None,
        };
        let first = renewal
            .see(&old, Secrets::random().unwrap(), start)
            .unwrap();
        let back = renewal.see(&first, old.clone(), start).unwrap();
        assert!(are_same(&back, &old));
        assert!(
            renewal
                .see(&back, old.clone(), start + ACTIVATION)
                .is_none()
        );
    }
}
