//! One maker an answer: others of this process wait for it instead of asking the database too.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

/// Who is making which answer.
#[derive(Debug, Clone, Default)]
pub(super) struct Flights(Arc<Mutex<HashMap<String, watch::Receiver<()>>>>);

pub(super) enum Boarding {
    /// Nobody else makes it.
    First(Flight),
    /// Somebody does.
    Later(Landing),
}

/// Says that an answer is being made, until it is dropped.
#[derive(Debug)]
pub(crate) struct Flight {
    key: String,
    flights: Flights,
    _landing: watch::Sender<()>,
}

/// Waits for somebody else's answer.
pub(super) struct Landing(watch::Receiver<()>);

impl Flights {
    pub(super) fn board(&self, key: &str) -> Boarding {
        let mut flights = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(landing) = flights.get(key) {
            return Boarding::Later(Landing(landing.clone()));
        }
        let (sender, landing) = watch::channel(());
        flights.insert(key.to_owned(), landing);
        Boarding::First(Flight { key: key.to_owned(), flights: self.clone(), _landing: sender })
    }
}

impl Landing {
    /// Returns when the answer was made, or not made, or `patience` is at its end.
    pub(super) async fn wait(mut self, patience: Duration) {
        // The sender never sends: that it is gone is the message.
        let _ = tokio::time::timeout(patience, self.0.changed()).await;
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.flights.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}
