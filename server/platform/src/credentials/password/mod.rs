//! Password hashing with Argon2id (RFC 9106), on blocking threads and with limited concurrency.

use std::fmt;
use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

/// The Argon2id parameters of new password hashes, as OWASP recommends them: 19 MiB of memory, two passes, one
/// lane.
const PARAMS: Params = match Params::new(19_456, 2, 1, None) {
    Ok(params) => params,
    Err(_) => Params::DEFAULT,
};

/// The hasher of passwords. Clones share the limit of concurrent hash computations.
///
/// ```
/// use writ_platform::credentials::{Passwords, Verdict};
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let passwords = Passwords::new();
/// let hash = passwords.hash("correct horse battery staple").await.unwrap();
/// let verdict = passwords.verify("correct horse battery staple", Some(&hash)).await.unwrap();
/// assert_eq!(verdict, Verdict::Match);
/// # });
/// ```
#[derive(Clone)]
pub struct Passwords {
    permits: Arc<Semaphore>,
}

/// The hash of a random password that nobody knows. A password is verified against it if the user is unknown.
const DUMMY_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$iAEz/SsQcZE3y2QIj8NNTQ$lQ3egkwJTdhZhFY3+59UDNXtBsQbrQiXYcZJLD39KAY";

/// The result of verifying a password against a stored hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The password matches the stored hash.
    Match,
    /// The password matches, but the stored hash has weaker parameters than new hashes. The caller should hash
    /// the password again and store the new hash.
    MatchWithWeakHash,
    /// The password does not match the stored hash, or the user is unknown.
    Mismatch,
}

impl Verdict {
    /// Returns true if the password matches the stored hash, weak or not.
    pub fn is_match(self) -> bool {
        self != Verdict::Mismatch
    }
}

/// The error of hashing or verifying a password.
#[derive(Debug)]
pub struct PasswordError(String);

impl fmt::Display for PasswordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot hash or verify a password: {}", self.0)
    }
}

impl std::error::Error for PasswordError {}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Passwords").field("permits", &self.permits.available_permits()).finish_non_exhaustive()
    }
}

impl Default for Passwords {
    fn default() -> Passwords {
        Passwords::new()
    }
}

impl Passwords {
    /// Creates a hasher of passwords that computes at most one hash per processor concurrently.
    pub fn new() -> Passwords {
        let permits = std::thread::available_parallelism().map_or(2, usize::from);
        Passwords { permits: Arc::new(Semaphore::new(permits)) }
    }

    /// Returns the hash of a password as a PHC string, to be stored.
    ///
    /// # Errors
    /// Returns an error if the operating system provides no random salt.
    pub async fn hash(&self, password: &str) -> Result<String, PasswordError> {
        let password = password.to_owned();
        self.run(move || hash(password.as_bytes())).await?
    }

    /// Verifies a password against a stored hash.
    ///
    /// `None` stands for an unknown user. Its verification takes as long as that of a wrong password, so that the
    /// response time does not reveal which accounts exist.
    ///
    /// # Errors
    /// Returns an error if the stored hash is not a valid PHC string.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> Result<Verdict, PasswordError> {
        let password = password.to_owned();
        let known = hash.is_some();
        let hash = hash.unwrap_or(DUMMY_HASH).to_owned();
        let verdict = self.run(move || verify(password.as_bytes(), &hash)).await??;
        Ok(if known { verdict } else { Verdict::Mismatch })
    }

    /// Runs `work`, a hash computation, on a blocking thread as soon as the concurrency limit permits.
    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, PasswordError> {
        let failed = |error: &dyn fmt::Display| PasswordError(error.to_string());
        // The blocking task owns the permit, because the task continues if the caller disconnects. Otherwise
        // callers that disconnect could start any number of concurrent hash computations.
        let permit = self.permits.clone().acquire_owned().await.map_err(|error| failed(&error))?;
        let work = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(permit);
            result
        });
        work.await.map_err(|error| failed(&error))
    }
}

fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, PARAMS)
}

fn hash(password: &[u8]) -> Result<String, PasswordError> {
    let hash: PasswordHash = argon2().hash_password(password).map_err(|error| PasswordError(error.to_string()))?;
    Ok(hash.to_string())
}

fn verify(password: &[u8], hash: &str) -> Result<Verdict, PasswordError> {
    use argon2::password_hash::Error;
    let hash = PasswordHash::new(hash).map_err(|error| PasswordError(error.to_string()))?;
    match argon2().verify_password(password, &hash) {
        Ok(()) if is_weak(&hash) => Ok(Verdict::MatchWithWeakHash),
        Ok(()) => Ok(Verdict::Match),
        Err(Error::PasswordInvalid) => Ok(Verdict::Mismatch),
        Err(error) => Err(PasswordError(error.to_string())),
    }
}

/// Returns true if the parameters of a stored password hash are weaker than the parameters of new hashes.
fn is_weak(hash: &PasswordHash) -> bool {
    let is_current = |params: Params| {
        params.m_cost() >= PARAMS.m_cost() && params.t_cost() >= PARAMS.t_cost() && params.p_cost() >= PARAMS.p_cost()
    };
    hash.algorithm != Algorithm::Argon2id.ident() || !Params::try_from(hash).is_ok_and(is_current)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_hash_matches_only_its_password() {
        let passwords = Passwords::new();
        let hash = passwords.hash("correct horse battery staple").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_eq!(passwords.verify("correct horse battery staple", Some(&hash)).await.unwrap(), Verdict::Match);
        assert_eq!(passwords.verify("correct horse", Some(&hash)).await.unwrap(), Verdict::Mismatch);
        assert_ne!(hash, passwords.hash("correct horse battery staple").await.unwrap());
    }

    #[tokio::test]
    async fn a_hash_with_weaker_parameters_is_reported() {
        let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8192, 1, 1, None).unwrap());
        let hash: PasswordHash = weak.hash_password(b"sesame").unwrap();
        let passwords = Passwords::new();
        assert_eq!(passwords.verify("sesame", Some(&hash.to_string())).await.unwrap(), Verdict::MatchWithWeakHash);
    }

    #[test]
    fn the_hash_for_unknown_accounts_has_the_parameters_of_new_hashes() {
        let hash = PasswordHash::new(DUMMY_HASH).unwrap();
        let params = Params::try_from(&hash).unwrap();
        assert_eq!((params.m_cost(), params.t_cost(), params.p_cost()), (19_456, 2, 1));
        assert!(!is_weak(&hash));
    }

    #[tokio::test]
    async fn an_unknown_user_costs_as_much_as_a_wrong_password() {
        let passwords = Passwords::new();
        let hash = passwords.hash("sesame").await.unwrap();
        let time = async |hash: Option<&str>| {
            let started = std::time::Instant::now();
            assert_eq!(passwords.verify("wrong", hash).await.unwrap(), Verdict::Mismatch);
            started.elapsed().as_secs_f64()
        };
        // The minimum of several runs is compared, because other load only makes a run slower.
        let (mut unknown, mut known) = (f64::MAX, f64::MAX);
        for _ in 0..10 {
            unknown = unknown.min(time(None).await);
            known = known.min(time(Some(&hash)).await);
        }
        // Without hashing, the ratio would be about a thousandth.
        assert!((0.2..5.0).contains(&(unknown / known)), "{unknown} {known}");
    }
}
