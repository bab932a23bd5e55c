//! The revocation of login sessions. The credentials of an ended session become invalid immediately.
//!
//! The source of truth is the service's [`Sessions`], usually a table. Redis contains a marker for each session that
//! ended within the lifetime of its credentials, and a key that states that the markers are complete. The service is
//! asked instead if that key is missing, for example in a new or flushed Redis, or if Redis is unavailable. The key
//! expires after a minute. This limits the time for which a Redis that was restored with old data is trusted.
//!
//! Without Redis the service is asked for each request.
//!
//! A service that does not own the sessions has a copy of their ends ([`SessionCopy`]), which a consumer of events keeps.
//! It reads the markers of the owner, which the owner renews ([`Revocations::keep_complete`]), and asks its copy while they
//! are not complete. A copy that can lack more than the last minute is not trusted while Redis is unavailable, and one that can
//! lack more than the last quarter of an hour is never trusted. Requests are then refused with 503.

#[cfg(feature = "redis")]
mod markers;
mod policy;
mod sessions;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

pub use policy::SessionVisit;
pub use sessions::{SessionCopy, Sessions};

use crate::BoxError;
#[cfg(feature = "redis")]
use crate::Builder;
#[cfg(feature = "redis")]
use crate::jobs::{Batch, Job};
#[cfg(feature = "redis")]
use crate::redis::Redis;
#[cfg(feature = "redis")]
use markers::Markers;
use sessions::AnySessions;
#[cfg(feature = "redis")]
use sessions::Copied;

/// The longest time for which a copy can lack ends of sessions and is trusted while Redis is unavailable.
const LONGEST_LAG: Duration = Duration::from_secs(60);

/// The longest time for which a copy can lack ends of sessions and is trusted while Redis is available but lacks markers.
///
/// Then the owner of the sessions has stopped, or is cut off from Redis. A quarter of an hour is the default lifetime of access
/// tokens: after this time, the tokens of an owner that has stopped have expired.
#[cfg(feature = "redis")]
const LONGEST_LAG_WITH_REDIS: Duration = Duration::from_secs(15 * 60);

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

    /// Creates a register of sessions that another service owns, from a copy of their ends. It reads the markers that the owner
    /// writes to `redis`, whose prefix must be that of the owner.
    #[cfg(feature = "redis")]
    pub fn of_copy(redis: Redis, copy: impl SessionCopy) -> Revocations {
        let sessions: Arc<dyn AnySessions> = Arc::new(Copied(copy));
        Revocations { markers: Some(Markers::new(redis, sessions.clone(), Duration::ZERO)), sessions }
    }

    /// Keeps the markers in Redis complete from the start of the service to its end, also while no request needs them here.
    /// The owner of the sessions calls this if other services have a copy of them, because only the owner can say that the
    /// markers are complete.
    #[cfg(feature = "redis")]
    pub fn keep_complete(&self, platform: &mut Builder) {
        let Some(markers) = &self.markers else { return };
        let (at_start, renewed) = (markers.clone(), markers.clone());
        platform.at_start("load the ended sessions into Redis", move || {
            let markers = at_start.clone();
            async move { markers.renew().await }
        });
        platform.job(Job::new("session markers", markers::CHECK_INTERVAL, move || {
            let markers = renewed.clone();
            async move { markers.renew().await.map(|()| Batch::Done) }
        }));
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

    /// Returns true if the session has ended or does not exist, by asking the service. A copy that can lack the ends of more
    /// than `longest_lag` is not trusted.
    async fn has_ended(&self, session: Uuid, longest_lag: Duration) -> Result<bool, BoxError> {
        if !self.sessions.is_live(session).await? {
            return Ok(true);
        }
        if self.sessions.is_copy() {
            let lag = self.sessions.lag().await?;
            if lag > longest_lag {
                return Err(format!("the ends of sessions may be missing for {} seconds", lag.as_secs()).into());
            }
        }
        Ok(false)
    }
}

#[cfg(all(test, feature = "redis"))]
mod tests;
