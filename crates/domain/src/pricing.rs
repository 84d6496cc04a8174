//! Which price applies and why: a pure choice among candidate rules, with everything that lost and its reason.

use std::cmp::Reverse;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::ids::{PriceId, PriceListId};
use crate::money::{Quantity, UnitPrice};
use crate::tiers::{Tier, TierMode, graduated};

pub use crate::price_rule::{Candidate, PriceReason, PriceRequest, PriceStep, Specificity};

/// A candidate that did not win.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(utoipa::ToSchema))]
pub struct Rejected {
    /// The rule.
    pub rule_id: Option<PriceId>,
    /// Its list.
    pub price_list_id: Option<PriceListId>,
    /// Its source.
    pub source: PriceStep,
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
    pub source: PriceStep,
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
            source: PriceStep::Manual,
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
        source: winner.step,
        before: winner.base_price,
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
    u16,
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
        candidate.distance,
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
    } else if (winner.specificity, winner.distance) != (loser.specificity, loser.distance) {
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
        source: candidate.step,
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
            c.distance,
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
