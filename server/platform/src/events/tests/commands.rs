//! Tests of the subcommand `events`.

use super::support::{Counters, Reaction, eventually, start};
use crate::BoxError;
use crate::testing::TestServer;

/// Runs a command of an operator.
pub(super) async fn run(server: &TestServer<Counters>, arguments: &str) -> Result<String, BoxError> {
    let arguments: Vec<String> = arguments.split(' ').map(str::to_owned).collect();
    crate::events::run_command(&server.platform, &arguments).await
}

#[tokio::test]
async fn an_operator_lists_shows_replays_and_drops_parked_events() {
    let server = start().await;
    let service = &server.service;
    assert_eq!(run(&server, "list").await.unwrap(), "no events are held back");
    for aggregate in ["a", "b"] {
        service.behaviour.set(aggregate, Some(Reaction::Fail));
        service.publish(aggregate, 0..3).await;
    }
    let parked = async || service.held().await.iter().filter(|held| held.2).count() == 2;
    assert!(eventually(parked).await && eventually(async || service.held().await.len() == 6).await);
    let list = run(&server, "list numbers").await.unwrap();
    let lines: Vec<&str> = list.lines().collect();
    assert!(lines.len() == 3 && lines[1].contains("parked") && lines[1].ends_with("out of paper"), "{list}");
    let id = |aggregate: &str| {
        let line = lines.iter().find(|line| line.split_whitespace().nth(3) == Some(aggregate)).unwrap();
        line.split_whitespace().next().unwrap().to_owned()
    };
    let shown = run(&server, &format!("show {}", id("a"))).await.unwrap();
    assert!(shown.contains("aggregate: counter a") && shown.contains("waiting behind it: 2"), "{shown}");
    assert!(shown.ends_with("data: 0"), "{shown}");

    service.behaviour.set("a", None);
    let replayed = run(&server, &format!("replay {} of numbers", id("a"))).await.unwrap();
    assert_eq!(replayed, "1 event is handled again at once");
    service.expect("a", 0..3).await;

    service.behaviour.set("b", None);
    let dropped = run(&server, &format!("drop {} by ada reason INC-812", id("b"))).await.unwrap();
    assert!(dropped.starts_with("dropped evt_"), "{dropped}");
    service.expect("b", 1..3).await;
    let record = "SELECT dropped_by || ' ' || drop_reason FROM writ.inbox WHERE dropped_by IS NOT NULL";
    let record: String = sqlx::query_scalar(record).fetch_one(&service.pool).await.unwrap();
    assert_eq!(record, "ada INC-812");

    // The dropped event arrives again, and so do all others.
    service.lose_redis_data().await;
    service.publish("b", 3..4).await;
    service.expect("b", 1..4).await;
    service.expect("a", 0..3).await;
    assert_eq!(run(&server, "replay all").await.unwrap(), "no events are parked");
}

#[tokio::test]
async fn an_operator_removes_a_consumer_that_does_not_exist_any_more() {
    let server = start().await;
    let service = &server.service;
    service.publish("a", 0..1).await;
    service.expect("a", 0..1).await;
    let stream = crate::events::relay::stream_key(&service.redis, 0);
    let mut create = redis::pipe();
    create.cmd("XGROUP").arg("CREATE").arg(&stream).arg("retired").arg("0").arg("MKSTREAM").ignore();
    service.redis.run::<()>(&create).await.unwrap();
    let see = "INSERT INTO writ.event_groups VALUES (current_schema(), 'retired', now() - interval '1 hour')";
    sqlx::query(see).execute(&service.pool).await.unwrap();
    assert!(run(&server, "forget retired").await.unwrap().starts_with("forgot the consumer `retired`"));
    let mut groups = redis::pipe();
    groups.cmd("XINFO").arg("GROUPS").arg(&stream);
    let (groups,): (redis::streams::StreamInfoGroupsReply,) = service.redis.run(&groups).await.unwrap();
    assert!(groups.groups.iter().all(|group| group.name != "retired"), "{groups:?}");
    let error = run(&server, "forget retired").await.unwrap_err().to_string();
    assert_eq!(error, "no outbox of this service knows a consumer named `retired`");
    // A consumer that runs is not removed.
    let see = "INSERT INTO writ.event_groups VALUES (current_schema(), 'numbers', now())
               ON CONFLICT (service, consumer) DO UPDATE SET seen_at = now()";
    sqlx::query(see).execute(&service.pool).await.unwrap();
    let error = run(&server, "forget numbers").await.unwrap_err().to_string();
    assert!(error.starts_with("the consumer `numbers` is running"), "{error}");
}

#[tokio::test]
async fn a_command_for_an_unknown_event_or_consumer_is_refused() {
    let server = start().await;
    let event = writ_runtime::event::EventId::generate();
    for (command, message) in [
        ("list number".to_owned(), "no consumer is named `number`; did you mean `numbers`?".to_owned()),
        (format!("show {event}"), format!("no consumer of this service holds {event} back")),
        (format!("replay {event}"), format!("{event} is not parked")),
        (format!("drop {event}"), format!("no consumer holds {event} back")),
    ] {
        let error = run(&server, &command).await.unwrap_err().to_string();
        assert!(error.starts_with(&message), "{error}");
    }
}
