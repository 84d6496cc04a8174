//! Keys of personal data are rotated while people work: everything opens and is found before, during and after, and the old keys are destroyed.

use chrono::Duration;
use serde_json::{Value, json};
use som_domain::ids::OrganizationId;
use som_server::app::{self, AppState};
use som_server::config::Secrets;
use som_server::db::{ACTIVATION, Purpose};
use som_server::permission::Role;
use som_server::rotation::{self, Begun};
use som_server::workers::PEOPLE;
use sqlx::PgPool;

use crate::harness::{Client, TestApp, cluster};
use crate::shop::{self, Shop};

/// What is sealed, as it stands in the database.
const SEALED: &str = "select text from (
    select unnest(array[email, phone, tax_number, custom #>> '{pin,$sealed}']) as text from customers union all
    select unnest(array[email, phone]) from contacts union all
    select unnest(array[recipient, lines]) from addresses union all
    select unnest(array[bill_to, ship_to, custom #>> '{gate,$sealed}']) from orders union all
    select unnest(array[doc ->> 'bill_to', doc ->> 'ship_to', doc #>> '{custom,gate,$sealed}']) from order_snapshots union all
    select custom #>> '{recipe,$sealed}' from products union all
    select client_secret from identity_providers union all
    select unnest(array[payload ->> '$sealed', result ->> '$sealed']) from jobs where kind = 'import') x where text is not null";

async fn versions(pool: &PgPool) -> Vec<String> {
    let mut found: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
        "select distinct split_part(text, '|', 2) from ({SEALED}) y order by 1"
    )))
    .fetch_all(pool)
    .await
    .unwrap();
    found.sort();
    found
}

async fn reseal(app: &TestApp) {
    rotation::enqueue(&app.state, app.clock.now())
        .await
        .unwrap();
    app.work().await;
}

fn ours(shop: &Shop) -> OrganizationId {
    OrganizationId::from_uuid(shop.organization)
}

async fn begin(shop: &Shop, purpose: Purpose) -> i32 {
    match rotation::begin(&shop.app.state, ours(shop), purpose)
        .await
        .unwrap()
    {
        Begun::From { version, at } => {
            assert_eq!(at, shop.app.clock.now() + ACTIVATION);
            version
        }
        other @ Begun::UnderWay(_) => panic!("{other:?}"),
    }
}

/// One of everything that is sealed. Returns the paths of customer, order and order's version.
async fn everything(shop: &Shop, owner: &Client) -> [String; 3] {
    for (entity, key) in [
        ("customer", "pin"),
        ("order", "gate"),
        ("product", "recipe"),
    ] {
        let field =
            json!({ "entity": entity, "key": key, "label": key, "kind": "text", "secret": true });
        owner
            .post("/custom-fields")
            .json(field)
            .send()
            .await
            .created();
    }
    let body = json!({ "name": "Reader", "email": "ada@reader.example", "phone": "+49 30 1", "tax_number": "DE1", "custom": { "pin": "p1" },
        "contacts": [{ "name": "Mara", "email": "mara@reader.example", "phone": "+49 40 2" }],
        "addresses": [{ "recipient": "Plume", "lines": ["Alley 9"], "city": "Berlin", "country": "DE" }] });
    let customer = owner
        .post("/customers")
        .key("customer")
        .json(body)
        .send()
        .await
        .created();
    let product = json!({ "sku": "SECRET-1", "name": "Secret", "list_price": "1.00", "custom": { "recipe": "r1" } });
    owner.post("/products").json(product).send().await.created();
    let provider = json!({ "name": "Company", "issuer": "https://idp.example.com", "client_id": "som", "client_secret": "s1" });
    owner
        .post("/identity-providers")
        .json(provider)
        .send()
        .await
        .created();
    let order = json!({ "customer_id": customer["id"], "lines": [shop::line("HX-10", "1")], "place": true, "custom": { "gate": "g1" },
        "ship_to": { "lines": ["Wharf 12"], "city": "Hamburg", "country": "DE" } });
    let order = owner.post("/orders").json(order).send().await.created();
    let id = |view: &Value| view["id"].as_str().unwrap().to_owned();
    let mut file = "code,name,email\n".to_owned();
    (0..600).for_each(|n| file.push_str(&format!("I-{n},Imported {n},i{n}@reader.example\n")));
    let form = format!(
        "--f\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f.csv\"\r\n\r\n{file}\r\n--f--\r\n"
    );
    let sent = owner
        .post("/imports?entity=customers&commit=true")
        .body("multipart/form-data; boundary=f", form);
    sent.send().await.expect(202);
    shop.app.work().await;
    [
        format!("/customers/{}", id(&customer)),
        format!("/orders/{}", id(&order)),
        format!("/orders/{}/versions/1", id(&order)),
    ]
}

/// Everything opens, is found, and is what it was.
async fn all_is_well(owner: &Client, paths: &[String; 3], when: &str) {
    let [customer, order, version] = paths;
    let view = owner.get(customer).send().await.ok();
    assert_eq!(view["email"], "ada@reader.example", "{when}");
    assert_eq!(view["tax_number"], "DE1", "{when}");
    assert_eq!(view["custom"]["pin"], "p1", "{when}");
    assert_eq!(view["contacts"][0]["phone"], "+49 40 2", "{when}");
    assert_eq!(view["addresses"][0]["lines"], json!(["Alley 9"]), "{when}");
    let view = owner.get(order).send().await.ok();
    assert_eq!(view["ship_to"]["lines"], json!(["Wharf 12"]), "{when}");
    assert_eq!(view["custom"]["gate"], "g1", "{when}");
    let view = owner.get(version).send().await.ok();
    assert_eq!(view["content"]["bill_to"]["recipient"], "Plume", "{when}");
    assert_eq!(view["content"]["custom"]["gate"], "g1", "{when}");
    for query in [
        "email=ada@reader.example",
        "phone=0049301",
        "tax_number=de%201",
    ] {
        let list = owner.get(format!("/customers?{query}")).send().await.ok();
        assert_eq!(list["data"].as_array().unwrap().len(), 1, "{when}: {query}");
    }
    let list = owner
        .get("/customers?email=i599@reader.example")
        .send()
        .await
        .ok();
    assert_eq!(list["data"][0]["code"], "I-599", "{when}");
}

#[tokio::test]
async fn everything_is_sealed_and_indexed_anew_and_the_old_keys_are_destroyed() {
    let shop = Shop::new().await;
    let (app, owner) = (&shop.app, shop.owner().await);
    let paths = everything(&shop, &owner).await;
    reseal(app).await;
    assert_eq!(versions(&shop.pool).await, ["1"]);
    let agreed = "select jsonb_agg(doc - '{bill_to,ship_to,custom}'::text[] order by order_id, version), jsonb_agg(encode(sha256, 'hex') order by order_id, version) from order_snapshots";
    let before: (Value, Value) = sqlx::query_as(agreed).fetch_one(&shop.pool).await.unwrap();
    let counted = "select (select sum(version) from customers) + (select sum(version) from orders) + (select sum(version) from contacts)";
    let counts: i64 = sqlx::query_scalar(counted)
        .fetch_one(&shop.pool)
        .await
        .unwrap();

    assert_eq!(begin(&shop, Purpose::Encryption).await, 2);
    assert_eq!(begin(&shop, Purpose::BlindIndex).await, 2);
    let again = rotation::begin(&app.state, ours(&shop), Purpose::Encryption)
        .await
        .unwrap();
    assert!(matches!(again, Begun::UnderWay(_)), "one at a time");
    reseal(app).await;
    all_is_well(&owner, &paths, "before it is used").await;
    assert_eq!(
        versions(&shop.pool).await,
        ["1"],
        "nobody uses it before everybody knows it"
    );

    app.clock.advance(ACTIVATION);
    let body = json!({ "name": "Late", "email": "late@reader.example" });
    owner
        .post("/customers")
        .key("late")
        .json(body.clone())
        .send()
        .await
        .created();
    all_is_well(&owner, &paths, "while both are there").await;
    assert_eq!(versions(&shop.pool).await, ["1", "2"]);
    reseal(app).await;
    assert_eq!(versions(&shop.pool).await, ["2"]);
    all_is_well(&owner, &paths, "sealed anew").await;
    let after: (Value, Value) = sqlx::query_as(agreed).fetch_one(&shop.pool).await.unwrap();
    assert_eq!(before, after, "what was agreed did not change");
    let found: i64 = sqlx::query_scalar(counted)
        .fetch_one(&shop.pool)
        .await
        .unwrap();
    assert_eq!(counts + 1, found, "nobody's change but the new customer");
    // answers are kept for a day, so the old key is
    let body = json!({ "name": "Reader", "email": "ada@reader.example", "phone": "+49 30 1", "tax_number": "DE1", "custom": { "pin": "p1" },
        "contacts": [{ "name": "Mara", "email": "mara@reader.example", "phone": "+49 40 2" }],
        "addresses": [{ "recipient": "Plume", "lines": ["Alley 9"], "city": "Berlin", "country": "DE" }] });
    let replay = owner
        .post("/customers")
        .key("customer")
        .json(body)
        .send()
        .await;
    assert_eq!(replay.headers["idempotency-replayed"], "true");
    let live = "select count(*) from data_keys where wrapped is not null and organization_id = $1";
    let keys = async || -> i64 {
        sqlx::query_scalar(live)
            .bind(shop.organization)
            .fetch_one(&shop.pool)
            .await
            .unwrap()
    };
    assert_eq!(keys().await, 4);
    app.clock.advance(Duration::hours(23));
    reseal(app).await;
    assert_eq!(keys().await, 4, "not before a day is over");
    app.clock.advance(Duration::hours(2));
    // signed in anew, as after any day
    let owner = shop.owner().await;
    sqlx::query("delete from idempotency_keys where expires_at < $1")
        .bind(app.clock.now())
        .execute(&shop.pool)
        .await
        .unwrap();
    reseal(app).await;
    assert_eq!(keys().await, 2, "the old ones are destroyed");
    all_is_well(&owner, &paths, "without the old keys").await;
    let actions: Vec<String> = sqlx::query_scalar("select action from audit_events where action like 'key%' and organization_id = $1 order by seq")
        .bind(shop.organization)
        .fetch_all(&shop.pool)
        .await
        .unwrap();
    assert_eq!(
        actions,
        [
            "key_rotated",
            "key_rotated",
            "keys_destroyed",
            "keys_destroyed"
        ]
    );
    let status = rotation::status(&app.state, &PEOPLE).await.unwrap();
    let mine = status
        .organizations
        .iter()
        .find(|one| one.organization == ours(&shop))
        .unwrap();
    let states: Vec<_> = mine
        .keys
        .iter()
        .map(|key| (key.version, key.state))
        .collect();
    assert_eq!(
        states,
        [
            (2, "in_use"),
            (1, "destroyed"),
            (2, "in_use"),
            (1, "destroyed")
        ]
    );
    assert!(
        mine.parts
            .iter()
            .all(|part| part.finished_at.is_some() && part.unreadable == 0)
    );
    assert_eq!(mine.parts.len(), 8);
}

#[tokio::test]
async fn old_texts_of_addresses_and_snapshots_are_sealed() {
    let shop = Shop::new().await;
    let owner = shop.owner().await;
    let order = shop::placed(&owner).await;
    let mut tx = shop.pool.begin().await.unwrap();
    for sql in [
        "set local session_replication_role = replica",
        "update orders set bill_to = '0|{\"recipient\":null,\"lines\":[\"Old Street 1\"],\"city\":\"\",\"region\":\"\",\"postal_code\":\"\",\"country\":\"DE\"}'",
        "update order_snapshots set doc = jsonb_set(doc, '{bill_to}', to_jsonb('0|{\"recipient\":null,\"lines\":[\"Old Street 1\"],\"city\":\"\",\"region\":\"\",\"postal_code\":\"\",\"country\":\"DE\"}'::text))",
        "update addresses set lines = '0|[\"Old Street 1\"]'",
    ] {
        sqlx::query(sql).execute(&mut *tx).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(
        versions(&shop.pool).await,
        [
            "1",
            "[\"Old Street 1\"]",
            "{\"recipient\":null,\"lines\":[\"Old Street 1\"],\"city\":\"\",\"region\":\"\",\"postal_code\":\"\",\"country\":\"DE\"}"
        ]
    );
    reseal(&shop.app).await;
    assert_eq!(versions(&shop.pool).await, ["1"]);
    let path = format!("/orders/{}", order["id"].as_str().unwrap());
    let view = owner.get(&path).send().await.ok();
    assert_eq!(view["bill_to"]["lines"], json!(["Old Street 1"]));
    let kept = owner.get(format!("{path}/versions/1")).send().await.ok();
    assert_eq!(kept["content"]["bill_to"]["lines"], json!(["Old Street 1"]));
}

#[tokio::test]
async fn what_was_agreed_cannot_be_changed_by_the_way() {
    let shop = Shop::new().await;
    let owner = shop.owner().await;
    shop::placed(&owner).await;
    for change in [
        "update order_snapshots set doc = jsonb_set(doc, '{totals,total}', '\"1.00\"')",
        "update order_snapshots set doc = jsonb_set(doc, '{custom}', '{\"gate\": \"open\"}')",
        "update order_snapshots set sha256 = '\\x00'",
    ] {
        let mut tx = shop.app.state.db().tenant(ours(&shop)).await.unwrap();
        let refused = sqlx::query(change).execute(&mut *tx).await.unwrap_err();
        let code = refused
            .as_database_error()
            .unwrap()
            .code()
            .unwrap()
            .into_owned();
        assert!(
            ["23001", "42501"].contains(&code.as_str()),
            "{change}: {code}"
        );
    }
}

fn with_new_key(state: &AppState) -> (Secrets, Secrets) {
    let mut both = (*state.secrets()).clone();
    let fresh = Secrets::random().unwrap().encryption_key;
    both.encryption_key_previous = Some(std::mem::replace(&mut both.encryption_key, fresh));
    let mut without = both.clone();
    without.encryption_key_previous = None;
    (both, without)
}

#[tokio::test]
async fn another_encryption_key_wraps_everything_and_proves_old_checkpoints() {
    let shop = Shop::new().await;
    let (app, owner) = (&shop.app, shop.owner().await);
    let paths = everything(&shop, &owner).await;
    let rep = app.sign_in(Role::Rep).await;
    crate::second_factors::enrol(app, &rep).await;
    som_server::audit::seal(&app.state).await.unwrap();
    let needed = async || {
        let status = rotation::status(&app.state, &PEOPLE).await.unwrap();
        let mut keys = status.configured.into_iter();
        let key = keys.find(|key| key.key == "encryption").unwrap();
        key.previous.and_then(|previous| previous.needed)
    };
    for round in 0..2 {
        let (both, without) = with_new_key(&app.state);
        app.state.renew_secrets(both).unwrap();
        let why = needed().await.unwrap();
        assert!(
            why.contains(" keys of organizations and 1 secrets"),
            "{round}: {why}"
        );
        // keys are read again after half a minute
        app.clock.advance(Duration::seconds(31));
        all_is_well(&owner, &paths, "with both").await;
        reseal(app).await;
        assert_eq!(needed().await, None, "{round}");
        app.state.renew_secrets(without).unwrap();
        app.clock.advance(Duration::seconds(31));
        all_is_well(&owner, &paths, "with the new one alone").await;
        som_server::audit::seal(&app.state).await.unwrap();
    }
    // a server that never knew the first keys: the checkpoints they signed count through those who vouch for them
    let mut config = app.state.config().clone();
    config.secrets = (*app.state.secrets()).clone();
    let state = cluster::state(config, &app.database, app.clock.clone()).await;
    let verdict = som_server::audit::verify(&state, ours(&shop), &[])
        .await
        .unwrap();
    assert!(
        verdict.finding.is_none() && verdict.checkpoints >= 1,
        "{verdict:?}"
    );
    let fresh = Client::new(
        app::router(state),
        app.state.config().server.public_url.as_str(),
    );
    fresh.sign_in_as(&crate::harness::email(Role::Owner)).await;
    all_is_well(&fresh, &paths, "another server").await;
    sqlx::query("truncate audit_signers")
        .execute(&shop.pool)
        .await
        .unwrap();
    let verdict = som_server::audit::verify(&app.state, ours(&shop), &[])
        .await
        .unwrap();
    assert!(verdict.finding.is_some(), "nobody vouches");
}
