//! The rows of an uploaded file, whatever its format: named columns, cells as trimmed text, the row numbers a person sees.

mod archive;
mod csv;
mod xlsx;

use std::collections::HashMap;

use crate::http::{FieldProblem, Problem};

/// Most rows of one file.
pub const ROWS_MAX: usize = 200_000;
/// Most columns.
pub const COLUMNS_MAX: usize = 500;
/// Longest cell, in characters.
const CELL_CHARS_MAX: usize = 10_000;

/// A table with a header line.
#[derive(Debug, Default)]
pub struct Table {
    /// Names of the columns.
    pub columns: Vec<String>,
    /// The rows that could be read.
    pub rows: Vec<Row>,
    /// Rows that could not be read: number, what is wrong.
    pub broken: Vec<(u64, String)>,
    index: HashMap<String, usize>,
}

/// One row.
#[derive(Debug)]
pub struct Row {
    /// As a spreadsheet counts, the header being 1.
    pub number: u64,
    /// One per column; missing cells are empty.
    pub cells: Vec<Box<str>>,
}

impl Row {
    /// The cell of a column; `None` when empty.
    pub fn get(&self, column: usize) -> Option<&str> {
        self.cells
            .get(column)
            .map(|cell| &**cell)
            .filter(|cell| !cell.is_empty())
    }
}

impl Table {
    /// Reads a file by its content. Errors: 422 `unreadable_file`, `no_rows`, `duplicate_column`, `too_many_rows`, `unpacked_too_large`.
    pub fn read(bytes: &[u8]) -> Result<Self, Problem> {
        let table = if bytes.starts_with(b"PK\x03\x04") {
            archive::check(bytes)?;
            xlsx::read(bytes)?
        } else {
            csv::read(bytes)?
        };
        if table.columns.is_empty() || (table.rows.is_empty() && table.broken.is_empty()) {
            return Err(refused(
                "no_rows",
                "The file has no rows below its header line.",
            ));
        }
        Ok(table)
    }

    fn with_columns(columns: Vec<String>) -> Result<Self, Problem> {
        if columns.len() > COLUMNS_MAX {
            return Err(refused(
                "too_many_columns",
                format!("A file has at most {COLUMNS_MAX} columns."),
            ));
        }
        let mut index = HashMap::new();
        for (place, column) in columns.iter().enumerate() {
            if !column.is_empty() && index.insert(normal(column), place).is_some() {
                return Err(refused(
                    "duplicate_column",
                    format!("The column “{column}” is there twice; rename one of them."),
                ));
            }
        }
        Ok(Self {
            columns,
            index,
            ..Self::default()
        })
    }

    fn push(&mut self, number: u64, cells: Vec<Box<str>>) -> Result<(), Problem> {
        if cells.iter().all(|cell| cell.is_empty()) {
            return Ok(());
        }
        if self.rows.len() >= ROWS_MAX {
            return Err(refused(
                "too_many_rows",
                format!("A file has at most {ROWS_MAX} rows; split it."),
            ));
        }
        self.rows.push(Row { number, cells });
        Ok(())
    }

    /// The place of a column, whatever the case of its name.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.index.get(&normal(name)).copied()
    }
}

fn normal(name: &str) -> String {
    name.trim().to_lowercase()
}

/// A cell as text: trimmed, bounded, without the apostrophe that exports put before what looks like a formula.
fn cell(text: &str) -> Box<str> {
    let text = text.trim();
    let text = text
        .strip_prefix('\'')
        .filter(|rest| rest.starts_with(['=', '+', '-', '@']))
        .unwrap_or(text);
    match text.char_indices().nth(CELL_CHARS_MAX) {
        Some((cut, _)) => text.get(..cut).unwrap_or_default().into(),
        None => text.into(),
    }
}

fn refused(code: &str, detail: impl Into<String>) -> Problem {
    Problem::invalid(vec![FieldProblem::at("/file", code, detail)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(bytes: &[u8]) -> String {
        Table::read(bytes).map_or_else(|problem| problem.errors[0].code.clone(), |_| "ok".into())
    }

    #[test]
    fn reads_csv_in_its_dialects() {
        for text in [
            "SKU,Name\r\nA,\"x, \"\"y\"\"\"\r\n\r\nB,z\r\n",
            "\u{feff}SKU;Name\nA;x, \"y\"\nB;z",
            "SKU\tName\nA\tx, \"y\"\nB\tz\n",
        ] {
            let table = Table::read(text.as_bytes()).unwrap();
            assert_eq!(table.columns, ["SKU", "Name"], "{text}");
            assert_eq!(table.rows.len(), 2);
            assert_eq!(table.rows[0].get(1), Some("x, \"y\""), "{text}");
            assert_eq!(table.column("name"), Some(1));
        }
    }

    #[test]
    fn row_numbers_are_those_of_a_spreadsheet() {
        let table = Table::read(b"a,b\n1,2\n\n3,4\n5,6,7\n8\n").unwrap();
        assert_eq!(
            table.rows.iter().map(|row| row.number).collect::<Vec<_>>(),
            [2, 4, 6]
        );
        assert_eq!(table.rows[2].get(1), None);
        assert_eq!(table.broken.len(), 1);
        assert_eq!(table.broken[0].0, 5);
    }

    #[test]
    fn refuses_what_is_no_table() {
        assert_eq!(code(b""), "no_rows");
        assert_eq!(code(b"a,b\n"), "no_rows");
        assert_eq!(code(b"a,A\n1,2\n"), "duplicate_column");
        assert_eq!(code(b"PK\x03\x04nonsense"), "unreadable_file");
        assert_eq!(code("a\n".repeat(3).as_bytes()), "ok");
        assert_eq!(
            code(&[vec![b'a'], vec![b','; 600], b"\n1\n".to_vec()].concat()),
            "too_many_columns"
        );
    }

    #[test]
    fn other_encodings_are_read_as_windows_1252() {
        let table = Table::read(b"name\nM\xfcller \x80\n").unwrap();
        assert_eq!(table.rows[0].get(0), Some("Müller €"));
    }

    #[test]
    fn the_apostrophe_of_an_export_is_taken_off() {
        assert_eq!(&*cell(" '=1+1 "), "=1+1");
        assert_eq!(&*cell("'tis"), "'tis");
        assert_eq!(cell(&"x".repeat(20_000)).len(), CELL_CHARS_MAX);
    }
}
