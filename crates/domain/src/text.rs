//! Bounded text: trimmed, of known length, free of control characters and of characters that disguise others.

use std::str::FromStr;

use crate::scalar::{Invalid, Scalar};

/// Bidirectional overrides and isolates: they can make a text read as something else.
fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

pub(crate) fn check(text: &str, min: usize, max: usize, multi_line: bool) -> Result<&str, Invalid> {
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

        impl<$($generics)*> std::fmt::Display for $name<$($args)*> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&self.0)
            }
        }

        impl<$($generics)*> std::fmt::Debug for $name<$($args)*> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Debug::fmt(&self.0, f)
            }
        }

        impl<$($generics)*> AsRef<str> for $name<$($args)*> {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        $crate::scalar::scalar_traits!([$($generics)*] $name<$($args)*>);
    };
}

pub(crate) use text_scalar;

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

    proptest! {
        #[test]
        fn parsing_twice_changes_nothing(text: String) {
            if let Ok(once) = text.parse::<LongText<100>>() {
                prop_assert_eq!(once.as_str().parse::<LongText<100>>(), Ok(once));
            }
            let _ = (text.parse::<Text<1, 5>>(), text.parse::<Code>(), text.parse::<Sku>());
        }
    }
}
