//! Finds what a line names: its product and unit, its price among the candidates, its taxes among the rules.

use rust_decimal::{Decimal, RoundingStrategy};
use som_domain::currency::Currency;
use som_domain::document::LineTax;
use som_domain::ids::{PriceId, PriceListId};
use som_domain::money::{Quantity, Rate, UnitPrice};
use som_domain::pricing::{
    Candidate, NoPrice, PriceRequest, PriceStep, ResolvedPrice, Specificity, resolve,
};
use som_domain::tiers::TierMode;
use uuid::Uuid;

use crate::features::orders::input::NewOrderLine;
use crate::features::orders::rows::stored;
use crate::features::orders::store::reference::{Price, Product, ProductUnit, Reference, Rule};

/// Decimals of a unit price.
const PRICE_DECIMALS: u32 = 6;
/// Decimals of a quantity.
const QUANTITY_DECIMALS: u32 = 4;

/// The unit a line counts in, as a fraction of the product's own.
#[derive(Debug, Clone)]
pub struct LineUnit {
    /// Its id.
    pub id: Uuid,
    /// Its code.
    pub code: String,
    /// Quantities are multiples of this.
    pub step: Decimal,
    /// One of it is `numerator / denominator` of the product's unit.
    pub numerator: i64,
    /// See `numerator`.
    pub denominator: i64,
}

impl LineUnit {
    /// How many of the product's unit one of it is.
    pub fn factor(&self) -> Option<Decimal> {
        Decimal::from(self.numerator).checked_div(Decimal::from(self.denominator))
    }
}

impl From<&ProductUnit> for LineUnit {
    fn from(unit: &ProductUnit) -> Self {
        Self {
            id: unit.id,
            code: unit.code.clone(),
            step: unit.step,
            numerator: unit.numerator,
            denominator: unit.denominator,
        }
    }
}

impl Product {
    /// The unit of this code; its own when none is named.
    pub fn line_unit(&self, code: Option<&str>) -> Option<LineUnit> {
        match code {
            Some(code) if !code.eq_ignore_ascii_case(&self.unit) => self
                .units
                .iter()
                .find(|unit| unit.code.eq_ignore_ascii_case(code))
                .map(LineUnit::from),
            _ => Some(LineUnit {
                id: self.unit_id,
                code: self.unit.clone(),
                step: self.step,
                numerator: 1,
                denominator: 1,
            }),
        }
    }

    /// Codes of all its units.
    pub fn unit_codes(&self) -> Vec<&str> {
        std::iter::once(self.unit.as_str())
            .chain(self.units.iter().map(|unit| unit.code.as_str()))
            .collect()
    }
}

impl Reference {
    /// The product a line names, and the code of the unit when the barcode was that of a unit.
    pub fn product_of(&self, line: &NewOrderLine) -> Option<(&Product, Option<&str>)> {
        if let Some(id) = line.product_id {
            return self
                .products
                .iter()
                .find(|p| p.id == id.uuid())
                .map(|p| (p, None));
        }
        if let Some(sku) = &line.sku {
            let exact = self.products.iter().find(|p| p.sku == sku.as_str());
            return exact
                .or_else(|| {
                    self.products
                        .iter()
                        .find(|p| p.sku.to_uppercase() == sku.as_str().to_uppercase())
                })
                .map(|p| (p, None));
        }
        let code = line.barcode.as_ref()?.as_str();
        if let Some(product) = self
            .products
            .iter()
            .find(|p| p.barcode.as_deref() == Some(code))
        {
            return Some((product, None));
        }
        self.products.iter().find_map(|p| {
            p.units
                .iter()
                .find(|u| u.barcode.as_deref() == Some(code))
                .map(|u| (p, Some(u.code.as_str())))
        })
    }

    /// The id of the tax class of this code, or of the default class.
    pub fn tax_class(&self, code: Option<&str>) -> Option<Uuid> {
        self.tax_classes
            .iter()
            .find(|class| code.map_or(class.is_default, |code| class.code == code))
            .map(|class| class.id)
    }

    /// The rule for a class at a destination: region before country before anywhere.
    pub fn rule(&self, class: Uuid, country: &str, region: &str) -> Option<&Rule> {
        let matches = |rule: &&Rule| {
            rule.tax_class_id == class
                && rule.country.as_deref().is_none_or(|c| c == country)
                && rule
                    .region
                    .as_deref()
                    .is_none_or(|r| rule.country.is_some() && r.eq_ignore_ascii_case(region))
        };
        self.rules
            .iter()
            .filter(matches)
            .max_by_key(|rule| (rule.country.is_some(), rule.region.is_some()))
    }
}

impl Rule {
    /// Its taxes as a line carries them.
    pub fn line_taxes(&self) -> anyhow::Result<Vec<LineTax>> {
        let tax = |tax: &crate::features::orders::store::reference::RuleTax| {
            let code = tax
                .code
                .parse()
                .map_err(|error| anyhow::anyhow!("stored tax code: {error}"))?;
            Ok(LineTax {
                code,
                rate: stored::<Rate>(tax.rate)?,
                compound: tax.compound,
            })
        };
        self.taxes.iter().map(tax).collect()
    }
}

/// What a price is found for.
#[derive(Debug)]
pub struct Wanted<'a> {
    /// The product.
    pub product: &'a Product,
    /// The line's unit.
    pub unit: &'a LineUnit,
    /// How many of that unit.
    pub quantity: Quantity,
    /// Day of the prices.
    pub date: chrono::NaiveDate,
    /// The document's currency.
    pub currency: Currency,
    /// The organization's currency, in which list prices of products are.
    pub base_currency: Currency,
    /// Whether list prices of products contain tax.
    pub prices_include_tax: bool,
}

/// The price of one of the line's unit, and why.
pub fn price(
    reference: &Reference,
    wanted: &Wanted<'_>,
) -> anyhow::Result<Result<ResolvedPrice, NoPrice>> {
    let mut candidates = Vec::new();
    for price in &reference.prices {
        let fits = price.product_id.is_none_or(|id| id == wanted.product.id)
            && price
                .category_id
                .is_none_or(|id| Some(id) == wanted.product.category_id);
        if fits && let Some(candidate) = candidate(price, wanted)? {
            candidates.push(candidate);
        }
    }
    if let Some(list_price) = wanted.product.list_price
        && let Some(unit_price) = in_line_unit(list_price, wanted.unit)
    {
        candidates.push(Candidate {
            id: None,
            list: None,
            step: PriceStep::Product,
            specificity: Specificity::Product,
            priority: 0,
            min_quantity: Quantity::ZERO,
            valid_from: None,
            valid_to: None,
            tier_mode: TierMode::Volume,
            currency: wanted.base_currency,
            unit_price,
            base_price: None,
            includes_tax: wanted.prices_include_tax,
        });
    }
    let request = PriceRequest {
        quantity: wanted.quantity,
        step: stored(wanted.unit.step)?,
        date: wanted.date,
        currency: wanted.currency,
    };
    Ok(resolve(request, &candidates))
}

fn candidate(price: &Price, wanted: &Wanted<'_>) -> anyhow::Result<Option<Candidate>> {
    let currency: Currency = price
        .currency
        .parse()
        .map_err(|error| anyhow::anyhow!("stored currency: {error}"))?;
    // A price is for its own unit; the product's unit converts to the line's.
    let own_unit = price.unit_id.is_none_or(|id| id == wanted.product.unit_id);
    let line_unit = price.unit_id == Some(wanted.unit.id);
    if !own_unit && !line_unit {
        return Ok(None);
    }
    let per_unit = match (
        price.unit_price,
        price.discount_percent,
        wanted.product.list_price,
    ) {
        (Some(amount), _, _) => Some(amount),
        (None, Some(percent), Some(list)) if currency == wanted.base_currency => list
            .checked_mul(Decimal::ONE_HUNDRED - percent)
            .map(|p| p / Decimal::ONE_HUNDRED),
        _ => None,
    };
    let Some(per_unit) = per_unit else {
        return Ok(None);
    };
    let percent_of_list = price.unit_price.is_none();
    let convert = own_unit && !line_unit || percent_of_list;
    let unit_price = if convert {
        in_line_unit(per_unit, wanted.unit)
    } else {
        UnitPrice::from_decimal(per_unit).ok()
    };
    let min_quantity = if own_unit && !line_unit {
        wanted
            .unit
            .factor()
            .filter(|f| !f.is_zero())
            .and_then(|factor| price.min_quantity.checked_div(factor))
    } else {
        Some(price.min_quantity)
    };
    let (Some(unit_price), Some(min_quantity)) = (unit_price, min_quantity) else {
        return Ok(None);
    };
    let min_quantity =
        min_quantity.round_dp_with_strategy(QUANTITY_DECIMALS, RoundingStrategy::AwayFromZero);
    Ok(Some(Candidate {
        id: Some(PriceId::from_uuid(price.id)),
        list: Some(PriceListId::from_uuid(price.list_id)),
        step: price
            .source
            .parse()
            .map_err(|error| anyhow::anyhow!("price source: {error}"))?,
        specificity: match (price.product_id, price.category_id) {
            (Some(_), _) => Specificity::Product,
            (None, Some(_)) => Specificity::Category,
            (None, None) => Specificity::All,
        },
        priority: price.priority,
        min_quantity: stored(min_quantity)?,
        valid_from: price.valid_from,
        valid_to: price.valid_to,
        tier_mode: price
            .tier_mode
            .parse()
            .map_err(|error| anyhow::anyhow!("stored tier mode: {error}"))?,
        currency,
        unit_price,
        base_price: if percent_of_list {
            wanted
                .product
                .list_price
                .and_then(|list| in_line_unit(list, wanted.unit))
        } else {
            None
        },
        includes_tax: price.includes_tax,
    }))
}

/// A price of the product's unit as a price of the line's unit, to six decimals.
fn in_line_unit(price: Decimal, unit: &LineUnit) -> Option<UnitPrice> {
    let converted = price.checked_mul(unit.factor()?)?;
    UnitPrice::from_decimal(
        converted.round_dp_with_strategy(PRICE_DECIMALS, RoundingStrategy::MidpointAwayFromZero),
    )
    .ok()
}
