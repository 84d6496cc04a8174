//! The kinds of order lines.

use som_domain::document::LineKind;

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, deserr::Deserr, serde::Serialize, utoipa::ToSchema)]
#[deserr(rename_all = lowercase)]
#[serde(rename_all = "lowercase")]
#[schema(rename_all = "lowercase")]
pub enum OrderLineKind {
    /// Shipped.
    Goods,
    /// Done, not shipped.
    Service,
    /// Billed per period.
    Recurring,
    /// Shipping, fees.
    Charge,
    /// A heading or remark without amounts.
    Text,
}

impl OrderLineKind {
    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Goods => "goods",
            Self::Service => "service",
            Self::Recurring => "recurring",
            Self::Charge => "charge",
            Self::Text => "text",
        }
    }

    /// Reads the stored form; what is unknown counts as goods.
    pub fn of(text: &str) -> Self {
        match text {
            "service" => Self::Service,
            "recurring" => Self::Recurring,
            "charge" => Self::Charge,
            "text" => Self::Text,
            _ => Self::Goods,
        }
    }

    /// How it takes part in the totals.
    pub const fn totals_kind(self) -> LineKind {
        match self {
            Self::Goods | Self::Service | Self::Recurring => LineKind::Item,
            Self::Charge => LineKind::Charge,
            Self::Text => LineKind::Text,
        }
    }
}
