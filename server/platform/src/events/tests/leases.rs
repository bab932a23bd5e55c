//! Tests of leases: a process takes a partition only after the transactions of its last owner have ended.

use std::time::Duration;

use super::support::{DATABASE, eventually};
use crate::Transaction;
use crate::events::PARTITIONS;
use crate::events::consumer::lock_lease;
use crate::events::lease::Leases;
use crate::testing::TestDatabase;

#[tokio::test]
async fn a_lease_is_taken_after_its_end_and_after_the_transactions_of_its_owner() {
    let database = TestDatabase::migrated(&DATABASE).await;
    let leases = |lifetime| Leases::new(database.pool.clone(), "numbers", lifetime);
    let (first, second) = (leases(Duration::from_millis(50)), leases(Duration::from_secs(60)));
    first.create().await.unwrap();
    second.create().await.unwrap();
    let held = first.hold().await.unwrap();
    assert_eq!(held.len(), usize::try_from(PARTITIONS).unwrap());
    let lease = held[0];
    let mut transaction = Transaction::begin(&database.pool).await.unwrap();
    assert!(lock_lease(&mut transaction, "numbers", lease.partition, lease.token).await.unwrap());
    assert!(eventually(async || second.hold().await.unwrap().len() == held.len() - 1).await);
    assert!(second.hold().await.unwrap().iter().all(|other| other.partition != lease.partition));
    transaction.commit().await.unwrap();
    assert!(eventually(async || second.hold().await.unwrap().len() == held.len()).await);
    let mut late = Transaction::begin(&database.pool).await.unwrap();
    assert!(!lock_lease(&mut late, "numbers", lease.partition, lease.token).await.unwrap());
    assert!(first.hold().await.unwrap().is_empty());
    second.release().await;
    assert_eq!(first.hold().await.unwrap().len(), held.len());
}
