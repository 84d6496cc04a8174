//! Query parameters of reads that are not lists: each known one at most once, each value read as its type.

use std::str::FromStr;

use super::{ApiResult, Problem};

/// The parameters of a request.
#[derive(Debug)]
pub struct Params(Vec<(String, String)>);

impl Params {
    /// Reads a query string. Errors: 400 `unknown_parameter`, `repeated_parameter`.
    pub fn read(raw: Option<&str>, known: &[&str]) -> ApiResult<Self> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        for (name, value) in
            url::form_urlencoded::parse(raw.unwrap_or_default().as_bytes()).into_owned()
        {
            if !known.contains(&name.as_str()) {
                let detail = format!("There is no parameter here but: {}.", known.join(", "));
                return Err(Problem::bad_parameter(&name, "unknown_parameter", detail).into());
            }
            if pairs.iter().any(|(other, _)| *other == name) {
                let detail = format!("`{name}` is there more than once.");
                return Err(Problem::bad_parameter(&name, "repeated_parameter", detail).into());
            }
            pairs.push((name, value));
        }
        Ok(Self(pairs))
    }

    /// The value of a parameter. Errors: 400 `invalid_value`.
    pub fn get<T: FromStr>(&self, name: &str) -> ApiResult<Option<T>> {
        let Some((_, text)) = self.0.iter().find(|(other, _)| other == name) else {
            return Ok(None);
        };
        let invalid =
            || Problem::bad_parameter(name, "invalid_value", format!("`{name}` is not valid."));
        Ok(Some(text.parse().map_err(|_| invalid())?))
    }

    /// The value of a parameter that has to be there. Errors: 400 `missing_parameter`, `invalid_value`.
    pub fn required<T: FromStr>(&self, name: &str) -> ApiResult<T> {
        let missing =
            || Problem::bad_parameter(name, "missing_parameter", format!("`{name}` is missing."));
        Ok(self.get(name)?.ok_or_else(missing)?)
    }
}
