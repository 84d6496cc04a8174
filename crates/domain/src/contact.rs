//! How to reach people: e-mail addresses and telephone numbers.

use std::str::FromStr;

use crate::scalar::{Invalid, Scalar};
use crate::text::{check, text_scalar};

text_scalar! {
    /// An e-mail address; the domain is lower-cased, the part before the `@` kept.
    Email [] []
}

impl FromStr for Email {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let invalid = || Invalid::new("invalid_email", "is not an e-mail address");
        let text = check(text, 1, 254, false)?;
        let (local, domain) = text.rsplit_once('@').ok_or_else(invalid)?;
        if !is_local_part(local) || !is_domain(domain) {
            return Err(invalid());
        }
        Ok(Email(format!("{local}@{}", domain.to_ascii_lowercase())))
    }
}

fn is_local_part(local: &str) -> bool {
    let atom = |c: char| {
        c.is_ascii_alphanumeric()
            || "!#$%&'*+-/=?^_`{|}~".contains(c)
            || (!c.is_ascii() && c.is_alphanumeric())
    };
    local.len() <= 64
        && local
            .split('.')
            .all(|part| !part.is_empty() && part.chars().all(atom))
}

fn is_domain(domain: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    domain.contains('.') && domain.split('.').all(label)
}

impl Scalar for Email {
    const DESCRIPTION: &'static str = "E-mail address";
    const EXAMPLE: &'static str = "orders@example.com";
    const FORMAT: Option<&'static str> = Some("email");
    const MAX_LENGTH: Option<usize> = Some(254);
}

text_scalar! {
    /// A telephone number as written, 3 to 32 characters with at least three digits.
    Phone [] []
}

impl FromStr for Phone {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = check(text, 3, 32, false)?;
        let fits = |c: char| c.is_ascii_digit() || " +-()./x#".contains(c);
        if !text.chars().all(fits) || text.chars().filter(char::is_ascii_digit).count() < 3 {
            return Err(Invalid::new("invalid_phone", "is not a telephone number"));
        }
        Ok(Phone(text.to_owned()))
    }
}

impl Scalar for Phone {
    const DESCRIPTION: &'static str = "Telephone number";
    const EXAMPLE: &'static str = "+49 30 1234567";
    const PATTERN: Option<&'static str> = Some("^[0-9 +()./x#-]{3,32}$");
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn code<T: Scalar>(text: &str) -> &'static str {
        text.parse::<T>()
            .err()
            .map_or("ok", |invalid| invalid.code())
    }

    #[test]
    fn emails() {
        let mail: Email = " Ann.O'Neil+so@Example.COM".parse().expect("valid");
        assert_eq!(mail.as_str(), "Ann.O'Neil+so@example.com");
        for text in [
            "a",
            "a@b",
            "@b.de",
            "a@",
            "a@b..de",
            "a@-b.de",
            "a b@c.de",
            ".a@b.de",
            "a@b.de\n@x",
            "a,b@c.de",
        ] {
            assert_ne!(code::<Email>(text), "ok", "{text}");
        }
        assert_eq!(
            code::<Email>(&format!("{}@example.com", "a".repeat(65))),
            "invalid_email"
        );
    }

    #[test]
    fn phones() {
        assert_eq!(code::<Phone>("+49 (30) 123-456"), "ok");
        assert_eq!(code::<Phone>("+--"), "invalid_phone");
        assert_eq!(code::<Phone>("call me"), "invalid_phone");
    }

    proptest! {
        #[test]
        fn parsing_twice_changes_nothing(text: String) {
            if let Ok(once) = text.parse::<Email>() {
                prop_assert_eq!(once.as_str().parse::<Email>(), Ok(once));
            }
            let _ = text.parse::<Phone>();
        }
    }
}
