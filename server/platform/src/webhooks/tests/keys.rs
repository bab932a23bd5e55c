//! Tests of the encryption of secrets in the database.

use super::receiver::{Receiver, Reply};
use super::{KEY, ORDER_CREATED, is_signed, prepare, secret_keys};
use crate::shutdown::Shutdown;
use crate::webhooks::dispatch::Dispatcher;

/// Another key of the secrets of endpoints.
const NEW_KEY: &str = "bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmU=";

#[tokio::test]
async fn secrets_are_encrypted_in_the_database_and_a_new_key_replaces_the_old_one() {
    let (delivery, dispatcher) = prepare(1, |sender| sender).await;
    let pool = &delivery.database.pool;
    let receiver = Receiver::start([Reply::status(200)]).await;
    let (endpoint, old) = delivery.register(&receiver.url("/")).await;
    let new = delivery.webhooks.rotate_secret(endpoint.id).await.unwrap().unwrap();
    let stored = async || {
        let stored = sqlx::query_as("SELECT secret, previous_secret FROM writ.webhook_endpoints");
        stored.fetch_one(pool).await.unwrap()
    };
    let before: (Vec<u8>, Vec<u8>) = stored().await;
    for (secret, sealed) in [(&new, &before.0), (&old, &before.1)] {
        assert!(!sealed.windows(32).any(|window| window == secret.as_bytes()));
        assert_eq!(secret_keys(&[KEY]).open(endpoint.id, sealed).as_ref(), Ok(secret));
    }
    secret_keys(&[KEY, NEW_KEY]).renew(pool).await.unwrap();
    assert_eq!(stored().await, before);
    // After this, the old key is not needed.
    secret_keys(&[NEW_KEY, KEY]).renew(pool).await.unwrap();
    let keys = secret_keys(&[NEW_KEY]);
    let dispatcher = Dispatcher { keys, ..dispatcher };
    tokio::spawn(dispatcher.run(delivery.shutdown.clone()));
    delivery.publish(&ORDER_CREATED).await;
    receiver.wait_for(1).await;
    let request = &receiver.requests()[0];
    assert!(is_signed(request, &old) && is_signed(request, &new), "{request:?}");
}

#[tokio::test]
async fn a_delivery_waits_for_a_missing_key_without_losing_attempts() {
    let (delivery, dispatcher) = prepare(0, |sender| sender).await;
    let receiver = Receiver::start([Reply::status(200)]).await;
    let (endpoint, secret) = delivery.register(&receiver.url("/")).await;
    delivery.publish(&ORDER_CREATED).await;
    let without = Dispatcher { keys: secret_keys(&[NEW_KEY]), ..dispatcher.clone() };
    let stop = Shutdown::default();
    let running = tokio::spawn(without.run(stop.clone()));
    delivery.until("attempts = 0 AND next_attempt_at > now() + interval '50 seconds' AND failure LIKE 'no key%'").await;
    stop.drain();
    running.await.unwrap();
    // Nothing is renewed without the key.
    secret_keys(&[NEW_KEY]).renew(&delivery.database.pool).await.unwrap();
    let due = "UPDATE writ.webhook_deliveries SET next_attempt_at = now()";
    sqlx::query(due).execute(&delivery.database.pool).await.unwrap();
    tokio::spawn(dispatcher.run(delivery.shutdown.clone()));
    delivery.until("delivered_at IS NOT NULL AND attempts = 1").await;
    assert!(is_signed(&receiver.requests()[0], &secret));
    assert_eq!(delivery.webhooks.endpoint(endpoint.id).await.unwrap().unwrap().disabled, None);
}
