//! That a visitor is a person: asked of whoever signs up, wants a new password, or failed to sign in several times.
//!
//! One question, [`Provider`], with two kinds of answers: those that another house checks ([`remote`]), and a proof of work that needs nobody else
//! ([`work`]). When the other house does not answer nobody gets in unchecked: it is asked again later.

mod policy;
mod remote;
mod work;

use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;

use ::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::json;
use som_domain::text::Text;
use utoipa::ToSchema;

use crate::config::{CaptchaProvider, Config};
use crate::db::Db;
use crate::http::{ApiResult, Problem};
use crate::outbound::Outbound;

pub use policy::{Sources, sources};
pub use work::Challenge;

/// An answer as it comes in: a provider's token, or a solution.
pub type Answer = Text<1, 8192>;

/// What it is asked for; an answer for one opens nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Signing up.
    SignUp,
    /// A new password.
    PasswordReset,
    /// Signing in.
    SignIn,
}

impl Purpose {
    /// The name of the action, for providers that bind answers to one.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignUp => "sign_up",
            Self::PasswordReset => "password_reset",
            Self::SignIn => "sign_in",
        }
    }
}

/// An answer as a visitor gave it.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    /// What it is for.
    pub purpose: Purpose,
    /// The provider's token, or the solution.
    pub answer: &'a str,
    /// From where.
    pub ip: Option<IpAddr>,
    /// When.
    pub now: DateTime<Utc>,
}

/// What a provider says of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// A person.
    Person,
    /// Perhaps not, and why.
    Doubt(&'static str),
    /// Nobody can tell now, and why.
    Unknown(&'static str),
}

/// A verdict on its way.
pub type Judging<'a> = Pin<Box<dyn Future<Output = ApiResult<Verdict>> + Send + 'a>>;

/// Whoever can tell a person.
pub trait Provider: Send + Sync + std::fmt::Debug {
    /// Judges an answer. Errors: the database's.
    fn judge<'a>(&'a self, db: &'a Db, shown: Shown<'a>) -> Judging<'a>;

    /// A question of this server's own, for those who have one.
    fn challenge(&self, purpose: Purpose, now: DateTime<Utc>) -> Option<anyhow::Result<Challenge>> {
        let _ = (purpose, now);
        None
    }
}

/// What a page needs to ask.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CaptchaView {
    /// `off`, `proof_of_work`, `recaptcha_v2`, `recaptcha_v3`, `turnstile` or `hcaptcha`.
    #[schema(example = "proof_of_work")]
    pub provider: &'static str,
    /// The provider's key for the page.
    pub site_key: Option<String>,
    /// What it is always asked for: `sign_up`, `password_reset`. These are also the names of the actions.
    #[schema(example = json!(["sign_up", "password_reset"]))]
    pub asked_for: Vec<&'static str>,
    /// Failed sign-ins to an address before it is asked for there (`sign_in`).
    #[schema(example = 3)]
    pub after_failures: Option<u32>,
}

/// The provider in use.
#[derive(Debug)]
pub struct Captcha {
    provider: Option<Box<dyn Provider>>,
    view: CaptchaView,
}

impl Captcha {
    /// From the configuration.
    ///
    /// # Errors
    /// Never for keys of the configuration's least length.
    pub fn new(config: &Config, outbound: &Outbound) -> anyhow::Result<Self> {
        let settings = &config.captcha;
        let provider: Option<Box<dyn Provider>> = match settings.provider {
            CaptchaProvider::Off => None,
            CaptchaProvider::ProofOfWork => Some(Box::new(work::Work::new(config)?)),
            CaptchaProvider::RecaptchaV2
            | CaptchaProvider::RecaptchaV3
            | CaptchaProvider::Turnstile
            | CaptchaProvider::Hcaptcha => remote::Remote::new(config, outbound.clone())
                .map(|remote| Box::new(remote) as Box<dyn Provider>),
        };
        let on = provider.is_some();
        let asked_for = [Purpose::SignUp, Purpose::PasswordReset];
        Ok(Self {
            view: CaptchaView {
                provider: settings.provider.as_str(),
                site_key: settings.site_key.clone().filter(|_| on),
                asked_for: asked_for
                    .iter()
                    .filter(|_| on)
                    .map(|p| p.as_str())
                    .collect(),
                after_failures: on.then_some(settings.after_failures),
            },
            provider,
        })
    }

    /// What a page needs to ask.
    pub fn view(&self) -> &CaptchaView {
        &self.view
    }

    /// Whether so many failed sign-ins make it asked for.
    pub fn is_due(&self, failures: u32) -> bool {
        self.view
            .after_failures
            .is_some_and(|most| failures >= most)
    }

    /// A question of this server's own. Errors: 409 `no_challenge`.
    pub fn challenge(&self, purpose: Purpose, now: DateTime<Utc>) -> ApiResult<Challenge> {
        let asked = self.provider.as_ref();
        let made = asked.and_then(|provider| provider.challenge(purpose, now));
        let none = || {
            let detail =
                "This server asks no questions of its own. See `GET /api/v1/auth/options`.";
            Problem::conflict("no_challenge", detail)
        };
        Ok(made.ok_or_else(none)??)
    }

    /// Lets persons through. Errors: 403 `captcha_required`, `captcha_failed`; 503 `captcha_unavailable`.
    pub async fn require(
        &self,
        db: &Db,
        purpose: Purpose,
        answer: Option<&str>,
        ip: Option<IpAddr>,
        now: DateTime<Utc>,
    ) -> ApiResult<()> {
        let Some(provider) = &self.provider else {
            return Ok(());
        };
        let Some(answer) = answer else {
            return Err(self
                .refusal("captcha_required", "Show that you are a person.")
                .into());
        };
        let shown = Shown {
            purpose,
            answer,
            ip,
            now,
        };
        match provider.judge(db, shown).await? {
            Verdict::Person => Ok(()),
            Verdict::Doubt(why) => {
                tracing::info!(target: "som::security", purpose = purpose.as_str(), why, "a visitor was not taken for a person");
                let detail = "The answer is wrong, used or too old. Try again.";
                Err(self.refusal("captcha_failed", detail).into())
            }
            Verdict::Unknown(why) => {
                tracing::warn!(
                    provider = self.view.provider,
                    why,
                    "the check of visitors does not answer"
                );
                let detail =
                    "Whether you are a person cannot be checked now. Try again in a moment.";
                let status = StatusCode::SERVICE_UNAVAILABLE;
                Err(Problem::new(status, "captcha_unavailable", detail)
                    .retry_after(30)
                    .into())
            }
        }
    }

    /// 403 that tells what to ask.
    fn refusal(&self, code: &'static str, detail: &str) -> Problem {
        Problem::forbidden(code, detail).with("captcha", json!(self.view))
    }
}
