//! Tests of idempotency keys in memory: replays, conflicts, expiry and eviction.

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

fn context_of(operation: &'static Operation, caller: &'static str, key: Option<&str>, hash: u8) -> Context<Visitor> {
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
