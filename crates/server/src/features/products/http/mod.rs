//! Routes of products, categories and units.

pub mod categories;
pub mod list;
pub mod product;
pub mod state;
pub mod units;
