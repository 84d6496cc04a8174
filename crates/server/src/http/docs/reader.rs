//! The OpenAPI document as the pages read it.

use serde_json::Value;
use utoipa::openapi::OpenApi;

/// The document as JSON: the pages show what a client would read.
pub(super) struct Reader {
    document: Value,
    tags: Vec<Tag>,
}

/// A group of operations.
pub(super) struct Tag {
    pub(super) name: String,
    pub(super) description: String,
}

/// One operation with its place.
#[derive(Clone, Copy)]
pub(super) struct Operation<'a> {
    /// In lower case, as in the document.
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) value: &'a Value,
}

impl Reader {
    pub(super) fn new(document: &OpenApi) -> Self {
        let document = serde_json::to_value(document).unwrap_or_default();
        let tags = items(&document["tags"])
            .map(|tag| Tag {
                name: text(&tag["name"]).to_owned(),
                description: text(&tag["description"]).to_owned(),
            })
            .collect();
        Self { document, tags }
    }

    pub(super) fn version(&self) -> &str {
        text(&self.document["info"]["version"])
    }

    pub(super) fn tags(&self) -> &[Tag] {
        &self.tags
    }

    /// The operations of a group in the order of the document.
    pub(super) fn operations<'a>(&'a self, tag: &'a str) -> impl Iterator<Item = Operation<'a>> {
        members(&self.document["paths"])
            .flat_map(|(path, item)| {
                members(item).map(move |(method, value)| Operation {
                    method,
                    path,
                    value,
                })
            })
            .filter(move |one| one.value["tags"][0] == tag)
    }

    pub(super) fn schema_names(&self) -> impl Iterator<Item = &str> {
        members(&self.document["components"]["schemas"]).map(|(name, _)| name)
    }

    pub(super) fn schema(&self, name: &str) -> &Value {
        &self.document["components"]["schemas"][name]
    }

    /// What a `$ref` leads to, or the value itself.
    pub(super) fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        let pointer = value["$ref"].as_str().and_then(|r| r.strip_prefix('#'));
        let target = pointer.and_then(|pointer| self.document.pointer(pointer));
        target.unwrap_or(value)
    }
}

impl Operation<'_> {
    pub(super) fn id(&self) -> &str {
        text(&self.value["operationId"])
    }

    /// Without the full stop: it is a heading.
    pub(super) fn title(&self) -> &str {
        text(&self.value["summary"]).trim_end_matches('.')
    }

    pub(super) fn permission(&self) -> &str {
        text(&self.value["x-permission"])
    }

    pub(super) fn parameters(&self) -> impl Iterator<Item = &Value> {
        items(&self.value["parameters"])
    }

    pub(super) fn has_header(&self, name: &str) -> bool {
        self.parameters()
            .any(|parameter| parameter["in"] == "header" && parameter["name"] == name)
    }

    /// Media type and schema of the body.
    pub(super) fn body(&self) -> Option<(&str, &Value)> {
        content(&self.value["requestBody"])
    }
}

/// The last part of a reference to a schema.
pub(super) fn referred(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.rsplit('/').next()
}

/// The first media type of a content map, with its schema.
pub(super) fn content(value: &Value) -> Option<(&str, &Value)> {
    members(&value["content"])
        .next()
        .map(|(kind, content)| (kind, &content["schema"]))
}

pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

pub(super) fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

pub(super) fn members(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let all = value.as_object().into_iter().flatten();
    all.map(|(name, value)| (name.as_str(), value))
}
