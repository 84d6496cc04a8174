//! Why a price is what it is.

use chrono::NaiveDate;
use som_domain::currency::Currency;
use som_domain::{CustomerId, Quantity, Sku};
use sqlx::PgConnection;

use som_domain::pricing::{NoPrice, ResolvedPrice};

use super::book::{PriceBuyer, PriceLine, resolve_lines};
use crate::caller::Caller;
use crate::features::customers::service::buyer;
use crate::features::price_lists::view::{PriceExplanation, rejected, step};
use crate::features::products::service::{
    FoundProduct, FoundProducts, ProductKeys, SoldUnit, find_many,
};
use crate::http::{ApiResult, FieldProblem, Problem};
use crate::wire;

/// What is asked.
#[derive(Debug, Clone)]
pub struct ExplainRequest {
    /// Whose price; nobody's in particular when absent.
    pub customer: Option<CustomerId>,
    /// Of what.
    pub sku: Sku,
    /// How many.
    pub quantity: Quantity,
    /// In which unit; the product's own when absent.
    pub unit: Option<String>,
    /// On which day.
    pub date: NaiveDate,
    /// In which currency; the customer's or the organization's when absent.
    pub currency: Option<Currency>,
}

fn unknown(parameter: &str, code: &str, detail: String) -> Problem {
    Problem::with_errors(
        http::StatusCode::UNPROCESSABLE_ENTITY,
        "validation_failed",
        vec![FieldProblem::parameter(parameter, code, detail)],
    )
}

/// Explains a price. Errors: 404 for a customer out of sight, 422 `unknown_sku`, `unknown_unit`.
pub async fn explain(
    db: &mut PgConnection,
    caller: &Caller,
    request: &ExplainRequest,
) -> ApiResult<PriceExplanation> {
    let organization = &caller.organization;
    let who = match request.customer {
        Some(id) => Some(buyer(db, caller, id).await?),
        None => None,
    };
    let products = products(db, organization.id.uuid(), request).await?;
    let (product, unit) = named(&products, request)?;
    let currency = request
        .currency
        .or(who.as_ref().map(|who| who.currency))
        .unwrap_or(organization.currency);
    let price_buyer = who.map_or_else(PriceBuyer::default, |who| PriceBuyer {
        customer_id: Some(who.id),
        group_id: who.group_id,
        price_list_id: who.price_list_id,
    });
    let line = PriceLine {
        product,
        unit,
        quantity: request.quantity,
    };
    let resolved = resolve_lines(
        db,
        organization,
        price_buyer,
        currency,
        request.date,
        &[line],
    )
    .await?
    .pop();
    Ok(answer(resolved, unit, currency))
}

async fn products(
    db: &mut PgConnection,
    organization: uuid::Uuid,
    request: &ExplainRequest,
) -> ApiResult<FoundProducts> {
    let keys = ProductKeys {
        skus: vec![request.sku.as_str().to_owned()],
        ..ProductKeys::default()
    };
    find_many(db, organization, &keys).await
}

/// The product and the unit that are asked for.
fn named<'a>(
    products: &'a FoundProducts,
    request: &ExplainRequest,
) -> Result<(&'a FoundProduct, &'a SoldUnit), Problem> {
    let sku = request.sku.as_str();
    let product = products
        .by_sku(sku)
        .ok_or_else(|| unknown("sku", "unknown_sku", format!("There is no product {sku}.")))?;
    let unit = product.unit(request.unit.as_deref()).ok_or_else(|| {
        let code = request.unit.as_deref().unwrap_or_default();
        let detail = format!("{sku} is not sold by {code}.");
        unknown("unit", "unknown_unit", detail)
    })?;
    Ok((product, unit))
}

/// The answer to how a price came about.
pub(super) fn answer(
    resolved: Option<Result<ResolvedPrice, NoPrice>>,
    unit: &SoldUnit,
    currency: Currency,
) -> PriceExplanation {
    let mut answer = PriceExplanation {
        unit_price: None,
        currency: currency.code().to_owned(),
        unit: unit.code.clone(),
        includes_tax: false,
        source: "no_price",
        steps: Vec::new(),
        rejected: Vec::new(),
    };
    match resolved {
        Some(Ok(price)) => {
            answer.unit_price = Some(wire::price(price.unit_price.decimal(), currency));
            answer.includes_tax = price.includes_tax;
            answer.source = price
                .explanation
                .last()
                .map_or("no_price", |trace| trace.source.as_str());
            answer.steps = price
                .explanation
                .iter()
                .map(|trace| step(trace, currency))
                .collect();
        }
        Some(Err(none)) => {
            answer.rejected = none
                .rejected
                .iter()
                .map(|one| rejected(one, currency))
                .collect()
        }
        None => {}
    }
    answer
}
