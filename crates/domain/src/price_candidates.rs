//! From stored prices to the candidates of a line: which of them reach its product and unit, and what each makes of one unit.

use chrono::NaiveDate;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::currency::Currency;
use crate::ids::{CategoryId, PriceId, PriceListId, ProductId, UnitId};
use crate::money::{Quantity, Rate, UnitPrice};
use crate::price_rule::{Candidate, PriceStep, Specificity};
use crate::tiers::TierMode;

/// What a stored price is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PriceTarget {
    /// One product.
    Product(ProductId),
    /// The products of a category.
    Category {
        /// The category of the products; the price may be that of one above it.
        category: CategoryId,
        /// How many levels above.
        distance: u16,
    },
    /// Everything.
    All,
}

/// What a stored price says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PriceAmount {
    /// A price of one unit.
    Fixed(UnitPrice),
    /// A percentage off the product's list price.
    Off(Rate),
}

/// A stored price with what its list says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceRule {
    /// The price.
    pub id: PriceId,
    /// Its list.
    pub list: PriceListId,
    /// In which step of the search its list stands for the buyer.
    pub step: PriceStep,
    /// The list's priority; higher wins.
    pub priority: i32,
    /// The list's currency.
    pub currency: Currency,
    /// Whether the list's prices contain tax.
    pub includes_tax: bool,
    /// What it is for.
    pub target: PriceTarget,
    /// The unit it is for; `None` is the product's own.
    pub unit: Option<UnitId>,
    /// Least quantity, in that unit.
    pub min_quantity: Quantity,
    /// How its tiers apply.
    pub tier_mode: TierMode,
    /// What it says.
    pub amount: PriceAmount,
    /// First day.
    pub valid_from: Option<NaiveDate>,
    /// Last day, included.
    pub valid_to: Option<NaiveDate>,
}

/// A line that asks for its price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PricedLine {
    /// The product.
    pub product: ProductId,
    /// The product's category.
    pub category: Option<CategoryId>,
    /// The product's own unit.
    pub own_unit: UnitId,
    /// The line's unit.
    pub unit: UnitId,
    /// One of it is this many …
    pub numerator: i64,
    /// … over this many of the product's own.
    pub denominator: i64,
    /// The list price of the product's own unit …
    pub list_price: Option<UnitPrice>,
    /// … in the organization's currency, …
    pub base: Currency,
    /// … with tax or without.
    pub base_includes_tax: bool,
}

/// Every candidate for the price of the line on a day, the product's own list price among them.
pub fn candidates(rules: &[PriceRule], line: &PricedLine, date: NaiveDate) -> Vec<Candidate> {
    let reaching: Vec<&PriceRule> = rules.iter().filter(|rule| line.reached_by(rule)).collect();
    // A price per box goes before twelve times the price per piece, wherever both apply.
    let replaced = |rule: &PriceRule| {
        !line.is_exact(rule)
            && reaching.iter().any(|other| {
                line.is_exact(other)
                    && (other.list, other.target) == (rule.list, rule.target)
                    && other.is_valid_on(date)
                    && line.least(other) <= line.least(rule)
            })
    };
    reaching
        .iter()
        .filter(|rule| !replaced(rule))
        .filter_map(|rule| line.candidate(rule))
        .chain(line.own_candidate())
        .collect()
}

impl PriceRule {
    fn is_valid_on(&self, date: NaiveDate) -> bool {
        self.valid_from.is_none_or(|from| from <= date) && self.valid_to.is_none_or(|to| date <= to)
    }
}

impl PricedLine {
    fn reached_by(&self, rule: &PriceRule) -> bool {
        let target = match rule.target {
            PriceTarget::Product(id) => id == self.product,
            PriceTarget::Category { category, .. } => Some(category) == self.category,
            PriceTarget::All => true,
        };
        target && (self.is_exact(rule) || self.is_own(rule))
    }

    /// A price of the line's unit itself.
    fn is_exact(&self, rule: &PriceRule) -> bool {
        rule.unit == Some(self.unit) || (self.unit == self.own_unit && rule.unit.is_none())
    }

    /// A price of the product's own unit, from which any other follows.
    fn is_own(&self, rule: &PriceRule) -> bool {
        rule.unit.is_none_or(|unit| unit == self.own_unit)
    }

    fn candidate(&self, rule: &PriceRule) -> Option<Candidate> {
        let unit_price = match rule.amount {
            PriceAmount::Fixed(price) if self.is_exact(rule) => price,
            PriceAmount::Fixed(price) => self.per_unit(price.decimal())?,
            PriceAmount::Off(rate) => self.discounted(rule.currency, rate)?,
        };
        let (specificity, distance) = match rule.target {
            PriceTarget::Product(_) => (Specificity::Product, 0),
            PriceTarget::Category { distance, .. } => (Specificity::Category, distance),
            PriceTarget::All => (Specificity::All, 0),
        };
        Some(Candidate {
            id: Some(rule.id),
            list: Some(rule.list),
            step: rule.step,
            specificity,
            distance,
            priority: rule.priority,
            min_quantity: self.least(rule)?,
            valid_from: rule.valid_from,
            valid_to: rule.valid_to,
            tier_mode: rule.tier_mode,
            currency: rule.currency,
            unit_price,
            base_price: match rule.amount {
                PriceAmount::Fixed(_) => None,
                PriceAmount::Off(_) => self.per_unit(self.list_price?.decimal()),
            },
            includes_tax: rule.includes_tax,
        })
    }

    /// The product's own list price.
    fn own_candidate(&self) -> Option<Candidate> {
        Some(Candidate {
            id: None,
            list: None,
            step: PriceStep::Product,
            specificity: Specificity::Product,
            distance: 0,
            priority: 0,
            min_quantity: Quantity::ZERO,
            valid_from: None,
            valid_to: None,
            tier_mode: TierMode::Volume,
            currency: self.base,
            unit_price: self.per_unit(self.list_price?.decimal())?,
            base_price: None,
            includes_tax: self.base_includes_tax,
        })
    }

    /// A percentage off the list price, which is in the organization's currency only.
    fn discounted(&self, currency: Currency, rate: Rate) -> Option<UnitPrice> {
        if currency != self.base {
            return None;
        }
        let kept = Decimal::ONE_HUNDRED.checked_sub(rate.decimal())?;
        let price = self.list_price?.decimal().checked_mul(kept)?;
        self.per_unit(price.checked_div(Decimal::ONE_HUNDRED)?)
    }

    /// A price of the product's own unit as one of the line's, to six decimals.
    fn per_unit(&self, price: Decimal) -> Option<UnitPrice> {
        let exact = price
            .checked_mul(Decimal::from(self.numerator))?
            .checked_div(Decimal::from(self.denominator))?;
        UnitPrice::from_decimal(
            exact.round_dp_with_strategy(6, RoundingStrategy::MidpointAwayFromZero),
        )
        .ok()
    }

    /// The least quantity in the line's unit. Rounded up: what is below it stays below it.
    fn least(&self, rule: &PriceRule) -> Option<Quantity> {
        if self.is_exact(rule) {
            return Some(rule.min_quantity);
        }
        let exact = rule
            .min_quantity
            .decimal()
            .checked_mul(Decimal::from(self.denominator))?
            .checked_div(Decimal::from(self.numerator))?;
        Quantity::from_decimal(exact.round_dp_with_strategy(4, RoundingStrategy::AwayFromZero)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pricing::{PriceReason, PriceRequest, resolve};
    use uuid::Uuid;

    fn line() -> PricedLine {
        PricedLine {
            product: ProductId::from_uuid(Uuid::from_u128(1)),
            category: Some(CategoryId::from_uuid(Uuid::from_u128(2))),
            own_unit: UnitId::from_uuid(Uuid::from_u128(3)),
            unit: UnitId::from_uuid(Uuid::from_u128(3)),
            numerator: 1,
            denominator: 1,
            list_price: Some("10".parse().unwrap()),
            base: "EUR".parse().unwrap(),
            base_includes_tax: false,
        }
    }

    fn box_of_twelve() -> PricedLine {
        PricedLine {
            unit: UnitId::from_uuid(Uuid::from_u128(4)),
            numerator: 12,
            ..line()
        }
    }

    fn rule(id: u128, target: PriceTarget, price: &str) -> PriceRule {
        PriceRule {
            id: PriceId::from_uuid(Uuid::from_u128(id)),
            list: PriceListId::from_uuid(Uuid::from_u128(9)),
            step: PriceStep::Organization,
            priority: 0,
            currency: "EUR".parse().unwrap(),
            includes_tax: false,
            target,
            unit: None,
            min_quantity: Quantity::ZERO,
            tier_mode: TierMode::Volume,
            amount: PriceAmount::Fixed(price.parse().unwrap()),
            valid_from: None,
            valid_to: None,
        }
    }

    fn above(distance: u16) -> PriceTarget {
        PriceTarget::Category {
            category: CategoryId::from_uuid(Uuid::from_u128(2)),
            distance,
        }
    }

    fn of(rules: &[PriceRule], line: &PricedLine, quantity: &str) -> (String, Vec<PriceReason>) {
        let request = PriceRequest {
            quantity: quantity.parse().unwrap(),
            step: Quantity::one(),
            date: "2026-06-01".parse().unwrap(),
            currency: "EUR".parse().unwrap(),
        };
        let resolved = resolve(request, &candidates(rules, line, request.date)).unwrap();
        let lost = resolved.explanation[0].rejected.iter().map(|r| r.reason);
        (resolved.unit_price.to_string(), lost.collect())
    }

    #[test]
    fn the_nearest_category_wins_whatever_its_priority() {
        let far = PriceRule {
            priority: 9,
            ..rule(10, above(2), "7")
        };
        let (price, lost) = of(&[far.clone(), rule(11, above(1), "8")], &line(), "1");
        assert_eq!(price, "8");
        assert_eq!(lost, [PriceReason::LessSpecific, PriceReason::LaterStep]);
        assert_eq!(of(&[far], &line(), "1").0, "7");
        let product = rule(12, PriceTarget::Product(line().product), "9");
        assert_eq!(of(&[rule(11, above(0), "8"), product], &line(), "1").0, "9");
        let other = PricedLine {
            category: None,
            ..line()
        };
        assert_eq!(of(&[rule(11, above(0), "8")], &other, "1").0, "10");
    }

    #[test]
    fn a_price_of_the_unit_goes_before_one_converted_from_the_own_unit() {
        let piece = rule(10, PriceTarget::All, "2");
        assert_eq!(
            of(std::slice::from_ref(&piece), &box_of_twelve(), "1").0,
            "24"
        );
        let per_box = PriceRule {
            unit: Some(box_of_twelve().unit),
            ..rule(11, PriceTarget::All, "20")
        };
        let mut both = [piece, per_box];
        assert_eq!(of(&both, &box_of_twelve(), "1").0, "20");
        assert_eq!(of(&both, &line(), "1").0, "2");
        both[1].valid_to = "2026-05-31".parse().ok();
        assert_eq!(of(&both, &box_of_twelve(), "1").0, "24");
        both[1].valid_to = None;
        both[1].min_quantity = "10".parse().unwrap();
        assert_eq!(of(&both, &box_of_twelve(), "9").0, "24");
        assert_eq!(of(&both, &box_of_twelve(), "10").0, "20");
        // Naming the own unit is the same as naming none.
        let named = PriceRule {
            unit: Some(line().own_unit),
            ..rule(12, PriceTarget::All, "3")
        };
        assert_eq!(of(std::slice::from_ref(&named), &line(), "1").0, "3");
        assert_eq!(of(&[named], &box_of_twelve(), "1").0, "36");
    }

    #[test]
    fn tiers_of_the_own_unit_count_in_it() {
        let tier = PriceRule {
            min_quantity: "24".parse().unwrap(),
            ..rule(10, PriceTarget::All, "1")
        };
        assert_eq!(
            of(std::slice::from_ref(&tier), &box_of_twelve(), "1").0,
            "120"
        );
        assert_eq!(of(&[tier], &box_of_twelve(), "2").0, "12");
    }

    #[test]
    fn a_percentage_needs_the_list_price_and_its_currency() {
        let off = PriceRule {
            amount: PriceAmount::Off("12.5".parse().unwrap()),
            ..rule(10, PriceTarget::All, "0")
        };
        assert_eq!(
            of(std::slice::from_ref(&off), &box_of_twelve(), "1").0,
            "105"
        );
        let foreign = PriceRule {
            currency: "USD".parse().unwrap(),
            ..off
        };
        assert_eq!(of(&[foreign], &line(), "1").0, "10");
        let unlisted = PricedLine {
            list_price: None,
            ..line()
        };
        assert!(candidates(&[], &unlisted, NaiveDate::MIN).is_empty());
    }
}
