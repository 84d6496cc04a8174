//! The answer: a stream for CSV, a finished file for XLSX.

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream::{self, Stream, TryStreamExt};
use http::{HeaderValue, header};
use sqlx::{PgConnection, Postgres, QueryBuilder};
use tokio_util::io::ReaderStream;

use super::cell::Cell;
use super::rows::Rows;
use super::{Export, Format, csv, xlsx};
use crate::db::{DataKeys, TenantTx};
use crate::http::{ApiError, ApiResult};

/// A read-only transaction an export can own.
pub trait Snapshot: Send + 'static {
    /// Its connection.
    fn connection(&mut self) -> &mut PgConnection;

    /// What opens its personal data; none: such columns stay empty.
    fn keys(&self) -> Option<&DataKeys>;
}

impl Snapshot for TenantTx {
    fn connection(&mut self) -> &mut PgConnection {
        self
    }

    fn keys(&self) -> Option<&DataKeys> {
        Some(TenantTx::keys(self))
    }
}

impl Export {
    /// Answers with the file. `from` and `scope` are those of the list's [`Source`](crate::http::list::Source).
    pub async fn answer<S, F>(
        mut self,
        mut snapshot: S,
        from: &'static str,
        scope: F,
    ) -> ApiResult<Response>
    where
        S: Snapshot,
        F: Fn(&mut QueryBuilder<Postgres>) + Send + Sync + 'static,
    {
        if let Some(keys) = snapshot.keys() {
            self.query.seal(keys);
        }
        // Before the first query of the transaction: all chunks then see the same rows.
        sqlx::query!("set transaction isolation level repeatable read")
            .execute(snapshot.connection())
            .await?;
        let (format, name) = (self.format, self.file_name());
        let (bom, names) = (
            self.bom,
            self.columns
                .iter()
                .map(|field| field.name)
                .collect::<Vec<_>>(),
        );
        let mut rows = Rows::new(snapshot, self, from, Box::new(scope));
        // The first chunk is read before the answer begins, so that what fails at once is a problem and not a broken file.
        let first = rows.next().await?;
        let mut length = None;
        let body = match format {
            Format::Csv => Body::from_stream(csv_stream(csv::header(&names, bom)?, first, rows)),
            Format::Xlsx => {
                let file = tokio::fs::File::from_std(xlsx_file(names, first, rows).await?);
                length = Some(file.metadata().await.map_err(anyhow::Error::from)?.len());
                Body::from_stream(ReaderStream::with_capacity(file, 64 * 1024))
            }
        };
        let mut response = Response::new(body);
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static(format.content_type()),
        );
        if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
            headers.insert(header::CONTENT_DISPOSITION, value);
        }
        if let Some(length) = length {
            headers.insert(header::CONTENT_LENGTH, length.into());
        }
        Ok(response)
    }
}

/// One chunk is read when the one before was taken: a slow client slows the reading, a gone client ends the transaction.
fn csv_stream<S: Snapshot>(
    header: Vec<u8>,
    first: Vec<Vec<Cell>>,
    rows: Rows<S>,
) -> impl Stream<Item = Result<Bytes, std::io::Error>> + Send {
    let chunks = stream::try_unfold(
        (Some(header), Some(first), rows),
        |(header, first, mut rows)| async move {
            if let Some(header) = header {
                return Ok(Some((Bytes::from(header), (None, first, rows))));
            }
            let chunk = match first {
                Some(chunk) => chunk,
                None => rows.next().await?,
            };
            if chunk.is_empty() {
                return Ok::<_, ApiError>(None);
            }
            Ok(Some((Bytes::from(csv::lines(&chunk)?), (None, None, rows))))
        },
    );
    chunks.map_err(|error| {
        tracing::warn!(%error, "export broken off");
        std::io::Error::other("export broken off")
    })
}

async fn xlsx_file<S: Snapshot>(
    names: Vec<&'static str>,
    first: Vec<Vec<Cell>>,
    mut rows: Rows<S>,
) -> ApiResult<std::fs::File> {
    let (sender, receiver) = tokio::sync::mpsc::channel(2);
    let writer = tokio::task::spawn_blocking(move || xlsx::write(&names, receiver));
    let mut chunk = first;
    // A closed channel means that the writer failed; its error is told below.
    while !chunk.is_empty() && sender.send(chunk).await.is_ok() {
        chunk = rows.next().await?;
    }
    drop(sender);
    Ok(writer.await.map_err(anyhow::Error::from)??)
}
