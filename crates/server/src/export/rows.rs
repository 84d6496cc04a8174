//! The rows of an export, in chunks from one snapshot.

use sqlx::{Postgres, QueryBuilder, Row};

use super::answer::Snapshot;
use super::cell::{Cell, Means, cell, object, select};
use super::{CHUNK_ROWS, EXPORT_ROWS_MAX, Export};
use crate::http::list::{Field, FieldKind, Source};
use crate::http::{ApiResult, Problem};
use crate::objects::Names;

/// Pushes the first condition of the list's statement.
pub(super) type Scope = Box<dyn Fn(&mut QueryBuilder<Postgres>) + Send + Sync>;

/// Reads chunk after chunk.
pub(super) struct Rows<S> {
    snapshot: S,
    export: Export,
    from: &'static str,
    scope: Scope,
    select: String,
    read: u64,
    done: bool,
}

impl<S: Snapshot> Rows<S> {
    pub(super) fn new(snapshot: S, export: Export, from: &'static str, scope: Scope) -> Self {
        let cells: Vec<String> = export.columns.iter().map(|field| select(field)).collect();
        let select = format!("array[{}]::text[] as cells", cells.join(", "));
        Self {
            snapshot,
            export,
            from,
            scope,
            select,
            read: 0,
            done: false,
        }
    }

    /// The next rows; empty at the end. Errors: 422 `export_too_large`.
    pub(super) async fn next(&mut self) -> ApiResult<Vec<Vec<Cell>>> {
        if self.done {
            return Ok(Vec::new());
        }
        let source = Source {
            columns: &self.select,
            from: self.from,
            scope: &*self.scope,
        };
        let rows = self
            .export
            .query
            .fetch_rows(self.snapshot.connection(), &source, CHUNK_ROWS)
            .await?;
        let count = rows.len();
        self.done = i64::try_from(count).unwrap_or(0) < CHUNK_ROWS;
        self.read += u64::try_from(count).unwrap_or(0);
        if self.read > EXPORT_ROWS_MAX {
            return Err(too_large().into());
        }
        if let Some(last) = rows.last() {
            self.export
                .query
                .continue_after(last.try_get("cursor_key")?);
        }
        let texts = rows
            .iter()
            .map(|row| row.try_get("cells"))
            .collect::<Result<Vec<Vec<Option<String>>>, _>>()?;
        let names = self.names(&texts).await?;
        let means = Means {
            keys: self.snapshot.keys(),
            names: names.as_ref(),
        };
        let columns = &self.export.columns;
        let cells = |row: Vec<Option<String>>| {
            let pairs = columns.iter().zip(row);
            pairs
                .map(|(field, text)| cell(field, means, text))
                .collect()
        };
        Ok(texts.into_iter().map(cells).collect())
    }

    /// The names of the objects in a chunk, when there is a column of them.
    async fn names(&mut self, rows: &[Vec<Option<String>>]) -> Result<Option<Names>, sqlx::Error> {
        let is_name = |field: &&Field| field.object.is_some() && field.kind == FieldKind::Text;
        let column = self.export.columns.iter().position(is_name);
        let (Some(column), Some(sight)) = (column, &self.export.sight) else {
            return Ok(None);
        };
        let objects = rows
            .iter()
            .filter_map(|row| object(row.get(column)?.as_deref()?));
        let names = sight.names(self.snapshot.connection(), objects).await?;
        Ok(Some(names))
    }
}

fn too_large() -> Problem {
    Problem::new(
        http::StatusCode::UNPROCESSABLE_ENTITY,
        "export_too_large",
        format!("An export has at most {EXPORT_ROWS_MAX} rows; narrow the filter."),
    )
}
