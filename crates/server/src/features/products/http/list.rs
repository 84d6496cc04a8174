//! `GET /products` and `GET /products/export`

use axum::extract::{OriginalUri, RawQuery};
use axum::response::Response;
use som_domain::ids::ProductId;

use crate::features::products::store::find::{ITEM_COLUMNS, ITEM_FROM, ItemRow};
use crate::features::products::view::ProductListItem;
use crate::http::list::{Collection, Dir, Field, ListBody, ListSpec, SearchKind};
use crate::http::{Allowed, ApiResult, Problem, require};
use crate::permission::{Permission, can};
use crate::{export_params, list_params};

/// Products by SKU. Cost can be exported by those who may see it, but neither filtered nor sorted by.
static PRODUCTS: Collection = Collection {
    spec: ListSpec {
        name: "products",
        fields: &[
            Field::id("id", "p.id", ProductId::PREFIX),
            Field::text("sku", "p.sku").sortable().via("p.search"),
            Field::text("name", "p.name").sortable().via("p.search"),
            Field::text("barcode", "p.barcode").nullable(),
            Field::text("category", "c.code").nullable(),
            Field::one_of("kind", "p.kind", &["goods", "service", "recurring"]),
            Field::text("unit", "u.code"),
            Field::decimal("pack_multiple", "p.pack_multiple").nullable(),
            Field::text("tax_class", "t.code").nullable(),
            Field::decimal("list_price", "p.list_price").nullable(),
            Field::decimal("cost", "p.cost").nullable().column_only(),
            Field::one_of(
                "status",
                "p.status",
                &["active", "phase_out", "blocked", "archived"],
            ),
            Field::timestamp("created_at", "p.created_at").sortable(),
            Field::timestamp("updated_at", "p.updated_at"),
        ],
        default_sort: &[("sku", Dir::Asc)],
        tiebreak: Field::id("id", "p.id", ProductId::PREFIX),
        search: Some(SearchKind::Trigram("p.search")),
        expand: &[],
    },
    columns: ITEM_COLUMNS,
    from: ITEM_FROM,
    organization: "p.organization_id",
};

list_params!(pub(super) ProductsParams, PRODUCTS.spec);

/// List products.
#[utoipa::path(get, path = "/products", operation_id = "list_products", tag = "products", params(ProductsParams),
    responses((status = 200, description = "A page", body = ListBody<ProductListItem>), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem)),
    extensions(("x-permission" = json!("products.read"))))]
pub async fn list_products(
    who: Allowed<can::ProductsRead>,
    OriginalUri(uri): OriginalUri,
) -> ApiResult<Response> {
    let (currency, cost) = (
        who.caller().organization.currency,
        who.may(Permission::CostRead),
    );
    let show = |row: ItemRow| ProductListItem::new(row, currency, cost);
    who.answer_list(&PRODUCTS, &uri, None, show).await
}

export_params!(pub(super) ExportParams, PRODUCTS.spec);

/// Export products as CSV or XLSX.
#[utoipa::path(get, path = "/products/export", operation_id = "export_products", tag = "products", params(ExportParams),
    responses((status = 200, description = "The file", content((String = "text/csv"), (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
        (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, description = "`export_too_large`", body = Problem)),
    extensions(("x-permission" = json!("exports.run")), ("x-permission-also" = json!("products.read"))))]
pub async fn export_products(
    who: Allowed<can::ExportsRun>,
    RawQuery(raw): RawQuery,
) -> ApiResult<Response> {
    require(who.caller(), Permission::ProductsRead)?;
    let hidden: &[&str] = if who.may(Permission::CostRead) {
        &[]
    } else {
        &["cost"]
    };
    who.answer_export(&PRODUCTS, raw.as_deref(), hidden).await
}
