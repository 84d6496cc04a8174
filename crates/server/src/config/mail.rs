//! Section `mail`: how mails leave the house.
use super::Fault;
use super::reader::Reader;
use super::value::FromText;
use secrecy::SecretString;
use std::time::Duration;

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
