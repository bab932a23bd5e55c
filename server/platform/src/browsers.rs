//! The response headers for browsers: security headers and cross-origin resource sharing (CORS).

use std::time::Duration;

use axum::Router;
use axum::response::Response;
use http::{HeaderName, HeaderValue, Method, header};
use tower_http::cors::{AllowOrigin, CorsLayer};
use tower_http::set_header::SetResponseHeaderLayer;

/// The value of `Content-Security-Policy` for API responses. Responses are data, so a browser must neither load
/// resources for them nor show them in a frame.
const DATA_ONLY: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");

/// Adds the security headers to all responses of `app`. Responses have `Strict-Transport-Security` (RFC 6797) with the
/// time `hsts`, unless it is zero.
///
/// A `Content-Security-Policy` or `Cache-Control` header that a response already has is kept.
pub fn secure(app: Router, hsts: Duration) -> Router {
    let always = |name, value| SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value));
    let strict = match hsts.as_secs() {
        0 => None,
        seconds => HeaderValue::try_from(format!("max-age={seconds}; includeSubDomains")).ok(),
    };
    app.layer((
        always(header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        always(header::REFERRER_POLICY, "no-referrer"),
        always(header::X_FRAME_OPTIONS, "DENY"),
        SetResponseHeaderLayer::overriding(header::STRICT_TRANSPORT_SECURITY, strict),
        SetResponseHeaderLayer::if_not_present(header::CONTENT_SECURITY_POLICY, DATA_ONLY),
        SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, cache_control),
    ))
}

/// Returns the `Cache-Control` of a response that has none. A browser can store a response with an entity tag, but must
/// revalidate it each time. It must not store responses without one.
fn cache_control(response: &Response) -> Option<HeaderValue> {
    let has_tag = response.headers().contains_key(header::ETAG);
    Some(HeaderValue::from_static(if has_tag { "private, no-cache" } else { "no-store" }))
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
