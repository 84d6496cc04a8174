//! Organizations and their owners: by the first-run link, by the command line, in seeds and tests.

use chrono::{DateTime, Duration, Utc};
use som_domain::Email;
use som_domain::country::CountryCode;
use som_domain::currency::Currency;
use som_domain::ids::{OrganizationId, UserId};
use som_domain::text::Name;
use zeroize::Zeroizing;

use super::input::CompleteSetup;
use super::store::{self, OrganizationRow};
use crate::app::AppState;
use crate::db::{SystemScope, SystemTx};
use crate::features::auth;
use crate::features::auth::service::{Device, SignedIn};
use crate::features::members::service::{Person, insert_member};
use crate::http::{ApiResult, FieldProblem, Problem};
use crate::ids::Ids;
use crate::jobs::{NewJob, enqueue};
use crate::permission::Role;
use crate::security::password::Password;
use crate::security::{random, strength};

/// How long the first-run link works.
const LINK_LIFE: Duration = Duration::minutes(30);
/// Units every organization starts with: code, name, step.
const UNITS: [(&str, &str, &str); 5] = [
    ("pcs", "Piece", "1"),
    ("kg", "Kilogram", "0.001"),
    ("h", "Hour", "0.25"),
    ("m", "Metre", "0.01"),
    ("l", "Litre", "0.01"),
];

/// Examples are made by this kind of job.
pub const DEMO_JOB: &str = "seed_demo";

/// A company to be made.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct NewOrganization {
    name: String,
    country: String,
    currency: String,
    time_zone: String,
}

impl NewOrganization {
    /// A company; `time_zone` is an IANA name.
    pub fn new(
        name: &Name,
        country: CountryCode,
        currency: Currency,
        time_zone: chrono_tz::Tz,
    ) -> Self {
        Self {
            name: name.as_str().to_owned(),
            country: country.as_str().to_owned(),
            currency: currency.code().to_owned(),
            time_zone: time_zone.name().to_owned(),
        }
    }

    /// A company in Berlin that works in EUR, for seeds and tests.
    pub fn example(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            country: "DE".to_owned(),
            currency: "EUR".to_owned(),
            time_zone: "Europe/Berlin".to_owned(),
        }
    }
}

/// Whether the server still waits for its first organization.
pub async fn is_needed(state: &AppState) -> ApiResult<bool> {
    let mut tx = state.db().system(SystemScope::Identity).await?;
    Ok(!store::organization_exists(&mut tx).await?)
}

/// A new first-run link, built from the public address; `None` when there is an organization already. The token stands in
/// the fragment, which browsers send nowhere.
pub async fn issue_link(state: &AppState) -> ApiResult<Option<String>> {
    let now = state.clock().now();
    let mut tx = state.db().system(SystemScope::Identity).await?;
    if store::organization_exists(&mut tx).await? {
        return Ok(None);
    }
    let token = random::token()?;
    store::insert_token(
        &mut tx,
        state.ids().next(now),
        &random::hash(&token),
        now,
        now + LINK_LIFE,
    )
    .await?;
    tx.commit().await?;
    Ok(Some(
        state
            .config()
            .server
            .link(&format!("/setup#t={}", token.as_str())),
    ))
}

/// Makes an organization with what every order needs: units, a tax class, number series.
pub async fn create_organization(
    state: &AppState,
    new: NewOrganization,
) -> ApiResult<OrganizationId> {
    let mut tx = state.db().system(SystemScope::Identity).await?;
    let id = insert_organization(&mut tx, state.ids(), &new, state.clock().now()).await?;
    tx.commit().await?;
    Ok(id)
}

/// Adds a member without judging the password: for seeds and tests.
pub async fn add_member(
    state: &AppState,
    organization: OrganizationId,
    email: &str,
    name: &str,
    role: Role,
    password: &str,
) -> ApiResult<UserId> {
    let hash = state
        .auth()
        .passwords()
        .hash(Zeroizing::new(password.to_owned()))
        .await?;
    let mut tx = state.db().system(SystemScope::Identity).await?;
    let person = Person {
        email,
        name,
        password_hash: &hash,
        role,
    };
    let user = insert_member(
        &mut tx,
        state.ids(),
        organization,
        &person,
        state.clock().now(),
    )
    .await?;
    tx.commit().await?;
    Ok(user)
}

/// Adds an owner, for `som admin create`. Errors: 422 for a weak password, 409 for a member.
pub async fn create_admin(
    state: &AppState,
    organization: OrganizationId,
    email: &str,
    name: &str,
    password: &str,
) -> ApiResult<UserId> {
    strength::check(password, &[name, email], "/password")
        .map_err(|problem| Problem::invalid(vec![problem]))?;
    add_member(state, organization, email, name, Role::Owner, password).await
}

/// Carries out the first run: organization, owner, session.
pub(super) async fn complete(
    state: &AppState,
    input: CompleteSetup,
    device: &Device,
    now: DateTime<Utc>,
) -> ApiResult<SignedIn> {
    let token = random::hash(input.token.as_str());
    let mut tx = state.db().system(SystemScope::Identity).await?;
    // The token first: who finds it used by someone else also finds what they made.
    let valid = store::token_is_valid(&mut tx, &token, now).await?;
    if store::organization_exists(&mut tx).await? {
        return Err(already_set_up().into());
    }
    if !valid {
        return Err(invalid_token().into());
    }
    // no connection is held while hashing
    tx.commit().await?;
    let (organization, administrator) = (input.organization, input.administrator);
    let founding = Founding {
        organization: &organization.name,
        country: organization.country,
        currency: organization.currency,
        time_zone: organization.time_zone.as_str(),
        name: &administrator.name,
        email: &administrator.email,
        password: &administrator.password,
        password_pointer: "/administrator/password",
    };
    let new = check(&founding, Vec::new())?;
    let hash = state
        .auth()
        .passwords()
        .hash(administrator.password.0)
        .await?;
    let mut tx = state.db().system(SystemScope::Identity).await?;
    store::lock(&mut tx).await?;
    if store::organization_exists(&mut tx).await? {
        return Err(already_set_up().into());
    }
    if !store::use_token(&mut tx, &token, now).await? {
        return Err(invalid_token().into());
    }
    let organization = insert_organization(&mut tx, state.ids(), &new, now).await?;
    let person = Person {
        email: administrator.email.as_str(),
        name: administrator.name.as_str(),
        password_hash: &hash,
        role: Role::Owner,
    };
    let user = insert_member(&mut tx, state.ids(), organization, &person, now).await?;
    if input.demo_data {
        let job = NewJob {
            created_by: Some(user.uuid()),
            ..NewJob::new(DEMO_JOB, Some(organization), serde_json::json!({}))
        };
        enqueue(&mut tx, state.ids().next(now), now, job).await?;
    }
    let signed_in =
        auth::service::start_session(state, &mut tx, organization, user, &["pwd"], device, now)
            .await?;
    tx.commit().await?;
    Ok(signed_in)
}

/// The company and its first owner as they are asked for: by the first-run link, or by a sign-up.
#[derive(Debug)]
pub struct Founding<'a> {
    /// Name of the company.
    pub organization: &'a Name,
    /// Its home country.
    pub country: CountryCode,
    /// Its base currency.
    pub currency: Currency,
    /// IANA time zone, as it was typed.
    pub time_zone: &'a str,
    /// The owner's name.
    pub name: &'a Name,
    /// The owner's sign-in address.
    pub email: &'a Email,
    /// The owner's password.
    pub password: &'a Password,
    /// Where the password is in the body.
    pub password_pointer: &'static str,
}

/// The company to be made; adds what is wrong with it, and with the password, to `errors`.
///
/// # Errors
/// 422 with all of `errors`, when there are any.
pub fn check(
    founding: &Founding<'_>,
    mut errors: Vec<FieldProblem>,
) -> Result<NewOrganization, Problem> {
    let context = [
        founding.name.as_str(),
        founding.email.as_str(),
        founding.organization.as_str(),
    ];
    let password = strength::check(&founding.password.0, &context, founding.password_pointer);
    errors.extend(password.err());
    let time_zone = founding.time_zone.parse::<chrono_tz::Tz>();
    if time_zone.is_err() {
        errors.push(FieldProblem::at(
            "/organization/time_zone",
            "unknown_time_zone",
            "The time zone is not an IANA name such as Europe/Berlin.",
        ));
    }
    match time_zone {
        Ok(time_zone) if errors.is_empty() => Ok(NewOrganization::new(
            founding.organization,
            founding.country,
            founding.currency,
            time_zone,
        )),
        _ => Err(Problem::invalid(errors)),
    }
}

/// The same inside a transaction; it enters the organization.
pub async fn insert_organization(
    tx: &mut SystemTx,
    ids: &Ids,
    new: &NewOrganization,
    now: DateTime<Utc>,
) -> ApiResult<OrganizationId> {
    let id = ids.next(now);
    let row = OrganizationRow {
        id,
        name: &new.name,
        country: &new.country,
        currency: &new.currency,
        time_zone: &new.time_zone,
        now,
    };
    store::insert_organization(tx, &row).await?;
    let organization = OrganizationId::from_uuid(id);
    tx.enter(organization).await?;
    let unit_ids: Vec<_> = UNITS.iter().map(|_| ids.next(now)).collect();
    store::insert_units(tx, id, &unit_ids, &UNITS, now).await?;
    store::insert_tax_basics(tx, id, ids.next(now), ids.next(now), now).await?;
    store::insert_number_series(tx, id, ids.next(now)).await?;
    Ok(organization)
}

fn already_set_up() -> Problem {
    Problem::conflict(
        "already_set_up",
        "This server is set up already. Sign in instead.",
    )
}

fn invalid_token() -> Problem {
    Problem::forbidden(
        "invalid_token",
        "The first-run link is wrong, used or older than 30 minutes. Restart the server for a new one.",
    )
}
