//! Sixty products: bolts by the hundred, tools by the piece or box, food by weight, advice by the hour.

use serde_json::json;
use som_domain::ids::ProductId;

use super::catalogue::CATEGORIES;
use super::random::Chance;
use crate::ctx::Ctx;
use crate::features::products::service::{self, ProductStatus};
use crate::http::input::parse_value;
use crate::http::{ApiResult, IfMatch};

/// How a product is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    /// Whole pieces.
    Piece,
    /// Pieces in packs of a hundred.
    Hundred,
    /// Pieces, and boxes of twelve.
    Boxed,
    /// Kilograms, halves allowed.
    Weight,
    /// Hours, quarters allowed.
    Hours,
}

/// A product that can be ordered.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) sku: String,
    pub(super) category: &'static str,
    pub(super) measure: Measure,
    /// The list price.
    pub(super) cents: u32,
}

/// Kinds of things per category, in the order of [`CATEGORIES`]: name, price in cents, measure.
const KINDS: [[(&str, u32, Measure); 5]; 6] = [
    [
        ("Hex bolt", 9, Measure::Hundred),
        ("Wood screw", 6, Measure::Hundred),
        ("Lock nut", 4, Measure::Hundred),
        ("Wall anchor", 12, Measure::Hundred),
        ("Threaded rod", 480, Measure::Piece),
    ],
    [
        ("Claw hammer", 2_490, Measure::Piece),
        ("Combination pliers", 1_890, Measure::Boxed),
        ("Torque wrench", 12_900, Measure::Piece),
        ("Screwdriver set", 3_450, Measure::Boxed),
        ("Spirit level", 2_750, Measure::Piece),
    ],
    [
        ("Shipping box", 145, Measure::Boxed),
        ("Packing tape", 320, Measure::Boxed),
        ("Bubble wrap", 1_990, Measure::Piece),
        ("Pallet collar", 2_280, Measure::Piece),
        ("Stretch film", 1_150, Measure::Boxed),
    ],
    [
        ("Coffee beans", 1_680, Measure::Weight),
        ("Rolled oats", 240, Measure::Weight),
        ("Basmati rice", 310, Measure::Weight),
        ("Dried apricots", 1_120, Measure::Weight),
        ("Almonds", 1_390, Measure::Weight),
    ],
    [
        ("Workshop handbook", 3_900, Measure::Piece),
        ("Safety guide", 1_450, Measure::Piece),
        ("Table of threads", 990, Measure::Piece),
        ("Welding primer", 2_650, Measure::Piece),
        ("Atlas of joints", 5_900, Measure::Piece),
    ],
    [
        ("Assembly", 7_800, Measure::Hours),
        ("Consulting", 12_500, Measure::Hours),
        ("Training", 9_500, Measure::Hours),
        ("Inspection", 8_400, Measure::Hours),
        ("Repair", 6_900, Measure::Hours),
    ],
];
/// Each kind comes in two makes: suffix of the name, price in per cent.
const MAKES: [(&str, u32); 2] = [("basic", 100), ("pro", 165)];
const ORIGINS: [&str; 4] = ["Germany", "Italy", "Poland", "Sweden"];

/// Money from cents.
pub(super) fn cents(value: u32) -> String {
    format!("{}.{:02}", value / 100, value % 100)
}

/// Makes the products; those that can be ordered are returned.
pub(super) async fn create(ctx: &mut Ctx, chance: &mut Chance) -> ApiResult<Vec<Item>> {
    let mut items = Vec::new();
    let mut number = 0;
    for ((category, _, tax_class), kinds) in CATEGORIES.into_iter().zip(KINDS) {
        for (kind, price, measure) in kinds {
            for (make, per_cent) in MAKES {
                number += 1;
                let item = Item {
                    sku: format!("{}-{}", &category[..3].to_uppercase(), 1000 + number),
                    category,
                    measure,
                    cents: (price * per_cent / 100).max(1),
                };
                let name = format!("{kind}, {make}");
                let id = one(ctx, chance, &item, &name, tax_class, number).await?;
                // A few are no longer sold.
                match number {
                    17 => retire(ctx, id, ProductStatus::Archived).await?,
                    33 => retire(ctx, id, ProductStatus::Blocked).await?,
                    _ => items.push(item),
                }
            }
        }
    }
    Ok(items)
}

async fn one(
    ctx: &mut Ctx,
    chance: &mut Chance,
    item: &Item,
    name: &str,
    tax_class: &str,
    number: u32,
) -> ApiResult<ProductId> {
    let service = item.measure == Measure::Hours;
    let mut body = json!({
        "sku": item.sku,
        "name": name,
        "category": item.category,
        "kind": if service { "service" } else { "goods" },
        "unit": match item.measure { Measure::Weight => "kg", Measure::Hours => "h", _ => "pcs" },
        "tax_class": tax_class,
        // Advice is billed when it was given.
        "invoice_policy": "delivered",
        "list_price": cents(item.cents),
        "cost": cents(item.cents * chance.between(45, 75) / 100),
        "custom": if service { json!({}) } else { json!({ "origin": chance.pick(&ORIGINS) }) },
    });
    if let Some(members) = body.as_object_mut() {
        if !service {
            members.insert("barcode".into(), json!(barcode(number)));
        }
        if item.measure == Measure::Hundred {
            members.insert("pack_multiple".into(), json!("100"));
        }
        if item.measure == Measure::Boxed {
            members.insert("units".into(), json!([{ "unit": "box", "numerator": 12, "denominator": 1, "barcode": barcode(500 + number) }]));
        }
    }
    Ok(service::create(ctx, parse_value(body)?).await?.id)
}

/// A thirteen-digit number of the range that shops use inside the house, with its check digit.
fn barcode(number: u32) -> String {
    let digits = format!("20{:010}", number * 37);
    let sum: u32 = digits
        .bytes()
        .enumerate()
        .map(|(place, digit)| u32::from(digit - b'0') * if place % 2 == 0 { 1 } else { 3 })
        .sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

async fn retire(ctx: &mut Ctx, id: ProductId, status: ProductStatus) -> ApiResult<()> {
    service::set_status(ctx, id, &IfMatch::Any, status).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn barcodes_have_their_check_digit() {
        assert_eq!(barcode(1), "2000000000374");
        assert_eq!(cents(1_005), "10.05");
    }
}
