//! Lays out a new feature in the house's shape.

use std::fs;
use std::path::Path;

use anyhow::{Result, bail};

/// What the generator leaves to the author.
pub const NEXT_STEPS: &str = "Next: add the id to ids! in crates/domain/src/ids.rs, name the feature in features/mod.rs\n\
(module and router) and its test in tests/it/main.rs, give it its own permissions, then `cargo xtask gen`.\n\
CONTRIBUTING.md has the whole list.";

const FILES: [(&str, &str); 8] = [
    (
        "migrations/NUMBER_create_NAME.sql",
        include_str!("templates/migration.txt"),
    ),
    (
        "crates/server/src/features/NAME/mod.rs",
        include_str!("templates/mod.txt"),
    ),
    (
        "crates/server/src/features/NAME/http.rs",
        include_str!("templates/http.txt"),
    ),
    (
        "crates/server/src/features/NAME/input.rs",
        include_str!("templates/input.txt"),
    ),
    (
        "crates/server/src/features/NAME/view.rs",
        include_str!("templates/view.txt"),
    ),
    (
        "crates/server/src/features/NAME/service.rs",
        include_str!("templates/service.txt"),
    ),
    (
        "crates/server/src/features/NAME/store.rs",
        include_str!("templates/store.txt"),
    ),
    (
        "crates/server/tests/it/NAME.rs",
        include_str!("templates/test.txt"),
    ),
];

/// Writes the feature's files and returns their paths.
///
/// # Errors
/// When the name is no module name, or a file is there already.
pub fn new_feature(root: &Path, name: &str) -> Result<Vec<String>> {
    let lower = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) || !name.chars().all(lower) {
        bail!("a feature's name is a plural in snake_case: `price_lists`");
    }
    let number = format!("{:04}", next_migration(root));
    let mut written = Vec::new();
    for (path, template) in FILES {
        let path = path.replace("NAME", name).replace("NUMBER", &number);
        let full = root.join(&path);
        if full.exists() {
            bail!("{path} is there already");
        }
        if let Some(folder) = full.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&full, fill(template, name))?;
        written.push(path);
    }
    Ok(written)
}

/// One more than the highest number of a migration.
fn next_migration(root: &Path) -> u32 {
    let Ok(entries) = fs::read_dir(root.join("migrations")) else {
        return 1;
    };
    let names = entries
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned());
    let numbers = names.filter_map(|name| {
        name.split('_')
            .next()
            .and_then(|digits| digits.parse::<u32>().ok())
    });
    numbers.max().unwrap_or_default() + 1
}

/// `{{name}}` price_lists · `{{one}}` price_list · `{{Type}}` PriceList · `{{Types}}` PriceLists ·
/// `{{words}}` price lists · `{{Words}}` Price lists · `{{path}}` price-lists.
fn fill(template: &str, name: &str) -> String {
    let one = singular(name);
    template
        .replace("{{name}}", name)
        .replace("{{one}}", &one)
        .replace("{{Types}}", &camel(name))
        .replace("{{Type}}", &camel(&one))
        .replace("{{Words}}", &sentence(&name.replace('_', " ")))
        .replace("{{words}}", &name.replace('_', " "))
        .replace("{{path}}", &name.replace('_', "-"))
}

fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

fn singular(name: &str) -> String {
    match name.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None => name.strip_suffix('s').unwrap_or(name).to_owned(),
    }
}

fn camel(name: &str) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters
            .next()
            .map(|first| first.to_uppercase().chain(letters).collect::<String>())
            .unwrap_or_default()
    };
    name.split('_').map(capital).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_bent() {
        assert_eq!(
            fill(
                "{{one}} {{Type}} {{Types}} {{words}} {{path}}",
                "price_lists"
            ),
            "price_list PriceList PriceLists price lists price-lists"
        );
        assert_eq!(singular("companies"), "company");
    }

    #[test]
    fn a_bad_name_is_refused() {
        assert!(new_feature(Path::new("/nowhere"), "Price-Lists").is_err());
    }
}
