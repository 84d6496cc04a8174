//! A request may be given up at any moment: what it began must not live on in the connection it leaves to the next one.

use std::future::Future;
use std::pin::pin;
use std::task::Poll;

use som_server::db::SystemScope;
use som_server::permission::Role;

use crate::harness::TestApp;

/// Polls a future so often, then gives it up.
async fn give_up_after<F: Future>(polls: usize, future: F) {
    let mut future = pin!(future);
    for _ in 0..polls {
        let done =
            std::future::poll_fn(|context| Poll::Ready(future.as_mut().poll(context).is_ready()))
                .await;
        if done {
            return;
        }
        tokio::task::yield_now().await;
    }
}

async fn one_connection() -> TestApp {
    TestApp::configured(|config| {
        config.database.pool_size = 1;
        config.database.pool_overflow = 0;
        config.database.auth_pool_size = 1;
    })
    .await
}

#[tokio::test]
async fn a_reader_that_gives_up_leaves_no_transaction_behind() {
    let app = one_connection().await;
    let organization = app.caller(Role::Owner).await.organization.id;
    let db = app.state.db();
    for polls in 1..60 {
        give_up_after(polls, db.tenant_read(organization)).await;
        let mut tx = db.tenant(organization).await.unwrap();
        let read_only: String =
            sqlx::query_scalar("select current_setting('transaction_read_only')")
                .fetch_one(&mut *tx)
                .await
                .unwrap();
        assert_eq!(read_only, "off", "given up after {polls} polls");
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn the_scope_of_one_that_gives_up_does_not_live_on() {
    let app = one_connection().await;
    let organization = app.caller(Role::Owner).await.organization.id;
    let db = app.state.db();
    for polls in 1..60 {
        give_up_after(polls, db.system(SystemScope::Worker)).await;
        let mut tx = db.tenant(organization).await.unwrap();
        let scope: Option<String> =
            sqlx::query_scalar("select nullif(current_setting('som.scope', true), '')")
                .fetch_one(&mut *tx)
                .await
                .unwrap();
        assert_eq!(scope, None, "given up after {polls} polls");
        tx.commit().await.unwrap();
    }
}
