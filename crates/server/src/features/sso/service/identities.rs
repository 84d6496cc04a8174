//! Who a person is at identity providers, as the person sees it.

use chrono::{DateTime, Utc};
use serde_json::json;
use som_domain::ids::IdentityId;

use super::super::store;
use super::super::view::{IdentityList, IdentityView};
use crate::app::AppState;
use crate::caller::Caller;
use crate::db::SystemScope;
use crate::features::auth;
use crate::http::{ApiResult, Origin, Problem};
use crate::mail::{FactorEvent, Letter, post};

/// The caller's identities in the organization worked for.
pub(in super::super) async fn identities(
    state: &AppState,
    caller: &Caller,
) -> ApiResult<IdentityList> {
    let (organization, user) = (caller.organization.id.uuid(), caller.user_id.uuid());
    let mut tx = state.db().system(SystemScope::Identity).await?;
    let rows = store::identities(&mut tx, organization, user).await?;
    Ok(IdentityList {
        data: rows.into_iter().map(IdentityView::from).collect(),
    })
}

/// Forgets one of them. Errors: 404.
pub(in super::super) async fn unlink(
    state: &AppState,
    caller: &Caller,
    id: IdentityId,
    origin: Origin,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    let (organization, user) = (caller.organization.id.uuid(), caller.user_id.uuid());
    let mut tx = state.db().system(SystemScope::Identity).await?;
    let issuer = store::delete_identity(&mut tx, organization, user, id.uuid()).await?;
    let issuer = issuer.ok_or_else(|| Problem::not_found("identity"))?;
    let deed = auth::service::Deed {
        action: "identity_unlinked",
        facts: json!({ "issuer": issuer }),
        origin,
        now,
    };
    auth::service::audit(state, &mut tx, user, &deed).await?;
    let letter = Letter::SecondFactor {
        event: FactorEvent::IdentityUnlinked { issuer },
        at: now,
    };
    post(&mut tx, state, now, &caller.email, &letter).await?;
    Ok(tx.commit().await?)
}
