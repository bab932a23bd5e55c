//! Single flight: one of several concurrent requests for a response makes it, and the others wait for that
//! request.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

/// The responses that are being made in this process, by their cache keys.
#[derive(Debug, Clone, Default)]
pub(super) struct SingleFlight(Arc<Mutex<HashMap<String, watch::Receiver<()>>>>);

/// The role of a request for a response that several requests may want.
pub(super) enum Role {
    /// The request makes the response, and the others wait for it.
    Leader(Leader),
    /// The request waits for the leader, which makes the response.
    Follower(Follower),
}

/// The guard of the request that makes a response. Dropping it wakes the waiting requests.
#[derive(Debug)]
pub(crate) struct Leader {
    key: String,
    flights: SingleFlight,
    _done: watch::Sender<()>,
}

/// A request that waits for the leader.
pub(super) struct Follower(watch::Receiver<()>);

impl SingleFlight {
    /// Joins the requests for the response with this cache key. The first request becomes the leader.
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
    /// Returns when the leader has succeeded or failed, or after `timeout`.
    pub(super) async fn wait(mut self, timeout: Duration) {
        // The sender never sends a value. Dropping it ends the wait.
        let _ = tokio::time::timeout(timeout, self.0.changed()).await;
    }
}

impl Drop for Leader {
    fn drop(&mut self) {
        self.flights.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}
