//! The health of a service: probes of its dependencies, and their summary.

mod probe;
mod probe_paths;
mod routes;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

pub use probe::{Probe, Weight};
pub(crate) use probe_paths::{is_probe, is_probe_request};
pub use routes::router;

use crate::shutdown::Shutdown;
use crate::tasks;
use probe::AnyProbe;

/// The timeout of the health check of one dependency.
const TIMEOUT: Duration = Duration::from_secs(1);

/// The time for which a report is used again.
const FRESH: Duration = Duration::from_secs(1);

/// The health checks of a service. Clones share the probes and the last report.
#[derive(Clone)]
pub struct Health {
    probes: Arc<[NamedProbe]>,
    /// The last report and the time of its creation. The lock is held while probes run, so that concurrent callers share
    /// them.
    last: Arc<Mutex<Option<(Instant, Report)>>>,
    shutdown: Shutdown,
}

/// A probe under the name by which reports list it.
pub(crate) struct NamedProbe {
    pub(crate) name: &'static str,
    pub(crate) weight: Weight,
    pub(crate) probe: Box<dyn AnyProbe>,
}

/// The health of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HealthStatus {
    /// The service and its dependencies work.
    Healthy,
    /// The service works, but a dependency that is not essential is unavailable.
    Degraded,
    /// The service does not work.
    Unhealthy,
}

/// The health of a dependency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CheckStatus {
    /// The dependency works.
    Up,
    /// The dependency does not work, or did not respond in time.
    Down,
}

/// The result of the health check of one dependency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Check {
    /// The health of the dependency.
    pub status: CheckStatus,
    /// The duration of the dependency's health check.
    pub latency: Duration,
}

/// The results of the health checks of all dependencies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The health of the complete service.
    pub status: HealthStatus,
    /// The health of each dependency by the name of its probes, in the order in which the service asked for them.
    pub checks: Vec<(&'static str, Check)>,
}

impl Check {
    /// The check of a dependency that is not known to work.
    pub const UNKNOWN: Check = Check { status: CheckStatus::Down, latency: Duration::ZERO };
}

impl Report {
    /// Returns the health of a dependency. It is [`Check::UNKNOWN`] if the service has no probe with this name.
    pub fn check(&self, name: &str) -> Check {
        self.checks.iter().find(|(known, _)| *known == name).map_or(Check::UNKNOWN, |(_, check)| *check)
    }
}

impl std::fmt::Debug for Health {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<_> = self.probes.iter().map(|probe| probe.name).collect();
        f.debug_struct("Health").field("probes", &names).finish_non_exhaustive()
    }
}

impl Health {
    pub(crate) fn new(probes: Vec<NamedProbe>, shutdown: Shutdown) -> Health {
        Health { probes: probes.into(), last: Arc::default(), shutdown }
    }

    /// Returns true if the graceful shutdown of the process has begun, so that the service is not ready.
    pub fn is_stopping(&self) -> bool {
        self.shutdown.is_draining()
    }

    /// Checks all dependencies concurrently, each for at most one second. Probes with one name are one dependency,
    /// which is up if all of them succeed. Concurrent callers share one check, which completes even if they hang up, and
    /// its report is used again for a second.
    ///
    /// After the shutdown has begun, the service is unhealthy, so that load balancers send no more requests.
    pub async fn report(&self) -> Report {
        let mut report = self.checked().await;
        if self.is_stopping() {
            report.status = HealthStatus::Unhealthy;
        }
        report
    }

    async fn checked(&self) -> Report {
        let mut last = self.last.clone().lock_owned().await;
        if let Some((_, report)) = last.as_ref().filter(|(created, _)| created.elapsed() < FRESH) {
            return report.clone();
        }
        // The check continues if its caller hangs up. Otherwise each such caller would cost the connection of a probe.
        let health = self.clone();
        tasks::run(async move {
            let report = health.check_all().await;
            *last = Some((Instant::now(), report.clone()));
            report
        })
        .await
    }

    async fn check_all(&self) -> Report {
        let checks = futures_util::future::join_all(self.probes.iter().map(check)).await;
        let mut report = Report { status: HealthStatus::Healthy, checks: Vec::new() };
        for (probe, check) in self.probes.iter().zip(checks) {
            report.add(probe, check);
        }
        report
    }
}

impl Report {
    fn add(&mut self, probe: &NamedProbe, check: Check) {
        if check.status == CheckStatus::Down {
            self.status = self.status.max(probe.weight.status());
        }
        match self.checks.iter_mut().find(|(name, _)| *name == probe.name) {
            Some((_, other)) => {
                other.status = other.status.max(check.status);
                other.latency = other.latency.max(check.latency);
            }
            None => self.checks.push((probe.name, check)),
        }
    }
}

/// Runs the health check of one dependency with a timeout and measures its duration.
async fn check(probe: &NamedProbe) -> Check {
    let started = Instant::now();
    let status = match tokio::time::timeout(TIMEOUT, probe.probe.works()).await {
        Ok(true) => CheckStatus::Up,
        Ok(false) | Err(_) => CheckStatus::Down,
    };
    Check { status, latency: started.elapsed() }
}

#[cfg(test)]
mod tests;
