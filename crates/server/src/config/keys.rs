//! Configuration keys: names, variables, defaults and texts, each beside its section. Everything that documents or checks a key is made from them.
use super::{
    Mode, accounts, audit, captcha, database, jobs, limits, log, mail, outbound, secrets, security,
    server, session,
};

/// What a key is worth when nobody sets it.
#[derive(Debug, Clone, Copy)]
pub enum DefaultValue {
    /// There is none: the key is optional, or must be set.
    None,
    /// The same in both modes.
    Same(&'static str),
    /// Different in development and production.
    ByMode {
        /// In development.
        development: &'static str,
        /// In production.
        production: &'static str,
    },
}

impl DefaultValue {
    /// The default in `mode`.
    pub fn get(self, mode: Mode) -> Option<&'static str> {
        match (self, mode) {
            (Self::None, _) => None,
            (Self::Same(text), _) => Some(text),
            (Self::ByMode { development, .. }, Mode::Development) => Some(development),
            (Self::ByMode { production, .. }, Mode::Production) => Some(production),
        }
    }
}

/// One documented key.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// Name in the file, `section.key`.
    pub name: &'static str,
    /// Environment variable; with `_FILE` appended it names a file that holds the value.
    pub env: &'static str,
    /// Default.
    pub default: DefaultValue,
    /// One or two sentences.
    pub doc: &'static str,
    /// True when the value must never be printed.
    pub secret: bool,
}

/// A key whose value may be shown.
pub(super) const fn key(
    name: &'static str,
    env: &'static str,
    default: DefaultValue,
    doc: &'static str,
) -> Key {
    Key {
        name,
        env,
        default,
        doc,
        secret: false,
    }
}

/// A key whose value must not be shown; it has no default.
pub(super) const fn secret(name: &'static str, env: &'static str, doc: &'static str) -> Key {
    Key {
        name,
        env,
        default: DefaultValue::None,
        doc,
        secret: true,
    }
}

use DefaultValue::{ByMode, Same};

/// Keys of no section.
const KEYS: &[Key] = &[
    key(
        "mode",
        "SOM_MODE",
        Same("production"),
        "`production` or `development`. Development creates its own secrets, reads `.env`, allows http on any address and logs for people.",
    ),
    key(
        "data_dir",
        "SOM_DATA_DIR",
        ByMode {
            development: "./data",
            production: "/var/lib/som",
        },
        "Directory of the embedded PostgreSQL and of the secrets made in development.",
    ),
];

/// The sections, in the order of the documentation.
const SECTIONS: &[&[Key]] = &[
    KEYS,
    server::KEYS,
    database::KEYS,
    secrets::KEYS,
    session::KEYS,
    limits::KEYS,
    log::KEYS,
    security::KEYS,
    jobs::KEYS,
    audit::KEYS,
    mail::KEYS,
    outbound::KEYS,
    accounts::KEYS,
    captcha::KEYS,
];

/// Every key, in the order of the documentation.
pub fn all() -> impl Iterator<Item = &'static Key> {
    SECTIONS.iter().copied().flatten()
}

/// Whether this is the first key of its section.
pub(super) fn opens_section(key: &Key) -> bool {
    let first = |section: &&[Key]| section.first().is_some_and(|k| k.name == key.name);
    SECTIONS.iter().any(first)
}

/// The key with this name.
pub fn find(name: &str) -> Option<&'static Key> {
    all().find(|k| k.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn names_and_variables_are_unique_and_well_formed() {
        let names: HashSet<_> = all().map(|k| k.name).collect();
        let vars: HashSet<_> = all().map(|k| k.env).collect();
        assert_eq!(names.len(), all().count());
        assert_eq!(vars.len(), all().count());
        assert!(all().all(|k| k.env.starts_with("SOM_")
            && !k.env.ends_with("_FILE")
            && k.doc.ends_with(['.', '`'])));
    }
}
