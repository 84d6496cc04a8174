//! Lays out a new feature in the house's shape.

use std::fs;
use std::path::Path;

use anyhow::{Result, bail};

/// What the generator leaves to the author.
pub const NEXT_STEPS: &str = "Next: name the feature in features/mod.rs and tests/it/main.rs, mount its router in app.rs,\n\
give its permissions their place, then `cargo xtask gen`. CONTRIBUTING.md has the whole list.";

const FILES: [(&str, &str); 5] = [
    (
        "crates/server/src/features/NAME/mod.rs",
        include_str!("templates/mod.txt"),
    ),
    (
        "crates/server/src/features/NAME/http.rs",
        include_str!("templates/http.txt"),
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
    let mut written = Vec::new();
    for (path, template) in FILES {
        let path = path.replace("NAME", name);
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

/// `{{name}}` price_lists · `{{one}}` price_list · `{{Type}}` PriceList · `{{Types}}` PriceLists ·
/// `{{words}}` price lists · `{{path}}` price-lists.
fn fill(template: &str, name: &str) -> String {
    let one = singular(name);
    template
        .replace("{{name}}", name)
        .replace("{{one}}", &one)
        .replace("{{Types}}", &camel(name))
        .replace("{{Type}}", &camel(&one))
        .replace("{{words}}", &name.replace('_', " "))
        .replace("{{path}}", &name.replace('_', "-"))
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
