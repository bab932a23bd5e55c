//! The routes `/livez` and `/readyz`, for services whose contract does not declare health checks.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::StatusCode;
use serde_json::json;

use super::{CheckStatus, Health, HealthStatus, Report};

/// Returns the routes `/livez`, which touches nothing, and `/readyz`, which checks the dependencies of the service and
/// responds with 503 if it is unhealthy.
///
/// A service merges them with the router of its contract. The port for metrics serves them too.
pub fn router(health: Health) -> Router {
    Router::new()
        .route("/livez", get(async || Json(json!({ "status": "healthy" }))))
        .route("/readyz", get(ready))
        .with_state(health)
}

async fn ready(State(health): State<Health>) -> Response {
    let report = health.report().await;
    let status = match report.status {
        HealthStatus::Unhealthy => StatusCode::SERVICE_UNAVAILABLE,
        HealthStatus::Healthy | HealthStatus::Degraded => StatusCode::OK,
    };
    (status, Json(body(&report))).into_response()
}

fn body(report: &Report) -> serde_json::Value {
    let checks = report.checks.iter().map(|(name, check)| {
        let latency = u64::try_from(check.latency.as_millis()).unwrap_or(u64::MAX);
        ((*name).to_owned(), json!({ "status": check.status.as_str(), "latency": latency }))
    });
    let checks: serde_json::Map<_, _> = checks.collect();
    json!({ "status": report.status.as_str(), "checks": checks })
}

impl CheckStatus {
    /// Returns the name of the status in lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            CheckStatus::Up => "up",
            CheckStatus::Down => "down",
        }
    }
}

impl HealthStatus {
    /// Returns the name of the status in lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            HealthStatus::Healthy => "healthy",
            HealthStatus::Degraded => "degraded",
            HealthStatus::Unhealthy => "unhealthy",
        }
    }
}
