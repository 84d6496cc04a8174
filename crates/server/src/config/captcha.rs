//! Section `captcha`: how a visitor shows to be a person.
use super::Fault;
use super::keys::DefaultValue::{None as Unset, Same};
use super::keys::{Key, key, secret};
use super::reader::Reader;
use super::value::FromText;
use secrecy::SecretString;
use url::Url;

/// Its keys.
pub(super) const KEYS: &[Key] = &[
    key(
        "captcha.provider",
        "SOM_CAPTCHA",
        Same("off"),
        "What signing up, asking for a new password, and signing in after several failures takes beside the form: `proof_of_work` (the browser computes for a moment; needs nobody else), `recaptcha_v2`, `recaptcha_v3`, `turnstile`, `hcaptcha`, or `off`. The last four load scripts of others: pages then allow these, and give up trusted types.",
    ),
    key(
        "captcha.site_key",
        "SOM_CAPTCHA_SITE_KEY",
        Unset,
        "The provider's key for the page.",
    ),
    secret(
        "captcha.secret",
        "SOM_CAPTCHA_SECRET",
        "The provider's key for the server.",
    ),
    key(
        "captcha.min_score_percent",
        "SOM_CAPTCHA_MIN_SCORE",
        Same("50"),
        "With `recaptcha_v3`: the least score, in per cent, of a visitor who is let through.",
    ),
    key(
        "captcha.verify_url",
        "SOM_CAPTCHA_VERIFY_URL",
        Unset,
        "Where answers are checked, when it is not the provider's usual address.",
    ),
    key(
        "captcha.difficulty",
        "SOM_CAPTCHA_DIFFICULTY",
        Same("16"),
        "With `proof_of_work`: how many zero bits are looked for. Each doubles the work; 16 takes a browser about a second.",
    ),
    key(
        "captcha.after_failures",
        "SOM_CAPTCHA_AFTER_FAILURES",
        Same("3"),
        "Failed sign-ins to an address before it is asked for there, too.",
    ),
];

/// How a visitor shows to be a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaptchaProvider {
    /// Not at all.
    Off,
    /// By the server's own proof of work.
    ProofOfWork,
    /// By a box to tick.
    RecaptchaV2,
    /// By a score.
    RecaptchaV3,
    /// By Cloudflare.
    Turnstile,
    /// By hCaptcha.
    Hcaptcha,
}

impl CaptchaProvider {
    /// The stable text form.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::ProofOfWork => "proof_of_work",
            Self::RecaptchaV2 => "recaptcha_v2",
            Self::RecaptchaV3 => "recaptcha_v3",
            Self::Turnstile => "turnstile",
            Self::Hcaptcha => "hcaptcha",
        }
    }

    /// Where its answers are checked; none for what is checked here.
    const fn verify_url(self) -> Option<&'static str> {
        match self {
            Self::Off | Self::ProofOfWork => None,
            Self::RecaptchaV2 | Self::RecaptchaV3 => {
                Some("https://www.google.com/recaptcha/api/siteverify")
            }
            Self::Turnstile => Some("https://challenges.cloudflare.com/turnstile/v0/siteverify"),
            Self::Hcaptcha => Some("https://api.hcaptcha.com/siteverify"),
        }
    }
}

impl FromText for CaptchaProvider {
    fn from_text(text: &str) -> Result<Self, String> {
        let all = [
            Self::Off,
            Self::ProofOfWork,
            Self::RecaptchaV2,
            Self::RecaptchaV3,
            Self::Turnstile,
            Self::Hcaptcha,
        ];
        all.into_iter()
            .find(|one| one.as_str() == text)
            .ok_or_else(|| {
                "expected off, proof_of_work, recaptcha_v2, recaptcha_v3, turnstile or hcaptcha"
                    .into()
            })
    }
}

/// How a visitor shows to be a person.
#[derive(Debug, Clone)]
pub struct CaptchaConfig {
    /// By whom.
    pub provider: CaptchaProvider,
    /// Key for the page.
    pub site_key: Option<String>,
    /// Key for the server.
    pub secret: Option<SecretString>,
    /// Least score in per cent.
    pub min_score_percent: u32,
    /// Where answers are checked.
    pub verify_url: Option<Url>,
    /// Zero bits of the proof of work.
    pub difficulty: u32,
    /// Failed sign-ins before it is asked for.
    pub after_failures: u32,
}

impl CaptchaConfig {
    pub(super) fn read(r: &mut Reader<'_>) -> Option<Self> {
        let provider: Option<CaptchaProvider> = r.get("captcha.provider");
        let site_key: Option<String> = r.optional("captcha.site_key");
        let secret: Option<SecretString> = r.optional("captcha.secret");
        let given: Option<String> = r.optional("captcha.verify_url");
        let given = given.map(|text| Url::parse(&text));
        if matches!(given, Some(Err(_))) {
            let message = "is not an address such as https://verify.example.com/check".into();
            r.faults.push(Fault::of("captcha.verify_url", message));
        }
        let usual = provider.and_then(CaptchaProvider::verify_url);
        if usual.is_some() {
            for (name, missing) in [
                ("captcha.site_key", site_key.is_none()),
                ("captcha.secret", secret.is_none()),
            ] {
                if missing {
                    let message = "must be set for this provider".into();
                    r.faults.push(Fault::of(name, message));
                }
            }
        }
        let min_score_percent = r.number("captcha.min_score_percent", 0, 100);
        let difficulty = r.number("captcha.difficulty", 1, 26);
        let after_failures = r.number("captcha.after_failures", 1, 1000);
        Some(Self {
            provider: provider?,
            site_key,
            secret,
            min_score_percent: min_score_percent?,
            verify_url: usual.and_then(|usual| {
                given
                    .and_then(Result::ok)
                    .or_else(|| Url::parse(usual).ok())
            }),
            difficulty: difficulty?,
            after_failures: after_failures?,
        })
    }
}
