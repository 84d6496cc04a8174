//! Accepting: whoever has the link has the mailbox. The role is given if the inviter could still give it.

use chrono::{DateTime, Utc};
use serde_json::json;
use som_domain::ids::{MembershipId, OrganizationId, RoleId, UserId};

use super::super::input::AcceptInvitation;
use super::super::store::{self, AccountRow, InvitedRow};
use super::super::view::{Invited, Joined};
use super::already_member;
use crate::app::AppState;
use crate::caller::Caller;
use crate::config::SignUp;
use crate::ctx::Event;
use crate::db::record::Closing;
use crate::db::{SystemScope, SystemTx};
use crate::features::auth;
use crate::features::members::service as members;
use crate::features::members::service::{Account, Joining};
use crate::http::limits::Act;
use crate::http::{ApiResult, Origin, Problem};
use crate::permission::Permission;
use crate::security::random::{self, Hash};
use crate::security::strength;

/// What an invitation says. Errors: 403 `invalid_link`.
pub(in super::super) async fn look(
    state: &AppState,
    token: &str,
    now: DateTime<Utc>,
) -> ApiResult<Invited> {
    let mut tx = state.db().system(SystemScope::Identity).await?;
    let row = usable(state, &mut tx, &random::hash(token), now).await?;
    let account = store::account(&mut tx, &row.email).await?;
    let next = if account.is_none_or(|account| may_begin_anew(&account)) {
        "new_account"
    } else {
        "sign_in"
    };
    Ok(Invited::new(row, next))
}

/// Makes the account and the membership. Errors: 403 `invalid_link`, 409 `account_exists`, 422, 429.
pub(in super::super) async fn accept(
    state: &AppState,
    input: AcceptInvitation,
    origin: Origin,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    let hash = random::hash(input.token.as_str());
    let mut tx = state.db().system(SystemScope::Identity).await?;
    let row = usable(state, &mut tx, &hash, now).await?;
    free(store::account(&mut tx, &row.email).await?)?;
    // no connection is held while hashing
    tx.commit().await?;
    let limiter = state.auth().limiter();
    limiter
        .act_for(Act::AcceptInvitation, &row.email, now)
        .await?;
    let context = [
        input.name.as_str(),
        row.email.as_str(),
        row.organization_name.as_str(),
    ];
    strength::check(&input.password.0, &context, "/password")
        .map_err(|problem| Problem::invalid(vec![problem]))?;
    let password = state.auth().passwords().hash(input.password.0).await?;
    let mut tx = state.db().system(SystemScope::Identity).await?;
    let row = usable(state, &mut tx, &hash, now).await?;
    let user = match free(store::account(&mut tx, &row.email).await?)? {
        Some(account) => {
            let name = input.name.as_str();
            store::renew_account(&mut tx, account.id, name, &password, now).await?;
            UserId::from_uuid(account.id)
        }
        None => {
            let account = Account {
                email: &row.email,
                name: input.name.as_str(),
                password_hash: &password,
            };
            members::insert_account(&mut tx, state.ids(), &account, now)
                .await
                .map_err(|error| members::taken(error, account_exists))?
        }
    };
    enter(state, &mut tx, &row, user, origin, now).await?;
    tx.commit().await?;
    state.auth().forget_callers();
    Ok(())
}

/// Makes the signed-in person a member. Errors: 403 `invalid_link`, `other_address`; 409 `already_member`.
pub(in super::super) async fn join(
    state: &AppState,
    caller: &Caller,
    token: &str,
    origin: Origin,
    now: DateTime<Utc>,
) -> ApiResult<Joined> {
    let mut tx = state.db().system(SystemScope::Identity).await?;
    let row = usable(state, &mut tx, &random::hash(token), now).await?;
    if row.email.to_lowercase() != caller.email.to_lowercase() {
        return Err(Problem::forbidden(
            "other_address",
            "The invitation is for another address than that of your account.",
        )
        .into());
    }
    enter(state, &mut tx, &row, caller.user_id, origin, now).await?;
    tx.commit().await?;
    state.auth().forget_callers();
    Ok(Joined {
        organization_id: OrganizationId::from_uuid(row.organization_id),
        organization: row.organization_name,
    })
}

/// The invitation of a link, held until the transaction ends, if it can be accepted: its inviter is a member who may still give the role.
async fn usable(
    state: &AppState,
    tx: &mut SystemTx,
    hash: &Hash,
    now: DateTime<Utc>,
) -> ApiResult<InvitedRow> {
    if state.config().accounts.sign_up == SignUp::Off {
        return Err(invalid_link().into());
    }
    let row = store::invited(tx, hash, now)
        .await?
        .ok_or_else(invalid_link)?;
    let inviter = auth::service::caller_in(tx, row.organization_id, row.invited_by)
        .await?
        .filter(|inviter| inviter.may(Permission::MembersWrite))
        .ok_or_else(invalid_link)?;
    let own = row.role_id.map(RoleId::from_uuid);
    if !members::may_give(tx, &inviter, &row.role, own).await? {
        return Err(invalid_link().into());
    }
    Ok(row)
}

/// The membership, with what it leaves behind. Also shows that the mailbox is the person's.
async fn enter(
    state: &AppState,
    tx: &mut SystemTx,
    row: &InvitedRow,
    user: UserId,
    origin: Origin,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    let joining = Joining {
        organization: row.organization_id,
        user: user.uuid(),
        role: &row.role,
        role_id: row.role_id,
        row_scope: row.row_scope.as_deref(),
        team: row.team_id,
    };
    let member = members::join(tx, state.ids(), &joining, now)
        .await?
        .ok_or_else(already_member)?;
    store::end(tx, row.organization_id, row.id, "accepted", now).await?;
    store::verify_email(tx, user.uuid(), now).await?;
    let person = auth::service::caller_in(tx, row.organization_id, user.uuid())
        .await?
        .ok_or_else(invalid_link)?;
    tx.enter(person.organization.id).await?;
    let closing = Closing {
        caller: &person,
        now,
        origin,
        events: &events(row, member, &person),
        ids: state.ids(),
        kept: None,
    };
    closing.write(tx).await?;
    Ok(())
}

fn events(row: &InvitedRow, member: (MembershipId, i32), person: &Caller) -> [Event; 2] {
    let (member, version) = member;
    let role = json!({ "role": { "from": null, "to": person.role_name() } });
    [
        Event::new(
            "invitation",
            row.id,
            row.version + 1,
            "accepted",
            json!({ "member": member.to_string() }),
        ),
        Event::new("member", member.uuid(), version, "joined", role),
    ]
}

/// None, or an account that may begin anew by link. Errors: 409 `account_exists`.
fn free(account: Option<AccountRow>) -> Result<Option<AccountRow>, Problem> {
    match account {
        Some(account) if !may_begin_anew(&account) => Err(account_exists()),
        account => Ok(account),
    }
}

/// Who left every organization cannot sign in: the mailbox answers for the person, as it does for a forgotten password.
const fn may_begin_anew(account: &AccountRow) -> bool {
    account.active && !account.works
}

fn account_exists() -> Problem {
    Problem::conflict(
        "account_exists",
        "There is an account with this address. Sign in with it, then accept the invitation.",
    )
}

/// Wrong, used, run out, taken back, or of somebody who could no longer give the role: all alike.
fn invalid_link() -> Problem {
    Problem::forbidden(
        "invalid_link",
        "The link is wrong, used or too old. Ask for a new invitation.",
    )
}
