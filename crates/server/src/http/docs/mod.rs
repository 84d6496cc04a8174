//! The API's own pages at `/api/docs`: made from the OpenAPI document and the problem codes, without scripts, readable offline.

mod example;
mod frame;
mod group;
mod index;
mod problems;
mod reader;
mod schema;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header;
use utoipa::openapi::OpenApi;

use self::reader::Reader;
use super::{Problem, codes};
use crate::app::AppState;

const ROOT: &str = "/api/docs";
const STYLE: &str = include_str!("style.css");

/// Where a code is explained.
pub fn problem_page(code: &str) -> String {
    format!("{ROOT}/problems/{code}")
}

/// The pages by their address, written when the first one is asked for.
struct Pages {
    document: OpenApi,
    written: OnceLock<HashMap<String, String>>,
}

impl Pages {
    fn find(&self, address: &str) -> Option<&String> {
        self.written
            .get_or_init(|| write(&self.document))
            .get(address)
    }
}

fn write(document: &OpenApi) -> HashMap<String, String> {
    let reader = Reader::new(document);
    let mut pages = HashMap::new();
    let mut add = |address: String, page: maud::Markup| {
        pages.insert(address, page.into_string());
    };
    add(String::new(), index::page(&reader));
    for tag in reader.tags() {
        add(format!("/{}", tag.name), group::page(&reader, tag));
    }
    for name in reader.schema_names() {
        add(format!("/schemas/{name}"), schema::page(&reader, name));
    }
    add("/problems".to_owned(), problems::index(&reader));
    for group in &codes::GROUPS {
        for code in group.codes {
            let page = problems::page(&reader, group, code);
            add(format!("/problems/{}", code.code), page);
        }
    }
    pages
}

/// `/api/docs` and everything below it.
pub fn router(document: &OpenApi) -> Router<AppState> {
    let pages = Arc::new(Pages {
        document: document.clone(),
        written: OnceLock::new(),
    });
    let below = Arc::clone(&pages);
    Router::new()
        .route(ROOT, get(async move || answer(&pages, "")))
        .route("/api/docs/style.css", get(style))
        .route(
            "/api/docs/{*page}",
            get(async move |Path(page): Path<String>| answer(&below, &format!("/{page}"))),
        )
}

fn answer(pages: &Pages, address: &str) -> Response {
    match pages.find(address) {
        Some(page) => kept("text/html; charset=utf-8", page.clone()),
        None => Problem::not_found("page of the documentation").into_response(),
    }
}

async fn style() -> Response {
    kept("text/css; charset=utf-8", STYLE.to_owned())
}

fn kept(kind: &'static str, text: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "public, max-age=300"),
    ];
    (headers, text).into_response()
}
