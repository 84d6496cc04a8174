//! The only SQL of orders.

mod columns;
pub mod deliveries;
pub mod due;
pub mod history;
pub mod latest;
pub mod read;
pub mod reference;
pub mod resealing;
mod sealed;
pub mod write;
