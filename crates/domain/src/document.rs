//! What the totals of an order, a quotation or an invoice are computed from.

use serde::{Deserialize, Serialize};

use crate::currency::Currency;
use crate::money::{Amount, Quantity, Rate, UnitPrice};
use crate::rounding::RoundingMode;
use crate::scalar::string_enum;
use crate::text::Code;

/// Most lines of one document.
pub const LINES_MAX: usize = 10_000;
/// Most discounts in the chain of one line.
pub const DISCOUNTS_PER_LINE_MAX: usize = 10;
/// Most taxes on one line.
pub const TAXES_PER_LINE_MAX: usize = 10;

string_enum! {
    /// Where tax is rounded.
    pub enum TaxMode {
        /// Once per tax and document (the default).
        Document = "document",
        /// Once per tax and line (points of sale, some states).
        Line = "line",
    }
}

string_enum! {
    /// How a line takes part in the totals.
    pub enum LineKind {
        /// A product or service.
        Item = "item",
        /// Shipping, fees: outside the order discount unless flagged.
        Charge = "charge",
        /// A heading or remark without amounts.
        Text = "text",
    }
}

/// A reduction by per cent (0 to 100) or by an amount (capped at what it reduces).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "wire", derive(utoipa::ToSchema))]
pub enum Discount {
    /// Per cent of what is left.
    Percent(Rate),
    /// A fixed amount.
    Amount(Amount),
}

/// One tax of a line; the order of a line's taxes matters for compound ones.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(utoipa::ToSchema))]
pub struct LineTax {
    /// The tax's code.
    pub code: Code,
    /// Its rate in per cent.
    pub rate: Rate,
    /// Whether it is also levied on the taxes before it.
    #[serde(default)]
    pub compound: bool,
}

/// A line as entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// How it takes part.
    pub kind: LineKind,
    /// How many.
    pub quantity: Quantity,
    /// Price of one.
    pub unit_price: UnitPrice,
    /// Whether the price already contains the taxes.
    pub price_includes_tax: bool,
    /// Applied one after another, each rounded.
    pub discounts: Vec<Discount>,
    /// In the order they are levied.
    pub taxes: Vec<LineTax>,
    /// Why no tax is due; lines with different reasons are not pooled.
    pub exemption: Option<String>,
    /// Whether the order discount reaches it.
    pub discountable: bool,
    /// The share of the order discount frozen at confirmation; `None` computes it.
    pub fixed_order_discount_share: Option<Amount>,
}

impl Line {
    /// An item without discounts and taxes.
    pub fn item(quantity: Quantity, unit_price: UnitPrice) -> Line {
        Line {
            kind: LineKind::Item,
            quantity,
            unit_price,
            price_includes_tax: false,
            discounts: Vec::new(),
            taxes: Vec::new(),
            exemption: None,
            discountable: true,
            fixed_order_discount_share: None,
        }
    }

    /// A charge: an item that the order discount leaves alone.
    pub fn charge(quantity: Quantity, unit_price: UnitPrice) -> Line {
        Line {
            kind: LineKind::Charge,
            discountable: false,
            ..Line::item(quantity, unit_price)
        }
    }

    /// A line of text.
    pub fn text() -> Line {
        Line {
            kind: LineKind::Text,
            discountable: false,
            ..Line::item(Quantity::ZERO, UnitPrice::ZERO)
        }
    }
}

/// Everything the totals depend on, and nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The currency; its exponent is the number of decimals of every amount.
    pub currency: Currency,
    /// How halves are rounded.
    pub rounding: RoundingMode,
    /// Where tax is rounded.
    pub tax_mode: TaxMode,
    /// Step the payable amount is rounded to, e.g. 0.05 for cash in CHF.
    pub cash_rounding: Option<Amount>,
    /// The order-level discount.
    pub discount: Option<Discount>,
    /// The lines, in order.
    pub lines: Vec<Line>,
}

impl Document {
    /// An empty document with the usual settings.
    pub fn new(currency: Currency) -> Document {
        Document {
            currency,
            rounding: RoundingMode::HalfUp,
            tax_mode: TaxMode::Document,
            cash_rounding: None,
            discount: None,
            lines: Vec::new(),
        }
    }
}
