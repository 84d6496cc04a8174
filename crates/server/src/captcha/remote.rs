//! Answers that another house checks: reCAPTCHA, Turnstile and hCaptcha speak alike.

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;

use super::{Judging, Provider, Shown, Verdict};
use crate::config::{CaptchaProvider, Config};
use crate::outbound::Outbound;

/// A provider with its keys.
#[derive(Debug)]
pub(super) struct Remote {
    kind: CaptchaProvider,
    outbound: Outbound,
    url: Url,
    secret: SecretString,
    site_key: String,
    /// Answers given on another site are somebody else's.
    hostname: String,
    min_score: f64,
}

/// What it says of an answer.
#[derive(Debug, Deserialize)]
struct Said {
    success: bool,
    #[serde(default)]
    hostname: Option<String>,
    #[serde(default)]
    action: Option<String>,
    #[serde(default)]
    score: Option<f64>,
    #[serde(default, rename = "error-codes")]
    error_codes: Vec<String>,
}

impl Remote {
    /// `None` without keys, which the configuration refuses.
    pub(super) fn new(config: &Config, outbound: Outbound) -> Option<Self> {
        let settings = &config.captcha;
        Some(Self {
            kind: settings.provider,
            outbound,
            url: settings.verify_url.clone()?,
            secret: settings.secret.clone()?,
            site_key: settings.site_key.clone()?,
            hostname: config.server.public_url.host_str()?.to_owned(),
            min_score: f64::from(settings.min_score_percent) / 100.0,
        })
    }

    async fn ask(&self, shown: Shown<'_>) -> Verdict {
        let ip = shown.ip.map(|ip| ip.to_string()).unwrap_or_default();
        let mut fields = vec![
            ("secret", self.secret.expose_secret()),
            ("response", shown.answer),
        ];
        if !ip.is_empty() {
            fields.push(("remoteip", &ip));
        }
        if self.kind == CaptchaProvider::Hcaptcha {
            fields.push(("sitekey", &self.site_key));
        }
        let Ok(answer) = self.outbound.post_form(&self.url, &fields).await else {
            return Verdict::Unknown("no answer");
        };
        if !answer.status().is_success() {
            return Verdict::Unknown("not a success");
        }
        match serde_json::from_slice(answer.body()) {
            Ok(said) => self.weigh(&said, shown.purpose.as_str()),
            Err(_) => Verdict::Unknown("not an answer"),
        }
    }

    fn weigh(&self, said: &Said, action: &str) -> Verdict {
        let ours =
            |code: &String| code.ends_with("-input-secret") || code == "sitekey-secret-mismatch";
        if said.error_codes.iter().any(ours) {
            return Verdict::Unknown("our keys are refused");
        }
        if !said.success {
            return Verdict::Doubt("refused");
        }
        if said.hostname.as_deref() != Some(self.hostname.as_str()) {
            return Verdict::Doubt("another host");
        }
        let named = matches!(
            self.kind,
            CaptchaProvider::RecaptchaV3 | CaptchaProvider::Turnstile
        );
        if named && said.action.as_deref() != Some(action) {
            return Verdict::Doubt("another action");
        }
        let scored = self.kind == CaptchaProvider::RecaptchaV3;
        if scored && !said.score.is_some_and(|score| score >= self.min_score) {
            return Verdict::Doubt("a low score");
        }
        Verdict::Person
    }
}

impl Provider for Remote {
    fn judge<'a>(&'a self, _: &'a crate::db::Db, shown: Shown<'a>) -> Judging<'a> {
        Box::pin(async move { Ok(self.ask(shown).await) })
    }
}
