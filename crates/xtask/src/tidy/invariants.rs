//! Every "Architecture Invariant:" of docs/ARCHITECTURE.md names a test that exists:
//! ``Checked by `crates/server/tests/it/tenancy.rs::every_table_has_a_policy`.``

use super::Finding;
use crate::workspace::Source;

const PAGE: &str = "docs/ARCHITECTURE.md";
const MARK: &str = "Architecture Invariant:";

pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    let Some(page) = sources.iter().find(|source| source.path == PAGE) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (number, paragraph) in paragraphs(&page.text) {
        if !paragraph.contains(MARK) {
            continue;
        }
        let tests = tests_named(&paragraph);
        if tests.is_empty() {
            found.push(Finding::at(
                page,
                number,
                "the invariant names no test: Checked by `file::test`",
            ));
        }
        for (file, test) in tests {
            if !exists(sources, &file, &test) {
                found.push(Finding::at(
                    page,
                    number,
                    format!("there is no test `{test}` in {file}"),
                ));
            }
        }
    }
    found
}

fn paragraphs(text: &str) -> Vec<(usize, String)> {
    let mut all: Vec<(usize, String)> = Vec::new();
    let mut open = false;
    for (number, line) in text.lines().enumerate() {
        let blank = line.trim().is_empty();
        let item = line.trim_start().starts_with("- ");
        match all.last_mut() {
            Some((_, paragraph)) if open && !blank && !item => {
                paragraph.push(' ');
                paragraph.push_str(line);
            }
            _ if !blank => all.push((number + 1, line.to_owned())),
            _ => {}
        }
        open = !blank;
    }
    all
}

/// `file::test` between back-ticks, after "Checked by".
fn tests_named(paragraph: &str) -> Vec<(String, String)> {
    let Some((_, after)) = paragraph.split_once("Checked by") else {
        return Vec::new();
    };
    let quoted = after.split('`').skip(1).step_by(2);
    quoted
        .filter_map(|name| name.split_once("::"))
        .map(|(file, test)| (file.to_owned(), test.to_owned()))
        .collect()
}

fn exists(sources: &[Source], file: &str, test: &str) -> bool {
    let Some(source) = sources.iter().find(|source| source.path == file) else {
        return false;
    };
    let name = test.rsplit("::").next().unwrap_or(test);
    [
        format!("fn {name}("),
        format!("'{name}'"),
        format!("\"{name}\""),
    ]
    .iter()
    .any(|shape| source.text.contains(shape))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invariant_needs_a_test_that_exists() {
        let page = |tail: &str| Source::new(PAGE, &format!("# A\n\n**{MARK}** x\nholds. {tail}\n"));
        let test = Source::new("crates/a/tests/b.rs", "#[test]\nfn holds() {}\n");
        assert_eq!(check(&[page("")]).len(), 1);
        assert_eq!(
            check(&[
                page("Checked by `crates/a/tests/b.rs::gone`."),
                test.clone()
            ])
            .len(),
            1
        );
        assert!(check(&[page("Checked by `crates/a/tests/b.rs::holds`."), test]).is_empty());
    }
}
