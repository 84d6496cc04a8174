//! Imports through the real services: dry runs, bad rows, all or nothing, the same file twice, and a table of real sales.

use std::path::PathBuf;
use std::sync::Arc;

use som_server::ctx::Ctx;
use som_server::features::imports::mapping::{Entity, Mapping};
use som_server::features::imports::report::Report;
use som_server::features::imports::service::{Import, run};
use som_server::features::imports::table::Table;
use som_server::permission::Role;

use crate::harness::TestApp;

pub const MAPPING: &str = r#"
source = "shop"
[customers]
key = "Customer"
[customers.fields]
code = "Customer"
name = "Customer"
currency = { constant = "USD" }
[products]
key = "SKU"
create_categories = true
[products.fields]
sku = "SKU"
name = "Product"
category = "Group"
[orders]
key = "Order"
requires = ["customers", "products"]
[orders.fields]
customer_code = "Customer"
currency = { constant = "USD" }
order_date = "Date"
[orders.lines]
sku = "SKU"
"quantity.value" = "Quantity"
"unit_price.amount" = { expression = "Net / Quantity", decimals = 6 }
"#;

struct Try<'a> {
    app: &'a TestApp,
    role: Role,
    commit: bool,
    partial: bool,
}

impl<'a> Try<'a> {
    fn new(app: &'a TestApp) -> Self {
        Self {
            app,
            role: Role::Owner,
            commit: false,
            partial: false,
        }
    }

    async fn import(&self, entity: Entity, csv: &str, mapping: Option<&str>) -> Report {
        self.table(entity, Table::read(csv.as_bytes()).unwrap(), mapping)
            .await
    }

    async fn table(&self, entity: Entity, table: Table, mapping: Option<&str>) -> Report {
        let mapping = mapping.map(|text| Mapping::read(text).unwrap());
        let import = Import {
            entity,
            mapping,
            table,
            commit: self.commit,
            partial: self.partial,
        };
        let caller = Arc::new(self.app.caller(self.role).await);
        let ctx = Ctx::internal(&self.app.state, caller).await.unwrap();
        run(ctx, &import, &|_, _| {}).await.unwrap()
    }
}

pub async fn count(app: &TestApp, table: &str) -> i64 {
    let sql = format!(
        "select count(*) from {table} where organization_id = (select id from organizations where name = 'Test Company')"
    );
    sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .fetch_one(&app.admin_pool().await)
        .await
        .unwrap()
}

fn numbers(report: &Report) -> Vec<(Entity, u64, u64, u64, u64)> {
    report
        .results
        .iter()
        .map(|c| (c.entity, c.created, c.updated, c.unchanged, c.failed))
        .collect()
}

pub const SALES: &str = "Order,Date,Customer,SKU,Product,Group,Quantity,Net\n\
    O1,2026-01-05,Acme,A-1,Chair,Chairs,2,261.96\n\
    O1,2026-01-05,Acme,B-2,Desk,Tables,3,731.94\n\
    O2,2026-01-06,Beta,A-1,Stool,Chairs,1,100\n";

#[tokio::test]
async fn a_dry_run_tells_and_keeps_nothing() {
    let app = TestApp::new().await;
    let report = Try::new(&app)
        .import(Entity::Orders, SALES, Some(MAPPING))
        .await;
    assert_eq!(
        numbers(&report),
        [
            (Entity::Customers, 2, 0, 0, 0),
            (Entity::Products, 2, 0, 0, 0),
            (Entity::Orders, 2, 0, 0, 0)
        ],
        "{report:?}"
    );
    assert!(!report.committed);
    let warning = &report.warnings[0];
    assert_eq!(
        (
            report.warnings_total,
            warning.row,
            warning.column.as_deref(),
            warning.value.as_deref()
        ),
        (1, 4, Some("Product"), Some("Stool"))
    );
    for table in [
        "customers",
        "products",
        "orders",
        "categories",
        "import_marks",
    ] {
        assert_eq!(count(&app, table).await, 0, "{table}");
    }
}

#[tokio::test]
async fn the_same_file_changes_nothing_twice() {
    let app = TestApp::new().await;
    let import = Try {
        commit: true,
        ..Try::new(&app)
    };
    let report = import.import(Entity::Orders, SALES, Some(MAPPING)).await;
    assert!(report.committed, "{report:?}");
    let before = (
        count(&app, "audit_events").await,
        count(&app, "order_lines").await,
    );
    assert_eq!(before.1, 3);
    let again = import.import(Entity::Orders, SALES, Some(MAPPING)).await;
    assert_eq!(
        numbers(&again),
        [
            (Entity::Customers, 0, 0, 2, 0),
            (Entity::Products, 0, 0, 2, 0),
            (Entity::Orders, 0, 0, 2, 0)
        ]
    );
    // Only the import itself is noted.
    assert_eq!(
        (
            count(&app, "audit_events").await,
            count(&app, "order_lines").await
        ),
        (before.0 + 1, before.1)
    );
    let changed = SALES
        .replace("Desk", "Standing desk")
        .replace("2,261.96", "4,261.96");
    let third = import.import(Entity::Orders, &changed, Some(MAPPING)).await;
    assert_eq!(
        numbers(&third),
        [
            (Entity::Customers, 0, 0, 2, 0),
            (Entity::Products, 0, 1, 1, 0),
            (Entity::Orders, 0, 0, 2, 0)
        ]
    );
    assert!(
        third
            .warnings
            .iter()
            .any(|warning| warning.code == "changed_order"),
        "{third:?}"
    );
}

const BAD: &str = "Order,Date,Customer,SKU,Product,Group,Quantity,Net\n\
    O1,2026-01-05,Acme,A-1,Chair,Chairs,2,261.96\n\
    O2,2026-02-30,Acme,A-1,Chair,Chairs,1,100\n\
    O3,2026-01-07,Acme,A-1,Chair,Chairs,-1,100\n\
    O4,2026-01-07,Acme,A-1,Chair,Chairs,0,100\n\
    ,2026-01-07,Acme,A-1,Chair,Chairs,1,100\n";

#[tokio::test]
async fn bad_rows_are_told_with_column_value_rule_and_fix() {
    let app = TestApp::new().await;
    let report = Try {
        commit: true,
        ..Try::new(&app)
    }
    .import(Entity::Orders, BAD, Some(MAPPING))
    .await;
    assert!(!report.committed);
    assert_eq!(count(&app, "orders").await, 0);
    let found: Vec<(u64, Option<&str>, Option<&str>, &str)> = report
        .errors
        .iter()
        .map(|e| {
            (
                e.row,
                e.column.as_deref(),
                e.value.as_deref(),
                e.code.as_str(),
            )
        })
        .collect();
    for expected in [
        (3, Some("Date"), Some("2026-02-30"), "invalid_date"),
        (4, Some("Quantity"), Some("-1"), "negative_not_allowed"),
        (5, Some("Net, Quantity"), Some("100"), "invalid_expression"),
        (6, Some("Order"), None, "key_missing"),
    ] {
        assert!(found.contains(&expected), "{expected:?} in {found:?}");
    }
    assert!(
        report
            .errors
            .iter()
            .all(|error| !error.fix.is_empty() && !error.detail.is_empty())
    );
    let failed = report.failed_rows.unwrap();
    assert_eq!(failed.lines().count(), 5, "{failed}");
    assert!(failed.starts_with("Order,Date,Customer,SKU,Product,Group,Quantity,Net,error\r\n"));
}

#[tokio::test]
async fn valid_objects_can_be_kept() {
    let app = TestApp::new().await;
    let import = Try {
        commit: true,
        partial: true,
        ..Try::new(&app)
    };
    let report = import.import(Entity::Orders, BAD, Some(MAPPING)).await;
    assert!(report.committed);
    assert_eq!(count(&app, "orders").await, 1);
    let fixed = "Order,Date,Customer,SKU,Product,Group,Quantity,Net,error\nO2,2026-02-28,Acme,A-1,Chair,Chairs,1,100,was wrong\n";
    let report = import.import(Entity::Orders, fixed, Some(MAPPING)).await;
    assert_eq!(report.errors_total, 0, "{report:?}");
    assert_eq!(count(&app, "orders").await, 2);
}

#[tokio::test]
async fn a_file_without_a_mapping_uses_the_names_of_the_api() {
    let app = TestApp::new().await;
    let import = Try {
        commit: true,
        ..Try::new(&app)
    };
    let csv = "SKU;Name;List price;Status;Colour\nHX-1;Bolt;0,0375;active;red\n"
        .replace("0,0375", "0.0375");
    let report = import.import(Entity::Products, &csv, None).await;
    assert_eq!(
        (
            report.errors[0].code.as_str(),
            report.errors[0].column.as_deref()
        ),
        ("unknown_field", Some("Colour")),
        "{report:?}"
    );
    let report = import
        .import(
            Entity::Products,
            &csv.replace(";Colour", "").replace(";red", ""),
            None,
        )
        .await;
    assert_eq!(
        numbers(&report),
        [(Entity::Products, 1, 0, 0, 0)],
        "{report:?}"
    );
}

/// The sales table lies beside the checkout when it is there; it is not part of the repository.
fn superstore() -> Option<PathBuf> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let beside = root.join("../shared/data/superstore.csv");
    #[allow(
        clippy::disallowed_methods,
        reason = "tests are pointed at data by the environment"
    )]
    let named = std::env::var("SOM_SHARED")
        .ok()
        .map(|dir| PathBuf::from(dir).join("data/superstore.csv"));
    named.into_iter().chain([beside]).find(|path| path.exists())
}

/// A table of the same shape: products with two names, orders that repeat a product.
pub fn sample() -> String {
    let mut csv = "Order ID,Order Date,Ship Date,Customer ID,Customer Name,Segment,Country,City,State,Postal Code,Product ID,Sub-Category,Product Name,Sales,Quantity\n".to_owned();
    for n in 0..600_u32 {
        let (order, product) = (n / 2, n % 50);
        let name = if n == 550 {
            "Other name".to_owned()
        } else {
            format!("Product {product}")
        };
        csv.push_str(&format!("US-{order},2026-01-05,2026-01-08,C-{},Customer {},Consumer,United States,Springfield,Ohio,12345,P-{product},Chairs,{name},{}.{:02},{}\n", order % 40, order % 40, n + 1, n % 100, n % 9 + 1));
    }
    csv
}

#[tokio::test]
async fn a_table_of_real_sales_comes_in_whole() {
    let app = TestApp::new().await;
    let import = Try {
        commit: true,
        ..Try::new(&app)
    };
    let real = superstore();
    let bytes = real.as_ref().map_or_else(
        || sample().into_bytes(),
        |path| std::fs::read(path).unwrap(),
    );
    let start = std::time::Instant::now();
    let report = import
        .table(
            Entity::Orders,
            Table::read(&bytes).unwrap(),
            Some("superstore"),
        )
        .await;
    assert!(report.committed, "{:?}", report.errors.first());
    let conflicts = report
        .warnings
        .iter()
        .filter(|warning| warning.code == "conflicting_value")
        .count();
    let repeats = report
        .warnings
        .iter()
        .filter(|warning| warning.code == "repeated_product")
        .count();
    let net: rust_decimal::Decimal = sqlx::query_scalar("select sum(net) from order_lines")
        .fetch_one(&app.admin_pool().await)
        .await
        .unwrap();
    let counts = (
        count(&app, "orders").await,
        count(&app, "order_lines").await,
        count(&app, "customers").await,
        count(&app, "products").await,
    );
    if real.is_some() {
        assert_eq!(counts, (5009, 9994, 793, 1862));
        assert_eq!(net.to_string(), "2297201.0700");
        assert_eq!((conflicts, repeats), (32, 8));
    } else {
        assert_eq!(counts, (300, 600, 40, 50));
        assert_eq!(conflicts, 1);
    }
    println!("{:?} for the import", start.elapsed());
    let again = import
        .table(
            Entity::Orders,
            Table::read(&bytes).unwrap(),
            Some("superstore"),
        )
        .await;
    assert!(
        numbers(&again)
            .iter()
            .all(|(_, created, updated, _, failed)| created + updated + failed == 0),
        "{:?}",
        numbers(&again)
    );
    println!("{:?} for both imports", start.elapsed());
}
