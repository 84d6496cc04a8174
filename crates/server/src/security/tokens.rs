//! The access token: a short-lived signed pointer to a session row. It carries no rights.

use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, Header, Validation};
use serde::{Deserialize, Serialize};
use som_domain::ids::{OrganizationId, SessionId, UserId};

use super::Keys;
use super::random::Hash;

/// The audience of our tokens.
const AUDIENCE: &str = "som-api";
/// RFC 9068: an access token, not any other JWT of the same issuer.
const TYPE: &str = "at+jwt";
/// How far the clocks of two instances may differ, in seconds.
const LEEWAY: i64 = 30;
/// Longer than any token of ours.
const LENGTH_MAX: usize = 2048;

/// What the token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    iss: String,
    aud: String,
    sub: String,
    sid: String,
    tid: String,
    iat: i64,
    nbf: i64,
    exp: i64,
    jti: String,
    auth_time: i64,
    amr: Vec<String>,
    epoch: i32,
}

/// A token whose signature and form are right; its time is asked with [`Access::is_current`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// The person.
    pub user: UserId,
    /// The session.
    pub session: SessionId,
    /// The organization.
    pub organization: OrganizationId,
    /// Hash of the refresh token it was issued with.
    pub refresh_hash: Hash,
    /// The session's epoch at issue.
    pub epoch: i32,
    not_before: i64,
    expires: i64,
}

/// What a new token is made of.
#[derive(Debug, Clone, Copy)]
pub struct NewAccess<'a> {
    /// The person.
    pub user: UserId,
    /// The session.
    pub session: SessionId,
    /// The organization.
    pub organization: OrganizationId,
    /// Hash of the refresh token issued with it.
    pub refresh_hash: &'a Hash,
    /// The session's epoch.
    pub epoch: i32,
    /// When the person proved who they are.
    pub authenticated_at: DateTime<Utc>,
    /// How.
    pub methods: &'a [String],
    /// Issue time.
    pub now: DateTime<Utc>,
    /// End of validity.
    pub expires: DateTime<Utc>,
}

impl Access {
    /// Whether the token may be used at this instant.
    pub fn is_current(&self, now: DateTime<Utc>) -> bool {
        now.timestamp() < self.expires && now.timestamp() + LEEWAY >= self.not_before
    }
}

impl Keys {
    /// Signs an access token.
    pub fn issue(&self, new: &NewAccess<'_>) -> anyhow::Result<String> {
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(self.key_id.clone());
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: AUDIENCE.to_owned(),
            sub: new.user.to_string(),
            sid: new.session.to_string(),
            tid: new.organization.to_string(),
            iat: new.now.timestamp(),
            nbf: new.now.timestamp(),
            exp: new.expires.timestamp(),
            jti: URL_SAFE_NO_PAD.encode(new.refresh_hash),
            auth_time: new.authenticated_at.timestamp(),
            amr: new.methods.to_vec(),
            epoch: new.epoch,
        };
        Ok(jsonwebtoken::encode(&header, &claims, &self.signing)?)
    }

    /// Reads a token; `None` unless algorithm, type, key, signature, issuer, audience and every claim are ours.
    /// The time is not looked at here: it is the application's clock that counts.
    pub fn verify(&self, token: &str) -> Option<Access> {
        if token.len() > LENGTH_MAX {
            return None;
        }
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.validate_exp = false;
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[AUDIENCE]);
        let named = jsonwebtoken::decode_header(token).ok()?.kid?;
        let (_, key) = self.verifying.iter().find(|(kid, _)| *kid == named)?;
        let data = jsonwebtoken::decode::<Claims>(token, key, &validation).ok()?;
        if data.header.typ.as_deref() != Some(TYPE) {
            return None;
        }
        let claims = data.claims;
        Some(Access {
            user: parse(&claims.sub)?,
            session: parse(&claims.sid)?,
            organization: parse(&claims.tid)?,
            refresh_hash: URL_SAFE_NO_PAD.decode(&claims.jti).ok()?.try_into().ok()?,
            epoch: claims.epoch,
            not_before: claims.nbf,
            expires: claims.exp,
        })
    }
}

fn parse<T: FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Secrets;
    use uuid::Uuid;

    fn keys() -> Keys {
        of(&Secrets::random().unwrap())
    }

    fn of(secrets: &Secrets) -> Keys {
        Keys::new(secrets, "https://orders.example.com".to_owned()).unwrap()
    }

    fn token(keys: &Keys, now: DateTime<Utc>) -> String {
        keys.issue(&NewAccess {
            user: UserId::from_uuid(Uuid::from_u128(1)),
            session: SessionId::from_uuid(Uuid::from_u128(2)),
            organization: OrganizationId::from_uuid(Uuid::from_u128(3)),
            refresh_hash: &[7; 32],
            epoch: 1,
            authenticated_at: now,
            methods: &["pwd".to_owned()],
            now,
            expires: now + chrono::Duration::minutes(15),
        })
        .unwrap()
    }

    fn parts(token: &str) -> Vec<String> {
        token.split('.').map(str::to_owned).collect()
    }

    fn with_header(token: &str, change: impl Fn(&mut serde_json::Value)) -> String {
        let parts = parts(token);
        let mut header: serde_json::Value =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(&parts[0]).unwrap()).unwrap();
        change(&mut header);
        format!(
            "{}.{}.{}",
            URL_SAFE_NO_PAD.encode(header.to_string()),
            parts[1],
            parts[2]
        )
    }

    #[test]
    fn a_token_says_what_it_was_made_of_and_ends() {
        let keys = keys();
        let now: DateTime<Utc> = "2026-03-01T10:00:00Z".parse().unwrap();
        let access = keys.verify(&token(&keys, now)).unwrap();
        assert_eq!(
            (
                access.user.uuid().as_u128(),
                access.session.uuid().as_u128(),
                access.organization.uuid().as_u128()
            ),
            (1, 2, 3)
        );
        assert_eq!(access.refresh_hash, [7; 32]);
        assert!(access.is_current(now));
        assert!(access.is_current(now - chrono::Duration::seconds(LEEWAY)));
        assert!(!access.is_current(now - chrono::Duration::seconds(LEEWAY + 1)));
        assert!(access.is_current(now + chrono::Duration::seconds(899)));
        assert!(!access.is_current(now + chrono::Duration::minutes(15)));
    }

    #[test]
    fn the_previous_key_is_accepted_and_signs_nothing() {
        let now: DateTime<Utc> = "2026-03-01T10:00:00Z".parse().unwrap();
        let mut secrets = Secrets::random().unwrap();
        let before = of(&secrets);
        let old = token(&before, now);
        let fresh = Secrets::random().unwrap().session_key;
        let replaced = std::mem::replace(&mut secrets.session_key, fresh);
        assert!(of(&secrets).verify(&old).is_none(), "forgotten");
        secrets.session_key_previous = Some(replaced);
        let both = of(&secrets);
        assert!(both.verify(&old).is_some());
        let new = token(&both, now);
        assert!(both.verify(&new).is_some());
        assert!(before.verify(&new).is_none(), "signed by the new one");
        // the name of one key with the signature of the other
        let kid = jsonwebtoken::decode_header(&new).unwrap().kid.unwrap();
        let swapped = with_header(&old, |h| h["kid"] = kid.clone().into());
        assert!(both.verify(&swapped).is_none());
    }

    #[test]
    fn forged_tokens_are_refused() {
        let now: DateTime<Utc> = "2026-03-01T10:00:00Z".parse().unwrap();
        let (ours, theirs) = (keys(), keys());
        let good = token(&ours, now);
        assert!(ours.verify(&good).is_some());
        assert!(ours.verify(&token(&theirs, now)).is_none(), "another key");
        let none = with_header(&good, |h| h["alg"] = "none".into());
        assert!(ours.verify(&none).is_none());
        assert!(
            ours.verify(&format!("{}.{}.", parts(&none)[0], parts(&none)[1]))
                .is_none(),
            "no signature"
        );
        for algorithm in ["HS256", "RS256", "ES256"] {
            assert!(
                ours.verify(&with_header(&good, |h| h["alg"] = algorithm.into()))
                    .is_none(),
                "{algorithm}"
            );
        }
        assert!(
            ours.verify(&with_header(&good, |h| h["typ"] = "JWT".into()))
                .is_none()
        );
        assert!(
            ours.verify(&with_header(&good, |h| h["kid"] = "other".into()))
                .is_none()
        );
        let mut pieces = parts(&good);
        let claims = String::from_utf8(URL_SAFE_NO_PAD.decode(&pieces[1]).unwrap()).unwrap();
        pieces[1] = URL_SAFE_NO_PAD.encode(claims.replace("\"epoch\":1", "\"epoch\":2"));
        assert!(ours.verify(&pieces.join(".")).is_none(), "changed claims");
        for junk in ["", ".", "..", "a.b.c", &"x".repeat(5000)] {
            assert!(ours.verify(junk).is_none());
        }
    }
}
