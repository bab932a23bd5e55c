//! Tests of publishing: events exist exactly if their transactions commit, in the order of the commits.

use futures_util::future::join_all;

use super::support::{eventually, start};
use crate::Transaction;
use crate::events::PARTITIONS;
use crate::events::outbox::partition_of;

#[tokio::test]
async fn an_event_reaches_its_consumer_if_and_only_if_its_transaction_commits() {
    let server = start().await;
    let service = &server.service;
    let mut rolled_back = Transaction::begin(&service.pool).await.unwrap();
    service.append(&mut rolled_back, "a", 100).await.unwrap();
    rolled_back.rollback().await.unwrap();
    service.publish_other().await;
    service.publish("a", 0..20).await;
    service.expect("a", 0..20).await;
    assert!(
        eventually(async || server
            .platform
            .metrics()
            .render()
            .unwrap()
            .contains(r#"writ_outbox_backlog{service_name="counters",outbox="counters"} 0"#))
        .await
    );
    let text = server.platform.metrics().render().unwrap();
    assert!(text.contains(r#"writ_events_published_total{service_name="counters",outbox="counters"} 21"#), "{text}");
    assert!(text.contains(r#"consumer="numbers",result="handled"} 20"#), "{text}");
}

#[tokio::test]
async fn concurrent_transactions_of_an_aggregate_publish_in_the_order_of_their_commits() {
    let server = start().await;
    let service = &server.service;
    sqlx::query("CREATE TABLE counters (id text PRIMARY KEY, number int)").execute(&service.pool).await.unwrap();
    sqlx::query("INSERT INTO counters VALUES ('a', 0)").execute(&service.pool).await.unwrap();
    let increment = async || {
        let mut transaction = Transaction::begin(&service.pool).await.unwrap();
        let next = "UPDATE counters SET number = number + 1 WHERE id = 'a' RETURNING number - 1";
        let number: i32 = sqlx::query_scalar(next).fetch_one(&mut *transaction).await.unwrap();
        service.append(&mut transaction, "a", number).await.unwrap();
        transaction.commit().await.unwrap();
    };
    join_all((0..100).map(|_| increment())).await;
    service.expect("a", 0..100).await;
}

#[tokio::test]
async fn a_transaction_waits_for_another_one_that_publishes_for_its_aggregate() {
    let server = start().await;
    let service = &server.service;
    let mut first = Transaction::begin(&service.pool).await.unwrap();
    service.append(&mut first, "a", 0).await.unwrap();
    let second = async {
        let mut second = Transaction::begin(&service.pool).await.unwrap();
        service.append(&mut second, "a", 1).await.unwrap();
        second.commit().await.unwrap();
    };
    let mut second = std::pin::pin!(second);
    assert!(tokio::time::timeout(std::time::Duration::from_millis(100), second.as_mut()).await.is_err());
    service.publish("b", 0..1).await;
    service.expect("b", 0..1).await;
    first.commit().await.unwrap();
    second.await;
    service.expect("a", 0..2).await;
}

#[test]
fn the_partition_of_an_aggregate_never_changes() {
    let partitions: Vec<i16> = (0..8).map(|number| partition_of("order", &format!("ord_{number}"))).collect();
    assert_eq!(partitions, EXPECTED);
    assert!((0..1000).all(|number| (0..PARTITIONS).contains(&partition_of("order", &number.to_string()))));
}

/// The partitions of the aggregates `ord_0` to `ord_7`.
const EXPECTED: [i16; 8] = [13, 3, 9, 11, 1, 1, 6, 6];
