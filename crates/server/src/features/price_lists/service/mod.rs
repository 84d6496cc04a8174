//! Price lists and prices: create and change them, find the candidates of a document's lines, explain a price.

mod book;
mod explain;
mod lists;
mod prices;

pub use book::{PriceBook, PriceBuyer, PriceLine, candidates, resolve_lines};
pub use explain::{ExplainRequest, explain};
pub use lists::{change, create, id_of, list, upsert};
pub use prices::{add_price, change_price, delete_price, price};
