//! What can be sent about number series.

use deserr::Deserr;
use som_domain::NumberTemplate;
use utoipa::ToSchema;

use crate::http::{InputErrors, Patch};

/// Changes of a number series (merge patch).
#[derive(Debug, Clone, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({ "template": "SO-{YY}-{NNNNN}" }))]
pub struct NumberSeriesPatch {
    /// Text with `{YYYY}`, `{YY}`, `{MM}`, `{DD}` and one counter `{NNNNNN}`.
    #[deserr(default)]
    #[schema(required = false)]
    pub template: Patch<NumberTemplate>,
}
