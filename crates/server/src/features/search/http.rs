//! `GET /search`

use axum::extract::RawQuery;
use axum::response::Response;
use http::StatusCode;
use serde::Serialize;
use som_domain::currency::Currency;
use som_domain::ids::{CustomerId, OrderId, ProductId};
use som_domain::money::{Amount, Money};
use som_domain::search::SearchQuery;
use utoipa::ToSchema;

use super::store::{self, Wanted};
use crate::http::{Allowed, ApiResult, FieldProblem, Problem, read};
use crate::permission::{Permission, can};

/// An order that was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundOrder {
    /// Identity.
    pub id: OrderId,
    /// Number.
    pub number: String,
    /// Who buys.
    pub customer_name: String,
    /// With tax.
    pub total: Money,
    /// Where it stands.
    pub lifecycle: String,
}

/// A customer that was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundCustomer {
    /// Identity.
    pub id: CustomerId,
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
}

/// A product that was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundProduct {
    /// Identity.
    pub id: ProductId,
    /// SKU.
    pub sku: String,
    /// Name.
    pub name: String,
}

/// At most eight of each.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Found {
    /// Orders: by number, customer, customer order number, reference or SKU of a line.
    pub orders: Vec<FoundOrder>,
    /// Customers: by code or name.
    pub customers: Vec<FoundCustomer>,
    /// Products: by SKU or name.
    pub products: Vec<FoundProduct>,
}

/// Search orders, customers and products.
///
/// Three letters and more are found anywhere, fewer at the beginning. Only what is in sight is found.
#[utoipa::path(get, path = "/search", operation_id = "search", tag = "orders",
    params(("q" = String, Query, description = "1 to 200 characters", example = "acme")),
    responses((status = 200, description = "What was found", body = Found), (status = 422, description = "Too long", body = Problem)),
    extensions(("x-permission" = json!("member"))))]
pub async fn search(who: Allowed<can::Member>, RawQuery(raw): RawQuery) -> ApiResult<Response> {
    let Some(query) = query(raw.as_deref())? else {
        return read::json(&Found::default());
    };
    let wanted = Wanted {
        orders: who.may(Permission::OrdersRead),
        customers: who.may(Permission::CustomersRead),
        products: who.may(Permission::ProductsRead),
    };
    let mut tx = who.read().await?;
    let hits = store::search(
        &mut tx,
        who.caller().organization.id.uuid(),
        &who.row_scope(),
        &query,
        wanted,
    )
    .await?;
    let order = |hit: store::OrderHit| {
        let currency: Currency = hit
            .currency
            .parse()
            .map_err(|error| anyhow::anyhow!("stored currency: {error}"))?;
        let amount = Amount::from_decimal(hit.total)
            .ok()
            .and_then(|amount| Money::new(amount, currency));
        let total = amount.ok_or_else(|| anyhow::anyhow!("stored total {}", hit.total))?;
        Ok(FoundOrder {
            id: OrderId::from_uuid(hit.id),
            number: hit.number,
            customer_name: hit.customer_name,
            total,
            lifecycle: hit.lifecycle,
        })
    };
    read::json(&Found {
        orders: hits
            .orders
            .into_iter()
            .map(order)
            .collect::<anyhow::Result<_>>()?,
        customers: hits
            .customers
            .into_iter()
            .map(|c| FoundCustomer {
                id: CustomerId::from_uuid(c.id),
                code: c.code,
                name: c.name,
            })
            .collect(),
        products: hits
            .products
            .into_iter()
            .map(|p| FoundProduct {
                id: ProductId::from_uuid(p.id),
                sku: p.sku,
                name: p.name,
            })
            .collect(),
    })
}

/// The text searched for; nothing for an empty one.
fn query(raw: Option<&str>) -> Result<Option<SearchQuery>, Problem> {
    let mut text = None;
    for (name, value) in url::form_urlencoded::parse(raw.unwrap_or_default().as_bytes()) {
        match name.as_ref() {
            "q" if text.is_none() => text = Some(value.into_owned()),
            other => {
                return Err(Problem::bad_parameter(
                    other,
                    "unknown_parameter",
                    "The search takes one `q`.",
                ));
            }
        }
    }
    let text = text.ok_or_else(|| Problem::bad_parameter("q", "required", "`q` is required."))?;
    if text.trim().is_empty() {
        return Ok(None);
    }
    text.parse()
        .map(Some)
        .map_err(|invalid: som_domain::Invalid| {
            let code = if invalid.code() == "too_long" {
                "search_too_long"
            } else {
                invalid.code()
            };
            Problem::with_errors(
                StatusCode::UNPROCESSABLE_ENTITY,
                code,
                vec![FieldProblem::parameter(
                    "q",
                    code,
                    format!("The search text {}.", invalid.message()),
                )],
            )
        })
}
