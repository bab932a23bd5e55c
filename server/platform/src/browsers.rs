//! The response headers for browsers: security headers and cross-origin resource sharing (CORS).

use std::time::Duration;

use http::{HeaderMap, HeaderValue, Method, header};
use tower_http::cors::{AllowHeaders, AllowOrigin, Any, CorsLayer};

/// The value of `Content-Security-Policy` for API responses. Responses are data, so a browser must neither load
/// resources for them nor show them in a frame.
const DATA_ONLY: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");

/// The security headers of all responses of a service.
#[derive(Debug, Clone)]
pub struct SecurityHeaders {
    /// The value of `Strict-Transport-Security` (RFC 6797).
    strict: Option<HeaderValue>,
}

impl SecurityHeaders {
    /// Describes headers of which `Strict-Transport-Security` has the time `hsts`. It is omitted if the time is zero.
    pub fn new(hsts: Duration) -> SecurityHeaders {
        let strict = match hsts.as_secs() {
            0 => None,
            seconds => HeaderValue::try_from(format!("max-age={seconds}; includeSubDomains")).ok(),
        };
        SecurityHeaders { strict }
    }

    /// Adds the headers to a response. A `Content-Security-Policy` or `Cache-Control` header of the response is kept.
    pub fn write(&self, headers: &mut HeaderMap) {
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
        if let Some(strict) = &self.strict {
            headers.insert(header::STRICT_TRANSPORT_SECURITY, strict.clone());
        }
        headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(DATA_ONLY);
        if !headers.contains_key(header::CACHE_CONTROL) {
            headers.insert(header::CACHE_CONTROL, cache_control(headers));
        }
    }
}

/// Returns the `Cache-Control` of a response that has none. A browser can store a response with an entity tag, but must
/// revalidate it each time. It must not store responses without one.
fn cache_control(headers: &HeaderMap) -> HeaderValue {
    HeaderValue::from_static(if headers.contains_key(header::ETAG) { "private, no-cache" } else { "no-store" })
}

/// Returns a middleware layer for cross-origin requests (CORS) that allows requests from web pages of these
/// origins.
///
/// The layer does not allow cookies or other credentials of the browser, because callers send a token or a key. So the
/// pages can send every request header, such as the API key of the contract, and read every response header. Returns
/// `None` if `origins` is empty: without the layer, browsers block requests from the pages of all other origins.
pub fn cross_origin(origins: &[HeaderValue]) -> Option<CorsLayer> {
    if origins.is_empty() {
        return None;
    }
    let methods = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    let layer = CorsLayer::new().allow_origin(AllowOrigin::list(origins.iter().cloned())).allow_methods(methods);
    // A wildcard would not cover `Authorization` (Fetch, CORS-preflight fetch), so the requested names are repeated.
    let layer = layer.allow_headers(AllowHeaders::mirror_request()).expose_headers(Any);
    Some(layer.max_age(Duration::from_secs(600)))
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::routing::get;
    use http::Request;
    use tower::ServiceExt as _;

    use super::*;

    async fn headers(request: http::request::Builder) -> HeaderMap {
        let layer = cross_origin(&[HeaderValue::from_static("https://app.example.com")]).unwrap();
        let app = Router::new().route("/events", get(async || "events")).layer(layer);
        app.oneshot(request.uri("/events").body(Body::empty()).unwrap()).await.unwrap().headers().clone()
    }

    #[tokio::test]
    async fn a_page_of_an_allowed_origin_can_send_a_header_of_the_contract() {
        let preflight = |origin| {
            let request = Request::builder().method("OPTIONS").header(header::ORIGIN, origin);
            let request = request.header(header::ACCESS_CONTROL_REQUEST_METHOD, "GET");
            request.header(header::ACCESS_CONTROL_REQUEST_HEADERS, "authorization,x-museum-key")
        };
        let allowed = headers(preflight("https://app.example.com")).await;
        assert_eq!(allowed[header::ACCESS_CONTROL_ALLOW_ORIGIN], "https://app.example.com");
        assert_eq!(allowed[header::ACCESS_CONTROL_ALLOW_HEADERS], "authorization,x-museum-key");
        assert!(!allowed.contains_key(header::ACCESS_CONTROL_ALLOW_CREDENTIALS));
        let refused = headers(preflight("https://evil.example")).await;
        assert!(!refused.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN));
    }

    #[tokio::test]
    async fn a_page_of_an_allowed_origin_can_read_every_response_header() {
        let request = Request::builder().header(header::ORIGIN, "https://app.example.com");
        assert_eq!(headers(request).await[header::ACCESS_CONTROL_EXPOSE_HEADERS], "*");
    }

    #[test]
    fn strict_transport_security_has_the_configured_time() {
        let headers = |hsts| {
            let mut headers = HeaderMap::new();
            SecurityHeaders::new(hsts).write(&mut headers);
            headers
        };
        let strict = headers(Duration::from_secs(60));
        assert_eq!(strict[header::STRICT_TRANSPORT_SECURITY], "max-age=60; includeSubDomains");
        let without = headers(Duration::ZERO);
        assert!(!without.contains_key(header::STRICT_TRANSPORT_SECURITY));
        assert_eq!(without[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    }

    #[test]
    fn a_policy_that_a_response_has_is_kept() {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'self'"));
        headers.insert(header::ETAG, HeaderValue::from_static("\"7\""));
        SecurityHeaders::new(Duration::ZERO).write(&mut headers);
        assert_eq!(headers[header::CONTENT_SECURITY_POLICY], "default-src 'self'");
        assert_eq!(headers[header::CACHE_CONTROL], "private, no-cache");
        SecurityHeaders::new(Duration::ZERO).write(&mut headers);
        assert_eq!(headers.get_all(header::CACHE_CONTROL).iter().count(), 1);
    }
}
