//! A proof of work: the browser looks for a number that makes a hash begin with zeros. The question is signed and kept nowhere; the answer counts once.
//!
//! The question is `base64url(version, purpose, difficulty, end, 16 random bytes, MAC)`; an answer is the question, `:` and a number, whose
//! SHA-256 begins with `difficulty` zero bits.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Duration, Utc};
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use sha2::{Digest, Sha256};
use som_domain::dates::Timestamp;
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::{Judging, Provider, Purpose, Shown, Verdict};
use crate::config::Config;
use crate::db::{Db, SystemScope};
use crate::http::ApiResult;
use crate::security::keys::derive;
use crate::security::random;

/// How long a question waits for its answer.
const LIFE: Duration = Duration::minutes(10);
const VERSION: u8 = 1;
/// Version, purpose, difficulty, end.
const HEAD: usize = 11;
const NONCE: usize = 16;
const MAC: usize = 32;

/// A question.
#[derive(Debug, Serialize, ToSchema)]
pub struct Challenge {
    /// To be followed by `:` and a number.
    #[schema(example = "AQAQAAAAAGckb2A…")]
    pub challenge: String,
    /// The hash of the answer.
    #[schema(example = "sha-256")]
    pub algorithm: &'static str,
    /// With how many zero bits the hash begins.
    #[schema(example = 16)]
    pub difficulty: u32,
    /// Until when the answer is taken.
    pub expires_at: Timestamp,
}

/// The key and the difficulty.
#[derive(Debug)]
pub(super) struct Work {
    key: Zeroizing<[u8; 32]>,
    difficulty: u32,
}

/// A question that is ours.
struct Question {
    purpose: u8,
    difficulty: u32,
    ends: DateTime<Utc>,
    nonce: [u8; NONCE],
}

impl Work {
    pub(super) fn new(config: &Config) -> anyhow::Result<Self> {
        Ok(Self {
            key: derive(&config.secrets.csrf_key, "proof of work")?,
            difficulty: config.captcha.difficulty,
        })
    }

    fn make(&self, purpose: Purpose, now: DateTime<Utc>) -> anyhow::Result<Challenge> {
        let ends = now + LIFE;
        let mut bytes = vec![VERSION, byte_of(purpose), u8::try_from(self.difficulty)?];
        bytes.extend(ends.timestamp().to_be_bytes());
        bytes.extend(random::bytes::<NONCE>()?);
        let mac = self.mac(&bytes)?.finalize().into_bytes();
        bytes.extend(mac);
        Ok(Challenge {
            challenge: URL_SAFE_NO_PAD.encode(bytes),
            algorithm: "sha-256",
            difficulty: self.difficulty,
            expires_at: Timestamp::new(ends),
        })
    }

    fn mac(&self, bytes: &[u8]) -> anyhow::Result<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&*self.key)
            .map_err(|e| anyhow::anyhow!("proof of work: {e}"))?;
        mac.update(bytes);
        Ok(mac)
    }

    /// The question in an answer, when we asked it.
    fn question(&self, text: &str) -> Option<Question> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (signed, mac) = bytes.split_at_checked(HEAD + NONCE)?;
        if mac.len() != MAC || self.mac(signed).ok()?.verify_slice(mac).is_err() {
            return None;
        }
        let (head, nonce) = signed.split_at(HEAD);
        let [VERSION, purpose, difficulty, ends @ ..] = head else {
            return None;
        };
        let ends = i64::from_be_bytes(ends.try_into().ok()?);
        Some(Question {
            purpose: *purpose,
            difficulty: u32::from(*difficulty),
            ends: DateTime::from_timestamp(ends, 0)?,
            nonce: nonce.try_into().ok()?,
        })
    }

    /// What is wrong with an answer, or what must not have been used before.
    fn check(&self, shown: Shown<'_>) -> Result<Question, &'static str> {
        let (question, number) = shown.answer.split_once(':').ok_or("not an answer")?;
        let digits = (1..=20).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
        if !digits {
            return Err("not a number");
        }
        let question = self.question(question).ok_or("not our question")?;
        if question.purpose != byte_of(shown.purpose) {
            return Err("of another purpose");
        }
        if question.ends <= shown.now {
            return Err("too old");
        }
        // a question of before the difficulty was raised is a cheap one
        if question.difficulty < self.difficulty || zeros(shown.answer) < question.difficulty {
            return Err("not solved");
        }
        Ok(question)
    }

    async fn weigh(&self, db: &Db, shown: Shown<'_>) -> ApiResult<Verdict> {
        let question = match self.check(shown) {
            Ok(question) => question,
            Err(why) => return Ok(Verdict::Doubt(why)),
        };
        let mut tx = db.system(SystemScope::Identity).await?;
        let first = sqlx::query!(
            "insert into proofs_of_work (nonce, expires_at) values ($1, $2) on conflict do nothing",
            &question.nonce[..],
            question.ends
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(match first.rows_affected() {
            1 => Verdict::Person,
            _ => Verdict::Doubt("used before"),
        })
    }
}

impl Provider for Work {
    fn judge<'a>(&'a self, db: &'a Db, shown: Shown<'a>) -> Judging<'a> {
        Box::pin(self.weigh(db, shown))
    }

    fn challenge(&self, purpose: Purpose, now: DateTime<Utc>) -> Option<anyhow::Result<Challenge>> {
        Some(self.make(purpose, now))
    }
}

const fn byte_of(purpose: Purpose) -> u8 {
    match purpose {
        Purpose::SignUp => 1,
        Purpose::PasswordReset => 2,
        Purpose::SignIn => 3,
    }
}

/// Zero bits at the beginning of the hash.
fn zeros(answer: &str) -> u32 {
    let mut zeros = 0;
    for byte in Sha256::digest(answer.as_bytes()) {
        zeros += byte.leading_zeros();
        if byte != 0 {
            break;
        }
    }
    zeros
}

#[cfg(test)]
mod tests {
    use super::*;

    fn work(difficulty: u32) -> Work {
        Work {
            key: Zeroizing::new([7; 32]),
            difficulty,
        }
    }

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    fn solved(challenge: &str, difficulty: u32) -> String {
        let tries = (0_u64..).map(|number| format!("{challenge}:{number}"));
        tries
            .into_iter()
            .find(|answer| zeros(answer) >= difficulty)
            .unwrap()
    }

    fn judged(work: &Work, purpose: Purpose, answer: &str, now: DateTime<Utc>) -> &'static str {
        let shown = Shown {
            purpose,
            answer,
            ip: None,
            now,
        };
        work.check(shown).map_or_else(|why| why, |_| "good")
    }

    #[test]
    fn a_solution_counts_for_its_purpose_and_time_only() {
        let work = work(8);
        let asked = work.make(Purpose::SignUp, now()).unwrap();
        let answer = solved(&asked.challenge, 8);
        assert_eq!(judged(&work, Purpose::SignUp, &answer, now()), "good");
        assert_eq!(
            judged(&work, Purpose::SignIn, &answer, now()),
            "of another purpose"
        );
        let late = now() + LIFE;
        assert_eq!(judged(&work, Purpose::SignUp, &answer, late), "too old");
        let wrong = (0..)
            .map(|number| format!("{}:{number}", asked.challenge))
            .find(|answer| zeros(answer) < 8)
            .unwrap();
        assert_eq!(judged(&work, Purpose::SignUp, &wrong, now()), "not solved");
    }

    #[test]
    fn questions_of_others_and_cheaper_ones_do_not_count() {
        let asked = work(4).make(Purpose::SignUp, now()).unwrap();
        let answer = solved(&asked.challenge, 10);
        assert_eq!(
            judged(&work(10), Purpose::SignUp, &answer, now()),
            "not solved"
        );
        let other = Work {
            key: Zeroizing::new([8; 32]),
            difficulty: 4,
        };
        assert_eq!(
            judged(&other, Purpose::SignUp, &answer, now()),
            "not our question"
        );
        for bad in ["", ":", "x:1", "AAAA:1", &format!("{}:", asked.challenge)] {
            assert_ne!(
                judged(&work(4), Purpose::SignUp, bad, now()),
                "good",
                "{bad}"
            );
        }
        let huge = format!("{}:{}", asked.challenge, "9".repeat(21));
        assert_eq!(
            judged(&work(4), Purpose::SignUp, &huge, now()),
            "not a number"
        );
    }

    #[test]
    fn bits_are_counted_over_bytes() {
        assert_eq!(zeros("abc"), 0, "ba7816bf…");
    }
}
