//! The time up to which the streams have all events of an outbox, for consumers that must know what they can lack.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use redis::Value;

use super::{REDIS_TIMEOUT, Relay};
use crate::BoxError;
use crate::redis::Redis;

/// Records the time of a partition, unless Redis has lost events.
const SCRIPT: &str = include_str!("complete.lua");

impl Relay {
    /// Records that the streams have all events of transactions that had committed at `read_at`, in the partitions that this
    /// process leads and that are not among the `unfinished` ones. Events wait for a stream that is full, so that it is not
    /// complete.
    ///
    /// A Redis that has lost events has another last batch, so it records nothing until they are published again.
    pub(in crate::events) async fn complete(
        &self,
        read_at: DateTime<Utc>,
        unfinished: &BTreeSet<i16>,
    ) -> Result<(), BoxError> {
        let mut pipeline = redis::pipe();
        let hash = complete_key(&self.redis);
        let complete = self.led.iter().filter(|(partition, led)| !led.is_full && !unfinished.contains(partition));
        for (partition, led) in complete {
            let command = pipeline.cmd("EVAL").arg(SCRIPT).arg(2).arg(self.mark(*partition)).arg(&hash);
            command.arg(led.last.map(|last| last.to_string()).unwrap_or_default());
            command.arg(format!("{}:{partition}", self.outbox)).arg(read_at.timestamp_micros());
        }
        if !pipeline.is_empty() {
            self.redis.run_with_timeout::<Vec<Value>>(&pipeline, REDIS_TIMEOUT).await?;
        }
        Ok(())
    }
}

/// Returns the key of the hash of these times. A field is the outbox and the partition, and a value is in microseconds since
/// 1970.
pub(in crate::events) fn complete_key(redis: &Redis) -> String {
    redis.key("events:complete")
}
