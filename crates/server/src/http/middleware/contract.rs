//! Holds requests to the API's own description: no query where none is described, and an answer the caller accepts.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, Method, StatusCode, header};
use utoipa::openapi::path::{Operation, ParameterIn, PathItem};
use utoipa::openapi::{OpenApi, RefOr};

use crate::http::Problem;

/// What the description says of each operation, made once.
#[derive(Debug, Clone)]
pub(super) struct Contract(Arc<HashMap<String, HashMap<Method, Offer>>>);

/// One operation.
#[derive(Debug)]
struct Offer {
    takes_query: bool,
    media_types: Vec<String>,
}

impl Contract {
    pub(super) fn new(document: &OpenApi) -> Self {
        let paths = document.paths.paths.iter();
        Self(Arc::new(
            paths
                .map(|(path, item)| (path.clone(), offers(item)))
                .collect(),
        ))
    }

    fn offer(&self, request: &Request) -> Option<&Offer> {
        let path = request.extensions().get::<MatchedPath>()?;
        let methods = self.0.get(path.as_str())?;
        match request.method() {
            &Method::HEAD => methods.get(&Method::GET),
            method => methods.get(method),
        }
    }
}

fn offers(item: &PathItem) -> HashMap<Method, Offer> {
    let operations = [
        (Method::GET, &item.get),
        (Method::POST, &item.post),
        (Method::PUT, &item.put),
        (Method::PATCH, &item.patch),
        (Method::DELETE, &item.delete),
    ];
    let described = operations
        .into_iter()
        .filter_map(|(method, operation)| Some((method, offer(operation.as_ref()?))));
    described.collect()
}

fn offer(operation: &Operation) -> Offer {
    let parameters = operation.parameters.iter().flatten();
    let takes_query = parameters.into_iter().any(|parameter| {
        matches!(parameter, RefOr::T(parameter) if matches!(parameter.parameter_in, ParameterIn::Query))
    });
    let mut media_types = Vec::new();
    for (status, response) in &operation.responses.responses {
        if let RefOr::T(response) = response
            && status.starts_with('2')
        {
            media_types.extend(response.content.keys().cloned());
        }
    }
    Offer {
        takes_query,
        media_types,
    }
}

/// 400 for a query that nothing would read, 406 when no described answer is accepted.
pub(super) async fn keep(
    State(contract): State<Contract>,
    request: Request,
    next: Next,
) -> Response {
    let refusal = contract
        .offer(&request)
        .and_then(|offer| refuse(offer, &request));
    match refusal {
        Some(problem) => problem.into_response(),
        None => next.run(request).await,
    }
}

fn refuse(offer: &Offer, request: &Request) -> Option<Problem> {
    let query = request.uri().query().unwrap_or_default();
    if !offer.takes_query && !query.is_empty() {
        let name = url::form_urlencoded::parse(query.as_bytes())
            .next()
            .map(|(name, _)| name.chars().take(60).collect::<String>())
            .unwrap_or_default();
        let detail = "There are no query parameters here.";
        return Some(Problem::bad_parameter(&name, "unknown_parameter", detail));
    }
    let offered = &offer.media_types;
    if offered.is_empty() || offered.iter().any(|one| accepts(request.headers(), one)) {
        return None;
    }
    let detail = format!("Answers come as {}.", offered.join(" or "));
    let problem = Problem::new(StatusCode::NOT_ACCEPTABLE, "not_acceptable", detail);
    Some(problem.with("offered", offered.clone()))
}

/// Whether `Accept` (RFC 9110, 12.5.1) takes the media type: its most specific range decides.
fn accepts(headers: &HeaderMap, offered: &str) -> bool {
    let lines = headers.get_all(header::ACCEPT).iter();
    let ranges: Vec<&str> = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .map(str::trim)
        .filter(|range| !range.is_empty())
        .collect();
    if ranges.is_empty() {
        return true;
    }
    let kind = offered.split('/').next().unwrap_or_default();
    let fits = ranges.iter().filter_map(|range| {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next()?.to_ascii_lowercase();
        let precision = match name.as_str() {
            name if name == offered => 2,
            "*/*" => 0,
            name if name.strip_suffix("/*") == Some(kind) => 1,
            _ => return None,
        };
        let refused = parts.any(|part| {
            let weight = part.strip_prefix("q=").and_then(|q| q.parse::<f32>().ok());
            weight == Some(0.0)
        });
        Some((precision, !refused))
    });
    fits.max().is_some_and(|(_, accepted)| accepted)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn takes(accept: &'static str) -> bool {
        let headers = HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(accept))]);
        accepts(&headers, "application/json")
    }

    #[test]
    fn the_most_specific_range_decides() {
        assert!(accepts(&HeaderMap::new(), "application/json"));
        for accept in [
            "",
            "*/*",
            "application/*",
            "Application/JSON; charset=utf-8",
            "text/html, */*;q=0.1",
            "*/*;q=0, application/json",
        ] {
            assert!(takes(accept), "{accept}");
        }
        for accept in [
            "text/html",
            "application/xml, text/*",
            "application/json;q=0, */*",
            "*/*;q=0",
            "nonsense",
        ] {
            assert!(!takes(accept), "{accept}");
        }
    }
}
