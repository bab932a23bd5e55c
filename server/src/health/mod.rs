//! The service of the tag `health`: health checks for supervisors, load balancers and dashboards.

mod api;
mod conversions;

use crate::platform::Platform;
use crate::platform::health::Health;

pub use conversions::Conversions;

/// The implementation of the generated trait [`HealthApi`](generated::v1::HealthApi): the health checks of the
/// server.
#[derive(Debug, Clone)]
pub struct HealthService {
    health: Health,
}

impl HealthService {
    /// Creates the service for health requests from the infrastructure of the server ([`Platform`]).
    pub fn new(platform: &Platform) -> HealthService {
        HealthService { health: platform.health.clone() }
    }
}
