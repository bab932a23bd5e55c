//! How the service and what it depends on are.

use std::time::{Duration, Instant};

use sqlx::PgPool;

use crate::platform::database::Databases;
use crate::platform::redis::Redis;
use crate::platform::shutdown::Shutdown;

/// The longest that a check may take.
const LIMIT: Duration = Duration::from_secs(1);

/// The stream that events are published to, below the prefix.
pub const EVENT_STREAM: &str = "events";

/// Checks what the service depends on.
#[derive(Debug, Clone)]
pub struct Health {
    databases: Databases,
    redis: Redis,
    shutdown: Shutdown,
}

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HealthStatus {
    /// All is well.
    Healthy,
    /// It works, without something that it can do without.
    Degraded,
    /// It does not work.
    Unhealthy,
}

/// How one dependency is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Check {
    /// Healthy or unhealthy.
    pub status: HealthStatus,
    /// How long the check took.
    pub latency: Duration,
}

/// How the service is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Report {
    /// All in all.
    pub status: HealthStatus,
    /// Both databases; without them nothing works.
    pub database: Check,
    /// Redis as cache, limiter and register of ended sessions.
    pub cache: Check,
    /// Redis as queue of events.
    pub queue: Check,
}

impl Health {
    /// Checks these.
    pub fn new(databases: Databases, redis: Redis, shutdown: Shutdown) -> Health {
        Health { databases, redis, shutdown }
    }

    /// Whether the process is about to end, and wants no more requests.
    pub fn is_stopping(&self) -> bool {
        self.shutdown.is_draining()
    }

    /// Checks everything at once, each within a second. A process that is about to end is
    /// unhealthy, so that load balancers turn away from it.
    pub async fn report(&self) -> Report {
        let (database, cache, queue) = tokio::join!(
            check(async {
                let (users, orders) = tokio::join!(is_there(&self.databases.users), is_there(&self.databases.orders));
                users && orders
            }),
            check(async {
                let mut ping = redis::pipe();
                ping.cmd("PING").ignore();
                self.redis.ask::<()>(&ping, LIMIT).await.is_ok()
            }),
            check(async {
                let mut length = redis::pipe();
                length.cmd("XLEN").arg(self.redis.key(EVENT_STREAM));
                self.redis.ask::<(u64,)>(&length, LIMIT).await.is_ok()
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

async fn check(works: impl Future<Output = bool>) -> Check {
    let started = Instant::now();
    let works = tokio::time::timeout(LIMIT, works).await.unwrap_or(false);
    let status = if works { HealthStatus::Healthy } else { HealthStatus::Unhealthy };
    Check { status, latency: started.elapsed() }
}

async fn is_there(pool: &PgPool) -> bool {
    sqlx::query("SELECT 1").execute(pool).await.is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{self, TestDatabases};

    #[tokio::test]
    async fn all_is_well_when_everything_is_there() {
        let database = TestDatabases::migrated().await;
        let health = Health::new(database.pools.clone(), testing::redis(), Shutdown::default());
        assert_eq!(health.report().await.status, HealthStatus::Healthy);
    }

    #[tokio::test]
    async fn without_redis_the_service_is_degraded() {
        let database = TestDatabases::migrated().await;
        let health = Health::new(database.pools.clone(), testing::redis_unavailable(), Shutdown::default());
        let report = health.report().await;
        assert_eq!(report.status, HealthStatus::Degraded);
        assert_eq!(report.queue.status, HealthStatus::Unhealthy);
    }

    #[tokio::test]
    async fn without_a_database_it_is_unhealthy_and_says_so_within_the_limit() {
        let health = Health::new(testing::databases_unavailable(), testing::redis(), Shutdown::default());
        let started = Instant::now();
        assert_eq!(health.report().await.status, HealthStatus::Unhealthy);
        assert!(started.elapsed() < Duration::from_millis(1500));
    }

    #[tokio::test]
    async fn a_process_about_to_end_is_unhealthy() {
        let database = TestDatabases::migrated().await;
        let shutdown = Shutdown::default();
        let health = Health::new(database.pools.clone(), testing::redis(), shutdown.clone());
        shutdown.drain();
        assert_eq!(health.report().await.status, HealthStatus::Unhealthy);
    }
}
