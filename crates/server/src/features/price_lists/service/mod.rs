//! Price lists and prices: create and change them, find the candidates of a document's lines, explain one, find those of a paste.

mod book;
mod explain;
mod lists;
mod prices;
mod resolve;
mod rule;

pub use book::{PriceBuyer, PriceLine, resolve_lines};
pub use explain::{ExplainRequest, explain};
pub use lists::{change, create, id_of, list, upsert};
pub use prices::{add_price, change_price, delete_price, price};
pub use resolve::resolve;
pub use rule::{PriceRow, rules};
