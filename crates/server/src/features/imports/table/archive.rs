//! What a workbook is before anything believes it: a ZIP archive that may say one size and hold another. Everything is unpacked once into nothing,
//! counted, and refused when it is more than a workbook of the permitted rows can need.

use std::io::{self, Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use super::refused;
use crate::http::Problem;

/// Files in a workbook: one per sheet, picture and style.
const FILES_MAX: usize = 1_000;
/// Bytes of all of them, unpacked.
const UNPACKED_MAX: u64 = 256 * 1024 * 1024;
/// Bytes of the texts that cells share: they are held in memory as a whole.
const SHARED_MAX: u64 = 64 * 1024 * 1024;
/// Where they are.
const SHARED: &str = "xl/sharedStrings.xml";

/// Errors: 422 `unreadable_file`, `unpacked_too_large`.
pub(super) fn check(bytes: &[u8]) -> Result<(), Problem> {
    let unreadable = |error: ZipError| {
        refused(
            "unreadable_file",
            format!("The spreadsheet cannot be read: {error}."),
        )
    };
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(unreadable)?;
    if archive.len() > FILES_MAX {
        return Err(too_large(format!("more than {FILES_MAX} files")));
    }
    let mut left = UNPACKED_MAX;
    for index in 0..archive.len() {
        let file = archive.by_index(index).map_err(unreadable)?;
        if file.is_symlink() || file.encrypted() {
            let what = "The spreadsheet holds links or encrypted parts.";
            return Err(refused("unreadable_file", what));
        }
        let shared = file
            .name()
            .is_ok_and(|name| name.eq_ignore_ascii_case(SHARED));
        let most = if shared { SHARED_MAX.min(left) } else { left };
        let unpacked = io::copy(&mut file.take(most + 1), &mut io::sink())
            .map_err(|error| unreadable(error.into()))?;
        if unpacked > most {
            return Err(too_large(format!("more than {} MB", most / 1024 / 1024)));
        }
        left -= unpacked;
    }
    Ok(())
}

fn too_large(what: String) -> Problem {
    refused(
        "unpacked_too_large",
        format!("Unpacked, the spreadsheet holds {what}. Send CSV, or fewer rows."),
    )
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::time::Instant;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    /// An archive with one file of so many zero bytes and others that are empty.
    fn archive(name: &str, megabytes: usize, others: usize) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for other in 0..others {
            writer
                .start_file(format!("xl/{other}"), SimpleFileOptions::default())
                .unwrap();
        }
        writer
            .start_file(name, SimpleFileOptions::default())
            .unwrap();
        let zeros = vec![0; 1024 * 1024];
        for _ in 0..megabytes {
            writer.write_all(&zeros).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn code(bytes: &[u8]) -> String {
        check(bytes).map_or_else(
            |problem| problem.errors[0].code.clone(),
            |()| "fine".to_owned(),
        )
    }

    #[test]
    fn a_small_file_cannot_unpack_to_a_huge_one() {
        assert_eq!(code(&archive("xl/worksheets/sheet1.xml", 10, 5)), "fine");
        let bomb = archive("xl/worksheets/sheet1.xml", 260, 0);
        assert!(bomb.len() < 1024 * 1024, "{}", bomb.len());
        let begun = Instant::now();
        assert_eq!(code(&bomb), "unpacked_too_large");
        assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
        assert_eq!(
            code(&archive("xl/SharedStrings.xml", 65, 0)),
            "unpacked_too_large"
        );
        assert_eq!(
            code(&archive("xl/workbook.xml", 0, 1_001)),
            "unpacked_too_large"
        );
    }

    #[test]
    fn a_size_that_is_a_lie_is_not_believed() {
        let mut bomb = archive("xl/worksheets/sheet1.xml", 260, 0);
        let honest = 260u32 * 1024 * 1024;
        let mut lies = 0;
        for at in 0..bomb.len() - 4 {
            if bomb[at..at + 4] == honest.to_le_bytes() {
                bomb[at..at + 4].copy_from_slice(&1024u32.to_le_bytes());
                lies += 1;
            }
        }
        assert!(lies > 0);
        assert_ne!(code(&bomb), "fine");
    }

    #[test]
    fn links_and_nonsense_are_refused() {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default();
        writer
            .add_symlink("xl/workbook.xml", "/etc/passwd", options)
            .unwrap();
        let linked = writer.finish().unwrap().into_inner();
        assert_eq!(code(&linked), "unreadable_file");
        assert_eq!(code(b"PK\x03\x04 and nothing else"), "unreadable_file");
        // an archive in the archive is a file like others, and never opened
        let nested = archive("xl/inner.zip", 1, 0);
        assert_eq!(code(&nested), "fine");
    }
}
