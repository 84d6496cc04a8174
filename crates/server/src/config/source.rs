//! Layers of raw values: flag over environment over file over default, each value with its origin.
use super::keys::{self, Key};
use super::suggest;
use super::value::FromText;
use super::{Fault, Mode};
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

/// File read when neither the flag nor `SOM_CONFIG` names one and it exists.
pub const DEFAULT_FILE: &str = "/etc/som/som.toml";

/// Everything outside the process that configuration depends on.
#[derive(Debug, Clone, Default)]
pub struct Inputs {
    /// Values of command line flags by key name.
    pub flags: BTreeMap<String, String>,
    /// The environment.
    pub env: BTreeMap<String, String>,
    /// File named by `--config`.
    pub file: Option<PathBuf>,
    /// Working directory, where development looks for `.env`.
    pub working_dir: PathBuf,
}

impl Inputs {
    /// The real environment and working directory of this process, without flags.
    #[allow(
        clippy::disallowed_methods,
        reason = "the one place that reads the environment"
    )]
    pub fn of_process() -> Self {
        Self {
            env: std::env::vars().collect(),
            working_dir: std::env::current_dir().unwrap_or_default(),
            ..Self::default()
        }
    }
}

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A command line flag.
    Flag,
    /// An environment variable.
    Env(String),
    /// A file named by an environment variable that ends with `_FILE`.
    EnvFile(String, PathBuf),
    /// `.env`, in development.
    DotEnv,
    /// The configuration file.
    File(PathBuf),
    /// Made by `som` itself in development.
    Generated(PathBuf),
    /// The default.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => f.write_str("flag"),
            Self::Env(var) => write!(f, "env {var}"),
            Self::EnvFile(var, path) => write!(f, "env {var} -> {}", path.display()),
            Self::DotEnv => f.write_str(".env"),
            Self::File(path) => write!(f, "file {}", path.display()),
            Self::Generated(path) => write!(f, "generated {}", path.display()),
            Self::Default => f.write_str("default"),
        }
    }
}

/// Raw values with origins, by key name.
#[derive(Clone, Default)]
pub struct Values {
    entries: BTreeMap<&'static str, (String, Origin)>,
    /// Things worth a word that do not stop the start.
    pub warnings: Vec<String>,
}

impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map()
            .entries(
                self.entries
                    .iter()
                    .map(|(name, (_, origin))| (name, origin)),
            )
            .finish()
    }
}

impl Values {
    /// Collects all layers. The mode is decided first, because `.env` counts in development only.
    pub fn collect(inputs: &Inputs, faults: &mut Vec<Fault>) -> (Self, Mode) {
        let mut values = Self::default();
        values.read_file(inputs, faults);
        values.read_env(&inputs.env, faults, |var| Origin::Env(var.to_owned()));
        values.read_flags(&inputs.flags, faults);
        let mode = values.mode(faults);
        if mode == Mode::Development {
            values.read_dot_env(&inputs.working_dir, faults);
        }
        for key in keys::all() {
            if let Some(text) = key.default.get(mode) {
                values
                    .entries
                    .entry(key.name)
                    .or_insert_with(|| (text.to_owned(), Origin::Default));
            }
        }
        (values, mode)
    }

    /// The raw value and origin of a key.
    pub fn get(&self, name: &str) -> Option<(&str, &Origin)> {
        self.entries
            .get(name)
            .map(|(text, origin)| (text.as_str(), origin))
    }

    /// Sets a value from outside the layers.
    pub(super) fn set(&mut self, key: &'static Key, text: String, origin: Origin) {
        self.entries.insert(key.name, (text, origin));
    }

    /// Unless it is set, the public address follows the port of a loopback listener.
    pub(super) fn derive_public_url(&mut self) {
        let listen = self
            .get("server.listen")
            .map(|(text, _)| text.parse::<std::net::SocketAddr>());
        let is_default = self
            .get("server.public_url")
            .is_some_and(|(_, o)| *o == Origin::Default);
        if let (Some(Ok(address)), true, Some(key)) =
            (listen, is_default, keys::find("server.public_url"))
            && address.ip().is_loopback()
        {
            self.set(
                key,
                format!("http://localhost:{}", address.port()),
                Origin::Default,
            );
        }
    }

    fn mode(&self, faults: &mut Vec<Fault>) -> Mode {
        let Some((text, _)) = self.get("mode") else {
            return Mode::Production;
        };
        Mode::from_text(text).unwrap_or_else(|message| {
            faults.push(Fault::of("mode", message));
            Mode::Production
        })
    }

    fn read_file(&mut self, inputs: &Inputs, faults: &mut Vec<Fault>) {
        let named = inputs
            .file
            .clone()
            .or_else(|| inputs.env.get("SOM_CONFIG").map(PathBuf::from));
        let path = match named {
            Some(path) => path,
            None if Path::new(DEFAULT_FILE).exists() => PathBuf::from(DEFAULT_FILE),
            None => return,
        };
        let table = std::fs::read_to_string(&path)
            .map_err(|e| e.to_string())
            .and_then(|text| {
                // the parser's message shows the offending line, which may hold a secret
                text.parse::<toml::Table>()
                    .map_err(|e| format!("is not valid TOML{}", line_of(&text, e.span())))
            });
        match table {
            Ok(table) => self.read_table("", &table, &path, faults),
            Err(message) => faults.push(Fault::of(&path.display().to_string(), message)),
        }
    }

    fn read_table(
        &mut self,
        prefix: &str,
        table: &toml::Table,
        path: &Path,
        faults: &mut Vec<Fault>,
    ) {
        for (name, value) in table {
            let name = if prefix.is_empty() {
                name.clone()
            } else {
                format!("{prefix}.{name}")
            };
            if let toml::Value::Table(inner) = value {
                self.read_table(&name, inner, path, faults);
                continue;
            }
            match keys::find(&name) {
                Some(key) => self.set(key, text_of(value), Origin::File(path.to_owned())),
                None => faults.push(Fault::of(
                    &name,
                    unknown(&name, keys::all().map(|k| k.name)),
                )),
            }
        }
    }

    fn read_env(
        &mut self,
        env: &BTreeMap<String, String>,
        faults: &mut Vec<Fault>,
        origin: impl Fn(&str) -> Origin,
    ) {
        if let (Some(url), Some(key)) = (
            env.get("DATABASE_URL").filter(|u| !u.is_empty()),
            keys::find("database.url"),
        ) {
            self.set(key, url.clone(), origin("DATABASE_URL"));
        }
        for (var, text) in env
            .iter()
            .filter(|(var, _)| var.starts_with("SOM_") && *var != "SOM_CONFIG")
        {
            if let Some(key) = keys::all().find(|k| k.env == var) {
                self.set(key, text.clone(), origin(var));
            } else if let Some(key) = var
                .strip_suffix("_FILE")
                .and_then(|v| keys::all().find(|k| k.env == v))
            {
                self.read_value_file(key, var, Path::new(text), env, faults);
            } else if let Some(near) = suggest::suggestion(var, keys::all().map(|k| k.env)) {
                // only a warning: orchestrators put variables of their own making into the environment
                self.warnings
                    .push(format!("{var}: unknown variable; did you mean {near}?"));
            }
        }
    }

    fn read_value_file(
        &mut self,
        key: &'static Key,
        var: &str,
        path: &Path,
        env: &BTreeMap<String, String>,
        faults: &mut Vec<Fault>,
    ) {
        if env.contains_key(key.env) {
            faults.push(Fault::of(
                key.name,
                format!("both {} and {var} are set; keep one", key.env),
            ));
        }
        match std::fs::read_to_string(path) {
            Ok(text) => self.set(
                key,
                text.trim().to_owned(),
                Origin::EnvFile(var.to_owned(), path.to_owned()),
            ),
            Err(e) => faults.push(Fault::of(
                key.name,
                format!("cannot read the file named by {var}: {}", e.kind()),
            )),
        }
    }

    fn read_flags(&mut self, flags: &BTreeMap<String, String>, faults: &mut Vec<Fault>) {
        for (name, text) in flags {
            match keys::find(name) {
                Some(key) => self.set(key, text.clone(), Origin::Flag),
                None => faults.push(Fault::of(name, unknown(name, keys::all().map(|k| k.name)))),
            }
        }
    }

    fn read_dot_env(&mut self, dir: &Path, faults: &mut Vec<Fault>) {
        let Ok(text) = std::fs::read_to_string(dir.join(".env")) else {
            return;
        };
        let mut from_file = Self::default();
        from_file.read_env(&parse_dot_env(&text), faults, |_| Origin::DotEnv);
        for (name, entry) in from_file.entries {
            let weaker = self
                .entries
                .get(name)
                .is_none_or(|(_, origin)| matches!(origin, Origin::File(_)));
            if weaker && name != "mode" {
                self.entries.insert(name, entry);
            }
        }
    }
}

/// `KEY=value` lines; comments, blank lines, `export` and quotes as shells have them.
fn parse_dot_env(text: &str) -> BTreeMap<String, String> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .filter_map(|line| line.strip_prefix("export ").unwrap_or(line).split_once('='))
        .map(|(name, value)| {
            let value = value.trim();
            let bare = ['"', '\'']
                .iter()
                .find_map(|q| value.strip_prefix(*q)?.strip_suffix(*q));
            (name.trim().to_owned(), bare.unwrap_or(value).to_owned())
        })
        .collect()
}

fn text_of(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Array(items) => items.iter().map(text_of).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

fn line_of(text: &str, span: Option<std::ops::Range<usize>>) -> String {
    span.and_then(|s| text.get(..s.start))
        .map_or_else(String::new, |before| {
            format!(" (line {})", before.matches('\n').count() + 1)
        })
}

fn unknown<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> String {
    suggest::suggestion(name, names).map_or_else(
        || "unknown key".to_owned(),
        |near| format!("unknown key; did you mean {near}?"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dot_env_lines() {
        let parsed = parse_dot_env("# c\n\nexport SOM_A=1\nSOM_B=\"x y\"\nSOM_C='#'\nnonsense\n");
        assert_eq!(
            parsed
                .into_iter()
                .map(|(k, v)| format!("{k}={v}"))
                .collect::<Vec<_>>(),
            ["SOM_A=1", "SOM_B=x y", "SOM_C=#"]
        );
    }
}
