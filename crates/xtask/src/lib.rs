//! Checks and generators of this workspace, as a library so that tests can call them.

pub mod generate;
pub mod postgres;
pub mod scaffold;
pub mod tidy;
pub mod workspace;
