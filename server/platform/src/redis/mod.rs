//! The connection to Redis, with a short timeout. After a failure Redis counts as unavailable until it responds on a
//! new connection, so that requests do not wait for the timeout one after the other.

mod link;
mod settings;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use redis::{ErrorKind, FromRedisValue, Pipeline, RedisError, Value};
use secrecy::SecretString;
use tokio::time::error::Elapsed;
use tokio::time::timeout;
use tracing::{Instrument as _, Span};

use crate::gate::{Commands, Responses};
use crate::{metrics, telemetry};
use link::Link;
pub use settings::RedisConfig;

/// A connection to Redis that reconnects automatically, and the prefix of all keys. Clones share the connection.
#[derive(Clone)]
pub struct Redis {
    link: Arc<Link>,
    prefix: Arc<str>,
    timeout: Duration,
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
    /// Creates the Redis connection, which connects on first use.
    ///
    /// # Errors
    /// Returns an error if the URL or a root certificate is not valid.
    pub fn open(config: &RedisConfig) -> Result<Redis, RedisError> {
        Ok(Redis {
            link: Link::new(config.client()?),
            prefix: Arc::from(config.prefix.as_str()),
            timeout: config.timeout,
            sent: Arc::default(),
        })
    }

    /// Returns a connection of its own to the same server, with the same prefix. Health checks use it, so that neither
    /// they nor requests wait for each other.
    pub fn separate(&self) -> Redis {
        Redis { link: self.link.separate(), sent: Arc::default(), ..self.clone() }
    }

    /// Returns a connection to no Redis, in place of one whose URL is not valid.
    pub(crate) fn unconnected() -> Redis {
        let url = SecretString::from("redis://localhost:1");
        let config = RedisConfig { url, authorities: None, prefix: String::new(), timeout: Duration::from_millis(1) };
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

    /// Executes a Redis pipeline with the configured timeout. Fails immediately while Redis is unavailable.
    ///
    /// # Errors
    /// Returns [`Unavailable`] if Redis does not respond in time, refuses a command, or returns results of
    /// another type.
    pub async fn run<T: FromRedisValue>(&self, pipeline: &Pipeline) -> Result<T, Unavailable> {
        self.run_with_timeout(pipeline, self.timeout).await
    }

    /// Executes a Redis pipeline with a separate timeout. Fails immediately while Redis is unavailable.
    ///
    /// # Errors
    /// Returns [`Unavailable`] if Redis does not respond in time, refuses a command, or returns results of
    /// another type.
    pub async fn run_with_timeout<T: FromRedisValue>(
        &self,
        pipeline: &Pipeline,
        limit: Duration,
    ) -> Result<T, Unavailable> {
        let began = Instant::now();
        let Ok(Ok(live)) = timeout(limit, self.link.live()).await else {
            // Counted as a failure, because an outage would otherwise disappear from the metric after its first moment.
            metrics::record(|metrics| metrics.observe_store_call("redis", "unavailable", began.elapsed()));
            return Err(Unavailable);
        };
        self.sent.fetch_add(1, Ordering::Relaxed);
        // Background work, such as the relay of events, has no trace that a span could belong to.
        let span = match Span::current().is_none() {
            true => Span::none(),
            false => tracing::debug_span!(
                target: telemetry::TRACE,
                "redis",
                otel.kind = "client",
                db.system.name = "redis",
                db.operation.name = "PIPELINE",
                db.operation.batch.size = pipeline.len(),
            ),
        };
        let (mut connection, started) = (live.connection.clone(), Instant::now());
        let result = timeout(limit, pipeline.query_async(&mut connection)).instrument(span).await;
        metrics::record(|metrics| metrics.observe_store_call("redis", error_type(&result), started.elapsed()));
        let reason = match result {
            Ok(Ok(results)) => return Ok(results),
            // Redis responded, for example with the error that it is out of memory or still loading. It is reachable, so
            // the connection is not lost.
            Ok(Err(error)) if matches!(error.kind(), ErrorKind::Server(_) | ErrorKind::UnexpectedReturnType) => {
                tracing::warn!(%error, "redis refused a command");
                return Err(Unavailable);
            }
            Ok(Err(error)) => error.to_string(),
            Err(_) => "no response in time".to_owned(),
        };
        self.link.lose(&live, &reason);
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

    /// Returns true if Redis is unavailable at the moment.
    #[cfg(test)]
    pub(crate) fn is_unavailable(&self) -> bool {
        self.link.is_lost()
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
    use std::time::Instant;

    use super::*;
    use crate::telemetry::captured::Captured;
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

    #[test]
    fn redis_cli_takes_the_url_of_a_private_redis() {
        let url = std::env::var(testing::REDIS_URL).unwrap();
        let ping = std::process::Command::new("redis-cli").args(["-u", &url, "PING"]).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&ping.stdout).trim(), "PONG");
    }

    #[tokio::test]
    async fn a_silent_redis_is_unavailable_at_once_until_it_responds_on_a_new_connection() {
        let proxy = testing::Proxy::redis().await;
        let redis = testing::redis_at(&proxy.url(&std::env::var(testing::REDIS_URL).unwrap()));
        let mut ping = redis::pipe();
        ping.cmd("PING").ignore();
        assert_eq!(redis.run_with_timeout::<()>(&ping, testing::SOON).await, Ok(()));
        proxy.set(testing::Flow::Stalled);
        assert_eq!(redis.run_with_timeout::<()>(&ping, Duration::from_millis(50)).await, Err(Unavailable));
        let sent = redis.round_trips();
        assert_eq!(redis.run_with_timeout::<()>(&ping, testing::SOON).await, Err(Unavailable));
        assert_eq!(redis.round_trips(), sent);
        proxy.set(testing::Flow::Open);
        let started = Instant::now();
        while redis.run_with_timeout::<()>(&ping, testing::SOON).await.is_err() {
            assert!(started.elapsed() < testing::SOON, "redis is not available again");
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn an_outage_and_its_end_are_each_logged_once() {
        let lines = Captured::default();
        let subscriber = tracing_subscriber::fmt().with_writer(lines.clone()).finish();
        let _guard = tracing::subscriber::set_default(subscriber);
        let count = |message| lines.text().matches(message).count();
        let proxy = testing::Proxy::redis().await;
        let redis = testing::redis_at(&proxy.url(&std::env::var(testing::REDIS_URL).unwrap()));
        let mut ping = redis::pipe();
        ping.cmd("PING").ignore();
        assert_eq!(redis.run_with_timeout::<()>(&ping, testing::SOON).await, Ok(()));
        assert_eq!(lines.text(), "");
        proxy.set(testing::Flow::Closed);
        assert_eq!(redis.run_with_timeout::<()>(&ping, testing::SOON).await, Err(Unavailable));
        // Several attempts to connect fail.
        tokio::time::sleep(Duration::from_millis(800)).await;
        assert_eq!((count("redis is unavailable"), count("redis is available again")), (1, 0), "{}", lines.text());
        proxy.set(testing::Flow::Open);
        let started = Instant::now();
        while redis.run_with_timeout::<()>(&ping, testing::SOON).await.is_err() {
            assert!(started.elapsed() < testing::SOON, "redis is not available again");
            tokio::task::yield_now().await;
        }
        assert_eq!((count("redis is unavailable"), count("redis is available again")), (1, 1), "{}", lines.text());
    }

    #[tokio::test]
    async fn a_redis_that_is_unavailable_from_the_start_is_logged_once() {
        let lines = Captured::default();
        let subscriber = tracing_subscriber::fmt().with_writer(lines.clone()).finish();
        let _guard = tracing::subscriber::set_default(subscriber);
        let redis = testing::redis_unavailable();
        let mut ping = redis::pipe();
        ping.cmd("PING");
        assert_eq!(redis.run::<Value>(&ping).await, Err(Unavailable));
        tokio::time::sleep(Duration::from_millis(800)).await;
        assert_eq!(lines.text().matches("redis is unavailable").count(), 1, "{}", lines.text());
    }

    #[tokio::test]
    async fn unavailable_redis_fails_fast_and_is_not_retried_immediately() {
        let redis = testing::redis_unavailable();
        let mut ping = redis::pipe();
        ping.cmd("PING");
        let started = Instant::now();
        assert_eq!(redis.run::<Value>(&ping).await, Err(Unavailable));
        assert!(started.elapsed() < Duration::from_secs(1));
        assert!(redis.is_unavailable());
        assert_eq!(redis.run::<Value>(&ping).await, Err(Unavailable));
    }

    #[tokio::test]
    async fn commands_that_are_not_sent_during_an_outage_are_counted_as_failures() {
        let redis = testing::redis_unavailable();
        let ping = redis::pipe().cmd("PING").clone();
        let metrics = std::sync::Arc::new(metrics::Metrics::default());
        let requests = async {
            for _ in 0..3 {
                assert_eq!(redis.run::<Value>(&ping).await, Err(Unavailable));
            }
        };
        metrics::within(metrics.clone(), requests).await;
        let text = metrics.render().unwrap();
        let failures = r#"db_system_name="redis",error_type="unavailable"} 3"#;
        assert!(text.lines().any(|line| line.contains("duration_seconds_count") && line.ends_with(failures)), "{text}");
    }
}
