//! Which price applies and why: a pure choice among candidate rules, with everything that lost and its reason.

use std::cmp::Reverse;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::currency::Currency;
use crate::ids::{PriceId, PriceListId};
use crate::money::{Quantity, UnitPrice};
use crate::scalar::string_enum;
use crate::tiers::{Tier, TierMode, graduated};

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

/// A candidate that did not win.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(utoipa::ToSchema))]
pub struct Rejected {
    /// The rule.
    pub rule_id: Option<PriceId>,
    /// Its list.
    pub price_list_id: Option<PriceListId>,
    /// Its source.
    pub step: PriceStep,
    /// Its price.
    pub unit_price: UnitPrice,
    /// Why not.
    pub reason: PriceReason,
}

/// One step of the explanation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(utoipa::ToSchema))]
pub struct PriceTrace {
    /// The rule that acted.
    pub rule_id: Option<PriceId>,
    /// Its list.
    pub price_list_id: Option<PriceListId>,
    /// Its source.
    pub step: PriceStep,
    /// The price before it.
    pub before: Option<UnitPrice>,
    /// The price after it.
    pub after: UnitPrice,
    /// Why.
    pub reason: PriceReason,
    /// What lost against it.
    pub rejected: Vec<Rejected>,
}

/// A price and how it came about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(utoipa::ToSchema))]
pub struct ResolvedPrice {
    /// The price of one unit.
    pub unit_price: UnitPrice,
    /// Whether it contains tax.
    pub includes_tax: bool,
    /// Every step that led to it.
    pub explanation: Vec<PriceTrace>,
}

impl ResolvedPrice {
    /// The price a person set instead; the system's price stays visible as `before`.
    #[must_use]
    pub fn overridden(mut self, unit_price: UnitPrice) -> ResolvedPrice {
        self.explanation.push(PriceTrace {
            rule_id: None,
            price_list_id: None,
            step: PriceStep::Manual,
            before: Some(self.unit_price),
            after: unit_price,
            reason: PriceReason::ManualOverride,
            rejected: Vec::new(),
        });
        self.unit_price = unit_price;
        self
    }
}

/// No candidate applies: the line cannot be submitted, and its price is not zero.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no price applies")]
pub struct NoPrice {
    /// What was considered and why it does not apply.
    pub rejected: Vec<Rejected>,
}

/// Resolves the price of a line.
pub fn resolve(request: PriceRequest, candidates: &[Candidate]) -> Result<ResolvedPrice, NoPrice> {
    let mut applicable: Vec<&Candidate> = Vec::new();
    let mut rejected = Vec::new();
    for candidate in candidates {
        match inapplicable(request, candidate) {
            None => applicable.push(candidate),
            Some(reason) => rejected.push(reject(candidate, reason)),
        }
    }
    applicable.sort_by_key(|candidate| rank(candidate));
    let Some((winner, losers)) = applicable.split_first() else {
        return Err(NoPrice { rejected });
    };
    let graduated = graduated_price(request, winner, &applicable);
    // In graduated tiers the lower ones act too: they have not lost.
    let lost = losers
        .iter()
        .filter(|loser| graduated.is_none() || !same_tiers(winner, loser));
    rejected.splice(0..0, lost.map(|loser| reject(loser, why(winner, loser))));
    let unit_price = graduated.unwrap_or(winner.unit_price);
    let reason = if graduated.is_some() {
        PriceReason::Graduated
    } else {
        PriceReason::Chosen
    };
    let trace = PriceTrace {
        rule_id: winner.id,
        price_list_id: winner.list,
        step: winner.step,
        before: None,
        after: unit_price,
        reason,
        rejected,
    };
    Ok(ResolvedPrice {
        unit_price,
        includes_tax: winner.includes_tax,
        explanation: vec![trace],
    })
}

fn inapplicable(request: PriceRequest, candidate: &Candidate) -> Option<PriceReason> {
    if candidate.currency != request.currency {
        return Some(PriceReason::OtherCurrency);
    }
    if candidate.valid_from.is_some_and(|from| from > request.date) {
        return Some(PriceReason::NotYetValid);
    }
    if candidate.valid_to.is_some_and(|to| to < request.date) {
        return Some(PriceReason::Expired);
    }
    (candidate.min_quantity > request.quantity).then_some(PriceReason::BelowMinQuantity)
}

type Rank = (
    PriceStep,
    Specificity,
    Reverse<i32>,
    Reverse<Quantity>,
    Reverse<Option<NaiveDate>>,
    Option<PriceId>,
);

/// Least is best; the id only makes a mistaken tie deterministic.
fn rank(candidate: &Candidate) -> Rank {
    (
        candidate.step,
        candidate.specificity,
        Reverse(candidate.priority),
        Reverse(candidate.min_quantity),
        Reverse(candidate.valid_from),
        candidate.id,
    )
}

/// The first difference in rank.
fn why(winner: &Candidate, loser: &Candidate) -> PriceReason {
    if winner.step != loser.step {
        PriceReason::LaterStep
    } else if winner.specificity != loser.specificity {
        PriceReason::LessSpecific
    } else if winner.priority != loser.priority {
        PriceReason::LowerPriority
    } else if winner.min_quantity != loser.min_quantity {
        PriceReason::LowerTier
    } else if winner.valid_from != loser.valid_from {
        PriceReason::OlderValidity
    } else {
        PriceReason::SameRank
    }
}

fn reject(candidate: &Candidate, reason: PriceReason) -> Rejected {
    Rejected {
        rule_id: candidate.id,
        price_list_id: candidate.list,
        step: candidate.step,
        unit_price: candidate.unit_price,
        reason,
    }
}

fn same_tiers(a: &Candidate, b: &Candidate) -> bool {
    let key = |c: &Candidate| {
        (
            c.step,
            c.list,
            c.specificity,
            c.priority,
            c.tier_mode,
            c.includes_tax,
        )
    };
    key(a) == key(b)
}

/// The price per unit over the slices, if the winner's tiers are graduated.
fn graduated_price(
    request: PriceRequest,
    winner: &Candidate,
    applicable: &[&Candidate],
) -> Option<UnitPrice> {
    if winner.tier_mode != TierMode::Graduated {
        return None;
    }
    let mut tiers: Vec<Tier> = Vec::new();
    // Best first, so of two rows with one quantity the better stays.
    for candidate in applicable
        .iter()
        .filter(|candidate| same_tiers(winner, candidate))
    {
        if tiers
            .iter()
            .all(|tier| tier.min_quantity != candidate.min_quantity)
        {
            tiers.push(Tier {
                min_quantity: candidate.min_quantity,
                unit_price: candidate.unit_price,
            });
        }
    }
    graduated(&tiers, request.quantity, request.step).map(|result| result.unit_price)
}

#[cfg(test)]
#[path = "pricing_tests.rs"]
mod tests;
