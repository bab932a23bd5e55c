//! The response headers for browsers: security headers and cross-origin resource sharing (CORS).

use std::time::Duration;

use axum::Router;
use axum::response::Response;
use http::{HeaderValue, Method, header};
use tower_http::cors::{AllowHeaders, AllowOrigin, Any, CorsLayer};
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
    use axum::body::Body;
    use axum::routing::get;
    use http::{HeaderMap, Request};
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

    #[tokio::test]
    async fn strict_transport_security_has_the_configured_time() {
        let headers = async |hsts| {
            let app = secure(Router::new().route("/", get(async || "text")), hsts);
            app.oneshot(Request::get("/").body(Body::empty()).unwrap()).await.unwrap().headers().clone()
        };
        let strict = headers(Duration::from_secs(60)).await;
        assert_eq!(strict[header::STRICT_TRANSPORT_SECURITY], "max-age=60; includeSubDomains");
        let without = headers(Duration::ZERO).await;
        assert!(!without.contains_key(header::STRICT_TRANSPORT_SECURITY));
        assert_eq!(without[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    }
}
