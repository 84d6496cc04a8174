//! `som keys rotate`, `status` and `retire` for the keys of the server. Values are written, never shown.

use std::path::PathBuf;

use chrono::Duration;
use som_domain::ids::OrganizationId;

use super::arguments::ConfigFlags;
use super::secret_file::{change_plain, change_toml};
use super::{Exit, Failure, Outcome, inputs, open, out};
use crate::app::AppState;
use crate::config::{Config, Inputs, Loaded, Origin, Values, keys, random_text};
use crate::db::{ACTIVATION, Purpose};
use crate::rotation::{self, Begun, OfOrganization};
use crate::security::server_key::ServerKey;
use crate::workers::PEOPLE;

/// From a change of the encryption key to the job that wraps with it: every server uses it by then.
const REWRAP_AFTER: Duration = Duration::seconds(ACTIVATION.num_seconds() + 60);

/// Where a key and the one before it are written.
enum Place {
    /// In one file with the rest.
    Toml(PathBuf),
    /// In files of their own.
    Plain { current: PathBuf, previous: PathBuf },
}

fn place(values: &Values, inputs: &Inputs, key: ServerKey) -> Result<Place, Failure> {
    let env = |name: &str| keys::find(name).map_or("", |key| key.env);
    let (current, previous) = (env(key.setting()), env(key.previous_setting()));
    let origin = values.get(key.setting()).map(|(_, origin)| origin.clone());
    match origin {
        Some(Origin::File(path) | Origin::Generated(path)) => Ok(Place::Toml(path)),
        Some(Origin::EnvFile(_, path)) => match inputs.env.get(&format!("{previous}_FILE")) {
            Some(other) => Ok(Place::Plain {
                current: path,
                previous: PathBuf::from(other),
            }),
            None => Err(Failure::new(
                Exit::Configuration,
                format!("{} is in {}, and there is no file for the one before it", key.setting(), path.display()),
            )
            .next(format!("set {previous}_FILE to a file (it may be empty), restart, and try again"))),
        },
        _ => Err(Failure::new(
            Exit::Configuration,
            format!("{} does not come from a file, so it cannot be changed from here", key.setting()),
        )
        .next(format!("set {previous} to its value and {current} to a new one (openssl rand -base64 32), and restart; docs/keys.md tells the order for several servers"))),
    }
}

fn load(flags: &ConfigFlags) -> Result<(Inputs, Loaded), Failure> {
    let inputs = inputs(flags)?;
    let loaded = Config::load(&inputs)?;
    Ok((inputs, loaded))
}

/// Changes a configured key in its file.
pub(super) async fn rotate_configured(flags: &ConfigFlags, key: ServerKey) -> Outcome {
    let (inputs, Loaded { values, .. }) = load(flags)?;
    let text = |name: &str| values.get(name).map_or("", |(text, _)| text);
    let (old, previous) = (text(key.setting()), text(key.previous_setting()));
    if !previous.is_empty() {
        return Err(Failure::new(
            Exit::Conflict,
            format!("the last change of the {} key is not over", key.as_str()),
        )
        .next(format!(
            "som keys status, then som keys retire {}",
            key.as_str()
        )));
    }
    let fresh =
        random_text().map_err(|e| Failure::new(Exit::Unexpected, format!("no randomness: {e}")))?;
    let written = match place(&values, &inputs, key)? {
        Place::Toml(path) => {
            let changes = [
                (key.setting(), Some(&*fresh)),
                (key.previous_setting(), Some(old)),
            ];
            change_toml(&path, &changes)?;
            path
        }
        Place::Plain { current, previous } => {
            // first the old one: a server that reads in between has two names for one key
            change_plain(&previous, old)?;
            change_plain(&current, &fresh)?;
            current
        }
    };
    Config::load(&inputs)?;
    out::word(&format!(
        "The {} key was changed in {}. Running servers read it within 30 seconds and use it {} seconds later.",
        key.as_str(),
        written.display(),
        ACTIVATION.num_seconds()
    ));
    if key == ServerKey::Encryption {
        wrap_soon(flags).await?;
    }
    out::word(&format!(
        "Next: som keys status, and when nothing needs the old one, som keys retire {}",
        key.as_str()
    ));
    Ok(Exit::Ok)
}

async fn wrap_soon(flags: &ConfigFlags) -> Result<(), Failure> {
    let opened = open::open(flags).await?;
    let outcome = match opened.application().await {
        Ok(state) => {
            let at = state.clock().now() + REWRAP_AFTER;
            let queued = rotation::enqueue(&state, at).await;
            state.db().close().await;
            queued.map_err(Failure::from)
        }
        Err(failure) => Err(failure),
    };
    opened.close().await;
    outcome
}

/// Removes the key before the last change from its file.
pub(super) async fn retire(flags: &ConfigFlags, name: &str, now: bool) -> Outcome {
    let Some(key) = ServerKey::parse(name) else {
        return Err(Failure::new(
            Exit::Usage,
            format!("“{name}” is none of session, csrf, cursor, encryption"),
        ));
    };
    let (inputs, Loaded { values, .. }) = load(flags)?;
    let unset = values
        .get(key.previous_setting())
        .is_none_or(|(text, _)| text.is_empty());
    if unset {
        out::word(&format!("There is no {name} key before the one in use."));
        return Ok(Exit::Ok);
    }
    let needed = needed(flags, key).await?;
    if let Some(why) = needed.filter(|_| !now || key == ServerKey::Encryption) {
        return Err(Failure::new(
            Exit::Conflict,
            format!("the {name} key before the one in use is still needed: {why}"),
        ));
    }
    match place(&values, &inputs, key)? {
        Place::Toml(path) => change_toml(&path, &[(key.previous_setting(), None)])?,
        Place::Plain { previous, .. } => change_plain(&previous, "")?,
    }
    out::word(&format!(
        "Removed. Running servers stop accepting it within 30 seconds. The {name} key in use stays."
    ));
    Ok(Exit::Ok)
}

/// Why the key before is still needed.
async fn needed(flags: &ConfigFlags, key: ServerKey) -> Result<Option<String>, Failure> {
    let opened = open::open(flags).await?;
    let status = match opened.application().await {
        Ok(state) => {
            let status = rotation::status(&state, &PEOPLE).await;
            state.db().close().await;
            status.map_err(Failure::from)
        }
        Err(failure) => Err(failure),
    };
    opened.close().await;
    let mut configured = status?.configured.into_iter();
    let found = configured.find(|one| one.key == key.as_str());
    Ok(found.and_then(|one| one.previous?.needed))
}

/// What of an organization's personal data a word means.
pub(super) fn data_purpose(what: &str) -> Option<Purpose> {
    match what {
        "data" => Some(Purpose::Encryption),
        "index" => Some(Purpose::BlindIndex),
        _ => None,
    }
}

/// Begins the rotation of keys in the database, of all organizations or of one.
pub(super) async fn rotate_data(
    state: &AppState,
    purpose: Purpose,
    organization: Option<&str>,
) -> Outcome {
    let mut exit = Exit::Ok;
    let mut last = None;
    let status = rotation::status(state, &PEOPLE).await?;
    let mut configured = status.configured.iter();
    let changing = configured.find(|key| {
        key.key == ServerKey::Encryption.as_str() && key.previous.is_some() && key.since.is_none()
    });
    if changing.is_some() {
        return Err(Failure::new(
            Exit::Temporary,
            "the encryption key was changed, and no server uses the new one yet",
        )
        .next("start a server, or wait two minutes; then try again"));
    }
    let of = |one: &&OfOrganization| organization.is_none_or(|name| one.name == name);
    let chosen: Vec<(OrganizationId, String)> = status
        .organizations
        .iter()
        .filter(of)
        .map(|one| (one.organization, one.name.clone()))
        .collect();
    if chosen.is_empty() {
        return Err(Failure::new(
            Exit::NotFound,
            "there is no such organization",
        ));
    }
    for (id, name) in chosen {
        match rotation::begin(state, id, purpose).await? {
            Begun::From { version, at } => {
                last = last.max(Some(at));
                out::word(&format!("{name}: version {version} is used from {at} on"));
            }
            Begun::UnderWay(since) => {
                exit = Exit::Conflict;
                out::word(&format!(
                    "{name}: a rotation is under way since {since}; it was left alone"
                ));
            }
        }
    }
    if let Some(at) = last {
        rotation::enqueue(state, at).await?;
        out::word(
            "What is stored is brought over in the background then; som keys status tells how far it is.",
        );
    }
    Ok(exit)
}

/// Tells how the keys stand.
pub(super) async fn status(state: &AppState, json: bool) -> Outcome {
    let status = rotation::status(state, &PEOPLE).await?;
    if json {
        out::data(&serde_json::to_string_pretty(&status).map_err(anyhow::Error::from)?);
        return Ok(Exit::Ok);
    }
    for key in &status.configured {
        let since = key
            .since
            .map_or("not seen yet".to_owned(), |at| format!("since {at}"));
        out::data(&format!("{}\t{}\t{since}", key.key, key.key_id));
        if let Some(previous) = &key.previous {
            let needed = previous
                .needed
                .as_deref()
                .unwrap_or("may go: som keys retire");
            out::data(&format!(
                "{}\t{}\tprevious: {needed}",
                key.key, previous.key_id
            ));
        }
    }
    for one in &status.organizations {
        tell(one);
    }
    Ok(Exit::Ok)
}

fn tell(one: &OfOrganization) {
    for key in &one.keys {
        let when = key.destroyed_at.unwrap_or(key.active_from);
        out::data(&format!(
            "{}\t{}\tversion {}\t{} since {when}\twrapped by {}",
            one.name, key.purpose, key.version, key.state, key.wrapped_by
        ));
    }
    for part in &one.parts {
        let state = match part.finished_at {
            Some(at) => format!("done {at}"),
            None => "under way".to_owned(),
        };
        out::data(&format!(
            "{}\t{}\t{state}\t{} looked at, {} sealed anew, {} passed over, {} do not open",
            one.name, part.part, part.seen, part.resealed, part.passed_over, part.unreadable
        ));
    }
    if let Some(at) = one.destroys_from {
        out::data(&format!(
            "{}\told keys are destroyed from {at} on, when nothing needs them",
            one.name
        ));
    }
}
