//! Integration tests: features through the real HTTP router on a real database.

#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking, and nothing outside calls it"
)]

mod auth;
mod auth_sessions;
mod command_line;
mod config;
mod custom_fields;
mod customers;
mod embedded;
mod harness;
mod headers;
mod jobs;
mod limits;
mod lists;
mod members;
mod members_teams;
mod orders;
mod platform;
mod preview;
mod price_lists;
mod products;
mod serve;
mod sessions;
mod setup;
mod shop;
mod taxes;
