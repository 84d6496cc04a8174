//! The use cases of roles. Nobody can give away what they do not have: a role holds permissions of its maker only.

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use som_domain::ids::RoleId;
use sqlx::PgConnection;
use uuid::Uuid;

use super::input::{NewRole, PermissionName, RolePatch};
use super::store::{self, RoleRow};
use super::view::{RoleList, RoleView};
use crate::caller::Caller;
use crate::ctx::{Ctx, Event};
use crate::http::input::nearest;
use crate::http::{ApiError, ApiResult, FieldProblem, IfMatch, Problem, on_constraint};
use crate::permission::{Permission, Permissions, Role, ScopeKind};

/// Roles of an organization's own at most.
const OWN_MAX: usize = 100;

/// What refers to a role: members, and groups of identity providers.
const USES: [&str; 2] = [
    "memberships_role_id_fkey",
    "identity_provider_groups_role_id_fkey",
];

/// A role that is to be given to a member.
#[derive(Debug, Clone, Copy)]
pub struct Given {
    /// The built-in role it was made from.
    pub base: Role,
    /// What it allows.
    pub permissions: Permissions,
}

/// What a role allows; held as it is until the transaction ends. `None`: there is no such role.
///
/// # Errors
/// The database's.
pub async fn to_give(
    db: &mut PgConnection,
    organization: Uuid,
    id: RoleId,
) -> ApiResult<Option<Given>> {
    store::lock(db, organization, id.uuid()).await?;
    let row = store::get(db, organization, id.uuid()).await?;
    Ok(row.and_then(|row| {
        Some(Given {
            base: Role::parse(&row.base)?,
            permissions: Permissions::named(&row.permissions),
        })
    }))
}

/// All roles.
pub(super) async fn list(db: &mut PgConnection, caller: &Caller) -> ApiResult<RoleList> {
    let organization = caller.organization.id.uuid();
    let counts = store::built_in_members(db, organization).await?;
    let members = |role: Role| {
        let found = counts.iter().find(|(name, _)| name == role.as_str());
        found.map_or(0, |(_, members)| *members)
    };
    let built_in = Role::ALL
        .iter()
        .map(|role| RoleView::built_in(*role, &caller.organization, members(*role)));
    let own = store::list(db, organization, limit()).await?;
    Ok(RoleList {
        data: built_in
            .chain(own.into_iter().map(RoleView::from))
            .collect(),
        permissions: Permission::ALL.iter().map(|p| p.as_str()).collect(),
    })
}

fn limit() -> i64 {
    i64::try_from(OWN_MAX).unwrap_or(i64::MAX)
}

/// One of the organization's own roles.
pub(super) async fn get(db: &mut PgConnection, caller: &Caller, id: RoleId) -> ApiResult<RoleView> {
    Ok(find(db, caller, id).await?.into())
}

async fn find(db: &mut PgConnection, caller: &Caller, id: RoleId) -> ApiResult<RoleRow> {
    store::get(db, caller.organization.id.uuid(), id.uuid())
        .await?
        .ok_or_else(|| Problem::not_found("role").into())
}

/// Makes a role. Errors: 409 `duplicate_name`, `too_many_roles`; 422 `unknown_permission`, `permission_not_yours`, `out_of_range`.
pub(super) async fn create(ctx: &mut Ctx, new: NewRole) -> ApiResult<RoleView> {
    let base = Role::from(new.base);
    let mut problems = Vec::new();
    let permissions = match &new.permissions {
        Some(names) => chosen(&ctx.caller, names, Permissions::default(), &mut problems),
        None => base.permissions(),
    };
    if new.permissions.is_none() && !ctx.caller.permissions.covers(permissions) {
        problems.push(not_yours("/base"));
    }
    check_limits(
        new.discount_limit.map(|limit| limit.decimal()),
        new.approval_limit.map(|limit| limit.decimal()),
        &mut problems,
    );
    refuse(problems)?;
    let organization = ctx.organization();
    if store::list(ctx.db(), organization, limit()).await?.len() >= OWN_MAX {
        let detail = format!("An organization has at most {OWN_MAX} roles of its own.");
        return Err(Problem::conflict("too_many_roles", detail).into());
    }
    let scope = new.row_scope.map_or(base.default_scope(), ScopeKind::from);
    let row = RoleRow {
        id: ctx.new_id(),
        name: new.name.into_string(),
        base: base.as_str().to_owned(),
        permissions: owned(permissions),
        row_scope: scope.as_str().to_owned(),
        discount_limit: new.discount_limit.map(|limit| limit.decimal()),
        approval_limit: new.approval_limit.map(|limit| limit.decimal()),
        members: 0,
        version: 1,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    write(ctx, &row).await?;
    let facts = json!({ "name": row.name, "base": row.base, "permissions": row.permissions, "row_scope": row.row_scope });
    ctx.record(Event::new("role", row.id, 1, "created", facts));
    Ok(row.into())
}

/// Changes a role. Errors: as [`create`], and 412 `stale_version`.
pub(super) async fn update(
    ctx: &mut Ctx,
    id: RoleId,
    if_match: &IfMatch,
    patch: RolePatch,
) -> ApiResult<RoleView> {
    let organization = ctx.organization();
    store::lock(ctx.db(), organization, id.uuid()).await?;
    let caller = std::sync::Arc::clone(&ctx.caller);
    let before = find(ctx.db(), &caller, id).await?;
    ctx.check_version(if_match, "role", id.uuid(), before.version)
        .await?;
    let after = changed(&caller, before.clone(), patch)?;
    let diff = diff(&before, &after);
    if diff.is_empty() {
        return Ok(before.into());
    }
    let row = RoleRow {
        version: before.version + 1,
        updated_at: ctx.now,
        ..after
    };
    write(ctx, &row).await?;
    let event = Event::new("role", row.id, row.version, "updated", Value::Object(diff));
    ctx.record(event);
    Ok(row.into())
}

/// Removes a role. Errors: 409 `role_in_use`, 412 `stale_version`.
pub(super) async fn delete(ctx: &mut Ctx, id: RoleId, if_match: &IfMatch) -> ApiResult<()> {
    let organization = ctx.organization();
    store::lock(ctx.db(), organization, id.uuid()).await?;
    let caller = std::sync::Arc::clone(&ctx.caller);
    let row = find(ctx.db(), &caller, id).await?;
    ctx.check_version(if_match, "role", id.uuid(), row.version)
        .await?;
    store::delete(ctx.db(), organization, id.uuid())
        .await
        .map_err(|error| match &error {
            sqlx::Error::Database(db) if USES.iter().any(|name| db.constraint() == Some(name)) => {
                in_use().into()
            }
            _ => ApiError::from(error),
        })?;
    let facts = json!({ "name": row.name });
    ctx.record(Event::new(
        "role",
        row.id,
        row.version + 1,
        "deleted",
        facts,
    ));
    Ok(())
}

fn changed(caller: &Caller, mut row: RoleRow, patch: RolePatch) -> ApiResult<RoleRow> {
    let mut problems = Vec::new();
    if let Some(name) = patch.name {
        row.name = name.into_string();
    }
    if let Some(names) = &patch.permissions {
        let has = Permissions::named(&row.permissions);
        row.permissions = owned(chosen(caller, names, has, &mut problems));
    }
    if let Some(scope) = patch.row_scope {
        row.row_scope = ScopeKind::from(scope).as_str().to_owned();
    }
    row.discount_limit = patch
        .discount_limit
        .map(|limit| limit.decimal())
        .apply(row.discount_limit);
    row.approval_limit = patch
        .approval_limit
        .map(|limit| limit.decimal())
        .apply(row.approval_limit);
    check_limits(row.discount_limit, row.approval_limit, &mut problems);
    refuse(problems)?;
    Ok(row)
}

/// The permissions of these names. A name that is unknown, or neither the caller's nor the role's already, is a problem.
fn chosen(
    caller: &Caller,
    names: &[PermissionName],
    has: Permissions,
    problems: &mut Vec<FieldProblem>,
) -> Permissions {
    let known: Vec<&str> = Permission::ALL.iter().map(|p| p.as_str()).collect();
    let mut list = Vec::with_capacity(names.len().min(known.len()));
    for (place, name) in names.iter().enumerate().take(known.len() * 2) {
        let at = format!("/permissions/{place}");
        match Permission::parse(name.as_str()) {
            None => problems.push(
                FieldProblem::at(at, "unknown_permission", "There is no such permission.")
                    .with_suggestions(nearest(name.as_str(), &known)),
            ),
            Some(permission) if !caller.may(permission) && !has.has(permission) => {
                problems.push(not_yours(&at));
            }
            Some(permission) => list.push(permission),
        }
    }
    Permissions::of(&list)
}

fn not_yours(at: &str) -> FieldProblem {
    FieldProblem::at(
        at,
        "permission_not_yours",
        "You can give only permissions that you have yourself.",
    )
}

fn owned(permissions: Permissions) -> Vec<String> {
    let names = permissions.names();
    names.into_iter().map(str::to_owned).collect()
}

fn check_limits(
    discount: Option<Decimal>,
    approval: Option<Decimal>,
    problems: &mut Vec<FieldProblem>,
) {
    if discount.is_some_and(|limit| !(Decimal::ZERO..=Decimal::ONE_HUNDRED).contains(&limit)) {
        let detail = "A discount is from 0 to 100 per cent.";
        problems.push(FieldProblem::at("/discount_limit", "out_of_range", detail));
    }
    if approval.is_some_and(|limit| limit < Decimal::ZERO) {
        let detail = "A limit is not negative.";
        problems.push(FieldProblem::at("/approval_limit", "out_of_range", detail));
    }
}

async fn write(ctx: &mut Ctx, row: &RoleRow) -> ApiResult<()> {
    let organization = ctx.organization();
    store::put(ctx.db(), organization, row)
        .await
        .map_err(|error| {
            on_constraint(error, "roles_name_key", || {
                Problem::conflict("duplicate_name", "There is a role with this name.")
            })
        })
}

fn diff(before: &RoleRow, after: &RoleRow) -> Map<String, Value> {
    let text = |limit: Option<Decimal>| limit.map(|limit| limit.normalize().to_string());
    let pairs = [
        ("name", json!(before.name), json!(after.name)),
        (
            "permissions",
            json!(before.permissions),
            json!(after.permissions),
        ),
        ("row_scope", json!(before.row_scope), json!(after.row_scope)),
        (
            "discount_limit",
            json!(text(before.discount_limit)),
            json!(text(after.discount_limit)),
        ),
        (
            "approval_limit",
            json!(text(before.approval_limit)),
            json!(text(after.approval_limit)),
        ),
    ];
    let changed = pairs.into_iter().filter(|(_, from, to)| from != to);
    changed
        .map(|(name, from, to)| (name.to_owned(), json!({ "from": from, "to": to })))
        .collect()
}

fn refuse(problems: Vec<FieldProblem>) -> Result<(), ApiError> {
    if problems.is_empty() {
        Ok(())
    } else {
        Err(Problem::invalid(problems).into())
    }
}

fn in_use() -> Problem {
    Problem::conflict(
        "role_in_use",
        "Members have this role, or an identity provider gives it. Let them have another one first.",
    )
}
