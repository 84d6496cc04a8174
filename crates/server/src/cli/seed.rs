//! `som seed`: data to try things with.

use std::time::Instant;

use tokio_util::sync::CancellationToken;

use super::admin::new_password;
use super::arguments::{ConfigFlags, SeedCommand};
use super::{Exit, Failure, Outcome, first_run, open, out};
use crate::app::AppState;
use crate::caller::Caller;
use crate::features::imports;
use crate::features::seed::service::{self, Demo, Scale};
use crate::features::setup;

pub(super) async fn run(flags: &ConfigFlags, command: SeedCommand) -> Outcome {
    let opened = open::open(flags).await?;
    let outcome = async {
        opened.migrate().await?;
        let state = opened.application().await?;
        let outcome = match command {
            SeedCommand::Demo { organization } => demo(&state, organization.as_deref()).await,
            SeedCommand::Scale {
                orders,
                organization,
            } => scale(&state, orders, organization.as_deref()).await,
        };
        state.db().close().await;
        outcome
    };
    let outcome = Box::pin(outcome).await;
    opened.close().await;
    outcome
}

async fn demo(state: &AppState, organization: Option<&str>) -> Outcome {
    let password = new_password()?;
    let new = setup::service::is_needed(state).await?;
    let (owner, made) = if new {
        let made = service::demo_organization(state, first_run::OWNER, &password);
        Box::pin(made).await?
    } else {
        existing(state, organization, &password).await?
    };
    out::word(&format!(
        "{} orders were made for {}. Sign in at {} with this password:",
        made.orders,
        owner.organization.name,
        state.config().server.origin()
    ));
    out::data(&password);
    if new {
        out::data(&format!("{}\towner\t{}", owner.email, owner.name));
    }
    for person in &made.sign_ins {
        out::data(&format!(
            "{}\t{}\t{}",
            person.email, person.role, person.name
        ));
    }
    Ok(Exit::Ok)
}

/// Fills the organization that is there; its owner keeps the password they have.
async fn existing(
    state: &AppState,
    organization: Option<&str>,
    password: &str,
) -> Result<(Caller, Demo), Failure> {
    let owner = imports::service::caller(state, None, organization).await?;
    let made = service::demo(state, owner.organization.id, owner.user_id, password);
    let made = Box::pin(made).await?;
    Ok((owner, made))
}

async fn scale(state: &AppState, orders: u64, organization: Option<&str>) -> Outcome {
    let owner = imports::service::caller(state, None, organization).await?;
    let wanted = Scale {
        orders,
        stop: CancellationToken::new(),
    };
    let begin = Instant::now();
    let bar = super::import::bar();
    let told = |done: u64, total: u64| {
        bar.set_length(total);
        bar.set_position(done);
    };
    let made = Box::pin(service::scale(state, &owner, &wanted, &told)).await?;
    bar.finish_and_clear();
    out::data(&format!(
        "{made} orders were added to {} in {:.1} s",
        owner.organization.name,
        begin.elapsed().as_secs_f64()
    ));
    Ok(Exit::Ok)
}
