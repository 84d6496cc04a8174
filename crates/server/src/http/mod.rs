//! The shared edge: problems, permissions, input, lists, idempotency, headers, limits, the embedded web app.

pub mod allowed;
pub mod api_doc;
pub mod codes;
pub mod command;
pub mod docs;
pub mod error;
pub mod finish;
pub mod input;
pub mod limits;
pub mod list;
pub mod middleware;
pub mod origin;
pub mod params;
pub mod path;
pub mod problem;
pub mod read;
pub mod same_origin;
pub mod serve;
pub mod spa;
pub mod strict_json;

pub use allowed::{Allowed, Public, require};
pub use command::{Command, IfMatch, Sent};
pub use error::{ApiError, ApiResult, on_constraint, unavailable};
pub use input::{InputErrors, NoBody, Patch};
pub use origin::Origin;
pub use params::Params;
pub use path::Id;
pub use problem::{FieldProblem, Problem};
