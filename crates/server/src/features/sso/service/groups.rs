//! Which role a person gets by the groups the provider names.

use serde_json::{Value, json};
use som_domain::ids::RoleId;

use super::super::input::Group;
use super::super::store::GroupRow;
use crate::caller::Caller;
use crate::ctx::Ctx;
use crate::features::roles;
use crate::http::{ApiResult, FieldProblem, Problem};
use crate::permission::{Permissions, Role};

/// Groups of a provider at most.
const MOST: usize = 200;
/// Everybody.
const EVERYBODY: &str = "*";

/// What groups say about a role.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wanted<'a> {
    /// Nothing: roles are given here by hand.
    Unmanaged,
    /// This one.
    Role(&'a GroupRow),
    /// None: the person does not get in.
    Nobody,
}

/// The first group that fits.
pub(super) fn wanted<'a>(groups: &'a [GroupRow], named: &[String]) -> Wanted<'a> {
    if groups.is_empty() {
        return Wanted::Unmanaged;
    }
    let fits = |row: &&GroupRow| row.group_name == EVERYBODY || named.contains(&row.group_name);
    groups
        .iter()
        .find(fits)
        .map_or(Wanted::Nobody, Wanted::Role)
}

/// The built-in role behind a group's.
pub(super) fn base(row: &GroupRow) -> Option<Role> {
    Role::parse(row.role.as_deref().or(row.base.as_deref())?)
}

/// What a group's role allows.
fn permissions(row: &GroupRow) -> Permissions {
    match (&row.permissions, base(row)) {
        (Some(names), _) => Permissions::named(names),
        (None, Some(role)) => role.permissions(),
        (None, None) => Permissions::default(),
    }
}

/// 403 for who may do less than somebody the provider lets in: nobody lifts others, or themselves, by way of a provider.
pub(super) fn beyond(caller: &Caller, groups: &[GroupRow]) -> Result<(), Problem> {
    if groups
        .iter()
        .all(|row| caller.permissions.covers(permissions(row)))
    {
        return Ok(());
    }
    Err(Problem::forbidden(
        "role_beyond_yours",
        "A group of the provider gives a role that allows more than you may do yourself.",
    ))
}

/// The groups of a body with what their roles allow; the roles are held as they are. Problems are collected; error 403 `role_beyond_yours`.
pub(super) async fn read(
    ctx: &mut Ctx,
    groups: Vec<Group>,
    problems: &mut Vec<FieldProblem>,
) -> ApiResult<Vec<GroupRow>> {
    if groups.len() > MOST {
        let detail = format!("A provider has at most {MOST} groups.");
        problems.push(FieldProblem::at("/groups", "too_many", detail));
        return Ok(Vec::new());
    }
    let mut rows = Vec::with_capacity(groups.len());
    for (place, group) in groups.into_iter().enumerate() {
        match read_one(ctx, group).await? {
            Ok(row) => rows.push(row),
            Err((field, code, detail)) => {
                let at = format!("/groups/{place}/{field}");
                problems.push(FieldProblem::at(at, code, detail));
            }
        }
    }
    beyond(&ctx.caller, &rows)?;
    Ok(rows)
}

type Wrong = (&'static str, &'static str, &'static str);

async fn read_one(ctx: &mut Ctx, group: Group) -> ApiResult<Result<GroupRow, Wrong>> {
    let organization = ctx.organization();
    let mut row = GroupRow {
        provider_id: organization,
        group_name: group.group.into_string(),
        role: None,
        role_id: group.role_id.map(RoleId::uuid),
        base: None,
        permissions: None,
    };
    match (group.role, group.role_id) {
        (Some(role), None) => row.role = Some(Role::from(role).as_str().to_owned()),
        (None, Some(id)) => {
            let Some(given) = roles::service::to_give(ctx.db(), organization, id).await? else {
                return Ok(Err(("role_id", "unknown_role", "There is no such role.")));
            };
            row.base = Some(given.base.as_str().to_owned());
            let names = given.permissions.names();
            row.permissions = Some(names.into_iter().map(str::to_owned).collect());
        }
        (None, None) => return Ok(Err(("role", "required", "Name a role."))),
        (Some(_), Some(_)) => {
            let detail = "Name either a built-in role or one of your own.";
            return Ok(Err(("role_id", "not_applicable", detail)));
        }
    }
    Ok(Ok(row))
}

/// Groups as the audit shows them.
pub(super) fn shown(groups: &[GroupRow]) -> Value {
    let one = |row: &GroupRow| {
        let id = row.role_id.map(|id| RoleId::from_uuid(id).to_string());
        json!({ "group": row.group_name, "role": row.role.clone().or(id) })
    };
    groups.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn row(name: &str, role: &str) -> GroupRow {
        GroupRow {
            provider_id: Uuid::nil(),
            group_name: name.to_owned(),
            role: Some(role.to_owned()),
            role_id: None,
            base: None,
            permissions: None,
        }
    }

    #[test]
    fn the_first_group_that_fits_gives_the_role() {
        let groups = [
            row("lead", "manager"),
            row("sales", "rep"),
            row("*", "viewer"),
        ];
        let role = |named: &[&str], groups| {
            let named: Vec<String> = named.iter().map(|&n| n.to_owned()).collect();
            match wanted(groups, &named) {
                Wanted::Role(row) => row.role.clone(),
                Wanted::Nobody => Some("nobody".to_owned()),
                Wanted::Unmanaged => None,
            }
        };
        assert_eq!(
            role(&["sales", "lead"], &groups).as_deref(),
            Some("manager")
        );
        assert_eq!(role(&["sales"], &groups).as_deref(), Some("rep"));
        assert_eq!(role(&[], &groups).as_deref(), Some("viewer"));
        assert_eq!(role(&["Sales"], &groups[..2]).as_deref(), Some("nobody"));
        assert_eq!(role(&["sales"], &[]), None);
    }
}
