//! Rate limits: exact sliding windows in memory, the client's address behind trusted proxies, and the answer's headers.

pub mod client;
pub mod headers;
pub mod policy;
pub mod window;

pub use client::client_ip;
pub use policy::{Act, Limiter, Policy, Verdict};
