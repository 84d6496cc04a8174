//! What every deployment needs: health, readiness and the API's own description.

mod http;

pub use http::root_router;
