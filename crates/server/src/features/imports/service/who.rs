//! On whose behalf the command line imports.

use som_domain::ids::{OrganizationId, UserId};

use crate::app::AppState;
use crate::caller::Caller;
use crate::db::SystemScope;
use crate::features::auth;
use crate::features::imports::store;
use crate::http::{ApiResult, Problem};

/// The member with this address, or the owner of the organization of this name, or of the only one there is.
///
/// # Errors
/// 404 when there is none, 409 `ambiguous_organization` when there are several.
pub async fn caller(
    state: &AppState,
    email: Option<&str>,
    organization: Option<&str>,
) -> ApiResult<Caller> {
    if let Some(email) = email {
        return auth::service::caller_by_email(state, email).await;
    }
    let mut tx = state.db().system(SystemScope::Identity).await?;
    let owners = store::owners(&mut tx, organization).await?;
    drop(tx);
    match owners.as_slice() {
        [] => Err(Problem::not_found("organization with an owner").into()),
        [(organization, user)] => {
            auth::service::caller(
                state,
                OrganizationId::from_uuid(*organization),
                UserId::from_uuid(*user),
            )
            .await
        }
        _ => Err(Problem::conflict(
            "ambiguous_organization",
            "There are several organizations; say which with --organization NAME or --as EMAIL.",
        )
        .into()),
    }
}
