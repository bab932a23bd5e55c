//! The handlers of the operations that report the health of the server.

use chrono::{DateTime, SubsecRound as _, Utc};
use generated::latest::{
    CheckStatus, Health, HealthApi, HealthCheck, HealthChecks, HealthError, HealthResponse, HealthStatus, Liveness,
    LivezError, LivezResponse, ReadyzError, ReadyzResponse,
};
use writ_platform::health::{Check, CheckStatus as PlatformCheck, HealthStatus as PlatformStatus, Report};
use writ_runtime::Context;

use super::HealthService;

/// The version of the running server, as health responses report it.
const VERSION: &str = env!("CARGO_PKG_VERSION");

impl HealthApi for HealthService {
    async fn health(&self, _: &Context<()>) -> Result<HealthResponse, HealthError> {
        self.checked().await.map(|body| HealthResponse { body }).map_err(HealthError::ServiceUnavailable)
    }

    async fn livez(&self, _: &Context<()>) -> Result<LivezResponse, LivezError> {
        let body = Liveness { status: HealthStatus::Healthy, version: VERSION.to_owned(), timestamp: now() };
        Ok(LivezResponse { body })
    }

    async fn readyz(&self, _: &Context<()>) -> Result<ReadyzResponse, ReadyzError> {
        self.checked().await.map(|body| ReadyzResponse { body }).map_err(ReadyzError::ServiceUnavailable)
    }
}

impl HealthService {
    /// Checks all dependencies of the server. Returns the result as an error if the server is unhealthy.
    async fn checked(&self) -> Result<Health, Health> {
        let health = health(&self.health.report().await);
        if health.status == HealthStatus::Unhealthy { Err(health) } else { Ok(health) }
    }
}

/// Returns the health response for the result of a check.
pub(super) fn health(report: &Report) -> Health {
    let [database, cache, queue] = ["database", "redis", "queue"].map(|name| check(report.check(name)));
    Health {
        status: status(report.status),
        version: VERSION.to_owned(),
        timestamp: now(),
        checks: HealthChecks { database, cache, queue },
    }
}

/// Returns the current time, rounded down to milliseconds, for the time stamp of a health response.
fn now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(3)
}

fn check(check: Check) -> HealthCheck {
    let latency = i32::try_from(check.latency.as_millis()).unwrap_or(i32::MAX);
    let status = match check.status {
        PlatformCheck::Up => CheckStatus::Up,
        PlatformCheck::Down => CheckStatus::Down,
    };
    HealthCheck { status, latency }
}

fn status(status: PlatformStatus) -> HealthStatus {
    match status {
        PlatformStatus::Healthy => HealthStatus::Healthy,
        PlatformStatus::Degraded => HealthStatus::Degraded,
        PlatformStatus::Unhealthy => HealthStatus::Unhealthy,
    }
}
