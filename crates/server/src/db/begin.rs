//! Beginning a transaction so that a caller who gives up in between leaves a clean connection behind.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use sqlx::{AssertSqlSafe, PgPool, Postgres, SqlSafeStr, Transaction};
use tokio::runtime::Handle;

/// A pooled connection may have died while idle: beginning is the first thing asked of it and changes nothing, so it is tried again once.
pub(super) async fn begin(
    pool: &PgPool,
    statement: String,
) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
    match once(pool, statement.clone()).await {
        Err(sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::BeginFailed) => {
            once(pool, statement).await
        }
        Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("57P01") => {
            once(pool, statement).await
        }
        other => other,
    }
}

async fn once(
    pool: &PgPool,
    statement: String,
) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
    // Waiting for a connection may be given up freely; only what follows must not be.
    let connection = pool.acquire().await?;
    // Safe: the callers build the text from a UUID or a constant.
    let statement = AssertSqlSafe(statement).into_sql_str();
    ToItsEnd(Some(Transaction::begin(connection, Some(statement)))).await
}

/// A future that is carried to its end even when nobody waits for it any more.
///
/// A request that is cancelled while `begin` is on its way would otherwise give back a connection inside a transaction that sqlx 0.9.0 does
/// not know of (its issue 4393), and the next request would work in it: read-only, of another organization, or never committed.
/// Carried to its end, the transaction exists, is dropped, and is rolled back.
struct ToItsEnd<T: Send + 'static>(Option<Pin<Box<dyn Future<Output = T> + Send + 'static>>>);

impl<T: Send + 'static> Future for ToItsEnd<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let Some(future) = self.0.as_mut() else {
            return Poll::Pending;
        };
        let polled = future.as_mut().poll(context);
        if polled.is_ready() {
            self.0 = None;
        }
        polled
    }
}

impl<T: Send + 'static> Drop for ToItsEnd<T> {
    fn drop(&mut self) {
        if let (Some(future), Ok(runtime)) = (self.0.take(), Handle::try_current()) {
            runtime.spawn(future);
        }
    }
}
