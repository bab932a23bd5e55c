//! Password hashing with Argon2id, on blocking threads behind a bounded queue.

mod argon;
mod queue;

use std::fmt;
use std::sync::Arc;

use writ_runtime::Unavailable;

use crate::metrics::Metrics;
use queue::Queue;

/// The hasher of passwords. Clones share its queue.
///
/// One hash per processor is computed at a time, and a limited number waits. While the queue is full, further passwords
/// are refused with [`PasswordError::Busy`].
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
    queue: Queue,
}

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

/// The error of hashing or verifying a password. A handler returns it with `?`.
#[derive(Debug)]
pub enum PasswordError {
    /// Too many passwords wait to be hashed. The response is 503 with `Retry-After`, in every operation.
    Busy(Unavailable),
    /// The operating system provides no random salt, or a stored hash is not a valid PHC string. The response is 500.
    Failed(String),
}

impl fmt::Display for PasswordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PasswordError::Busy(_) => f.write_str("too many passwords wait to be hashed"),
            PasswordError::Failed(cause) => write!(f, "cannot hash or verify a password: {cause}"),
        }
    }
}

impl std::error::Error for PasswordError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            PasswordError::Busy(unavailable) => Some(unavailable),
            PasswordError::Failed(_) => None,
        }
    }
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Passwords").field("free_places", &self.queue.free_places()).finish()
    }
}

impl Default for Passwords {
    fn default() -> Passwords {
        Passwords::new()
    }
}

impl Passwords {
    /// Creates a hasher of passwords with the default limits. [`Builder::passwords`](crate::Builder::passwords) returns
    /// one with the limits of the settings, which all parts of a service share.
    pub fn new() -> Passwords {
        Passwords::configured(None, Arc::default())
    }

    /// Creates a hasher of passwords with this number of waiting hashes, or the default.
    pub(crate) fn configured(waiting: Option<usize>, metrics: Arc<Metrics>) -> Passwords {
        Passwords { queue: Queue::new(waiting, metrics) }
    }

    /// Returns the hash of a password as a PHC string, to be stored.
    ///
    /// # Errors
    /// Returns an error if the queue is full, or if the operating system provides no random salt.
    pub async fn hash(&self, password: &str) -> Result<String, PasswordError> {
        let password = password.to_owned();
        self.queue.run(move || argon::hash(password.as_bytes())).await
    }

    /// Verifies a password against a stored hash.
    ///
    /// `None` stands for an unknown user. Its verification takes as long as that of a wrong password, so that the
    /// response time does not reveal which accounts exist.
    ///
    /// # Errors
    /// Returns an error if the queue is full, or if the stored hash is not a valid PHC string.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> Result<Verdict, PasswordError> {
        let password = password.to_owned();
        let known = hash.is_some();
        let hash = hash.unwrap_or(argon::DUMMY_HASH).to_owned();
        let verdict = self.queue.run(move || argon::verify(password.as_bytes(), &hash)).await?;
        Ok(if known { verdict } else { Verdict::Mismatch })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_unknown_user_costs_one_hash_as_a_wrong_password_does() {
        let metrics = Arc::new(Metrics::default());
        let passwords = Passwords::configured(None, metrics.clone());
        let stored = passwords.hash("sesame").await.unwrap();
        for (hash, computed) in [(None, 2), (Some(stored.as_str()), 3)] {
            assert_eq!(passwords.verify("wrong", hash).await.unwrap(), Verdict::Mismatch);
            let counted = format!("writ_password_hashes_total{{result=\"computed\"}} {computed}\n");
            assert!(metrics.render().unwrap().contains(&counted), "{}", metrics.render().unwrap());
        }
        assert_eq!(passwords.verify("sesame", None).await.unwrap(), Verdict::Mismatch);
    }
}
