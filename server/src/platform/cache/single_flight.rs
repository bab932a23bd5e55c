//! Single flight: among concurrent requests for one cacheable response, the first produces it and the others wait
//! for that request.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

/// The cacheable responses that requests of this process are producing at the moment, by cache key. Each value
/// is a channel that closes when the producing request has finished. This wakes the requests that wait for its
/// response.
#[derive(Debug, Clone, Default)]
pub(super) struct SingleFlight(Arc<Mutex<HashMap<String, watch::Receiver<()>>>>);

/// The role of a request among concurrent requests for one cacheable response.
pub(super) enum Role {
    /// This request produces the response for the cache; other requests for the same response wait for it.
    Leader(Leader),
    /// The request waits for the leader, which produces the response.
    Follower(Follower),
}

/// The guard of the request that produces a response for the cache. Dropping it wakes the waiting requests.
#[derive(Debug)]
pub(crate) struct Leader {
    key: String,
    flights: SingleFlight,
    _done: watch::Sender<()>,
}

/// The wait of a request for the leader: the concurrent request that produces the response for the cache.
pub(super) struct Follower(watch::Receiver<()>);

impl SingleFlight {
    /// Adds a request to the concurrent requests for the response with this cache key. The first request becomes
    /// the leader.
    pub(super) fn join(&self, key: &str) -> Role {
        let mut flights = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(done) = flights.get(key) {
            return Role::Follower(Follower(done.clone()));
        }
        let (sender, done) = watch::channel(());
        flights.insert(key.to_owned(), done);
        Role::Leader(Leader { key: key.to_owned(), flights: self.clone(), _done: sender })
    }
}

impl Follower {
    /// Waits until the request that produces the response has succeeded or failed, but at most for `timeout`.
    pub(super) async fn wait(mut self, timeout: Duration) {
        // The leader never sends a value on the channel. It drops the sender, which ends the wait.
        let _ = tokio::time::timeout(timeout, self.0.changed()).await;
    }
}

impl Drop for Leader {
    fn drop(&mut self) {
        self.flights.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}
