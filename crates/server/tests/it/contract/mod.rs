//! The whole API held to its own description: every operation of the OpenAPI document is asked in every way that must be answered alike.
//! A new operation is covered by being described; when its object cannot be made from its example, `world.rs` says how to make one.

mod codes;
mod digest;
mod document;
mod edge;
mod examples;
mod inputs;
mod refusals;
mod schema;
mod world;
mod writes;

pub use document::{Document, Operation};
pub use world::{Target, World};
