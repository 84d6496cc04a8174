//! `GET /prices/explain`

use axum::extract::RawQuery;
use axum::response::Response;
use som_domain::currency::Currency;
use som_domain::dates::Date;
use som_domain::ids::CustomerId;
use som_domain::money::Quantity;
use som_domain::text::{Code, Sku};

use crate::dates::business_date;
use crate::features::price_lists::service::{self, ExplainRequest};
use crate::features::price_lists::view::PriceExplanation;
use crate::http::{Allowed, ApiResult, Params, Problem, read};
use crate::permission::can;

/// Explain a price: what applies to whom on which day, and why.
#[utoipa::path(get, path = "/prices/explain", operation_id = "explain_price", tag = "prices",
    params(("sku" = Sku, Query, description = "SKU of the product"), ("customer_id" = Option<CustomerId>, Query, description = "Whose price; nobody's in particular when absent"),
        ("quantity" = Option<Quantity>, Query, description = "How many; 1 when absent"), ("unit" = Option<Code>, Query, description = "Code of the unit; the product's own when absent"),
        ("date" = Option<Date>, Query, description = "On which day; today when absent"), ("currency" = Option<Currency>, Query, description = "In which currency; the customer's when absent")),
    responses((status = 200, body = PriceExplanation), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 404, description = "No such customer in sight", body = Problem), (status = 422, description = "`unknown_sku`, `unknown_unit`", body = Problem)),
    extensions(("x-permission" = json!("prices.read"))))]
pub async fn explain_price(
    who: Allowed<can::PricesRead>,
    RawQuery(raw): RawQuery,
) -> ApiResult<Response> {
    let known = ["customer_id", "sku", "quantity", "unit", "date", "currency"];
    let params = Params::read(raw.as_deref(), &known)?;
    let today = business_date(who.now(), &who.caller().organization.time_zone);
    let request = ExplainRequest {
        customer: params.get("customer_id")?,
        sku: params.required("sku")?,
        quantity: params
            .get("quantity")?
            .map_or_else(|| "1".parse(), Ok)
            .map_err(anyhow::Error::new)?,
        unit: params.get::<Code>("unit")?.map(Code::into_string),
        date: params.get::<Date>("date")?.map_or(today, Date::naive),
        currency: params.get("currency")?,
    };
    let mut tx = who.read().await?;
    read::json(&service::explain(&mut tx, who.caller(), &request).await?)
}
