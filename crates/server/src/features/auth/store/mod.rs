//! SQL of sign-in and sessions. Everything here runs in the identity scope.

#![expect(
    clippy::disallowed_methods,
    reason = "two statements share the columns of a member"
)]

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use som_domain::ids::{MembershipId, OrganizationId, TeamId, UserId};
use sqlx::types::Json;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use crate::caller::{Caller, Organization, OwnRole, SecondFactor};
use crate::permission::{Permissions, Role, ScopeKind};

mod api_key;
mod device;
mod factor;
mod own_role;
mod passkey;
mod refresh;
mod session;

use own_role::OwnRoleRow;

pub(super) use api_key::{ApiKeyRow, api_key, api_key_used};
pub(super) use device::{knows_device, meet_device};
pub(super) use factor::{
    ChallengeRow, FactorsRow, NewChallenge, authenticator, challenge, count_attempt,
    end_challenges, factors, insert_challenge, lock_account, take_recovery_code, take_step,
    use_challenge,
};
pub(super) use passkey::{PasskeyRow, insert_ceremony, passkey, passkey_used, use_ceremony};
pub(super) use refresh::{
    RefreshRow, insert_refresh, lock_refresh, mark_used, revoke_refresh, session_of_refresh, touch,
};
pub(super) use session::{
    NewSession, authenticated_at, end_session, end_sessions, end_surplus, insert_session,
    living_session, proved_by, whose_session,
};

/// Columns of [`MemberRow`], of users u, memberships m and organizations o.
macro_rules! member_columns {
    () => {
        "u.id as user_id, u.name as user_name, u.email, m.id as membership_id, m.role, m.row_scope, m.team_id,
         (select json_build_object('id', r.id, 'name', r.name, 'permissions', r.permissions, 'row_scope', r.row_scope,
                 'discount_limit', r.discount_limit::text, 'approval_limit', r.approval_limit::text)
            from roles r where m.role_id is not null and r.organization_id = m.organization_id and r.id = m.role_id) as own_role,
         o.id as organization_id, o.name as organization_name, o.country, o.currency, o.time_zone, o.locale, o.rounding_mode, o.tax_mode,
         o.cash_rounding, o.prices_include_tax, o.customer_po_policy, o.four_eyes, o.discount_limits, o.approval_limits,
         u.second_factor_since is not null as second_factor, m.role = any(o.second_factor_roles) as second_factor_required"
    };
}

use member_columns;

/// A member with the organization's settings.
#[derive(Debug, FromRow)]
pub(super) struct MemberRow {
    user_id: Uuid,
    user_name: String,
    email: String,
    membership_id: Uuid,
    role: String,
    row_scope: Option<String>,
    team_id: Option<Uuid>,
    own_role: Option<Json<OwnRoleRow>>,
    organization_id: Uuid,
    organization_name: String,
    country: String,
    currency: String,
    time_zone: String,
    locale: String,
    rounding_mode: String,
    tax_mode: String,
    cash_rounding: Option<Decimal>,
    prices_include_tax: bool,
    customer_po_policy: String,
    four_eyes: bool,
    discount_limits: serde_json::Value,
    approval_limits: serde_json::Value,
    second_factor: bool,
    second_factor_required: bool,
}

impl MemberRow {
    /// The caller without a session. Errors when the database holds a word this release does not know.
    pub(super) fn into_caller(self) -> anyhow::Result<Caller> {
        let role =
            Role::parse(&self.role).ok_or_else(|| anyhow::anyhow!("stored role {}", self.role))?;
        let own = self.own_role.map(|json| json.0);
        let scope_kind = self
            .row_scope
            .as_deref()
            .or(own.as_ref().map(|own| own.row_scope.as_str()))
            .and_then(ScopeKind::parse)
            .unwrap_or_else(|| role.default_scope());
        let permissions = own.as_ref().map_or_else(
            || role.permissions(),
            |own| Permissions::named(&own.permissions),
        );
        Ok(Caller {
            user_id: UserId::from_uuid(self.user_id),
            name: self.user_name,
            email: self.email,
            membership_id: MembershipId::from_uuid(self.membership_id),
            role,
            own_role: own.map(OwnRole::from),
            scope_kind,
            team_id: self.team_id.map(TeamId::from_uuid),
            session_id: None,
            session_expires_at: None,
            authenticated_at: None,
            second_factor: SecondFactor {
                set_up: self.second_factor,
                required: self.second_factor_required,
            },
            vouched: false,
            program: None,
            kind: "user",
            permissions,
            organization: Organization {
                id: OrganizationId::from_uuid(self.organization_id),
                name: self.organization_name,
                country: self.country,
                currency: self
                    .currency
                    .parse()
                    .map_err(|e| anyhow::anyhow!("stored currency: {e}"))?,
                time_zone: self.time_zone,
                locale: self.locale,
                rounding: self
                    .rounding_mode
                    .parse()
                    .map_err(|e| anyhow::anyhow!("stored rounding: {e}"))?,
                tax_mode: self.tax_mode,
                cash_rounding: self.cash_rounding,
                prices_include_tax: self.prices_include_tax,
                customer_po_policy: self.customer_po_policy,
                four_eyes: self.four_eyes,
                discount_limits: self.discount_limits,
                approval_limits: self.approval_limits,
            },
        })
    }
}

/// A living session with its member.
#[derive(Debug, FromRow)]
pub(super) struct SessionRow {
    #[sqlx(flatten)]
    pub(super) member: MemberRow,
    pub(super) epoch: i32,
    pub(super) authenticated_at: DateTime<Utc>,
    pub(super) idle_expires_at: DateTime<Utc>,
    pub(super) expires_at: DateTime<Utc>,
    /// The identity provider said that it asked for a second factor.
    pub(super) provider_factor: bool,
    /// Nothing but an identity provider's word, and the person works for other organizations as well.
    pub(super) vouched: bool,
}

/// How long an unused session lives: for most, and for owners and administrators.
#[derive(Debug, Clone, Copy)]
pub(super) struct Idle {
    pub(super) usual: DateTime<Utc>,
    pub(super) administrators: DateTime<Utc>,
}

/// The session behind an access token, if it lives; notes (once a minute) that it is in use, and that the token arrived.
pub(super) async fn session(
    db: &mut PgConnection,
    id: Uuid,
    refresh_hash: &[u8],
    now: DateTime<Utc>,
    idle: Idle,
) -> Result<Option<SessionRow>, sqlx::Error> {
    sqlx::query_as(concat!(
        "with touched as (
            update sessions s set last_seen_at = $3,
                idle_expires_at = least(s.expires_at, case when s.remember then s.expires_at when m.role in ('owner', 'admin') then $5 else $4 end)
              from memberships m
             where s.id = $1 and m.organization_id = s.organization_id and m.user_id = s.user_id
               and s.ended_at is null and s.idle_expires_at > $3 and s.expires_at > $3 and s.last_seen_at < $3 - interval '1 minute'
            returning s.idle_expires_at
        ), arrived as (
            update refresh_tokens set access_used_at = $3 where token_hash = $2 and access_used_at is null
        )
        select ",
        member_columns!(),
        ", s.epoch, s.authenticated_at, coalesce((select idle_expires_at from touched), s.idle_expires_at) as idle_expires_at, s.expires_at,
             'sso_mfa' = any(s.amr) as provider_factor,
             'sso' = any(s.amr) and not s.amr && array['pwd', 'pop', 'mfa']
                 and exists (select from memberships e where e.user_id = s.user_id and e.organization_id <> s.organization_id) as vouched
          from sessions s
          join refresh_tokens r on r.token_hash = $2 and r.session_id = s.id and r.revoked_at is null
          join users u on u.id = s.user_id and u.state = 'active'
          join memberships m on m.organization_id = s.organization_id and m.user_id = s.user_id and m.state = 'active'
          join organizations o on o.id = s.organization_id
         where s.id = $1 and s.ended_at is null and s.idle_expires_at > $3 and s.expires_at > $3"
    ))
    .bind(id)
    .bind(refresh_hash)
    .bind(now)
    .bind(idle.usual)
    .bind(idle.administrators)
    .fetch_optional(db)
    .await
}

/// An active member of an organization.
pub(super) async fn member(
    db: &mut PgConnection,
    organization: Uuid,
    user: Uuid,
) -> Result<Option<MemberRow>, sqlx::Error> {
    sqlx::query_as(concat!(
        "select ",
        member_columns!(),
        " from memberships m join users u on u.id = m.user_id join organizations o on o.id = m.organization_id
          where m.organization_id = $1 and m.user_id = $2 and m.state = 'active' and u.state = 'active'"
    ))
    .bind(organization)
    .bind(user)
    .fetch_optional(db)
    .await
}

/// Organizations in which somebody works.
pub(super) async fn organizations(db: &mut PgConnection) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        "select id from organizations o
          where exists (select from memberships m join users u on u.id = m.user_id
                         where m.organization_id = o.id and m.state = 'active' and u.state = 'active')
          order by id"
    )
    .fetch_all(db)
    .await
}

/// Somebody who works in an organization: the way to its settings.
pub(super) async fn any_member(
    db: &mut PgConnection,
    organization: Uuid,
) -> Result<Option<MemberRow>, sqlx::Error> {
    let user = sqlx::query_scalar!(
        "select m.user_id from memberships m join users u on u.id = m.user_id
          where m.organization_id = $1 and m.state = 'active' and u.state = 'active' limit 1",
        organization,
    )
    .fetch_optional(&mut *db)
    .await?;
    match user {
        Some(user) => member(db, organization, user).await,
        None => Ok(None),
    }
}

/// What sign-in needs to know about an address.
#[derive(Debug)]
pub(super) struct AccountRow {
    pub(super) id: Uuid,
    pub(super) password_hash: Option<String>,
    pub(super) active: bool,
    pub(super) organization_ids: Vec<Uuid>,
}

/// The account of an address with the organizations it may work for, the last used first.
pub(super) async fn account(
    db: &mut PgConnection,
    email: &str,
) -> Result<Option<AccountRow>, sqlx::Error> {
    sqlx::query_as!(
        AccountRow,
        r#"select u.id, u.password_hash, u.state = 'active' as "active!",
                  array(select m.organization_id from memberships m where m.user_id = u.id and m.state = 'active'
                         order by m.organization_id = u.last_organization_id desc nulls last, m.created_at, m.organization_id) as "organization_ids!"
             from users u where lower(u.email) = lower($1)"#,
        email
    )
    .fetch_optional(db)
    .await
}

/// An organization a person can work for.
#[derive(Debug)]
pub(super) struct MembershipRow {
    pub(super) organization_id: Uuid,
    pub(super) name: String,
    pub(super) role: String,
}

/// Every organization a person can work for, by name.
pub(super) async fn memberships(
    db: &mut PgConnection,
    user: Uuid,
) -> Result<Vec<MembershipRow>, sqlx::Error> {
    sqlx::query_as!(
        MembershipRow,
        "select m.organization_id, o.name, m.role from memberships m join organizations o on o.id = m.organization_id
          where m.user_id = $1 and m.state = 'active' order by o.name, o.id",
        user
    )
    .fetch_all(db)
    .await
}

/// The organizations a person works for.
pub(super) async fn organizations_of(
    db: &mut PgConnection,
    user: Uuid,
) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        "select organization_id from memberships where user_id = $1 and state = 'active' order by organization_id limit 100",
        user
    )
    .fetch_all(db)
    .await
}

/// Keeps a hash made with today's parameters.
pub(super) async fn renew_hash(
    db: &mut PgConnection,
    user: Uuid,
    hash: &str,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update users set password_hash = $2, updated_at = $3 where id = $1",
        user,
        hash,
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Remembers the organization for the next sign-in.
pub(super) async fn signed_in(
    db: &mut PgConnection,
    user: Uuid,
    organization: Uuid,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update users set last_organization_id = $2, updated_at = $3 where id = $1 and last_organization_id is distinct from $2",
        user,
        organization,
        now
    )
    .execute(db)
    .await?;
    Ok(())
}
