//! Trimming: streams keep the events that a consumer group has not acknowledged.

use std::collections::BTreeMap;

use redis::streams::{StreamInfoConsumersReply, StreamInfoGroup, StreamInfoGroupsReply, StreamPendingCountReply};
use redis::{FromRedisValue, Pipeline, Value};

use super::groups::{self, Group};
use super::{REDIS_TIMEOUT, Relay};
use crate::BoxError;

/// The length of a stream without consumer groups.
const UNREAD_LENGTH: usize = 10_000;

/// The events of a stream that can be removed.
#[derive(Debug, PartialEq, Eq)]
enum Trim {
    /// All events before the one with this id.
    Before(String),
    /// All but some of the latest events.
    Length(usize),
}

/// A consumer group of a stream.
#[derive(Debug)]
struct Reading {
    name: String,
    /// The id of the last event that the group has received.
    received: String,
    /// The id of the first event that the group has received and not acknowledged.
    pending: Option<String>,
    /// The time in seconds since a consumer last read.
    idle: Option<f64>,
}

impl Relay {
    /// Trims the streams of the partitions that this process leads, up to the first event that a group has not
    /// acknowledged. Groups without a consumer for the retention of the outbox are removed.
    pub(super) async fn trim(&self) -> Result<(), BoxError> {
        let partitions: Vec<i16> = self.led.keys().copied().collect();
        if partitions.is_empty() {
            return Ok(());
        }
        let readings = self.readings(&partitions).await?;
        let mut seen = BTreeMap::<&str, f64>::new();
        for (reading, idle) in readings.values().flatten().filter_map(|reading| Some((reading, reading.idle?))) {
            let shortest = seen.entry(&reading.name).or_insert(idle);
            *shortest = shortest.min(idle);
        }
        let seen: Vec<_> = seen.into_iter().map(|(name, idle)| (name.to_owned(), idle)).collect();
        groups::see(&self.pool, &seen).await?;
        let known = groups::known(&self.pool).await?;
        let mut commands = redis::pipe();
        for (partition, readings) in &readings {
            let stream = self.stream(*partition);
            match trim(readings, &known) {
                Some(Trim::Before(id)) => commands.cmd("XTRIM").arg(&stream).arg("MINID").arg(id).ignore(),
                Some(Trim::Length(length)) => commands.cmd("XTRIM").arg(&stream).arg("MAXLEN").arg(length).ignore(),
                None => &mut commands,
            };
        }
        self.ask(commands).await?;
        let abandoned: Vec<String> =
            known.into_iter().filter(|group| group.is_abandoned).map(|group| group.name).collect();
        if !abandoned.is_empty() {
            groups::remove(&self.pool, &self.redis, &abandoned).await?;
            tracing::warn!(groups = ?abandoned, "removed the consumer groups that have had no consumer for seven days");
        }
        Ok(())
    }

    /// Reads the consumer groups of streams.
    async fn readings(&self, partitions: &[i16]) -> Result<BTreeMap<i16, Vec<Reading>>, BoxError> {
        let mut asked = redis::pipe();
        for partition in partitions {
            asked.cmd("XINFO").arg("GROUPS").arg(self.stream(*partition));
        }
        let mut found: Vec<(i16, StreamInfoGroup)> = Vec::new();
        for (partition, reply) in partitions.iter().zip(self.ask(asked).await?) {
            // A stream that does not exist has no groups.
            let reply = StreamInfoGroupsReply::from_redis_value(reply).unwrap_or_default();
            found.extend(reply.groups.into_iter().map(|group| (*partition, group)));
        }
        let mut asked = redis::pipe();
        for (partition, group) in &found {
            let stream = self.stream(*partition);
            asked.cmd("XPENDING").arg(&stream).arg(&group.name).arg("-").arg("+").arg(1);
            asked.cmd("XINFO").arg("CONSUMERS").arg(&stream).arg(&group.name);
        }
        let mut replies = self.ask(asked).await?.into_iter();
        let mut readings: BTreeMap<i16, Vec<Reading>> = partitions.iter().map(|number| (*number, Vec::new())).collect();
        for (partition, group) in found {
            let (pending, consumers) = (replies.next().unwrap_or_default(), replies.next().unwrap_or_default());
            let pending = StreamPendingCountReply::from_redis_value(pending)?.ids.into_iter().next();
            let consumers = StreamInfoConsumersReply::from_redis_value(consumers)?.consumers;
            let idle = consumers.iter().map(|consumer| consumer.idle as f64 / 1000.0).reduce(f64::min);
            readings.entry(partition).or_default().push(Reading {
                name: group.name,
                received: group.last_delivered_id,
                pending: pending.map(|pending| pending.id),
                idle,
            });
        }
        Ok(readings)
    }

    /// Runs commands that can fail each for itself, and returns their responses.
    async fn ask(&self, mut commands: Pipeline) -> Result<Vec<Value>, BoxError> {
        if commands.is_empty() {
            return Ok(Vec::new());
        }
        commands.ignore_errors();
        Ok(self.redis.run_with_timeout(&commands, REDIS_TIMEOUT).await?)
    }
}

/// Returns the events that can be removed from a stream. Returns `None` if Redis has lost a known group.
fn trim(readings: &[Reading], known: &[Group]) -> Option<Trim> {
    let is_present = |group: &Group| readings.iter().any(|reading| reading.name == group.name);
    if known.iter().any(|group| !group.is_abandoned && !is_present(group)) {
        return None;
    }
    let is_abandoned = |reading: &&Reading| known.iter().any(|group| group.is_abandoned && group.name == reading.name);
    let first = |reading: &Reading| reading.pending.clone().unwrap_or_else(|| reading.received.clone());
    let firsts = readings.iter().filter(|reading| !is_abandoned(reading)).map(first);
    let slowest = firsts.min_by_key(|id| entry_number(id));
    Some(slowest.map_or(Trim::Length(UNREAD_LENGTH), Trim::Before))
}

/// Returns the two numbers of the id of an entry, by which ids are ordered.
fn entry_number(id: &str) -> (u64, u64) {
    let (time, number) = id.split_once('-').unwrap_or((id, "0"));
    (time.parse().unwrap_or(0), number.parse().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(name: &str, received: &str, pending: Option<&str>) -> Reading {
        Reading {
            name: name.to_owned(),
            received: received.to_owned(),
            pending: pending.map(str::to_owned),
            idle: None,
        }
    }

    fn group(name: &str, is_abandoned: bool) -> Group {
        Group { name: name.to_owned(), is_abandoned, is_running: false }
    }

    #[test]
    fn a_stream_is_trimmed_behind_the_slowest_group() {
        let fast = reading("fast", "1000-2", None);
        let pending = reading("pending", "1000-2", Some("999-7"));
        let slow = reading("slow", "99-12", None);
        let known = [group("fast", false), group("slow", false)];
        assert_eq!(trim(&[fast, pending, slow], &known), Some(Trim::Before("99-12".to_owned())));
        let (fast, pending) = (reading("fast", "1000-2", None), reading("pending", "1000-2", Some("999-7")));
        assert_eq!(trim(&[fast, pending], &[]), Some(Trim::Before("999-7".to_owned())));
    }

    #[test]
    fn a_stream_whose_groups_are_lost_is_not_trimmed() {
        assert_eq!(trim(&[], &[group("orders", false)]), None);
        assert_eq!(trim(&[reading("mail", "5-0", None)], &[group("orders", false), group("mail", false)]), None);
        assert_eq!(trim(&[], &[]), Some(Trim::Length(UNREAD_LENGTH)));
    }

    #[test]
    fn an_abandoned_group_does_not_hold_events() {
        let readings = [reading("gone", "1-0", Some("1-0")), reading("mail", "5-0", None)];
        assert_eq!(trim(&readings, &[group("gone", true), group("mail", false)]), Some(Trim::Before("5-0".to_owned())));
    }
}
