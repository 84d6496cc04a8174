//! Letters before API keys end.

use chrono::Duration;
use serde_json::json;
use som_server::jobs::{NewJob, enqueue};
use som_server::permission::Role;

use crate::api_keys::key;
use crate::harness::TestApp;
use crate::harness::smtp::{Mail, Smtp};

/// The letters about keys that the hourly work sends.
async fn letters(app: &TestApp, smtp: &Smtp) -> Vec<Mail> {
    let now = app.clock.now();
    let mut tx = app.state.db().worker().await.unwrap();
    let job = NewJob::new("api_keys.ending", None, json!({}));
    assert!(
        enqueue(&mut tx, app.state.ids().next(now), now, job)
            .await
            .unwrap()
    );
    tx.commit().await.unwrap();
    app.work().await;
    let about = |mail: &Mail| mail.header("Subject") == "API keys of yours end soon";
    smtp.take().into_iter().filter(about).collect()
}

#[tokio::test]
async fn owners_are_told_14_and_3_days_before_and_once_each() {
    let (app, smtp) = TestApp::with_mail().await;
    let rep = app.sign_in(Role::Rep).await;
    key(&rep, json!({ "name": "Long & <b>", "expires_in_days": 30 })).await;
    key(&rep, json!({ "name": "Short", "expires_in_days": 10 })).await;
    let (_, replaced) = key(&rep, json!({ "name": "Replaced", "expires_in_days": 30 })).await;
    let (_, revoked) = key(&rep, json!({ "name": "Revoked", "expires_in_days": 30 })).await;
    let rotate = rep.post(format!("/api-keys/{replaced}/rotate"));
    rotate.json(json!({})).send().await.created();
    let revoke = rep.delete(format!("/api-keys/{revoked}"));
    revoke.send().await.expect(204);
    assert!(letters(&app, &smtp).await.is_empty());
    app.clock.advance(Duration::days(7));
    let told = letters(&app, &smtp).await;
    assert_eq!(told.len(), 1, "3 days before the short one");
    assert!(told[0].text.contains("Short (som_pat_") && !told[0].text.contains("Long"));
    assert!(letters(&app, &smtp).await.is_empty(), "once");
    app.clock.advance(Duration::days(9));
    let told = letters(&app, &smtp).await;
    assert_eq!(told.len(), 1, "one letter, whatever the number of keys");
    let text = &told[0].text;
    assert!(text.contains("Long & <b> (som_pat_") && text.contains("Long &amp; &lt;b&gt;"));
    assert!(text.contains("24 December 2026, 12:00 UTC"));
    assert_eq!(
        text.matches("Replaced").count(),
        2,
        "the successor only, in both forms"
    );
    assert!(!text.contains("Short") && !text.contains("Revoked"));
    app.clock.advance(Duration::days(11));
    assert_eq!(letters(&app, &smtp).await.len(), 1);
    assert!(letters(&app, &smtp).await.is_empty());
    app.clock.advance(Duration::days(3));
    assert!(letters(&app, &smtp).await.is_empty(), "over");
}

#[tokio::test]
async fn who_has_left_is_not_written_to() {
    let (app, smtp) = TestApp::with_mail().await;
    let rep = app.sign_in(Role::Rep).await;
    key(&rep, json!({ "expires_in_days": 30 })).await;
    sqlx::query(
        "update memberships set state = 'suspended' where user_id = (select user_id from api_keys)",
    )
    .execute(&app.admin_pool().await)
    .await
    .unwrap();
    app.clock.advance(Duration::days(28));
    assert!(letters(&app, &smtp).await.is_empty());
}
