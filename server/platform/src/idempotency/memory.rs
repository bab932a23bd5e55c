//! Idempotency keys in the memory of a process, for a service without a database.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use moka::Expiry;
use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use tokio::time::Instant;
use writ_runtime::{Context, IdempotencyKey, Idempotent, KeyConflict, Recorded, Respond};

use super::retention;
use crate::metrics::KeyResult;
use crate::principal::Principal;
use crate::single_flight::{Role, SingleFlight};

/// The maximum total size of the records in memory, in bytes. Those that were not used for the longest time are evicted
/// first.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// The maximum size of a recorded response, in bytes. A larger one would evict the records of many other requests.
const MAX_RESPONSE: usize = 4 * 1024 * 1024;

/// The memory that a record needs in addition to its texts. It limits the number of records.
const OVERHEAD: usize = 512;

/// The longest time that a request waits for the first request with its key.
const WAIT: Duration = Duration::from_secs(3);

/// The idempotency records of a service in one process. Clones share the records.
///
/// A restart of the process forgets the records, so a service whose effects outlive the process uses `once` instead. Of a
/// response of more than 4 MiB only the success is recorded: a retry has no second effect, and is refused with 409.
///
/// ```
/// # use writ_platform::Principal;
/// use writ_platform::idempotency::MemoryRecords;
/// use writ_runtime::{Context, Idempotent, KeyConflict, Respond};
///
/// # async fn example<P: Principal, T: Respond, E: From<KeyConflict>>(
/// #     records: &MemoryRecords,
/// #     cx: &Context<P>,
/// #     sell_ticket: impl AsyncFnOnce() -> Result<T, E>,
/// # ) -> Result<Idempotent<T>, E> {
/// records.once(cx, async || sell_ticket().await).await
/// # }
/// ```
#[derive(Clone)]
pub struct MemoryRecords(Arc<Inner>);

struct Inner {
    records: Cache<String, Record>,
    running: SingleFlight,
}

/// The response to the first request with a key.
#[derive(Clone)]
struct Record {
    request_hash: [u8; 32],
    /// The response, or `None` if it is too large to be recorded.
    response: Option<Arc<Recorded>>,
    retention: Duration,
}

/// The expiry policy of records: each has the retention of its operation.
struct OwnRetention;

impl Expiry<String, Record> for OwnRetention {
    fn expire_after_create(&self, _: &String, record: &Record, _: std::time::Instant) -> Option<Duration> {
        Some(record.retention)
    }
}

impl fmt::Debug for MemoryRecords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryRecords").finish_non_exhaustive()
    }
}

impl Default for MemoryRecords {
    fn default() -> MemoryRecords {
        let weight = |key: &String, record: &Record| {
            let response = record.response.as_deref().map_or(0, size);
            u32::try_from(OVERHEAD + key.len() + response).unwrap_or(u32::MAX)
        };
        // The default policy would rather evict a new record than one that was used often.
        let records = Cache::builder().max_capacity(MAX_BYTES).eviction_policy(EvictionPolicy::lru());
        let records = records.weigher(weight).expire_after(OwnRetention);
        MemoryRecords(Arc::new(Inner { records: records.build(), running: SingleFlight::default() }))
    }
}

impl MemoryRecords {
    /// Runs `work` at most once for the `Idempotency-Key` of the request. Without a key, `work` runs each time.
    ///
    /// A second request with the key waits for the first and then returns its recorded response. If `work` fails,
    /// nothing is recorded, so that the caller can try again. Keys are separate for each caller and operation.
    ///
    /// # Errors
    /// Returns the error of `work`, or a [`KeyConflict`].
    pub async fn once<P, T, E>(
        &self,
        cx: &Context<P>,
        work: impl AsyncFnOnce() -> Result<T, E>,
    ) -> Result<Idempotent<T>, E>
    where
        P: Principal,
        T: Respond,
        E: From<KeyConflict>,
    {
        let Some(key) = cx.idempotency() else { return Ok(Idempotent::Fresh(work().await?)) };
        let identity = identity(cx, key);
        let deadline = Instant::now() + WAIT;
        let leader = loop {
            if let Some(record) = self.0.records.get(&identity) {
                return record.replay(cx, key);
            }
            match self.0.running.join(&identity) {
                Role::Leader(leader) => break leader,
                Role::Follower(follower) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        super::count(cx, KeyResult::InProgress);
                        return Err(KeyConflict::StillRunning.into());
                    }
                    follower.wait(left).await;
                }
            }
        };
        // Another request can have finished between the two looks.
        if let Some(record) = self.0.records.get(&identity) {
            return record.replay(cx, key);
        }
        let response = Recorded::of(work().await?);
        let record = Record {
            request_hash: key.request_hash,
            response: (size(&response) <= MAX_RESPONSE).then(|| Arc::new(response.clone())),
            retention: retention(cx.operation()),
        };
        self.0.records.insert(identity, record);
        drop(leader);
        super::count(cx, KeyResult::Recorded);
        Ok(Idempotent::Recorded(response))
    }
}

impl Record {
    /// Returns the recorded response to a retry, or the conflict of another request.
    fn replay<P, T, E: From<KeyConflict>>(&self, cx: &Context<P>, key: &IdempotencyKey) -> Result<Idempotent<T>, E> {
        let response = self.response_to(key);
        super::count_known(cx, &response);
        Ok(Idempotent::Recorded(response?))
    }

    fn response_to(&self, key: &IdempotencyKey) -> Result<Recorded, KeyConflict> {
        match &self.response {
            _ if self.request_hash != key.request_hash => Err(KeyConflict::AnotherRequest),
            Some(response) => Ok(Recorded::clone(response)),
            None => Err(KeyConflict::Unrecorded),
        }
    }
}

/// Returns the number of bytes of a response.
fn size(response: &Recorded) -> usize {
    let headers: usize = response.headers.iter().map(|(name, value)| name.len() + value.len()).sum();
    headers + response.body.len()
}

/// Returns the identity of a key. The length in front of the caller keeps different callers and keys apart.
fn identity<P: Principal>(cx: &Context<P>, key: &IdempotencyKey) -> String {
    let principal = super::bounded(cx.principal().id());
    format!("{}:{}:{principal}:{}", cx.operation().id, principal.len(), key.key)
}

#[cfg(test)]
mod tests;
