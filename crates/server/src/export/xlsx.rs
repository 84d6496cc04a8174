//! XLSX in constant memory: rows go to a temporary file as they come, on a thread of their own.

use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write};

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet};
use tokio::sync::mpsc::Receiver;

use super::cell::Cell;

/// Significant digits a spreadsheet's number keeps; longer ones are written as text.
const DIGITS_MAX: usize = 15;

/// Writes the rows that arrive to an unnamed temporary file and rewinds it.
pub(super) fn write(names: &[&str], mut rows: Receiver<Vec<Vec<Cell>>>) -> anyhow::Result<File> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet_with_constant_memory()?;
    let bold = Format::new().set_bold();
    sheet.set_freeze_panes(1, 0)?;
    for (column, name) in (0_u16..).zip(names) {
        sheet.set_column_width(column, 18)?;
        sheet.write_string_with_format(0, column, *name, &bold)?;
    }
    let (date, instant) = (
        Format::new().set_num_format("yyyy-mm-dd"),
        Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
    );
    let mut line = 1_u32;
    while let Some(chunk) = rows.blocking_recv() {
        for row in chunk {
            for (column, cell) in (0_u16..).zip(row) {
                put(sheet, line, column, &cell, &date, &instant)?;
            }
            line += 1;
        }
    }
    let mut writer = BufWriter::new(tempfile::tempfile()?);
    workbook.save_to_writer(&mut writer)?;
    writer.flush()?;
    let mut file = writer
        .into_inner()
        .map_err(|error| anyhow::anyhow!("writing XLSX: {error}"))?;
    file.seek(SeekFrom::Start(0))?;
    Ok(file)
}

fn put(
    sheet: &mut Worksheet,
    line: u32,
    column: u16,
    cell: &Cell,
    date: &Format,
    instant: &Format,
) -> anyhow::Result<()> {
    match cell {
        Cell::Empty => {}
        Cell::Text(text) => {
            sheet.write_string(line, column, text)?;
        }
        Cell::Bool(value) => {
            sheet.write_boolean(line, column, *value)?;
        }
        Cell::Number(text) => match number(text) {
            Some(number) => {
                sheet.write_number(line, column, number)?;
            }
            None => {
                sheet.write_string(line, column, text)?;
            }
        },
        Cell::Date(text) | Cell::Instant(text) => match ExcelDateTime::parse_from_str(text) {
            Ok(value) => {
                sheet.write_datetime_with_format(
                    line,
                    column,
                    value,
                    if matches!(cell, Cell::Date(_)) {
                        date
                    } else {
                        instant
                    },
                )?;
            }
            Err(_) => {
                sheet.write_string(line, column, text)?;
            }
        },
    }
    Ok(())
}

fn number(text: &str) -> Option<f64> {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    if digits <= DIGITS_MAX {
        text.parse().ok()
    } else {
        None
    }
}
