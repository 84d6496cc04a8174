//! The kinds of order lines, as stored.

pub use som_domain::orders::OrderLineKind;

/// Reads the stored form; what is unknown counts as goods.
pub fn stored_kind(text: &str) -> OrderLineKind {
    text.parse().unwrap_or(OrderLineKind::Goods)
}
