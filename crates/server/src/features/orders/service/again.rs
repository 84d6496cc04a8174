//! Stored lines as they could have been sent: to price them again, copy them or patch them.

use rust_decimal::Decimal;
use serde::Deserialize;
use som_domain::document::LineTax;
use som_domain::ids::ProductId;
use som_domain::money::{Amount, Rate};

use crate::caller::Caller;
use crate::features::orders::input::{
    DiscountInput, NewOrderLine, PriceInput, QuantityInput, TaxInput,
};
use crate::features::orders::kind::{OrderLineKind, stored_kind};
use crate::features::orders::rows::{LineRow, OrderRow, stored};
use crate::permission::Permissions;

#[derive(Deserialize)]
struct StoredDiscount {
    percent: Option<Rate>,
    amount: Option<Amount>,
}

/// A caller who may also keep prices that someone else set by hand.
pub fn privileged(caller: &Caller) -> Caller {
    Caller {
        permissions: Permissions::all(),
        ..caller.clone()
    }
}

/// The line as it could have been sent. A price set by hand stays, any other is found again.
pub fn line_input(row: &LineRow) -> anyhow::Result<NewOrderLine> {
    let kind = stored_kind(&row.kind);
    if kind == OrderLineKind::Text {
        return Ok(NewOrderLine {
            kind: Some(kind),
            description: row.description.parse().ok(),
            ..NewOrderLine::default()
        });
    }
    let discounts: Vec<StoredDiscount> = serde_json::from_value(row.discounts.clone())?;
    let manual = row.product_id.is_none() || row.price_locked;
    let price = |amount: Decimal| {
        Ok::<_, anyhow::Error>(PriceInput {
            amount: stored(amount)?,
            currency: None,
        })
    };
    Ok(NewOrderLine {
        kind: Some(kind),
        product_id: row.product_id.map(ProductId::from_uuid),
        description: row.description.parse().ok(),
        quantity: Some(QuantityInput {
            value: stored(row.ordered)?,
            unit: row.unit.as_deref().and_then(|unit| unit.parse().ok()),
        }),
        unit_price: row.unit_price.filter(|_| manual).map(price).transpose()?,
        price_includes_tax: manual.then_some(row.price_includes_tax),
        discounts: discounts
            .into_iter()
            .map(|d| DiscountInput {
                percent: d.percent,
                amount: d.amount,
            })
            .collect(),
        taxes: if row.product_id.is_none() {
            Some(tax_inputs(row)?)
        } else {
            None
        },
        exemption_reason: row
            .exemption_reason
            .as_deref()
            .filter(|_| row.product_id.is_none())
            .and_then(|reason| reason.parse().ok()),
        discountable: Some(row.discountable),
        requested_date: row.requested_date.and_then(som_domain::Date::new),
        invoice_policy: row.invoice_policy.parse().ok(),
        ..NewOrderLine::default()
    })
}

fn tax_inputs(row: &LineRow) -> anyhow::Result<Vec<TaxInput>> {
    let taxes: Vec<LineTax> = serde_json::from_value(row.taxes.clone())?;
    Ok(taxes
        .into_iter()
        .map(|tax| TaxInput {
            code: tax.code,
            rate: tax.rate,
            compound: tax.compound,
        })
        .collect())
}

/// The order discount as it could have been sent.
pub fn discount_input(row: &OrderRow) -> anyhow::Result<Option<DiscountInput>> {
    Ok(match (row.discount_percent, row.discount_amount) {
        (Some(percent), _) => Some(DiscountInput {
            percent: Some(stored(percent)?),
            amount: None,
        }),
        (None, Some(amount)) => Some(DiscountInput {
            percent: None,
            amount: Some(stored(amount)?),
        }),
        (None, None) => None,
    })
}
