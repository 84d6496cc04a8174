//! Price lists through the services: overlaps, tiers, reach, explanation.

use serde_json::{Value, json};
use som_domain::PriceListId;
use som_server::ctx::Ctx;
use som_server::features::price_lists::service::delete_price;
use som_server::features::price_lists::service::{
    ExplainRequest, add_price, change_price, create, explain,
};
use som_server::features::products;
use som_server::http::IfMatch;
use som_server::http::input::parse_value;
use som_server::permission::Role;

use crate::harness::TestApp;

async fn ctx(app: &TestApp) -> Ctx {
    let caller = app.caller(Role::Owner).await;
    Ctx::internal(&app.state, std::sync::Arc::new(caller))
        .await
        .unwrap()
}

async fn list(ctx: &mut Ctx, body: Value) -> PriceListId {
    create(ctx, parse_value(body).unwrap()).await.unwrap().id
}

async fn bolt(ctx: &mut Ctx) {
    let unit = json!({ "code": "box", "name": "Box" });
    products::service::create_unit(ctx, parse_value(unit).unwrap())
        .await
        .unwrap();
    let bolt = json!({ "sku": "HX", "name": "Hex bolt", "list_price": "1", "units": [{ "unit": "box", "numerator": 12 }] });
    products::service::create(ctx, parse_value(bolt).unwrap())
        .await
        .unwrap();
}

async fn price(
    ctx: &mut Ctx,
    quantity: &str,
    unit: Option<&str>,
) -> (Option<String>, &'static str) {
    let caller = ctx.caller.clone();
    let request = ExplainRequest {
        customer: None,
        sku: "HX".parse().unwrap(),
        quantity: quantity.parse().unwrap(),
        unit: unit.map(str::to_owned),
        date: ctx.today(),
        currency: None,
    };
    let answer = explain(ctx.db(), &caller, &request).await.unwrap();
    (answer.unit_price, answer.source)
}

#[tokio::test]
async fn the_most_specific_price_wins_and_boxes_follow_pieces() {
    let app = TestApp::new().await;
    let mut ctx = ctx(&app).await;
    bolt(&mut ctx).await;
    assert_eq!(
        price(&mut ctx, "1", None).await,
        (Some("1.00".to_owned()), "product")
    );
    let everyone = list(&mut ctx, json!({ "code": "ALL", "name": "All" })).await;
    for body in [
        json!({ "discount_percent": "10" }),
        json!({ "sku": "HX", "min_quantity": "100", "unit_price": "0.80" }),
    ] {
        add_price(&mut ctx, everyone, parse_value(body).unwrap())
            .await
            .unwrap();
    }
    assert_eq!(
        price(&mut ctx, "99", None).await,
        (Some("0.90".to_owned()), "organization")
    );
    assert_eq!(
        price(&mut ctx, "100", None).await,
        (Some("0.80".to_owned()), "organization")
    );
    assert_eq!(
        price(&mut ctx, "8", Some("box")).await.0.as_deref(),
        Some("10.80")
    );
    assert_eq!(
        price(&mut ctx, "9", Some("box")).await.0.as_deref(),
        Some("9.60")
    );
    let per_box = json!({ "sku": "HX", "unit": "box", "unit_price": "9.00" });
    add_price(&mut ctx, everyone, parse_value(per_box).unwrap())
        .await
        .unwrap();
    assert_eq!(
        price(&mut ctx, "1", Some("box")).await.0.as_deref(),
        Some("9.00")
    );
}

#[tokio::test]
async fn prices_cannot_overlap() {
    let app = TestApp::new().await;
    let mut ctx = ctx(&app).await;
    bolt(&mut ctx).await;
    let id = list(&mut ctx, json!({ "code": "ALL", "name": "All" })).await;
    let first = json!({ "sku": "HX", "unit_price": "2", "valid_to": "2026-12-31" });
    let first = add_price(&mut ctx, id, parse_value(first).unwrap())
        .await
        .unwrap();
    let second = || parse_value(json!({ "sku": "HX", "unit_price": "3" })).unwrap();
    let refused = add_price(&mut ctx, id, second()).await.unwrap_err();
    let problem = refused.problem().unwrap();
    assert_eq!(problem.code, "price_overlap");
    assert_eq!(problem.extra["conflicting_price_id"], first.id.to_string());
    let later = json!({ "sku": "HX", "unit_price": "3", "valid_from": "2027-01-01" });
    let later = add_price(&mut ctx, id, parse_value(later).unwrap())
        .await
        .unwrap();
    let moved = parse_value(json!({ "valid_from": "2026-12-31" })).unwrap();
    let refused = change_price(&mut ctx, id, later.id, &IfMatch::Any, moved).await;
    assert_eq!(
        refused.unwrap_err().problem().unwrap().code,
        "price_overlap"
    );
    let percent = parse_value(json!({ "discount_percent": "5" })).unwrap();
    let percent = change_price(&mut ctx, id, later.id, &IfMatch::Versions(vec![1]), percent)
        .await
        .unwrap();
    assert_eq!(
        (percent.unit_price, percent.discount_percent.as_deref()),
        (None, Some("5.00"))
    );
    delete_price(&mut ctx, id, first.id, &IfMatch::Any)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_price_says_what_it_is_the_price_of() {
    let app = TestApp::new().await;
    let mut ctx = ctx(&app).await;
    let id = list(&mut ctx, json!({ "code": "ALL", "name": "All" })).await;
    let wrong = json!({ "sku": "NO", "category": "none", "unit": "ell", "unit_price": "1", "discount_percent": "5" });
    let wrong = add_price(&mut ctx, id, parse_value(wrong).unwrap())
        .await
        .unwrap_err();
    let mut codes: Vec<&str> = wrong
        .problem()
        .unwrap()
        .errors
        .iter()
        .map(|e| e.code.as_str())
        .collect();
    codes.sort_unstable();
    assert_eq!(
        codes,
        [
            "ambiguous_price",
            "ambiguous_target",
            "target_missing",
            "unknown_category",
            "unknown_sku",
            "unknown_unit"
        ]
    );
}
