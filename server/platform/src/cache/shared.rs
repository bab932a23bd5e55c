//! The cache of responses in Redis, which all processes of a service share.
//!
//! Redis has one key for each cached response, and one hash with the versions of all tags. The hash contains an epoch, a
//! random text. A Redis that loses its data loses the epoch too, so that versions that start again at zero are never
//! equal to earlier ones.

use std::time::Duration;

use bytes::Bytes;
use uuid::Uuid;

use super::Lookup;
use super::backend::Found;
use super::budget::Budget;
use super::pending::Batch;
use super::trust::Trust;
use super::versions::join;
use crate::gate::{Commands, Responses};
use crate::redis::Redis;

/// The field of the versions that has the epoch.
const EPOCH: &str = "epoch";

/// The cache of responses in Redis.
pub(super) struct SharedCache {
    redis: Redis,
    /// The key of the hash with the epoch and the versions of the groups.
    versions: String,
    budget: Budget,
    trust: Trust,
}

impl SharedCache {
    pub(super) fn new(redis: Redis, budget: Budget) -> SharedCache {
        let versions = redis.key("cache:versions");
        SharedCache { redis, versions, budget, trust: Trust::default() }
    }

    pub(super) fn key(&self, name: std::fmt::Arguments<'_>) -> String {
        self.redis.key(name)
    }

    /// Adds the two commands of a lookup. The response is read before the versions: if they are still those of the
    /// response, no invalidation came between.
    pub(super) fn push_lookup(&self, commands: &mut Commands, lookup: &Lookup) {
        commands.command("GET").arg(&lookup.key);
        let mut versions = commands.command("HMGET").arg(&self.versions).arg(EPOCH);
        for group in &lookup.groups {
            versions = versions.arg(group.0);
        }
    }

    pub(super) async fn exchange(&self, commands: Commands) -> Responses {
        self.redis.exchange(commands).await
    }

    pub(super) fn found(&self, lookup: &Lookup, mut responses: Responses) -> Found {
        self.budget.used(&lookup.key);
        let entry = responses.next_as::<Option<Vec<u8>>>();
        let versions = responses.next_as::<Vec<Option<String>>>();
        let is_trusted = self.trust.observe(entry.is_some() && versions.is_some());
        let (Some(entry), Some(versions), true) = (entry, versions, is_trusted) else { return Found::Unavailable };
        let mut versions = versions.into_iter();
        match versions.next().flatten() {
            Some(epoch) => Found::Read { entry: entry.map(Bytes::from), versions: join(Some(epoch), versions) },
            None => Found::Unversioned,
        }
    }

    pub(super) async fn begin_versions(&self) {
        let mut pipeline = redis::pipe();
        let epoch = Uuid::new_v4().simple().to_string();
        pipeline.cmd("HSETNX").arg(&self.versions).arg(EPOCH).arg(epoch).ignore();
        let _ = self.redis.run::<()>(&pipeline).await;
    }

    /// Stores a response, and deletes those that are used least while this process has stored as much as it may.
    pub(super) async fn store(&self, key: String, entry: Vec<u8>, lifetime: Duration) {
        let evicted = self.budget.add(&key, entry.len(), lifetime);
        let milliseconds = u64::try_from(lifetime.as_millis()).unwrap_or(u64::MAX);
        let mut pipeline = redis::pipe();
        if !evicted.is_empty() {
            pipeline.cmd("UNLINK").arg(&evicted).ignore();
        }
        if !evicted.contains(&key) {
            pipeline.cmd("SET").arg(key).arg(entry).arg("PX").arg(milliseconds).ignore();
        }
        // A failure to store is not reported. Its only effect is that the next request reads the database.
        let _ = self.redis.run::<()>(&pipeline).await;
    }

    /// Invalidates cached responses. Returns false if Redis has not confirmed it.
    pub(super) async fn invalidate(&self, batch: &Batch) -> bool {
        let is_confirmed = match batch {
            Batch::Groups(groups) => {
                let mut pipeline = redis::pipe();
                for group in groups {
                    pipeline.cmd("HINCRBY").arg(&self.versions).arg(group.0).arg(1).ignore();
                }
                // A Redis without free memory refuses to increment, but deletes.
                self.redis.run::<()>(&pipeline).await.is_ok() || self.delete_versions().await
            }
            Batch::All => self.delete_versions().await,
        };
        if !is_confirmed {
            self.trust.observe(false);
        }
        is_confirmed
    }

    /// Deletes all versions, which invalidates every cached response. Fails at once if Redis failed a moment ago.
    async fn delete_versions(&self) -> bool {
        let mut pipeline = redis::pipe();
        pipeline.cmd("DEL").arg(&self.versions).ignore();
        self.redis.run::<()>(&pipeline).await.is_ok()
    }
}
