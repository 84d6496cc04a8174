//! Fields an organization adds to its customers, products and orders: typed definitions, and the check of what is written to them.

mod input;
pub mod service;
mod store;
mod view;
