//! What time does to orders: offers end after their last day, holds at their hour.

use chrono::Duration;
use serde_json::{Value, json};
use som_server::jobs::run_due;
use som_server::workers::registry;

use crate::harness::Client;
use crate::shop::{Shop, act, placed, post_order};

async fn get(client: &Client, order: &Value) -> Value {
    let path = format!("/orders/{}", order["id"].as_str().unwrap());
    client.get(path).send().await.ok()
}

/// The hour passes: what comes back by the clock is queued and done.
async fn sweep(shop: &Shop) {
    let state = &shop.app.state;
    let now = shop.app.clock.now();
    let job = som_server::jobs::NewJob::new("orders.sweep", None, json!({}));
    let scope = som_server::db::SystemScope::Worker;
    let mut tx = state.db().system(scope).await.unwrap();
    let id = state.ids().next(now);
    som_server::jobs::enqueue(&mut tx, id, now, job)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    run_due(state, &registry()).await.unwrap();
}

#[tokio::test]
async fn an_offer_holds_through_its_last_day_and_is_then_cancelled() {
    let shop = Shop::new().await;
    let client = shop.rep().await;
    let offer = json!({ "valid_until": "2026-11-25" });
    let untaken = post_order(&client, offer.clone()).await.created();
    let extended = post_order(&client, offer).await.created();
    let unlimited = post_order(&client, json!({})).await.created();
    shop.app.clock.advance(Duration::hours(24));
    sweep(&shop).await;
    let client = shop.rep().await;
    assert_eq!(get(&client, &untaken).await["lifecycle"], "draft");
    // Over, although nobody has looked yet.
    shop.app.clock.advance(Duration::hours(24));
    let client = shop.rep().await;
    for action in ["submit", "confirm"] {
        let answer = act(&client, &untaken, action, json!({})).await;
        answer.problem(409, "offer_expired");
    }
    let path = format!("/orders/{}", extended["id"].as_str().unwrap());
    let later = json!({ "valid_until": "2026-12-31" });
    client.patch(path).if_match(1).json(later).send().await.ok();
    sweep(&shop).await;
    let ended = get(&client, &untaken).await;
    assert_eq!(
        (&ended["lifecycle"], &ended["cancel_reason"]),
        (&json!("cancelled"), &json!("expired"))
    );
    assert_eq!(ended["version"], 2);
    for other in [&extended, &unlimited] {
        assert_eq!(get(&client, other).await["lifecycle"], "draft");
    }
    let path = format!("/orders/{}/timeline", untaken["id"].as_str().unwrap());
    let timeline = client.get(path).send().await.ok();
    let newest = &timeline["data"][0];
    assert_eq!(newest["action"], "cancelled", "{newest}");
    act(&client, &ended, "duplicate", json!({})).await.created();
    // Once is enough.
    sweep(&shop).await;
    assert_eq!(get(&client, &untaken).await["version"], 2);
}

#[tokio::test]
async fn a_hold_ends_by_itself_and_the_list_knows() {
    let shop = Shop::new().await;
    let client = shop.owner().await;
    let order = placed(&client).await;
    let end = (shop.app.clock.now() + Duration::hours(2)).to_rfc3339();
    let hold = json!({ "type": "manual", "reason": "call first", "expires_at": end });
    let held = act(&client, &order, "holds", hold).await.ok();
    let stays = json!({ "type": "quality", "reason": "check" });
    act(&client, &held, "holds", stays).await.ok();
    let on_hold = async || {
        let list = client.get("/orders?on_hold=true").send().await.ok();
        let counts = list["data"].as_array().unwrap().iter();
        counts
            .map(|o| o["hold_count"].as_i64().unwrap())
            .collect::<Vec<_>>()
    };
    run_due(&shop.app.state, &registry()).await.unwrap();
    assert_eq!(on_hold().await, [2]);
    shop.app.clock.advance(Duration::hours(2));
    run_due(&shop.app.state, &registry()).await.unwrap();
    let client = shop.owner().await;
    let on_hold = async || {
        let list = client.get("/orders?on_hold=true").send().await.ok();
        let counts = list["data"].as_array().unwrap().iter();
        counts
            .map(|o| o["hold_count"].as_i64().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(on_hold().await, [1]);
    let now = get(&client, &order).await;
    assert_eq!(
        (&now["hold_count"], &now["version"]),
        (&json!(1), &json!(4))
    );
    // Whatever was missed is found by the hour.
    shop.run("update orders set hold_count = 2 where organization_id = $1")
        .await;
    sweep(&shop).await;
    assert_eq!(on_hold().await, [1]);
}
