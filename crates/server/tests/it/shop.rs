//! A small shop for the tests of orders: a customer, products, a tax, made behind the API.

use serde_json::{Value, json};
use som_domain::ids::OrganizationId;
use som_server::permission::Role;
use som_server::security::seal::Place;
use sqlx::PgPool;
use uuid::Uuid;

use crate::harness::{Answer, Client, TestApp};

/// An application with a customer `ACME` (owned by the rep), products `HX-10` (10.00, cost 6), `BOX-12` (1.50, in twelves) and `SRV-1`.
pub struct Shop {
    pub app: TestApp,
    pub pool: PgPool,
    pub organization: Uuid,
    #[allow(dead_code, reason = "kept for the tests of customers")]
    pub customer: Uuid,
}

impl Shop {
    pub async fn new() -> Self {
        let app = TestApp::new().await;
        let pool = app.admin_pool().await;
        let organization = app.caller(Role::Owner).await.organization.id.uuid();
        let rep = app.caller(Role::Rep).await.user_id.uuid();
        let shop = Self {
            customer: customer(&app, &pool, organization, "ACME", "Acme Ltd", rep).await,
            app,
            pool,
            organization,
        };
        shop.run("insert into taxes (organization_id, id, code, name, rate, created_at, updated_at) values ($1, '00000000-0000-7000-8000-000000000001', 'VAT19', 'VAT', 19, now(), now())").await;
        shop.run(
            "insert into tax_rules (organization_id, id, tax_class_id, country, tax_ids, created_at, updated_at)
             select $1, gen_random_uuid(), id, 'DE', '{00000000-0000-7000-8000-000000000001}', now(), now() from tax_classes where organization_id = $1 and is_default",
        )
        .await;
        shop.product("HX-10", "goods", "10.00", Some("6.00"), None)
            .await;
        shop.product("BOX-12", "goods", "1.50", None, Some("12"))
            .await;
        shop.product("SRV-1", "service", "80.00", None, None).await;
        shop
    }

    /// Runs a statement with the organization as `$1`.
    pub async fn run(&self, sql: &'static str) {
        sqlx::query(sql)
            .bind(self.organization)
            .execute(&self.pool)
            .await
            .unwrap();
    }

    pub async fn product(
        &self,
        sku: &str,
        kind: &str,
        price: &str,
        cost: Option<&str>,
        pack: Option<&str>,
    ) {
        sqlx::query(
            "insert into products (organization_id, id, sku, name, kind, unit_id, pack_multiple, invoice_policy, list_price, cost, search, created_at, updated_at)
             select $1, gen_random_uuid(), $2, 'Product ' || $2, $3, id, $4::numeric, 'delivered', $5::numeric, $6::numeric, lower($2), now(), now()
               from units where organization_id = $1 and code = 'pcs'",
        )
        .bind(self.organization)
        .bind(sku)
        .bind(kind)
        .bind(pack)
        .bind(price)
        .bind(cost)
        .execute(&self.pool)
        .await
        .unwrap();
    }

    pub async fn rep(&self) -> Client {
        self.app.sign_in(Role::Rep).await
    }

    pub async fn owner(&self) -> Client {
        self.app.sign_in(Role::Owner).await
    }
}

/// A customer with one address.
pub async fn customer(
    app: &TestApp,
    pool: &PgPool,
    organization: Uuid,
    code: &str,
    name: &str,
    owner: Uuid,
) -> Uuid {
    let id: Uuid = sqlx::query_scalar(
        "insert into customers (organization_id, id, code, name, currency, owner_id, search, created_at, updated_at)
         values ($1, gen_random_uuid(), $2, $3, 'EUR', $4, lower($2 || ' ' || $3), now(), now()) returning id",
    )
    .bind(organization)
    .bind(code)
    .bind(name)
    .bind(owner)
    .fetch_one(pool)
    .await
    .unwrap();
    let tx = app
        .state
        .db()
        .tenant_read(OrganizationId::from_uuid(organization));
    let keys = tx.await.unwrap().keys().clone();
    // one address a customer: the customer's id will do
    let at = |column| Place::new("addresses", column, id);
    sqlx::query(
        "insert into addresses (organization_id, id, customer_id, recipient, lines, city, postal_code, country, is_default, created_at, updated_at)
         values ($1, $2, $2, $3, $4, 'Berlin', '10115', 'DE', true, now(), now())",
    )
    .bind(organization)
    .bind(id)
    .bind(keys.seal(at("recipient"), "Acme").unwrap())
    .bind(keys.seal_json(at("lines"), &["Hauptstr. 1"]).unwrap())
    .execute(pool)
    .await
    .unwrap();
    id
}

/// A line of a product.
pub fn line(sku: &str, quantity: &str) -> Value {
    json!({ "sku": sku, "quantity": { "value": quantity } })
}

/// Sends a new order of `ACME`.
pub async fn post_order(client: &Client, more: Value) -> Answer {
    let mut body = json!({ "customer_code": "ACME", "lines": [line("HX-10", "2")] });
    for (key, value) in more.as_object().unwrap() {
        body[key] = value.clone();
    }
    client.post("/orders").json(body).send().await
}

/// A draft.
pub async fn draft(client: &Client) -> Value {
    post_order(client, json!({})).await.created()
}

/// A confirmed order.
pub async fn placed(client: &Client) -> Value {
    let order = post_order(client, json!({ "place": true })).await.created();
    assert_eq!(order["lifecycle"], "confirmed");
    order
}

/// Performs an action on the version of `order`.
pub async fn act(client: &Client, order: &Value, path: &str, body: Value) -> Answer {
    let id = order["id"].as_str().unwrap();
    client
        .post(format!("/orders/{id}/{path}"))
        .if_match(order["version"].as_i64().unwrap())
        .json(body)
        .send()
        .await
}
