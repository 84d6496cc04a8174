//! Inviting: who may be let in, and by whom.

mod accept;

use chrono::{DateTime, Duration, Utc};
use serde_json::json;
use som_domain::ids::{InvitationId, RoleId, TeamId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::input::NewInvitation;
use super::store::{self, InvitationRow, NewRow};
use super::view::InvitationView;
use crate::app::AppState;
use crate::caller::Caller;
use crate::config::{MailTransport, SignUp};
use crate::ctx::{Ctx, Event};
use crate::features::members::service as members;
use crate::features::members::service::{RoleName, RowScopeName};
use crate::http::{ApiError, ApiResult, FieldProblem, IfMatch, Problem, on_constraint};
use crate::mail::{Letter, Link, post};
use crate::permission::Role;
use crate::security::links::Purpose;

pub(super) use accept::{accept, join, look};

/// Days a link works when nobody says.
const DAYS: u16 = 3;
/// And at most.
const DAYS_MAX: u16 = 7;
/// How often one invitation is sent.
const SENDS_MAX: i32 = 5;
/// What ended is shown this long.
const SHOWN: Duration = Duration::days(30);

/// All invitations.
pub(super) async fn list(
    db: &mut PgConnection,
    caller: &Caller,
    now: DateTime<Utc>,
) -> ApiResult<Vec<InvitationView>> {
    let rows = store::list(db, caller.organization.id.uuid(), now - SHOWN).await?;
    Ok(rows
        .into_iter()
        .map(|row| InvitationView::new(row, now))
        .collect())
}

/// One invitation. Errors: 404.
pub(super) async fn get(
    db: &mut PgConnection,
    caller: &Caller,
    id: InvitationId,
    now: DateTime<Utc>,
) -> ApiResult<InvitationView> {
    let row = find(db, caller.organization.id.uuid(), id).await?;
    Ok(InvitationView::new(row, now))
}

/// Invites somebody. Errors: 403 `invitations_closed`, `only_owners`, `role_beyond_yours`; 409 `already_member`, `already_invited`,
/// `too_many_invitations`; 422.
pub(super) async fn create(ctx: &mut Ctx, input: &NewInvitation) -> ApiResult<InvitationView> {
    must_be_possible(ctx.state())?;
    let days = input.expires_in_days.unwrap_or(DAYS);
    check(input, days)?;
    let role = role_of(ctx, input.role, input.role_id).await?;
    let (organization, id, now) = (ctx.organization(), ctx.new_id(), ctx.now);
    let email = input.email.as_str();
    if store::is_member(ctx.db(), organization, email).await? {
        return Err(already_member().into());
    }
    let waiting = store::make_room(ctx.db(), organization, email, now).await?;
    if waiting >= store::LISTED_MAX {
        let detail = "Too many invitations wait. Take some back first.";
        return Err(Problem::conflict("too_many_invitations", detail).into());
    }
    let new = NewRow {
        organization,
        id,
        email,
        name: input.name.as_ref().map_or("", |name| name.as_str()),
        role: role.as_str(),
        role_id: input.role_id.map(RoleId::uuid),
        row_scope: input.row_scope.map(RowScopeName::as_str),
        team: input.team_id.map(TeamId::uuid),
        invited_by: ctx.caller.user_id.uuid(),
        expires_at: now + Duration::days(days.into()),
        now,
    };
    store::insert(ctx.db(), &new).await.map_err(refused)?;
    let row = find(ctx.db(), organization, InvitationId::from_uuid(id)).await?;
    send(ctx, &row).await?;
    let facts =
        json!({ "role": { "from": null, "to": row.role_name.as_ref().unwrap_or(&row.role) } });
    ctx.record(Event::new("invitation", id, 1, "created", facts));
    Ok(InvitationView::new(row, now))
}

/// Sends an invitation once more, with a new link, in the name of the caller. Errors: 404, 409 `invitation_ended`, `sent_too_often`, 412.
pub(super) async fn resend(
    ctx: &mut Ctx,
    id: InvitationId,
    if_match: &IfMatch,
) -> ApiResult<InvitationView> {
    must_be_possible(ctx.state())?;
    let row = open(ctx, id, if_match).await?;
    let own = row.role_id.map(RoleId::from_uuid);
    let built_in = RoleName::parse(&row.role).filter(|_| own.is_none());
    role_of(ctx, built_in, own).await?;
    if row.sends >= SENDS_MAX {
        let detail =
            format!("It was sent {SENDS_MAX} times. Take it back and invite anew, if need be.");
        return Err(Problem::conflict("sent_too_often", detail).into());
    }
    let (organization, now) = (ctx.organization(), ctx.now);
    let (user, expires_at) = (
        ctx.caller.user_id.uuid(),
        now + Duration::days(DAYS.into()).max(row.expires_at - now),
    );
    store::send_again(ctx.db(), organization, row.id, user, expires_at, now).await?;
    store::end_links(ctx.db(), organization, row.id).await?;
    let row = find(ctx.db(), organization, id).await?;
    send(ctx, &row).await?;
    let facts = json!({ "sends": row.sends });
    ctx.record(Event::new(
        "invitation",
        row.id,
        row.version,
        "resent",
        facts,
    ));
    Ok(InvitationView::new(row, now))
}

/// Takes an invitation back. Errors: 404, 409 `invitation_ended`, 412.
pub(super) async fn revoke(ctx: &mut Ctx, id: InvitationId, if_match: &IfMatch) -> ApiResult<()> {
    let row = open(ctx, id, if_match).await?;
    let (organization, now) = (ctx.organization(), ctx.now);
    store::end(ctx.db(), organization, row.id, "revoked", now).await?;
    ctx.record(Event::new(
        "invitation",
        row.id,
        row.version + 1,
        "revoked",
        json!({}),
    ));
    Ok(())
}

/// The invitation, locked, of the version that was seen, and neither accepted nor taken back.
async fn open(ctx: &mut Ctx, id: InvitationId, if_match: &IfMatch) -> ApiResult<InvitationRow> {
    let organization = ctx.organization();
    store::lock(ctx.db(), organization, id.uuid()).await?;
    let row = find(ctx.db(), organization, id).await?;
    ctx.check_version(if_match, "invitation", id.uuid(), row.version)
        .await?;
    if row.state == "open" {
        return Ok(row);
    }
    let detail = "The invitation was accepted or taken back already.";
    Err(Problem::conflict("invitation_ended", detail).into())
}

/// The built-in role behind what is named, when the caller may give it.
async fn role_of(ctx: &mut Ctx, role: Option<RoleName>, own: Option<RoleId>) -> ApiResult<Role> {
    if role == Some(RoleName::Owner) {
        members::only_owners(&ctx.caller)?;
    }
    let given = members::given(ctx, role, own).await?;
    let required = || FieldProblem::at("/role", "required", "Name a role.");
    Ok(given
        .ok_or_else(|| Problem::invalid(vec![required()]))?
        .base)
}

/// Keeps a new link and puts the mail with it into the queue. Whether the address has an account makes no difference.
async fn send(ctx: &mut Ctx, row: &InvitationRow) -> ApiResult<()> {
    let (state, now) = (ctx.state().clone(), ctx.now);
    let keys = state.auth().keys();
    let seed = keys.seed()?;
    let hash = keys.link_hash(Purpose::Invite, &seed)?;
    let (organization, link_id) = (ctx.organization(), ctx.new_id());
    ctx.tx.enter_identity().await?;
    store::insert_link(ctx.db(), link_id, row, organization, &hash, now).await?;
    let letter = Letter::Invitation {
        link: Link {
            purpose: Purpose::Invite,
            seed,
            expires_at: row.expires_at,
        },
        organization: ctx.caller.organization.name.clone(),
        inviter: ctx.caller.name.clone(),
    };
    post(ctx.db(), &state, now, &row.email, &letter).await?;
    Ok(())
}

async fn find(
    db: &mut PgConnection,
    organization: Uuid,
    id: InvitationId,
) -> ApiResult<InvitationRow> {
    store::get(db, organization, id.uuid())
        .await?
        .ok_or_else(|| Problem::not_found("invitation").into())
}

fn must_be_possible(state: &AppState) -> Result<(), Problem> {
    let config = state.config();
    if config.accounts.sign_up != SignUp::Off && config.mail.transport != MailTransport::Off {
        return Ok(());
    }
    Err(Problem::forbidden(
        "invitations_closed",
        "Nobody can be invited here: the server takes no new accounts, or sends no mail.",
    ))
}

fn check(input: &NewInvitation, days: u16) -> Result<(), Problem> {
    let mut errors = Vec::new();
    if !(1..=DAYS_MAX).contains(&days) {
        let detail = format!("An invitation works 1 to {DAYS_MAX} days.");
        errors.push(FieldProblem::at("/expires_in_days", "out_of_range", detail));
    }
    if input.role.is_none() && input.role_id.is_none() {
        errors.push(FieldProblem::at("/role", "required", "Name a role."));
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Problem::invalid(errors))
    }
}

fn refused(error: sqlx::Error) -> ApiError {
    if let sqlx::Error::Database(inner) = &error
        && inner.constraint() == Some("invitations_open_key")
    {
        return conflict(
            "already_invited",
            "An invitation waits for this address already. Send it once more instead.",
        )
        .into();
    }
    on_constraint(error, "invitations_organization_id_team_id_fkey", || {
        let detail = "There is no such team.";
        Problem::invalid(vec![FieldProblem::at("/team_id", "unknown_team", detail)])
    })
}

fn already_member() -> Problem {
    conflict("already_member", "This person is a member already.")
}

fn conflict(code: &'static str, detail: &'static str) -> Problem {
    let mut problem = Problem::conflict(code, detail);
    problem.errors = vec![FieldProblem::at("/email", code, detail)];
    problem
}
