//! Price lists: one for everyone with quantity tiers, one for wholesale with per cents.

use serde_json::{Value, json};

use super::catalogue::Basics;
use super::customers::FOREIGN;
use super::products::{Item, Measure};
use crate::ctx::Ctx;
use crate::features::price_lists::service;
use crate::http::ApiResult;
use crate::http::input::parse_value;

pub(super) async fn create(ctx: &mut Ctx, basics: &Basics, items: &[Item]) -> ApiResult<()> {
    let from = ctx.today();
    let year = json!({ "code": "STANDARD", "name": "Standard prices", "valid_from": from });
    list(ctx, year, standard(items)).await?;
    let wholesale = json!({ "code": "WHOLESALE", "name": "Wholesale", "group_id": basics.wholesale, "priority": 10, "valid_from": from });
    list(ctx, wholesale, reductions()).await?;
    if ctx.caller.organization.currency.code() != FOREIGN {
        let body = json!({ "code": "SWISS", "name": "Switzerland", "currency": FOREIGN, "valid_from": from });
        list(ctx, body, foreign(items)).await?;
    }
    let next = json!({ "code": "NEXT", "name": "Next season", "status": "draft" });
    list(ctx, next, vec![json!({ "discount_percent": "0" })]).await
}

async fn list(ctx: &mut Ctx, list: Value, prices: Vec<Value>) -> ApiResult<()> {
    let id = service::create(ctx, parse_value(list)?).await?.id;
    for price in prices {
        service::add_price(ctx, id, parse_value(price)?).await?;
    }
    Ok(())
}

/// Bolts cheaper by the thousand, tools by the dozen, advice in graduated steps.
fn standard(items: &[Item]) -> Vec<Value> {
    let mut prices = Vec::new();
    for item in items {
        let tiers: &[(&str, &str)] = match item.measure {
            Measure::Hundred => &[("1000", "8"), ("10000", "15")],
            Measure::Boxed => &[("24", "5"), ("120", "12")],
            _ => &[],
        };
        for (quantity, percent) in tiers {
            prices.push(
                json!({ "sku": item.sku, "min_quantity": quantity, "discount_percent": percent }),
            );
        }
        if item.measure == Measure::Hours {
            for (quantity, percent) in [("0", "0"), ("8", "5"), ("40", "10")] {
                prices.push(json!({ "sku": item.sku, "min_quantity": quantity, "tier_mode": "graduated", "discount_percent": percent }));
            }
        }
    }
    prices
}

/// Every product at a price of its own: list prices are in the organization's currency and are not converted.
fn foreign(items: &[Item]) -> Vec<Value> {
    let price = |item: &Item| {
        let cents = item.cents * 19 / 20 + 1;
        json!({ "sku": item.sku, "unit_price": format!("{}.{:02}", cents / 100, cents % 100) })
    };
    items.iter().map(price).collect()
}

fn reductions() -> Vec<Value> {
    [
        ("fasteners", "12"),
        ("tools", "10"),
        ("packaging", "15"),
        ("pantry", "6"),
    ]
    .into_iter()
    .map(|(category, percent)| json!({ "category": category, "discount_percent": percent }))
    .collect()
}
