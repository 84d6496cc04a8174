//! The use cases of orders.

mod addresses;
mod again;
pub mod change;
mod compute;
pub mod create;
pub mod edit;
mod facts;
mod find;
pub mod fulfil;
mod header;
pub mod holds;
pub mod line_edit;
mod lines;
mod owner;
mod policy;
mod prepare;
pub mod preview;
mod refusal;
pub mod snapshot;
pub mod transition;
