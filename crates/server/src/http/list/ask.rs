//! The way from a handler to its list and export.

use serde_json::json;

use super::{ListQuery, ListSpec};
use crate::export::Export;
use crate::http::allowed::names;
use crate::http::{Allowed, ApiResult};
use crate::objects::Sight;
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
            &self.state().cursor_key(),
            self.now(),
        )?)
    }

    /// Reads the query string of an export and notes it in the audit log; `hidden` names columns the caller may not see.
    ///
    /// # Errors
    /// What is wrong with the query; the database's when the export could not be noted: what is not noted is not given away.
    pub async fn export(
        &self,
        spec: &'static ListSpec,
        raw: Option<&str>,
        hidden: &[&str],
    ) -> ApiResult<Export> {
        let (key, now) = (self.state().cursor_key(), self.now());
        let mut export = Export::parse(spec, raw, hidden, &key, now)?;
        export.sight = Some(Sight::of(self.caller()));
        let columns: Vec<&str> = export.columns.iter().map(|field| field.name).collect();
        let facts = json!({ "list": spec.name, "format": export.format.extension(), "columns": columns, "parameters": names(raw) });
        self.note("export", "started", facts).await?;
        Ok(export)
    }
}
