//! Translation between HTTP and the use cases of orders.

pub mod preview;
