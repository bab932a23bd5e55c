//! Answers kept in Redis, aside from the database, with tags to forget them by.
//!
//! A tag's version is a random word under the tag's own key. It is read before the database is,
//! stored with the answer, and a hit needs it unchanged: an answer that was made of data older than
//! an invalidation can be stored, but is never served. A tag without a version is given one by
//! whoever reads it first, so forgetting a tag (also when Redis evicts it) only ever makes misses.

mod single_flight;
mod stored;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use redis::{Pipeline, Value};
use uuid::Uuid;
use writ_runtime::Reply;

use crate::platform::redis::{Redis, Unavailable};
use single_flight::{Role, SingleFlight};

pub(crate) use single_flight::Leader;

/// How long a tag's version is kept; an entry that outlives it becomes a miss.
const VERSION_SECONDS: u64 = 86_400;

/// How long a caller waits for another who is making the same answer.
const FOLLOWER_TIMEOUT: Duration = Duration::from_secs(2);

/// Larger answers are not kept.
const LARGEST: usize = 256 * 1024;

/// The answers. Clones share them.
#[derive(Clone)]
pub struct Cache(Arc<Inner>);

struct Inner {
    redis: Redis,
    single_flight: SingleFlight,
    /// The tags whose invalidation Redis has not confirmed. Nothing is served while there are any.
    pending: Mutex<BTreeSet<String>>,
}

/// What is looked for: an entry, and the tags that it depends on.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    key: String,
    tags: Vec<String>,
}

/// What was found.
#[derive(Debug)]
pub(crate) enum Found {
    /// The answer.
    Hit(Reply),
    /// Nothing; what is made now can be stored with this.
    Miss(Ticket),
    /// The cache cannot be used now.
    Bypass,
}

/// The right to store an answer, as of the versions that were read before it was made.
#[derive(Debug)]
pub(crate) struct Ticket {
    key: String,
    versions: Vec<String>,
    /// Held while others wait for this answer.
    leader: Option<Leader>,
}

impl std::fmt::Debug for Cache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cache").field("redis", &self.0.redis).finish_non_exhaustive()
    }
}

impl Cache {
    /// Answers in `redis`.
    pub fn new(redis: Redis) -> Cache {
        Cache(Arc::new(Inner { redis, single_flight: SingleFlight::default(), pending: Mutex::default() }))
    }

    /// Forgets every answer with one of these tags; to be called after the transaction that makes
    /// them wrong has committed. When Redis is unavailable, this process serves nothing from the cache
    /// until Redis has been told.
    pub async fn invalidate<T: AsRef<str>>(&self, tags: &[T]) {
        let tags: BTreeSet<String> = tags.iter().map(|tag| self.tag(tag.as_ref())).collect();
        if !tags.is_empty() && self.delete_versions(&tags).await.is_err() {
            self.defer(tags);
        }
    }

    /// What to look for. `key` tells answers apart, `tags` are interpolated. `None` while nothing
    /// may be served: looked at before Redis is asked, since what it answers may be older than what
    /// it is told in the meantime.
    pub(crate) fn question(&self, key: &str, tags: impl IntoIterator<Item = String>) -> Option<Question> {
        if !self.pending().is_empty() {
            return None;
        }
        let key = self.0.redis.key(format_args!("cache:{key}"));
        Some(Question { key, tags: tags.into_iter().map(|tag| self.tag(&tag)).collect() })
    }

    /// Adds the question to a pipeline with `ignore_errors`: as many answers as [`Question::answers`].
    pub(crate) fn ask(&self, pipeline: &mut Pipeline, question: &Question) {
        for tag in &question.tags {
            let version = Uuid::new_v4().simple().to_string();
            pipeline.cmd("SET").arg(tag).arg(version).arg("NX").arg("EX").arg(VERSION_SECONDS);
        }
        // One command, so that versions and entry are of one moment.
        pipeline.cmd("MGET").arg(&question.key).arg(&question.tags);
    }

    /// Reads the last of the answers, and when there is nothing, waits for whoever is making the
    /// same answer already.
    pub(crate) async fn read(&self, question: &Question, answer: Option<Value>) -> Found {
        let ticket = match self.found(question, answer) {
            Found::Miss(ticket) => ticket,
            found => return found,
        };
        match self.0.single_flight.join(&question.key) {
            Role::Leader(leader) => Found::Miss(Ticket { leader: Some(leader), ..ticket }),
            Role::Follower(follower) => {
                follower.wait(FOLLOWER_TIMEOUT).await;
                self.look_again(question).await
            }
        }
    }

    /// Keeps an answer for about `lifetime`.
    pub(crate) fn store(
        &self,
        ticket: Ticket,
        reply: &Reply,
        lifetime: Duration,
    ) -> impl Future<Output = ()> + Send + use<'_> {
        // Encoded before the future begins: an answer with a stream in it cannot be shared between threads.
        let entry = stored::write(&ticket.versions, reply).filter(|entry| entry.len() <= LARGEST);
        async move {
            let Some(entry) = entry else { return };
            let mut pipeline = redis::pipe();
            pipeline.cmd("SET").arg(&ticket.key).arg(entry).arg("PX").arg(jittered(lifetime)).ignore();
            // A failure costs the next caller a read of the database, and nobody more.
            let _ = self.0.redis.run::<()>(&pipeline).await;
            drop(ticket.leader);
        }
    }

    async fn look_again(&self, question: &Question) -> Found {
        let mut pipeline = redis::pipe();
        pipeline.ignore_errors();
        self.ask(&mut pipeline, question);
        let answer = self.0.redis.run::<Vec<Value>>(&pipeline).await.ok().and_then(|mut answers| answers.pop());
        match self.found(question, answer) {
            // Whoever was first has failed. Nobody waits a second time.
            Found::Miss(ticket) => match self.0.single_flight.join(&question.key) {
                Role::Leader(leader) => Found::Miss(Ticket { leader: Some(leader), ..ticket }),
                Role::Follower(_) => Found::Miss(ticket),
            },
            found => found,
        }
    }

    fn found(&self, question: &Question, answer: Option<Value>) -> Found {
        if !self.pending().is_empty() {
            return Found::Bypass;
        }
        let answer = answer.and_then(|answer| redis::from_redis_value::<Vec<Option<Vec<u8>>>>(answer).ok());
        let Some((entry, versions)) = answer.as_deref().and_then(<[_]>::split_first) else { return Found::Bypass };
        let version = |version: &Option<Vec<u8>>| {
            version.as_deref().and_then(|text| str::from_utf8(text).ok()).map(str::to_owned)
        };
        let Some(versions) = versions.iter().map(version).collect::<Option<Vec<String>>>() else {
            return Found::Bypass;
        };
        match entry.as_deref().and_then(|entry| stored::read(entry, &versions)) {
            Some(reply) => Found::Hit(reply),
            None => Found::Miss(Ticket { key: question.key.clone(), versions, leader: None }),
        }
    }

    async fn delete_versions(&self, tags: &BTreeSet<String>) -> Result<(), Unavailable> {
        let mut pipeline = redis::pipe();
        pipeline.cmd("DEL").arg(tags).ignore();
        self.0.redis.run::<()>(&pipeline).await
    }

    /// Tells Redis as soon as it is back.
    fn defer(&self, tags: BTreeSet<String>) {
        let mut pending = self.pending();
        let first = pending.is_empty();
        pending.extend(tags);
        drop(pending);
        if !first {
            return;
        }
        let this = self.clone();
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(Duration::from_millis(500)).await;
                let pending = this.pending().clone();
                if this.delete_versions(&pending).await.is_ok() {
                    let mut left = this.pending();
                    left.retain(|tag| !pending.contains(tag));
                    if left.is_empty() {
                        break;
                    }
                }
            }
        });
    }

    fn pending(&self) -> std::sync::MutexGuard<'_, BTreeSet<String>> {
        self.0.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tag(&self, tag: &str) -> String {
        self.0.redis.key(format_args!("tag:{tag}"))
    }
}

impl Question {
    /// How many answers [`Cache::ask`] brings; the last is the one to read.
    pub(crate) fn answers(&self) -> usize {
        self.tags.len() + 1
    }
}

/// Milliseconds, up to a tenth less, so that entries of one moment do not end in one moment.
fn jittered(lifetime: Duration) -> u64 {
    let milliseconds = u64::try_from(lifetime.as_millis()).unwrap_or(u64::MAX);
    let [byte] = crate::platform::random::bytes::<1>();
    (milliseconds - milliseconds / 10 * u64::from(byte) / 255).max(1)
}

#[cfg(test)]
mod tests;
