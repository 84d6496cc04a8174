//! Rate limits: exact sliding windows in this process or shared by all instances, the client's address behind trusted proxies, and the
//! answer's headers.

pub mod client;
pub mod headers;
mod key;
mod limiter;
pub mod policy;
mod store;
pub mod window;

pub use client::client_ip;
pub use key::Key;
pub use limiter::{Act, Limiter};
pub use policy::{Policy, Verdict};
pub use store::{RedisState, redis_state};
