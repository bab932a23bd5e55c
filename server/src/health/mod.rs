//! Health: what supervisors, load balancers and dashboards are told.

mod api;

use crate::platform::Platform;
use crate::platform::health::Health;

/// Implements the contract's `health`.
#[derive(Debug, Clone)]
pub struct HealthService {
    health: Health,
}

impl HealthService {
    /// Tells what the platform finds.
    pub fn new(platform: &Platform) -> HealthService {
        HealthService { health: platform.health.clone() }
    }
}
