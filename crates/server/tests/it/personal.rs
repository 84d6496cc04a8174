//! Personal data at rest: the database holds none in the clear, a sealed value opens at its place only, and is still found.

use base64::Engine;
use serde_json::{Value, json};
use som_server::permission::Role;
use sqlx::{AssertSqlSafe, PgPool};

use crate::harness::{Client, TestApp};
use crate::shop::{self, Shop};

/// What must never be read in the database.
const SECRETS: &[&str] = &[
    "quill.reed",
    "+49 30 7771234",
    "DE987654321",
    "Peacock Alley 9",
    "Recipient Plume",
    "mara.quist",
    "+49 40 5550000",
    "hidden-pin-7",
    "hidden-gate-8",
    "Feather Wharf 12",
];

/// Every row of every table as text.
async fn dump(pool: &PgPool) -> String {
    let tables: Vec<String> =
        sqlx::query_scalar("select tablename::text from pg_tables where schemaname = 'public'")
            .fetch_all(pool)
            .await
            .unwrap();
    let mut text = String::new();
    for table in tables {
        let query = format!("select coalesce(string_agg(t::text, E'\\n'), '') from {table} t");
        let rows: String = sqlx::query_scalar(AssertSqlSafe(query))
            .fetch_one(pool)
            .await
            .unwrap();
        text.push_str(&rows);
    }
    text
}

async fn reader(client: &Client, name: &str, email: &str) -> Value {
    let body = json!({ "name": name, "email": email, "phone": "+49 30 7771234", "tax_number": "DE987654321",
        "contacts": [{ "name": "Mara", "email": "mara.quist@reader.example", "phone": "+49 40 5550000" }],
        "addresses": [{ "recipient": "Recipient Plume", "lines": ["Peacock Alley 9"], "city": "Berlin", "country": "DE" }] });
    let created = client.post("/customers").key(&format!("key-{name}"));
    created.json(body).send().await.created()
}

fn path(view: &Value) -> String {
    format!("/customers/{}", view["id"].as_str().unwrap())
}

#[tokio::test]
async fn the_database_never_holds_personal_data_in_the_clear() {
    let shop = Shop::new().await;
    let owner = shop.owner().await;
    for (entity, key) in [("customer", "pin"), ("order", "gate")] {
        let field =
            json!({ "entity": entity, "key": key, "label": key, "kind": "text", "secret": true });
        let made = owner.post("/custom-fields").json(field).send().await;
        made.created();
    }
    let view = reader(&owner, "Reader", "quill.reed@reader.example").await;
    let patch = json!({ "custom": { "pin": "hidden-pin-7" }, "phone": "+49 30 7771235" });
    let changed = owner.patch(path(&view)).if_match(1).json(patch);
    let changed = changed.send().await.ok();
    assert_eq!(changed["custom"]["pin"], "hidden-pin-7");
    let order = json!({ "customer_id": view["id"], "lines": [shop::line("HX-10", "1")], "place": true, "custom": { "gate": "hidden-gate-8" },
        "ship_to": { "lines": ["Feather Wharf 12"], "city": "Hamburg", "country": "DE" } });
    let order = owner.post("/orders").key("order").json(order.clone());
    let order = order.send().await.created();
    assert_eq!(order["custom"]["gate"], "hidden-gate-8");
    assert_eq!(order["bill_to"]["lines"], json!(["Peacock Alley 9"]));
    let version = format!("/orders/{}/versions/1", order["id"].as_str().unwrap());
    let kept = owner.get(version).send().await.ok();
    assert_eq!(
        kept["content"]["ship_to"]["lines"],
        json!(["Feather Wharf 12"])
    );
    let text = dump(&shop.pool).await;
    assert!(
        text.contains("Reader") && text.contains("Berlin"),
        "the dump sees the rows"
    );
    for secret in SECRETS {
        assert!(!text.contains(secret), "{secret} is in the database");
    }
    let answers: Vec<String> =
        sqlx::query_scalar("select body from idempotency_keys where body is not null")
            .fetch_all(&shop.pool)
            .await
            .unwrap();
    assert!(answers.len() >= 2, "kept answers");
    for body in answers {
        assert!(body.starts_with("v1|"), "sealed: {body}");
    }
    let again = reader(&owner, "Reader", "quill.reed@reader.example").await;
    assert_eq!(again["email"], "quill.reed@reader.example", "replayed");
    let file = owner.get("/customers/export?format=csv&columns=email");
    assert!(
        file.send()
            .await
            .text()
            .contains("quill.reed@reader.example")
    );
}

#[tokio::test]
async fn an_import_in_the_background_keeps_nothing_in_the_clear() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let mut file = "code,name,email\n".to_owned();
    for n in 0..600 {
        file.push_str(&format!("I-{n},Imported {n},imported.{n}@reader.example\n"));
    }
    // a row that fails is shown whole to whoever corrects it
    file.push_str("I-600,,failed.quill@reader.example\n");
    let form = format!(
        "--frontier\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f.csv\"\r\n\r\n{file}\r\n--frontier--\r\n"
    );
    let sent = owner
        .post("/imports?entity=customers&commit=true&mode=valid")
        .body("multipart/form-data; boundary=frontier", form.clone());
    let job = sent.send().await.expect(202)["job_id"].clone();
    let pool = app.admin_pool().await;
    let encoded = base64::engine::general_purpose::STANDARD.encode(&file);
    let sealed = async |what: &str| {
        let text = dump(&pool).await;
        for secret in [
            "quill@reader.example",
            "imported.7@reader.example",
            &encoded[..60],
        ] {
            assert!(!text.contains(secret), "{what}: {secret}");
        }
    };
    sealed("waiting").await;
    app.work().await;
    sealed("done").await;
    let path = format!("/jobs/{}", job.as_str().unwrap());
    let done = owner.get(path).send().await.ok();
    assert_eq!(done["state"], "done", "{done}");
    assert_eq!(done["result"]["results"][0]["created"], 600, "{done}");
    let failed = done["result"]["failed_rows"].as_str().unwrap();
    assert!(failed.contains("failed.quill@reader.example"), "{failed}");
}

#[tokio::test]
async fn a_sealed_value_opens_at_its_place_only() {
    let app = TestApp::new().await;
    let pool = app.admin_pool().await;
    let (owner, stranger) = (app.sign_in(Role::Owner).await, app.stranger().await);
    let one = reader(&owner, "One", "one@reader.example").await;
    let two = reader(&owner, "Two", "two@reader.example").await;
    let far = reader(&stranger, "Far", "far@reader.example").await;
    let swaps = [
        (
            "another row",
            &two,
            "update customers a set email = (select email from customers where name = 'One') where name = 'Two'",
        ),
        (
            "another column",
            &one,
            "update customers set email = phone where name = 'One'",
        ),
        (
            "another organization",
            &far,
            "update customers set email = (select email from customers where name = 'Two'), phone = null where name = 'Far'",
        ),
    ];
    // the last one takes what was moved once more
    for (what, view, sql) in swaps {
        let client = if what == "another organization" {
            &stranger
        } else {
            &owner
        };
        client.get(path(view)).send().await.ok();
        sqlx::query(sql).execute(&pool).await.unwrap();
        client.get(path(view)).send().await.problem(500, "internal");
    }
    let list = owner.get("/customers?sort=name").send().await.ok();
    assert_eq!(list["data"].as_array().unwrap().len(), 2);
    for row in list["data"].as_array().unwrap() {
        assert_eq!(row["email"], Value::Null, "not shown: {row}");
    }
    let file = owner.get("/customers/export?format=csv&columns=name,email");
    assert!(!file.send().await.text().contains('@'));
}

#[tokio::test]
async fn sealed_values_are_found_exactly_and_only_in_the_own_organization() {
    let app = TestApp::new().await;
    let (owner, stranger) = (app.sign_in(Role::Owner).await, app.stranger().await);
    reader(&owner, "One", "One@Reader.example").await;
    reader(&owner, "Two", "two@reader.example").await;
    reader(&stranger, "Far", "one@reader.example").await;
    for (query, expected) in [
        ("email=one@reader.example", vec!["One"]),
        ("email=%20ONE@READER.EXAMPLE", vec!["One"]),
        (
            "email.in=one@reader.example,two@reader.example&sort=name",
            vec!["One", "Two"],
        ),
        ("email.ne=one@reader.example", vec!["Two"]),
        ("phone=0049307771234&sort=name", vec!["One", "Two"]),
        ("tax_number=de%20987.654.321&sort=name", vec!["One", "Two"]),
        ("email=one@reader.exampl", vec![]),
        ("filter=email%20%3D%20%22two@reader.example%22", vec!["Two"]),
    ] {
        let list = owner.get(format!("/customers?{query}")).send().await.ok();
        let names: Vec<&str> = list["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["name"].as_str().unwrap())
            .collect();
        assert_eq!(names, expected, "{query}");
    }
    let partly = owner.get("/customers?email.contains=reader").send().await;
    assert_eq!(partly.status.as_u16(), 400);
    let indexes: Vec<Vec<u8>> = sqlx::query_scalar("select distinct phone_index from customers")
        .fetch_all(&app.admin_pool().await)
        .await
        .unwrap();
    assert_eq!(
        indexes.len(),
        2,
        "equal inside an organization, different outside"
    );
}
