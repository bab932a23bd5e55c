//! Tests of the progress of consumers, which tells what their effects can lack.

use std::collections::BTreeSet;

use chrono::Utc;

use super::relays::Stage;
use super::support::{Reaction, eventually, start};
use crate::events::relay::complete_key;

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
    let mut relay = stage.relay(std::time::Duration::from_secs(60));
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
    let mut relay = stage.relay(std::time::Duration::from_secs(60));
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
