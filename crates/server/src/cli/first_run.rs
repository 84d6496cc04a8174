//! What a person sees when the server is ready: the address, and how to sign in for the first time.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Exit, Failure, out};
use crate::app::AppState;
use crate::config::write_private;
use crate::features::{seed, setup};

/// Who owns the demo organization.
pub(super) const OWNER: &str = "owner@demo.example";

/// A sign-in of the demo organization, kept in the data directory so that every start can print it.
#[derive(Debug, Serialize, Deserialize)]
struct DemoSignIn {
    email: String,
    password: String,
    /// Members of other roles, who have the same password.
    #[serde(default)]
    others: Vec<String>,
}

/// Prints the address and the way in: the demo sign-in, or on an empty database the one-time link. `demo` is how many orders the demo
/// gets beside those made by hand.
pub(super) async fn welcome(
    state: &AppState,
    demo: Option<u64>,
    database: Option<&Path>,
) -> Result<(), Failure> {
    let address = state.config().server.origin();
    let sign_in = match demo {
        Some(orders) => demo_sign_in(state, orders).await?,
        None => None,
    };
    let mut lines = vec![String::new(), format!("  Sales Order Manager   {address}")];
    if let Some(DemoSignIn {
        email,
        password,
        others,
    }) = sign_in
    {
        lines.push(format!("  e-mail:   {email}"));
        lines.push(format!("  password: {password}"));
        if !others.is_empty() {
            lines.push("  other roles, the same password:".to_owned());
            lines.extend(others.iter().map(|other| format!("            {other}")));
        }
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
async fn demo_sign_in(state: &AppState, orders: u64) -> Result<Option<DemoSignIn>, Failure> {
    let path = path(state);
    if setup::service::is_needed(state).await? {
        let sign_in = seed(state, orders).await?;
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

/// The demo organization; the password of its members is made here. The mass of orders follows in the background.
async fn seed(state: &AppState, orders: u64) -> Result<DemoSignIn, Failure> {
    out::word("Making the demo company …");
    let password = super::admin::new_password()?;
    let made = seed::service::demo_organization(state, OWNER, &password);
    let (owner, demo) = Box::pin(made).await?;
    if orders > 0 {
        let organization = owner.organization.id;
        seed::service::enqueue_scale(state, organization, owner.user_id, orders).await?;
    }
    Ok(DemoSignIn {
        email: OWNER.to_owned(),
        password,
        others: demo
            .sign_ins
            .into_iter()
            .map(|person| person.email)
            .collect(),
    })
}
