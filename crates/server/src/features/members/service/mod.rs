//! Members and teams.

mod care;
mod from_outside;
mod giving;
mod joining;

use serde_json::{Value, json};
use som_domain::ids::{MembershipId, OrganizationId, RoleId, TeamId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::input::{MemberPatch, NewMember, NewTeam};
use super::store::{self, Change, MemberRow, NewMembership, TeamRow};
use super::view::{MemberView, TeamView};
use crate::caller::Caller;
use crate::ctx::{Ctx, Event};
use crate::http::{ApiError, ApiResult, FieldProblem, IfMatch, Patch, Problem, on_constraint};
use crate::permission::Role;
use crate::security::strength;

pub(crate) use super::input::{RoleName, RowScopeName};
pub(super) use care::{end_sessions, reset_second_factors};
pub use from_outside::{FromOutside, admit_from_outside, place_from_outside};
use giving::{beyond, held};
pub(crate) use giving::{given, may_give, only_owners};
pub use joining::{Account, Joining, Person, depart, insert_account, insert_member, join, taken};

/// Members by name.
pub(super) async fn list(
    db: &mut PgConnection,
    organization: OrganizationId,
) -> ApiResult<Vec<MemberView>> {
    Ok(store::list(db, organization.uuid())
        .await?
        .into_iter()
        .map(MemberView::from)
        .collect())
}

/// One member.
pub(super) async fn get(
    db: &mut PgConnection,
    organization: OrganizationId,
    id: MembershipId,
) -> ApiResult<MemberView> {
    Ok(find(db, organization.uuid(), id).await?.into())
}

/// What is wrong with a new member before anything is written.
pub(super) fn check_new(caller: &Caller, input: &NewMember) -> Result<(), Problem> {
    if input.role == Some(RoleName::Owner) {
        only_owners(caller)?;
    }
    let context = [
        input.name.as_str(),
        input.email.as_str(),
        caller.organization.name.as_str(),
    ];
    strength::check(&input.password.0, &context, "/password")
        .map_err(|problem| Problem::invalid(vec![problem]))
}

/// Adds a member with a new account.
pub(crate) async fn create(
    ctx: &mut Ctx,
    input: &NewMember,
    password_hash: &str,
) -> ApiResult<MemberView> {
    let (organization, now) = (ctx.organization(), ctx.now);
    let (user, id) = (ctx.new_id(), ctx.new_id());
    let role = given(ctx, input.role, input.role_id).await?;
    let Some(role) = role else {
        return Err(
            Problem::invalid(vec![FieldProblem::at("/role", "required", "Name a role.")]).into(),
        );
    };
    ctx.tx.enter_identity().await?;
    store::insert_user(
        ctx.db(),
        user,
        input.email.as_str(),
        input.name.as_str(),
        password_hash,
        now,
    )
    .await
    .map_err(|e| on_constraint(e, "users_email_key", duplicate_email))?;
    let new = NewMembership {
        organization,
        id,
        user,
        role: role.base.as_str(),
        role_id: input.role_id.map(RoleId::uuid),
        row_scope: input.row_scope.map(RowScopeName::as_str),
        team: input.team_id.map(TeamId::uuid),
        now,
    };
    store::insert_membership(ctx.db(), &new)
        .await
        .map_err(unknown_team)?;
    let view: MemberView = find(ctx.db(), organization, MembershipId::from_uuid(id))
        .await?
        .into();
    ctx.record(Event::new(
        "member",
        id,
        1,
        "created",
        json!({ "role": { "from": null, "to": view.role_name } }),
    ));
    Ok(view)
}

/// Changes role, scope, team or state.
pub(super) async fn update(
    ctx: &mut Ctx,
    id: MembershipId,
    if_match: &IfMatch,
    patch: MemberPatch,
) -> ApiResult<MemberView> {
    let (organization, now) = (ctx.organization(), ctx.now);
    store::lock(ctx.db(), organization, id.uuid()).await?;
    let before = find(ctx.db(), organization, id).await?;
    ctx.check_version(if_match, "member", id.uuid(), before.version)
        .await?;
    if before.state == "left" {
        let detail = "The person left. Invite them to come back.";
        return Err(Problem::conflict("member_left", detail).into());
    }
    let wanted = given(ctx, patch.role, patch.role_id).await?;
    beyond(&ctx.caller, held(&before))?;
    let (role, role_id) = match wanted {
        Some(role) => (role.base.as_str(), patch.role_id.map(RoleId::uuid)),
        None => (before.role.as_str(), before.role_id),
    };
    let state = patch
        .state
        .map_or(before.state.as_str(), |state| state.as_str());
    let row_scope = match patch.row_scope {
        Patch::Absent => before.row_scope.as_deref(),
        Patch::Null => None,
        Patch::Value(scope) => Some(scope.as_str()),
    };
    let team = patch
        .team_id
        .apply(before.team_id.map(TeamId::from_uuid))
        .map(TeamId::uuid);
    guard_owners(ctx, &before, role, state).await?;
    let change = Change {
        role,
        role_id,
        row_scope,
        team,
        state,
        now,
    };
    let version = store::update(ctx.db(), organization, id.uuid(), &change)
        .await
        .map_err(unknown_team)?;
    if state != "active" && before.state == "active" {
        let user = before.user_id;
        store::end_sessions(ctx.db(), organization, user, "suspended", now).await?;
    }
    let after = find(ctx.db(), organization, id).await?;
    let facts = diff(&before, &after);
    ctx.record(Event::new("member", id.uuid(), version, "updated", facts));
    Ok(after.into())
}

/// Teams by name.
pub(super) async fn teams(
    db: &mut PgConnection,
    organization: OrganizationId,
) -> ApiResult<Vec<TeamView>> {
    Ok(store::teams(db, organization.uuid())
        .await?
        .into_iter()
        .map(TeamView::from)
        .collect())
}

/// Makes a team.
pub(crate) async fn create_team(ctx: &mut Ctx, input: &NewTeam) -> ApiResult<TeamView> {
    let (organization, id, now) = (ctx.organization(), ctx.new_id(), ctx.now);
    let row: TeamRow = store::insert_team(ctx.db(), organization, id, input.name.as_str(), now)
        .await
        .map_err(|e| {
            on_constraint(e, "teams_organization_id_name_key", || {
                Problem::conflict("duplicate_name", "There is a team with this name.")
            })
        })?;
    ctx.record(Event::new(
        "team",
        id,
        1,
        "created",
        json!({ "name": { "from": null, "to": input.name.as_str() } }),
    ));
    Ok(row.into())
}

async fn find(db: &mut PgConnection, organization: Uuid, id: MembershipId) -> ApiResult<MemberRow> {
    store::get(db, organization, id.uuid())
        .await?
        .ok_or_else(|| Problem::not_found("member").into())
}

/// Only owners touch owners, and one active owner always stays.
async fn guard_owners(ctx: &mut Ctx, before: &MemberRow, role: &str, state: &str) -> ApiResult<()> {
    let owner = Role::Owner.as_str();
    if before.role != owner && role != owner {
        return Ok(());
    }
    if before.role == role && before.state == state {
        return Ok(());
    }
    only_owners(&ctx.caller)?;
    let stays = role == owner && state == "active";
    let organization = ctx.organization();
    if !stays
        && before.role == owner
        && store::other_owners(ctx.db(), organization, before.id).await? == 0
    {
        return Err(Problem::conflict(
            "last_owner",
            "An organization needs an active owner. Make someone else an owner first.",
        )
        .into());
    }
    Ok(())
}

fn diff(before: &MemberRow, after: &MemberRow) -> Value {
    let team = |id: Option<Uuid>| id.map(|id| TeamId::from_uuid(id).to_string());
    let role = |row: &MemberRow| row.role_name.clone().unwrap_or_else(|| row.role.clone());
    let pairs = [
        ("role", json!(role(before)), json!(role(after))),
        ("row_scope", json!(before.row_scope), json!(after.row_scope)),
        (
            "team_id",
            json!(team(before.team_id)),
            json!(team(after.team_id)),
        ),
        ("state", json!(before.state), json!(after.state)),
    ];
    let changed = pairs.into_iter().filter(|(_, from, to)| from != to);
    changed
        .map(|(name, from, to)| (name.to_owned(), json!({ "from": from, "to": to })))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

fn duplicate_email() -> Problem {
    Problem::conflict(
        "duplicate_email",
        "There is an account with this e-mail address.",
    )
}

fn unknown_team(error: sqlx::Error) -> ApiError {
    on_constraint(error, "memberships_organization_id_team_id_fkey", || {
        Problem::invalid(vec![FieldProblem::at(
            "/team_id",
            "unknown_team",
            "There is no such team.",
        )])
    })
}
