//! Idempotency keys: claimed at the start of a use case. Its answer is stored with what else it leaves behind: see [`super::record`].

#![expect(clippy::disallowed_methods, reason = "its rows are read in two ways")]

use chrono::{DateTime, Utc};
use http::{HeaderValue, StatusCode};
use serde_json::Value;
use sqlx::Row;

use super::{DataKeys, TenantTx};
use crate::caller::Caller;
use crate::ctx::respond;
use crate::http::command::Idempotency;
use crate::http::{ApiError, ApiResult, Problem};
use crate::security::seal::{Place, SealError};

/// Takes the key for this transaction. Errors: the stored answer when it was carried out, 422 when the request differs,
/// 409 while another request with it is running.
pub async fn claim(
    db: &mut TenantTx,
    caller: &Caller,
    idempotency: &Idempotency,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    // One round trip: an advisory lock for the length of the transaction says whether the same key is running now.
    let row = sqlx::query(
        "select pg_try_advisory_xact_lock(hashtextextended($2::text || $3 || $4 || $5, 1)) as claimed, k.request_hash, k.status, k.headers, k.body
         from (select 1) one left join idempotency_keys k
           on k.organization_id = $1 and k.credential_id = $2 and k.key = $3 and k.method = $4 and k.path = $5 and k.expires_at > $6",
    )
    .bind(caller.organization.id.uuid())
    .bind(caller.credential())
    .bind(&idempotency.key)
    .bind(&idempotency.method)
    .bind(&idempotency.path)
    .bind(now)
    .fetch_one(&mut **db)
    .await?;
    if let Some(hash) = row.try_get::<Option<Vec<u8>>, _>("request_hash")? {
        if hash != idempotency.hash {
            return Err(Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency_mismatch",
                "This Idempotency-Key was used for another request. Use a new key.",
            )
            .into());
        }
        return Err(ApiError::Replay(Box::new(replay(&row, |stored| {
            let column = column(idempotency);
            db.keys().open(place(caller, &column), stored)
        })?)));
    }
    if row.try_get::<bool, _>("claimed")? {
        return Ok(());
    }
    Err(in_progress().into())
}

/// 409: the same request is being carried out, or was a moment ago.
pub fn in_progress() -> Problem {
    Problem::conflict(
        "idempotency_in_progress",
        "A request with this Idempotency-Key is being carried out.",
    )
    .retry_after(1)
}

/// What a stored answer is bound to.
fn column(idempotency: &Idempotency) -> String {
    let Idempotency {
        method, path, key, ..
    } = idempotency;
    format!("body {method} {path} {key}")
}

fn place<'a>(caller: &Caller, column: &'a str) -> Place<'a> {
    Place::new("idempotency_keys", column, caller.credential())
}

fn replay(
    row: &sqlx::postgres::PgRow,
    open: impl Fn(&str) -> Result<String, SealError>,
) -> ApiResult<axum::response::Response> {
    let status = row
        .try_get::<Option<i32>, _>("status")?
        .and_then(|s| u16::try_from(s).ok())
        .and_then(|s| StatusCode::from_u16(s).ok())
        .unwrap_or(StatusCode::OK);
    let headers: Value = row
        .try_get::<Option<Value>, _>("headers")?
        .unwrap_or_default();
    let version = headers
        .get("etag")
        .and_then(Value::as_i64)
        .and_then(|v| i32::try_from(v).ok());
    let location = headers
        .get("location")
        .and_then(Value::as_str)
        .map(str::to_owned);
    let body = row.try_get::<Option<String>, _>("body")?;
    let body = body.as_deref().map(open).transpose()?;
    let mut response = respond(status, body.unwrap_or_default(), version, location);
    response
        .headers_mut()
        .insert("idempotency-replayed", HeaderValue::from_static("true"));
    Ok(response)
}

/// An answer as it is kept: sealed, it may hold personal data.
pub fn seal(
    keys: &DataKeys,
    caller: &Caller,
    idempotency: &Idempotency,
    body: &str,
) -> Result<String, SealError> {
    keys.seal(place(caller, &column(idempotency)), body)
}
