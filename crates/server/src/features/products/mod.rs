//! Products, their categories and units of measure; finding one from what somebody types.

mod input;
pub mod service;
mod store;
mod view;
