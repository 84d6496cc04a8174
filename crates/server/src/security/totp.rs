//! Codes of an authenticator app (RFC 6238), and the recovery codes for when it is lost. A code is taken once: the step it belongs to is remembered.

use chrono::{DateTime, Utc};
use totp_rs::{Builder, Totp};
use zeroize::Zeroizing;

use super::random::{self, Hash};

/// What authenticator apps show above the code.
const ISSUER: &str = "Sales Order Manager";
/// Bytes of a secret: as many as its hash function has (RFC 4226).
pub const SECRET: usize = 20;
/// Recovery codes made at once.
pub const RECOVERY_CODES: usize = 10;
/// Crockford's digits: none is taken for another, and lower and upper case are the same.
const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// 26 digits hold 128 bits.
const RECOVERY_DIGITS: usize = 26;

/// A fresh secret.
pub fn make() -> anyhow::Result<Zeroizing<[u8; SECRET]>> {
    Ok(Zeroizing::new(random::bytes()?))
}

/// The secret as a person types it, and as the address in a QR code.
pub fn shown(
    secret: &[u8],
    account: &str,
) -> anyhow::Result<(Zeroizing<String>, Zeroizing<String>)> {
    let totp = totp(secret, account)?;
    let text = Zeroizing::new(totp.secret().to_base32());
    Ok((text, Zeroizing::new(totp.to_url()?)))
}

/// The step of a right code, a step early or late at most; `None` for a wrong code and for one of a step that was taken already, `last` or
/// before. What is returned must be stored with a condition on `last`, so that two requests cannot both take the code.
pub fn check(secret: &[u8], code: &str, last: Option<i64>, now: DateTime<Utc>) -> Option<i64> {
    let seconds = u64::try_from(now.timestamp()).ok()?;
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let step = totp(secret, "").ok()?.check(&digits, seconds)?;
    let step = i64::try_from(step).ok()?;
    last.is_none_or(|last| step > last).then_some(step)
}

fn totp(secret: &[u8], account: &str) -> anyhow::Result<Totp> {
    // a colon ends the issuer in the address
    let account = account.replace(':', "");
    let builder = Builder::new().with_secret(secret.to_vec());
    let builder = builder.with_issuer(Some(ISSUER)).with_account_name(account);
    Ok(builder.build()?)
}

/// Fresh recovery codes: 128 random bits each, in groups that are easily copied by hand.
pub fn recovery_codes() -> anyhow::Result<Vec<Zeroizing<String>>> {
    (0..RECOVERY_CODES).map(|_| recovery_code()).collect()
}

fn recovery_code() -> anyhow::Result<Zeroizing<String>> {
    let bits = Zeroizing::new(random::bytes::<RECOVERY_DIGITS>()?);
    let mut code = Zeroizing::new(String::with_capacity(RECOVERY_DIGITS + 6));
    for (n, byte) in bits.iter().enumerate() {
        if n > 0 && n % 5 == 0 {
            code.push('-');
        }
        code.extend(DIGITS.get(usize::from(byte % 32)).map(|d| char::from(*d)));
    }
    Ok(code)
}

/// The stored form of a recovery code, however it was typed; `None` when it cannot be one.
pub fn recovery_hash(code: &str) -> Option<Hash> {
    let spoken = |c: char| !(c.is_whitespace() || c == '-');
    let digit = |c: char| match c.to_ascii_lowercase() {
        'o' => '0',
        'i' | 'l' => '1',
        c => c,
    };
    let digits: Zeroizing<String> =
        Zeroizing::new(code.chars().filter(|c| spoken(*c)).map(digit).collect());
    let right = digits.len() == RECOVERY_DIGITS && digits.bytes().all(|b| DIGITS.contains(&b));
    right.then(|| random::hash(&digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RFC: &[u8] = b"12345678901234567890";

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn the_vectors_of_rfc_6238_hold() {
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(
                check(RFC, code, None, at(seconds)),
                Some(seconds / 30),
                "{seconds}"
            );
        }
    }

    #[test]
    fn a_code_is_taken_once_and_a_step_early_or_late() {
        let now = 1_234_567_890_i64;
        let step = now / 30;
        let of = |last, shift| check(RFC, "005 924", last, at(now + shift));
        assert_eq!(of(None, 0), Some(step));
        assert_eq!(of(Some(step - 1), 0), Some(step));
        assert_eq!(of(Some(step), 0), None, "a replay");
        assert_eq!(
            of(Some(step + 1), 0),
            None,
            "one seen over a shoulder before"
        );
        assert_eq!((of(None, 30), of(None, -30)), (Some(step), Some(step)));
        assert_eq!((of(None, 60), of(None, -60)), (None, None));
        for wrong in [
            "", "5924", "005925", "0059241", "00592４", "-05924", "+05924",
        ] {
            assert_eq!(check(RFC, wrong, None, at(now)), None, "{wrong}");
        }
    }

    #[test]
    fn a_secret_is_shown_as_text_and_as_an_address_of_the_app() {
        let secret = make().unwrap();
        assert_ne!(*secret, *make().unwrap());
        let (text, address) = shown(&*secret, "ada:b@example.com").unwrap();
        assert_eq!(text.len(), 32);
        assert!(
            address.starts_with("otpauth://totp/Sales%20Order%20Manager:adab%40example.com?"),
            "{}",
            *address
        );
        assert!(address.contains(&*text));
    }

    #[test]
    fn recovery_codes_are_known_however_they_are_typed() {
        let codes = recovery_codes().unwrap();
        let hashes: std::collections::BTreeSet<_> = codes
            .iter()
            .map(|code| recovery_hash(code).unwrap())
            .collect();
        assert_eq!(
            (codes.len(), hashes.len()),
            (RECOVERY_CODES, RECOVERY_CODES)
        );
        let code = &*codes[0];
        let typed = code
            .to_uppercase()
            .replace('-', " ")
            .replace('0', "O")
            .replace('1', "l");
        assert_eq!(recovery_hash(&typed), recovery_hash(code));
        for wrong in ["", "u", &code[1..], &format!("{code}0"), "ä"] {
            assert_eq!(recovery_hash(wrong), None, "{wrong}");
        }
    }
}
