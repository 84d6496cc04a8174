//! The use cases of orders.

pub mod addresses;
pub mod compute;
pub mod find;
pub mod header;
pub mod lines;
pub mod owner;
pub mod policy;
pub mod prepare;
pub mod preview;
