//! Single flight: among concurrent requests for one result, the first produces it and the others wait for that request.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

/// The results that requests of this process are producing at the moment, by key. Each value is a channel that closes
/// when the producing request has finished. This wakes the requests that wait for its result.
#[derive(Debug, Clone, Default)]
pub(crate) struct SingleFlight(Arc<Mutex<HashMap<String, watch::Receiver<()>>>>);

/// The role of a request among concurrent requests for one result.
pub(crate) enum Role {
    /// This request produces the result; other requests for it wait.
    Leader(Leader),
    /// The request waits for the leader, which produces the result.
    Follower(Follower),
}

/// The guard of the request that produces a result. Dropping it wakes the waiting requests.
#[derive(Debug)]
pub(crate) struct Leader {
    key: String,
    flights: SingleFlight,
    _done: watch::Sender<()>,
}

/// The wait of a request for the leader: the concurrent request that produces the result.
pub(crate) struct Follower(watch::Receiver<()>);

impl SingleFlight {
    /// Adds a request to the concurrent requests for the result with this key. The first request becomes the leader.
    pub(crate) fn join(&self, key: &str) -> Role {
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
    /// Waits until the request that produces the result has succeeded or failed, but at most for `timeout`.
    pub(crate) async fn wait(mut self, timeout: Duration) {
        // The leader never sends a value on the channel. It drops the sender, which ends the wait.
        let _ = tokio::time::timeout(timeout, self.0.changed()).await;
    }
}

impl Drop for Leader {
    fn drop(&mut self) {
        self.flights.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}
