//! The service of the tag `health`: health checks for supervisors, load balancers and dashboards.

mod api;
mod conversions;

use std::time::Duration;

use writ_platform::Redis;
use writ_platform::health::{Health, Probe};

pub use conversions::Conversions;

/// The name of the Redis stream for events, without the key prefix of the service. The health check of the queue
/// reads this stream.
const EVENT_STREAM: &str = "events";

/// Returns the probe of the queue of events, which is a stream in Redis. The probe has a connection of its own.
pub fn event_stream(redis: &Redis) -> impl Probe + use<> {
    let redis = redis.separate();
    move || {
        let redis = redis.clone();
        async move {
            let mut length = redis::pipe();
            length.cmd("XLEN").arg(redis.key(EVENT_STREAM));
            redis.run_with_timeout::<(u64,)>(&length, Duration::from_secs(1)).await.is_ok()
        }
    }
}

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
