//! The health responses of requests that the server refuses by itself, for example because a check takes too long.

use generated::latest::{Errors, Health};
use writ_platform::health::{HealthStatus, Report};
use writ_runtime::Problem;

use super::api::health;

/// The conversion of problems into the health schema, which is the body of the status 503 of the health operations.
#[derive(Debug, Clone, Copy)]
pub struct Conversions;

impl Errors for Conversions {
    /// Reports that no dependency is known to work.
    fn health(_: &Problem, _: &str) -> Health {
        health(&Report { status: HealthStatus::Unhealthy, checks: Vec::new() })
    }
}
