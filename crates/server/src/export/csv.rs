//! CSV by RFC 4180: CRLF line ends, quotation marks where needed, UTF-8.

use super::cell::Cell;
use crate::http::ApiResult;

const BOM: &[u8] = b"\xef\xbb\xbf";

/// The header line.
pub(super) fn header(names: &[&str], bom: bool) -> ApiResult<Vec<u8>> {
    let start = if bom { BOM.to_vec() } else { Vec::new() };
    write(
        start,
        std::iter::once(names.iter().map(|name| name.as_bytes())),
    )
}

/// The lines of some rows.
pub(super) fn lines(rows: &[Vec<Cell>]) -> ApiResult<Vec<u8>> {
    write(
        Vec::new(),
        rows.iter()
            .map(|row| row.iter().map(|cell| cell.as_text().as_bytes())),
    )
}

fn write<'a, R: Iterator<Item = &'a [u8]>>(
    start: Vec<u8>,
    rows: impl Iterator<Item = R>,
) -> ApiResult<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(start);
    for row in rows {
        writer.write_record(row).map_err(anyhow::Error::from)?;
    }
    Ok(writer
        .into_inner()
        .map_err(|error| anyhow::anyhow!("writing CSV: {error}"))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_what_needs_it() {
        let rows = [
            vec![
                Cell::Text("a,\"b\"\nc".into()),
                Cell::Number("-1.5".into()),
                Cell::Empty,
            ],
            vec![
                Cell::Text(" x ".into()),
                Cell::Bool(false),
                Cell::Date("2026-11-24".into()),
            ],
        ];
        let text = String::from_utf8(lines(&rows).unwrap()).unwrap();
        assert_eq!(text, "\"a,\"\"b\"\"\nc\",-1.5,\r\n x ,false,2026-11-24\r\n");
        assert_eq!(
            header(&["id", "name"], true).unwrap(),
            b"\xef\xbb\xbfid,name\r\n"
        );
        assert_eq!(lines(&[vec![Cell::Empty]]).unwrap(), b"\"\"\r\n");
    }
}
