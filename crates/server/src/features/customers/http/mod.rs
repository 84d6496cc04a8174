//! Routes of customers, their contact persons and their addresses.

pub mod addresses;
pub mod contacts;
pub mod customer;
pub mod list;
pub mod state;
pub mod timeline;
