//! The OpenAPI document as the tests read it.

use axum::http::Method;
use serde_json::Value;

/// The document of this build.
pub struct Document(pub Value);

/// One operation of it.
#[derive(Debug, Clone)]
pub struct Operation {
    pub id: String,
    pub method: Method,
    /// The template, such as `/api/v1/orders/{id}`.
    pub path: String,
    /// `x-permission`: a permission, `member` or `public`.
    pub permission: String,
    pub value: Value,
}

impl Document {
    pub fn new() -> Self {
        let (_, document) = som_server::app::api().split_for_parts();
        Self(serde_json::to_value(document).unwrap())
    }

    pub fn operations(&self) -> Vec<Operation> {
        let mut found = Vec::new();
        for (path, item) in self.0["paths"].as_object().unwrap() {
            for (method, value) in item.as_object().unwrap() {
                found.push(Operation {
                    id: value["operationId"].as_str().unwrap().to_owned(),
                    method: method.to_uppercase().parse().unwrap(),
                    path: path.clone(),
                    permission: value["x-permission"]
                        .as_str()
                        .unwrap_or_else(|| panic!("{path}: no x-permission"))
                        .to_owned(),
                    value: value.clone(),
                });
            }
        }
        assert!(found.len() > 100, "the document is whole");
        found
    }

    /// What a `$ref` leads to, or the value itself.
    pub fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value["$ref"].as_str() {
            Some(pointer) => self.resolve(self.0.pointer(&pointer[1..]).expect(pointer)),
            None => value,
        }
    }

    /// The schema of the JSON body, when the operation takes one.
    pub fn body_schema<'a>(&'a self, operation: &'a Operation) -> Option<&'a Value> {
        let schema = &operation.value["requestBody"]["content"]["application/json"]["schema"];
        (!schema.is_null()).then(|| self.resolve(schema))
    }

    /// The example of the JSON body.
    pub fn example(&self, operation: &Operation) -> Option<Value> {
        let schema = self.body_schema(operation)?;
        let example = &schema["example"];
        (!example.is_null()).then(|| example.clone())
    }

    /// The described answer of a status: its own, or the default of failures.
    pub fn answer<'a>(&'a self, operation: &'a Operation, status: u16) -> Option<&'a Value> {
        let answers = &operation.value["responses"];
        let own = &answers[status.to_string()];
        let chosen = match own.is_null() && status >= 400 {
            true => &answers["default"],
            false => own,
        };
        (!chosen.is_null()).then(|| self.resolve(chosen))
    }
}

impl Operation {
    pub fn is_public(&self) -> bool {
        self.permission == "public"
    }

    pub fn has_parameter(&self, place: &str, name: &str) -> bool {
        self.parameters(place)
            .any(|parameter| parameter["name"] == name)
    }

    pub fn parameters(&self, place: &str) -> impl Iterator<Item = &Value> {
        let all = self.value["parameters"].as_array().into_iter().flatten();
        all.filter(move |parameter| parameter["in"] == place)
    }

    pub fn takes_json(&self) -> bool {
        self.value["requestBody"]["content"]["application/json"].is_object()
    }
}
