//! Tests of a Redis that loses data, of stores that are unavailable, and of processes that take over.

use sqlx::PgPool;
use sqlx::postgres::PgConnectOptions;

use super::support::{eventually, start, start_with};
use crate::Transaction;
use crate::testing::{Flow, Stores};

#[tokio::test]
async fn a_redis_without_its_data_is_filled_again_and_no_event_has_a_second_effect() {
    let server = start().await;
    let service = &server.service;
    service.publish("a", 0..20).await;
    assert!(eventually(async || service.effects("a").await.len() >= 10).await);
    for round in 1..4 {
        service.lose_redis_data().await;
        service.publish("a", round * 20..(round + 1) * 20).await;
    }
    service.expect("a", 0..80).await;
}

#[tokio::test]
async fn events_that_redis_loses_while_nothing_is_published_are_published_again() {
    let stores = Stores::start().await;
    let server = start_with(|settings| stores.place_before(settings)).await;
    let service = &server.service;
    service.publish("a", 0..1).await;
    service.expect("a", 0..1).await;
    let unpublished = async || {
        let count = "SELECT count(*) FROM writ.outbox WHERE batch IS NULL";
        sqlx::query_scalar::<_, i64>(count).fetch_one(&service.pool).await.unwrap()
    };
    stores.redis.set(Flow::Closed);
    service.publish("a", 1..5).await;
    stores.redis.set(Flow::Open);
    assert!(eventually(async || unpublished().await == 0).await);
    service.lose_redis_data().await;
    service.expect("a", 0..5).await;
}

#[tokio::test]
async fn events_continue_after_an_outage_of_each_store() {
    let stores = Stores::start().await;
    let server = start_with(|settings| stores.place_before(settings)).await;
    let service = &server.service;
    for (round, flow) in (0..).zip(Stores::DISTURBANCES) {
        stores.redis.set(flow);
        service.publish("a", round * 10..round * 10 + 5).await;
        stores.redis.set(Flow::Open);
        service.publish("a", round * 10 + 5..(round + 1) * 10).await;
        service.expect("a", 0..(round + 1) * 10).await;
    }
    for (round, flow) in (4..).zip([Flow::Closed, Flow::HalfClosed]) {
        service.publish("a", round * 10..(round + 1) * 10).await;
        stores.postgres.set(flow);
        stores.recover(&server.platform, "database").await;
        service.expect("a", 0..(round + 1) * 10).await;
    }
}

#[tokio::test]
async fn another_process_takes_over_when_one_ends() {
    const SHARED: [&str; 2] = ["DATABASE_URL", "COUNTERS_REDIS_PREFIX"];
    let mut shared = Vec::new();
    let first = start_with(|settings| {
        shared = SHARED.iter().filter_map(|name| Some((*name, settings.value(name)?.to_owned()))).collect();
    })
    .await;
    let service = &first.service;
    let second = start_with(|settings| shared.iter().for_each(|(name, value)| settings.set(name, value))).await;
    service.publish("a", 0..10).await;
    first.platform.shutdown().drain();
    second.service.publish("a", 10..20).await;
    second.service.expect("a", 0..20).await;
}

#[tokio::test]
async fn events_continue_after_the_network_has_lost_the_connections_to_the_database() {
    let stores = Stores::start().await;
    let server = start_with(|settings| stores.place_before(settings)).await;
    let service = &server.service;
    service.publish("a", 0..5).await;
    service.expect("a", 0..5).await;
    stores.postgres.lose_connections();
    // The test reaches the database without the proxy, and the service on new connections only.
    let port = std::env::var("WRIT_TEST_DATABASE_URL").unwrap().parse::<PgConnectOptions>().unwrap().get_port();
    let direct = PgPool::connect_with((*service.pool.connect_options()).clone().port(port)).await.unwrap();
    for number in 5..10 {
        let mut transaction = Transaction::begin(&direct).await.unwrap();
        service.append(&mut transaction, "a", number).await.unwrap();
        transaction.commit().await.unwrap();
    }
    let count = async || {
        let count = "SELECT count(*) FROM effects WHERE aggregate = 'a'";
        sqlx::query_scalar::<_, i64>(count).fetch_one(&direct).await.unwrap()
    };
    assert!(eventually(async || count().await == 10).await, "{}", count().await);
}
