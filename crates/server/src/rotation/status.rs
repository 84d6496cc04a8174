//! How the keys stand: how old, what is under way, what may go. Never a value.

use std::time::Duration as StdDuration;

use chrono::{DateTime, Duration, Utc};
use serde::Serialize;
use som_domain::ids::OrganizationId;

use super::data::due;
use super::people::People;
use super::store::{self, ProgressRow};
use crate::app::AppState;
use crate::audit;
use crate::db::{ACTIVATION, Purpose};
use crate::http::list::CURSOR_VALID;
use crate::security::server_key::ServerKey;

/// A letter with a link waits as long at most.
const LETTERS_WAIT: Duration = Duration::hours(24);

/// A configured key.
#[derive(Debug, Serialize)]
pub struct ConfiguredKey {
    /// `session`, `csrf`, `cursor` or `encryption`.
    pub key: &'static str,
    /// Tells it apart from others.
    pub key_id: String,
    /// Since when it is known; none when no server has seen it yet.
    pub since: Option<DateTime<Utc>>,
    /// The one that is accepted beside it.
    pub previous: Option<Previous>,
}

/// A key that was replaced, or is to come.
#[derive(Debug, Serialize)]
pub struct Previous {
    /// Tells it apart from others.
    pub key_id: String,
    /// Why it is still needed; none: it may go.
    pub needed: Option<String>,
}

/// A version of an organization's keys.
#[derive(Debug, Serialize)]
pub struct DataKey {
    /// `encryption` or `blind_index`.
    pub purpose: String,
    /// Its number.
    pub version: i32,
    /// `coming`, `in_use`, `old` or `destroyed`.
    pub state: &'static str,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// From when on it is used.
    pub active_from: DateTime<Utc>,
    /// When it was destroyed.
    pub destroyed_at: Option<DateTime<Utc>>,
    /// The encryption key it is wrapped with.
    pub wrapped_by: String,
}

/// How far a part of an organization's data is.
#[derive(Debug, Serialize)]
pub struct Progress {
    /// The table.
    pub part: String,
    /// To which versions its rows are brought.
    pub encryption_version: i32,
    /// The same of the index.
    pub index_version: i32,
    /// When the last walk began.
    pub begun_at: DateTime<Utc>,
    /// Rows it looked at,
    pub seen: i64,
    /// sealed anew,
    pub resealed: i64,
    /// left to the next walk because somebody was changing them,
    pub passed_over: i64,
    /// and did not open.
    pub unreadable: i64,
    /// When a walk found nothing to do any more.
    pub finished_at: Option<DateTime<Utc>>,
}

impl From<ProgressRow> for Progress {
    fn from(row: ProgressRow) -> Self {
        Self {
            part: row.part,
            encryption_version: row.encryption_version,
            index_version: row.index_version,
            begun_at: row.begun_at,
            seen: row.seen,
            resealed: row.resealed,
            passed_over: row.passed_over,
            unreadable: row.unreadable,
            finished_at: row.finished_at,
        }
    }
}

/// How the keys of an organization stand.
#[derive(Debug, Serialize)]
pub struct OfOrganization {
    /// Which one.
    pub organization: OrganizationId,
    /// Its name.
    pub name: String,
    /// Its keys.
    pub keys: Vec<DataKey>,
    /// How far a rotation is.
    pub parts: Vec<Progress>,
    /// From when on old keys are destroyed; none when there are none.
    pub destroys_from: Option<DateTime<Utc>>,
}

/// How everything stands.
#[derive(Debug, Serialize)]
pub struct Status {
    /// The configured keys.
    pub configured: Vec<ConfiguredKey>,
    /// Those of personal data.
    pub organizations: Vec<OfOrganization>,
}

/// Looks at all keys.
///
/// # Errors
/// When the database does not answer.
pub async fn status(state: &AppState, people: &[People]) -> anyhow::Result<Status> {
    let mut tx = state.db().worker().await?;
    let ids = store::organizations(&mut tx).await?;
    let seen = store::server_keys(&mut tx).await?;
    let mut of_people = 0;
    for people in people {
        of_people += (people.outdated)(state, &mut tx).await?;
    }
    tx.commit().await?;
    let mut organizations = Vec::new();
    for id in ids {
        organizations.push(of_organization(state, id).await?);
    }
    let kek = state.db().vault().kek();
    let others = |key: &&DataKey| key.destroyed_at.is_none() && key.wrapped_by != kek.current();
    let keys = organizations.iter().flat_map(|one| &one.keys);
    let wrapped = keys.filter(others).count();
    let vouched = audit::vouched_for(state).await?;
    let secrets = state.secrets();
    let mut configured = Vec::new();
    for key in ServerKey::ALL {
        let (current, previous) = key.of(&secrets);
        let key_id = key.id(current)?;
        let mut known = seen.iter().filter(|s| s.purpose == key.as_str());
        let since = known.find(|s| s.key_id == key_id).map(|s| s.first_seen_at);
        let needed = match key {
            ServerKey::Encryption => still_wraps(wrapped, of_people, vouched),
            _ => still_accepted(state, key, since),
        };
        let previous = match previous {
            Some(value) => Some(Previous {
                key_id: key.id(value)?,
                needed,
            }),
            None => None,
        };
        configured.push(ConfiguredKey {
            key: key.as_str(),
            key_id,
            since,
            previous,
        });
    }
    Ok(Status {
        configured,
        organizations,
    })
}

fn still_wraps(keys: usize, people: i64, vouched: bool) -> Option<String> {
    match (keys, people, vouched) {
        (0, 0, true) => None,
        (0, 0, false) => Some("the new key does not vouch for its checkpoints yet".to_owned()),
        _ => Some(format!(
            "{keys} keys of organizations and {people} secrets of people are wrapped with it"
        )),
    }
}

/// What the key before made is good for some time.
fn still_accepted(
    state: &AppState,
    key: ServerKey,
    since: Option<DateTime<Utc>>,
) -> Option<String> {
    let session = &state.config().session;
    let of = |time: StdDuration| Duration::from_std(time).unwrap_or(Duration::zero());
    let (life, what) = match key {
        ServerKey::Session => (
            of(session.access_ttl).max(LETTERS_WAIT),
            "access tokens and links of letters that wait",
        ),
        ServerKey::Csrf => (of(session.remember.max(session.absolute)), "sessions"),
        ServerKey::Cursor | ServerKey::Encryption => (CURSOR_VALID, "cursors of lists"),
    };
    let Some(since) = since else {
        return Some("no server has seen the new key yet".to_owned());
    };
    let until = since + ACTIVATION + life;
    (state.clock().now() < until).then(|| format!("{what} may be of it until {until}"))
}

async fn of_organization(
    state: &AppState,
    id: OrganizationId,
) -> Result<OfOrganization, sqlx::Error> {
    let mut tx = state.db().tenant(id).await?;
    let versions = state.db().vault().versions(&mut tx, id).await?;
    let in_use = tx.keys().current()?;
    let name = store::name(&mut tx, id.uuid()).await?;
    let parts = store::progress(&mut tx, id.uuid()).await?;
    tx.commit().await?;
    let destroys_from = [
        due(&versions, in_use.0, Purpose::Encryption),
        due(&versions, in_use.1, Purpose::BlindIndex),
    ];
    let keys = versions.iter().map(|version| {
        let current = if version.purpose == Purpose::Encryption.as_str() {
            in_use.0
        } else {
            in_use.1
        };
        let state = match version.version.cmp(&current) {
            _ if version.destroyed_at.is_some() => "destroyed",
            std::cmp::Ordering::Less => "old",
            std::cmp::Ordering::Equal => "in_use",
            std::cmp::Ordering::Greater => "coming",
        };
        DataKey {
            purpose: version.purpose.clone(),
            version: version.version,
            state,
            created_at: version.created_at,
            active_from: version.active_from,
            destroyed_at: version.destroyed_at,
            wrapped_by: version.kek.clone(),
        }
    });
    Ok(OfOrganization {
        organization: id,
        name,
        keys: keys.collect(),
        parts: parts.into_iter().map(Progress::from).collect(),
        destroys_from: destroys_from.into_iter().flatten().max(),
    })
}
