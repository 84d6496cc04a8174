//! Products and prices for many texts at once: with the same few reads for one as for five hundred.

use chrono::NaiveDate;
use som_domain::Quantity;
use som_domain::currency::Currency;
use som_domain::scalar::Invalid;
use som_domain::search::SearchQuery;
use sqlx::PgConnection;

use super::book::{PriceBuyer, PriceLine, resolve_lines};
use super::explain::answer;
use crate::caller::Caller;
use crate::features::customers::service::buyer;
use crate::features::price_lists::input::{ResolveEntry, ResolveProducts};
use crate::features::price_lists::view::{ResolvedEntries, ResolvedEntry};
use crate::features::products::service::{
    FoundProduct, ProductListItem, Recognition, Recognized, SoldUnit, recognize,
};
use crate::http::{ApiResult, FieldProblem, Problem};

/// Most entries of a request.
const ENTRIES_MAX: usize = 500;

/// What every entry stands for and costs. Errors: 404 for a customer out of sight, 422 for no entries or too many; all that is wrong with
/// an entry is said in its own answer.
pub async fn resolve(
    db: &mut PgConnection,
    caller: &Caller,
    today: NaiveDate,
    request: &ResolveProducts,
) -> ApiResult<ResolvedEntries> {
    check_length(request.entries.len())?;
    let (who, currency) = buyer_and_currency(db, caller, request).await?;
    let texts: Vec<Result<SearchQuery, Invalid>> = request
        .entries
        .iter()
        .map(|entry| entry.text.parse::<SearchQuery>())
        .collect();
    let asked: Vec<String> = texts
        .iter()
        .map(|text| text.as_ref().map_or("", SearchQuery::as_str).to_owned())
        .collect();
    let found = recognize(db, caller, &asked).await?;
    let mut data: Vec<ResolvedEntry> = Vec::with_capacity(asked.len());
    let mut lines: Vec<(usize, PriceLine<'_>)> = Vec::new();
    for (place, (entry, text)) in request.entries.iter().zip(&texts).enumerate() {
        let none = Recognized::default();
        // What is no text was asked for as an empty one, which every SKU begins with.
        let recognized = text
            .as_ref()
            .ok()
            .and_then(|_| found.texts.get(place))
            .unwrap_or(&none);
        let mut shown = blank(entry, &found, recognized);
        match text {
            Err(invalid) => shown.problem = Some(not_a_text(place, invalid)),
            Ok(text) => match line(place, entry, text, &found, recognized) {
                Ok((line, problem)) => {
                    shown.problem = problem;
                    lines.push((place, line));
                }
                Err(problem) => shown.problem = Some(*problem),
            },
        }
        data.push(shown);
    }
    let day = request.date.map_or(today, som_domain::Date::naive);
    let priced: Vec<PriceLine<'_>> = lines.iter().map(|(_, line)| *line).collect();
    let prices = resolve_lines(db, &caller.organization, who, currency, day, &priced).await?;
    for ((place, line), price) in lines.iter().zip(prices) {
        let Some(shown) = data.get_mut(*place) else {
            continue;
        };
        if price.is_err() && shown.problem.is_none() {
            let detail = format!("No price is found for {} in {currency}.", line.product.sku);
            shown.problem = Some(at(*place, "text", "no_price", detail));
        }
        shown.price = Some(answer(Some(price), line.unit, currency));
    }
    Ok(ResolvedEntries {
        currency: currency.code().to_owned(),
        data,
    })
}

fn check_length(length: usize) -> Result<(), Problem> {
    let (code, detail) = match length {
        0 => ("empty", "Ask for one entry at least.".to_owned()),
        1..=ENTRIES_MAX => return Ok(()),
        _ => (
            "too_many",
            format!("Ask for at most {ENTRIES_MAX} entries at once."),
        ),
    };
    Err(Problem::invalid(vec![FieldProblem::at(
        "/entries", code, detail,
    )]))
}

async fn buyer_and_currency(
    db: &mut PgConnection,
    caller: &Caller,
    request: &ResolveProducts,
) -> ApiResult<(PriceBuyer, Currency)> {
    let Some(id) = request.customer_id else {
        let currency = request.currency.unwrap_or(caller.organization.currency);
        return Ok((PriceBuyer::default(), currency));
    };
    let who = buyer(db, caller, id).await?;
    let price_buyer = PriceBuyer {
        customer_id: Some(who.id),
        group_id: who.group_id,
        price_list_id: who.price_list_id,
    };
    Ok((price_buyer, request.currency.unwrap_or(who.currency)))
}

fn at(place: usize, member: &str, code: &str, detail: String) -> FieldProblem {
    FieldProblem::at(format!("/entries/{place}/{member}"), code, detail)
}

fn not_a_text(place: usize, invalid: &Invalid) -> FieldProblem {
    let detail = format!("The text {}.", invalid.message());
    at(place, "text", invalid.code(), detail)
}

fn blank(entry: &ResolveEntry, found: &Recognition, recognized: &Recognized) -> ResolvedEntry {
    let item = |id| found.items.iter().find(|item| item.id.uuid() == id);
    ResolvedEntry {
        text: entry.text.clone(),
        product: recognized.product.and_then(item).cloned(),
        price: None,
        problem: None,
        candidates: recognized
            .candidates
            .iter()
            .filter_map(|id| item(*id))
            .cloned()
            .collect::<Vec<ProductListItem>>(),
    }
}

/// The line to price, with what is wrong with its quantity; or why there is none.
fn line<'a>(
    place: usize,
    entry: &ResolveEntry,
    text: &SearchQuery,
    found: &'a Recognition,
    recognized: &Recognized,
) -> Result<(PriceLine<'a>, Option<FieldProblem>), Box<FieldProblem>> {
    let Some(product) = recognized.product.and_then(|id| found.products.by_id(id)) else {
        return Err(Box::new(not_one(place, text, recognized)));
    };
    if !product.is_sold() {
        let detail = format!("{} is {} and cannot be sold.", product.sku, product.status);
        return Err(Box::new(at(place, "text", "product_blocked", detail)));
    }
    let unit = unit(place, entry, product, recognized)?;
    let quantity = entry.quantity.as_ref().map_or(one(), |asked| asked.value);
    let problem = entry
        .quantity
        .as_ref()
        .and_then(|_| product.broken_multiple(unit, quantity))
        .map(|broken| not_a_multiple(place, product, &broken.0, broken.1));
    let line = PriceLine {
        product,
        unit,
        quantity,
    };
    Ok((line, problem))
}

fn one() -> Quantity {
    Quantity::from_decimal(rust_decimal::Decimal::ONE).unwrap_or_default()
}

fn not_one(place: usize, text: &SearchQuery, recognized: &Recognized) -> FieldProblem {
    if recognized.candidates.is_empty() {
        let detail = format!("No product is known as {text}.");
        return at(place, "text", "unknown_product", detail).with_value(text.as_str());
    }
    let detail = format!("{text} may be several products.");
    at(place, "text", "ambiguous_product", detail).with_value(text.as_str())
}

fn unit<'a>(
    place: usize,
    entry: &ResolveEntry,
    product: &'a FoundProduct,
    recognized: &Recognized,
) -> Result<&'a SoldUnit, Box<FieldProblem>> {
    let named = entry
        .quantity
        .as_ref()
        .and_then(|asked| asked.unit.as_ref());
    let found = match (named, recognized.unit) {
        (Some(code), _) => product
            .units
            .iter()
            .find(|unit| unit.code.eq_ignore_ascii_case(code.as_str())),
        (None, Some(id)) => product.units.iter().find(|unit| unit.id == id),
        (None, None) => product.units.first(),
    };
    found.ok_or_else(|| {
        let codes: Vec<String> = product.units.iter().map(|unit| unit.code.clone()).collect();
        let detail = format!("{} is sold in: {}.", product.sku, codes.join(", "));
        Box::new(at(place, "quantity/unit", "unknown_unit", detail).with_suggestions(codes))
    })
}

fn not_a_multiple(
    place: usize,
    product: &FoundProduct,
    multiple: &str,
    unit: &str,
) -> FieldProblem {
    let detail = format!("{} is sold in multiples of {multiple} {unit}.", product.sku);
    at(place, "quantity", "not_a_multiple", detail).with_param("multiple", multiple)
}
