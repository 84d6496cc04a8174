//! CSV with comma, semicolon or tab; UTF-8, or Windows-1252 as older spreadsheets write it.

use std::borrow::Cow;

use super::{Table, cell, refused};
use crate::http::Problem;

const DELIMITERS: &[u8] = b",;\t|";

pub(super) fn read(bytes: &[u8]) -> Result<Table, Problem> {
    let text = decode(bytes);
    if text.contains('\0') {
        return Err(refused(
            "unreadable_file",
            "The file is neither CSV nor XLSX.",
        ));
    }
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(&text))
        .flexible(true)
        .from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| {
        refused(
            "unreadable_file",
            format!("The header line cannot be read: {error}."),
        )
    })?;
    let mut table =
        Table::with_columns(header.iter().map(|name| name.trim().to_owned()).collect())?;
    let width = table.columns.len();
    let mut record = csv::StringRecord::new();
    loop {
        match reader.read_record(&mut record) {
            Ok(false) => return Ok(table),
            Ok(true) => {
                let number = line(&text, record.position());
                if record
                    .iter()
                    .skip(width)
                    .any(|extra| !extra.trim().is_empty())
                {
                    table.broken.push((
                        number,
                        format!(
                            "The row has {} cells, the header has {width}.",
                            record.len()
                        ),
                    ));
                } else {
                    let mut cells: Vec<Box<str>> = record.iter().take(width).map(cell).collect();
                    cells.resize_with(width, Box::default);
                    table.push(number, cells)?;
                }
            }
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                return Err(refused(
                    "unreadable_file",
                    format!("Line {line} cannot be read: {error}."),
                ));
            }
        }
    }
}

/// The line a record stands on: the reader's position is before the empty lines it skips.
fn line(text: &str, position: Option<&csv::Position>) -> u64 {
    let Some(position) = position else { return 0 };
    let start = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let rest = text.as_bytes().get(start..).unwrap_or_default();
    let blank = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    position.line() + u64::try_from(blank.filter(|byte| **byte == b'\n').count()).unwrap_or(0)
}

fn decode(bytes: &[u8]) -> Cow<'_, str> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_or_else(
        |_| {
            bytes
                .iter()
                .map(|byte| windows_1252(*byte))
                .collect::<String>()
                .into()
        },
        Cow::Borrowed,
    )
}

fn windows_1252(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{fffd}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{fffd}', 'Ž',
        '\u{fffd}', '\u{fffd}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ',
        '\u{fffd}', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => HIGH
            .get(usize::from(byte - 0x80))
            .copied()
            .unwrap_or('\u{fffd}'),
        other => char::from(other),
    }
}

/// The separator that occurs most often in the header line, outside quotation marks.
fn delimiter(text: &str) -> u8 {
    let mut quoted = false;
    let line = text.lines().next().unwrap_or_default();
    let outside: Vec<u8> = line
        .bytes()
        .filter(|byte| {
            quoted ^= *byte == b'"';
            !quoted
        })
        .collect();
    let count = |delimiter: u8| outside.iter().filter(|byte| **byte == delimiter).count();
    DELIMITERS
        .iter()
        .copied()
        .rev()
        .max_by_key(|delimiter| count(*delimiter))
        .unwrap_or(b',')
}
