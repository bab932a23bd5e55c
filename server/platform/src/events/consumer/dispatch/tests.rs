//! Tests of the order of work of a consumer, without stores.

use std::collections::HashMap;
use std::time::Duration;

use redis::Value;
use writ_runtime::event::{EventId, StoredEvent};

use super::*;
use crate::telemetry::Origin;

const LEASE: Lease = Lease { partition: 3, token: 1, batch: 0 };

fn entry(id: &str, aggregate: &str) -> StreamId {
    let event = StoredEvent {
        id: EventId::generate(),
        event_type: "order.paid".to_owned(),
        aggregate_id: aggregate.to_owned(),
        timestamp: chrono::Utc::now(),
        data: "{}".into(),
    };
    let message = Message { event, aggregate: "order".to_owned(), origin: Origin::default() };
    let arguments = message.arguments();
    let fields = arguments
        .chunks(2)
        .map(|pair| (String::from_utf8(pair[0].to_vec()).unwrap(), Value::BulkString(pair[1].to_vec())));
    StreamId { id: id.to_owned(), map: fields.collect::<HashMap<_, _>>(), ..StreamId::default() }
}

fn reading() -> Dispatcher {
    let mut dispatcher = Dispatcher::default();
    dispatcher.adopt(&[LEASE]);
    assert_eq!(dispatcher.request(Instant::now()).unwrap().after, [(3, "0-0".to_owned())]);
    assert_eq!(dispatcher.accept(vec![(3, Vec::new())], true), (Vec::new(), Vec::new()));
    assert_eq!(dispatcher.request(Instant::now()).unwrap().after, [(3, ">".to_owned())]);
    dispatcher
}

fn ids(entries: &[Entry]) -> Vec<&str> {
    entries.iter().map(|entry| entry.id.as_str()).collect()
}

#[test]
fn events_of_one_aggregate_follow_each_other_and_others_do_not_wait() {
    let mut dispatcher = reading();
    let entries = [("1-0", "a"), ("2-0", "b"), ("3-0", "a")].map(|(id, aggregate)| entry(id, aggregate));
    let (started, unreadable) = dispatcher.accept(vec![(3, entries.to_vec())], false);
    assert_eq!((ids(&started), unreadable.len()), (vec!["1-0", "2-0"], 0));
    assert_eq!(dispatcher.finish(&started[1], None), None);
    let next = dispatcher.finish(&started[0], None).unwrap();
    assert_eq!(next.id, "3-0");
    assert_eq!(dispatcher.finish(&next, None), None);
    let (started, _) = dispatcher.accept(vec![(3, vec![entry("4-0", "a")])], false);
    assert_eq!(ids(&started), ["4-0"]);
}

#[test]
fn an_entry_that_is_kept_is_read_again_before_later_ones() {
    let mut dispatcher = reading();
    let entries = vec![entry("1-0", "a"), entry("2-0", "a"), entry("3-0", "b")];
    let (started, _) = dispatcher.accept(vec![(3, entries)], false);
    let now = Instant::now();
    assert_eq!(dispatcher.finish(&started[0], Some(now + Duration::from_secs(1))), None);
    // A response that was on its way is ignored.
    assert!(dispatcher.accept(vec![(3, vec![entry("4-0", "a")])], false).0.is_empty());
    assert_eq!(dispatcher.request(now + Duration::from_secs(2)), None, "other work of the partition has not ended");
    assert_eq!(dispatcher.finish(&started[1], None), None);
    assert_eq!(dispatcher.request(now), None);
    let again = dispatcher.request(now + Duration::from_secs(2)).unwrap();
    assert_eq!(again, Request { recovers: true, is_partial: false, after: vec![(3, "0-0".to_owned())] });
    let (started, _) = dispatcher.accept(vec![(3, vec![entry("1-0", "a"), entry("2-0", "a")])], true);
    assert_eq!(ids(&started), ["1-0"]);
    assert_eq!(dispatcher.request(now).unwrap().after, [(3, "2-0".to_owned())]);
}

#[test]
fn entries_of_a_lost_lease_do_not_start() {
    let mut dispatcher = reading();
    let (started, _) = dispatcher.accept(vec![(3, vec![entry("1-0", "a"), entry("2-0", "a")])], false);
    dispatcher.adopt(&[Lease { token: 2, ..LEASE }]);
    assert_eq!(dispatcher.finish(&started[0], None), None);
    assert_eq!(dispatcher.leases(), [(3, 2)]);
    assert!(dispatcher.request(Instant::now()).unwrap().recovers);
    dispatcher.adopt(&[]);
    assert_eq!(dispatcher.request(Instant::now()), None);
}

#[test]
fn an_aggregate_with_many_waiting_events_stops_only_its_partition() {
    let mut dispatcher = reading();
    let other = Lease { partition: 4, ..LEASE };
    dispatcher.adopt(&[LEASE, other]);
    assert_eq!(dispatcher.accept(vec![(4, Vec::new())], true), (Vec::new(), Vec::new()));
    let entries = (0..MAX_ENTRIES).map(|number| entry(&format!("{number}-0"), "a")).collect();
    let (started, _) = dispatcher.accept(vec![(3, entries)], false);
    assert_eq!(started.len(), 1);
    let request = |is_partial, partitions: &[i16]| {
        let after = partitions.iter().map(|partition| (*partition, ">".to_owned())).collect();
        Some(Request { recovers: false, is_partial, after })
    };
    assert_eq!(dispatcher.request(Instant::now()), request(true, &[4]));
    dispatcher.finish(&started[0], None).unwrap();
    assert_eq!(dispatcher.request(Instant::now()), request(false, &[3, 4]));
}

#[test]
fn an_entry_that_is_no_event_is_acknowledged() {
    let mut dispatcher = reading();
    let stranger = StreamId { id: "1-0".to_owned(), ..StreamId::default() };
    let (started, unreadable) = dispatcher.accept(vec![(3, vec![stranger])], false);
    assert_eq!((started.len(), unreadable), (0, vec![(3, "1-0".to_owned())]));
}

#[test]
fn a_lease_that_is_held_again_keeps_the_place_of_its_partition_and_a_lost_one_does_not() {
    let other = Lease { partition: 4, ..LEASE };
    let mut dispatcher = reading();
    dispatcher.adopt(&[LEASE, other]);
    assert_eq!(dispatcher.leases(), [(3, 1), (4, 1)]);
    // The new partition is recovered first.
    let recovers = Request { recovers: true, is_partial: false, after: vec![(4, "0-0".to_owned())] };
    assert_eq!(dispatcher.request(Instant::now()), Some(recovers.clone()));
    dispatcher.adopt(&[other]);
    assert_eq!(dispatcher.leases(), [(4, 1)]);
    assert_eq!(dispatcher.request(Instant::now()), Some(recovers));
    assert_eq!(dispatcher.accept(vec![(4, Vec::new())], true), (Vec::new(), Vec::new()));
    dispatcher.adopt(&[other]);
    assert_eq!(dispatcher.request(Instant::now()).unwrap().after, [(4, ">".to_owned())]);
}
