//! Bounded text: trimmed, of known length, free of control characters and of characters that disguise others.

use std::fmt;
use std::str::FromStr;

use crate::scalar::{Invalid, Scalar, scalar_traits};

/// Bidirectional overrides and isolates: they can make a text read as something else.
fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

fn check(text: &str, min: usize, max: usize, multi_line: bool) -> Result<&str, Invalid> {
    let text = text.trim();
    let allowed = |c: char| multi_line && matches!(c, '\n' | '\t' | '\r');
    if text.chars().any(|c| c.is_control() && !allowed(c)) {
        return Err(Invalid::new(
            "control_character",
            "contains a control character",
        ));
    }
    if text.chars().any(is_bidi_control) {
        return Err(Invalid::new(
            "bidi_control",
            "contains a character that changes the reading direction",
        ));
    }
    let length = text.chars().count();
    if length < min {
        let message = if length == 0 {
            "is empty".to_owned()
        } else {
            format!("is shorter than {min} characters")
        };
        return Err(Invalid::new(
            if length == 0 { "empty" } else { "too_short" },
            message,
        ));
    }
    if length > max {
        return Err(Invalid::new(
            "too_long",
            format!("is longer than {max} characters"),
        ));
    }
    Ok(text)
}

/// A string newtype: private content, `as_str`, `Display`, scalar traits.
macro_rules! text_scalar {
    ($(#[$meta:meta])* $name:ident [$($generics:tt)*] [$($args:tt)*]) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name<$($generics)*>(String);

        impl<$($generics)*> $name<$($args)*> {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The text, owned.
            pub fn into_string(self) -> String {
                self.0
            }
        }

        impl<$($generics)*> fmt::Display for $name<$($args)*> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl<$($generics)*> fmt::Debug for $name<$($args)*> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }

        impl<$($generics)*> AsRef<str> for $name<$($args)*> {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        scalar_traits!([$($generics)*] $name<$($args)*>);
    };
}

text_scalar! {
    /// One line of `MIN` to `MAX` characters, without surrounding blanks.
    Text [const MIN: usize, const MAX: usize,] [MIN, MAX]
}

impl<const MIN: usize, const MAX: usize> FromStr for Text<MIN, MAX> {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        check(text, MIN, MAX, false).map(|text| Text(text.to_owned()))
    }
}

impl<const MIN: usize, const MAX: usize> Scalar for Text<MIN, MAX> {
    const DESCRIPTION: &'static str = "One line of text without control characters";
    const EXAMPLE: &'static str = "Text";
    const MIN_LENGTH: Option<usize> = Some(MIN);
    const MAX_LENGTH: Option<usize> = Some(MAX);
}

text_scalar! {
    /// Up to `MAX` characters over several lines; line ends become `\n`.
    LongText [const MAX: usize,] [MAX]
}

impl<const MAX: usize> FromStr for LongText<MAX> {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        check(&text, 0, MAX, true).map(|text| LongText(text.to_owned()))
    }
}

impl<const MAX: usize> Scalar for LongText<MAX> {
    const DESCRIPTION: &'static str = "Text of several lines";
    const EXAMPLE: &'static str = "First line\nSecond line";
    const MAX_LENGTH: Option<usize> = Some(MAX);
}

/// The name of a person, a company, a product, a list …
pub type Name = Text<1, 200>;

text_scalar! {
    /// A stock keeping unit: what people type to find a product.
    Sku [] []
}

impl FromStr for Sku {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        check(text, 1, 64, false).map(|text| Sku(text.to_owned()))
    }
}

impl Scalar for Sku {
    const DESCRIPTION: &'static str = "Stock keeping unit, unique in the organization";
    const EXAMPLE: &'static str = "HX-1020";
    const MIN_LENGTH: Option<usize> = Some(1);
    const MAX_LENGTH: Option<usize> = Some(64);
}

text_scalar! {
    /// A short code of letters, digits and `. _ - / + &`, single blanks between: a tax, a unit, a customer number.
    Code [] []
}

impl FromStr for Code {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = check(text, 1, 40, false)?;
        let fits = |c: char| {
            c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | '+' | '&' | '%' | ' ')
        };
        if !text.chars().all(fits) {
            return Err(Invalid::new(
                "invalid_code",
                "may contain letters, digits, blanks and . _ - / + & % only",
            ));
        }
        Ok(Code(text.to_owned()))
    }
}

impl Scalar for Code {
    const DESCRIPTION: &'static str = "Short code: letters, digits, blanks and . _ - / + & %";
    const EXAMPLE: &'static str = "VAT20";
    const MIN_LENGTH: Option<usize> = Some(1);
    const MAX_LENGTH: Option<usize> = Some(40);
}

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
    fn text_is_trimmed_and_bounded() {
        assert_eq!(
            "  Müller & Söhne ".parse::<Name>().map(Name::into_string),
            Ok("Müller & Söhne".to_owned())
        );
        assert_eq!(code::<Text<1, 3>>("   "), "empty");
        assert_eq!(code::<Text<2, 3>>("a"), "too_short");
        assert_eq!(code::<Text<1, 3>>("äöüß"), "too_long");
        assert_eq!(code::<Text<1, 9>>("a\0b"), "control_character");
        assert_eq!(code::<Text<1, 9>>("a\nb"), "control_character");
        assert_eq!(code::<Text<1, 9>>("a\u{202E}b"), "bidi_control");
        assert_eq!(
            "a\r\nb\tc"
                .parse::<LongText<9>>()
                .map(LongText::into_string),
            Ok("a\nb\tc".to_owned())
        );
        assert_eq!(code::<LongText<9>>("a\u{7}"), "control_character");
    }

    #[test]
    fn codes_and_skus() {
        assert_eq!(code::<Code>("CG-12520"), "ok");
        assert_eq!(code::<Code>("a;b"), "invalid_code");
        assert_eq!(code::<Sku>("FUR-BO-10001798"), "ok");
        assert_eq!(code::<Sku>(&"x".repeat(65)), "too_long");
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
            if let Ok(once) = text.parse::<LongText<100>>() {
                prop_assert_eq!(once.as_str().parse::<LongText<100>>(), Ok(once));
            }
            if let Ok(once) = text.parse::<Email>() {
                prop_assert_eq!(once.as_str().parse::<Email>(), Ok(once));
            }
            let _ = (text.parse::<Text<1, 5>>(), text.parse::<Code>(), text.parse::<Phone>(), text.parse::<Sku>());
        }
    }
}
