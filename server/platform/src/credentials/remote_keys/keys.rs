//! The keys of an issuer in memory, and when they are fetched again.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use tokio::sync::Mutex;
use tokio::task::JoinHandle;

use super::jwk::Jwk;
use super::{KeyLocation, fetch};
use crate::BoxError;

/// The age at which keys are fetched again in the background.
const FRESH: Duration = Duration::from_secs(600);

/// The age up to which keys are used if the issuer is unavailable.
const USABLE: Duration = Duration::from_secs(86_400);

/// The time between two attempts to fetch the keys. Strangers can send tokens with unknown key ids, so these must not
/// cause more requests to the issuer.
pub(in crate::credentials) const COOLDOWN: Duration = Duration::from_secs(10);

/// The keys of an issuer. Clones share them.
#[derive(Clone)]
pub(in crate::credentials) struct Keys(Arc<Inner>);

struct Inner {
    /// The name of the issuer in log lines.
    issuer: String,
    location: KeyLocation,
    known: RwLock<Option<Known>>,
    /// The result of the last attempt to fetch the keys. The lock is held during an attempt, so that there is one at a
    /// time.
    attempt: Mutex<Option<Attempt>>,
    times: Times,
}

/// The ages of keys, and the time between two attempts to fetch them.
#[derive(Debug, Clone, Copy)]
pub(in crate::credentials) struct Times {
    pub(in crate::credentials) fresh: Duration,
    pub(in crate::credentials) usable: Duration,
    pub(in crate::credentials) cooldown: Duration,
}

impl Default for Times {
    fn default() -> Times {
        Times { fresh: FRESH, usable: USABLE, cooldown: COOLDOWN }
    }
}

/// Keys that were fetched.
#[derive(Clone)]
struct Known {
    keys: Arc<[Jwk]>,
    fetched: Instant,
}

/// An attempt to fetch the keys.
struct Attempt {
    at: Instant,
    /// The reason why the attempt failed.
    failure: Option<String>,
}

/// The result of looking for a key.
pub(in crate::credentials) enum Found {
    Key(Jwk),
    /// The issuer has no key with this id.
    Unknown,
    /// The keys of the issuer cannot be fetched.
    Unavailable(BoxError),
}

impl Keys {
    pub(in crate::credentials) fn new(issuer: String, location: KeyLocation) -> Keys {
        Keys::with_times(issuer, location, Times::default())
    }

    pub(in crate::credentials) fn with_times(issuer: String, location: KeyLocation, times: Times) -> Keys {
        Keys(Arc::new(Inner { issuer, location, known: RwLock::default(), attempt: Mutex::default(), times }))
    }

    /// Returns the key with this id. A token without an id is verified by the only key of the issuer.
    pub(in crate::credentials) async fn find(&self, id: Option<&str>) -> Found {
        let began = Instant::now();
        if let Some((known, key)) = self.known().and_then(|known| Some((known.clone(), known.find(id)?))) {
            if known.fetched.elapsed() > self.0.times.fresh {
                drop(self.refresh_in_background(began));
            }
            return Found::Key(key);
        }
        // The attempt ends, and is recorded, also if the request that caused it is dropped.
        let attempt = self.refresh_in_background(began).await;
        let failure = attempt.unwrap_or_else(|error| Some(error.to_string()));
        match (self.known(), failure) {
            (Some(known), _) => known.find(id).map_or(Found::Unknown, Found::Key),
            (None, failure) => Found::Unavailable(failure.unwrap_or_else(|| "no keys".to_owned()).into()),
        }
    }

    fn refresh_in_background(&self, began: Instant) -> JoinHandle<Option<String>> {
        let this = self.clone();
        tokio::spawn(async move { this.refresh(began).await })
    }

    /// Fetches the keys, unless another request has done so since `began` or an attempt was made a moment ago.
    /// Returns the reason if the last attempt failed.
    async fn refresh(&self, began: Instant) -> Option<String> {
        let mut last = self.0.attempt.lock().await;
        if let Some(attempt) = &*last
            && (attempt.at >= began || attempt.at.elapsed() < self.0.times.cooldown)
        {
            return attempt.failure.clone();
        }
        let location = self.0.location.clone();
        let fetched = tokio::task::spawn_blocking(move || fetch::keys(&location)).await;
        let failure = match fetched.map_err(BoxError::from).and_then(|keys| keys) {
            Ok(keys) => {
                self.keep(keys);
                None
            }
            Err(error) => {
                tracing::warn!(%error, issuer = self.0.issuer, "the keys of the issuer cannot be fetched");
                Some(error.to_string())
            }
        };
        *last = Some(Attempt { at: Instant::now(), failure: failure.clone() });
        failure
    }

    /// Returns the known keys, unless they are too old.
    fn known(&self) -> Option<Known> {
        let known = self.0.known.read().unwrap_or_else(PoisonError::into_inner).clone();
        known.filter(|known| known.fetched.elapsed() < self.0.times.usable)
    }

    fn keep(&self, keys: Vec<Jwk>) {
        let known = Known { keys: keys.into(), fetched: Instant::now() };
        *self.0.known.write().unwrap_or_else(PoisonError::into_inner) = Some(known);
    }
}

impl Known {
    fn find(&self, id: Option<&str>) -> Option<Jwk> {
        match (id, &*self.keys) {
            (Some(id), keys) => keys.iter().find(|key| key.id.as_deref() == Some(id)).cloned(),
            (None, [only]) => Some(only.clone()),
            (None, _) => None,
        }
    }
}
