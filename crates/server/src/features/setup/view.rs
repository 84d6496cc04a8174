//! What the first run answers.

use serde::Serialize;
use utoipa::ToSchema;

/// Whether there is anything here yet.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SetupView {
    /// Whether the server still waits for its first organization.
    pub needed: bool,
}
