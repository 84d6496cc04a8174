//! XLSX: the first sheet, cell by cell. The sheet's own claim about its size is not believed, so that a small file cannot ask for a huge table.

use std::io::Cursor;

use calamine::{DataRef, Reader, Xlsx, XlsxError};

use super::{COLUMNS_MAX, Table, cell, refused};
use crate::http::Problem;

pub(super) fn read(bytes: &[u8]) -> Result<Table, Problem> {
    let unreadable = |error: XlsxError| {
        refused(
            "unreadable_file",
            format!("The spreadsheet cannot be read: {error}."),
        )
    };
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(unreadable)?;
    let sheet = book
        .sheet_names()
        .first()
        .cloned()
        .ok_or_else(|| refused("no_rows", "The spreadsheet has no sheet."))?;
    let mut cells = book.worksheet_cells_reader(&sheet).map_err(unreadable)?;
    let mut rows = Rows::default();
    while let Some(next) = cells.next_cell().map_err(unreadable)? {
        let (row, column) = next.get_position();
        rows.put(row, column, text(next.get_value()))?;
    }
    rows.finish()
}

/// Gathers cells, which come row by row.
#[derive(Default)]
struct Rows {
    table: Option<Table>,
    row: u32,
    cells: Vec<Box<str>>,
}

impl Rows {
    fn put(&mut self, row: u32, column: u32, text: String) -> Result<(), Problem> {
        if text.trim().is_empty() {
            return Ok(());
        }
        if row != self.row {
            self.end_row()?;
            self.row = row;
        }
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        if column >= COLUMNS_MAX {
            return Err(refused(
                "too_many_columns",
                format!("A file has at most {COLUMNS_MAX} columns."),
            ));
        }
        if self.cells.len() <= column {
            self.cells.resize_with(column + 1, Box::default);
        }
        if let Some(slot) = self.cells.get_mut(column) {
            *slot = cell(&text);
        }
        Ok(())
    }

    fn end_row(&mut self) -> Result<(), Problem> {
        let mut cells = std::mem::take(&mut self.cells);
        if cells.is_empty() {
            return Ok(());
        }
        let number = u64::from(self.row) + 1;
        match &mut self.table {
            None => {
                self.table = Some(Table::with_columns(
                    cells.iter().map(|name| name.to_string()).collect(),
                )?)
            }
            Some(table) if cells.len() > table.columns.len() => {
                table.broken.push((
                    number,
                    format!(
                        "The row has {} cells, the header has {}.",
                        cells.len(),
                        table.columns.len()
                    ),
                ));
            }
            Some(table) => {
                cells.resize_with(table.columns.len(), Box::default);
                table.push(number, cells)?;
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Table, Problem> {
        self.end_row()?;
        Ok(self.table.unwrap_or_default())
    }
}

/// A typed cell as the text a CSV would hold.
fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty | DataRef::Error(_) => String::new(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            text.clone()
        }
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => plain(*number),
        DataRef::Bool(value) => value.to_string(),
        DataRef::DateTime(value) if value.is_datetime() => {
            let (year, month, day, hour, minute, second, _) = value.to_ymd_hms_milli();
            if (hour, minute, second) == (0, 0, 0) {
                format!("{year:04}-{month:02}-{day:02}")
            } else {
                format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
            }
        }
        DataRef::DateTime(value) => plain(value.as_f64()),
    }
}

/// The number as a person typed it: a spreadsheet keeps 15 digits, the rest is noise of binary fractions.
fn plain(number: f64) -> String {
    let rounded: f64 = format!("{number:.14e}").parse().unwrap_or(number);
    format!("{rounded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_as_typed() {
        assert_eq!(plain(0.1 + 0.2), "0.3");
        assert_eq!(plain(261.96), "261.96");
        assert_eq!(plain(3.0), "3");
        assert_eq!(plain(-0.0375), "-0.0375");
    }

    #[test]
    fn reads_what_a_spreadsheet_wrote() {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        let date = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd");
        sheet
            .write_string(0, 0, "SKU")
            .unwrap()
            .write_string(0, 1, "Price")
            .unwrap()
            .write_string(0, 2, "Day")
            .unwrap();
        sheet
            .write_string(1, 0, "A")
            .unwrap()
            .write_number(1, 1, 12.5)
            .unwrap();
        sheet
            .write_datetime_with_format(
                1,
                2,
                rust_xlsxwriter::ExcelDateTime::from_ymd(2026, 2, 28).unwrap(),
                &date,
            )
            .unwrap();
        sheet
            .write_string(4, 0, "B")
            .unwrap()
            .write_boolean(4, 1, true)
            .unwrap();
        let table = Table::read(&book.save_to_buffer().unwrap()).unwrap();
        assert_eq!(table.columns, ["SKU", "Price", "Day"]);
        assert_eq!(
            table.rows.iter().map(|row| row.number).collect::<Vec<_>>(),
            [2, 5]
        );
        assert_eq!(
            (table.rows[0].get(1), table.rows[0].get(2)),
            (Some("12.5"), Some("2026-02-28"))
        );
        assert_eq!(
            (table.rows[1].get(1), table.rows[1].get(2)),
            (Some("true"), None)
        );
    }
}
