//! Who may import whom in the web app: lib, components → features → routes.

use super::Finding;
use super::table::{BANNED_TYPESCRIPT, GENERATED};
use crate::workspace::Source;

const WEB: &str = "web/src/";

pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    let mut found = Vec::new();
    for source in sources
        .iter()
        .filter(|source| source.is("web/", "ts") || source.is("web/", "tsx"))
    {
        if GENERATED
            .iter()
            .any(|prefix| source.path.starts_with(prefix))
        {
            continue;
        }
        found.extend(words(source));
        if source.path.starts_with(WEB) {
            found.extend(name(source));
            found.extend(imports(source));
        }
    }
    found
}

fn words(source: &Source) -> Vec<Finding> {
    let mut found = Vec::new();
    for (number, line) in source.text.lines().enumerate() {
        for (word, reason) in BANNED_TYPESCRIPT {
            let whole =
                |at: usize| !line[at + word.len()..].starts_with(|c: char| c.is_alphanumeric());
            if line.match_indices(word).any(|(at, _)| whole(at)) {
                found.push(Finding::at(
                    source,
                    number + 1,
                    format!("`{word}`: {reason}"),
                ));
            }
        }
        if line.starts_with("export default") && source.path.starts_with(WEB) {
            found.push(Finding::at(
                source,
                number + 1,
                "export by name: a default has no name to search for",
            ));
        }
    }
    found
}

fn name(source: &Source) -> Vec<Finding> {
    // Router files carry signs that mean something: `$orderId.tsx`, `__root.tsx`, `orders.index.tsx`.
    let route = source.path.starts_with("web/src/routes/");
    let fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.');
    let mut found = Vec::new();
    for part in source.path.trim_start_matches(WEB).split('/') {
        if !route && !part.chars().all(fine) {
            found.push(Finding::of(source, format!("`{part}` is not kebab-case")));
        }
    }
    if !route && matches!(source.name(), "index.ts" | "index.tsx") {
        found.push(Finding::of(
            source,
            "no barrels: import the file that has it",
        ));
    }
    found
}

/// The part of the app a file is in: `lib`, `components`, `features/orders`, `routes`, `testing`, or the top.
fn place(path: &str) -> String {
    let inside = path.strip_prefix(WEB).unwrap_or(path);
    let mut parts = inside.split('/');
    match (parts.next(), parts.next()) {
        (Some("features"), Some(feature)) => format!("features/{feature}"),
        (Some(part), Some(_)) => part.to_owned(),
        _ => String::new(),
    }
}

fn imports(source: &Source) -> Vec<Finding> {
    let own = place(&source.path);
    let test = source.path.contains(".test.");
    let mut found = Vec::new();
    for (line, target) in targets(&source.text) {
        let Some(path) = resolve(&source.path, &target) else {
            continue;
        };
        let other = place(&path);
        // A page test goes through the real route tree, from `testing/render-page`.
        if test && matches!(other.as_str(), "testing" | "") {
            continue;
        }
        let message = match (own.as_str(), other.as_str()) {
            ("lib" | "components", other)
                if other.starts_with("features/") || other == "routes" =>
            {
                Some(format!(
                    "{own} lies below the features and may not import {other}"
                ))
            }
            (own, other)
                if own.starts_with("features/")
                    && other.starts_with("features/")
                    && own != other =>
            {
                Some(format!(
                    "{own} may not import {other}: share through lib or components"
                ))
            }
            (own, "routes") if own.starts_with("features/") => {
                Some("features do not import routes".to_owned())
            }
            (own, "testing") if !test && own != "testing" => {
                Some("testing is for tests".to_owned())
            }
            _ => None,
        };
        found.extend(message.map(|message| Finding::at(source, line, message)));
    }
    found
}

/// The quoted module after `from`, `import` or `import(`, with its line.
fn targets(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        for key in ["from ", "import ", "import("] {
            for (at, _) in line.match_indices(key) {
                let rest = line[at + key.len()..].trim_start();
                let Some(quote) = rest.chars().next().filter(|c| matches!(c, '\'' | '"')) else {
                    continue;
                };
                if let Some((target, _)) = rest[1..].split_once(quote) {
                    found.push((number + 1, target.to_owned()));
                }
            }
        }
    }
    found
}

/// `@/lib/api` and `../api` as paths from the root; `None` for a package.
fn resolve(from: &str, target: &str) -> Option<String> {
    if let Some(rest) = target
        .strip_prefix("@/")
        .or_else(|| target.strip_prefix("~/"))
    {
        return Some(format!("{WEB}{rest}"));
    }
    if !target.starts_with('.') {
        return None;
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(path: &str, text: &str) -> Vec<String> {
        check(&[Source::new(path, text)])
            .into_iter()
            .map(|finding| finding.message)
            .collect()
    }

    #[test]
    fn features_do_not_import_features() {
        let found = messages(
            "web/src/features/orders/api.ts",
            "import { x } from '../customers/api'\n",
        );
        assert_eq!(
            found,
            ["features/orders may not import features/customers: share through lib or components"]
        );
        assert!(
            messages(
                "web/src/features/orders/api.ts",
                "import { x } from '@/lib/api'\n"
            )
            .is_empty()
        );
    }

    #[test]
    fn lib_and_components_lie_below() {
        assert_eq!(
            messages(
                "web/src/lib/a.ts",
                "import { x } from '@/features/orders/api'\n"
            )
            .len(),
            1
        );
        assert_eq!(
            messages(
                "web/src/components/ui/a.tsx",
                "import('../../routes/home')\n"
            )
            .len(),
            1
        );
    }

    #[test]
    fn names_are_kebab_case_and_exports_named() {
        assert_eq!(
            messages("web/src/features/orders/OrderPage.tsx", "").len(),
            1
        );
        assert!(messages("web/src/routes/_app.orders.$orderId.tsx", "").is_empty());
        assert_eq!(messages("web/src/lib/a.ts", "export default 1\n").len(), 1);
        assert_eq!(
            messages("web/src/lib/a.ts", concat!("const a = b as ", "any\n")).len(),
            1
        );
    }
}
