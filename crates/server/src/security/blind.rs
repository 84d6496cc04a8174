//! Blind indexes: what lets a sealed value be found by an exact search without being readable.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// Bytes kept of the MAC.
const LENGTH: usize = 16;

/// How values are made equal before they are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Normal {
    /// Lower case without spaces around.
    Email,
    /// Digits after a plus where the country is known.
    Phone,
    /// Letters and digits, upper case.
    TaxId,
}

impl Normal {
    /// The form that is compared.
    pub fn apply(self, text: &str) -> String {
        let text = text.trim();
        match self {
            Self::Email => text.to_lowercase(),
            Self::TaxId => text
                .chars()
                .filter(|c| c.is_alphanumeric())
                .flat_map(char::to_uppercase)
                .collect(),
            Self::Phone => {
                let digits: String = text.chars().filter(char::is_ascii_digit).collect();
                match digits.strip_prefix("00") {
                    _ if text.starts_with('+') => format!("+{digits}"),
                    Some(rest) => format!("+{rest}"),
                    None => digits,
                }
            }
        }
    }
}

/// A column that can be searched: its name makes its own key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Indexed {
    /// `table.column`.
    pub column: &'static str,
    /// How its values compare.
    pub normal: Normal,
}

/// The index of a value under an organization's key.
pub(crate) fn index(key: &Zeroizing<[u8; 32]>, indexed: Indexed, text: &str) -> Vec<u8> {
    let column = mac(key.as_slice(), indexed.column.as_bytes());
    let value = Zeroizing::new(indexed.normal.apply(text));
    let mut found = mac(&column, value.as_bytes());
    found.truncate(LENGTH);
    found
}

#[allow(
    clippy::expect_used,
    reason = "HMAC takes a key of any length, there is no other error"
)]
fn mac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length fits");
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_compare_in_their_normal_form() {
        let same = |normal: Normal, a: &str, b: &str| normal.apply(a) == normal.apply(b);
        assert!(same(Normal::Email, " Ada@Example.COM", "ada@example.com"));
        assert!(same(Normal::Phone, "+49 (30) 12-34", "0049301234"));
        assert!(!same(Normal::Phone, "030 1234", "+49301234"));
        assert!(same(Normal::TaxId, "de 123.456/789", "DE123456789"));
    }

    #[test]
    fn each_column_and_key_has_its_own_index() {
        let (one, two) = (Zeroizing::new([1; 32]), Zeroizing::new([2; 32]));
        let column = |column| Indexed {
            column,
            normal: Normal::Email,
        };
        let base = index(&one, column("customers.email"), "a@b.de");
        assert_eq!(base.len(), LENGTH);
        assert_eq!(base, index(&one, column("customers.email"), "A@b.de "));
        assert_ne!(base, index(&one, column("contacts.email"), "a@b.de"));
        assert_ne!(base, index(&two, column("customers.email"), "a@b.de"));
        assert_ne!(base, index(&one, column("customers.email"), "a@b.dk"));
    }
}
