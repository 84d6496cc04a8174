//! Kinds of order lines and how each takes part in totals and fulfilment.

use crate::document::LineKind;
use crate::scalar::string_enum;
use crate::units::ProductKind;

string_enum! {
    /// What an order line is.
    pub enum OrderLineKind {
        /// Shipped and stocked.
        Goods = "goods",
        /// Done at an appointment.
        Service = "service",
        /// Billed per period.
        Recurring = "recurring",
        /// Shipping, fees.
        Charge = "charge",
        /// A heading or remark.
        Text = "text",
    }
}

impl OrderLineKind {
    /// How it takes part in the totals.
    pub fn in_totals(self) -> LineKind {
        match self {
            OrderLineKind::Goods | OrderLineKind::Service | OrderLineKind::Recurring => {
                LineKind::Item
            }
            OrderLineKind::Charge => LineKind::Charge,
            OrderLineKind::Text => LineKind::Text,
        }
    }

    /// Whether something has to be shipped.
    pub fn is_shippable(self) -> bool {
        self == OrderLineKind::Goods
    }

    /// Whether the order discount reaches it unless said otherwise.
    pub fn is_discountable(self) -> bool {
        self.in_totals() == LineKind::Item
    }
}

impl From<ProductKind> for OrderLineKind {
    fn from(kind: ProductKind) -> OrderLineKind {
        match kind {
            ProductKind::Goods => OrderLineKind::Goods,
            ProductKind::Service => OrderLineKind::Service,
            ProductKind::Recurring => OrderLineKind::Recurring,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_products() {
        for kind in ProductKind::ALL {
            let line = OrderLineKind::from(*kind);
            assert_eq!(line.as_str(), kind.as_str());
            assert_eq!(line.is_shippable(), kind.is_shippable());
            assert!(line.is_discountable());
        }
        assert!(!OrderLineKind::Charge.is_discountable() && !OrderLineKind::Text.is_shippable());
    }
}
