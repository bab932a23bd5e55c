//! The middleware around all routes of a service.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use axum::routing::Route;
use ipnet::IpNet;
use tower::layer::layer_fn;
use tower::{ServiceExt as _, service_fn};

use crate::browsers::{self, SecurityHeaders};
use crate::client_address;
use crate::compression;
use crate::config::Config;
use crate::metrics::Metrics;
use crate::tasks;
use crate::telemetry;

/// The values that all requests share.
struct Shared {
    trusted: Vec<IpNet>,
    metrics: Arc<Metrics>,
    headers: SecurityHeaders,
}

/// Adds the middleware that all routes share: client address, log line, metrics, completion of requests with effects,
/// security headers, compression and CORS.
pub(crate) fn around(config: &Config, metrics: &Arc<Metrics>, app: Router) -> Router {
    let app = match browsers::cross_origin(&config.cors_origins) {
        Some(cross_origin) => app.layer(cross_origin),
        None => app,
    };
    let app = if config.compresses { compression::compress(app) } else { app };
    let shared = Arc::new(Shared {
        trusted: config.trusted_proxies.clone(),
        metrics: metrics.clone(),
        headers: SecurityHeaders::new(config.hsts),
    });
    // One layer, because each one boxes a future and copies the service below it for each request.
    app.layer(layer_fn(move |routes: Route| {
        let shared = shared.clone();
        service_fn(move |request| respond(shared.clone(), routes.clone(), request))
    }))
}

/// Responds to a request with the routes of the service.
async fn respond(shared: Arc<Shared>, routes: Route, mut request: Request) -> Result<Response, Infallible> {
    client_address::find(&shared.trusted, &mut request);
    let routed = async |request| routes.oneshot(request).await.unwrap_or_else(|never| match never {});
    let completed = |request| tasks::complete_request(request, routed);
    let mut response = telemetry::observe(&shared.metrics, request, completed).await;
    shared.headers.write(response.headers_mut());
    Ok(response)
}
