//! Recovery: the relay finds out which batches Redis has, and publishes those again that Redis has lost.

use std::collections::BTreeMap;

use super::{Lease, Led, REDIS_TIMEOUT, Relay};
use crate::BoxError;

/// Returns some of the events that were published after a batch to those that must be published.
pub(super) const RETURN: &str = "\
UPDATE writ.outbox SET batch = NULL
WHERE (service, sequence) IN (
    SELECT service, sequence FROM writ.outbox
    WHERE service = current_schema() AND partition = $1 AND batch > $2 LIMIT $3
)";

/// The number of events that one statement returns.
const CHUNK: i64 = 5000;

/// The number of statements for a partition in one step, whose time is limited.
const CHUNKS: usize = 4;

impl Relay {
    /// Adopts the leases that this process holds, and compares the last batch of each partition with Redis.
    ///
    /// Redis can lag behind the outbox for three reasons: it has lost all data, it has returned with older data, or a
    /// replica without the last batches has replaced it. It is ahead if a process ended before it recorded a batch.
    pub(super) async fn follow(&mut self, leases: &[Lease]) -> Result<(), BoxError> {
        let known = std::mem::take(&mut self.led);
        if leases.is_empty() {
            return Ok(());
        }
        let mut marks = redis::pipe();
        for lease in leases {
            marks.cmd("GET").arg(self.mark(lease.partition));
        }
        let marks: Vec<Option<i64>> = self.redis.run_with_timeout(&marks, REDIS_TIMEOUT).await?;
        let mut led = BTreeMap::new();
        for (lease, last) in leases.iter().zip(marks) {
            if last.unwrap_or(0) < lease.batch && !self.publish_again(lease, last).await? {
                // The next step returns further events.
                self.renewed = None;
                continue;
            }
            // A number that was used once is never used again, so that equal numbers mean equal batches.
            let used = known.get(&lease.partition).map_or(0, |led| led.next - 1);
            let next = last.unwrap_or(0).max(lease.batch).max(used) + 1;
            led.insert(lease.partition, Led { token: lease.token, last, next, is_full: false });
        }
        self.led = led;
        Ok(())
    }

    /// Returns events of the batches that Redis has lost to those that must be published. Returns false if some may be
    /// left: the partition is not published before all of them are returned, so that the order holds.
    async fn publish_again(&self, lease: &Lease, last: Option<i64>) -> Result<bool, BoxError> {
        let (mut count, mut is_complete) = (0, false);
        for _ in 0..CHUNKS {
            let step = sqlx::query(RETURN).bind(lease.partition).bind(last.unwrap_or(0)).bind(CHUNK);
            let returned = step.execute(&self.pool).await?.rows_affected();
            count += returned;
            is_complete = returned < CHUNK as u64;
            if is_complete {
                break;
            }
        }
        if count > 0 {
            let (outbox, partition) = (&self.outbox, lease.partition);
            tracing::warn!(outbox, partition, count, "redis has lost events: publishing them again");
        }
        Ok(is_complete)
    }
}
