//! `som admin`: a way in from the command line.

use super::arguments::{AdminCommand, ConfigFlags};
use super::{Exit, Failure, Outcome};

pub(super) async fn run(_flags: &ConfigFlags, _command: AdminCommand) -> Outcome {
    Err(Failure::new(Exit::Unexpected, "not part of this build"))
}
