//! Tests of consumers that fail, hang or panic: only the aggregate of the event waits.

use std::sync::atomic::Ordering;

use super::support::{Reaction, eventually, start, start_with};
use crate::events::outbox::partition_of;

const REACTIONS: [Reaction; 5] = [Reaction::Fail, Reaction::Panic, Reaction::Hang, Reaction::Misread, Reaction::Ignore];

#[tokio::test]
async fn a_failing_event_holds_back_only_its_aggregate_and_is_parked_after_its_attempts() {
    let server = start().await;
    let service = &server.service;
    for reaction in REACTIONS {
        let (failing, others) = (format!("{reaction:?}"), format!("not {reaction:?}"));
        service.behaviour.set(&failing, Some(reaction));
        service.publish(&failing, 0..3).await;
        service.publish(&others, 0..3).await;
        service.expect(&others, 0..3).await;
        let attempts = if reaction == Reaction::Misread { 1 } else { 3 };
        let parked = [(failing.clone(), attempts, true), (failing.clone(), 0, false), (failing.clone(), 0, false)];
        let reached = eventually(async || {
            service.held().await.into_iter().filter(|held| held.0 == failing).collect::<Vec<_>>() == parked
        });
        assert!(reached.await, "{reaction:?}: {:?}", service.held().await);
        assert_eq!(service.effects(&failing).await, [0; 0], "{reaction:?}");
    }
}

#[tokio::test]
async fn an_event_that_succeeds_later_is_followed_by_those_that_waited_for_it() {
    let server = start().await;
    let service = &server.service;
    service.behaviour.set("a", Some(Reaction::Fail));
    service.publish("a", 0..10).await;
    assert!(eventually(async || service.held().await.len() == 10).await, "{:?}", service.held().await);
    service.behaviour.set("a", None);
    // The event can be parked already.
    super::commands::run(&server, "replay all").await.unwrap();
    service.expect("a", 0..10).await;
    service.publish("a", 10..20).await;
    service.expect("a", 0..20).await;
    assert!(service.held().await.is_empty());
}

#[tokio::test]
async fn an_event_that_a_consumer_ignores_is_not_recorded() {
    let server = start().await;
    let service = &server.service;
    service.publish("a", -5..2).await;
    service.expect("a", 0..2).await;
    let count = sqlx::query_scalar("SELECT count(*) FROM writ.inbox");
    assert_eq!(count.fetch_one(&service.pool).await.ok(), Some(2_i64));
    assert!(service.held().await.is_empty());
}

#[tokio::test]
async fn handled_events_are_acknowledged_and_streams_are_trimmed() {
    let server = start().await;
    let service = &server.service;
    service.publish("a", 0..50).await;
    service.expect("a", 0..50).await;
    let partition = partition_of("counter", "a");
    let stream = crate::events::relay::stream_key(&service.redis, partition);
    let trimmed = eventually(async || {
        let mut ask = redis::pipe();
        ask.cmd("XLEN").arg(&stream).cmd("XPENDING").arg(&stream).arg("numbers");
        let (length, (pending, ..)): (usize, (usize, redis::Value, redis::Value, redis::Value)) =
            service.redis.run(&ask).await.unwrap();
        length <= 1 && pending == 0
    });
    assert!(trimmed.await);
}

#[tokio::test]
async fn a_consumer_that_never_acknowledges_holds_up_no_other_aggregate_and_its_lag_is_visible() {
    let server = start_with(|settings| settings.set("COUNTERS_EVENT_TIMEOUT", "1h")).await;
    let service = &server.service;
    service.behaviour.set("a", Some(Reaction::Hang));
    service.publish("a", 0..3).await;
    for other in 0..32 {
        service.publish(&format!("other {other}"), 0..3).await;
    }
    for other in 0..32 {
        service.expect(&format!("other {other}"), 0..3).await;
    }
    let visible = eventually(async || {
        let text = server.platform.metrics().render().unwrap();
        let gauge = |name: &str| {
            let line = text.lines().find(|line| line.starts_with(name)).unwrap();
            line.rsplit(' ').next().unwrap().parse::<u64>().unwrap()
        };
        gauge("writ_consumer_backlog{") == 3 && gauge("writ_consumer_lag_seconds{") > 0
    });
    assert!(visible.await, "{}", server.platform.metrics().render().unwrap());
}

#[tokio::test]
async fn an_aggregate_with_many_waiting_events_holds_up_no_other_partition() {
    let server = start_with(|settings| settings.set("COUNTERS_EVENT_TIMEOUT", "1h")).await;
    let service = &server.service;
    service.behaviour.set("a", Some(Reaction::Hang));
    service.publish("a", 0..300).await;
    let is_elsewhere = |other: &String| partition_of("counter", other) != partition_of("counter", "a");
    let others: Vec<String> = (0..32).map(|number| format!("other {number}")).filter(is_elsewhere).collect();
    for other in &others {
        service.publish(other, 0..3).await;
    }
    for other in &others {
        service.expect(other, 0..3).await;
    }
}

#[tokio::test]
async fn held_back_events_that_hang_hold_up_no_other_aggregate() {
    let server = start_with(|settings| {
        settings.set("COUNTERS_EVENT_TIMEOUT", "1h");
        settings.set("COUNTERS_EVENT_ATTEMPTS", "1000000");
    });
    let server = server.await;
    let service = &server.service;
    let failing: Vec<String> = (0..8).map(|number| format!("failing {number}")).collect();
    for aggregate in &failing {
        service.behaviour.set(aggregate, Some(Reaction::Fail));
        service.publish(aggregate, 0..1).await;
    }
    assert!(eventually(async || service.held().await.len() == failing.len()).await, "{:?}", service.held().await);
    for aggregate in &failing {
        service.behaviour.set(aggregate, Some(Reaction::Hang));
    }
    assert!(eventually(async || service.behaviour.hanging.load(Ordering::SeqCst) > 0).await);
    for last in 1..50 {
        service.publish("other", last - 1..last).await;
        service.expect("other", 0..last).await;
    }
}
