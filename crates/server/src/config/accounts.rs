//! Section `accounts`: who gets an account.
use super::keys::DefaultValue::Same;
use super::keys::{Key, key};
use super::reader::Reader;
use super::value::{FromText, domain_fits};

/// Its keys.
pub(super) const KEYS: &[Key] = &[
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

/// Who gets an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignUp {
    /// Nobody but by an administrator's hand.
    Off,
    /// Whom a member invites.
    Invitation,
    /// Anybody, with a new organization.
    Open,
}

impl FromText for SignUp {
    fn from_text(text: &str) -> Result<Self, String> {
        match text {
            "off" => Ok(Self::Off),
            "invitation" => Ok(Self::Invitation),
            "open" => Ok(Self::Open),
            _ => Err("expected off, invitation or open".into()),
        }
    }
}

/// Who gets an account.
#[derive(Debug, Clone)]
pub struct AccountsConfig {
    /// Who may sign up.
    pub sign_up: SignUp,
    /// Domains of addresses that may; empty: all.
    pub email_domains: Vec<String>,
}

impl AccountsConfig {
    pub(super) fn read(r: &mut Reader<'_>) -> Option<Self> {
        let sign_up = r.get("accounts.sign_up");
        let domains: Option<Vec<String>> = r.get("accounts.email_domains");
        Some(Self {
            sign_up: sign_up?,
            email_domains: domains?.iter().map(|d| d.to_ascii_lowercase()).collect(),
        })
    }

    /// Whether an address may sign up.
    pub fn takes(&self, email: &str) -> bool {
        let domain = email.rsplit('@').next().unwrap_or_default();
        let domain = domain.to_ascii_lowercase();
        let fits = |rule: &String| domain_fits(rule, &domain);
        self.email_domains.is_empty() || self.email_domains.iter().any(fits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_are_exact_or_below_a_star() {
        let rules = |text: &str| AccountsConfig {
            sign_up: SignUp::Open,
            email_domains: FromText::from_text(text).unwrap(),
        };
        assert!(rules("").takes("a@anything.example"));
        let two = rules("example.com, *.example.org");
        assert!(two.takes("a@Example.com") && two.takes("a@x.y.example.org"));
        for other in [
            "a@example.org",
            "a@badexample.com",
            "a@x.example.com",
            "a@badexample.org",
            "a@.example.org",
        ] {
            assert!(!two.takes(other), "{other}");
        }
    }
}
