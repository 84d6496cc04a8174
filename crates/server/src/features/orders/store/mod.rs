//! The only SQL of orders.

pub mod reference;
