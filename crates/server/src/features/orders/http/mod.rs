//! Translation between HTTP and the use cases of orders.

pub mod create;
pub mod deliveries;
pub mod edit;
pub mod fulfil;
pub mod history;
pub mod lifecycle;
pub mod list;
pub mod preview;
pub mod read;
