//! An organization in which every operation can be carried out: the object its path names, in the state it needs.

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};
use som_domain::ids::{IdentityId, JobId, PasskeyId};
use som_server::db::SystemScope;
use som_server::jobs::{NewJob, enqueue};
use som_server::permission::Role;

use super::{Document, Operation};
use crate::harness::client::Call;
use crate::harness::{Client, TestApp};
use crate::shop::{Shop, act, customer, draft, line, placed, post_order};

/// A shop with one owner who does everything, and a rep whose orders wait for the owner.
pub struct World {
    pub shop: Shop,
    pub owner: Client,
    pub rep: Client,
    pub document: Document,
    next: AtomicU32,
}

/// An operation aimed at something real.
#[derive(Debug, Clone)]
pub struct Target {
    /// The path with its ids.
    pub path: String,
    /// With `?`, or empty.
    pub query: String,
    /// The JSON body, for those that take one.
    pub body: Option<Value>,
    /// The current version of what is changed.
    pub etag: Option<String>,
}

const PASSKEY: &str = "insert into passkeys (user_id, id, credential_id, name, credential, created_at)
    select id, gen_random_uuid(), uuid_send(gen_random_uuid()), 'Telephone', '{}', now() from users where email = $1 returning id";
const IDENTITY: &str = "insert into user_identities (organization_id, id, issuer, subject, user_id, created_at, last_used_at)
    select m.organization_id, gen_random_uuid(), 'https://idp.example.com', gen_random_uuid()::text, u.id, now(), now()
      from users u join memberships m on m.user_id = u.id where u.email = $1 returning id";
const FORM: &str = "--frontier\r\nContent-Disposition: form-data; name=\"file\"; filename=\"units.csv\"\r\n\r\ncode,name\nC-1,One\r\n--frontier--\r\n";

impl World {
    pub async fn new() -> Self {
        let shop = Shop::new().await;
        let rep = shop.app.caller(Role::Rep).await.user_id.uuid();
        customer(
            &shop.app,
            &shop.pool,
            shop.organization,
            "C-DEMO",
            "Demo Ltd",
            rep,
        )
        .await;
        let world = Self {
            owner: shop.owner().await,
            rep: shop.rep().await,
            shop,
            document: Document::new(),
            next: AtomicU32::new(1),
        };
        let policy = json!({ "name": "Very large", "measure": "total", "threshold": "5000.00", "currency": "EUR", "approver_roles": ["owner"] });
        world
            .owner
            .post("/approval-policies")
            .json(policy)
            .send()
            .await
            .created();
        world
    }

    pub fn app(&self) -> &TestApp {
        &self.shop.app
    }

    pub fn operations(&self) -> Vec<Operation> {
        self.document.operations()
    }

    /// Makes what the operation needs and aims at it.
    pub async fn target(&self, operation: &Operation) -> Target {
        let template = operation.path.trim_start_matches("/api/v1");
        let mut path = template.to_owned();
        if template.contains('{') {
            for (name, value) in self.ids(operation, template).await {
                path = path.replace(&format!("{{{name}}}"), &value);
            }
        }
        assert!(
            !path.contains('{'),
            "{path}: say in contract/world.rs how to make it"
        );
        let mut target = Target {
            path: format!("/api/v1{path}"),
            query: query(operation),
            body: operation.takes_json().then(|| self.body(operation)),
            etag: None,
        };
        if operation.has_parameter("header", "If-Match") {
            let read = self.read_path(&target.path);
            let answer = self.owner.get(&read).send().await;
            answer.ok();
            let etag = answer.header("etag");
            target.etag = Some(
                etag.unwrap_or_else(|| panic!("{read} has no ETag"))
                    .to_owned(),
            );
        }
        target
    }

    /// The address of the object whose version a change names: the path up to its last part that can be read.
    fn read_path(&self, path: &str) -> String {
        let parts: Vec<&str> = path.split('/').collect();
        let price = path.contains("/prices/");
        let length = if path == "/api/v1/organization" {
            4
        } else if price {
            7
        } else {
            5
        };
        parts[..length.min(parts.len())].join("/")
    }

    /// The request, complete.
    pub fn call(&self, client: &Client, operation: &Operation, target: &Target) -> Call {
        let mut call = client.call(
            operation.method.clone(),
            format!("{}{}", target.path, target.query),
        );
        if let Some(body) = &target.body {
            call = call.json(body.clone());
        } else if operation.id == "create_import" {
            call = call.body("multipart/form-data; boundary=frontier", FORM);
        }
        match &target.etag {
            Some(etag) => call.header("if-match", etag),
            None => call,
        }
    }

    /// The example of the operation, with names nobody has yet.
    fn body(&self, operation: &Operation) -> Value {
        let example = self.document.example(operation);
        let example =
            example.unwrap_or_else(|| panic!("{}: its body has no example", operation.id));
        if operation.method == "PATCH" {
            example
        } else {
            self.unique(example)
        }
    }

    fn unique(&self, mut example: Value) -> Value {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        for name in ["code", "sku", "key", "name", "email"] {
            if let Some(text) = example[name].as_str() {
                let changed = match name {
                    "email" => format!("{number}.{text}"),
                    "key" => format!("{text}_{number}"),
                    _ => format!("{text} {number}"),
                };
                example[name] = json!(changed);
            }
        }
        if example["external_refs"].is_object() {
            example["external_refs"] = json!({ "shopify": number.to_string() });
        }
        if example["tax_class"].is_string() && example["country"].is_string() {
            let countries = [
                "FR", "IT", "ES", "PL", "NL", "BE", "LU", "CZ", "DK", "SE", "FI", "EE", "LV", "LT",
                "IE", "PT", "GR", "HU", "RO", "BG",
            ];
            example["country"] = json!(countries[number as usize % countries.len()]);
            example["region"] = json!(format!("R{number}"));
        }
        example
    }

    async fn ids(&self, operation: &Operation, template: &str) -> Vec<(&'static str, String)> {
        let collection = template.split("/{").next().unwrap();
        match collection {
            "/orders" => self.order_ids(&operation.id).await,
            "/customers" => self.customer_ids().await,
            "/price-lists" if template.contains("price_id") => {
                let list = self.make("/price-lists").await;
                let id = text(&list["id"]);
                let price = json!({ "min_quantity": "10", "discount_percent": "5" });
                let price = self
                    .owner
                    .post(format!("/price-lists/{id}/prices"))
                    .json(price)
                    .send()
                    .await
                    .created();
                vec![("id", id), ("price_id", text(&price["id"]))]
            }
            "/api-keys" => vec![("id", text(&self.make("/api-keys").await["api_key"]["id"]))],
            "/jobs" => vec![("id", self.job().await)],
            "/number-series" => {
                let list = self.owner.get("/number-series").send().await.ok();
                vec![("id", text(&list["data"][0]["id"]))]
            }
            "/passkeys" | "/identities" => vec![("id", self.owned(collection).await)],
            "/sessions" => {
                self.shop.owner().await;
                let list = self.owner.get("/sessions").send().await.ok();
                let other = list["data"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .find(|one| one["current"] == false);
                vec![("id", text(&other.expect("a second session")["id"]))]
            }
            by_ref if by_ref.ends_with("/by-ref") => {
                let number = self.next.fetch_add(1, Ordering::Relaxed);
                vec![("source", "erp".to_owned()), ("ref", format!("R-{number}"))]
            }
            "/members" => vec![("id", self.member(&operation.id).await)],
            collection => vec![("id", text(&self.make(collection).await["id"]))],
        }
    }

    /// A new object of a collection, from the example of its creation.
    async fn make(&self, collection: &str) -> Value {
        let path = format!("/api/v1{collection}");
        let create = self
            .operations()
            .into_iter()
            .find(|one| one.path == path && one.method == "POST");
        let create = create
            .unwrap_or_else(|| panic!("{collection}: say in contract/world.rs how to make one"));
        self.owner
            .post(path)
            .json(self.body(&create))
            .send()
            .await
            .created()
    }

    async fn customer_ids(&self) -> Vec<(&'static str, String)> {
        let made = self.make("/customers").await;
        vec![
            ("id", text(&made["id"])),
            ("address_id", text(&made["addresses"][0]["id"])),
            ("contact_id", text(&made["contacts"][0]["id"])),
        ]
    }

    async fn order_ids(&self, operation: &str) -> Vec<(&'static str, String)> {
        let order = match operation {
            "approve_order" | "reject_order" => {
                let large = json!({ "place": true, "lines": [line("HX-10", "600")] });
                let order = post_order(&self.rep, large).await.created();
                assert_eq!(order["lifecycle"], "pending_approval");
                order
            }
            "cancel_order" | "create_delivery" | "create_hold" | "cancel_line_quantity" => {
                placed(&self.owner).await
            }
            "release_hold" => {
                let hold = json!({ "type": "manual", "blocks": "ship", "reason": "Wait" });
                act(&self.owner, &placed(&self.owner).await, "holds", hold)
                    .await
                    .ok()
            }
            "short_close_order" | "reverse_delivery" | "list_order_deliveries" => {
                self.half_delivered().await
            }
            "reopen_order" => {
                let order = self.half_delivered().await;
                // an order completes by itself, and so this one is completed too early from behind
                self.shop.run("update orders set lifecycle = 'completed', completed_at = now() where organization_id = $1 and fulfilment_status = 'partial'").await;
                order
            }
            _ => draft(&self.owner).await,
        };
        vec![
            ("id", text(&order["id"])),
            ("delivery_id", self.delivery(&order).await),
            ("line_id", text(&order["lines"][0]["id"])),
            (
                "hold_id",
                order["holds"][0]["id"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned(),
            ),
            ("version", text(&order["version"].to_string().into())),
        ]
    }

    /// The last delivery of an order, as its timeline names it; empty without one.
    async fn delivery(&self, order: &Value) -> String {
        let path = format!("/orders/{}/timeline", text(&order["id"]));
        let timeline = self.owner.get(path).send().await.ok();
        let mut entries = timeline["data"].as_array().unwrap().iter();
        let found = entries.find_map(|entry| entry["diff"]["delivery"].as_str());
        found.unwrap_or_default().to_owned()
    }

    async fn half_delivered(&self) -> Value {
        let order = placed(&self.owner).await;
        let one = json!({ "lines": [{ "line_id": order["lines"][0]["id"], "quantity": { "value": "1" } }] });
        act(&self.owner, &order, "deliveries", one).await.ok()
    }

    /// A member, with a second factor from behind when it is to be removed.
    async fn member(&self, operation: &str) -> String {
        let made = self.make("/members").await;
        if operation == "reset_member_second_factors" {
            let sql = "with made as (insert into authenticators (user_id, secret, added_at) select id, 'x', now() from users where email = $1)
                       update users set second_factor_since = now() where email = $1";
            let done = sqlx::query(sql).bind(text(&made["email"]));
            done.execute(&self.shop.pool).await.unwrap();
        }
        text(&made["id"])
    }

    /// Of the owner, from behind: a passkey, so that signing in with a password goes on, or who the owner is at some provider.
    async fn owned(&self, collection: &str) -> String {
        let passkey = collection == "/passkeys";
        let sql = if passkey { PASSKEY } else { IDENTITY };
        let made = sqlx::query_scalar(sql).bind(crate::harness::email(Role::Owner));
        let id = made.fetch_one(&self.shop.pool).await.unwrap();
        match passkey {
            true => PasskeyId::from_uuid(id).to_string(),
            false => IdentityId::from_uuid(id).to_string(),
        }
    }

    async fn job(&self) -> String {
        let (app, now) = (self.app(), self.app().clock.now());
        let id = app.state.ids().next(now);
        let organization = app.caller(Role::Owner).await.organization.id;
        let mut tx = app.state.db().system(SystemScope::Worker).await.unwrap();
        let job = NewJob::new("import", Some(organization), json!({}));
        assert!(enqueue(&mut tx, id, now, job).await.unwrap());
        tx.commit().await.unwrap();
        JobId::from_uuid(id).to_string()
    }
}

/// The query parameters an operation cannot do without.
fn query(operation: &Operation) -> String {
    let query = match operation.id.as_str() {
        "create_import" => "?entity=customers&commit=true",
        "diff_order" => "?from=1",
        "explain_price" => "?sku=HX-10",
        "resolve_product" => "?text=HX-10",
        "search" => "?q=acme",
        _ => "",
    };
    for parameter in operation
        .parameters("query")
        .filter(|parameter| parameter["required"] == true)
    {
        let name = parameter["name"].as_str().unwrap();
        assert!(
            query.contains(&format!("{name}=")),
            "{}: give `{name}` a value in contract/world.rs",
            operation.id
        );
    }
    query.to_owned()
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("no text: {value}"))
        .to_owned()
}
