//! The response headers for browsers: security headers and cross-origin resource sharing (CORS).

use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderName, HeaderValue, Method, header};
use tower_http::cors::{AllowOrigin, CorsLayer};

/// The value of `Content-Security-Policy` for API responses. Responses are data, so a browser must neither load
/// resources for them nor show them in a frame.
const DATA_ONLY: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");

/// The setting of the security headers: true if clients reach the service by TLS, so that responses have
/// `Strict-Transport-Security` (RFC 6797).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StrictTransport(pub bool);

/// Adds the security headers to a response. This middleware is installed with
/// [`axum::middleware::from_fn_with_state`].
///
/// A `Content-Security-Policy` or `Cache-Control` header that the response already has is kept.
pub async fn secure(State(strict): State<StrictTransport>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(DATA_ONLY);
    if strict.0 {
        let year = HeaderValue::from_static("max-age=31536000; includeSubDomains");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    // A browser can store a response with an entity tag, but must revalidate it each time. It must not store
    // responses without one.
    let cache_control = if headers.contains_key(header::ETAG) { "private, no-cache" } else { "no-store" };
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static(cache_control));
    response
}

/// Returns a middleware layer for cross-origin requests (CORS) that allows requests from web pages of these
/// origins.
///
/// The layer does not allow cookies or other credentials of the browser, because callers send a token. Returns
/// `None` if `origins` is empty: without the layer, browsers block requests from the pages of all other origins.
pub fn cross_origin(origins: &[HeaderValue]) -> Option<CorsLayer> {
    if origins.is_empty() {
        return None;
    }
    let methods = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    let request_headers = [
        header::AUTHORIZATION,
        header::ACCEPT,
        header::CONTENT_TYPE,
        header::IF_MATCH,
        header::IF_NONE_MATCH,
        HeaderName::from_static("idempotency-key"),
        HeaderName::from_static("x-request-id"),
    ];
    let response_headers = [
        header::ETAG,
        header::LOCATION,
        header::RETRY_AFTER,
        HeaderName::from_static("x-request-id"),
        HeaderName::from_static("x-ratelimit-limit"),
        HeaderName::from_static("x-ratelimit-remaining"),
        HeaderName::from_static("x-ratelimit-reset"),
    ];
    let layer = CorsLayer::new().allow_origin(AllowOrigin::list(origins.iter().cloned())).allow_methods(methods);
    Some(layer.allow_headers(request_headers).expose_headers(response_headers).max_age(Duration::from_secs(600)))
}
