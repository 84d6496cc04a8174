//! The server of Sales Order Manager.
