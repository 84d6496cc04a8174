//! Price lists, their prices, and the one place that finds the prices that may apply.

mod input;
pub mod service;
mod store;
mod view;
