//! New sessions and new tokens.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use som_domain::ids::{OrganizationId, SessionId, UserId};

use super::super::store::{self, NewSession};
use super::super::view::Me;
use super::device::recognise;
use super::idle;
use crate::app::AppState;
use crate::caller::Caller;
use crate::ctx::Event;
use crate::db::SystemTx;
use crate::db::record::Closing;
use crate::http::{ApiResult, Origin, Problem};
use crate::security::cookies::Issued;
use crate::security::random::{self, Hash};
use crate::security::tokens::NewAccess;

/// Where somebody signs in.
#[derive(Debug, Default)]
pub struct Device {
    /// What the browser calls itself.
    pub user_agent: String,
    /// Address.
    pub ip: Option<IpAddr>,
    /// Whether the session outlives the browser.
    pub remember: bool,
    /// The request, for the audit.
    pub origin: Origin,
    /// By which a browser is known again, if it was here before.
    pub token: Option<String>,
}

/// A fresh session: cookies for the browser, and who it is.
#[derive(Debug)]
pub struct SignedIn {
    /// Cookies.
    pub issued: Issued,
    /// Answer.
    pub me: Me,
}

/// What tokens of a session are made of.
pub(super) struct Grant<'a> {
    pub(super) user: UserId,
    pub(super) session: SessionId,
    pub(super) organization: OrganizationId,
    pub(super) epoch: i32,
    pub(super) authenticated_at: DateTime<Utc>,
    pub(super) methods: &'a [String],
    pub(super) remember: bool,
    pub(super) session_expires_at: DateTime<Utc>,
}

/// Starts a session for a person who has proved who they are, by these methods (RFC 8176). Ends the oldest beyond the limit. The caller commits.
pub async fn start_session(
    state: &AppState,
    tx: &mut SystemTx,
    organization: OrganizationId,
    user: UserId,
    methods: &[&str],
    device: &Device,
    now: DateTime<Utc>,
) -> ApiResult<SignedIn> {
    let mut caller = store::member(tx, organization.uuid(), user.uuid())
        .await?
        .ok_or_else(|| Problem::not_found("member"))?
        .into_caller()?;
    let session = SessionId::from_uuid(state.ids().next(now));
    let lifetimes = &state.config().session;
    let expires = now
        + if device.remember {
            lifetimes.remember
        } else {
            lifetimes.absolute
        };
    let methods: Vec<String> = methods.iter().map(|&method| method.to_owned()).collect();
    let new = NewSession {
        organization: organization.uuid(),
        id: session.uuid(),
        user: user.uuid(),
        remember: device.remember,
        methods: &methods,
        now,
        idle_expires_at: first_idle_end(state, &caller, device.remember, expires, now),
        expires_at: expires,
        user_agent: &device.user_agent,
        ip: device.ip.map(|ip| ip.to_string()),
    };
    store::insert_session(tx, &new).await?;
    for ended in store::end_surplus(tx, user.uuid(), i64::from(lifetimes.max_sessions), now).await?
    {
        super::forget_session(state, SessionId::from_uuid(ended));
    }
    let grant = Grant {
        user,
        session,
        organization,
        epoch: 1,
        authenticated_at: now,
        methods: &methods,
        remember: device.remember,
        session_expires_at: expires,
    };
    let (mut issued, _) = issue(state, tx, &grant, now).await?;
    issued.device = Some(recognise(state, tx, &caller, device, now).await?);
    caller.session_id = Some(session);
    caller.session_expires_at = Some(expires);
    let organizations = store::memberships(tx, user.uuid()).await?;
    tx.enter(organization).await?;
    let event = Event::new(
        "session",
        session.uuid(),
        1,
        "started",
        serde_json::json!({ "remember": device.remember, "methods": methods }),
    );
    let closing = Closing {
        caller: &caller,
        now,
        origin: device.origin,
        events: &[event],
        ids: state.ids(),
        kept: None,
    };
    closing.write(tx).await?;
    Ok(SignedIn {
        issued,
        me: Me::new(&caller, organizations),
    })
}

fn first_idle_end(
    state: &AppState,
    caller: &Caller,
    remember: bool,
    expires: DateTime<Utc>,
    now: DateTime<Utc>,
) -> DateTime<Utc> {
    use crate::permission::Role;
    let idle = idle(state, now);
    match caller.role {
        _ if remember => expires,
        Role::Owner | Role::Admin => idle.administrators.min(expires),
        _ => idle.usual.min(expires),
    }
}

/// A new pair of tokens with its CSRF token; returns the refresh token's hash beside it.
pub(super) async fn issue(
    state: &AppState,
    tx: &mut SystemTx,
    grant: &Grant<'_>,
    now: DateTime<Utc>,
) -> ApiResult<(Issued, Hash)> {
    let refresh = random::token()?;
    let hash = random::hash(&refresh);
    store::insert_refresh(
        tx,
        grant.organization.uuid(),
        grant.session.uuid(),
        &hash,
        now,
    )
    .await?;
    let keys = state.auth().keys();
    let access = keys.issue(&NewAccess {
        user: grant.user,
        session: grant.session,
        organization: grant.organization,
        refresh_hash: &hash,
        epoch: grant.epoch,
        authenticated_at: grant.authenticated_at,
        methods: grant.methods,
        now,
        expires: (now + state.config().session.access_ttl).min(grant.session_expires_at),
    })?;
    let csrf = keys.csrf_token(grant.session)?;
    let persist_until = grant.remember.then_some(grant.session_expires_at);
    Ok((
        Issued {
            access,
            refresh: refresh.to_string(),
            csrf,
            persist_until,
            device: None,
        },
        hash,
    ))
}
