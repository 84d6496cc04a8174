//! Keys of programs: a prefix that scanners for lost secrets know, 256 random bits, and a checksum that finds typing errors without the database.

use zeroize::Zeroizing;

use super::random::{self, Hash};

/// Every key begins like this.
pub const PREFIX: &str = "som_pat_";
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// 43 digits of 62 hold 256 bits.
const SECRET: usize = 43;
/// Six digits of 62 hold the 32 bits of the checksum.
const CHECKSUM: usize = 6;
/// Letters of the secret that are kept to tell keys apart.
const HINT: usize = 4;

/// A fresh key. `Debug` does not show it.
pub struct NewKey {
    /// What the program sends; shown once.
    pub text: Zeroizing<String>,
    /// What is stored.
    pub hash: Hash,
    /// How it begins.
    pub hint: String,
}

impl std::fmt::Debug for NewKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewKey").field("hint", &self.hint).finish()
    }
}

/// Makes a key.
pub fn make() -> anyhow::Result<NewKey> {
    let mut secret = Zeroizing::new(String::with_capacity(SECRET));
    while secret.len() < SECRET {
        let bytes = Zeroizing::new(random::bytes::<64>()?);
        // the bytes above the last multiple of 62 would make some digits likelier
        let fair = bytes.iter().filter(|byte| **byte < 248);
        let digits = fair.filter_map(|byte| DIGITS.get(usize::from(byte % 62)));
        let missing = SECRET - secret.len();
        secret.extend(digits.take(missing).map(|digit| char::from(*digit)));
    }
    let text = Zeroizing::new(format!("{PREFIX}{}{}", *secret, checksum(&secret)));
    Ok(NewKey {
        hash: random::hash(&text),
        hint: text.chars().take(PREFIX.len() + HINT).collect(),
        text,
    })
}

/// The stored form of a key; `None` when it cannot be one.
pub fn hash_of(text: &str) -> Option<Hash> {
    let body = text.strip_prefix(PREFIX)?;
    let right = body.len() == SECRET + CHECKSUM && body.bytes().all(|b| DIGITS.contains(&b));
    let (secret, sum) = body.split_at_checked(SECRET).filter(|_| right)?;
    (sum == checksum(secret)).then(|| random::hash(text))
}

fn checksum(secret: &str) -> String {
    let mut rest = crc32fast::hash(secret.as_bytes()) as usize;
    let mut digits = [b'0'; CHECKSUM];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS.get(rest % 62).copied().unwrap_or(b'0');
        rest /= 62;
    }
    digits.iter().map(|digit| char::from(*digit)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_known_by_its_form_and_a_typing_error_is_found() {
        let (one, other) = (make().unwrap(), make().unwrap());
        assert_ne!(*one.text, *other.text);
        assert_eq!(one.text.len(), PREFIX.len() + SECRET + CHECKSUM);
        assert_eq!(hash_of(&one.text), Some(one.hash));
        assert!(one.text.starts_with(&one.hint) && !format!("{one:?}").contains(&**one.text));
        for at in PREFIX.len()..one.text.len() {
            let mut wrong = one.text.to_string().into_bytes();
            wrong[at] = if wrong[at] == b'a' { b'b' } else { b'a' };
            assert_eq!(hash_of(std::str::from_utf8(&wrong).unwrap()), None, "{at}");
        }
        for wrong in [
            "",
            PREFIX,
            "som_pat_ä",
            &one.text[..56],
            &format!("{}0", *one.text),
        ] {
            assert_eq!(hash_of(wrong), None, "{wrong}");
        }
    }
}
