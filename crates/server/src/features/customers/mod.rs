//! Customers. So far only what prices need to know of them; the resource itself follows.

pub mod service;
mod store;
