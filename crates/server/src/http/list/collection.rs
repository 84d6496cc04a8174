//! A collection that a feature shows as it is stored: specification, columns, tables, and who owns the rows.

use http::Uri;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, Postgres, QueryBuilder};
use uuid::Uuid;

use axum::response::Response;
use serde::Serialize;

use super::{ListSpec, Source};
use crate::http::{Allowed, ApiResult};
use crate::permission::Permit;

/// Where a list of an organization's rows comes from. All texts are constants of the slice.
#[derive(Debug)]
pub struct Collection {
    /// What can be asked of it.
    pub spec: ListSpec,
    /// Select list.
    pub columns: &'static str,
    /// Tables and joins.
    pub from: &'static str,
    /// The column of the organization (`p.organization_id`).
    pub organization: &'static str,
}

impl Collection {
    /// The first condition: the organization and, for what belongs to something, its parent.
    pub fn scope(
        &self,
        organization: Uuid,
        parent: Option<(&'static str, Uuid)>,
    ) -> impl Fn(&mut QueryBuilder<Postgres>) + Send + Sync + 'static {
        let column = self.organization;
        move |qb| {
            qb.push(column).push(" = ").push_bind(organization);
            if let Some((column, id)) = parent {
                qb.push(" and ").push(column).push(" = ").push_bind(id);
            }
        }
    }
}

impl Collection {
    /// Where its rows come from, under a first condition.
    pub fn source<'a>(
        &self,
        scope: &'a (dyn Fn(&mut QueryBuilder<Postgres>) + Send + Sync),
    ) -> Source<'a> {
        Source {
            columns: self.columns,
            from: self.from,
            scope,
        }
    }
}

impl<P: Permit> Allowed<P> {
    /// Answers an export request; `hidden` names columns the caller may not see.
    pub async fn answer_export(
        &self,
        of: &'static Collection,
        raw: Option<&str>,
        hidden: &[&str],
    ) -> ApiResult<Response> {
        let export = self.export(&of.spec, raw, hidden).await?;
        let scope = of.scope(self.caller().organization.id.uuid(), None);
        export.answer(self.read().await?, of.from, scope).await
    }

    /// Answers a list request with the rows as `show` presents them.
    pub async fn answer_list<R, V>(
        &self,
        of: &'static Collection,
        uri: &Uri,
        parent: Option<(&'static str, Uuid)>,
        show: impl FnMut(R) -> V,
    ) -> ApiResult<Response>
    where
        R: for<'r> FromRow<'r, PgRow>,
        V: Serialize,
    {
        let query = self.list(&of.spec, uri.query(), &[])?;
        let scope = of.scope(self.caller().organization.id.uuid(), parent);
        let mut tx = self.read().await?;
        let page = query.fetch::<R>(&mut tx, &of.source(&scope)).await?;
        query.answer(uri.path(), page.map(show))
    }
}
