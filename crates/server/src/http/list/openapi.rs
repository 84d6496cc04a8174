//! A list in the API description: its parameters, `x-filterable`, `x-sortable`.

use serde_json::{Value, json};
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Required, Schema};

use super::filter::suffixes_of;
use super::query::{PAGE_SIZE, PAGE_SIZE_MAX, SEARCH_CHARS_MAX};
use super::spec::{Dir, FieldKind, ListSpec};

/// Declares a type that documents a list: `list_params!(OrdersList, ORDERS);` then `params(OrdersList)` in `#[utoipa::path]`.
#[macro_export]
macro_rules! list_params {
    ($(#[$meta:meta])* $vis:vis $name:ident, $spec:expr $(, $extra:expr)?) => {
        $(#[$meta])*
        /// The parameters of the list.
        #[derive(Debug)]
        $vis struct $name;

        impl utoipa::IntoParams for $name {
            fn into_params(_: impl Fn() -> Option<utoipa::openapi::path::ParameterIn>) -> Vec<utoipa::openapi::path::Parameter> {
                #[allow(unused_mut, reason = "only with extra parameters")]
                let mut parameters = $crate::http::list::parameters(&$spec);
                $(parameters.extend($extra);)?
                parameters
            }
        }
    };
}

/// Makes `Name` a parameter set of an export's `#[utoipa::path(params(Name))]`, from the specification of its list.
#[macro_export]
macro_rules! export_params {
    ($vis:vis $name:ident, $spec:expr) => {
        /// The parameters of the export.
        #[derive(Debug)]
        $vis struct $name;

        impl utoipa::IntoParams for $name {
            fn into_params(_: impl Fn() -> Option<utoipa::openapi::path::ParameterIn>) -> Vec<utoipa::openapi::path::Parameter> {
                $crate::export::parameters(&$spec)
            }
        }
    };
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::new(Type::String))
}

fn parameter(name: &str, description: &str, schema: ObjectBuilder) -> ParameterBuilder {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(description))
        .schema(Some(RefOr::T(Schema::Object(schema.build()))))
}

fn extension(name: &str, value: Value) -> Option<Extensions> {
    Some(Extensions::from_iter([(name, value)]))
}

/// The parameters of a list.
pub fn parameters(spec: &ListSpec) -> Vec<Parameter> {
    let mut parameters = vec![
        parameter(
            "limit",
            "Rows of a page.",
            ObjectBuilder::new()
                .schema_type(SchemaType::new(Type::Integer))
                .minimum(Some(1))
                .maximum(Some(PAGE_SIZE_MAX))
                .default(Some(json!(PAGE_SIZE))),
        ),
        parameter(
            "cursor",
            "`page.next` or `page.prev` of the answer before; valid for 24 hours, with the same filter and order.",
            text(),
        ),
        parameter("sort", &sort_text(spec), text())
            .extensions(extension("x-sortable", sortable(spec))),
        parameter(
            "count",
            "Whether to count the rows of the whole list.",
            text()
                .enum_values(Some(["none", "estimate", "exact"]))
                .default(Some(json!("none"))),
        ),
        parameter(
            "fields",
            "Only these members of each row, separated by commas; `id` always.",
            text(),
        ),
        parameter("filter", &filter_text(spec), text())
            .extensions(extension("x-filterable", filterable(spec))),
    ];
    if spec.search.is_some() {
        parameters.push(parameter(
            "q",
            "Every word must occur.",
            text().max_length(Some(SEARCH_CHARS_MAX)),
        ));
    }
    if !spec.expand.is_empty() {
        parameters.push(parameter(
            "expand",
            &format!(
                "Related objects to include, at most five of: {}.",
                spec.expand.join(", ")
            ),
            text(),
        ));
    }
    let mut parameters: Vec<Parameter> = parameters
        .into_iter()
        .map(ParameterBuilder::build)
        .collect();
    parameters.extend(spec.filterable().map(|field| {
        let description = format!(
            "Filter ({}). Operators as suffix of the name: {}.",
            field.kind.name(),
            suffixes_of(field).join(", ")
        );
        parameter(field.name, &description, text()).build()
    }));
    parameters
}

fn sort_text(spec: &ListSpec) -> String {
    let default = spec
        .default_sort
        .iter()
        .map(|(name, dir)| format!("{}{name}", if *dir == Dir::Desc { "-" } else { "" }));
    format!(
        "Up to three of the sortable fields, `-` for descending. Default: `{}`.",
        default.collect::<Vec<_>>().join(",")
    )
}

fn filter_text(spec: &ListSpec) -> String {
    let name = spec.filterable().next().map_or("id", |field| field.name);
    format!(
        "A condition with AND, OR, NOT and parentheses, such as `{name} = \"x\" OR NOT {name}:\"y\"`."
    )
}

/// Fields to sort by.
fn sortable(spec: &ListSpec) -> Value {
    json!(spec.sortable().map(|field| field.name).collect::<Vec<_>>())
}

/// Fields to filter by, with their kind, operators and members.
fn filterable(spec: &ListSpec) -> Value {
    let fields = spec.filterable().map(|field| {
        let mut described = json!({ "name": field.name, "kind": field.kind.name(), "operators": suffixes_of(field) });
        if let (FieldKind::Enum(members), Some(object)) = (field.kind, described.as_object_mut()) {
            object.insert("values".to_owned(), json!(members));
        }
        described
    });
    Value::Array(fields.collect())
}
