//! Products through the services: create, change, find many, resolve.

use serde_json::json;
use som_domain::SearchQuery;
use som_server::ctx::Ctx;
use som_server::features::products::service::{
    ProductKeys, change, create, create_unit, find_many, resolve, upsert,
};
use som_server::http::IfMatch;
use som_server::http::input::parse_value;
use som_server::permission::Role;

use crate::harness::TestApp;

async fn ctx(app: &TestApp, role: Role) -> Ctx {
    let caller = app.caller(role).await;
    Ctx::internal(&app.state, std::sync::Arc::new(caller))
        .await
        .unwrap()
}

async fn bolt(ctx: &mut Ctx) -> som_domain::ProductId {
    let unit = json!({ "code": "box", "name": "Box" });
    create_unit(ctx, parse_value(unit).unwrap()).await.unwrap();
    let bolt = json!({ "sku": "HX-1020", "name": "Hex bolt M10", "barcode": "4006381333931", "list_price": "0.0375", "cost": "0.021",
        "units": [{ "unit": "box", "numerator": 100, "barcode": "BOX-1" }], "external_refs": { "shop": "98123" } });
    let made = create(ctx, parse_value(bolt).unwrap()).await.unwrap();
    assert_eq!(
        (made.list_price.as_deref(), made.cost.as_deref()),
        (Some("0.0375"), Some("0.021"))
    );
    assert_eq!((made.unit.as_str(), made.units.len()), ("pcs", 1));
    made.id
}

#[tokio::test]
async fn a_product_is_found_by_every_name_it_has() {
    let app = TestApp::new().await;
    let mut ctx = ctx(&app, Role::Owner).await;
    let id = bolt(&mut ctx).await;
    let caller = ctx.caller.clone();
    for text in [
        "HX-1020",
        "hx-1020",
        "4006381333931",
        "BOX-1",
        "98123",
        "hx-1",
    ] {
        let query: SearchQuery = text.parse().unwrap();
        let found = resolve(ctx.db(), &caller, &query).await.unwrap();
        assert_eq!(found.r#match.map(|item| item.id), Some(id), "{text}");
    }
    let words: SearchQuery = "bolt hex".parse().unwrap();
    let found = resolve(ctx.db(), &caller, &words).await.unwrap();
    assert!(found.r#match.is_none());
    assert_eq!(found.candidates.len(), 1);
    for nothing in ["%", "_", "hx%", "100%"] {
        let query: SearchQuery = nothing.parse().unwrap();
        let found = resolve(ctx.db(), &caller, &query).await.unwrap();
        assert!(found.candidates.is_empty(), "{nothing}");
    }
    let organization = ctx.organization();
    let keys = ProductKeys {
        skus: vec!["hx-1020".to_owned()],
        barcodes: vec!["BOX-1".to_owned()],
        ..ProductKeys::default()
    };
    let many = find_many(ctx.db(), organization, &keys).await.unwrap();
    assert_eq!(many.all().len(), 1);
    assert_eq!(many.by_barcode("BOX-1").unwrap().1.code, "box");
}

#[tokio::test]
async fn names_are_unique() {
    let app = TestApp::new().await;
    for (body, code) in [
        (json!({ "sku": "HX-1020", "name": "Twin" }), "duplicate_sku"),
        (
            json!({ "sku": "B", "name": "Twin", "barcode": "4006381333931" }),
            "duplicate_barcode",
        ),
        (
            json!({ "sku": "B", "name": "Twin", "external_refs": { "shop": "98123" } }),
            "duplicate_external_ref",
        ),
    ] {
        let mut ctx = ctx(&app, Role::Owner).await;
        bolt(&mut ctx).await;
        let twin = create(&mut ctx, parse_value(body).unwrap()).await;
        assert_eq!(twin.unwrap_err().problem().unwrap().code, code);
    }
}

#[tokio::test]
async fn everything_wrong_is_said_at_once() {
    let app = TestApp::new().await;
    let mut ctx = ctx(&app, Role::Owner).await;
    let body = json!({ "sku": "X", "name": "X", "unit": "ell", "category": "none", "tax_class": "none", "pack_multiple": "0",
        "units": [{ "unit": "ounce", "numerator": 0 }], "custom": { "colour": "red" } });
    let wrong = create(&mut ctx, parse_value(body).unwrap())
        .await
        .unwrap_err();
    let mut pointers: Vec<String> = wrong
        .problem()
        .unwrap()
        .errors
        .iter()
        .filter_map(|e| e.pointer.clone())
        .collect();
    pointers.sort();
    assert_eq!(
        pointers,
        [
            "#/category",
            "#/custom/colour",
            "#/pack_multiple",
            "#/tax_class",
            "#/unit",
            "#/units/0/numerator",
            "#/units/0/unit"
        ]
    );
}

#[tokio::test]
async fn cost_is_for_those_who_may_see_it() {
    let app = TestApp::new().await;
    let mut owner = ctx(&app, Role::Owner).await;
    let id = bolt(&mut owner).await;
    owner.commit().await.unwrap();
    let mut rep = ctx(&app, Role::Rep).await;
    let caller = rep.caller.clone();
    let seen = som_server::features::products::service::product(rep.db(), &caller, id)
        .await
        .unwrap();
    assert_eq!(
        (seen.cost, seen.list_price.as_deref()),
        (None, Some("0.0375"))
    );
    let patch = parse_value(json!({ "cost": "1" })).unwrap();
    let refused = change(&mut rep, id, &IfMatch::Any, patch).await;
    assert_eq!(
        refused.unwrap_err().problem().unwrap().code,
        "missing_permission"
    );
}

#[tokio::test]
async fn an_upsert_by_reference_twice_changes_nothing() {
    let app = TestApp::new().await;
    let mut ctx = ctx(&app, Role::Owner).await;
    let body = || parse_value(json!({ "sku": "A-1", "name": "Anvil" })).unwrap();
    let (source, reference) = ("erp".parse().unwrap(), "77".parse().unwrap());
    let (first, created) = upsert(&mut ctx, source, reference, body()).await.unwrap();
    let (source, reference) = ("erp".parse().unwrap(), "77".parse().unwrap());
    let (second, again) = upsert(&mut ctx, source, reference, body()).await.unwrap();
    assert!(created && !again);
    assert_eq!((first.id, second.version), (second.id, 1));
    let wrong = json!({ "name": "Anvil 2" });
    let changed = change(
        &mut ctx,
        first.id,
        &IfMatch::Versions(vec![1]),
        parse_value(wrong).unwrap(),
    )
    .await
    .unwrap();
    assert_eq!((changed.name.as_str(), changed.version), ("Anvil 2", 2));
}
