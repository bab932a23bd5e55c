//! The backlog of a consumer: the events of its partitions that it has not handled.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use redis::streams::{StreamInfoGroupsReply, StreamPendingCountReply, StreamRangeReply};
use redis::{FromRedisValue, Value};

use super::handle::Handler;
use super::held;
use crate::BoxError;
use crate::events::relay::stream_key;
use crate::redis::Redis;

/// The time limit of a pipeline of commands to Redis.
const TIMEOUT: Duration = Duration::from_secs(2);

/// Measures the backlog of the partitions that this process handles. Other processes report theirs.
pub(super) async fn measure(handler: &Handler, redis: &Redis, leases: &[(i16, i64)]) -> Result<(), BoxError> {
    let (waiting, parked) = held::measure(&handler.pool, &handler.name).await?;
    handler.metrics.set_held_events(&handler.name, waiting, parked);
    let (mut backlog, mut oldest) = (0, None::<u64>);
    for (count, first) in unhandled(handler, redis, leases).await? {
        backlog += count;
        oldest = [oldest, first].into_iter().flatten().min();
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let lag = oldest.map_or(Duration::ZERO, |oldest| now.saturating_sub(Duration::from_millis(oldest)));
    handler.metrics.set_consumer_backlog(&handler.name, backlog, lag);
    Ok(())
}

/// Returns the number of unhandled events of each partition, and the time of the first one in milliseconds since 1970.
async fn unhandled(
    handler: &Handler,
    redis: &Redis,
    leases: &[(i16, i64)],
) -> Result<Vec<(i64, Option<u64>)>, BoxError> {
    if leases.is_empty() {
        return Ok(Vec::new());
    }
    let mut asked = redis::pipe();
    for (partition, _) in leases {
        let stream = stream_key(redis, *partition);
        asked.cmd("XINFO").arg("GROUPS").arg(&stream);
        asked.cmd("XPENDING").arg(&stream).arg(&handler.name).arg("-").arg("+").arg(1);
    }
    asked.ignore_errors();
    let replies: Vec<Value> = redis.run_with_timeout(&asked, TIMEOUT).await?;
    let mut found = Vec::new();
    let mut ranges = redis::pipe();
    for ((partition, _), replies) in leases.iter().zip(replies.chunks_exact(2)) {
        let groups = StreamInfoGroupsReply::from_redis_value(replies[0].clone()).unwrap_or_default().groups;
        let Some(group) = groups.into_iter().find(|group| group.name == handler.name) else { continue };
        let pending = StreamPendingCountReply::from_redis_value(replies[1].clone()).unwrap_or_default();
        let pending = pending.ids.first().and_then(|first| milliseconds(&first.id));
        let count = i64::try_from(group.pending + group.lag.unwrap_or(0)).unwrap_or(i64::MAX);
        found.push((count, pending));
        let after = format!("({}", group.last_delivered_id);
        ranges.cmd("XRANGE").arg(stream_key(redis, *partition)).arg(after).arg("+").arg("COUNT").arg(1);
    }
    if found.is_empty() {
        return Ok(found);
    }
    let nexts: Vec<StreamRangeReply> = redis.run_with_timeout(&ranges, TIMEOUT).await?;
    for ((_, first), next) in found.iter_mut().zip(nexts) {
        *first = first.or_else(|| next.ids.first().and_then(|entry| milliseconds(&entry.id)));
    }
    Ok(found)
}

/// Returns the time in the id of an entry.
fn milliseconds(id: &str) -> Option<u64> {
    id.split('-').next()?.parse().ok()
}
