//! The one home of problem codes: each with what it means and what to do about it. `/api/docs/problems` and `/api/problems.json` are made of it,
//! and a test holds every code in the sources and in every tested answer to it.

mod catalogue;
mod edge;
mod files;
mod input;
mod lists;
mod orders;
mod people;

/// A code clients can rely on.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub struct Code {
    /// The stable code.
    pub code: &'static str,
    /// What it means, in a few words.
    pub title: &'static str,
    /// What to do about it.
    pub help: &'static str,
}

/// Codes of one kind of work.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub struct Group {
    /// The heading.
    pub name: &'static str,
    /// Its codes, in alphabetical order.
    pub codes: &'static [Code],
}

/// `"code": "meaning" => "what to do";` for each code of a group.
macro_rules! codes {
    ($name:literal: $($code:literal: $title:literal => $help:literal;)+) => {
        /// The codes of this file.
        pub(super) const GROUP: super::Group = super::Group {
            name: $name,
            codes: &[$(super::Code { code: $code, title: $title, help: $help }),+],
        };
    };
}
use codes;

/// Every code there is.
pub const GROUPS: [Group; 7] = [
    edge::GROUP,
    people::GROUP,
    input::GROUP,
    lists::GROUP,
    orders::GROUP,
    catalogue::GROUP,
    files::GROUP,
];

/// What is known of a code.
pub fn find(code: &str) -> Option<&'static Code> {
    static ALL: std::sync::OnceLock<std::collections::HashMap<&'static str, &'static Code>> =
        std::sync::OnceLock::new();
    let codes = || GROUPS.iter().flat_map(|group| group.codes);
    ALL.get_or_init(|| codes().map(|known| (known.code, known)).collect())
        .get(code)
        .copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_explained_once_and_in_order() {
        let mut seen = std::collections::BTreeSet::new();
        for group in &GROUPS {
            assert!(
                group.codes.is_sorted_by_key(|known| known.code),
                "{}",
                group.name
            );
            for known in group.codes {
                assert!(seen.insert(known.code), "{} is there twice", known.code);
                let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
                assert!(known.code.bytes().all(plain), "{}", known.code);
                assert!(
                    !known.title.ends_with('.') && known.help.ends_with('.'),
                    "{}",
                    known.code
                );
                assert_eq!(find(known.code).unwrap().title, known.title);
            }
        }
        assert!(find("no_such_code").is_none());
    }
}
