//! The place where responses are cached: the memory of this process or Redis.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::Lookup;
#[cfg(feature = "redis")]
use super::VERSION_SECONDS;
use super::memory::MemoryCache;
use crate::gate::{Commands, Responses};
#[cfg(feature = "redis")]
use crate::redis::Redis;

/// The place where responses are cached.
pub(super) enum Backend {
    Memory(MemoryCache),
    #[cfg(feature = "redis")]
    Redis(Redis),
}

/// The data that the cache has for a lookup: the encoded response and the versions of its tags, of one point in time.
pub(super) struct Found {
    pub(super) entry: Option<Arc<[u8]>>,
    pub(super) versions: Vec<String>,
}

impl Backend {
    /// Adds the commands of a lookup. A cache in memory needs none.
    pub(super) fn push_lookup(&self, commands: &mut Commands, lookup: &Lookup) {
        #[cfg(feature = "redis")]
        if let Backend::Redis(_) = self {
            for tag in &lookup.tags {
                let version = uuid::Uuid::new_v4().simple().to_string();
                commands.command("SET").arg(tag).arg(version).arg("NX").arg("EX").arg(VERSION_SECONDS);
            }
            // One command reads the tag versions and the cached response, so that both belong to one point in time.
            commands.command("MGET").arg(&lookup.key).arg(&lookup.tags);
        }
        #[cfg(not(feature = "redis"))]
        let _ = (commands, lookup);
    }

    /// Sends the commands of a lookup outside of a gate.
    pub(super) async fn exchange(&self, commands: Commands) -> Responses {
        match self {
            Backend::Memory(_) => {
                let _ = commands;
                Responses::empty()
            }
            #[cfg(feature = "redis")]
            Backend::Redis(redis) => redis.exchange(commands).await,
        }
    }

    /// Returns the data for a lookup, from the responses to its commands. Returns `None` if the cache cannot be read.
    pub(super) fn found(&self, lookup: &Lookup, responses: Responses) -> Option<Found> {
        match self {
            Backend::Memory(memory) => {
                let _ = responses;
                let (entry, versions) = memory.get(lookup);
                Some(Found { entry, versions })
            }
            #[cfg(feature = "redis")]
            Backend::Redis(_) => found_in_redis(lookup, responses),
        }
    }

    pub(super) async fn store(&self, key: String, entry: Vec<u8>, lifetime: Duration) {
        match self {
            Backend::Memory(memory) => memory.insert(key, entry, lifetime),
            #[cfg(feature = "redis")]
            Backend::Redis(redis) => {
                let milliseconds = u64::try_from(lifetime.as_millis()).unwrap_or(u64::MAX);
                let mut pipeline = redis::pipe();
                pipeline.cmd("SET").arg(key).arg(entry).arg("PX").arg(milliseconds).ignore();
                // A failure to store is not reported. Its only effect is that the next request reads the database.
                let _ = redis.run::<()>(&pipeline).await;
            }
        }
    }

    /// Deletes the versions of tags. This invalidates the cached responses with these tags. Returns false if Redis has
    /// not confirmed it.
    pub(super) async fn delete_versions(&self, tags: &BTreeSet<String>) -> bool {
        match self {
            Backend::Memory(memory) => {
                memory.invalidate(tags);
                true
            }
            #[cfg(feature = "redis")]
            Backend::Redis(redis) => {
                let mut pipeline = redis::pipe();
                pipeline.cmd("DEL").arg(tags).ignore();
                redis.run::<()>(&pipeline).await.is_ok()
            }
        }
    }

    /// Returns the number of responses in memory and their size in bytes. Returns `None` for those in Redis, which
    /// reports its own size.
    pub(super) fn size(&self) -> Option<(u64, u64)> {
        match self {
            Backend::Memory(memory) => Some(memory.size()),
            #[cfg(feature = "redis")]
            Backend::Redis(_) => None,
        }
    }

    pub(super) fn key(&self, name: std::fmt::Arguments<'_>) -> String {
        match self {
            Backend::Memory(_) => name.to_string(),
            #[cfg(feature = "redis")]
            Backend::Redis(redis) => redis.key(name),
        }
    }
}

/// Returns the data that Redis has for a lookup. The last response contains all of it.
#[cfg(feature = "redis")]
fn found_in_redis(lookup: &Lookup, mut responses: Responses) -> Option<Found> {
    for _ in &lookup.tags {
        responses.next_raw()?;
    }
    let mut values = responses.next_as::<Vec<Option<Vec<u8>>>>()?.into_iter();
    let entry = values.next()?.map(Arc::from);
    let versions = values.map(|version| String::from_utf8(version?).ok()).collect::<Option<_>>()?;
    Some(Found { entry, versions })
}
