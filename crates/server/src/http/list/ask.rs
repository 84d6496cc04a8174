//! The way from a handler to its list and export.

use super::{ListQuery, ListSpec};
use crate::export::Export;
use crate::http::{Allowed, ApiResult};
use crate::permission::Permit;

impl<P: Permit> Allowed<P> {
    /// Reads the query string of a list; `extra` names the endpoint's own parameters.
    pub fn list(
        &self,
        spec: &'static ListSpec,
        raw: Option<&str>,
        extra: &[&str],
    ) -> ApiResult<ListQuery> {
        Ok(ListQuery::parse(
            spec,
            raw,
            extra,
            self.state().cursor_key(),
            self.now(),
        )?)
    }

    /// Reads the query string of an export; `hidden` names columns the caller may not see.
    pub fn export(
        &self,
        spec: &'static ListSpec,
        raw: Option<&str>,
        hidden: &[&str],
    ) -> ApiResult<Export> {
        Ok(Export::parse(
            spec,
            raw,
            hidden,
            self.state().cursor_key(),
            self.now(),
        )?)
    }
}
