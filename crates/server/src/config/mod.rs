//! Configuration: flag over environment (`SOM_*`, `SOM_*_FILE`) over file over default, read once at start into typed sections.
mod accounts;
mod audit;
mod captcha;
mod check;
mod database;
mod jobs;
mod key_strength;
pub mod keys;
mod limits;
mod log;
mod mail;
mod outbound;
mod reader;
pub mod render;
mod secrets;
mod security;
mod server;
mod session;
mod source;
mod suggest;
mod value;

pub use accounts::{AccountsConfig, SignUp};
pub use audit::AuditConfig;
pub use captcha::{CaptchaConfig, CaptchaProvider};
pub use database::DatabaseConfig;
pub use jobs::JobsConfig;
pub use limits::{LimitsConfig, LimitsStore};
pub use log::{LogConfig, LogFormat};
pub use mail::{MailConfig, MailTls, MailTransport};
pub use outbound::OutboundConfig;
pub use secrets::{KEY_BYTES_MIN, PREVIOUS, Secrets, random_text, write_private};
pub use security::SecurityConfig;
pub use server::ServerConfig;
pub use session::SessionConfig;
pub use source::{DEFAULT_FILE, Inputs, Origin, Values};
pub(crate) use value::domain_fits;
pub use value::{FromText, IpNet};

use reader::Reader;
use std::fmt;
use std::path::{Path, PathBuf};

/// How strict the server is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// On a developer's machine or for a trial.
    Development,
    /// Everything else.
    Production,
}

impl FromText for Mode {
    fn from_text(text: &str) -> Result<Self, String> {
        match text {
            "development" => Ok(Self::Development),
            "production" => Ok(Self::Production),
            _ => Err("expected production or development".into()),
        }
    }
}

/// The whole configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// How strict the server is.
    pub mode: Mode,
    /// Where the embedded database and generated secrets live.
    pub data_dir: PathBuf,
    /// The listener.
    pub server: ServerConfig,
    /// PostgreSQL.
    pub database: DatabaseConfig,
    /// The keys.
    pub secrets: Secrets,
    /// Sign-ins.
    pub session: SessionConfig,
    /// Rate limits.
    pub limits: LimitsConfig,
    /// Logging.
    pub log: LogConfig,
    /// Optional headers.
    pub security: SecurityConfig,
    /// Background work.
    pub jobs: JobsConfig,
    /// Mail.
    pub mail: MailConfig,
    /// Whom the server itself may ask.
    pub outbound: OutboundConfig,
    /// Who gets an account.
    pub accounts: AccountsConfig,
    /// How a visitor shows to be a person.
    pub captcha: CaptchaConfig,
    /// The proof of the audit log.
    pub audit: AuditConfig,
}

/// One thing that is wrong with the configuration. It names the key and never holds the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Key or file.
    pub key: String,
    /// What is wrong and what to do.
    pub message: String,
}

impl Fault {
    fn of(key: &str, message: String) -> Self {
        Self {
            key: key.to_owned(),
            message,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match keys::find(&self.key) {
            Some(key) => write!(f, "{} ({}) {}", self.key, key.env, self.message),
            None => write!(f, "{} {}", self.key, self.message),
        }
    }
}

/// Everything that is wrong, one line each.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.iter().map(|f| format!("config: {f}")).collect::<Vec<_>>().join("\n"))]
pub struct ConfigError(pub Vec<Fault>);

/// A configuration and where its values came from.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The configuration.
    pub config: Config,
    /// Raw values with origins.
    pub values: Values,
}

impl Config {
    /// Reads all layers. Development makes missing secrets; production refuses to go on without good ones.
    pub fn load(inputs: &Inputs) -> Result<Loaded, ConfigError> {
        let mut faults = Vec::new();
        let (mut values, mode) = Values::collect(inputs, &mut faults);
        values.derive_public_url();
        let data_dir = values
            .get("data_dir")
            .map(|(text, _)| absolute(&inputs.working_dir, text))
            .unwrap_or_default();
        if mode == Mode::Development && faults.is_empty() {
            faults.extend(secrets::fill(&mut values, &data_dir).err());
        }
        let mut reader = Reader {
            values: &values,
            faults,
        };
        let config = Self::read(&mut reader, mode, data_dir);
        let mut faults = reader.faults;
        if mode == Mode::Production {
            faults.extend(secrets::duplicates(&values));
            faults.extend(
                config
                    .as_ref()
                    .map(|c| check::production(c, &values))
                    .unwrap_or_else(|| check::partial(&values)),
            );
        }
        faults.sort_by(|a, b| a.key.cmp(&b.key));
        faults.dedup();
        match config {
            Some(config) if faults.is_empty() => Ok(Loaded { config, values }),
            _ => Err(ConfigError(faults)),
        }
    }

    fn read(r: &mut Reader<'_>, mode: Mode, data_dir: PathBuf) -> Option<Self> {
        let server = ServerConfig::read(r);
        let database = DatabaseConfig::read(r);
        let secrets = Secrets::read(r, mode);
        let session = SessionConfig::read(r);
        let limits = LimitsConfig::read(r);
        let log = LogConfig::read(r);
        let security = SecurityConfig::read(r);
        let jobs = JobsConfig::read(r);
        let mail = MailConfig::read(r);
        let outbound = OutboundConfig::read(r);
        let accounts = AccountsConfig::read(r);
        let captcha = CaptchaConfig::read(r);
        let audit = AuditConfig::read(r);
        Some(Self {
            mode,
            data_dir,
            server: server?,
            database: database?,
            secrets: secrets?,
            session: session?,
            limits: limits?,
            log: log?,
            security: security?,
            jobs: jobs?,
            mail: mail?,
            outbound: outbound?,
            accounts: accounts?,
            captcha: captcha?,
            audit,
        })
    }

    /// Development defaults and secrets in `data_dir`, ignoring the environment: for tests and tools.
    pub fn development(data_dir: &Path) -> Result<Self, ConfigError> {
        let flags = [
            ("mode", "development".to_owned()),
            ("data_dir", data_dir.display().to_string()),
        ];
        let flags = flags.into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
        let inputs = Inputs {
            flags,
            file: Some(PathBuf::from("/dev/null")),
            working_dir: data_dir.to_owned(),
            ..Inputs::default()
        };
        Self::load(&inputs).map(|loaded| loaded.config)
    }
}

fn absolute(base: &Path, text: &str) -> PathBuf {
    let path = Path::new(text);
    let joined = base.join(path.strip_prefix("./").unwrap_or(path));
    if joined.as_os_str().is_empty() {
        PathBuf::from(".")
    } else {
        joined
    }
}
