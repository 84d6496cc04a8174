//! Whether a key is good enough for production.
//!
//! Every rule refuses a random key of 32 bytes or more, however it is written, with a chance below 10⁻⁹: the tests compute the largest.
use sha2::{Digest, Sha256, Sha512};
use std::collections::HashSet;

use super::secrets::KEY_BYTES_MIN;

/// Fewest different bytes; 32 random ones have about 30, and fewer than this with a chance of 10⁻¹⁶.
const DISTINCT_MIN: usize = 16;
/// A byte this many times in a row; random with a chance of 10⁻¹⁰.
const RUN_MAX: usize = 5;
/// What people write where a key belongs. Shorter words would be met in random base64.
const WORDS: &[&str] = &[
    "example",
    "changeme",
    "change-me",
    "change_me",
    "mysecret",
    "secretkey",
    "supersecret",
    "secret-",
    "secret_",
    "-secret",
    "_secret",
    "password",
    "insecure",
];
/// Words whose hashes pass for keys.
const HASHED: &[&str] = &[
    "", "admin", "changeme", "example", "key", "password", "secret", "som", "test",
];
/// The secret keys of the examples in RFC 8032.
const PUBLISHED: &[&str] = &[
    "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=",
    "TM0Imyj/ltqdtsNG7BFOD1uKMZ81q6Yk2oz27U+4pvs=",
    "xaqN9D+fg3vtt0QvMdy3sWbThTUHbwlLhc46LgtEWPc=",
];

/// Why a key must not be used in production. `text` is the key as written, `bytes` what it stands for.
pub(super) fn weakness(text: &str, bytes: &[u8]) -> Option<String> {
    if has_word(text) || is_well_known(bytes) {
        return Some("is an example value: make your own with `openssl rand -base64 32`".into());
    }
    if bytes.len() < KEY_BYTES_MIN {
        return Some(format!(
            "is weak: {} bytes, at least {KEY_BYTES_MIN} are needed",
            bytes.len()
        ));
    }
    if repeats(bytes) || is_periodic(text.as_bytes()) {
        return Some("is weak: it repeats itself instead of being random".into());
    }
    // 32 random bytes are all printable with a chance of 10⁻¹⁴; their base64 has capitals and small letters but for 10⁻⁹·⁴
    if bytes.iter().all(|b| (0x20..0x7f).contains(b)) || is_one_case(text) {
        return Some("is weak: it is readable text instead of random bytes".into());
    }
    None
}

/// Words of up to seven letters in the three ways people write them: random text of mixed case holds `eXaMPle` too often.
fn has_word(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    WORDS.iter().any(|word| {
        if word.len() > 7 {
            return lower.contains(word);
        }
        let capitalized = word.get(..1).map(str::to_uppercase).unwrap_or_default();
        let capitalized = capitalized + word.get(1..).unwrap_or_default();
        text.contains(word) || text.contains(&word.to_uppercase()) || text.contains(&capitalized)
    })
}

fn is_well_known(bytes: &[u8]) -> bool {
    let hashed =
        |word: &&str| bytes == &Sha256::digest(word)[..] || bytes == &Sha512::digest(word)[..];
    let published = |key: &&str| super::secrets::decode(key).as_deref() == Some(bytes);
    HASHED.iter().any(hashed) || PUBLISHED.iter().any(published)
}

fn repeats(bytes: &[u8]) -> bool {
    let distinct: HashSet<_> = bytes.iter().collect();
    let run = bytes
        .windows(RUN_MAX + 1)
        .any(|run| run.windows(2).all(|pair| pair[0] == pair[1]));
    distinct.len() < DISTINCT_MIN || run || steps_evenly(bytes) || is_periodic(bytes)
}

/// Counting up, down or in steps: one difference makes a third of all.
fn steps_evenly(bytes: &[u8]) -> bool {
    let mut counts = [0usize; 256];
    for pair in bytes.windows(2) {
        counts[usize::from(pair[1].wrapping_sub(pair[0]))] += 1;
    }
    counts.iter().any(|count| count * 3 > bytes.len())
}

/// A part of at most half the length over and over.
fn is_periodic(text: &[u8]) -> bool {
    (1..=text.len() / 2).any(|period| text.iter().zip(&text[period..]).all(|(a, b)| a == b))
}

/// Words and digits, not base64 of anything; hexadecimal digits are of one case rightly.
fn is_one_case(text: &str) -> bool {
    let hexadecimal = text.bytes().all(|b| b.is_ascii_hexdigit());
    let has = |test: fn(&u8) -> bool| text.bytes().any(|b| test(&b));
    let mixed = has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase);
    !hexadecimal && !mixed
}

#[cfg(test)]
mod tests {
    use super::super::secrets::decode;
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
    use rand::rngs::StdRng;
    use rand::{RngCore, SeedableRng};

    fn verdict(text: &str) -> Option<String> {
        weakness(text, &decode(text).unwrap_or_default())
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|b| format!("{b:02x}")).collect()
    }

    #[test]
    fn random_keys_pass_however_they_are_written() {
        let mut random = StdRng::seed_from_u64(0x736f_6d21);
        for round in 0..20_000usize {
            let mut bytes = vec![0u8; [32, 32, 33, 48, 64][round % 5]];
            random.fill_bytes(&mut bytes);
            for text in [
                hex(&bytes),
                hex(&bytes).to_uppercase(),
                STANDARD.encode(&bytes),
                STANDARD_NO_PAD.encode(&bytes),
                URL_SAFE.encode(&bytes),
                URL_SAFE_NO_PAD.encode(&bytes),
            ] {
                assert_eq!(decode(&text).as_ref(), Some(&bytes), "{text}");
                assert_eq!(verdict(&text), None, "{text}");
            }
        }
    }

    /// The chance of fewer than `DISTINCT_MIN` different bytes among 32, exactly, byte by byte.
    fn chance_of_low_variety() -> f64 {
        let mut chances = vec![0.0; 33];
        chances[0] = 1.0;
        for _ in 0..32 {
            let next: Vec<f64> = (0..33)
                .map(|k| {
                    let again = chances[k] * k as f64 / 256.0;
                    let fresh = k
                        .checked_sub(1)
                        .map_or(0.0, |less| chances[less] * (256.0 - less as f64) / 256.0);
                    again + fresh
                })
                .collect();
            chances = next;
        }
        chances[..DISTINCT_MIN].iter().sum()
    }

    #[test]
    fn a_random_key_is_refused_less_than_once_in_a_thousand_million() {
        // At each place of at most 44 of base64; in three ways, or each letter in two.
        let places = |word: &str| (45 - word.len()) as f64;
        let chance = |word: &str| match word.len() {
            length @ ..=7 => 3.0 * 64f64.powi(-(length as i32)),
            length => 32f64.powi(-(length as i32)),
        };
        let words: f64 = WORDS.iter().map(|word| places(word) * chance(word)).sum();
        let run = 32.0 * 256f64.powi(-(RUN_MAX as i32));
        let printable = (95f64 / 256.0).powi(32);
        let one_case = 2.0 * (38f64 / 64.0).powi(42);
        let total = chance_of_low_variety() + words + run + printable + one_case;
        assert!(total < 1e-9, "{total:e}");
    }

    #[test]
    fn weak_keys_are_told() {
        let half = [
            &[0u8; 16][..],
            &(0..16u8).map(|i| i.wrapping_mul(37)).collect::<Vec<_>>(),
        ]
        .concat();
        let low: Vec<u8> = (0..64u32).map(|i| (i * i % 13) as u8 * 19).collect();
        let cases = [
            "c2hvcnQ=",
            &STANDARD.encode([0u8; 32]),
            &STANDARD.encode([0xa7u8; 64]),
            &STANDARD.encode(half),
            &STANDARD.encode(low),
            &STANDARD.encode(b"abcdabcdabcdabcdabcdabcdabcdabcd"),
            &STANDARD.encode((0u8..32).collect::<Vec<_>>()),
            &STANDARD.encode((0u8..32).map(|i| i.wrapping_mul(249)).collect::<Vec<_>>()),
            "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
            "00112233445566778899aabbccddeeff0f1e2d3c4b5a69788796a5b4c3d2e1f0",
            "change-me-change-me-change-me-change-me-change-me",
            "MySuperSecretKeyForProductionDoNotShare12345",
            "ThisIsAnExampleKey0ThisIsAnotherOneForSom012",
            "somesessionkeyforthesalesordermanager0000001",
            &STANDARD.encode(b"correct horse battery staple plus some more words"),
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            &hex(&Sha256::digest("password")),
            &hex(&Sha512::digest("")),
        ];
        for text in cases {
            assert!(verdict(text).is_some(), "{text}");
        }
    }
}
