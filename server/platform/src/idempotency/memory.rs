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
mod tests {
    use std::borrow::Cow;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use writ_runtime::operation::Idempotency;
    use writ_runtime::{Accept, CallInfo, Operation, Reply, RequestId};

    use super::*;

    static BUY: Operation = Operation {
        id: "buyTicket",
        idempotency: Some(Idempotency { retention: Duration::from_millis(300) }),
        ..Operation::NONE
    };

    struct Visitor(&'static str);

    impl Principal for Visitor {
        fn id(&self) -> Cow<'_, str> {
            Cow::Borrowed(self.0)
        }
    }

    static SELL: Operation = Operation {
        id: "sellTicket",
        idempotency: Some(Idempotency { retention: Duration::from_secs(3600) }),
        ..Operation::NONE
    };

    fn context(caller: &'static str, key: Option<&str>, hash: u8) -> Context<Visitor> {
        context_of(&BUY, caller, key, hash)
    }

    fn context_of(
        operation: &'static Operation,
        caller: &'static str,
        key: Option<&str>,
        hash: u8,
    ) -> Context<Visitor> {
        let key = key.map(|key| IdempotencyKey { key: key.to_owned(), request_hash: [hash; 32] });
        let call = CallInfo { operation, request_id: RequestId::new("r"), address: None, accept: Accept::default() };
        Context::new(Visitor(caller), call).with_idempotency(key)
    }

    /// Sells a ticket and returns the body of the response: the number of the ticket.
    async fn buy(records: &MemoryRecords, sold: &AtomicUsize, cx: Context<Visitor>) -> Result<String, KeyConflict> {
        let sell = async || {
            let number = sold.fetch_add(1, Ordering::SeqCst) + 1;
            tokio::time::sleep(Duration::from_millis(50)).await;
            Ok(Reply::status(201).bytes("text/plain", number.to_string()))
        };
        match records.once(&cx, sell).await? {
            Idempotent::Recorded(recorded) => Ok(String::from_utf8(recorded.body).unwrap()),
            Idempotent::Fresh(_) => Ok("fresh".to_owned()),
        }
    }

    #[tokio::test]
    async fn a_repeated_request_has_one_effect_and_an_equal_response() {
        let (records, sold) = (MemoryRecords::default(), AtomicUsize::new(0));
        let requests = (0..20).map(|_| buy(&records, &sold, context("ada", Some("k"), 1)));
        let responses = futures_util::future::join_all(requests).await;
        assert!(responses.iter().all(|response| response.as_deref() == Ok("1")), "{responses:?}");
        assert_eq!(buy(&records, &sold, context("ada", Some("k"), 2)).await, Err(KeyConflict::AnotherRequest));
        assert_eq!(buy(&records, &sold, context("bob", Some("k"), 1)).await.as_deref(), Ok("2"));
        assert_eq!(buy(&records, &sold, context("ada", None, 1)).await.as_deref(), Ok("fresh"));
    }

    #[tokio::test]
    async fn a_record_expires_after_the_retention_of_the_operation() {
        let (records, sold) = (MemoryRecords::default(), AtomicUsize::new(0));
        assert_eq!(buy(&records, &sold, context("ada", Some("k"), 1)).await.as_deref(), Ok("1"));
        tokio::time::sleep(Duration::from_millis(400)).await;
        assert_eq!(buy(&records, &sold, context("ada", Some("k"), 2)).await.as_deref(), Ok("2"));
    }

    #[tokio::test]
    async fn a_retry_has_no_second_effect_whatever_the_size_of_the_response() {
        for (bytes, expected) in [(1024, Ok(())), (MAX_RESPONSE + 1, Err(KeyConflict::Unrecorded))] {
            let (records, runs) = (MemoryRecords::default(), AtomicUsize::new(0));
            let large = async || {
                runs.fetch_add(1, Ordering::SeqCst);
                Ok::<_, KeyConflict>(Reply::status(201).bytes("text/plain", vec![b'x'; bytes]))
            };
            let context = |hash| context_of(&SELL, "ada", Some("k"), hash);
            let first = records.once(&context(1), large).await.unwrap();
            assert!(matches!(first, Idempotent::Recorded(recorded) if recorded.body.len() == bytes));
            records.0.records.run_pending_tasks();
            assert_eq!(records.once(&context(1), large).await.map(drop), expected);
            let other = records.once(&context(2), large).await.map(drop);
            assert_eq!((other, runs.load(Ordering::SeqCst)), (Err(KeyConflict::AnotherRequest), 1));
        }
    }

    #[tokio::test]
    async fn a_new_record_is_not_evicted_before_old_ones() {
        let records = MemoryRecords::default();
        let body = vec![b'x'; MAX_RESPONSE - 1024];
        let large = async || Ok::<_, KeyConflict>(Reply::status(201).bytes("text/plain", body.clone()));
        let keys: Vec<String> = (0..40).map(|number| number.to_string()).collect();
        for key in &keys {
            // Old records are used often.
            for _ in 0..3 {
                records.once(&context_of(&SELL, "ada", Some(key), 1), large).await.unwrap();
                records.0.records.run_pending_tasks();
            }
        }
        let again = records.once(&context_of(&SELL, "ada", Some(&keys[39]), 2), large).await;
        assert!(matches!(again, Err(KeyConflict::AnotherRequest)));
    }

    #[tokio::test]
    async fn a_failed_request_is_not_recorded() {
        let (records, sold) = (MemoryRecords::default(), AtomicUsize::new(0));
        let cx = context("ada", Some("k"), 1);
        let failing = records.once(&cx, async || Err::<Reply, _>(KeyConflict::StillRunning));
        assert!(failing.await.is_err());
        assert_eq!(buy(&records, &sold, context("ada", Some("k"), 1)).await.as_deref(), Ok("1"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_waits_too_long_is_refused_as_still_running() {
        let records = MemoryRecords::default();
        let cx = context("ada", Some("k"), 1);
        let hanging = records.once(&cx, async || std::future::pending::<Result<Reply, KeyConflict>>().await);
        let second = async {
            tokio::task::yield_now().await;
            buy(&records, &AtomicUsize::new(0), context("ada", Some("k"), 1)).await
        };
        tokio::select! {
            _ = hanging => panic!("the first request ended"),
            refused = second => assert_eq!(refused, Err(KeyConflict::StillRunning)),
        }
    }
}
