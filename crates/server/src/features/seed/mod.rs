//! Data to look at: a small believable company made through the real services, and a mass of orders made by the database itself.

mod jobs;
pub mod service;
mod store;

pub use jobs::kinds;
