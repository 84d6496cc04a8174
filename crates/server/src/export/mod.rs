//! Exports: any list as CSV or XLSX, with chosen columns, streamed from one read-only snapshot in keyset chunks, so that memory stays flat.
//!
//! ```ignore
//! let export = Export::parse(&ORDERS, raw.as_deref(), &hidden, who.cursor_key(), who.now())?;
//! export.answer(who.read().await?, "orders o", move |qb| { qb.push("o.organization_id = ").push_bind(organization); }).await
//! ```
//!
//! Texts that a spreadsheet would take for a formula get an apostrophe; numbers, dates and booleans keep their type.
//! An export has at most [`EXPORT_ROWS_MAX`] rows. A spreadsheet is refused beyond that (422 `export_too_large`); a CSV is on its way by
//! then, so its transfer is broken off and cannot be taken for complete.

mod answer;
mod cell;
mod csv;
mod request;
mod rows;
mod xlsx;

pub use answer::Snapshot;
pub use cell::Cell;
pub use request::{Export, Format, parameters};

/// Most rows of one export; a sheet holds 1,048,576.
pub const EXPORT_ROWS_MAX: u64 = 1_000_000;
/// Rows read at a time.
const CHUNK_ROWS: i64 = 1000;
