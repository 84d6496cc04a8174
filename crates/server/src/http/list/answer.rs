//! The answer of a list: envelope, `Link`, chosen fields.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use serde::Serialize;
use utoipa::ToSchema;

use super::page::{Page, PageInfo};
use super::query::ListQuery;
use super::shape::project;
use crate::http::ApiResult;

/// The body of every list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListBody<T> {
    /// The rows.
    pub data: Vec<T>,
    /// Cursors and count.
    pub page: PageInfo,
}

impl ListQuery {
    /// Answers with a page; `path` is that of the request, for the `Link` header.
    pub fn answer<T: Serialize>(&self, path: &str, page: Page<T>) -> ApiResult<Response> {
        let link = self
            .link(path, &page.info)
            .and_then(|link| HeaderValue::from_str(&link).ok());
        let body = match &self.fields {
            None => serde_json::to_vec(&ListBody {
                data: page.rows,
                page: page.info,
            })?,
            Some(paths) => {
                let rows = page
                    .rows
                    .iter()
                    .map(serde_json::to_value)
                    .collect::<Result<Vec<_>, _>>()?;
                serde_json::to_vec(&ListBody {
                    data: project(&rows, paths)?,
                    page: page.info,
                })?
            }
        };
        let mut response = (
            [(
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/json"),
            )],
            body,
        )
            .into_response();
        if let Some(link) = link {
            response.headers_mut().insert(header::LINK, link);
        }
        Ok(response)
    }
}
