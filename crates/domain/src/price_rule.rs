//! The rules a price is chosen from, and the reasons for which one wins or loses.

use chrono::NaiveDate;

use crate::currency::Currency;
use crate::ids::{PriceId, PriceListId};
use crate::money::{Quantity, UnitPrice};
use crate::scalar::string_enum;
use crate::tiers::TierMode;

string_enum! {
    /// Where a price comes from; the first source with a hit wins.
    pub enum PriceStep {
        /// Frozen in a quotation or revision.
        Frozen = "frozen",
        /// Agreed in a contract or blanket order.
        Contract = "contract",
        /// The customer's price list.
        Customer = "customer",
        /// The price list of the customer's group.
        Group = "group",
        /// A list of the organization or channel.
        Organization = "organization",
        /// The product's own list price.
        Product = "product",
        /// Entered by hand; never a candidate.
        Manual = "manual",
    }
}

string_enum! {
    /// What a rule applies to, most specific first.
    pub enum Specificity {
        /// One product.
        Product = "product",
        /// A category.
        Category = "category",
        /// Everything.
        All = "all",
    }
}

string_enum! {
    /// Why a price was chosen or a candidate was not.
    pub enum PriceReason {
        /// It won.
        Chosen = "chosen",
        /// It won; each slice of the quantity has its own price.
        Graduated = "graduated",
        /// Someone typed another price.
        ManualOverride = "manual_override",
        /// In another currency.
        OtherCurrency = "other_currency",
        /// Valid from a later date.
        NotYetValid = "not_yet_valid",
        /// No longer valid.
        Expired = "expired",
        /// The quantity is below its least.
        BelowMinQuantity = "below_min_quantity",
        /// An earlier source has a price.
        LaterStep = "later_step",
        /// A more specific rule exists.
        LessSpecific = "less_specific",
        /// A rule with a higher priority exists.
        LowerPriority = "lower_priority",
        /// A higher quantity tier is reached.
        LowerTier = "lower_tier",
        /// A rule with a later start exists.
        OlderValidity = "older_validity",
        /// Same rank: a mistake in the lists; the older rule was taken.
        SameRank = "same_rank",
    }
}

/// A price that might apply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The rule, unless the price is the product's own or frozen.
    pub id: Option<PriceId>,
    /// The list it belongs to.
    pub list: Option<PriceListId>,
    /// Where it comes from.
    pub step: PriceStep,
    /// What it applies to.
    pub specificity: Specificity,
    /// Of a category: how many levels it lies above the product's own. Nearer is more specific.
    pub distance: u16,
    /// Higher wins.
    pub priority: i32,
    /// Least quantity.
    pub min_quantity: Quantity,
    /// First day.
    pub valid_from: Option<NaiveDate>,
    /// Last day, included.
    pub valid_to: Option<NaiveDate>,
    /// How quantity tiers of its list apply.
    pub tier_mode: TierMode,
    /// Currency of the price.
    pub currency: Currency,
    /// The price of one unit.
    pub unit_price: UnitPrice,
    /// The list price it takes a percentage off, if that is how it is given.
    pub base_price: Option<UnitPrice>,
    /// Whether it contains tax.
    pub includes_tax: bool,
}

/// What a price is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceRequest {
    /// How many.
    pub quantity: Quantity,
    /// Step of the unit (1 for pieces); matters to graduated tiers.
    pub step: Quantity,
    /// The day prices are taken from.
    pub date: NaiveDate,
    /// Currency of the document.
    pub currency: Currency,
}
