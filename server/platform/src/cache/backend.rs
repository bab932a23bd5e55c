//! The place where responses are cached: the memory of this process or Redis.

use std::time::Duration;

use bytes::Bytes;

use super::Lookup;
use super::memory::MemoryCache;
use super::pending::Batch;
#[cfg(feature = "redis")]
use super::shared::SharedCache;
use crate::gate::{Commands, Responses};

/// The place where responses are cached.
pub(super) enum Backend {
    Memory(MemoryCache),
    #[cfg(feature = "redis")]
    Redis(SharedCache),
}

/// The data that the cache has for a lookup.
pub(super) enum Found {
    /// The encoded response, if there is one, and the versions of its tags, which were read after it.
    Read { entry: Option<Bytes>, versions: String },
    /// Redis has no versions, because it is new or has lost its data.
    #[cfg(feature = "redis")]
    Unversioned,
    /// The cache cannot be read, or must not be trusted yet.
    #[cfg(feature = "redis")]
    Unavailable,
}

impl Backend {
    /// Adds the commands of a lookup, which only read. A cache in memory needs none.
    pub(super) fn push_lookup(&self, commands: &mut Commands, lookup: &Lookup) {
        match self {
            Backend::Memory(_) => {
                let _ = (commands, lookup);
            }
            #[cfg(feature = "redis")]
            Backend::Redis(shared) => shared.push_lookup(commands, lookup),
        }
    }

    /// Sends the commands of a lookup outside of a gate.
    pub(super) async fn exchange(&self, commands: Commands) -> Responses {
        match self {
            Backend::Memory(_) => {
                let _ = commands;
                Responses::empty()
            }
            #[cfg(feature = "redis")]
            Backend::Redis(shared) => shared.exchange(commands).await,
        }
    }

    /// Returns the data for a lookup, from the responses to its commands.
    pub(super) fn found(&self, lookup: &Lookup, responses: Responses) -> Found {
        match self {
            Backend::Memory(memory) => {
                let _ = responses;
                let (entry, versions) = memory.get(lookup);
                Found::Read { entry, versions }
            }
            #[cfg(feature = "redis")]
            Backend::Redis(shared) => shared.found(lookup, responses),
        }
    }

    /// Begins new versions in a Redis that has none.
    #[cfg(feature = "redis")]
    pub(super) async fn begin_versions(&self) {
        match self {
            Backend::Memory(_) => {}
            #[cfg(feature = "redis")]
            Backend::Redis(shared) => shared.begin_versions().await,
        }
    }

    pub(super) async fn store(&self, key: String, entry: Vec<u8>, lifetime: Duration) {
        match self {
            Backend::Memory(memory) => memory.insert(key, entry, lifetime),
            #[cfg(feature = "redis")]
            Backend::Redis(shared) => shared.store(key, entry, lifetime).await,
        }
    }

    /// Invalidates cached responses. Returns false if Redis has not confirmed it.
    pub(super) async fn invalidate(&self, batch: &Batch) -> bool {
        match self {
            Backend::Memory(memory) => {
                memory.invalidate(batch);
                true
            }
            #[cfg(feature = "redis")]
            Backend::Redis(shared) => shared.invalidate(batch).await,
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
            Backend::Redis(shared) => shared.key(name),
        }
    }
}
