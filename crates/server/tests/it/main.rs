//! Integration tests: features through the real HTTP router on a real database.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod command_line;
mod config;
mod embedded;
mod serve;
