//! Section `mail`: how mails leave the house.
use super::Fault;
use super::keys::DefaultValue::{ByMode, None as Unset, Same};
use super::keys::{Key, key, secret};
use super::reader::Reader;
use super::value::FromText;
use secrecy::SecretString;
use std::time::Duration;

/// Its keys.
pub(super) const KEYS: &[Key] = &[
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
];

/// Where mails go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailTransport {
    /// Nowhere: nothing that needs a mail works.
    Off,
    /// Into files of the data directory, for development.
    Outbox,
    /// To a mail server.
    Smtp,
}

impl FromText for MailTransport {
    fn from_text(text: &str) -> Result<Self, String> {
        match text {
            "off" => Ok(Self::Off),
            "outbox" => Ok(Self::Outbox),
            "smtp" => Ok(Self::Smtp),
            _ => Err("expected off, outbox or smtp".into()),
        }
    }
}

/// How the connection to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailTls {
    /// Begins in the clear and must become TLS before anything is said (port 587).
    StartTls,
    /// TLS from the first byte (port 465).
    Wrapped,
    /// Not at all: on this machine only.
    None,
}

impl FromText for MailTls {
    fn from_text(text: &str) -> Result<Self, String> {
        match text {
            "starttls" => Ok(Self::StartTls),
            "tls" => Ok(Self::Wrapped),
            "none" => Ok(Self::None),
            _ => Err("expected starttls, tls or none".into()),
        }
    }
}

/// How mails leave the house.
#[derive(Debug, Clone)]
pub struct MailConfig {
    /// Where mails go.
    pub transport: MailTransport,
    /// The mail server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Protection of the connection.
    pub tls: MailTls,
    /// Login, when it wants one.
    pub user: Option<String>,
    /// Its password.
    pub password: Option<SecretString>,
    /// The sender, as `Name <address>` or an address.
    pub from: String,
    /// Patience for each step of the conversation.
    pub timeout: Duration,
}

impl MailConfig {
    pub(super) fn read(r: &mut Reader<'_>) -> Option<Self> {
        let transport = r.get("mail.transport");
        let host: Option<String> = r.optional("mail.host");
        let port = r.number("mail.port", 1, 65_535);
        let tls = r.get("mail.tls");
        let user = r.optional("mail.user");
        let password: Option<SecretString> = r.optional("mail.password");
        let from: Option<String> = r.optional("mail.from");
        let timeout = r.duration(
            "mail.timeout",
            Duration::from_millis(100),
            Duration::from_secs(60),
        );
        if transport == Some(MailTransport::Smtp) {
            for (name, missing) in [("mail.host", host.is_none()), ("mail.from", from.is_none())] {
                if missing {
                    r.faults
                        .push(Fault::of(name, "must be set to send mail".into()));
                }
            }
        }
        if user.is_some() != password.is_some() {
            r.faults.push(Fault::of(
                "mail.password",
                "mail.user and mail.password belong together".into(),
            ));
        }
        if from.as_deref().is_some_and(|from| !is_mailbox(from)) {
            r.faults.push(Fault::of(
                "mail.from",
                "is not an address such as Orders <orders@example.com>".into(),
            ));
        }
        Some(Self {
            transport: transport?,
            host: host.unwrap_or_else(|| "localhost".to_owned()),
            port: u16::try_from(port?).ok()?,
            tls: tls?,
            user,
            password,
            from: from.unwrap_or_else(|| "Sales Order Manager <no-reply@localhost>".to_owned()),
            timeout: timeout?,
        })
    }
}

fn is_mailbox(text: &str) -> bool {
    text.parse::<lettre::message::Mailbox>().is_ok()
}
