//! What everything else refers to: taxes, units, groups, terms, custom fields, approval policies.

use serde_json::{Value, json};
use som_domain::ids::{CustomerGroupId, PaymentTermId};

use crate::ctx::Ctx;
use crate::features::settings::service as settings;
use crate::features::{approvals, custom_fields, products, taxes};
use crate::http::ApiResult;
use crate::http::input::parse_value;

/// Identities that other data needs.
#[derive(Debug)]
pub(super) struct Basics {
    pub(super) wholesale: CustomerGroupId,
    pub(super) retail: CustomerGroupId,
    pub(super) terms: Vec<PaymentTermId>,
}

/// Category code, name, tax class.
pub(super) const CATEGORIES: [(&str, &str, &str); 6] = [
    ("fasteners", "Fasteners", "standard"),
    ("tools", "Hand tools", "standard"),
    ("packaging", "Packaging", "standard"),
    ("pantry", "Pantry", "reduced"),
    ("books", "Handbooks", "reduced"),
    ("services", "Services", "standard"),
];

const REVERSE_CHARGE: &str = "Reverse charge: the recipient owes the tax";
const EXPORT: &str = "Export outside the union";

pub(super) async fn create(ctx: &mut Ctx) -> ApiResult<Basics> {
    tax(ctx).await?;
    let unit = json!({ "code": "box", "name": "Box", "step": "1" });
    products::service::create_unit(ctx, parse_value(unit)?).await?;
    for (code, name, _) in CATEGORIES {
        let body = json!({ "code": code, "name": name });
        products::service::create_category(ctx, parse_value(body)?).await?;
    }
    for field in fields() {
        custom_fields::service::create(ctx, parse_value(field)?).await?;
    }
    for policy in policies() {
        approvals::service::create(ctx, parse_value(policy)?).await?;
    }
    let mut terms = Vec::new();
    for (code, name, days) in [
        ("NET14", "14 days net", 14),
        ("NET30", "30 days net", 30),
        ("PREPAID", "In advance", 0),
    ] {
        let body = json!({ "code": code, "name": name, "due_days": days });
        terms.push(settings::terms::create(ctx, parse_value(body)?).await?.id);
    }
    Ok(Basics {
        wholesale: group(ctx, "WHOLESALE", "Wholesale").await?,
        retail: group(ctx, "RETAIL", "Retail").await?,
        terms,
    })
}

async fn group(ctx: &mut Ctx, code: &str, name: &str) -> ApiResult<CustomerGroupId> {
    let body = json!({ "code": code, "name": name });
    Ok(settings::groups::create(ctx, parse_value(body)?).await?.id)
}

/// 19 % and 7 % at home, none for whoever owes it themselves or lives outside the union.
async fn tax(ctx: &mut Ctx) -> ApiResult<()> {
    for (code, name, rate) in [("VAT19", "VAT 19 %", "19"), ("VAT7", "VAT 7 %", "7")] {
        let body = json!({ "code": code, "name": name, "rate": rate });
        taxes::service::create_tax(ctx, parse_value(body)?).await?;
    }
    let class = json!({ "code": "reduced", "name": "Reduced rate" });
    taxes::service::create_class(ctx, parse_value(class)?).await?;
    let home = ctx.caller.organization.country.clone();
    for (class, tax) in [("standard", "VAT19"), ("reduced", "VAT7")] {
        let rules = [
            json!({ "tax_class": class, "country": home, "taxes": [tax] }),
            json!({ "tax_class": class, "customer_tax_status": "reverse_charge", "taxes": [], "exemption_reason": REVERSE_CHARGE }),
            json!({ "tax_class": class, "country": "CH", "taxes": [], "exemption_reason": EXPORT }),
        ];
        let rules = rules.into_iter().take(if home == "CH" { 2 } else { 3 });
        for rule in rules {
            taxes::service::create_rule(ctx, parse_value(rule)?).await?;
        }
    }
    Ok(())
}

fn fields() -> [Value; 3] {
    [
        json!({ "entity": "customer", "key": "delivery_gate", "label": "Delivery gate", "kind": "choice", "choices": ["North", "South"], "position": 1 }),
        json!({ "entity": "product", "key": "origin", "label": "Country of origin", "kind": "text", "position": 1 }),
        json!({ "entity": "order", "key": "campaign", "label": "Campaign", "kind": "choice", "choices": ["Spring fair", "Newsletter", "Catalogue"], "position": 1 }),
    ]
}

fn policies() -> [Value; 2] {
    [
        json!({ "name": "Large orders", "measure": "total", "threshold": "15000" }),
        json!({ "name": "High discounts", "measure": "discount_percent", "threshold": "10" }),
    ]
}
