//! Password hashing: argon2id behind a gate, off the async threads, so that any number of sign-ins costs bounded memory and CPU.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use deserr::{
    DeserializeError, Deserr, ErrorKind, IntoValue, Value, ValuePointerRef, take_cf_content,
};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use super::strength::LENGTH_MAX;
use crate::http::{ApiResult, Problem, unavailable};

/// Waiting hashes at most; the next one is told to come back.
const QUEUE: usize = 32;
/// Passes over the memory.
const PASSES: u32 = 2;

/// A password on its way to the hash; wiped afterwards, never shown.
pub type Secret = Zeroizing<String>;

/// A password in a request: at most [`super::strength::LENGTH_MAX`] characters, so that nobody hashes a megabyte.
#[derive(Clone)]
pub struct Password(pub Secret);

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

impl<E: DeserializeError> Deserr<E> for Password {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        at: ValuePointerRef<'_>,
    ) -> Result<Self, E> {
        let text = Zeroizing::new(<String as Deserr<E>>::deserialize_from_value(value, at)?);
        if text.chars().count() > LENGTH_MAX {
            let msg = format!("too_long: is longer than {LENGTH_MAX} characters");
            return Err(take_cf_content(E::error::<V>(
                None,
                ErrorKind::Unexpected { msg },
                at,
            )));
        }
        Ok(Self(text))
    }
}

impl utoipa::PartialSchema for Password {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Password)))
            .max_length(Some(LENGTH_MAX))
            .into()
    }
}

impl utoipa::ToSchema for Password {
    fn name() -> std::borrow::Cow<'static, str> {
        "Password".into()
    }
}

/// Hashes and verifies passwords, at most one per core at a time.
#[derive(Debug)]
pub struct PasswordGate {
    permits: Arc<Semaphore>,
    waiting: AtomicUsize,
    params: Params,
    dummy: Arc<str>,
}

/// Counts a waiting caller for as long as it lives.
struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl PasswordGate {
    /// A gate with one lane per core.
    pub fn new(memory_kib: u32) -> anyhow::Result<Self> {
        let lanes = std::thread::available_parallelism().map_or(2, usize::from);
        Self::with_lanes(memory_kib, lanes)
    }

    /// A gate with a chosen number of lanes.
    pub fn with_lanes(memory_kib: u32, lanes: usize) -> anyhow::Result<Self> {
        let params =
            Params::new(memory_kib, PASSES, 1, None).map_err(|e| anyhow::anyhow!("argon2: {e}"))?;
        let nobody = super::random::token()?;
        let dummy = hash_now(&params, &nobody)?;
        Ok(Self {
            permits: Arc::new(Semaphore::new(lanes)),
            waiting: AtomicUsize::new(0),
            params,
            dummy: dummy.into(),
        })
    }

    /// Hashes a password into its PHC text.
    pub async fn hash(&self, password: Secret) -> ApiResult<String> {
        let params = self.params.clone();
        Ok(self.run(move || hash_now(&params, &password)).await??)
    }

    /// Whether the password is the one of the hash. Without a hash the same work is done for nothing, so that time tells nothing.
    pub async fn verify(&self, password: Secret, hash: Option<String>) -> ApiResult<bool> {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.dummy.to_string());
        let right = self.run(move || verify_now(&password, &hash)).await?;
        Ok(right && known)
    }

    /// Whether a stored hash was made with other parameters than today's.
    pub fn is_outdated(&self, hash: &str) -> bool {
        let Ok(parsed) = PasswordHash::new(hash) else {
            return true;
        };
        parsed.algorithm.as_str() != Algorithm::Argon2id.as_str()
            || Params::try_from(&parsed).map_or(true, |p| {
                (p.m_cost(), p.t_cost(), p.p_cost())
                    != (
                        self.params.m_cost(),
                        self.params.t_cost(),
                        self.params.p_cost(),
                    )
            })
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> ApiResult<T> {
        let permit = match Arc::clone(&self.permits).try_acquire_owned() {
            Ok(permit) => permit,
            Err(_) => self.wait().await?,
        };
        let done = tokio::task::spawn_blocking(move || {
            let result = work();
            // held by the work itself: a client that goes away does not free the lane early
            drop(permit);
            result
        });
        done.await
            .map_err(|e| anyhow::anyhow!("password hashing stopped: {e}").into())
    }

    async fn wait(&self) -> Result<tokio::sync::OwnedSemaphorePermit, Problem> {
        let before = self.waiting.fetch_add(1, Ordering::AcqRel);
        let _waiting = Waiting(&self.waiting);
        if before >= QUEUE {
            return Err(unavailable());
        }
        Arc::clone(&self.permits)
            .acquire_owned()
            .await
            .map_err(|_| unavailable())
    }
}

fn hash_now(params: &Params, password: &str) -> anyhow::Result<String> {
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
    argon
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|e| anyhow::anyhow!("argon2: {e}"))
}

fn verify_now(password: &str, hash: &str) -> bool {
    // the parameters come from the hash, so that old hashes stay valid until the next sign-in renews them
    Argon2::default()
        .verify_password(password.as_bytes(), hash)
        .is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        Zeroizing::new(text.to_owned())
    }

    #[tokio::test]
    async fn only_the_right_password_passes() {
        let gate = PasswordGate::new(64).unwrap();
        let hash = gate.hash(secret("a long enough one")).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=64,t=2,p=1$"));
        assert!(
            gate.verify(secret("a long enough one"), Some(hash.clone()))
                .await
                .unwrap()
        );
        assert!(
            !gate
                .verify(secret("A long enough one"), Some(hash.clone()))
                .await
                .unwrap()
        );
        assert!(
            !gate
                .verify(secret("a long enough one"), None)
                .await
                .unwrap()
        );
        assert!(
            !gate
                .verify(secret("x"), Some("not a hash".to_owned()))
                .await
                .unwrap()
        );
        assert!(!gate.is_outdated(&hash));
        assert!(PasswordGate::new(128).unwrap().is_outdated(&hash));
    }

    #[tokio::test]
    async fn the_queue_is_bounded() {
        let gate = Arc::new(PasswordGate::with_lanes(64, 1).unwrap());
        let held = Arc::clone(&gate.permits).acquire_owned().await.unwrap();
        let mut waiting = Vec::new();
        for _ in 0..QUEUE {
            let gate = Arc::clone(&gate);
            waiting.push(tokio::spawn(
                async move { gate.verify(secret("x"), None).await },
            ));
        }
        while gate.waiting.load(Ordering::Acquire) < QUEUE {
            tokio::task::yield_now().await;
        }
        let refused = gate.verify(secret("x"), None).await.unwrap_err();
        let problem = refused.problem().unwrap();
        assert_eq!(problem.status, 503);
        assert!(problem.retry_after.is_some());
        drop(held);
        for task in waiting {
            assert!(!task.await.unwrap().unwrap());
        }
        assert_eq!(gate.waiting.load(Ordering::Acquire), 0);
    }
}
