//! Forty invented customers with contacts and addresses.

use serde_json::{Value, json};
use som_domain::ids::CustomerId;

use super::catalogue::Basics;
use super::people::{Actor, People};
use super::random::Chance;
use crate::ctx::Ctx;
use crate::features::customers::service::{self, CustomerStatus};
use crate::http::input::parse_value;
use crate::http::{ApiResult, IfMatch};

const COUNT: usize = 40;
/// This one has little credit: its orders are held.
const LITTLE_CREDIT: usize = 7;
/// These do not buy any more.
const BLOCKED: usize = 22;
const ARCHIVED: usize = 31;

const FIRST: [&str; 20] = [
    "Amber", "Brass", "Copper", "Dapple", "Ember", "Fennel", "Garnet", "Hazel", "Indigo",
    "Jasmine", "Kestrel", "Larch", "Maple", "Nettle", "Ochre", "Poppy", "Quartz", "Russet",
    "Saffron", "Thistle",
];
const TRADES: [&str; 10] = [
    "Joinery",
    "Bakery",
    "Bicycles",
    "Workshops",
    "Gardens",
    "Kitchens",
    "Boats",
    "Lamps",
    "Toys",
    "Roofing",
];
const PEOPLE: [(&str, &str); 8] = [
    ("Bella Bracket", "Purchasing"),
    ("Carl Castor", "Warehouse"),
    ("Dora Dowel", "Accounts"),
    ("Emil Eyelet", "Purchasing"),
    ("Frida Flange", "Management"),
    ("Gus Gasket", "Goods in"),
    ("Hedda Hinge", "Purchasing"),
    ("Ivo Ingot", "Accounts"),
];
/// City and postal code at home.
const HOME: [(&str, &str); 6] = [
    ("Berlin", "10115"),
    ("Hamburg", "20095"),
    ("Leipzig", "04109"),
    ("Köln", "50667"),
    ("München", "80331"),
    ("Bremen", "28195"),
];
/// The same where the organization is at home elsewhere: places of no country.
const ELSEWHERE: [(&str, &str); 3] = [
    ("Northbridge", "1001"),
    ("Eastwater", "2002"),
    ("Southfield", "3003"),
];
/// Country, city, postal code, legal form, tax status.
const ABROAD: [(&str, &str, &str, &str, &str); 4] = [
    ("AT", "Wien", "1010", "GmbH", "reverse_charge"),
    ("NL", "Utrecht", "3511 AB", "BV", "reverse_charge"),
    ("FR", "Lyon", "69001", "SARL", "reverse_charge"),
    ("CH", "Zürich", "8001", "AG", "taxable"),
];
const STREETS: [&str; 6] = [
    "Example Street",
    "Sample Lane",
    "Pattern Road",
    "Specimen Square",
    "Model Avenue",
    "Template Way",
];

/// What customers in Switzerland pay in.
pub(super) const FOREIGN: &str = "CHF";

/// A customer as orders need it.
#[derive(Debug, Clone)]
pub(super) struct Buyer {
    pub(super) code: String,
    /// Place of the seller among the company's sellers.
    pub(super) rep: usize,
    /// Orders of this one are held for credit.
    pub(super) little_credit: bool,
}

/// Makes the customers; those that buy are returned.
pub(super) async fn create(
    ctx: &mut Ctx,
    people: &People,
    basics: &Basics,
    chance: &mut Chance,
) -> ApiResult<Vec<Buyer>> {
    let mut buyers = Vec::new();
    for number in 0..COUNT {
        let rep = number % people.reps.len().max(1);
        let code = if number == 0 {
            "C-DEMO".to_owned()
        } else {
            format!("C-{}", 1000 + number)
        };
        let home = ctx.caller.organization.country.clone();
        let body = body(number, &code, people.reps.get(rep), basics, &home, chance);
        let id = service::create(ctx, parse_value(body)?).await?.id;
        match number {
            BLOCKED => retire(ctx, id, CustomerStatus::Blocked).await?,
            ARCHIVED => retire(ctx, id, CustomerStatus::Archived).await?,
            _ => buyers.push(Buyer {
                code,
                rep,
                little_credit: number == LITTLE_CREDIT,
            }),
        }
    }
    Ok(buyers)
}

fn body(
    number: usize,
    code: &str,
    rep: Option<&Actor>,
    basics: &Basics,
    home: &str,
    chance: &mut Chance,
) -> Value {
    let abroad = ABROAD
        .get(number % 13)
        .filter(|place| number > 12 && place.0 != home);
    let person = matches!(number, 11 | 25);
    let first = FIRST.get(number % FIRST.len()).copied().unwrap_or_default();
    let trade = TRADES
        .get((number * 7 + number / FIRST.len()) % TRADES.len())
        .copied()
        .unwrap_or_default();
    let name = match (number, person) {
        (0, _) => "Example Customer GmbH".to_owned(),
        (_, true) => format!("{first} Sample (private)"),
        _ => format!("{first} {trade} {}", abroad.map_or("GmbH", |place| place.3)),
    };
    let domain = format!("{}.example", code.to_lowercase());
    let group = if chance.percent(35) {
        basics.wholesale
    } else {
        basics.retail
    };
    let mut body = json!({
        "code": code,
        "name": name,
        "kind": if person { "person" } else { "company" },
        "group_id": group,
        "payment_term_id": chance.pick(&basics.terms),
        "tax_status": abroad.map_or("taxable", |place| place.4),
        "email": format!("orders@{domain}"),
        "phone": format!("+49 30 23125 {:03}", number),
        "owner_id": rep.map(|rep| rep.caller.user_id),
        "team_id": rep.and_then(|rep| rep.caller.team_id),
        "custom": if chance.percent(40) { json!({ "delivery_gate": chance.pick(&["North", "South"]) }) } else { json!({}) },
        "external_refs": if chance.percent(30) { json!({ "crm": format!("A-{}", 70_000 + number) }) } else { json!({}) },
        "contacts": contacts(number, &domain),
        "addresses": addresses(number, abroad.map(|p| (p.0, p.1, p.2)), home, chance),
    });
    if let Some(members) = body.as_object_mut() {
        if abroad.is_some_and(|place| place.0 == "CH") {
            members.insert("currency".into(), json!(FOREIGN));
        }
        if number == LITTLE_CREDIT {
            members.insert("credit_limit".into(), json!("250.00"));
        }
        if number == 0 {
            members.insert(
                "notes".into(),
                json!("The customer that examples of the documentation use."),
            );
        }
    }
    body
}

fn contacts(number: usize, domain: &str) -> Value {
    let count = 1 + number % 2;
    let all = (0..count).filter_map(|place| {
        PEOPLE
            .get((number + place * 3) % PEOPLE.len())
            .map(|p| (place, p))
    });
    all.map(|(place, (name, role))| {
        let local = name.to_lowercase().replace(' ', ".");
        json!({ "name": name, "role": role, "email": format!("{local}@{domain}"), "phone": format!("+49 30 23125 {:03}", 100 + number + place * 400), "is_primary": place == 0 })
    })
    .collect()
}

/// One address for both, or an office for invoices and a warehouse for goods.
fn addresses(
    number: usize,
    abroad: Option<(&'static str, &'static str, &'static str)>,
    home: &str,
    chance: &mut Chance,
) -> Value {
    let places: &[(&str, &str)] = if home == "DE" { &HOME } else { &ELSEWHERE };
    let mut one = |kind: &str, label: &str| {
        let (city, postal_code) = chance.pick(places).copied().unwrap_or_default();
        let (country, city, postal_code) = abroad.unwrap_or((home, city, postal_code));
        let street = chance.pick(&STREETS).copied().unwrap_or_default();
        json!({ "kind": kind, "label": label, "lines": [format!("{} {street}", chance.between(1, 120))], "city": city, "postal_code": postal_code, "country": country, "is_default": true })
    };
    if number.is_multiple_of(3) {
        json!([one("billing", "Office"), one("shipping", "Warehouse")])
    } else {
        json!([one("both", "Head office")])
    }
}

async fn retire(ctx: &mut Ctx, id: CustomerId, status: CustomerStatus) -> ApiResult<()> {
    service::set_status(ctx, id, &IfMatch::Any, status).await?;
    Ok(())
}
