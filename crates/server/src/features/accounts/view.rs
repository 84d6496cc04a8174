//! What the account routes answer.

use serde::Serialize;
use utoipa::ToSchema;

use crate::captcha::CaptchaView;

/// What this server offers to people who are not signed in.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AccountOptions {
    /// `open`, `invitation` or `off`.
    #[schema(example = "invitation")]
    pub sign_up: &'static str,
    /// Whether the server sends mail: without it there is no sign-up and no forgotten password.
    pub mail: bool,
    /// Fewest characters of a password.
    #[schema(example = 15)]
    pub password_min_length: usize,
    /// Most characters of a password.
    #[schema(example = 256)]
    pub password_max_length: usize,
    /// What a visitor is asked for beside the form.
    pub captcha: CaptchaView,
}
