//! What a role gives, and who may give it: nobody lifts others, or touches them, above themselves.

use som_domain::ids::RoleId;
use sqlx::PgConnection;
use uuid::Uuid;

use super::super::input::RoleName;
use super::super::store::MemberRow;
use crate::caller::Caller;
use crate::ctx::Ctx;
use crate::features::roles;
use crate::features::roles::service::Given;
use crate::http::{ApiResult, FieldProblem, Problem};
use crate::permission::{Permissions, Role};

/// 403 `only_owners` for everybody else.
pub(crate) fn only_owners(caller: &Caller) -> Result<(), Problem> {
    if caller.role == Role::Owner {
        return Ok(());
    }
    Err(Problem::forbidden(
        "only_owners",
        "Only an owner makes or changes owners.",
    ))
}

/// The role that is to be given, when one is named. Errors: 422 for two roles or an unknown one, 403 for one with more than the giver has.
pub(crate) async fn given(
    ctx: &mut Ctx,
    role: Option<RoleName>,
    own: Option<RoleId>,
) -> ApiResult<Option<Given>> {
    let refused = |code: &str, detail: &str| {
        Problem::invalid(vec![FieldProblem::at("/role_id", code, detail)])
    };
    let organization = ctx.organization();
    let given = match (role.and_then(|role| Role::parse(role.as_str())), own) {
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => {
            let detail = "Name either a built-in role or one of your own.";
            return Err(refused("not_applicable", detail).into());
        }
        (Some(base), None) => Given {
            base,
            permissions: base.permissions(),
        },
        (None, Some(id)) => roles::service::to_give(ctx.db(), organization, id)
            .await?
            .ok_or_else(|| refused("unknown_role", "There is no such role."))?,
    };
    beyond(&ctx.caller, given.permissions)?;
    Ok(Some(given))
}

/// Whether a member may still give a role; `false` also when there is no such role any more.
///
/// # Errors
/// The database's.
pub(crate) async fn may_give(
    db: &mut PgConnection,
    giver: &Caller,
    role: &str,
    own: Option<RoleId>,
) -> ApiResult<bool> {
    let organization: Uuid = giver.organization.id.uuid();
    let permissions = match own {
        Some(id) => roles::service::to_give(db, organization, id)
            .await?
            .map(|given| given.permissions),
        None => Role::parse(role).map(Role::permissions),
    };
    let owners_only = own.is_none() && role == Role::Owner.as_str();
    let covered = permissions.is_some_and(|permissions| giver.permissions.covers(permissions));
    Ok(covered && (!owners_only || giver.role == Role::Owner))
}

/// What a member may do.
pub(super) fn held(row: &MemberRow) -> Permissions {
    match &row.role_permissions {
        Some(names) => Permissions::named(names),
        None => Role::parse(&row.role).map_or_else(Permissions::default, Role::permissions),
    }
}

/// 403 for who has less than these permissions: nobody lifts others, or touches them, above themselves.
pub(super) fn beyond(caller: &Caller, permissions: Permissions) -> Result<(), Problem> {
    if caller.permissions.covers(permissions) {
        return Ok(());
    }
    Err(Problem::forbidden(
        "role_beyond_yours",
        "The role allows more than you may do yourself.",
    ))
}
