//! What an order of the demo says.

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};

use super::customers::Buyer;
use super::products::{Item, Measure};
use super::random::Chance;

const CAMPAIGNS: [&str; 3] = ["Spring fair", "Newsletter", "Catalogue"];
const NOTES: [&str; 4] = [
    "Deliver before noon.",
    "Call the gate before arrival.",
    "One delivery note per pallet, please.",
    "The customer asked for the invoice by e-mail.",
];

/// What the kind of order asks of its body.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish {
    /// Submit at once.
    pub(super) place: bool,
    /// Days from the order to the wanted date.
    pub(super) wanted_in: u64,
    /// A discount that needs approval.
    pub(super) high_discount: bool,
}

/// The request body.
pub(super) fn body(
    number: usize,
    buyer: &Buyer,
    items: &[Item],
    day: NaiveDate,
    wish: Wish,
    chance: &mut Chance,
) -> Value {
    let mut body = json!({
        "customer_code": buyer.code,
        "requested_date": day + Days::new(wish.wanted_in),
        "lines": lines(items, chance),
        "place": wish.place,
    });
    let Some(members) = body.as_object_mut() else {
        return body;
    };
    let mut set = |name: &str, value: Value| members.insert(name.to_owned(), value);
    if chance.percent(60) {
        set("customer_po", json!(format!("PO-{}", 45_000 + number * 13)));
    }
    if !wish.place {
        set("valid_until", json!(day + Days::new(30)));
    }
    if wish.high_discount {
        set(
            "discount",
            json!({ "percent": chance.pick(&["12", "14", "18"]) }),
        );
    } else if chance.percent(12) {
        set(
            "discount",
            json!({ "percent": chance.pick(&["2", "3", "5"]) }),
        );
    }
    if chance.percent(25) {
        set("custom", json!({ "campaign": chance.pick(&CAMPAIGNS) }));
    }
    if chance.percent(20) {
        set("notes", json!(chance.pick(&NOTES)));
    }
    if chance.percent(15) {
        set(
            "external_refs",
            json!({ "webshop": format!("W-{}", 9_000 + number) }),
        );
    }
    body
}

fn lines(items: &[Item], chance: &mut Chance) -> Vec<Value> {
    let count = [1, 1, 2, 2, 3, 3, 4, 5];
    let count = chance.pick(&count).copied().unwrap_or(1);
    let mut lines: Vec<Value> = Vec::new();
    let mut used: Vec<&str> = Vec::new();
    while used.len() < count {
        let Some(item) = chance.pick(items) else {
            return lines;
        };
        if used.contains(&item.sku.as_str()) {
            continue;
        }
        used.push(&item.sku);
        let mut line = json!({ "sku": item.sku, "quantity": quantity(item.measure, chance) });
        if let Some(members) = line.as_object_mut().filter(|_| chance.percent(10)) {
            members.insert("discounts".into(), json!([{ "percent": "5" }]));
        }
        lines.push(line);
    }
    if chance.percent(8) {
        lines.push(json!({ "kind": "text", "description": "Please deliver everything together." }));
    }
    lines
}

fn quantity(measure: Measure, chance: &mut Chance) -> Value {
    let half = |value: u32, parts: u32, step: u32| {
        format!("{}.{:02}", value / parts, value % parts * step)
    };
    match measure {
        Measure::Piece => json!({ "value": chance.between(1, 20).to_string() }),
        Measure::Hundred => json!({ "value": (chance.between(1, 40) * 100).to_string() }),
        Measure::Boxed if chance.percent(50) => {
            json!({ "value": chance.between(1, 6).to_string(), "unit": "box" })
        }
        Measure::Boxed => json!({ "value": chance.between(1, 30).to_string() }),
        Measure::Weight => json!({ "value": half(chance.between(2, 60), 2, 50) }),
        Measure::Hours => json!({ "value": half(chance.between(2, 48), 4, 25) }),
    }
}
