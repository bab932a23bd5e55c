//! Tests of the progress of consumers, which tells what their effects can lack.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::Utc;
use writ_runtime::{LocalCopy, Operation, Unavailable};

use super::relays::Stage;
use super::support::{DATABASE, Reaction, eventually, start};
use crate::events::relay::complete_key;
use crate::events::{ConsumerProgress, DataCopy};
use crate::testing::TestDatabase;

static FROM_COPY: Operation = Operation {
    id: "listRooms",
    local_copies: &[
        LocalCopy { service: "rooms", max_age: Duration::from_secs(1) },
        LocalCopy { service: "counters", max_age: Duration::from_secs(600) },
    ],
    ..Operation::NONE
};

#[tokio::test]
async fn the_progress_of_a_consumer_follows_its_outbox_and_stops_at_an_event_that_is_held_back() {
    let server = start().await;
    let service = &server.service;
    assert_eq!(service.progress.complete_until("elsewhere").await.unwrap(), None);
    let complete = async || service.progress.complete_until("counters").await.unwrap();
    service.publish("a", 0..3).await;
    let published = Utc::now();
    assert!(eventually(async || complete().await.is_some_and(|until| until > published)).await);
    service.expect("a", 0..3).await;
    assert!(service.progress.lag("counters").await.unwrap().is_some());

    service.behaviour.set("b", Some(Reaction::Fail));
    let before = Utc::now();
    service.publish("b", 0..1).await;
    assert!(eventually(async || !service.held().await.is_empty()).await);
    let after = Utc::now();
    let advanced = async || {
        let times = "SELECT bool_and(complete_at > $1) FROM writ.event_progress";
        sqlx::query_scalar::<_, bool>(times).bind(after).fetch_one(&service.pool).await.unwrap()
    };
    assert!(eventually(advanced).await);
    assert!(complete().await.unwrap() < after && complete().await.unwrap() >= before);
}

#[tokio::test]
async fn a_redis_that_has_lost_events_is_not_complete_until_they_are_published_again() {
    let stage = Stage::new().await;
    let mut relay = stage.relay(Duration::from_secs(60));
    let times = async || complete_partitions(&stage).await;
    stage.publish(0).await;
    relay.step().await.unwrap();
    let all = times().await;
    let mut lose = redis::pipe();
    lose.cmd("DEL").arg(complete_key(&stage.redis)).arg(stage.mark()).ignore();
    stage.redis.run::<()>(&lose).await.unwrap();
    relay.complete(Utc::now(), &BTreeSet::new()).await.unwrap();
    assert_eq!((all, times().await), (16, 15));
    relay.complete(Utc::now(), &(0..16).collect()).await.unwrap();
    assert_eq!(times().await, 15);
}

/// Returns the number of partitions whose streams have a time up to which they are complete.
async fn complete_partitions(stage: &Stage) -> u32 {
    let mut read = redis::pipe();
    read.cmd("HLEN").arg(complete_key(&stage.redis));
    stage.redis.run::<(u32,)>(&read).await.unwrap().0
}

#[tokio::test]
async fn a_full_stream_is_not_complete() {
    let stage = Stage::new().await;
    let mut create = redis::pipe();
    create.cmd("XGROUP").arg("CREATE").arg(stage.stream_key()).arg("numbers").arg("0").arg("MKSTREAM").ignore();
    stage.redis.run::<()>(&create).await.unwrap();
    let mut relay = stage.relay(Duration::from_secs(60));
    relay.max_length = 1;
    stage.publish(0).await;
    assert!(relay.step().await.unwrap());
    stage.publish(1).await;
    assert!(!relay.step().await.unwrap());
    let mut lose = redis::pipe();
    lose.cmd("DEL").arg(complete_key(&stage.redis)).ignore();
    stage.redis.run::<()>(&lose).await.unwrap();
    relay.complete(Utc::now(), &BTreeSet::new()).await.unwrap();
    assert_eq!(complete_partitions(&stage).await, 15);
}

#[tokio::test]
async fn an_operation_responds_from_a_copy_that_is_as_recent_as_its_contract_demands() {
    let database = TestDatabase::migrated(&DATABASE).await;
    let progress = ConsumerProgress { consumer: "numbers".to_owned(), pool: database.pool.clone() };
    let copy = DataCopy::new("counters", "counters", progress.clone());
    let failure = || Unavailable::retry_after(Duration::from_secs(7));
    let age = async |operation| match copy.instead_of(operation, failure()).await {
        Ok(age) => Some(age.seconds()),
        Err(unavailable) => {
            assert_eq!(unavailable.seconds(), 7);
            None
        }
    };
    assert_eq!(age(&FROM_COPY).await, None);
    let set = async |partition: i16, age: &str| {
        let set = "INSERT INTO writ.event_progress
                   VALUES ('counters', 'numbers', 'counters', $1, now() - $2::interval)
                   ON CONFLICT (service, consumer, outbox, partition) DO UPDATE SET complete_at = excluded.complete_at";
        sqlx::query(set).bind(partition).bind(age).execute(&database.pool).await.unwrap();
    };
    for partition in 0..crate::events::PARTITIONS {
        assert_eq!(age(&FROM_COPY).await, None);
        set(partition, "5 seconds").await;
    }
    assert!((5..300).contains(&age(&FROM_COPY).await.unwrap()));
    assert_eq!(age(&Operation::NONE).await, None);
    let of_others = DataCopy::new("rooms", "counters", progress);
    assert!(of_others.instead_of(&FROM_COPY, failure()).await.is_err());
    // The partition that lags most decides.
    for (oldest, is_recent) in [("300 seconds", true), ("601 seconds", false)] {
        set(3, oldest).await;
        assert_eq!(age(&FROM_COPY).await.is_some(), is_recent, "{oldest}");
    }
}
