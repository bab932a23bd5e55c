//! Passwords: Argon2id, off the async threads, a few at a time.

use std::fmt;
use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

/// The cost of one hash: OWASP's first choice for Argon2id, 19 MiB, two passes, one lane.
const PARAMS: Params = match Params::new(19_456, 2, 1, None) {
    Ok(params) => params,
    Err(_) => Params::DEFAULT,
};

/// Hashes and checks passwords. Clones share the limit of how many run at once.
#[derive(Clone)]
pub struct Passwords {
    places: Arc<Semaphore>,
    /// The hash of a password that nobody has, to check when the user is unknown.
    nobody: Arc<str>,
}

/// What checking a password found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is the right one.
    Right,
    /// It is the right one, and its hash is of weaker parameters than today's: hash it anew.
    RightButWeak,
    /// It is not, or there is no such user.
    Wrong,
}

impl Verdict {
    /// Whether the password is the right one.
    pub fn is_right(self) -> bool {
        self != Verdict::Wrong
    }
}

/// A password that could not be hashed or checked.
#[derive(Debug)]
pub struct PasswordError(String);

impl fmt::Display for PasswordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "hashing a password failed: {}", self.0)
    }
}

impl std::error::Error for PasswordError {}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Passwords").field("places", &self.places.available_permits()).finish_non_exhaustive()
    }
}

impl Passwords {
    /// Lets as many hashes run at once as there are processors.
    ///
    /// # Errors
    /// When the operating system gives no salt.
    pub fn new() -> Result<Passwords, PasswordError> {
        let places = std::thread::available_parallelism().map_or(2, usize::from);
        let nobody = hash(&crate::platform::random::bytes::<16>())?;
        Ok(Passwords { places: Arc::new(Semaphore::new(places)), nobody: Arc::from(nobody) })
    }

    /// The PHC string to keep.
    ///
    /// # Errors
    /// When the operating system gives no salt.
    pub async fn hash(&self, password: &str) -> Result<String, PasswordError> {
        let password = password.to_owned();
        self.run(move || hash(password.as_bytes())).await?
    }

    /// Checks a password against what is kept of it. `None`, an unknown user, takes as long as a
    /// wrong password does.
    ///
    /// # Errors
    /// A hash that is no PHC string.
    pub async fn verify(&self, password: &str, kept: Option<&str>) -> Result<Verdict, PasswordError> {
        let password = password.to_owned();
        let known = kept.is_some();
        let kept = kept.unwrap_or(&self.nobody).to_owned();
        let verdict = self.run(move || verify(password.as_bytes(), &kept)).await??;
        Ok(if known { verdict } else { Verdict::Wrong })
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, PasswordError> {
        let failed = |error: &dyn fmt::Display| PasswordError(error.to_string());
        // The place is given back when the work is done, not when the caller goes away: else
        // callers that hang up would let any number of hashes run.
        let place = self.places.clone().acquire_owned().await.map_err(|error| failed(&error))?;
        let work = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(place);
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

fn verify(password: &[u8], kept: &str) -> Result<Verdict, PasswordError> {
    use argon2::password_hash::Error;
    let kept = PasswordHash::new(kept).map_err(|error| PasswordError(error.to_string()))?;
    match argon2().verify_password(password, &kept) {
        Ok(()) if is_weak(&kept) => Ok(Verdict::RightButWeak),
        Ok(()) => Ok(Verdict::Right),
        Err(Error::PasswordInvalid) => Ok(Verdict::Wrong),
        Err(error) => Err(PasswordError(error.to_string())),
    }
}

fn is_weak(kept: &PasswordHash) -> bool {
    let today = |params: Params| {
        params.m_cost() >= PARAMS.m_cost() && params.t_cost() >= PARAMS.t_cost() && params.p_cost() >= PARAMS.p_cost()
    };
    kept.algorithm != Algorithm::Argon2id.ident() || !Params::try_from(kept).is_ok_and(today)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_right_password_is_right_and_another_is_wrong() {
        let passwords = Passwords::new().unwrap();
        let kept = passwords.hash("correct horse battery staple").await.unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert_eq!(passwords.verify("correct horse battery staple", Some(&kept)).await.unwrap(), Verdict::Right);
        assert_eq!(passwords.verify("correct horse", Some(&kept)).await.unwrap(), Verdict::Wrong);
        assert_ne!(kept, passwords.hash("correct horse battery staple").await.unwrap());
    }

    #[tokio::test]
    async fn a_hash_of_weaker_parameters_is_to_be_made_anew() {
        let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8192, 1, 1, None).unwrap());
        let kept: PasswordHash = weak.hash_password(b"sesame").unwrap();
        let passwords = Passwords::new().unwrap();
        assert_eq!(passwords.verify("sesame", Some(&kept.to_string())).await.unwrap(), Verdict::RightButWeak);
    }

    #[tokio::test]
    async fn an_unknown_user_costs_as_much_as_a_wrong_password() {
        let passwords = Passwords::new().unwrap();
        let kept = passwords.hash("sesame").await.unwrap();
        let time = async |kept: Option<&str>| {
            let started = std::time::Instant::now();
            assert_eq!(passwords.verify("wrong", kept).await.unwrap(), Verdict::Wrong);
            started.elapsed().as_secs_f64()
        };
        // The least of several: what else the machine does only ever adds.
        let (mut unknown, mut known) = (f64::MAX, f64::MAX);
        for _ in 0..10 {
            unknown = unknown.min(time(None).await);
            known = known.min(time(Some(&kept)).await);
        }
        // Without a hash it would be a thousandth.
        assert!((0.2..5.0).contains(&(unknown / known)), "{unknown} {known}");
    }
}
