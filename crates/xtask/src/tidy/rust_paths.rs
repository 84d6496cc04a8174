//! Finds the paths a Rust file names (`use` trees and paths in code), as absolute `crate::…` paths.

use crate::workspace::Source;

/// A path named in a file: where, and its segments from `crate` (or from an outside crate's name).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) line: usize,
    pub(super) path: Vec<String>,
}

/// The module a source file is: `crates/server/src/features/orders/http.rs` is
/// `["crate", "features", "orders", "http"]`.
fn module_of(source: &Source) -> Vec<String> {
    let mut module = vec!["crate".to_owned()];
    let inside = source.path.split_once("/src/").map_or("", |(_, rest)| rest);
    for part in inside.trim_end_matches(".rs").split('/') {
        if !matches!(part, "" | "mod" | "lib" | "main") {
            module.push(part.to_owned());
        }
    }
    module
}

/// Every path of two or more segments that the file names, comments and strings left out.
pub(super) fn named(source: &Source) -> Vec<Named> {
    let module = module_of(source);
    let code = without_comments(&source.text);
    let mut found = Vec::new();
    let mut line = 1;
    let mut rest = code.as_str();
    let mut before = ' ';
    while let Some(c) = rest.chars().next() {
        if is_word(c) && !is_word(before) && before != ':' {
            let (paths, used) = tree(rest);
            for path in paths {
                if path.len() > 1 {
                    found.push(Named {
                        line,
                        path: absolute(&module, path),
                    });
                }
            }
            let taken = &rest[..used];
            line += taken.matches('\n').count();
            before = taken.chars().last().unwrap_or(' ');
            rest = &rest[used..];
        } else {
            if c == '\n' {
                line += 1;
            }
            before = c;
            rest = &rest[c.len_utf8()..];
        }
    }
    follow_modules(&mut found);
    found
}

/// After `use crate::features::tax;`, a path `tax::store` is `crate::features::tax::store`.
fn follow_modules(found: &mut [Named]) {
    let brought = |path: &[String]| path.len() == 3 && path[0] == "crate" && path[1] == "features";
    let modules: Vec<Vec<String>> = found
        .iter()
        .filter(|named| brought(&named.path))
        .map(|named| named.path.clone())
        .collect();
    for named in found {
        if let Some(module) = modules.iter().find(|module| module[2] == named.path[0]) {
            named.path = [&module[..2], &named.path[..]].concat();
        }
    }
}

/// Reads `a::b::{c, d::e}` at the start of `text`: the paths and the bytes used.
fn tree(text: &str) -> (Vec<Vec<String>>, usize) {
    let mut prefix = Vec::new();
    let mut at = 0;
    loop {
        let word: String = text[at..].chars().take_while(|c| is_word(*c)).collect();
        at += word.len();
        prefix.push(word);
        if !text[at..].starts_with("::") {
            return (vec![prefix], at);
        }
        at += 2;
        match text[at..].chars().next() {
            Some('{') => {
                let (paths, used) = group(&text[at..]);
                let joined = paths
                    .into_iter()
                    .map(|tail| [prefix.clone(), tail].concat())
                    .collect();
                return (joined, at + used);
            }
            Some(c) if is_word(c) => {}
            // `::*`, `::<T>`: the path ends here.
            _ => return (vec![prefix], at),
        }
    }
}

/// Reads `{a, b::c}`: the paths inside and the bytes used.
fn group(text: &str) -> (Vec<Vec<String>>, usize) {
    let mut paths = Vec::new();
    let mut renamed = false;
    let mut at = 1;
    while let Some(c) = text[at..].chars().next() {
        if c == '}' {
            return (paths, at + 1);
        }
        if is_word(c) {
            let (inner, used) = tree(&text[at..]);
            at += used;
            // The name after `as` is no path.
            if inner == [["as"]] {
                renamed = true;
            } else if !std::mem::take(&mut renamed) {
                paths.extend(inner);
            }
        } else {
            at += c.len_utf8();
        }
    }
    (paths, at)
}

fn absolute(module: &[String], path: Vec<String>) -> Vec<String> {
    let ups = path.iter().take_while(|part| *part == "super").count();
    match path.first().map(String::as_str) {
        Some("super") => {
            let keep = module.len().saturating_sub(ups).max(1);
            [&module[..keep], &path[ups..]].concat()
        }
        Some("self") => [module, &path[1..]].concat(),
        _ => path,
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Blanks comments and string contents, keeps the lines.
pub(super) fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut block = false;
    for line in text.lines() {
        let mut chars = line.chars().peekable();
        let mut string = false;
        while let Some(c) = chars.next() {
            let next = chars.peek().copied();
            match c {
                '*' if block && next == Some('/') => {
                    block = false;
                    chars.next();
                }
                _ if block => {}
                '\\' if string => {
                    chars.next();
                }
                '"' => string = !string,
                _ if string => {}
                '/' if next == Some('/') => break,
                '/' if next == Some('*') => block = true,
                // A quote as a character literal opens no string.
                '\'' if next == Some('"') => {
                    chars.next();
                }
                _ => out.push(c),
            }
        }
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(path: &str, text: &str) -> Vec<String> {
        named(&Source::new(path, text))
            .iter()
            .map(|n| format!("{} {}", n.line, n.path.join("::")))
            .collect()
    }

    #[test]
    fn use_trees_are_expanded_and_made_absolute() {
        let text = "//! x\nuse crate::features::{customers::service, orders as o};\nuse super::super::tax::{self, store};\n";
        assert_eq!(
            paths("crates/server/src/features/orders/http.rs", text),
            [
                "2 crate::features::customers::service",
                "2 crate::features::orders",
                "3 crate::features::tax::self",
                "3 crate::features::tax::store",
            ]
        );
    }

    #[test]
    fn a_module_brought_in_is_followed() {
        let text = "use crate::features::tax;\nfn f() { tax::store::all() }\n";
        assert_eq!(
            paths("crates/server/src/features/orders/http.rs", text),
            [
                "1 crate::features::tax",
                "2 crate::features::tax::store::all"
            ]
        );
    }

    #[test]
    fn comments_and_strings_name_nothing() {
        let text =
            "// crate::a::b\nfn f() { g(\"crate::c::d\"); crate::e::f() } /* crate::g::h */\n";
        assert_eq!(paths("crates/server/src/app.rs", text), ["2 crate::e::f"]);
    }
}
