//! The use cases of single sign-on.

mod checks;
mod come_back;
mod depart;
mod fields;
mod groups;
mod identities;
mod person;
pub(super) mod protocol;
mod providers;
mod said;

use crate::app::AppState;

pub(super) use checks::{check, find_domain, proof_of, verified};
pub(super) use come_back::{Brought, Outcome, come_back, failed_at};
pub(super) use depart::{Departed, Purpose, depart, provider_for};
pub(super) use identities::{identities, unlink};
pub(super) use providers::{create, delete, get, list, update};

/// Where providers send browsers back to.
fn redirect_uri(state: &AppState) -> String {
    state.config().server.link(super::CALLBACK)
}
