//! Redis behind one short limit: either it answers soon, or it counts as unavailable for a moment.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, ErrorKind, FromRedisValue, Pipeline, RedisError, Value};
use secrecy::ExposeSecret;

use crate::platform::config::RedisConfig;

/// How long nobody asks again after Redis did not answer.
const REST: Duration = Duration::from_millis(500);

/// A connection that is made anew when it breaks, and the prefix of every key.
#[derive(Clone)]
pub struct Redis {
    manager: ConnectionManager,
    prefix: Arc<str>,
    timeout: Duration,
    started: Instant,
    /// Milliseconds after `started` until which Redis is not asked.
    resting: Arc<AtomicU64>,
}

/// Redis did not answer in time. What follows is decided by who asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unavailable;

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("redis did not answer in time")
    }
}

impl std::error::Error for Unavailable {}

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redis").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

impl Redis {
    /// Prepares the connection, which is made on first use. Needs a running runtime.
    ///
    /// # Errors
    /// An address that cannot be read.
    pub fn open(config: &RedisConfig) -> Result<Redis, RedisError> {
        let settings = ConnectionManagerConfig::new()
            .set_number_of_retries(0)
            .set_connection_timeout(Some(Duration::from_secs(1)))
            .set_response_timeout(Some(Duration::from_secs(5)));
        let manager = Client::open(config.url.expose_secret())?.get_connection_manager_lazy(settings)?;
        Ok(Redis {
            manager,
            prefix: Arc::from(config.prefix.as_str()),
            timeout: config.timeout,
            started: Instant::now(),
            resting: Arc::default(),
        })
    }

    /// A key of this service: the prefix, a colon, and `rest`.
    pub fn key(&self, rest: impl fmt::Display) -> String {
        format!("{}:{rest}", self.prefix)
    }

    /// Runs a pipeline within the limit.
    ///
    /// # Errors
    /// [`Unavailable`] when Redis does not answer, or answers what was not asked for.
    pub async fn run<T: FromRedisValue>(&self, pipeline: &Pipeline) -> Result<T, Unavailable> {
        if self.elapsed() < self.resting.load(Ordering::Relaxed) {
            return Err(Unavailable);
        }
        self.ask(pipeline, self.timeout).await
    }

    /// Runs a pipeline even when Redis was unavailable a moment ago: for health checks.
    ///
    /// # Errors
    /// [`Unavailable`] when Redis does not answer within `limit`, or answers what was not asked for.
    pub async fn ask<T: FromRedisValue>(&self, pipeline: &Pipeline, limit: Duration) -> Result<T, Unavailable> {
        let mut manager = self.manager.clone();
        let reason = match tokio::time::timeout(limit, pipeline.query_async(&mut manager)).await {
            Ok(Ok(answer)) => return Ok(answer),
            // It is there, and said no: out of memory, or still loading. The next may fare better.
            Ok(Err(error)) if matches!(error.kind(), ErrorKind::Server(_)) => {
                tracing::warn!(%error, "redis refused a command");
                return Err(Unavailable);
            }
            Ok(Err(error)) => error.to_string(),
            Err(_) => "no answer in time".to_owned(),
        };
        let until = self.elapsed() + u64::try_from(REST.as_millis()).unwrap_or(u64::MAX);
        if self.resting.fetch_max(until, Ordering::Relaxed) < self.elapsed() {
            tracing::warn!(reason, "redis is unavailable");
        }
        Err(Unavailable)
    }

    /// Whether anybody has waited for an answer that did not come.
    #[cfg(test)]
    pub(crate) fn was_asked_in_vain(&self) -> bool {
        self.resting.load(Ordering::Relaxed) > 0
    }

    fn elapsed(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// Whether an answer of a pipeline with `ignore_errors` says that a script is not loaded.
pub(crate) fn lacks_script(answer: &Value) -> bool {
    matches!(answer, Value::ServerError(error) if error.kind() == Some(redis::ServerErrorKind::NoScript))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[tokio::test]
    async fn an_answer_comes_back_typed() {
        let redis = testing::redis();
        let key = redis.key("greeting");
        let mut pipeline = redis::pipe();
        pipeline.cmd("SET").arg(&key).arg("hello").ignore().cmd("GET").arg(&key);
        let (answer,): (String,) = redis.run(&pipeline).await.unwrap();
        assert_eq!(answer, "hello");
    }

    #[tokio::test]
    async fn unavailable_redis_is_found_out_soon_and_remembered_for_a_moment() {
        let redis = testing::redis_unavailable();
        let mut ping = redis::pipe();
        ping.cmd("PING");
        let started = Instant::now();
        assert_eq!(redis.run::<Value>(&ping).await, Err(Unavailable));
        assert!(started.elapsed() < Duration::from_secs(1));
        assert!(redis.was_asked_in_vain());
        assert_eq!(redis.run::<Value>(&ping).await, Err(Unavailable));
    }
}
