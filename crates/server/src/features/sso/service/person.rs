//! Who it is that a provider speaks of: somebody known by issuer and subject, or somebody new of a proved domain. An address alone opens nothing.

use chrono::{DateTime, Utc};
use serde_json::json;
use som_domain::Email;
use som_domain::ids::{OrganizationId, SessionId, UserId};
use som_domain::text::Name;
use uuid::Uuid;

use super::super::store::{self, GroupRow, IdentityRow, JourneyRow, ProviderRow};
use super::come_back::Stop;
use super::groups::{self, Wanted};
use super::protocol::Refused;
use super::said::{SKEW, Said};
use crate::app::AppState;
use crate::caller::Caller;
use crate::ctx::Event;
use crate::db::record::Closing;
use crate::db::{SystemScope, SystemTx};
use crate::features::auth::service::{self as auth, Deed, Device, SignIn, Vouched};
use crate::features::members::service::{self as members, FromOutside};
use crate::http::Origin;
use crate::mail::{FactorEvent, Letter, post};

/// A session for whom the provider speaks of, with the role its groups give.
pub(super) async fn sign_in(
    state: &AppState,
    row: &JourneyRow,
    provider: &ProviderRow,
    said: &Said,
    device: &Device,
    now: DateTime<Utc>,
) -> Result<SignIn, Stop> {
    let organization = OrganizationId::from_uuid(row.organization_id);
    let mut tx = state.db().system(SystemScope::Identity).await?;
    tx.enter(organization).await?;
    let groups = store::groups(&mut tx, row.organization_id, Some(provider.id)).await?;
    let wanted = groups::wanted(&groups, &said.groups);
    if wanted == Wanted::Nobody {
        return Err(Refused("no group of the person gives a role".into()).into());
    }
    let known = store::identity(
        &mut tx,
        row.organization_id,
        &provider.issuer,
        &said.subject,
    );
    let mut events = Vec::new();
    let user = match known.await? {
        Some(known) => {
            store::identity_used(&mut tx, row.organization_id, known.id, now).await?;
            events.extend(place(&mut tx, &known, row.organization_id, &wanted, now).await?);
            known.user_id
        }
        None => {
            let (user, happened) = admit(state, &mut tx, row, provider, said, &wanted, now).await?;
            events.extend(happened);
            user
        }
    };
    let vouched = Vouched {
        user: UserId::from_uuid(user),
        organization,
        second_factor: said.second_factor,
        // who does not say when is not believed that it was just now
        at: said.auth_time.unwrap_or(DateTime::UNIX_EPOCH),
    };
    record(
        state,
        &mut tx,
        row.organization_id,
        user,
        &events,
        device.origin,
        now,
    )
    .await?;
    let begun = auth::sign_in_vouched(state, &mut tx, &vouched, device, now).await?;
    tx.commit().await?;
    if !events.is_empty() {
        state.auth().forget_callers();
    }
    Ok(begun)
}

/// The caller of a journey is known by this subject from now on.
pub(super) async fn link(
    state: &AppState,
    row: &JourneyRow,
    provider: &ProviderRow,
    said: &Said,
    origin: Origin,
    now: DateTime<Utc>,
) -> Result<(), Stop> {
    let (mut tx, user, _) = still_signed_in(state, row, now).await?;
    let new = identity(state, provider, said, user.uuid(), now);
    if !store::insert_identity(&mut tx, row.organization_id, &new).await? {
        let known = store::identity(
            &mut tx,
            row.organization_id,
            &provider.issuer,
            &said.subject,
        );
        let same = known
            .await?
            .is_some_and(|known| known.user_id == user.uuid());
        return if same {
            Ok(())
        } else {
            Err(Refused("the subject is somebody else already".into()).into())
        };
    }
    let person = auth::caller_in(&mut tx, row.organization_id, user.uuid()).await?;
    let person = person.ok_or_else(gone)?;
    let deed = Deed {
        action: "identity_linked",
        facts: json!({ "issuer": provider.issuer, "provider": provider.name }),
        origin,
        now,
    };
    auth::audit(state, &mut tx, user.uuid(), &deed).await?;
    let letter = Letter::SecondFactor {
        event: FactorEvent::IdentityLinked {
            issuer: provider.issuer.clone(),
        },
        at: now,
    };
    post(&mut tx, state, now, &person.email, &letter).await?;
    Ok(tx.commit().await?)
}

/// The caller of a journey showed once more who it is: there, after the journey began, and with a second factor from those who have one here.
pub(super) async fn step_up(
    state: &AppState,
    row: &JourneyRow,
    provider: &ProviderRow,
    said: &Said,
    now: DateTime<Utc>,
) -> Result<(), Stop> {
    let (mut tx, user, session) = still_signed_in(state, row, now).await?;
    let known = store::identity(
        &mut tx,
        row.organization_id,
        &provider.issuer,
        &said.subject,
    );
    let known = known.await?.filter(|known| known.user_id == user.uuid());
    let known = known.ok_or_else(|| Refused("it is somebody else".into()))?;
    if said.auth_time.is_none_or(|at| at < row.created_at - SKEW) {
        return Err(Refused("the provider did not ask the person anew".into()).into());
    }
    if auth::has_second_factor(&mut tx, user).await? && !said.second_factor {
        return Err(Refused("the provider asked for no second factor".into()).into());
    }
    store::identity_used(&mut tx, row.organization_id, known.id, now).await?;
    let methods: &[&str] = if said.second_factor {
        &["sso", "sso_mfa"]
    } else {
        &["sso"]
    };
    auth::proved_by(&mut tx, session, methods, now).await?;
    tx.commit().await?;
    auth::forget_session(state, session);
    Ok(())
}

async fn still_signed_in(
    state: &AppState,
    row: &JourneyRow,
    now: DateTime<Utc>,
) -> Result<(SystemTx, UserId, SessionId), Stop> {
    let both = row.user_id.zip(row.session_id).ok_or_else(gone)?;
    let (user, session) = (UserId::from_uuid(both.0), SessionId::from_uuid(both.1));
    let mut tx = state.db().system(SystemScope::Identity).await?;
    if auth::living_session(&mut tx, session, user, now).await? {
        return Ok((tx, user, session));
    }
    Err(gone().into())
}

fn gone() -> Refused {
    Refused("the session has ended".into())
}

fn identity(
    state: &AppState,
    provider: &ProviderRow,
    said: &Said,
    user: Uuid,
    now: DateTime<Utc>,
) -> IdentityRow {
    IdentityRow {
        id: state.ids().next(now),
        user_id: user,
        issuer: provider.issuer.clone(),
        subject: said.subject.clone(),
        created_at: now,
        last_used_at: now,
    }
}

/// Gives a known person the role the groups say, unless it is an owner.
async fn place(
    tx: &mut SystemTx,
    known: &IdentityRow,
    organization: Uuid,
    wanted: &Wanted<'_>,
    now: DateTime<Utc>,
) -> Result<Option<Event>, Stop> {
    let Wanted::Role(group) = wanted else {
        return Ok(None);
    };
    let role = from_outside(group)?;
    Ok(members::place_from_outside(tx, organization, known.user_id, &role, now).await?)
}

fn from_outside(group: &GroupRow) -> Result<FromOutside<'_>, Refused> {
    let base = groups::base(group).ok_or_else(|| Refused("the role is unknown".into()))?;
    Ok(FromOutside {
        role: base.as_str(),
        role_id: group.role_id,
    })
}

/// Makes an account for a person nobody knows yet: of a proved domain, with an address that the provider checked and no account has.
async fn admit(
    state: &AppState,
    tx: &mut SystemTx,
    row: &JourneyRow,
    provider: &ProviderRow,
    said: &Said,
    wanted: &Wanted<'_>,
    now: DateTime<Utc>,
) -> Result<(Uuid, Vec<Event>), Stop> {
    let unknown = |why: &str| Refused(format!("the person is not known here, and {why}"));
    let Wanted::Role(group) = wanted else {
        return Err(unknown("no group gives a role").into());
    };
    let email = said
        .email
        .as_deref()
        .and_then(|text| text.parse::<Email>().ok());
    let email = email.ok_or_else(|| unknown("there is no address"))?;
    if !said.email_verified {
        return Err(unknown("the address is not verified").into());
    }
    let domain = email.as_str().rsplit('@').next().unwrap_or_default();
    let domains = store::domains(tx, row.organization_id, Some(provider.id)).await?;
    let ours = |one: &store::DomainRow| one.domain == domain && one.verified_at.is_some();
    if !domains.iter().any(ours) {
        return Err(unknown("the domain is not proved").into());
    }
    let name = name(said, &email);
    let organization = OrganizationId::from_uuid(row.organization_id);
    let role = from_outside(group)?;
    let admitted =
        members::admit_from_outside(tx, state.ids(), organization, &email, &name, &role, now);
    let (user, event) = admitted
        .await?
        .ok_or_else(|| unknown("the address has an account: its person links it"))?;
    let new = identity(state, provider, said, user, now);
    if !store::insert_identity(tx, row.organization_id, &new).await? {
        return Err(unknown("somebody was faster").into());
    }
    let facts = json!({ "issuer": provider.issuer, "provider": provider.name });
    let mut linked = Event::new("user", user, 1, "identity_linked", facts);
    linked.version = None;
    Ok((user, vec![event, linked]))
}

fn name(said: &Said, email: &Email) -> String {
    let local = email.as_str().split('@').next().unwrap_or_default();
    let named = said
        .name
        .as_deref()
        .and_then(|text| text.parse::<Name>().ok());
    named.map_or_else(|| local.to_owned(), Name::into_string)
}

/// What the provider's word changed is written down as done by the system.
async fn record(
    state: &AppState,
    tx: &mut SystemTx,
    organization: Uuid,
    user: Uuid,
    events: &[Event],
    origin: Origin,
    now: DateTime<Utc>,
) -> Result<(), Stop> {
    if events.is_empty() {
        return Ok(());
    }
    let person = auth::caller_in(tx, organization, user).await?;
    let person = person.ok_or_else(|| Refused("the person may not work here".into()))?;
    let closing = Closing {
        caller: &Caller::system(person.organization),
        now,
        origin,
        events,
        ids: state.ids(),
        kept: None,
    };
    closing.write(tx).await?;
    Ok(())
}
