//! What a page may load so that a provider can ask: nothing more than it needs.

use crate::config::CaptchaProvider;

/// Sources beside our own files, by directive; each begins with a space or is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sources {
    /// `script-src`.
    pub script: &'static str,
    /// `style-src`.
    pub style: &'static str,
    /// `connect-src`.
    pub connect: &'static str,
    /// `frame-src`.
    pub frame: &'static str,
}

/// The sources of a provider; `None` when our own are enough.
pub const fn sources(provider: CaptchaProvider) -> Option<Sources> {
    match provider {
        CaptchaProvider::Off | CaptchaProvider::ProofOfWork => None,
        CaptchaProvider::RecaptchaV2 | CaptchaProvider::RecaptchaV3 => Some(Sources {
            script: " https://www.google.com/recaptcha/ https://www.gstatic.com/recaptcha/",
            style: "",
            connect: " https://www.google.com/recaptcha/",
            frame: " https://www.google.com/recaptcha/ https://recaptcha.google.com/recaptcha/",
        }),
        CaptchaProvider::Turnstile => Some(Sources {
            script: " https://challenges.cloudflare.com",
            style: "",
            connect: "",
            frame: " https://challenges.cloudflare.com",
        }),
        CaptchaProvider::Hcaptcha => Some(Sources {
            script: " https://hcaptcha.com https://*.hcaptcha.com",
            style: " https://hcaptcha.com https://*.hcaptcha.com",
            connect: " https://hcaptcha.com https://*.hcaptcha.com",
            frame: " https://hcaptcha.com https://*.hcaptcha.com",
        }),
    }
}
