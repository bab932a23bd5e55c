//! Publishing: batches of events move from the outbox to the streams.

use redis::Value;
use sqlx::Row as _;

use super::{Led, REDIS_TIMEOUT, Relay};
use crate::BoxError;
use crate::events::message::{ARGUMENTS, Message};

/// The largest number of events in a batch of a partition.
const BATCH: i64 = 250;

/// The size of the data in a batch of a partition, in bytes, after which no further event is added.
const BATCH_BYTES: i64 = 1 << 20;

/// The largest length of a stream. While a consumer is absent for long, further events wait in the outbox.
pub(super) const MAX_LENGTH: usize = 100_000;

/// Adds a batch to a stream.
const SCRIPT: &str = include_str!("publish.lua");

/// Reads the next events of some partitions. The data of a batch is bounded, except that of its first event.
pub(super) const UNPUBLISHED: &str = "\
SELECT partition, sequence, id, type, aggregate, aggregate_id, data, created_at, trace_parent, request_id
FROM unnest($1::smallint[]) AS led, LATERAL (
    SELECT *, sum(octet_length(data)) OVER (ORDER BY sequence) - octet_length(data) AS before FROM (
        SELECT * FROM writ.outbox
        WHERE service = current_schema() AND partition = led AND batch IS NULL ORDER BY sequence LIMIT $2
    ) AS first
) AS batch
WHERE before < $3 ORDER BY partition, sequence";

/// Records batches as published, of those partitions whose leases this process still holds.
pub(super) const RECORD: &str = "\
WITH led AS (
    UPDATE writ.event_leases AS lease SET batch = published.batch
    FROM unnest($1::smallint[], $2::bigint[], $3::bigint[]) AS published (partition, token, batch)
    WHERE lease.service = current_schema() AND lease.consumer = ''
          AND lease.partition = published.partition AND lease.token = published.token
    RETURNING lease.partition, lease.batch
)
UPDATE writ.outbox AS event SET batch = led.batch, published_at = coalesce(published_at, now())
FROM unnest($4::bigint[], $5::smallint[]) AS published (sequence, partition) JOIN led USING (partition)
WHERE event.service = current_schema() AND event.sequence = published.sequence";

/// The events of one partition that are published together.
struct Batch {
    partition: i16,
    led: Led,
    sequences: Vec<i64>,
    messages: Vec<Message>,
}

impl Batch {
    /// Returns true if a limit ended the batch, so that more events may be left.
    fn is_full(&self) -> bool {
        let bytes: usize = self.messages.iter().map(|message| message.event.data.len()).sum();
        self.messages.len() as i64 >= BATCH || bytes as i64 >= BATCH_BYTES
    }
}

impl Relay {
    /// Publishes a batch of each partition that this process leads. Returns true if it published events.
    pub(in crate::events) async fn publish(&mut self) -> Result<bool, BoxError> {
        let batches = self.unpublished().await?;
        self.is_behind = false;
        if batches.is_empty() {
            return Ok(false);
        }
        let results = self.add(&batches).await?;
        let mut added = Vec::new();
        for (batch, result) in batches.into_iter().zip(results) {
            match result {
                1 => added.push(batch),
                0 => self.close(batch.partition),
                // Redis has lost batches, or another process leads the partition. The next renewal finds out.
                _ => {
                    self.led.remove(&batch.partition);
                    self.renewed = None;
                }
            }
        }
        self.record(&added).await?;
        self.is_behind = added.iter().any(Batch::is_full);
        Ok(!added.is_empty())
    }

    /// Reads the next batch of each partition that this process leads.
    async fn unpublished(&self) -> Result<Vec<Batch>, BoxError> {
        let open = self.led.iter().filter(|(_, led)| !led.is_full);
        let partitions: Vec<i16> = open.map(|(partition, _)| *partition).collect();
        let rows = sqlx::query(UNPUBLISHED).bind(&partitions).bind(BATCH).bind(BATCH_BYTES).fetch_all(&self.pool);
        let mut batches: Vec<Batch> = Vec::new();
        for row in rows.await? {
            let partition: i16 = row.try_get("partition")?;
            if batches.last().is_none_or(|batch| batch.partition != partition) {
                let Some(led) = self.led.get(&partition).cloned() else { continue };
                batches.push(Batch { partition, led, sequences: Vec::new(), messages: Vec::new() });
            }
            if let Some(batch) = batches.last_mut() {
                batch.sequences.push(row.try_get("sequence")?);
                batch.messages.push(Message::from_row(&row, "id")?);
            }
        }
        Ok(batches)
    }

    /// Adds batches to their streams, in one round trip. Returns the result of the script for each batch.
    async fn add(&self, batches: &[Batch]) -> Result<Vec<i64>, BoxError> {
        let mut pipeline = redis::pipe();
        for batch in batches {
            let command = pipeline.cmd("EVAL").arg(SCRIPT).arg(2);
            command.arg(self.stream(batch.partition)).arg(self.mark(batch.partition));
            command.arg(batch.led.last.map(|last| last.to_string()).unwrap_or_default()).arg(batch.led.next);
            command.arg(self.max_length).arg(ARGUMENTS);
            for argument in batch.messages.iter().flat_map(Message::arguments) {
                command.arg(&*argument);
            }
        }
        let results: Vec<Value> = self.redis.run_with_timeout(&pipeline, REDIS_TIMEOUT).await?;
        Ok(results.into_iter().map(|result| redis::from_redis_value(result).unwrap_or(-1)).collect())
    }

    /// Records batches as published. A batch whose lease was lost is published again by the next leader.
    async fn record(&mut self, batches: &[Batch]) -> Result<(), BoxError> {
        if batches.is_empty() {
            return Ok(());
        }
        crate::events::fault::at("relay: added");
        let partitions: Vec<i16> = batches.iter().map(|batch| batch.partition).collect();
        let tokens: Vec<i64> = batches.iter().map(|batch| batch.led.token).collect();
        let numbers: Vec<i64> = batches.iter().map(|batch| batch.led.next).collect();
        let sequences: Vec<i64> = batches.iter().flat_map(|batch| batch.sequences.iter().copied()).collect();
        let places: Vec<i16> =
            batches.iter().flat_map(|batch| batch.sequences.iter().map(|_| batch.partition)).collect();
        let record = sqlx::query(RECORD).bind(&partitions).bind(&tokens).bind(&numbers).bind(&sequences).bind(&places);
        let recorded = record.execute(&self.pool).await?.rows_affected();
        for Batch { partition, led, .. } in batches {
            if self.full.remove(partition) {
                tracing::info!(outbox = self.outbox, partition, "a stream that was full has room again");
            }
            let led = Led { token: led.token, last: Some(led.next), next: led.next + 1, is_full: false };
            self.led.insert(*partition, led);
        }
        if recorded < sequences.len() as u64 {
            // Another process leads some of the partitions.
            self.led.clear();
            self.renewed = None;
        }
        self.metrics.observe_published(&self.outbox, recorded);
        crate::events::fault::at("relay: recorded");
        Ok(())
    }

    /// Publishes nothing more to a full stream until the next renewal of the leases. The stream is trimmed at once, because
    /// its consumers may have continued in the meantime.
    fn close(&mut self, partition: i16) {
        if let Some(led) = self.led.get_mut(&partition) {
            led.is_full = true;
        }
        self.trimmed = None;
        if self.full.insert(partition) {
            let (outbox, length) = (&self.outbox, self.max_length);
            tracing::warn!(
                outbox,
                partition,
                length,
                "a stream is full of events that a consumer has not handled: waiting"
            );
        }
    }
}
