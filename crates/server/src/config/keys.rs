//! The one table of configuration keys: names, variables, defaults and texts. Everything that documents or checks a key is made from it.
use super::Mode;

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

const fn key(
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

const fn secret(name: &'static str, env: &'static str, doc: &'static str) -> Key {
    Key {
        name,
        env,
        default: DefaultValue::None,
        doc,
        secret: true,
    }
}

use DefaultValue::{ByMode, None as Unset, Same};

/// Every key, in the order of the documentation.
pub const KEYS: &[Key] = &[
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
    key(
        "server.listen",
        "SOM_LISTEN",
        Same("127.0.0.1:8080"),
        "Address and port to listen on. Put a TLS proxy in front of anything but loopback.",
    ),
    key(
        "server.public_url",
        "SOM_PUBLIC_URL",
        Same("http://localhost:8080"),
        "The address people type. Used in links, cookies and origin checks; https in production unless it is loopback.",
    ),
    key(
        "server.trusted_proxies",
        "SOM_TRUSTED_PROXIES",
        Same(""),
        "Comma-separated networks (`10.0.0.0/8`) whose X-Forwarded-For is believed. Empty: the peer is the client.",
    ),
    key(
        "server.max_connections",
        "SOM_MAX_CONNECTIONS",
        Same("2000"),
        "Open connections at most; the next one waits in the backlog.",
    ),
    key(
        "server.max_connections_per_ip",
        "SOM_MAX_CONNECTIONS_PER_IP",
        Same("200"),
        "Open connections of one peer at most; more are closed at once. Trusted proxies are exempt.",
    ),
    key(
        "server.header_timeout",
        "SOM_HEADER_TIMEOUT",
        Same("10s"),
        "Time to send the request line and the headers.",
    ),
    key(
        "server.body_idle_timeout",
        "SOM_BODY_IDLE_TIMEOUT",
        Same("15s"),
        "Longest pause between two pieces of a request body.",
    ),
    key(
        "server.body_timeout",
        "SOM_BODY_TIMEOUT",
        Same("60s"),
        "Time to send a whole request body.",
    ),
    key(
        "server.keep_alive_idle",
        "SOM_KEEP_ALIVE_IDLE",
        Same("30s"),
        "An idle connection is closed after this time.",
    ),
    key(
        "server.max_body_bytes",
        "SOM_MAX_BODY_BYTES",
        Same("1MiB"),
        "Largest request body; 413 beyond it.",
    ),
    key(
        "server.max_import_bytes",
        "SOM_MAX_IMPORT_BYTES",
        Same("32MiB"),
        "Largest body of an import: the file and its mapping; 413 beyond it.",
    ),
    key(
        "server.drain_timeout",
        "SOM_DRAIN_TIMEOUT",
        Same("20s"),
        "How long shutdown waits for requests under way.",
    ),
    secret(
        "database.url",
        "SOM_DATABASE_URL",
        "PostgreSQL URL the server works with (also plain `DATABASE_URL`). Unset: a private PostgreSQL runs in the data directory.",
    ),
    secret(
        "database.owner_url",
        "SOM_DATABASE_OWNER_URL",
        "URL of a role that may migrate. Unset: the working URL is used.",
    ),
    key(
        "database.pg_bin_dir",
        "SOM_PG_BIN_DIR",
        Unset,
        "Directory of `initdb` and `postgres` for the embedded database. Unset: the usual places are searched.",
    ),
    key(
        "database.pool_size",
        "SOM_POOL_SIZE",
        ByMode {
            development: "5",
            production: "10",
        },
        "Connections of the main pool in normal work.",
    ),
    key(
        "database.pool_overflow",
        "SOM_POOL_OVERFLOW",
        ByMode {
            development: "10",
            production: "20",
        },
        "Further connections of the main pool under load.",
    ),
    key(
        "database.auth_pool_size",
        "SOM_AUTH_POOL_SIZE",
        Same("4"),
        "Connections kept apart for sign-in and readiness, so that load cannot starve them.",
    ),
    key(
        "database.acquire_timeout_request",
        "SOM_ACQUIRE_TIMEOUT_REQUEST",
        Same("3s"),
        "A request waits this long for a connection, then answers 503. At most 30 s.",
    ),
    key(
        "database.acquire_timeout_background",
        "SOM_ACQUIRE_TIMEOUT_BACKGROUND",
        Same("30s"),
        "Background work waits this long for a connection. At most 30 s.",
    ),
    key(
        "database.recycle",
        "SOM_POOL_RECYCLE",
        Same("1h"),
        "A connection is replaced after this time.",
    ),
    key(
        "database.statement_timeout",
        "SOM_STATEMENT_TIMEOUT",
        Same("5s"),
        "A statement of a request is ended after this time.",
    ),
    key(
        "database.auto_migrate",
        "SOM_AUTO_MIGRATE",
        Same("true"),
        "Whether `som serve` applies pending migrations. Off: it refuses to start until `som migrate up` ran.",
    ),
    secret(
        "secrets.session_key",
        "SOM_SESSION_KEY",
        "Signs access tokens (Ed25519 seed). 32 random bytes or more, base64 or hex: `openssl rand -base64 32`.",
    ),
    secret(
        "secrets.csrf_key",
        "SOM_CSRF_KEY",
        "Binds CSRF tokens to sessions. 32 random bytes or more, base64 or hex.",
    ),
    secret(
        "secrets.cursor_key",
        "SOM_CURSOR_KEY",
        "Signs list cursors. 32 random bytes or more, base64 or hex.",
    ),
    secret(
        "secrets.encryption_key",
        "SOM_ENCRYPTION_KEY",
        "Wraps the keys that seal personal data. Without it that data is lost: keep a copy apart from the database's backups. 32 random bytes or more, base64 or hex.",
    ),
    secret(
        "secrets.encryption_key_previous",
        "SOM_ENCRYPTION_KEY_PREVIOUS",
        "The encryption key before the last change of it; needed as long as keys remain that it wrapped.",
    ),
    key(
        "session.access_ttl",
        "SOM_ACCESS_TTL",
        Same("15m"),
        "Life of an access token. At most 60 minutes.",
    ),
    key(
        "session.idle",
        "SOM_SESSION_IDLE",
        Same("30m"),
        "A session without use ends after this time.",
    ),
    key(
        "session.absolute",
        "SOM_SESSION_ABSOLUTE",
        Same("12h"),
        "A session ends after this time in any case.",
    ),
    key(
        "session.remember",
        "SOM_SESSION_REMEMBER",
        Same("30d"),
        "The same for a session with \"remember me\".",
    ),
    key(
        "session.max_sessions",
        "SOM_MAX_SESSIONS",
        Same("10"),
        "Sessions of one person at most; the oldest ends.",
    ),
    key(
        "limits.enabled",
        "SOM_LIMITS",
        Same("true"),
        "Rate limits on or off. Off is for load tests.",
    ),
    key(
        "limits.store",
        "SOM_LIMITS_STORE",
        Same("memory"),
        "Where they are counted: `memory` (each process by itself), `postgres` (sign-in, sign-up and passwords for all instances) or `redis` (all limits for all instances).",
    ),
    secret(
        "limits.redis_url",
        "SOM_REDIS_URL",
        "Redis of `limits.store`: `redis://user:password@host:6379/0`, `rediss://` for TLS, `unix:///path`.",
    ),
    key(
        "limits.instances",
        "SOM_INSTANCES",
        Same("1"),
        "How many instances share the limits: each grants its part alone while Redis or the database does not answer.",
    ),
    key(
        "limits.global_per_minute",
        "SOM_LIMIT_GLOBAL_PER_MINUTE",
        Same("100"),
        "Anonymous requests per client address and minute.",
    ),
    key(
        "limits.sign_in_per_15_min",
        "SOM_LIMIT_SIGN_IN_PER_15_MIN",
        Same("10"),
        "Sign-in attempts per client address, and failures per account, in 15 minutes.",
    ),
    key(
        "limits.user_per_minute",
        "SOM_LIMIT_USER_PER_MINUTE",
        Same("600"),
        "Requests per signed-in person and minute.",
    ),
    key(
        "limits.api_key_per_minute",
        "SOM_LIMIT_API_KEY_PER_MINUTE",
        Same("600"),
        "Requests per API key and minute; a key and those that replace it share them.",
    ),
    key(
        "limits.sign_up_per_hour",
        "SOM_LIMIT_SIGN_UP_PER_HOUR",
        Same("5"),
        "Sign-ups per client address, and per e-mail address, in an hour.",
    ),
    key(
        "limits.reset_per_hour",
        "SOM_LIMIT_RESET_PER_HOUR",
        Same("3"),
        "Requests for a new password per client address, and per e-mail address, in an hour.",
    ),
    key(
        "limits.reset_completion_per_hour",
        "SOM_LIMIT_RESET_COMPLETION_PER_HOUR",
        Same("5"),
        "New passwords set by link per client address, and per e-mail address, in an hour.",
    ),
    key(
        "limits.second_factor_per_15_min",
        "SOM_LIMIT_SECOND_FACTOR_PER_15_MIN",
        Same("10"),
        "Codes of second factors per client address at sign-in, and per person, in 15 minutes.",
    ),
    key(
        "log.format",
        "SOM_LOG_FORMAT",
        ByMode {
            development: "pretty",
            production: "json",
        },
        "`json` (one line per request) or `pretty`.",
    ),
    key(
        "log.level",
        "SOM_LOG",
        Same("info"),
        "`error`, `warn`, `info`, `debug`, `trace`, or a filter such as `info,sqlx=warn`.",
    ),
    key(
        "security.x_xss_protection",
        "SOM_X_XSS_PROTECTION",
        Same("1; mode=block"),
        "Value of the X-XSS-Protection header. Browsers of today ignore it; `0` turns it off.",
    ),
    key(
        "security.hsts",
        "SOM_HSTS",
        ByMode {
            development: "",
            production: "max-age=63072000; includeSubDomains",
        },
        "Value of Strict-Transport-Security; empty: not sent.",
    ),
    key(
        "security.password_memory_kib",
        "SOM_PASSWORD_MEMORY_KIB",
        Same("19456"),
        "Memory of one password hash (argon2id) in KiB. Less than 19456 is for tests and refused in production.",
    ),
    key(
        "jobs.enabled",
        "SOM_JOBS",
        Same("true"),
        "Whether `som serve` also runs background jobs.",
    ),
    key(
        "jobs.workers",
        "SOM_JOB_WORKERS",
        Same("2"),
        "Jobs at the same time in one process.",
    ),
    key(
        "jobs.poll_interval",
        "SOM_JOB_POLL_INTERVAL",
        Same("5s"),
        "How often a worker that nobody wakes looks for work; queued jobs are announced.",
    ),
    key(
        "audit.checkpoints_file",
        "SOM_AUDIT_CHECKPOINTS",
        Unset,
        "File that signed checkpoints of the audit log are appended to, best where the server may add and not change. They are also lines of the server's log.",
    ),
    key(
        "mail.transport",
        "SOM_MAIL",
        ByMode {
            development: "outbox",
            production: "off",
        },
        "`smtp` sends; `outbox` writes mails as files into `outbox` of the data directory; `off` sends nothing, and nothing that needs a mail works.",
    ),
    key("mail.host", "SOM_MAIL_HOST", Unset, "The mail server."),
    key(
        "mail.port",
        "SOM_MAIL_PORT",
        Same("587"),
        "Its port: 587 with `starttls`, 465 with `tls`.",
    ),
    key(
        "mail.tls",
        "SOM_MAIL_TLS",
        Same("starttls"),
        "`starttls`, `tls` (from the first byte) or `none`, which production allows on this machine only.",
    ),
    key(
        "mail.user",
        "SOM_MAIL_USER",
        Unset,
        "Login at the mail server, when it wants one.",
    ),
    secret(
        "mail.password",
        "SOM_MAIL_PASSWORD",
        "Password of the login at the mail server.",
    ),
    key(
        "mail.from",
        "SOM_MAIL_FROM",
        Unset,
        "The sender: an address, or `Orders <orders@example.com>`.",
    ),
    key(
        "mail.timeout",
        "SOM_MAIL_TIMEOUT",
        Same("10s"),
        "Patience for each step of the conversation with the mail server.",
    ),
    key(
        "accounts.sign_up",
        "SOM_SIGN_UP",
        Same("invitation"),
        "Who gets an account: `open` lets anybody sign up with a new organization, `invitation` only people whom a member invites, `off` nobody but by an administrator's hand.",
    ),
    key(
        "accounts.email_domains",
        "SOM_SIGN_UP_DOMAINS",
        Same(""),
        "Comma-separated domains (`example.com`, `*.example.com`) that may sign up. Empty: all.",
    ),
];

/// The key with this name.
pub fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|k| k.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn names_and_variables_are_unique_and_well_formed() {
        let names: HashSet<_> = KEYS.iter().map(|k| k.name).collect();
        let vars: HashSet<_> = KEYS.iter().map(|k| k.env).collect();
        assert_eq!(names.len(), KEYS.len());
        assert_eq!(vars.len(), KEYS.len());
        assert!(KEYS.iter().all(|k| k.env.starts_with("SOM_")
            && !k.env.ends_with("_FILE")
            && k.doc.ends_with(['.', '`'])));
    }
}
