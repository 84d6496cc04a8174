//! Checks and generators of this workspace, as a library so that tests can call them.
#![allow(
    clippy::disallowed_methods,
    reason = "the bans are for the product; a tool reads the environment and the clock"
)]

pub mod generate;
pub mod postgres;
pub mod scaffold;
pub mod tidy;
pub mod workspace;
