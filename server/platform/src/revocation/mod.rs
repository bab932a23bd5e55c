//! The revocation of login sessions. The credentials of an ended session become invalid immediately.
//!
//! The source of truth is the service's [`Sessions`], usually a table. Redis contains a marker for each session that
//! ended within the lifetime of its credentials, and a key that states that the markers are complete. The service is
//! asked instead if that key is missing, for example in a new or flushed Redis, or if Redis is unavailable. The key
//! expires after a minute. This limits the time for which a Redis that was restored with old data is trusted.
//!
//! Without Redis the service is asked for each request.

#[cfg(feature = "redis")]
mod markers;
mod policy;
mod sessions;

use std::fmt;
use std::sync::Arc;
#[cfg(feature = "redis")]
use std::time::Duration;

use uuid::Uuid;

pub use policy::SessionVisit;
pub use sessions::Sessions;

use crate::BoxError;
#[cfg(feature = "redis")]
use crate::redis::Redis;
#[cfg(feature = "redis")]
use markers::Markers;
use sessions::AnySessions;

/// The register of ended login sessions. Clones share the register.
///
/// As a [`Policy`](crate::gate::Policy) of a gate, it refuses callers whose [session](crate::Principal::session) has
/// ended. The service announces the sessions that it ends.
#[derive(Clone)]
pub struct Revocations {
    sessions: Arc<dyn AnySessions>,
    #[cfg(feature = "redis")]
    markers: Option<Markers>,
}

impl fmt::Debug for Revocations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Revocations").finish_non_exhaustive()
    }
}

impl Revocations {
    /// Creates a register without Redis, which asks `sessions` for each request.
    pub fn new(sessions: impl Sessions) -> Revocations {
        Revocations {
            sessions: Arc::new(sessions),
            #[cfg(feature = "redis")]
            markers: None,
        }
    }

    /// Creates a register with markers in `redis`, so that `sessions` is rarely asked. `lifetime` is the longest
    /// lifetime of credentials that belong to a session, for example of access tokens.
    #[cfg(feature = "redis")]
    pub fn on_redis(redis: Redis, sessions: impl Sessions, lifetime: Duration) -> Revocations {
        let sessions: Arc<dyn AnySessions> = Arc::new(sessions);
        Revocations { markers: Some(Markers::new(redis, sessions.clone(), lifetime)), sessions }
    }

    /// Makes the end of login sessions known to all processes of the service.
    ///
    /// Call this function after the transaction that ends the sessions has committed. If Redis is unavailable,
    /// this process retries in the background.
    pub async fn announce(&self, sessions: &[Uuid]) {
        #[cfg(feature = "redis")]
        if let Some(markers) = &self.markers {
            markers.announce(sessions).await;
        }
        #[cfg(not(feature = "redis"))]
        let _ = sessions;
    }

    /// Returns true if the session has ended or does not exist, by asking the service.
    async fn has_ended(&self, session: Uuid) -> Result<bool, BoxError> {
        Ok(!self.sessions.is_live(session).await?)
    }
}

#[cfg(all(test, feature = "redis"))]
mod tests;
