//! What is exported: format, columns, and the list's own filter, search and order.

use chrono::{DateTime, Utc};
use http::StatusCode;
use serde_json::json;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Required, Schema};

use crate::http::input::nearest;
use crate::http::list::{self, CursorKey, Field, ListQuery, ListSpec};
use crate::http::{FieldProblem, Problem};
use crate::objects::Sight;

/// The parameters of an export besides the list's.
const OWN: &[&str] = &["format", "columns", "bom"];
/// Parameters of a list that mean nothing for an export.
const PAGING: &[&str] = &["limit", "cursor", "count", "fields", "expand"];

/// A file format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// RFC 4180, UTF-8.
    Csv,
    /// Office Open XML.
    Xlsx,
}

impl Format {
    /// File extension.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    /// Media type.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// A checked export request.
#[derive(Debug, Clone)]
pub struct Export {
    /// CSV or XLSX.
    pub format: Format,
    /// The columns, in their order.
    pub columns: Vec<&'static Field>,
    /// Whether the CSV begins with a byte order mark, for spreadsheets that guess.
    pub bom: bool,
    /// Filter, search and order.
    pub query: ListQuery,
    /// Whose names of objects may be in it; without it none are.
    pub sight: Option<Sight>,
    /// The day, for the file's name.
    pub(super) now: DateTime<Utc>,
}

impl Export {
    /// Reads the query string of an export. `hidden` names the columns the caller may not see (cost).
    pub fn parse(
        spec: &'static ListSpec,
        raw: Option<&str>,
        hidden: &[&str],
        key: &CursorKey,
        now: DateTime<Utc>,
    ) -> Result<Self, Problem> {
        let query = ListQuery::parse(spec, raw, OWN, key, now)?;
        let mut errors = Vec::new();
        for name in PAGING {
            if query.parameter(name).is_some() {
                errors.push(FieldProblem::parameter(
                    *name,
                    "unknown_parameter",
                    format!("An export takes no `{name}`."),
                ));
            }
        }
        let format = format(query.parameter("format"), &mut errors);
        let columns = columns(spec, query.parameter("columns"), hidden, &mut errors);
        let bom = match query.parameter("bom") {
            None | Some("false") => false,
            Some("true") => true,
            Some(_) => {
                errors.push(FieldProblem::parameter(
                    "bom",
                    "invalid_value",
                    "`bom` is true or false.",
                ));
                false
            }
        };
        match errors.first() {
            None => Ok(Self {
                format,
                columns,
                bom,
                query,
                sight: None,
                now,
            }),
            Some(first) => {
                let code = if errors.iter().all(|e| e.code == first.code) {
                    first.code.clone()
                } else {
                    "invalid_query".to_owned()
                };
                Err(Problem::with_errors(StatusCode::BAD_REQUEST, &code, errors))
            }
        }
    }

    /// Name of the file.
    pub fn file_name(&self) -> String {
        format!(
            "{}-{}.{}",
            self.query.spec().name.replace(' ', "-"),
            self.now.format("%Y-%m-%d"),
            self.format.extension()
        )
    }
}

fn format(text: Option<&str>, errors: &mut Vec<FieldProblem>) -> Format {
    match text {
        None | Some("csv") => Format::Csv,
        Some("xlsx") => Format::Xlsx,
        Some(other) => {
            errors.push(
                FieldProblem::parameter("format", "unknown_format", "`format` is csv or xlsx.")
                    .with_suggestions(nearest(other, &["csv", "xlsx"])),
            );
            Format::Csv
        }
    }
}

fn columns(
    spec: &'static ListSpec,
    text: Option<&str>,
    hidden: &[&str],
    errors: &mut Vec<FieldProblem>,
) -> Vec<&'static Field> {
    let known: Vec<&'static Field> = spec
        .fields
        .iter()
        .filter(|field| field.export && !hidden.contains(&field.name))
        .collect();
    let Some(text) = text else { return known };
    let mut columns: Vec<&'static Field> = Vec::new();
    for name in text.split(',') {
        match known.iter().find(|field| field.is_called(name)) {
            Some(field) if columns.iter().any(|column| column.name == field.name) => {
                errors.push(FieldProblem::parameter(
                    "columns",
                    "invalid_value",
                    format!("`{name}` is in `columns` twice."),
                ));
            }
            Some(field) => columns.push(field),
            None => {
                let names: Vec<&str> = known.iter().map(|field| field.name).collect();
                errors.push(
                    FieldProblem::parameter(
                        "columns",
                        "unknown_column",
                        format!("There is no column `{name}`."),
                    )
                    .with_suggestions(nearest(name, &names)),
                );
            }
        }
    }
    columns
}

/// The parameters of an export in the API description.
pub fn parameters(spec: &ListSpec) -> Vec<Parameter> {
    let own = |name: &str, description: &str, schema: ObjectBuilder| {
        let schema = RefOr::T(Schema::Object(schema.build()));
        ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Query)
            .required(Required::False)
            .description(Some(description))
            .schema(Some(schema))
            .build()
    };
    let text = || ObjectBuilder::new().schema_type(SchemaType::new(Type::String));
    let names: Vec<&str> = spec
        .fields
        .iter()
        .filter(|field| field.export)
        .map(|field| field.name)
        .collect();
    let mut parameters = vec![
        own(
            "format",
            "Kind of file.",
            text()
                .enum_values(Some(["csv", "xlsx"]))
                .default(Some(json!("csv"))),
        ),
        own(
            "columns",
            &format!(
                "Columns in their order, separated by commas: {}. Default: all.",
                names.join(", ")
            ),
            text(),
        ),
        own(
            "bom",
            "Begin the CSV with a byte order mark.",
            ObjectBuilder::new()
                .schema_type(SchemaType::new(Type::Boolean))
                .default(Some(json!(false))),
        ),
    ];
    parameters.extend(
        list::parameters(spec)
            .into_iter()
            .filter(|parameter| !PAGING.contains(&parameter.name.as_str())),
    );
    parameters
}
