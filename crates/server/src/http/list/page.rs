//! Reading a page: statement, rows, cursors, count.

#![expect(
    clippy::disallowed_methods,
    reason = "lists are put together from fixed parts, values are bound"
)]

use serde::Serialize;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder, Row};
use utoipa::ToSchema;

use super::count::Counted;
use super::query::{Count, ListQuery};
use super::raw;

type Qb = QueryBuilder<Postgres>;

/// Where the rows of a list come from. `columns` and `from` are constants of the slice; values go through `scope` as binds.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// Select list, without `select` and without the cursor's key.
    pub columns: &'a str,
    /// Tables and joins, without `from`.
    pub from: &'a str,
    /// Pushes the first condition: the organization, the row scope, the parent.
    pub scope: &'a (dyn Fn(&mut Qb) + Send + Sync),
}

impl std::fmt::Debug for Source<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Source")
            .field("from", &self.from)
            .finish_non_exhaustive()
    }
}

/// The page part of a list's answer.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct PageInfo {
    /// Cursor of the next page.
    pub next: Option<String>,
    /// Cursor of the page before.
    pub prev: Option<String>,
    /// Whether there is a next page.
    pub has_more: bool,
    /// The number of rows of the whole list, when asked for.
    pub count: Option<Counted>,
}

/// Rows with their page part.
#[derive(Debug)]
pub struct Page<T> {
    /// The rows, in the order of the list.
    pub rows: Vec<T>,
    /// Cursors and count.
    pub info: PageInfo,
}

impl<T> Page<T> {
    /// The same page with other rows.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page {
            rows: self.rows.into_iter().map(f).collect(),
            info: self.info,
        }
    }
}

impl ListQuery {
    /// The statement of one segment of the page.
    pub(super) fn statement(
        &self,
        source: &Source<'_>,
        segment: super::keyset::Segment,
        limit: i64,
    ) -> Qb {
        let mut qb = Qb::new("select ");
        qb.push(source.columns).push(", ");
        self.push_cursor_key(&mut qb);
        qb.push(" from ").push(source.from).push(" where ");
        (source.scope)(&mut qb);
        self.push_filters(&mut qb);
        self.push_keyset(segment, &mut qb);
        self.push_order_and_limit(limit, &mut qb);
        qb
    }

    /// Reads the page, and the count when it was asked for.
    pub async fn fetch<T>(
        &self,
        db: &mut PgConnection,
        source: &Source<'_>,
    ) -> Result<Page<T>, sqlx::Error>
    where
        T: for<'r> FromRow<'r, PgRow>,
    {
        let wanted = i64::from(self.limit) + 1;
        let rows = self.fetch_rows(db, source, wanted).await?;
        let mut page = self.page(&rows)?;
        if self.count != Count::None {
            page.info.count = Some(self.fetch_count(db, source).await?);
        }
        Ok(page)
    }

    /// Up to `wanted` rows from the position on, in reading order.
    pub(crate) async fn fetch_rows(
        &self,
        db: &mut PgConnection,
        source: &Source<'_>,
        wanted: i64,
    ) -> Result<Vec<PgRow>, sqlx::Error> {
        let mut rows: Vec<PgRow> = Vec::new();
        for segment in self.segments() {
            let missing = wanted - i64::try_from(rows.len()).unwrap_or(wanted);
            if missing <= 0 {
                break;
            }
            rows.extend(
                self.statement(source, segment, missing)
                    .build()
                    // A filter or a search is planned for its values: a plan for any value would read the whole table for a rare one.
                    .persistent(self.filter.is_none() && self.words.is_empty())
                    .fetch_all(&mut *db)
                    .await?,
            );
        }
        Ok(rows)
    }

    /// Turns up to `limit + 1` rows in reading order into a page.
    fn page<T: for<'r> FromRow<'r, PgRow>>(&self, rows: &[PgRow]) -> Result<Page<T>, sqlx::Error> {
        let limit = usize::from(self.limit);
        let more = rows.len() > limit;
        let shown: Vec<&PgRow> = if self.is_backward() {
            rows.iter().take(limit).rev().collect()
        } else {
            rows.iter().take(limit).collect()
        };
        let (has_next, has_prev) = match &self.position {
            None => (more, false),
            Some(position) if position.backward => (true, more),
            Some(_) => (more, true),
        };
        let cursor =
            |row: Option<&&PgRow>, backward: bool| -> Result<Option<String>, sqlx::Error> {
                let Some(row) = row else { return Ok(None) };
                Ok(self.cursor_at(row.try_get("cursor_key")?, backward))
            };
        let next = if has_next {
            cursor(shown.last(), false)?
        } else {
            None
        };
        let prev = if has_prev {
            cursor(shown.first(), true)?
        } else {
            None
        };
        let info = PageInfo {
            has_more: next.is_some(),
            next,
            prev,
            count: None,
        };
        let rows = shown
            .iter()
            .map(|row| T::from_row(row))
            .collect::<Result<_, _>>()?;
        Ok(Page { rows, info })
    }

    /// The `Link` header for a page of `path`.
    pub fn link(&self, path: &str, info: &PageInfo) -> Option<String> {
        let link = |cursor: &Option<String>, rel: &str| {
            let cursor = cursor.as_deref()?;
            let pairs = self
                .raw
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .filter(|(name, _)| *name != "cursor");
            Some(format!(
                "<{path}?{}>; rel=\"{rel}\"",
                raw::encode(pairs.chain([("cursor", cursor)]))
            ))
        };
        let links: Vec<String> = [link(&info.next, "next"), link(&info.prev, "prev")]
            .into_iter()
            .flatten()
            .collect();
        (!links.is_empty()).then(|| links.join(", "))
    }
}
