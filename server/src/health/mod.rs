//! The service of the tag `health`: health checks for supervisors, load balancers and dashboards.

mod api;
mod conversions;

use writ_platform::health::Health;

pub use conversions::Conversions;

/// The implementation of the generated trait [`HealthApi`](generated::latest::HealthApi): the health checks of the
/// server.
#[derive(Debug, Clone)]
pub struct HealthService {
    health: Health,
}

impl HealthService {
    /// Creates the service for health requests from the health checks of the server.
    pub fn new(health: &Health) -> HealthService {
        HealthService { health: health.clone() }
    }
}
