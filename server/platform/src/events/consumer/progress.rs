//! The progress of a consumer: the time up to which it has handled all events of each outbox.
//!
//! The relay of an outbox records the time up to which a stream has all events. A process reads these times, and then the last
//! entry of the stream. As soon as that entry and all before it are handled, the consumer has handled all events up to the
//! times.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use chrono::{DateTime, Utc};
use redis::streams::{StreamInfoGroupsReply, StreamPendingCountReply, StreamRangeReply};
use redis::{FromRedisValue, Value};

use super::handle::Handler;
use crate::BoxError;
use crate::events::relay::{complete_key, stream_key};
use crate::redis::Redis;

/// The time limit of a pipeline of commands to Redis.
const TIMEOUT: Duration = Duration::from_secs(2);

/// Records the times up to which a consumer has handled the events of outboxes, by partition. No time becomes earlier.
///
/// A time in the future comes from a clock that is wrong. It would hide for long that the consumer has stopped.
pub(super) const RECORD: &str = "\
INSERT INTO writ.event_progress AS known (service, consumer, outbox, partition, complete_at)
SELECT current_schema(), $1, outbox, partition, complete_at
FROM unnest($2::text[], $3::smallint[], $4::timestamptz[]) AS seen (outbox, partition, complete_at)
WHERE complete_at <= now() + interval '5 seconds'
ON CONFLICT (service, consumer, outbox, partition) DO UPDATE
SET complete_at = greatest(known.complete_at, excluded.complete_at)";

/// The place of an entry in its stream: its time in milliseconds, and its number within them.
type Place = (u64, u64);

/// The progress of the partitions that this process handles, as far as it is not recorded yet.
#[derive(Debug, Default)]
pub(super) struct Progress(BTreeMap<i16, Goal>);

/// An entry that must be handled, and the times that the consumer has then reached.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Goal {
    last: Place,
    /// The outboxes, and the times up to which the stream had all their events.
    complete: Vec<(String, DateTime<Utc>)>,
}

/// The state of a consumer group in a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Position {
    /// The last entry that was handed out.
    delivered: Place,
    /// The first entry that was handed out and is not acknowledged.
    pending: Option<Place>,
}

impl Position {
    /// Returns true if an entry and all before it are handled.
    fn has_passed(self, place: Place) -> bool {
        self.delivered >= place && self.pending.is_none_or(|pending| pending > place)
    }
}

impl Progress {
    /// Records the times that the consumer has reached in its partitions.
    pub(super) async fn advance(
        &mut self,
        handler: &Handler,
        redis: &Redis,
        partitions: &[i16],
    ) -> Result<(), BoxError> {
        self.0.retain(|partition, _| partitions.contains(partition));
        if partitions.is_empty() {
            return Ok(());
        }
        // The order of the commands matters: events that are added later must not count as handled.
        let mut asked = redis::pipe();
        asked.cmd("HGETALL").arg(complete_key(redis));
        for partition in partitions {
            let stream = stream_key(redis, *partition);
            asked.cmd("XREVRANGE").arg(&stream).arg("+").arg("-").arg("COUNT").arg(1);
            asked.cmd("XINFO").arg("GROUPS").arg(&stream);
            asked.cmd("XPENDING").arg(&stream).arg(&handler.name).arg("-").arg("+").arg(1);
        }
        asked.ignore_errors();
        let replies: Vec<Value> = redis.run_with_timeout(&asked, TIMEOUT).await?;
        let Some((times, streams)) = replies.split_first() else { return Ok(()) };
        let times = times_of(times);
        let (mut outboxes, mut places, mut reached) = (Vec::new(), Vec::new(), Vec::new());
        for (partition, replies) in partitions.iter().zip(streams.chunks_exact(3)) {
            let Some((last, position)) = read(&handler.name, replies) else { continue };
            let complete = times.get(partition).cloned().unwrap_or_default();
            for (outbox, at) in self.reach(*partition, Goal { last, complete }, position) {
                outboxes.push(outbox);
                places.push(*partition);
                reached.push(at);
            }
        }
        if !outboxes.is_empty() {
            let record = sqlx::query(RECORD).bind(&handler.name).bind(&outboxes).bind(&places).bind(&reached);
            record.execute(&handler.pool).await?;
        }
        Ok(())
    }

    /// Returns the times that the consumer has reached in a partition, whose present goal is `goal`. An earlier goal that is
    /// not reached is kept, so that a stream which grows all the time does not hide the progress.
    fn reach(&mut self, partition: i16, goal: Goal, position: Position) -> Vec<(String, DateTime<Utc>)> {
        if position.has_passed(goal.last) {
            self.0.remove(&partition);
            return goal.complete;
        }
        match self.0.get(&partition) {
            Some(earlier) if !position.has_passed(earlier.last) => Vec::new(),
            _ => self.0.insert(partition, goal).map(|earlier| earlier.complete).unwrap_or_default(),
        }
    }
}

/// Returns the times up to which streams have all events of outboxes, by partition.
fn times_of(reply: &Value) -> BTreeMap<i16, Vec<(String, DateTime<Utc>)>> {
    let mut times: BTreeMap<i16, Vec<(String, DateTime<Utc>)>> = BTreeMap::new();
    for (field, micros) in HashMap::<String, i64>::from_redis_value(reply.clone()).unwrap_or_default() {
        let Some((outbox, partition)) = field.rsplit_once(':') else { continue };
        if let (Ok(partition), Some(at)) = (partition.parse(), DateTime::from_timestamp_micros(micros)) {
            times.entry(partition).or_default().push((outbox.to_owned(), at));
        }
    }
    times
}

/// Reads the last entry of a stream and the position of a group in it. Returns `None` if the stream lacks the group.
fn read(group: &str, replies: &[Value]) -> Option<(Place, Position)> {
    let [last, groups, pending] = replies else { return None };
    let last = StreamRangeReply::from_redis_value(last.clone()).ok()?;
    // All entries of an empty stream were handled, because only handled entries are removed.
    let last = last.ids.first().map_or(Some((0, 0)), |entry| place(&entry.id))?;
    let groups = StreamInfoGroupsReply::from_redis_value(groups.clone()).ok()?.groups;
    let delivered = place(&groups.into_iter().find(|known| known.name == group)?.last_delivered_id)?;
    let pending = StreamPendingCountReply::from_redis_value(pending.clone()).ok()?.ids.into_iter().next();
    let pending = pending.map(|entry| place(&entry.id)).map_or(Some(None), |place| place.map(Some))?;
    Some((last, Position { delivered, pending }))
}

/// Returns the place that the id of an entry has.
fn place(id: &str) -> Option<Place> {
    let (milliseconds, number) = id.split_once('-')?;
    Some((milliseconds.parse().ok()?, number.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::Database;
    use crate::testing::TestDatabase;

    static DATABASE: Database = Database::new("counters", &sqlx::migrate::Migrator::DEFAULT);

    fn goal(last: u64) -> Goal {
        Goal { last: (last, 0), complete: vec![("rooms".to_owned(), time(last))] }
    }

    fn time(seconds: u64) -> DateTime<Utc> {
        DateTime::from_timestamp(i64::try_from(seconds).unwrap(), 0).unwrap()
    }

    /// Returns the time that a consumer has reached, after it has handed out entries up to `delivered`.
    fn reached(progress: &mut Progress, last: u64, delivered: u64, pending: Option<u64>) -> Option<DateTime<Utc>> {
        let position = Position { delivered: (delivered, 0), pending: pending.map(|pending| (pending, 0)) };
        progress.reach(0, goal(last), position).first().map(|(_, at)| *at)
    }

    #[test]
    fn a_time_is_reached_when_its_last_entry_and_all_before_it_are_handled() {
        for (delivered, pending, is_reached) in
            [(5, None, true), (9, Some(6), true), (5, Some(5), false), (5, Some(2), false), (4, None, false)]
        {
            let found = reached(&mut Progress::default(), 5, delivered, pending);
            assert_eq!(found, is_reached.then(|| time(5)), "{delivered} {pending:?}");
        }
    }

    #[test]
    fn a_stream_that_always_grows_does_not_hide_the_progress() {
        let mut progress = Progress::default();
        assert_eq!(reached(&mut progress, 5, 3, None), None);
        assert_eq!(reached(&mut progress, 9, 4, None), None);
        assert_eq!(reached(&mut progress, 12, 7, None), Some(time(5)));
        assert_eq!(reached(&mut progress, 15, 11, None), None);
        assert_eq!(reached(&mut progress, 18, 14, None), Some(time(12)));
    }

    #[tokio::test]
    async fn a_time_becomes_no_earlier_and_is_not_in_the_future() {
        let database = TestDatabase::migrated(&DATABASE).await;
        let record = async |seconds: i64| {
            let at = Utc::now() + TimeDelta::seconds(seconds);
            let record = sqlx::query(RECORD).bind("numbers").bind(vec!["rooms"]).bind(vec![0_i16]).bind(vec![at]);
            record.execute(&database.pool).await.unwrap();
            let recorded = sqlx::query_scalar("SELECT complete_at FROM writ.event_progress");
            let recorded: Option<DateTime<Utc>> = recorded.fetch_optional(&database.pool).await.unwrap();
            recorded.map(|recorded| (recorded - Utc::now()).num_seconds())
        };
        assert_eq!(record(3600).await, None);
        assert!((-101..=-100).contains(&record(-100).await.unwrap()));
        assert!(record(-200).await.unwrap() > -150);
        assert!(record(3600).await.unwrap() > -150);
        assert!(record(-10).await.unwrap() > -50);
    }
}
