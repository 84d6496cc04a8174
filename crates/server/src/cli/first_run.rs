//! What a person sees when the server is ready: the address, and how to sign in for the first time.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Exit, Failure, out};
use crate::app::AppState;
use crate::config::write_private;
use crate::features::setup;

/// A sign-in of the demo organization, kept in the data directory so that every start can print it.
#[derive(Debug, Serialize, Deserialize)]
struct DemoSignIn {
    email: String,
    password: String,
}

/// Prints the address and the way in: the demo sign-in, or on an empty database the one-time link.
pub(super) async fn welcome(
    state: &AppState,
    demo: bool,
    database: Option<&Path>,
) -> Result<(), Failure> {
    let address = state.config().server.origin();
    let sign_in = if demo {
        demo_sign_in(state).await?
    } else {
        None
    };
    let mut lines = vec![String::new(), format!("  Sales Order Manager   {address}")];
    if let Some(DemoSignIn { email, password }) = sign_in {
        lines.push(format!("  e-mail:   {email}"));
        lines.push(format!("  password: {password}"));
    } else if let Some(link) = setup::service::issue_link(state).await? {
        lines.push(String::new());
        lines.push(format!(
            "  First run: open this link once to set up your company\n  {link}"
        ));
        lines.push("  or: som admin create --email … --name … --organization …".into());
    }
    lines.push(format!("  data:     {}", state.config().data_dir.display()));
    if let Some(place) = database {
        lines.push(format!("  database: {}", place.display()));
    }
    out::data(&lines.join("\n"));
    out::data("");
    Ok(())
}

/// The demo sign-in; an empty database is filled first. `None` when the database holds somebody's own data.
async fn demo_sign_in(state: &AppState) -> Result<Option<DemoSignIn>, Failure> {
    let path = path(state);
    if setup::service::is_needed(state).await? {
        let sign_in = seed(state).await?;
        let text = toml::to_string(&sign_in).map_err(anyhow::Error::from)?;
        write_private(&path, &text).map_err(|e| {
            Failure::new(
                Exit::Unexpected,
                format!("cannot write {}: {e}", path.display()),
            )
        })?;
        return Ok(Some(sign_in));
    }
    let kept = std::fs::read_to_string(&path).ok();
    Ok(kept.and_then(|text| toml::from_str(&text).ok()))
}

fn path(state: &AppState) -> PathBuf {
    state.config().data_dir.join("demo.toml")
}

/// The demo organization with its owner; the password is made here and known to nobody else.
async fn seed(state: &AppState) -> Result<DemoSignIn, Failure> {
    let email = "owner@demo.example";
    let password = super::admin::new_password()?;
    let example = setup::service::NewOrganization::example("Demo Trading GmbH");
    let organization = setup::service::create_organization(state, example).await?;
    setup::service::create_admin(state, organization, email, "Dana Demo", &password).await?;
    Ok(DemoSignIn {
        email: email.to_owned(),
        password,
    })
}
