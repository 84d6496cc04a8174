//! The one error body of the API: RFC 9457 problem details with stable codes and JSON pointers.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// The link to the explanation of a code; relative, it resolves against the server that answered.
pub fn type_of(code: &str) -> String {
    super::docs::problem_page(code)
}

/// One problem of one field, query parameter or header.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct FieldProblem {
    /// JSON Pointer as a fragment (`#/lines/1/sku`), for a problem in the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "#/lines/1/sku")]
    pub pointer: Option<String>,
    /// The query or path parameter's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    /// The header's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<String>,
    /// Stable code.
    #[schema(example = "unknown_sku")]
    pub code: String,
    /// One sentence for a person.
    pub detail: String,
    /// The offending value, when it is safe and short.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Value, required = false)]
    pub value: Option<Value>,
    /// Values that were probably meant.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suggestions: Vec<String>,
    /// Facts a client can use, such as `{"multiple":"12"}`.
    #[serde(skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = Object)]
    pub params: Map<String, Value>,
}

impl FieldProblem {
    /// A problem at a place of the body; `pointer` without the leading `#` (`/lines/1/sku`).
    pub fn at(
        pointer: impl AsRef<str>,
        code: impl Into<String>,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            pointer: Some(format!("#{}", pointer.as_ref())),
            code: code.into(),
            detail: detail.into(),
            ..Self::default()
        }
    }

    /// A problem of a query or path parameter.
    pub fn parameter(
        name: impl Into<String>,
        code: impl Into<String>,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            parameter: Some(name.into()),
            code: code.into(),
            detail: detail.into(),
            ..Self::default()
        }
    }

    /// A problem of a header.
    pub fn header(
        name: impl Into<String>,
        code: impl Into<String>,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            header: Some(name.into()),
            code: code.into(),
            detail: detail.into(),
            ..Self::default()
        }
    }

    /// Adds the offending value, cut to a safe length.
    #[must_use]
    pub fn with_value(mut self, value: impl Into<Value>) -> Self {
        let value = value.into();
        let short = match &value {
            Value::String(text) => text.chars().count() <= 200,
            Value::Array(_) | Value::Object(_) => false,
            _ => true,
        };
        self.value = short.then_some(value);
        self
    }

    /// Adds a fact for clients.
    #[must_use]
    pub fn with_param(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.params.insert(name.to_owned(), value.into());
        self
    }

    /// Adds what was probably meant.
    #[must_use]
    pub fn with_suggestions(mut self, suggestions: Vec<String>) -> Self {
        self.suggestions = suggestions;
        self
    }
}

/// The body of every answer that is not 2xx or 3xx.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Problem {
    /// Link to the explanation of `code`.
    #[serde(rename = "type")]
    pub type_: String,
    /// Short, the same for every occurrence.
    pub title: String,
    /// The HTTP status again.
    pub status: u16,
    /// Stable code.
    pub code: String,
    /// What happened here, in a sentence.
    pub detail: String,
    /// The path of the request.
    pub instance: String,
    /// Quote it when asking for help.
    pub request_id: String,
    /// Whether the same request may succeed later.
    pub retryable: bool,
    /// Every problem of the input at once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
    /// Code-specific members, such as `allowed`, `current_etag`, `missing_permission`.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub extra: Map<String, Value>,
    /// Seconds for the `Retry-After` header.
    #[serde(skip)]
    pub retry_after: Option<u64>,
}

impl Problem {
    /// A problem with the title of its code.
    pub fn new(status: StatusCode, code: impl Into<String>, detail: impl Into<String>) -> Self {
        let code = code.into();
        Self {
            type_: type_of(&code),
            title: title(status, &code).to_owned(),
            status: status.as_u16(),
            detail: detail.into(),
            instance: String::new(),
            request_id: String::new(),
            retryable: matches!(status.as_u16(), 429 | 503),
            errors: Vec::new(),
            extra: Map::new(),
            retry_after: None,
            code,
        }
    }

    /// 400: the request is malformed.
    pub fn bad_request(code: &str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// 403: the signed-in person may not do this.
    pub fn forbidden(code: &str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, detail)
    }

    /// 404: also for what exists out of the caller's sight.
    pub fn not_found(what: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found",
            format!("There is no such {what}."),
        )
    }

    /// 409: the state of the object does not allow this.
    pub fn conflict(code: &str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// 422 with a list of field problems.
    pub fn invalid(errors: Vec<FieldProblem>) -> Self {
        Self::with_errors(
            StatusCode::UNPROCESSABLE_ENTITY,
            "validation_failed",
            errors,
        )
    }

    /// 400 with one query parameter's problem.
    pub fn bad_parameter(name: &str, code: &str, detail: impl Into<String>) -> Self {
        Self::with_errors(
            StatusCode::BAD_REQUEST,
            code,
            vec![FieldProblem::parameter(name, code, detail)],
        )
    }

    /// A problem that carries field problems; title and detail are made from them.
    pub fn with_errors(status: StatusCode, code: &str, errors: Vec<FieldProblem>) -> Self {
        let detail = errors
            .iter()
            .take(3)
            .map(|e| e.detail.as_str())
            .collect::<Vec<_>>()
            .join(" ");
        let mut problem = Self::new(status, code, detail);
        problem.title = match errors.len() {
            1 => "The request has 1 problem".to_owned(),
            n => format!("The request has {n} problems"),
        };
        problem.errors = errors;
        problem
    }

    /// Adds a code-specific member.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.extra.insert(name.to_owned(), value.into());
        self
    }

    /// Sets `Retry-After` and marks the problem as worth another try.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self.retryable = true;
        self
    }
}

/// What the code means; the status' usual words for one that nobody explained.
fn title(status: StatusCode, code: &str) -> &'static str {
    let usual = status.canonical_reason().unwrap_or("Error");
    super::codes::find(code).map_or(usual, |known| known.title)
}

/// The body is written by [`super::finish`], the outermost layer, which knows request id and path.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        response.extensions_mut().insert(Box::new(self));
        response
    }
}
