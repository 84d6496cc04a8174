//! `GET /customers/{id}/timeline`

use axum::extract::RawQuery;
use axum::response::Response;
use som_domain::CustomerId;

use crate::features::customers::service::{self, Timeline};
use crate::http::{Allowed, ApiResult, Id, Problem, read};
use crate::permission::can;

/// Entries of a page.
const PAGE: i64 = 100;

/// `cursor` and `limit`, each at most once.
fn parameters(raw: Option<&str>) -> Result<(Option<i64>, i64), Problem> {
    let (mut before, mut limit) = (None, None);
    for (name, value) in url::form_urlencoded::parse(raw.unwrap_or_default().as_bytes()) {
        let (slot, text) = match name.as_ref() {
            "cursor" => (&mut before, value.strip_prefix("c_")),
            "limit" => (&mut limit, Some(value.as_ref())),
            other => {
                let detail = "There is no parameter here but: cursor, limit.";
                return Err(Problem::bad_parameter(other, "unknown_parameter", detail));
            }
        };
        let number = text.and_then(|text| text.parse().ok());
        let (None, Some(number)) = (*slot, number) else {
            let detail = format!("`{name}` is not valid.");
            return Err(Problem::bad_parameter(&name, "invalid_value", detail));
        };
        *slot = Some(number);
    }
    let limit = limit.unwrap_or(PAGE);
    if !(1..=200).contains(&limit) {
        let detail = "`limit` is 1 to 200.";
        return Err(Problem::bad_parameter("limit", "invalid_limit", detail));
    }
    Ok((before, limit))
}

/// Read what happened to a customer, newest first.
#[utoipa::path(get, path = "/customers/{id}/timeline", operation_id = "get_customer_timeline", tag = "customers",
    params(("id" = CustomerId, Path, description = "The customer"), ("cursor" = Option<String>, Query, description = "`page.next` of the page before"),
        ("limit" = Option<i64>, Query, description = "Entries of a page, 1 to 200")),
    responses((status = 200, description = "A page", body = Timeline), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, description = "No such customer in sight", body = Problem)),
    extensions(("x-permission" = json!("customers.read"))))]
pub async fn get_customer_timeline(
    who: Allowed<can::CustomersRead>,
    Id(id): Id<CustomerId>,
    RawQuery(raw): RawQuery,
) -> ApiResult<Response> {
    let (before, limit) = parameters(raw.as_deref())?;
    let mut tx = who.read().await?;
    let page = service::timeline(&mut tx, who.caller(), id, before, limit).await?;
    read::json(&page)
}
