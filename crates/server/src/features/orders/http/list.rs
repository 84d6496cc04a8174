//! `GET /orders` and `GET /orders/export`

use axum::extract::OriginalUri;
use axum::response::Response;
use sqlx::{Postgres, QueryBuilder};

use crate::features::orders::list::{
    COLUMNS, ItemRow, ORDERS, OrderListItem, OrdersExport, OrdersList, item,
};
use crate::http::list::{ListBody, Page, Source, push_scope};
use crate::http::{Allowed, ApiResult, Problem, require};
use crate::permission::{Permission, RowScope, can};

/// The rows in sight, for list and export alike.
fn in_sight(
    organization: uuid::Uuid,
    scope: RowScope,
) -> impl Fn(&mut QueryBuilder<Postgres>) + Send + Sync + 'static {
    move |qb| {
        qb.push("o.organization_id = ").push_bind(organization);
        push_scope(qb, &scope, "o.owner_id", "o.team_id");
    }
}

/// List orders, newest first unless sorted otherwise.
#[utoipa::path(get, path = "/orders", operation_id = "list_orders", tag = "orders",
    params(OrdersList),
    responses((status = 200, description = "A page", body = ListBody<OrderListItem>), (status = 400, description = "Problems of the query", body = Problem)),
    extensions(("x-permission" = json!("orders.read"))))]
pub async fn list_orders(
    who: Allowed<can::OrdersRead>,
    OriginalUri(uri): OriginalUri,
) -> ApiResult<Response> {
    let query = who.list(&ORDERS, uri.query(), &[])?;
    let scope = in_sight(who.caller().organization.id.uuid(), who.row_scope());
    let source = Source {
        columns: COLUMNS,
        from: "orders o",
        scope: &scope,
    };
    let mut tx = who.read().await?;
    let page: Page<ItemRow> = query.fetch(&mut tx, &source).await?;
    let rows = page
        .rows
        .into_iter()
        .map(item)
        .collect::<ApiResult<Vec<_>>>()?;
    query.answer(
        uri.path(),
        Page {
            rows,
            info: page.info,
        },
    )
}

/// Export orders as CSV or XLSX.
///
/// Takes the filters, search and order of the list; `columns` chooses what is in the file.
#[utoipa::path(get, path = "/orders/export", operation_id = "export_orders", tag = "orders",
    params(OrdersExport),
    responses((status = 200, description = "The file", content_type = "text/csv"), (status = 400, description = "Problems of the query", body = Problem)),
    extensions(("x-permission" = json!("exports.run")), ("x-permission-also" = json!("orders.read"))))]
pub async fn export_orders(
    who: Allowed<can::ExportsRun>,
    OriginalUri(uri): OriginalUri,
) -> ApiResult<Response> {
    require(who.caller(), Permission::OrdersRead)?;
    let export = who.export(&ORDERS, uri.query(), &[]).await?;
    let scope = in_sight(who.caller().organization.id.uuid(), who.row_scope());
    export.answer(who.read().await?, "orders o", scope).await
}
