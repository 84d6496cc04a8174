//! SQL of invitations and their links. A link is looked up in the identity scope: it comes from somebody who works for nobody yet.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// Invitations listed at most; as many may be open.
pub(super) const LISTED_MAX: i64 = 500;

/// An invitation as those see it who invite.
#[derive(Debug)]
pub(super) struct InvitationRow {
    pub(super) id: Uuid,
    pub(super) email: String,
    pub(super) name: String,
    pub(super) role: String,
    pub(super) role_id: Option<Uuid>,
    pub(super) role_name: Option<String>,
    pub(super) row_scope: Option<String>,
    pub(super) team_id: Option<Uuid>,
    pub(super) state: String,
    pub(super) invited_by: Uuid,
    pub(super) invited_by_name: String,
    pub(super) expires_at: DateTime<Utc>,
    pub(super) sends: i32,
    pub(super) version: i32,
    pub(super) created_at: DateTime<Utc>,
    pub(super) updated_at: DateTime<Utc>,
}

/// Invitations that are open or changed since, newest first.
pub(super) async fn list(
    db: &mut PgConnection,
    organization: Uuid,
    since: DateTime<Utc>,
) -> Result<Vec<InvitationRow>, sqlx::Error> {
    sqlx::query_as!(
        InvitationRow,
        r#"select i.id, i.email, i.name, i.role, i.role_id, r.name as "role_name?", i.row_scope, i.team_id, i.state, i.invited_by,
                  coalesce(u.name, '') as "invited_by_name!", i.expires_at, i.sends, i.version, i.created_at, i.updated_at
             from invitations i left join users u on u.id = i.invited_by
             left join roles r on r.organization_id = i.organization_id and r.id = i.role_id
            where i.organization_id = $1 and (i.state = 'open' or i.updated_at > $2) order by i.created_at desc, i.id desc limit $3"#,
        organization,
        since,
        LISTED_MAX
    )
    .fetch_all(db)
    .await
}

/// One invitation.
pub(super) async fn get(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
) -> Result<Option<InvitationRow>, sqlx::Error> {
    sqlx::query_as!(
        InvitationRow,
        r#"select i.id, i.email, i.name, i.role, i.role_id, r.name as "role_name?", i.row_scope, i.team_id, i.state, i.invited_by,
                  coalesce(u.name, '') as "invited_by_name!", i.expires_at, i.sends, i.version, i.created_at, i.updated_at
             from invitations i left join users u on u.id = i.invited_by
             left join roles r on r.organization_id = i.organization_id and r.id = i.role_id
            where i.organization_id = $1 and i.id = $2"#,
        organization,
        id
    )
    .fetch_optional(db)
    .await
}

/// Locks an invitation until the transaction ends.
pub(super) async fn lock(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "select id from invitations where organization_id = $1 and id = $2 for update",
        organization,
        id
    )
    .fetch_optional(db)
    .await?;
    Ok(())
}

/// Whether a member of the organization has the address; who left may be invited again.
pub(super) async fn is_member(
    db: &mut PgConnection,
    organization: Uuid,
    email: &str,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select exists(select from memberships m join users u on u.id = m.user_id
                          where m.organization_id = $1 and m.state <> 'left' and lower(u.email) = lower($2)) as "is!""#,
        organization,
        email
    )
    .fetch_one(db)
    .await
}

/// Takes back what waits for the address and is too old; how many wait in the organization.
pub(super) async fn make_room(
    db: &mut PgConnection,
    organization: Uuid,
    email: &str,
    now: DateTime<Utc>,
) -> Result<i64, sqlx::Error> {
    sqlx::query!(
        "update invitations set state = 'revoked', updated_at = $3, version = version + 1
          where organization_id = $1 and lower(email) = lower($2) and state = 'open' and expires_at <= $3",
        organization,
        email,
        now
    )
    .execute(&mut *db)
    .await?;
    sqlx::query_scalar!(
        r#"select count(*) as "count!" from invitations where organization_id = $1 and state = 'open' and expires_at > $2"#,
        organization,
        now
    )
    .fetch_one(db)
    .await
}

/// A new invitation.
#[derive(Debug)]
pub(super) struct NewRow<'a> {
    pub(super) organization: Uuid,
    pub(super) id: Uuid,
    pub(super) email: &'a str,
    pub(super) name: &'a str,
    pub(super) role: &'a str,
    pub(super) role_id: Option<Uuid>,
    pub(super) row_scope: Option<&'a str>,
    pub(super) team: Option<Uuid>,
    pub(super) invited_by: Uuid,
    pub(super) expires_at: DateTime<Utc>,
    pub(super) now: DateTime<Utc>,
}

/// Inserts an invitation.
pub(super) async fn insert(db: &mut PgConnection, new: &NewRow<'_>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into invitations (organization_id, id, email, name, role, role_id, row_scope, team_id, invited_by, expires_at, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)",
        new.organization,
        new.id,
        new.email,
        new.name,
        new.role,
        new.role_id,
        new.row_scope,
        new.team,
        new.invited_by,
        new.expires_at,
        new.now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Notes that an invitation is sent once more.
pub(super) async fn send_again(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
    invited_by: Uuid,
    expires_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update invitations set sends = sends + 1, invited_by = $3, expires_at = $4, updated_at = $5, version = version + 1
          where organization_id = $1 and id = $2",
        organization,
        id,
        invited_by,
        expires_at,
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Ends an invitation, `accepted` or `revoked`, and with it its link.
pub(super) async fn end(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
    state: &str,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update invitations set state = $3, updated_at = $4, version = version + 1 where organization_id = $1 and id = $2",
        organization,
        id,
        state,
        now
    )
    .execute(&mut *db)
    .await?;
    end_links(db, organization, id).await
}

/// Ends the links of an invitation.
pub(super) async fn end_links(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from one_time_tokens where organization_id = $1 and invitation_id = $2",
        organization,
        id
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Keeps the link of an invitation.
pub(super) async fn insert_link(
    db: &mut PgConnection,
    id: Uuid,
    invitation: &InvitationRow,
    organization: Uuid,
    hash: &[u8],
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into one_time_tokens (id, organization_id, invitation_id, purpose, token_hash, created_at, expires_at)
         values ($1, $2, $3, 'invite', $4, $5, $6)",
        id,
        organization,
        invitation.id,
        hash,
        now,
        invitation.expires_at
    )
    .execute(db)
    .await?;
    Ok(())
}

/// An invitation as its link finds it, with its inviter.
#[derive(Debug)]
pub(super) struct InvitedRow {
    pub(super) organization_id: Uuid,
    pub(super) organization_name: String,
    pub(super) id: Uuid,
    pub(super) email: String,
    pub(super) name: String,
    pub(super) role: String,
    pub(super) role_id: Option<Uuid>,
    pub(super) role_name: Option<String>,
    pub(super) row_scope: Option<String>,
    pub(super) team_id: Option<Uuid>,
    pub(super) invited_by: Uuid,
    pub(super) invited_by_name: String,
    pub(super) expires_at: DateTime<Utc>,
    pub(super) version: i32,
}

/// The open invitation of a link; locked when it is about to be accepted.
pub(super) async fn invited(
    db: &mut PgConnection,
    hash: &[u8],
    now: DateTime<Utc>,
) -> Result<Option<InvitedRow>, sqlx::Error> {
    sqlx::query_as!(
        InvitedRow,
        r#"select i.organization_id, o.name as organization_name, i.id, i.email, i.name, i.role, i.role_id, r.name as "role_name?", i.row_scope,
                  i.team_id, i.invited_by, u.name as invited_by_name, i.expires_at, i.version
             from one_time_tokens t
             join invitations i on i.organization_id = t.organization_id and i.id = t.invitation_id and i.state = 'open'
             join organizations o on o.id = i.organization_id
             join users u on u.id = i.invited_by
             left join roles r on r.organization_id = i.organization_id and r.id = i.role_id
            where t.token_hash = $1 and t.purpose = 'invite' and t.used_at is null and t.expires_at > $2
              for update of i"#,
        hash,
        now
    )
    .fetch_optional(db)
    .await
}

/// An account of the invited address.
#[derive(Debug)]
pub(super) struct AccountRow {
    pub(super) id: Uuid,
    pub(super) active: bool,
    /// Whether it can sign in: it works for somebody.
    pub(super) works: bool,
}

/// The account of an address.
pub(super) async fn account(
    db: &mut PgConnection,
    email: &str,
) -> Result<Option<AccountRow>, sqlx::Error> {
    sqlx::query_as!(
        AccountRow,
        r#"select id, state = 'active' as "active!",
                  exists(select from memberships m where m.user_id = users.id and m.state = 'active') as "works!"
             from users where lower(email) = lower($1)"#,
        email
    )
    .fetch_optional(db)
    .await
}

/// Gives an account that works nowhere the name and password of its person.
pub(super) async fn renew_account(
    db: &mut PgConnection,
    user: Uuid,
    name: &str,
    password_hash: &str,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update users set name = $2, password_hash = $3, updated_at = $4, version = version + 1 where id = $1",
        user,
        name,
        password_hash,
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Notes that the mailbox is theirs.
pub(super) async fn verify_email(
    db: &mut PgConnection,
    user: Uuid,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update users set email_verified_at = coalesce(email_verified_at, $2) where id = $1",
        user,
        now
    )
    .execute(db)
    .await?;
    Ok(())
}
