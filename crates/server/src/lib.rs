//! The server of Sales Order Manager.
pub mod config;
pub mod db;
