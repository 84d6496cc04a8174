//! The server of Sales Order Manager.

pub mod app;
pub mod audit;
pub mod caller;
pub mod captcha;
pub mod change;
pub mod cli;
pub mod clock;
pub mod config;
pub mod ctx;
pub mod dates;
pub mod db;
pub mod export;
pub mod features;
pub mod http;
pub mod ids;
pub mod jobs;
pub mod mail;
pub mod objects;
pub mod outbound;
pub mod permission;
pub mod personal;
pub mod quantity;
pub mod security;
pub mod telemetry;
pub mod wire;
pub mod workers;
