//! Failed sign-ins are entries of the log: by which method, and how many there were. Written as readings are, a moment later, so that no
//! answer tells by its time whether there is an account; and once per person, method and ten minutes, so that no flood of guesses is one of
//! entries. Who guesses at an address without an account leaves nothing: there is nobody whose log it would be.

use chrono::{DateTime, Utc};
use serde_json::json;
use som_domain::ids::{OrganizationId, RequestId};
use uuid::Uuid;

use super::reads::{Read, Reads};
use crate::app::AppState;
use crate::http::Origin;

/// A sign-in that failed.
#[derive(Debug)]
pub struct FailedSignIn<'a> {
    /// Whose account it was about.
    pub user: Uuid,
    /// In whose logs it belongs.
    pub organizations: &'a [Uuid],
    /// `pwd`, `otp` or `recovery_code`.
    pub method: &'static str,
    /// How many failed by now.
    pub failures: u32,
    /// The request.
    pub origin: Origin,
    /// When.
    pub now: DateTime<Utc>,
}

impl Reads {
    /// Notes a failed sign-in. It never fails: the answer must not depend on it.
    pub async fn note_failure(&self, state: &AppState, failed: &FailedSignIn<'_>) {
        for &organization in failed.organizations {
            let page = Some(format!("sign_in_failed {}", failed.method));
            let known = (organization, failed.user, "user", failed.user, page);
            let read = entry(state, organization, failed);
            if let Err(error) = self.put(state, known, read).await {
                tracing::warn!(%error, "a failed sign-in waits for the audit log");
            }
        }
    }
}

fn entry(state: &AppState, organization: Uuid, failed: &FailedSignIn<'_>) -> Read {
    Read {
        organization: OrganizationId::from_uuid(organization),
        id: state.ids().next(failed.now),
        at: failed.now,
        // nobody knows who it was
        actor_id: None,
        actor_kind: "system",
        actor_name: "System".to_owned(),
        request_id: failed.origin.request.map(RequestId::uuid),
        ip: failed.origin.ip.map(|ip| ip.to_string()),
        entity: "user",
        entity_id: failed.user,
        action: "sign_in_failed",
        facts: json!({ "method": failed.method, "failures": failed.failures }),
    }
}
