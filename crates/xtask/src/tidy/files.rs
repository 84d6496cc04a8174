//! Rules for single files: length, module docs, words, binaries.

use super::Finding;
use super::table::{BANNED, BINARY_MAX, GENERATED, LINES_MAX, LONG_FILES};
use crate::workspace::Source;

/// Kinds of file with a limit of length.
const MEASURED: [&str; 6] = [".rs", ".ts", ".tsx", ".css", ".sh", ".mjs"];

pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    let mut found = stale_exceptions(sources);
    for source in sources {
        if source.binary {
            found.extend(binary(source));
        } else if !GENERATED
            .iter()
            .any(|prefix| source.path.starts_with(prefix))
        {
            found.extend(length(source));
            found.extend(module_doc(source));
            found.extend(words(source));
        }
    }
    found
}

fn binary(source: &Source) -> Option<Finding> {
    let allowed = source.path.starts_with("docs/images/") || source.size <= BINARY_MAX;
    (!allowed).then(|| {
        Finding::of(
            source,
            format!(
                "a binary of {} bytes: keep it out of the history",
                source.size
            ),
        )
    })
}

fn length(source: &Source) -> Option<Finding> {
    let lines = source.text.lines().count();
    let measured = MEASURED.iter().any(|ending| source.path.ends_with(ending));
    let listed = LONG_FILES.iter().any(|(path, _)| *path == source.path);
    (measured && lines > LINES_MAX && !listed).then(|| {
        Finding::of(
            source,
            format!("{lines} lines; split it, or list it in tidy's table with the reason"),
        )
    })
}

fn module_doc(source: &Source) -> Option<Finding> {
    if !source.path.ends_with(".rs") || source.path.ends_with("/templates/") {
        return None;
    }
    let first = source
        .text
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default();
    (!first.starts_with("//!")).then(|| {
        Finding::at(
            source,
            1,
            "begin with a `//!` line that says what the module is for",
        )
    })
}

fn words(source: &Source) -> Vec<Finding> {
    let mut found = Vec::new();
    for (number, line) in source.text.lines().enumerate() {
        for (word, reason) in BANNED {
            if contains_whole(line, word) {
                found.push(Finding::at(
                    source,
                    number + 1,
                    format!("`{word}`: {reason}"),
                ));
            }
        }
        if line.ends_with([' ', '\t'])
            && !source.path.ends_with(".md")
            && !source.path.ends_with(".snap")
        {
            found.push(Finding::at(
                source,
                number + 1,
                "white space at the end of the line",
            ));
        }
    }
    found
}

/// `word` in `line`, not as the tail of a longer path or word.
fn contains_whole(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let letters = word.starts_with(|c: char| c.is_alphabetic());
        let glued = before
            .is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '-' || c == '.' || c == '}');
        let tail = letters
            && word.chars().all(|c| c.is_alphabetic())
            && after.is_some_and(char::is_alphanumeric);
        !glued && !tail
    })
}

fn stale_exceptions(sources: &[Source]) -> Vec<Finding> {
    let table = Source::new("crates/xtask/src/tidy/table.rs", "");
    let long = |path: &str| {
        sources
            .iter()
            .any(|source| source.path == path && source.text.lines().count() > LINES_MAX)
    };
    // Only on the real tree: the tests of single rules pass a few files.
    let real = sources.iter().any(|source| source.path == table.path);
    let stale = LONG_FILES.iter().filter(|(path, _)| real && !long(path));
    stale
        .map(|(path, _)| {
            Finding::of(
                &table,
                format!("{path} is not long any more: remove its exception"),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(path: &str, text: &str) -> usize {
        check(&[Source::new(path, text)]).len()
    }

    #[test]
    fn rust_files_say_what_they_are_for() {
        assert_eq!(count("crates/a/src/lib.rs", "fn a() {}\n"), 1);
        assert_eq!(count("crates/a/src/lib.rs", "\n//! A.\nfn a() {}\n"), 0);
    }

    #[test]
    fn long_files_and_notes_are_found() {
        assert_eq!(count("web/src/a.ts", &"a\n".repeat(LINES_MAX + 1)), 1);
        assert_eq!(count("web/src/a.ts", concat!("// TO", "DO later\n")), 1);
        assert_eq!(count("web/src/a.ts", concat!("cd /ho", "me/someone\n")), 1);
        assert_eq!(count("web/src/a.ts", "import '@/routes/home/page'\n"), 0);
    }

    #[test]
    fn big_binaries_are_found() {
        let image = |path: &str| Source {
            path: path.into(),
            text: String::new(),
            size: 300_000,
            binary: true,
        };
        assert_eq!(check(&[image("web/public/a.png")]).len(), 1);
        assert_eq!(check(&[image("docs/images/a.png")]).len(), 0);
    }
}
