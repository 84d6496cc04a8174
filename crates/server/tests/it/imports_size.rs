//! What an import costs grows with the file, not with its square, although the tables fill while the plans are kept.

use std::sync::Arc;

use som_server::ctx::Ctx;
use som_server::features::imports::mapping::{Entity, Mapping};
use som_server::features::imports::service::{Import, perform};
use som_server::features::imports::table::Table;
use som_server::permission::Role;

use crate::harness::TestApp;
use crate::imports::MAPPING;

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
