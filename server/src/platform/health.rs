//! The health checks of the service and its dependencies.

use std::time::{Duration, Instant};

use sqlx::PgPool;

use crate::platform::database::Databases;
use crate::platform::redis::Redis;
use crate::platform::shutdown::Shutdown;

/// The timeout of the health check of one dependency.
const TIMEOUT: Duration = Duration::from_secs(1);

/// The name of the Redis stream for events, without the key prefix of the service. The health check of the queue
/// reads this stream.
pub const EVENT_STREAM: &str = "events";

/// The health checks of the service's dependencies: PostgreSQL and Redis.
#[derive(Debug, Clone)]
pub struct Health {
    databases: Databases,
    redis: Redis,
    shutdown: Shutdown,
}

/// The health of the service or of a dependency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HealthStatus {
    /// The service or the dependency works and can handle requests.
    Healthy,
    /// The service works, but a dependency that is not essential is unavailable.
    Degraded,
    /// The service or the dependency does not work.
    Unhealthy,
}

/// The result of the health check of one dependency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Check {
    /// The result of one health check of a dependency: healthy or unhealthy.
    pub status: HealthStatus,
    /// The duration of the dependency's health check.
    pub latency: Duration,
}

/// The results of the health checks of all dependencies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Report {
    /// The health of the complete service.
    pub status: HealthStatus,
    /// The health of the two databases. The service is unhealthy if one of them is unavailable.
    pub database: Check,
    /// The health of Redis as the store of cache, rate limits and ended sessions.
    pub cache: Check,
    /// The health of Redis as the queue of events.
    pub queue: Check,
}

impl Health {
    /// Creates the health checks of the databases and of Redis.
    pub fn new(databases: Databases, redis: Redis, shutdown: Shutdown) -> Health {
        Health { databases, redis, shutdown }
    }

    /// Returns true if the graceful shutdown of the process has begun, so that the service is not ready.
    pub fn is_stopping(&self) -> bool {
        self.shutdown.is_draining()
    }

    /// Checks all dependencies concurrently, each for at most one second.
    ///
    /// After the shutdown has begun, the service is unhealthy, so that load balancers send no more requests.
    pub async fn report(&self) -> Report {
        let (database, cache, queue) = tokio::join!(
            check(async {
                let (users, orders) = tokio::join!(responds(&self.databases.users), responds(&self.databases.orders));
                users && orders
            }),
            check(async {
                let mut ping = redis::pipe();
                ping.cmd("PING").ignore();
                self.redis.run_with_timeout::<()>(&ping, TIMEOUT).await.is_ok()
            }),
            check(async {
                let mut length = redis::pipe();
                length.cmd("XLEN").arg(self.redis.key(EVENT_STREAM));
                self.redis.run_with_timeout::<(u64,)>(&length, TIMEOUT).await.is_ok()
            }),
        );
        let healthy = |check: Check| check.status == HealthStatus::Healthy;
        let status = match (healthy(database) && !self.is_stopping(), healthy(cache) && healthy(queue)) {
            (false, _) => HealthStatus::Unhealthy,
            (true, false) => HealthStatus::Degraded,
            (true, true) => HealthStatus::Healthy,
        };
        Report { status, database, cache, queue }
    }
}

/// Runs the health check of one dependency with a timeout and measures its duration.
async fn check(works: impl Future<Output = bool>) -> Check {
    let started = Instant::now();
    let works = tokio::time::timeout(TIMEOUT, works).await.unwrap_or(false);
    let status = if works { HealthStatus::Healthy } else { HealthStatus::Unhealthy };
    Check { status, latency: started.elapsed() }
}

/// Returns true if the database executes a trivial query.
async fn responds(pool: &PgPool) -> bool {
    sqlx::query("SELECT 1").execute(pool).await.is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{self, TestDatabases};

    #[tokio::test]
    async fn the_service_is_healthy_with_all_dependencies() {
        let database = TestDatabases::migrated().await;
        let health = Health::new(database.pools.clone(), testing::redis(), Shutdown::default());
        assert_eq!(health.report().await.status, HealthStatus::Healthy);
    }

    #[tokio::test]
    async fn the_service_is_degraded_without_redis() {
        let database = TestDatabases::migrated().await;
        let health = Health::new(database.pools.clone(), testing::redis_unavailable(), Shutdown::default());
        let report = health.report().await;
        assert_eq!(report.status, HealthStatus::Degraded);
        assert_eq!(report.queue.status, HealthStatus::Unhealthy);
    }

    #[tokio::test]
    async fn the_service_is_unhealthy_without_a_database_and_reports_it_within_the_timeout() {
        let health = Health::new(testing::databases_unavailable(), testing::redis(), Shutdown::default());
        let started = Instant::now();
        assert_eq!(health.report().await.status, HealthStatus::Unhealthy);
        assert!(started.elapsed() < Duration::from_millis(1500));
    }

    #[tokio::test]
    async fn the_service_is_unhealthy_during_shutdown() {
        let database = TestDatabases::migrated().await;
        let shutdown = Shutdown::default();
        let health = Health::new(database.pools.clone(), testing::redis(), shutdown.clone());
        shutdown.drain();
        assert_eq!(health.report().await.status, HealthStatus::Unhealthy);
    }
}
