//! Finds what a line names: its product and unit, its price among the candidates, its taxes among the rules.

use rust_decimal::Decimal;
use som_domain::currency::Currency;
use som_domain::document::LineTax;
use som_domain::ids::{CategoryId, ProductId, UnitId};
use som_domain::money::{Quantity, Rate};
use som_domain::price_candidates::{PricedLine, candidates};
use som_domain::pricing::{NoPrice, PriceRequest, ResolvedPrice, resolve};
use uuid::Uuid;

use crate::features::orders::input::NewOrderLine;
use crate::features::orders::rows::stored;
use crate::features::orders::store::reference::{Product, ProductUnit, Reference, Rule};

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
    let product = wanted.product;
    let line = PricedLine {
        product: ProductId::from_uuid(product.id),
        category: product.category_id.map(CategoryId::from_uuid),
        own_unit: UnitId::from_uuid(product.unit_id),
        unit: UnitId::from_uuid(wanted.unit.id),
        numerator: wanted.unit.numerator,
        denominator: wanted.unit.denominator,
        list_price: product.list_price.map(stored).transpose()?,
        base: wanted.base_currency,
        base_includes_tax: wanted.prices_include_tax,
    };
    let request = PriceRequest {
        quantity: wanted.quantity,
        step: stored(wanted.unit.step)?,
        date: wanted.date,
        currency: wanted.currency,
    };
    let candidates = candidates(&reference.prices, &line, wanted.date);
    Ok(resolve(request, &candidates))
}
