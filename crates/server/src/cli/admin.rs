//! `som admin`: a way in from the command line, for the first person and for the day nobody can sign in.

use std::io::Read;

use super::arguments::{AdminCommand, ConfigFlags, CreateAdmin};
use super::open::{Opened, open};
use super::{Exit, Failure, Outcome, out};
use crate::app::AppState;
use crate::db::SystemScope;
use crate::features::{second_factors, setup};
use som_domain::ids::OrganizationId;

/// Letters and digits that are not mistaken for one another.
const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";

pub(super) async fn run(flags: &ConfigFlags, command: AdminCommand) -> Outcome {
    let opened = open(flags).await?;
    let outcome = match command {
        AdminCommand::Create(options) => create(&opened, options).await,
        AdminCommand::Link => link(&opened).await,
        AdminCommand::ResetMfa { email } => reset_mfa(&opened, &email).await,
    };
    opened.close().await;
    outcome
}

async fn create(opened: &Opened, options: CreateAdmin) -> Outcome {
    let given = given_password(&options)?;
    opened.migrate().await?;
    let state = opened.application().await?;
    let organization = organization(&state, options.organization.as_deref()).await?;
    let (password, made) = match given {
        Some(password) => (password, false),
        None => (new_password()?, true),
    };
    setup::service::create_admin(
        &state,
        organization,
        &options.email,
        &options.name,
        &password,
    )
    .await?;
    out::word(&format!(
        "{} is an owner now and signs in at {}.",
        options.email,
        state.config().server.origin()
    ));
    if made {
        out::word("This password is shown once; change it after signing in:");
        out::data(&password);
    }
    state.db().close().await;
    Ok(Exit::Ok)
}

async fn link(opened: &Opened) -> Outcome {
    opened.migrate().await?;
    let state = opened.application().await?;
    let link = setup::service::issue_link(&state).await?;
    state.db().close().await;
    let Some(link) = link else {
        return Err(
            Failure::new(Exit::Conflict, "There is an organization already.")
                .next("som admin create --help"),
        );
    };
    out::data(&link);
    Ok(Exit::Ok)
}

async fn reset_mfa(opened: &Opened, email: &str) -> Outcome {
    let state = opened.application().await?;
    let reset = second_factors::service::reset(&state, email).await;
    state.db().close().await;
    out::word(&if reset? {
        format!(
            "{email} signs in with the password alone, and every session of the account was ended."
        )
    } else {
        format!("{email} has no second factor.")
    });
    Ok(Exit::Ok)
}

/// The organization by name; the only one without a name; a new one when there is none.
async fn organization(state: &AppState, name: Option<&str>) -> Result<OrganizationId, Failure> {
    let mut tx = state.db().system(SystemScope::Identity).await?;
    let known = sqlx::query!("select id, name from organizations order by created_at")
        .fetch_all(&mut *tx)
        .await?;
    tx.commit().await?;
    if known.is_empty() {
        let new = setup::service::NewOrganization::example(name.unwrap_or("My company"));
        return Ok(setup::service::create_organization(state, new).await?);
    }
    let wanted: Vec<_> = known
        .iter()
        .filter(|o| name.is_none_or(|n| n == o.name))
        .collect();
    if let [only] = wanted.as_slice() {
        return Ok(OrganizationId::from_uuid(only.id));
    }
    let names: Vec<String> = known.iter().map(|o| format!("  {}", o.name)).collect();
    let (exit, question) = match name {
        None => (Exit::Usage, "Which organization? There are:".to_owned()),
        Some(name) => (
            Exit::NotFound,
            format!("There is not one organization {name}. There are:"),
        ),
    };
    Err(Failure::new(exit, format!("{question}\n{}", names.join("\n"))).next("--organization NAME"))
}

fn given_password(options: &CreateAdmin) -> Result<Option<String>, Failure> {
    let fail =
        |e: std::io::Error| Failure::new(Exit::Usage, format!("cannot read the password: {e}"));
    let text = if let Some(path) = &options.password_file {
        std::fs::read_to_string(path).map_err(fail)?
    } else if options.password_stdin {
        let mut text = String::new();
        std::io::stdin()
            .lock()
            .take(4096)
            .read_to_string(&mut text)
            .map_err(fail)?;
        text
    } else {
        return Ok(None);
    };
    Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned()))
}

/// Five groups of four: 99 bits, easy to copy by hand.
pub(super) fn new_password() -> Result<String, Failure> {
    let mut groups = Vec::new();
    for _ in 0..5 {
        let mut group = String::new();
        while group.len() < 4 {
            let mut byte = [0u8; 1];
            getrandom::fill(&mut byte)
                .map_err(|e| Failure::new(Exit::Unexpected, format!("no randomness: {e}")))?;
            // bytes beyond the last whole multiple would prefer the first letters
            if usize::from(byte[0]) < 256 / LETTERS.len() * LETTERS.len() {
                group.push(char::from(LETTERS[usize::from(byte[0]) % LETTERS.len()]));
            }
        }
        groups.push(group);
    }
    Ok(groups.join("-"))
}
