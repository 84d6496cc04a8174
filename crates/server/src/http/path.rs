//! Path parameters: a malformed id is simply not found, as one that does not exist.

use std::str::FromStr;

use axum::extract::{FromRequestParts, RawPathParams};
use http::request::Parts;

use super::{ApiError, Problem};
use crate::app::AppState;

/// The ids of a path, in order: `Id(order): Id<OrderId>` or `Id(Both(order, line)): Id<Both<OrderId, OrderLineId>>`.
#[derive(Debug, Clone, Copy)]
pub struct Id<T>(pub T);

/// Two ids of a path.
#[derive(Debug, Clone, Copy)]
pub struct Both<A, B>(pub A, pub B);

impl<A: FromStr, B: FromStr> FromStr for Both<A, B> {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let (a, b) = text.split_once('/').ok_or(())?;
        Ok(Self(a.parse().map_err(|_| ())?, b.parse().map_err(|_| ())?))
    }
}

impl<T: FromStr + Send> FromRequestParts<AppState> for Id<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let params = RawPathParams::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::not_found("object"))?;
        let joined = params
            .iter()
            .map(|(_, value)| value)
            .collect::<Vec<_>>()
            .join("/");
        Ok(Self(
            joined.parse().map_err(|_| Problem::not_found("object"))?,
        ))
    }
}
