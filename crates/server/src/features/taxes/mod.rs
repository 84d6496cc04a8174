//! Taxes, tax classes of products, and the rules that pick taxes for a class, a place and a customer's tax status.

mod input;
pub mod service;
mod store;
mod view;
