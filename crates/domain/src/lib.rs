//! The rules of Sales Order Manager: pure functions and types, no I/O, no clock.
//!
//! Values are parsed once and valid from then on ([`scalar`]); money never rounds outside [`rounding`] and never adds up
//! to something else than its parts ([`totals`], [`apportion`]); what an order may do follows from its [`orders::state`].

#![deny(clippy::float_arithmetic)]
// A test says what it expects by unwrapping it.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        reason = "tests fail by panicking"
    )
)]

pub mod apportion;
pub mod contact;
pub mod country;
pub mod credit;
pub mod csv_safe;
pub mod currency;
pub mod custom_fields;
pub mod dates;
mod decimal;
pub mod document;
pub mod fx;
pub mod ids;
pub mod money;
pub mod number_series;
pub mod orders;
pub mod partial;
pub mod price_candidates;
pub mod price_rule;
pub mod pricing;
pub mod rounding;
pub mod scalar;
pub mod search;
mod tax;
pub mod text;
pub mod tiers;
pub mod totals;
mod totals_check;
mod totals_tax;
pub mod units;
mod wide;
pub mod wire;
#[cfg(feature = "wire")]
mod wire_document;

#[cfg(test)]
mod totals_laws;
#[cfg(test)]
mod totals_tests;
#[cfg(all(test, feature = "wire"))]
mod wire_tests;

pub use contact::{Email, Phone};
pub use country::CountryCode;
pub use credit::credit;
pub use currency::Currency;
pub use dates::{Date, Timestamp};
pub use document::{Discount, Document, Line, LineKind, LineTax, TaxMode};
pub use ids::*;
pub use money::{Amount, FxRate, Money, Percent, Quantity, Rate, UnitPrice};
pub use number_series::NumberTemplate;
pub use rounding::RoundingMode;
pub use scalar::{Invalid, Scalar};
pub use search::SearchQuery;
pub use text::{Code, LongText, Name, Sku, Text};
pub use tiers::TierMode;
pub use totals::{Totals, TotalsError, TotalsProblem, totals};
pub use units::{Conversion, ProductKind, Unit};
