//! What an order reads does not grow with the tables: not in an import that fills them, not by a plan that is kept.

use std::sync::Arc;

use serde_json::json;
use som_domain::ids::CustomerId;
use som_server::ctx::Ctx;
use som_server::features::imports::mapping::{Entity, Mapping};
use som_server::features::imports::service::{Import, perform};
use som_server::features::imports::table::Table;
use som_server::features::orders::service::preview::preview;
use som_server::http::input::parse_value;
use som_server::permission::Role;

use crate::harness::TestApp;
use crate::imports::MAPPING;
use crate::shop::{Shop, line};

/// Orders that name so many products, ten each.
fn sales(products: u32) -> String {
    let mut csv = "Order,Date,Customer,SKU,Product,Group,Quantity,Net\n".to_owned();
    for n in 0..products {
        let order = n / 10;
        csv.push_str(&format!(
            "O{order},2026-01-05,C{},P-{n},Product {n},Chairs,1,10.00\n",
            order % 50
        ));
    }
    csv
}

/// Rows of these tables that the transaction read on its way, by any index or none.
async fn rows_read(app: &TestApp, products: u32) -> (i64, String) {
    let import = Import {
        entity: Entity::Orders,
        mapping: Some(Mapping::read(MAPPING).unwrap()),
        table: Table::read(sales(products).as_bytes()).unwrap(),
        commit: true,
        partial: false,
    };
    let caller = Arc::new(app.caller(Role::Owner).await);
    let mut ctx = Ctx::internal(&app.state, caller).await.unwrap();
    let report = perform(&mut ctx, &import, &|_, _| {}).await.unwrap();
    assert_eq!(report.errors_total, 0, "{:?}", report.errors.first());
    sqlx::query_as(
        "select sum(seq_tup_read + idx_tup_fetch)::bigint, string_agg(concat_ws(' ', relname, seq_tup_read, idx_tup_fetch), ', ')
           from pg_stat_xact_user_tables where relname in ('products', 'customers', 'external_refs', 'import_marks')",
    )
    .fetch_one(&mut **ctx.db())
    .await
    .unwrap()
}

#[tokio::test]
async fn an_order_reads_its_own_products_only() {
    let app = TestApp::new().await;
    let products = 2_500;
    let (read, by) = rows_read(&app, products).await;
    // A few look-ups for each product, order and reference; the whole catalogue for each of the 250 orders would be 625,000 and more.
    assert!(read < i64::from(products) * 60, "{read} rows read: {by}");
}

#[tokio::test]
async fn a_kept_plan_finds_the_customer_by_its_id() {
    let shop = Shop::new().await;
    let app = &shop.app;
    let caller = Arc::new(app.caller(Role::Owner).await);
    let now = app.state.clock().now();
    let mut ctx = Ctx::internal(&app.state, caller.clone()).await.unwrap();
    sqlx::query(
        "insert into customers (organization_id, id, code, name, currency, search, created_at, updated_at)
         select organization_id, gen_random_uuid(), 'MANY-' || n, 'Many', currency, 'many', created_at, updated_at
           from customers cross join generate_series(1, 3000) n where code = 'ACME'",
    )
    .execute(&mut **ctx.db())
    .await
    .unwrap();
    let acme: uuid::Uuid = sqlx::query_scalar("select id from customers where code = 'ACME'")
        .fetch_one(&mut **ctx.db())
        .await
        .unwrap();
    sqlx::query("set local plan_cache_mode = 'force_generic_plan'")
        .execute(&mut **ctx.db())
        .await
        .unwrap();
    let before = customers_read(&mut ctx).await;
    for of in [
        json!({ "customer_id": CustomerId::from_uuid(acme).to_string() }),
        json!({ "customer_code": "ACME" }),
    ] {
        let mut order = of;
        order["lines"] = json!([line("HX-10", "1")]);
        preview(ctx.db(), &caller, now, parse_value(order).unwrap())
            .await
            .unwrap();
    }
    let read = customers_read(&mut ctx).await - before;
    assert!(read < 20, "{read} customers read for two orders");
}

async fn customers_read(ctx: &mut Ctx) -> i64 {
    sqlx::query_scalar(
        "select seq_tup_read + idx_tup_fetch from pg_stat_xact_user_tables where relname = 'customers'",
    )
    .fetch_one(&mut **ctx.db())
    .await
    .unwrap()
}
