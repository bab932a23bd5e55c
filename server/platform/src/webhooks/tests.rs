//! Tests of the delivery of webhooks to endpoints that fail in every way.

mod endpoints;
mod keys;
mod pauses;
mod reached;
mod receiver;
#[cfg(feature = "otlp")]
mod traces;

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretString;
use sqlx::PgPool;
use writ_runtime::Bytes;
use writ_runtime::event::{Consume as _, EventId, EventType, StoredEvent};

use super::address::AddressPolicy;
use super::dispatch::Dispatcher;
use super::keys::SecretKeys;
use super::request::Sender;
use super::schedule::Schedule;
use super::{Endpoint, NewEndpoint, WebhookSecret, Webhooks, delivery};
use crate::Transaction;
use crate::metrics::Metrics;
use crate::shutdown::Shutdown;
use crate::testing::{SOON, TestDatabase};
use receiver::{Receiver, Reply};

const ORDER_CREATED: EventType = EventType { name: "order.created", aggregate: "order", version: 1, internal: false };
const ORDER_PAID: EventType = EventType { name: "order.paid", aggregate: "order", version: 1, internal: false };
const SESSION_ENDED: EventType = EventType { name: "session.ended", aggregate: "session", version: 1, internal: true };
const EVENTS: &[&EventType] = &[&ORDER_CREATED, &ORDER_PAID, &SESSION_ENDED];

/// The time for a request in these tests.
const TIMEOUT: Duration = Duration::from_millis(500);

/// The key of the secrets of endpoints.
const KEY: &str = "a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2U=";

/// Returns keys of the secrets of endpoints.
fn secret_keys(keys: &[&str]) -> SecretKeys {
    let keys: Vec<_> = keys.iter().map(|key| SecretString::from(*key)).collect();
    SecretKeys::new(&keys, "things")
}

/// The webhooks of a test, whose endpoints may be at 127.0.0.1, and their dispatcher.
struct Delivery {
    webhooks: Webhooks,
    database: TestDatabase,
    shutdown: Shutdown,
}

impl Drop for Delivery {
    fn drop(&mut self) {
        self.shutdown.drain();
    }
}

/// Starts a dispatcher whose failed deliveries are repeated at once, `retries` times.
async fn start(retries: usize) -> Delivery {
    start_with(retries, |sender| sender).await
}

async fn start_with(retries: usize, change: impl FnOnce(Sender) -> Sender) -> Delivery {
    let (delivery, dispatcher) = prepare(retries, change).await;
    tokio::spawn(dispatcher.run(delivery.shutdown.clone()));
    delivery
}

/// Creates the webhooks of a test, and a dispatcher that does not run yet.
async fn prepare(retries: usize, change: impl FnOnce(Sender) -> Sender) -> (Delivery, Dispatcher) {
    crate::tls::install_provider();
    let database = TestDatabase::with_things().await;
    let policy = AddressPolicy::new(vec!["127.0.0.1/32".parse().unwrap()]);
    let webhooks = Webhooks::new(&database.pool, EVENTS, policy.clone(), secret_keys(&[KEY]));
    let sender = change(Sender { timeout: TIMEOUT, ..Sender::with_roots(policy, rustls::RootCertStore::empty()) });
    let dispatcher = Dispatcher {
        pool: database.pool.clone(),
        sender,
        keys: secret_keys(&[KEY]),
        schedule: Schedule(vec![Duration::from_millis(1); retries]),
        interval: Duration::from_millis(20),
        metrics: Arc::new(Metrics::default()),
    };
    (Delivery { webhooks, database, shutdown: Shutdown::default() }, dispatcher)
}

impl Delivery {
    async fn register(&self, url: &str) -> (Endpoint, WebhookSecret) {
        let new = NewEndpoint { url: url.to_owned(), ..NewEndpoint::default() };
        self.webhooks.register(&new).await.unwrap()
    }

    /// Publishes an event to the consumer of webhooks, and returns its id as `webhook-id` has it.
    async fn publish(&self, event_type: &EventType) -> String {
        let event = event(event_type);
        self.consume(&event).await;
        event.id.to_string()
    }

    async fn consume(&self, event: &StoredEvent) {
        let mut transaction = Transaction::begin(&self.database.pool).await.unwrap();
        self.webhooks.consumer().consume(&mut transaction, event).await.unwrap();
        transaction.commit().await.unwrap();
    }

    /// Waits until the deliveries of the service fulfil a condition in SQL.
    async fn until(&self, condition: &'static str) {
        let query = format!(
            "SELECT EXISTS (SELECT FROM writ.webhook_deliveries AS delivery JOIN writ.webhook_endpoints AS endpoint
             ON endpoint.id = endpoint_id WHERE {condition})"
        );
        let wait = async {
            while !sqlx::query_scalar::<_, bool>(sqlx::AssertSqlSafe(query.clone()))
                .fetch_one(&self.database.pool)
                .await
                .unwrap()
            {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(SOON * 2, wait).await.unwrap_or_else(|_| panic!("never: {condition}"));
    }

    async fn deliveries(&self) -> i64 {
        let count = sqlx::query_scalar("SELECT count(*) FROM writ.webhook_deliveries");
        count.fetch_one(&self.database.pool).await.unwrap()
    }
}

fn event(event_type: &EventType) -> StoredEvent {
    StoredEvent {
        id: EventId::generate(),
        event_type: event_type.name.to_owned(),
        aggregate_id: "ord_1".to_owned(),
        timestamp: chrono::Utc::now(),
        data: Bytes::from_static(br#"{"total":7}"#),
    }
}

/// Returns true if a request has a valid signature by this secret.
fn is_signed(request: &receiver::Received, secret: &WebhookSecret) -> bool {
    let key = secret.reveal().strip_prefix("whsec_").map(|key| STANDARD.decode(key).unwrap()).unwrap();
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &key);
    let signed = [format!("{}.{}.", request.id, request.timestamp).as_bytes(), &request.body].concat();
    let valid = format!("v1,{}", STANDARD.encode(ring::hmac::sign(&key, &signed)));
    request.signatures.split(' ').any(|signature| signature == valid)
}

#[tokio::test]
async fn a_webhook_is_signed_and_sent_again_with_one_id_until_the_endpoint_accepts_it() {
    let delivery = start(10).await;
    let receiver = Receiver::start([Reply::status(500), Reply::status(404), Reply::Close, Reply::status(204)]).await;
    let (endpoint, secret) = delivery.register(&receiver.url("/hooks?from=shop")).await;
    let id = delivery.publish(&ORDER_CREATED).await;
    delivery.until("delivered_at IS NOT NULL").await;
    let requests = receiver.requests();
    assert_eq!(requests.len(), 4);
    for request in &requests {
        assert_eq!((request.id.as_str(), request.path.as_str()), (id.as_str(), "/hooks?from=shop"));
        assert!(is_signed(request, &secret), "{request:?}");
        let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
        assert_eq!((body["id"].as_str(), body["type"].as_str()), (Some(id.as_str()), Some("order.created")));
        assert_eq!((body["aggregateId"].as_str(), body["data"]["total"].as_i64()), (Some("ord_1"), Some(7)));
        let age = chrono::Utc::now().timestamp() - request.timestamp.parse::<i64>().unwrap();
        assert!((0..60).contains(&age), "{age}");
    }
    let endpoint = delivery.webhooks.endpoint(endpoint.id).await.unwrap().unwrap();
    assert!(endpoint.succeeded_at.is_some() && endpoint.disabled.is_none());
}

#[tokio::test]
async fn a_response_after_the_time_limit_leads_to_another_attempt_with_the_same_id() {
    let delivery = start(10).await;
    let receiver = Receiver::start([Reply::after(TIMEOUT * 2, 200), Reply::status(200)]).await;
    delivery.register(&receiver.url("/")).await;
    let id = delivery.publish(&ORDER_CREATED).await;
    delivery.until("delivered_at IS NOT NULL").await;
    let ids: Vec<String> = receiver.requests().into_iter().map(|request| request.id).collect();
    assert_eq!(ids, [id.clone(), id]);
}

#[tokio::test]
async fn a_slow_endpoint_holds_back_only_itself() {
    let delivery = start(10).await;
    let slow = Receiver::start([Reply::after(SOON * 4, 200)]).await;
    let fast = Receiver::start([Reply::status(200)]).await;
    let (_, (endpoint, _)) = (delivery.register(&slow.url("/")).await, delivery.register(&fast.url("/")).await);
    for _ in 0..20 {
        delivery.publish(&ORDER_CREATED).await;
    }
    fast.wait_for(20).await;
    let delivered = "SELECT count(*) FROM writ.webhook_deliveries WHERE endpoint_id <> $1 AND delivered_at IS NOT NULL";
    let delivered: i64 =
        sqlx::query_scalar(delivered).bind(endpoint.id).fetch_one(&delivery.database.pool).await.unwrap();
    assert_eq!(delivered, 0);
    assert!(slow.most_at_once() <= 7, "{}", slow.most_at_once());
}

#[tokio::test]
async fn an_endpoint_that_accepts_nothing_is_disabled_until_it_is_enabled_again() {
    let delivery = start(2).await;
    let receiver =
        Receiver::start([Reply::status(500), Reply::status(500), Reply::status(500), Reply::status(200)]).await;
    let (endpoint, _) = delivery.register(&receiver.url("/")).await;
    let first = delivery.publish(&ORDER_CREATED).await;
    delivery.until("disabled_at IS NOT NULL").await;
    let disabled = delivery.webhooks.endpoint(endpoint.id).await.unwrap().unwrap();
    let reason = format!("the endpoint responded with the status 500, at attempt 3 of {first}");
    assert_eq!(disabled.disabled.map(|(_, reason)| reason), Some(reason));
    // A disabled endpoint receives nothing, also later.
    delivery.publish(&ORDER_CREATED).await;
    assert_eq!(delivery.deliveries().await, 1);
    let enabled = delivery.webhooks.set_enabled(endpoint.id, true).await.unwrap().unwrap();
    assert_eq!(enabled.disabled, None);
    let last = delivery.publish(&ORDER_CREATED).await;
    delivery.until("delivered_at IS NOT NULL").await;
    let ids: Vec<String> = receiver.requests().into_iter().map(|request| request.id).collect();
    assert_eq!(ids, [first.clone(), first.clone(), first, last]);
}

#[tokio::test]
async fn an_endpoint_that_accepts_other_events_stays_enabled_and_one_that_has_gone_does_not() {
    let delivery = start(1).await;
    // The refusal takes so long that the other event is accepted before the delivery has failed for good.
    let reply = |name: &str| match name {
        "order.paid" => Reply::after(TIMEOUT / 2, 500),
        _ => Reply::status(200),
    };
    let picky = Receiver::start_by_type(reply).await;
    let (endpoint, _) = delivery.register(&picky.url("/")).await;
    delivery.publish(&ORDER_PAID).await;
    delivery.publish(&ORDER_CREATED).await;
    delivery.until("attempts = 2 AND next_attempt_at IS NULL AND delivered_at IS NULL").await;
    let state = async |id| delivery.webhooks.endpoint(id).await.unwrap().unwrap().disabled.is_some();
    assert!(!state(endpoint.id).await);
    let gone = Receiver::start([Reply::status(410)]).await;
    let (other, _) = delivery.register(&gone.url("/")).await;
    delivery.publish(&ORDER_CREATED).await;
    delivery.until("disabled_reason LIKE '%status 410%'").await;
    assert_eq!((gone.requests().len(), state(endpoint.id).await, state(other.id).await), (1, false, true));
}

#[tokio::test]
async fn a_repeated_event_is_delivered_once_and_each_endpoint_receives_its_types() {
    let delivery = start(1).await;
    let receiver = Receiver::start([Reply::status(200)]).await;
    let types = vec!["order.paid".to_owned()];
    let new = NewEndpoint { url: receiver.url("/"), event_types: types, ..NewEndpoint::default() };
    delivery.webhooks.register(&new).await.unwrap();
    let paid = event(&ORDER_PAID);
    for event in [&event(&ORDER_CREATED), &paid, &paid] {
        delivery.consume(event).await;
    }
    delivery.until("delivered_at IS NOT NULL").await;
    assert_eq!((delivery.deliveries().await, receiver.requests().len()), (1, 1));
    let delivered: Vec<&str> = delivery.webhooks.consumer().event_types().iter().map(|event| event.name).collect();
    assert_eq!(delivered, ["order.created", "order.paid"]);
}

#[tokio::test]
async fn an_attempt_of_a_process_that_died_is_repeated_and_its_late_end_changes_nothing() {
    let (delivery, _) = prepare(1, |sender| sender).await;
    let receiver = Receiver::start([Reply::status(200)]).await;
    delivery.register(&receiver.url("/")).await;
    delivery.publish(&ORDER_CREATED).await;
    let lease = async |lease| {
        let pool: &PgPool = &delivery.database.pool;
        delivery::lease(pool, &[], 4, lease).await.unwrap()
    };
    let first = lease(Duration::ZERO).await;
    assert_eq!(first.iter().map(|attempt| attempt.number).collect::<Vec<_>>(), [1]);
    let second = lease(Duration::from_secs(60)).await;
    assert_eq!(second.iter().map(|attempt| attempt.number).collect::<Vec<_>>(), [2]);
    // The lease holds, so nobody else makes the attempt.
    assert!(lease(Duration::ZERO).await.is_empty());
    delivery::succeed(&delivery.database.pool, &first[0]).await.unwrap();
    delivery.until("delivered_at IS NULL AND attempts = 2").await;
    delivery::succeed(&delivery.database.pool, &second[0]).await.unwrap();
    delivery.until("delivered_at IS NOT NULL AND succeeded_at IS NOT NULL").await;
}
