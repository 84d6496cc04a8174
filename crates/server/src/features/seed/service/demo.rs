//! The demo company: master data, people and thirteen weeks of orders in every state, through the services of the API.

use std::sync::Arc;

use chrono::Duration;
use som_domain::ids::{OrganizationId, UserId};

use super::people::{self, SignIn};
use super::random::Chance;
use super::{catalogue, customers, execute, lists, plan, products};
use crate::app::AppState;
use crate::caller::Caller;
use crate::ctx::Ctx;
use crate::features::seed::store;
use crate::features::{auth, setup};
use crate::http::{ApiResult, Origin, Problem};
use crate::jobs;

/// The company opened this long before the first order.
const BEFORE: Duration = Duration::days(7);
/// Orders go back this far: what the home page shows.
pub(super) const WEEKS: Duration = Duration::weeks(13);
const SEED: u64 = 2_026;

/// What was made.
#[derive(Debug)]
pub struct Demo {
    /// The members beside the owner.
    pub sign_ins: Vec<SignIn>,
    /// How many orders.
    pub orders: usize,
}

/// Makes the demo organization with its owner, and fills it.
pub async fn demo_organization(
    state: &AppState,
    email: &str,
    password: &str,
) -> ApiResult<(Caller, Demo)> {
    let example = setup::service::NewOrganization::example("Demo Trading GmbH");
    let organization = setup::service::create_organization(state, example).await?;
    let owner =
        setup::service::create_admin(state, organization, email, "Dana Demo", password).await?;
    let demo = demo(state, organization, owner, password).await?;
    let owner = auth::service::caller(state, organization, owner).await?;
    Ok((owner, demo))
}

/// Fills an organization that holds nothing yet. All new members get `password`.
///
/// # Errors
/// 409 `organization_not_empty`.
pub async fn demo(
    state: &AppState,
    organization: OrganizationId,
    owner: UserId,
    password: &str,
) -> ApiResult<Demo> {
    let owner = Arc::new(auth::service::caller(state, organization, owner).await?);
    refuse_data(state, &owner).await?;
    let now = state.clock().now();
    let opened = now - WEEKS - BEFORE;
    let mut chance = Chance::new(SEED);
    let people = people::create(state, &owner, opened, password).await?;
    let mut ctx = Ctx::begin(
        state,
        Arc::clone(&owner),
        opened,
        Origin::default(),
        None,
        false,
    )
    .await?;
    let basics = catalogue::create(&mut ctx).await?;
    let products = products::create(&mut ctx, &mut chance).await?;
    let customers = customers::create(&mut ctx, &people, &basics, &mut chance).await?;
    lists::create(&mut ctx, &basics, &products).await?;
    ctx.commit().await?;
    let plans = plan::plan(&owner, now, &customers, &products, &mut chance);
    let orders = plans.len();
    execute::execute(state, &people, plans, now).await?;
    jobs::drain(state).await?;
    Ok(Demo {
        sign_ins: people.sign_ins,
        orders,
    })
}

/// Demo data is not mixed with anybody's own.
async fn refuse_data(state: &AppState, owner: &Caller) -> ApiResult<()> {
    let mut tx = state.db().tenant_read(owner.organization.id).await?;
    let organization = owner.organization.id.uuid();
    if store::has_data(&mut tx, organization).await? {
        return Err(Problem::conflict(
            "organization_not_empty",
            "The organization holds customers, products or orders already. Demo data goes into an empty one only.",
        )
        .into());
    }
    Ok(())
}
