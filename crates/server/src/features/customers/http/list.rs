//! `GET /customers` and `GET /customers/export`

use axum::extract::{OriginalUri, RawQuery};
use axum::response::Response;
use som_domain::CustomerId;
use som_domain::ids::{CustomerGroupId, TeamId, UserId};
use sqlx::{Postgres, QueryBuilder};

use crate::caller::Caller;
use crate::features::customers::store::{ITEM_COLUMNS, ITEM_FROM, ItemRow};
use crate::features::customers::view::CustomerListItem;
use crate::http::list::{Dir, Field, ListBody, ListSpec, SearchKind, Source, push_scope};
use crate::http::{Allowed, ApiResult, Problem, require};
use crate::permission::{Permission, can};
use crate::personal::{CUSTOMER_EMAIL, CUSTOMER_PHONE, CUSTOMER_TAX_NUMBER};
use crate::{export_params, list_params};

/// Customers by name. Personal data can be exported and found exactly, but not sorted by.
static CUSTOMERS: ListSpec = ListSpec {
    name: "customers",
    fields: &[
        Field::id("id", "c.id", CustomerId::PREFIX),
        Field::text("code", "c.code").sortable().via("c.search"),
        Field::text("name", "c.name").sortable().via("c.search"),
        Field::one_of("kind", "c.kind", &["company", "person"]),
        Field::one_of("status", "c.status", &["active", "blocked", "archived"]),
        Field::id("group_id", "c.group_id", CustomerGroupId::PREFIX).nullable(),
        Field::text("currency", "c.currency"),
        Field::one_of(
            "tax_status",
            "c.tax_status",
            &["taxable", "exempt", "reverse_charge"],
        ),
        Field::personal("tax_number", "customers", "c.id", "c.tax_number")
            .found_by("c.tax_number_index", CUSTOMER_TAX_NUMBER),
        Field::personal("email", "customers", "c.id", "c.email")
            .found_by("c.email_index", CUSTOMER_EMAIL),
        Field::personal("phone", "customers", "c.id", "c.phone")
            .found_by("c.phone_index", CUSTOMER_PHONE),
        Field::decimal("credit_limit", "c.credit_limit").nullable(),
        Field::id("owner_id", "c.owner_id", UserId::PREFIX).nullable(),
        Field::id("team_id", "c.team_id", TeamId::PREFIX).nullable(),
        Field::timestamp("created_at", "c.created_at").sortable(),
        Field::timestamp("updated_at", "c.updated_at"),
    ],
    default_sort: &[("name", Dir::Asc)],
    tiebreak: Field::id("id", "c.id", CustomerId::PREFIX),
    search: Some(SearchKind::Trigram("c.search")),
    expand: &[],
};

list_params!(pub(super) CustomersParams, CUSTOMERS);

/// The customers of the organization that the caller sees.
fn in_sight(
    caller: &Caller,
) -> impl Fn(&mut QueryBuilder<Postgres>) + Send + Sync + 'static + use<> {
    let (organization, scope) = (caller.organization.id.uuid(), caller.row_scope());
    move |qb| {
        qb.push("c.organization_id = ").push_bind(organization);
        push_scope(qb, &scope, "c.owner_id", "c.team_id");
    }
}

/// List customers.
#[utoipa::path(get, path = "/customers", operation_id = "list_customers", tag = "customers", params(CustomersParams),
    responses((status = 200, description = "A page", body = ListBody<CustomerListItem>), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem)),
    extensions(("x-permission" = json!("customers.read"))))]
pub async fn list_customers(
    who: Allowed<can::CustomersRead>,
    OriginalUri(uri): OriginalUri,
) -> ApiResult<Response> {
    let mut query = who.list(&CUSTOMERS, uri.query(), &[])?;
    let scope = in_sight(who.caller());
    let source = Source {
        columns: ITEM_COLUMNS,
        from: ITEM_FROM,
        scope: &scope,
    };
    let mut tx = who.read().await?;
    query.seal(tx.keys());
    let page = query.fetch::<ItemRow>(&mut tx, &source).await?;
    let (keys, rows) = (tx.keys(), page.rows.len());
    let answer = query.answer(uri.path(), page.map(|row| CustomerListItem::new(row, keys)))?;
    drop(tx);
    who.has_read_list(CUSTOMERS.name, rows, uri.query()).await?;
    Ok(answer)
}

export_params!(pub(super) ExportParams, CUSTOMERS);

/// Export customers as CSV or XLSX.
#[utoipa::path(get, path = "/customers/export", operation_id = "export_customers", tag = "customers", params(ExportParams),
    responses((status = 200, description = "The file", content((String = "text/csv"), (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
        (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, description = "`export_too_large`", body = Problem)),
    extensions(("x-permission" = json!("exports.run")), ("x-permission-also" = json!("customers.read"))))]
pub async fn export_customers(
    who: Allowed<can::ExportsRun>,
    RawQuery(raw): RawQuery,
) -> ApiResult<Response> {
    require(who.caller(), Permission::CustomersRead)?;
    let export = who.export(&CUSTOMERS, raw.as_deref(), &[]).await?;
    export
        .answer(who.read().await?, ITEM_FROM, in_sight(who.caller()))
        .await
}
