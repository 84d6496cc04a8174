//! Routes of price lists, prices and explanations.

pub mod explain;
pub mod lists;
pub mod prices;
pub mod resolve;
