//! The ways a mail leaves: SMTP, files for development, or not at all.

use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, Utc};
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use secrecy::ExposeSecret;
use uuid::Uuid;

use crate::config::{Config, MailConfig, MailTls, MailTransport};
use crate::jobs::JobError;

/// A whole conversation with the mail server takes no longer, whatever its steps do.
const CONVERSATION_STEPS: u32 = 4;

/// A mail ready to go.
#[derive(Debug)]
pub struct Outgoing {
    /// Becomes the Message-ID: a mail sent twice after a crash is recognised as one.
    pub id: Uuid,
    /// The recipient.
    pub to: String,
    /// Subject.
    pub subject: String,
    /// Body as text.
    pub plain: String,
    /// Body as HTML.
    pub html: String,
}

/// What mails leave through.
pub struct Mailer {
    from: Mailbox,
    host: String,
    timeout: Duration,
    way: Way,
}

enum Way {
    Off,
    Outbox(PathBuf),
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
}

impl std::fmt::Debug for Mailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let way = match &self.way {
            Way::Off => "off",
            Way::Outbox(_) => "outbox",
            Way::Smtp(_) => "smtp",
        };
        f.debug_struct("Mailer").field("way", &way).finish()
    }
}

impl Mailer {
    /// From the configuration; connects when something is sent. Errors when sender or TLS cannot be used.
    pub fn new(config: &Config) -> anyhow::Result<Self> {
        let mail = &config.mail;
        let way = match mail.transport {
            MailTransport::Off => Way::Off,
            MailTransport::Outbox => Way::Outbox(config.data_dir.join("outbox")),
            MailTransport::Smtp => Way::Smtp(smtp(mail, config)?),
        };
        Ok(Self {
            from: mail
                .from
                .parse()
                .map_err(|e| anyhow::anyhow!("mail.from: {e}"))?,
            host: config
                .server
                .public_url
                .host_str()
                .unwrap_or("localhost")
                .to_owned(),
            timeout: mail.timeout * CONVERSATION_STEPS,
            way,
        })
    }

    /// Sends a mail. Errors: permanent when the server will never take it, else worth another try.
    pub async fn send(&self, mail: &Outgoing, now: DateTime<Utc>) -> Result<(), JobError> {
        let message = self
            .message(mail, now)
            .map_err(|e| JobError::Permanent(format!("the mail cannot be written: {e}")))?;
        match &self.way {
            Way::Off => Err(JobError::Permanent("mail is off".into())),
            Way::Outbox(dir) => keep(dir, mail.id, &message.formatted()).await,
            Way::Smtp(smtp) => tokio::time::timeout(self.timeout, smtp.send(message))
                .await
                .map_err(|_| JobError::Retry("the mail server took too long".into()))?
                .map(|_| ())
                .map_err(verdict),
        }
    }

    /// Says hello to the mail server, for `som doctor`.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub async fn check(&self) -> Result<&'static str, String> {
        match &self.way {
            Way::Off => Ok("off"),
            Way::Outbox(_) => Ok("written into files (outbox)"),
            Way::Smtp(smtp) => {
                match tokio::time::timeout(self.timeout, smtp.test_connection()).await {
                    Ok(Ok(true)) => Ok("the mail server answers"),
                    Ok(Ok(false)) => Err("the mail server hung up".into()),
                    Ok(Err(error)) => Err(error.to_string()),
                    Err(_) => Err("the mail server does not answer in time".into()),
                }
            }
        }
    }

    fn message(&self, mail: &Outgoing, now: DateTime<Utc>) -> anyhow::Result<Message> {
        let auto = HeaderName::new_from_ascii_str("Auto-Submitted");
        Ok(Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, mail.to.parse()?))
            .subject(mail.subject.clone())
            .date(now.into())
            .message_id(Some(format!("<{}@{}>", mail.id, self.host)))
            // no out-of-office answers to a sender that reads none
            .raw_header(HeaderValue::new(auto, "auto-generated".to_owned()))
            .multipart(MultiPart::alternative_plain_html(
                mail.plain.clone(),
                mail.html.clone(),
            ))?)
    }
}

fn smtp(mail: &MailConfig, config: &Config) -> anyhow::Result<AsyncSmtpTransport<Tokio1Executor>> {
    let tls = |wrap: fn(TlsParameters) -> Tls| {
        Ok::<_, anyhow::Error>(wrap(TlsParameters::new(mail.host.clone())?))
    };
    let tls = match mail.tls {
        MailTls::StartTls => tls(Tls::Required)?,
        MailTls::Wrapped => tls(Tls::Wrapper)?,
        MailTls::None => Tls::None,
    };
    let hello = config.server.public_url.host_str().unwrap_or("localhost");
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&mail.host)
        .port(mail.port)
        .tls(tls)
        .timeout(Some(mail.timeout))
        .hello_name(ClientId::Domain(hello.to_owned()));
    if let (Some(user), Some(password)) = (&mail.user, &mail.password) {
        builder = builder.credentials(Credentials::new(
            user.clone(),
            password.expose_secret().to_owned(),
        ));
    }
    Ok(builder.build())
}

/// 5xx is final, everything else passes. The server's words may repeat the address: they stay in the job, which only
/// operators see.
fn verdict(error: lettre::transport::smtp::Error) -> JobError {
    if error.is_permanent() {
        JobError::Permanent(format!("the mail server refused it: {error}"))
    } else {
        JobError::Retry(format!("the mail could not be sent: {error}"))
    }
}

/// Writes a mail into the outbox, readable by its owner only: it holds links.
async fn keep(dir: &std::path::Path, id: Uuid, bytes: &[u8]) -> Result<(), JobError> {
    let path = dir.join(format!("{id}.eml"));
    let text = String::from_utf8_lossy(bytes).into_owned();
    let target = path.clone();
    tokio::task::spawn_blocking(move || crate::config::write_private(&target, &text))
        .await
        .map_err(|e| JobError::Retry(e.to_string()))?
        .map_err(|e| JobError::Retry(format!("the outbox cannot be written: {e}")))?;
    tracing::info!(path = %path.display(), "a mail was written into the outbox");
    Ok(())
}
