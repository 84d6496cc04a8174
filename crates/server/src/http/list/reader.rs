//! The parameters of a list request, each read and checked on its own.

use http::StatusCode;

use super::filter::{COMPARISONS_MAX, Expr, FilterError, Parameter, classify, parse};
use super::query::{
    COMMON, Count, EXPAND_MAX, PAGE_SIZE, PAGE_SIZE_MAX, SEARCH_CHARS_MAX, SEARCH_WORDS_MAX,
    SORT_KEYS_MAX,
};
use super::spec::{Dir, Field, ListSpec};
use crate::http::input::nearest;
use crate::http::{FieldProblem, Problem};

impl FilterError {
    pub(super) fn into_field(self, parameter: &str) -> FieldProblem {
        let problem = FieldProblem::parameter(parameter, self.code, self.detail)
            .with_suggestions(self.suggestions);
        match self.position {
            Some(position) => problem.with_param("position", position),
            None => problem,
        }
    }
}

/// Reads parameters and gathers what is wrong with them.
pub(super) struct Reader<'a> {
    pub(super) spec: &'static ListSpec,
    pub(super) pairs: &'a [(String, String)],
    pub(super) errors: Vec<FieldProblem>,
}

/// The answer to a list of problems: its code is the problems' own when they share one.
pub(super) fn refuse(errors: Vec<FieldProblem>) -> Result<(), Problem> {
    let Some(first) = errors.first() else {
        return Ok(());
    };
    let code = if errors.iter().all(|error| error.code == first.code) {
        first.code.clone()
    } else {
        "invalid_query".to_owned()
    };
    let status = if code == "search_too_long" {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::BAD_REQUEST
    };
    Err(Problem::with_errors(status, &code, errors))
}

impl Reader<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.pairs
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.as_str())
    }

    fn fail(
        &mut self,
        parameter: &str,
        code: &str,
        detail: impl Into<String>,
        suggestions: Vec<String>,
    ) {
        self.errors
            .push(FieldProblem::parameter(parameter, code, detail).with_suggestions(suggestions));
    }

    pub(super) fn refuse_repeats(&mut self) {
        let mut seen: Vec<&str> = Vec::new();
        for (name, _) in self.pairs {
            if seen.contains(&name.as_str()) {
                if !self
                    .errors
                    .iter()
                    .any(|e| e.parameter.as_ref() == Some(name))
                {
                    self.errors.push(FieldProblem::parameter(
                        name,
                        "duplicate_parameter",
                        format!("`{name}` is there more than once; join values with a comma."),
                    ));
                }
            } else {
                seen.push(name);
            }
        }
    }

    pub(super) fn filter(&mut self, extra: &[&str]) -> Option<Expr> {
        let own = |name: &str| COMMON.contains(&name) || extra.contains(&name);
        let filters: Vec<Parameter<'_>> = self
            .pairs
            .iter()
            .filter(|(name, _)| !own(name))
            .map(|(name, value)| Parameter { name, value })
            .collect();
        let mut parts = match classify(self.spec, &filters) {
            Ok(parts) => parts,
            Err(errors) => {
                let known: Vec<&str> = COMMON.iter().chain(extra).copied().collect();
                let problems = errors.into_iter().map(|(name, mut error)| {
                    if error.code == "unknown_filter" && !name.contains('.') {
                        error.suggestions.extend(nearest(name, &known));
                    }
                    error.into_field(name)
                });
                self.errors.extend(problems.collect::<Vec<_>>());
                Vec::new()
            }
        };
        parts.sort_by_cached_key(Expr::canonical);
        if let Some(text) = self.get("filter").map(str::to_owned) {
            match parse(self.spec, &text) {
                Ok(expr) => parts.push(expr),
                Err(error) => self.errors.push(error.into_field("filter")),
            }
        }
        let all = Expr::all(parts);
        if all
            .as_ref()
            .is_some_and(|expr| expr.size() > COMPARISONS_MAX)
            && self.errors.is_empty()
        {
            self.fail(
                "filter",
                "filter_too_complex",
                "A request has at most 50 comparisons.",
                Vec::new(),
            );
        }
        all
    }

    pub(super) fn limit(&mut self) -> u16 {
        let Some(text) = self.get("limit") else {
            return PAGE_SIZE;
        };
        let digits = (1..=5).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        match text.parse::<u16>() {
            Ok(limit) if digits && (1..=PAGE_SIZE_MAX).contains(&limit) => limit,
            _ => {
                self.fail(
                    "limit",
                    "invalid_limit",
                    format!("`limit` is a number from 1 to {PAGE_SIZE_MAX}."),
                    Vec::new(),
                );
                PAGE_SIZE
            }
        }
    }

    pub(super) fn sort(&mut self) -> Vec<(&'static Field, Dir)> {
        let spec = self.spec;
        let Some(text) = self.get("sort").map(str::to_owned) else {
            return spec
                .default_sort
                .iter()
                .filter_map(|(name, dir)| spec.field(name).map(|field| (field, *dir)))
                .collect();
        };
        let mut keys: Vec<(&'static Field, Dir)> = Vec::new();
        for part in text.split(',') {
            let (name, dir) = part
                .strip_prefix('-')
                .map_or((part, Dir::Asc), |name| (name, Dir::Desc));
            match spec.field(name).filter(|field| field.sort) {
                Some(field) if keys.iter().any(|(known, _)| known.name == field.name) => {
                    self.fail(
                        "sort",
                        "invalid_sort",
                        format!("`{name}` is in `sort` twice."),
                        Vec::new(),
                    );
                }
                Some(field) => keys.push((field, dir)),
                None => {
                    let known: Vec<&str> = spec.sortable().map(|field| field.name).collect();
                    self.fail(
                        "sort",
                        "unknown_sort",
                        format!(
                            "{} cannot be sorted by `{name}`, only by: {}.",
                            spec.name,
                            known.join(", ")
                        ),
                        nearest(name, &known),
                    );
                }
            }
        }
        if keys.len() > SORT_KEYS_MAX {
            self.fail(
                "sort",
                "invalid_sort",
                format!("A list has at most {SORT_KEYS_MAX} sort keys."),
                Vec::new(),
            );
        }
        keys
    }

    pub(super) fn words(&mut self) -> Vec<String> {
        let Some(text) = self.get("q") else {
            return Vec::new();
        };
        if text.chars().count() > SEARCH_CHARS_MAX {
            self.fail(
                "q",
                "search_too_long",
                format!("A search has at most {SEARCH_CHARS_MAX} characters."),
                Vec::new(),
            );
            return Vec::new();
        }
        if self.spec.search.is_none() {
            let detail = format!("{} cannot be searched by `q`.", self.spec.name);
            self.fail("q", "unknown_filter", detail, Vec::new());
            return Vec::new();
        }
        text.split(|c: char| c.is_whitespace() || c.is_control())
            .filter(|word| !word.is_empty())
            .take(SEARCH_WORDS_MAX)
            .map(str::to_owned)
            .collect()
    }

    pub(super) fn count(&mut self) -> Count {
        match self.get("count") {
            None | Some("none") => Count::None,
            Some("estimate") => Count::Estimate,
            Some("exact") => Count::Exact,
            Some(other) => {
                let suggestions = nearest(other, &["none", "estimate", "exact"]);
                self.fail(
                    "count",
                    "invalid_value",
                    "`count` is none, estimate or exact.",
                    suggestions,
                );
                Count::None
            }
        }
    }

    pub(super) fn fields(&mut self) -> Option<Vec<String>> {
        let text = self.get("fields")?;
        let paths: Vec<String> = text.split(',').map(str::to_owned).collect();
        if paths.len() > 100 || paths.iter().any(String::is_empty) {
            self.fail(
                "fields",
                "invalid_value",
                "`fields` is a list of 1 to 100 names.",
                Vec::new(),
            );
        }
        Some(paths)
    }

    pub(super) fn expand(&mut self) -> Vec<&'static str> {
        let Some(text) = self.get("expand").map(str::to_owned) else {
            return Vec::new();
        };
        let mut paths = Vec::new();
        for path in text.split(',') {
            match self.spec.expand.iter().find(|known| **known == path) {
                Some(known) => paths.push(*known),
                None => {
                    let suggestions = nearest(path, self.spec.expand);
                    let detail = format!("{} cannot expand `{path}`.", self.spec.name);
                    self.fail("expand", "unknown_expand", detail, suggestions);
                }
            }
        }
        if paths.len() > EXPAND_MAX {
            self.fail(
                "expand",
                "invalid_value",
                format!("`expand` names at most {EXPAND_MAX} paths."),
                Vec::new(),
            );
        }
        paths
    }
}
