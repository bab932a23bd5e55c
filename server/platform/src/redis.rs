//! The connection to Redis, with a short timeout. After a failure Redis counts as unavailable for a moment, so
//! that requests do not wait for the timeout one after the other.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, ErrorKind, FromRedisValue, Pipeline, RedisError, Value};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::error::Elapsed;
use tracing::Instrument as _;

use crate::config::{Source, parse};
use crate::gate::{Commands, Responses};
use crate::{metrics, telemetry};

/// The time for which Redis counts as unavailable after a failure.
const BACKOFF: Duration = Duration::from_millis(500);

/// The settings of the Redis connection.
#[derive(Debug, Clone)]
pub struct RedisConfig {
    /// The URL of the Redis server.
    pub url: SecretString,
    /// The prefix of every Redis key of this service. Default: the name of the service.
    pub prefix: String,
    /// The time after which Redis counts as unavailable if it does not respond. Default: 250 ms.
    pub timeout: Duration,
}

impl RedisConfig {
    /// Reads the settings of the Redis connection. The source keeps the faults, and the URL of a missing setting is
    /// that of a Redis on this machine.
    pub(crate) fn read(from: &mut Source) -> RedisConfig {
        let url = from.shared_setting("REDIS_URL").optional(parse::redis_url);
        if url.is_none() {
            from.shared_setting("REDIS_URL").missing("is required; set it to a URL such as redis://localhost:6379");
        }
        let prefix = from.service_name();
        RedisConfig {
            url: url.unwrap_or_else(|| SecretString::from("redis://localhost:6379")),
            prefix: from.setting("REDIS_PREFIX").or(prefix, parse::key_prefix),
            timeout: from.setting("REDIS_TIMEOUT").or(Duration::from_millis(250), parse::duration),
        }
    }
}

/// A connection to Redis that reconnects automatically, and the prefix of all keys. Clones share the connection.
#[derive(Clone)]
pub struct Redis {
    manager: ConnectionManager,
    prefix: Arc<str>,
    timeout: Duration,
    started: Instant,
    /// The time at which Redis no longer counts as unavailable after a failure, in milliseconds since the Redis
    /// connection was created.
    backoff_until: Arc<AtomicU64>,
    /// The number of pipelines that were sent on this connection. Tests count round trips with it.
    sent: Arc<AtomicU64>,
}

/// The error of a command pipeline that Redis did not execute. The caller of the pipeline decides how to
/// continue without Redis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unavailable;

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("redis is unavailable")
    }
}

impl std::error::Error for Unavailable {}

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redis").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

impl Redis {
    /// Creates the Redis connection, which connects on first use. This function must be called in a Tokio
    /// runtime.
    ///
    /// # Errors
    /// Returns an error if the URL cannot be parsed.
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
            backoff_until: Arc::default(),
            sent: Arc::default(),
        })
    }

    /// Returns a connection to no Redis, in place of one whose URL is not valid.
    pub(crate) fn unconnected() -> Redis {
        let url = SecretString::from("redis://localhost:1");
        let config = RedisConfig { url, prefix: String::new(), timeout: Duration::from_millis(1) };
        #[expect(clippy::expect_used, reason = "the URL is a constant")]
        Redis::open(&config).expect("a valid URL")
    }

    /// Returns true if Redis responds within a second.
    pub async fn responds(&self) -> bool {
        let mut ping = redis::pipe();
        ping.cmd("PING").ignore();
        self.run_with_timeout::<()>(&ping, Duration::from_secs(1)).await.is_ok()
    }

    /// Returns a Redis key of this service: the prefix, a colon and `name`.
    pub fn key(&self, name: impl fmt::Display) -> String {
        format!("{}:{name}", self.prefix)
    }

    /// Executes a Redis pipeline with the configured timeout. Fails immediately if Redis failed a moment ago.
    ///
    /// # Errors
    /// Returns [`Unavailable`] if Redis does not respond in time, refuses a command, or returns results of
    /// another type.
    pub async fn run<T: FromRedisValue>(&self, pipeline: &Pipeline) -> Result<T, Unavailable> {
        if self.elapsed() < self.backoff_until.load(Ordering::Relaxed) {
            return Err(Unavailable);
        }
        self.run_with_timeout(pipeline, self.timeout).await
    }

    /// Executes a Redis pipeline with a separate timeout, even if Redis failed a moment ago. Health checks use
    /// this function.
    ///
    /// # Errors
    /// Returns [`Unavailable`] if Redis does not respond in time, refuses a command, or returns results of
    /// another type.
    pub async fn run_with_timeout<T: FromRedisValue>(
        &self,
        pipeline: &Pipeline,
        timeout: Duration,
    ) -> Result<T, Unavailable> {
        let mut manager = self.manager.clone();
        self.sent.fetch_add(1, Ordering::Relaxed);
        let span = tracing::debug_span!(
            target: telemetry::TRACE,
            "redis",
            otel.kind = "client",
            db.system.name = "redis",
            db.operation.name = "PIPELINE",
            db.operation.batch.size = pipeline.len(),
        );
        let started = Instant::now();
        let result = tokio::time::timeout(timeout, pipeline.query_async(&mut manager)).instrument(span).await;
        metrics::record(|metrics| metrics.observe_store_call("redis", error_type(&result), started.elapsed()));
        let reason = match result {
            Ok(Ok(results)) => return Ok(results),
            // Redis responded with an error, for example because it is out of memory or still loading. It is
            // reachable, so there is no backoff.
            Ok(Err(error)) if matches!(error.kind(), ErrorKind::Server(_)) => {
                tracing::warn!(%error, "redis refused a command");
                return Err(Unavailable);
            }
            Ok(Err(error)) => error.to_string(),
            Err(_) => "no response in time".to_owned(),
        };
        let until = self.elapsed() + u64::try_from(BACKOFF.as_millis()).unwrap_or(u64::MAX);
        if self.backoff_until.fetch_max(until, Ordering::Relaxed) < self.elapsed() {
            tracing::warn!(reason, "redis is unavailable");
        }
        Err(Unavailable)
    }

    /// Executes the commands of policies in one pipeline and returns their responses. Without commands nothing is sent.
    pub async fn exchange(&self, mut commands: Commands) -> Responses {
        // Each policy reads the errors of its own commands.
        commands.pipeline.ignore_errors();
        match commands.pipeline.is_empty() {
            true => Responses::empty(),
            false => Responses::of(self.run::<Vec<Value>>(&commands.pipeline).await.ok()),
        }
    }

    /// Returns the number of round trips that this connection and its clones have made, for tests.
    pub fn round_trips(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Returns true if a Redis pipeline has failed on this connection because Redis was unavailable.
    #[cfg(test)]
    pub(crate) fn has_failed(&self) -> bool {
        self.backoff_until.load(Ordering::Relaxed) > 0
    }

    /// Returns the milliseconds since this Redis connection was created.
    fn elapsed(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// Returns the kind of failure of a round trip, as its metric names it. Returns an empty text for a success.
fn error_type<T>(result: &Result<Result<T, RedisError>, Elapsed>) -> &'static str {
    match result {
        Ok(Ok(_)) => "",
        Ok(Err(error)) if matches!(error.kind(), ErrorKind::Server(_)) => "refused",
        Ok(Err(_)) => "connection",
        Err(_) => "timeout",
    }
}

/// Returns true if a result of a Redis pipeline with `ignore_errors` is the error that a script is not loaded.
pub(crate) fn lacks_script(result: &Value) -> bool {
    matches!(result, Value::ServerError(error) if error.kind() == Some(redis::ServerErrorKind::NoScript))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[tokio::test]
    async fn a_result_has_the_requested_type() {
        let redis = testing::redis();
        let key = redis.key("greeting");
        let mut pipeline = redis::pipe();
        pipeline.cmd("SET").arg(&key).arg("hello").ignore().cmd("GET").arg(&key);
        let (value,): (String,) = redis.run(&pipeline).await.unwrap();
        assert_eq!(value, "hello");
    }

    #[tokio::test]
    async fn unavailable_redis_fails_fast_and_is_not_retried_immediately() {
        let redis = testing::redis_unavailable();
        let mut ping = redis::pipe();
        ping.cmd("PING");
        let started = Instant::now();
        assert_eq!(redis.run::<Value>(&ping).await, Err(Unavailable));
        assert!(started.elapsed() < Duration::from_secs(1));
        assert!(redis.has_failed());
        assert_eq!(redis.run::<Value>(&ping).await, Err(Unavailable));
    }
}
