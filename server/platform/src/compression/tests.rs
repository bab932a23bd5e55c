//! Tests of compressed responses and of their entity tags.

use std::io::Read as _;

use axum::body::Body;
use axum::routing::get;
use flate2::read::GzDecoder;
use futures_util::stream;
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use super::*;

/// A response that is large enough for compression.
fn large() -> String {
    "a line of text\n".repeat(1000)
}

/// Sends a request to an app with compression whose response has these headers and this body.
async fn send(request: &[(&str, &str)], response: &[(&'static str, &'static str)], body: Body) -> http::Response<Body> {
    let mut reply = http::Response::new(body);
    for (name, value) in response {
        reply.headers_mut().append(*name, HeaderValue::from_static(value));
    }
    let reply = std::sync::Arc::new(std::sync::Mutex::new(Some(reply)));
    let app = Router::new().route("/", get(async move || reply.lock().unwrap().take().unwrap()));
    let mut sent = http::Request::get("/").header("accept-encoding", "br, gzip");
    for (name, value) in request {
        sent = sent.header(*name, *value);
    }
    compress(app).oneshot(sent.body(Body::empty()).unwrap()).await.unwrap()
}

const TEXT: &[(&str, &str)] = &[("content-type", "text/plain; charset=utf-8")];

async fn is_compressed(
    request: &[(&str, &str)],
    response: &[(&'static str, &'static str)],
    body: impl Into<Body>,
) -> bool {
    send(request, response, body.into()).await.headers().contains_key("content-encoding")
}

#[tokio::test]
async fn a_large_text_is_compressed_and_its_tag_is_weak() {
    let json = &[("content-type", "application/problem+json"), ("etag", "\"7\""), ("vary", "accept")];
    let response = send(&[], json, large().into()).await;
    assert_eq!(response.headers()["content-encoding"], "gzip");
    assert_eq!(response.headers()["etag"], "W/\"7\"");
    let vary: Vec<_> = response.headers().get_all("vary").iter().collect();
    assert_eq!(vary, ["accept", "accept-encoding"]);
    assert!(!response.headers().contains_key("content-length"));
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    assert!(bytes.len() < large().len() / 10);
    let mut text = String::new();
    GzDecoder::new(&bytes[..]).read_to_string(&mut text).unwrap();
    assert_eq!(text, large());
}

#[tokio::test]
async fn a_client_that_does_not_accept_gzip_gets_the_same_response_uncompressed() {
    let plain = &[("content-type", "application/json"), ("etag", "\"7\"")];
    for accepted in ["identity", "gzip;q=0", "br"] {
        let app =
            Router::new().route(
                "/",
                get(async move || {
                    (
                        http::HeaderMap::from_iter(plain.map(|(name, value)| {
                            (http::HeaderName::from_static(name), HeaderValue::from_static(value))
                        })),
                        large(),
                    )
                }),
            );
        let request = http::Request::get("/").header("accept-encoding", accepted).body(Body::empty()).unwrap();
        let response = compress(app).oneshot(request).await.unwrap();
        assert!(!response.headers().contains_key("content-encoding"), "{accepted}");
        assert_eq!(
            (&response.headers()["etag"], &response.headers()["vary"]),
            (&"\"7\"".parse().unwrap(), &"accept-encoding".parse().unwrap())
        );
    }
}

#[tokio::test]
async fn small_streamed_and_binary_responses_are_not_compressed() {
    assert!(is_compressed(&[], TEXT, large()).await);
    assert!(!is_compressed(&[], TEXT, "small").await);
    let streamed = Body::from_stream(stream::iter([Ok::<_, std::io::Error>(large())]));
    assert!(!is_compressed(&[], TEXT, streamed).await);
    for media in ["image/png", "application/octet-stream", "application/zip", "multipart/mixed"] {
        assert!(!is_compressed(&[], &[("content-type", media)], large()).await, "{media}");
    }
    for media in
        ["application/json", "application/vnd.api+json", "image/svg+xml", "application/yaml", "text/javascript"]
    {
        assert!(is_compressed(&[], &[("content-type", media)], large()).await, "{media}");
    }
}

#[tokio::test]
async fn secrets_are_not_compressed() {
    let with = |name, value| [TEXT[0], (name, value)];
    for secret in [with("cache-control", "private, no-store"), with("set-cookie", "a=b")] {
        assert!(!is_compressed(&[], &secret, large()).await, "{secret:?}");
    }
    assert!(is_compressed(&[], &with("cache-control", "private, no-cache"), large()).await);
    for ambient in [("cookie", "session=1"), ("authorization", "Basic dTpw")] {
        assert!(!is_compressed(&[ambient], TEXT, large()).await, "{ambient:?}");
    }
    for explicit in [("authorization", "Bearer token"), ("x-api-key", "key")] {
        assert!(is_compressed(&[explicit], TEXT, large()).await, "{explicit:?}");
    }
}

#[tokio::test]
async fn the_weak_tag_of_a_compressed_response_satisfies_if_match() {
    let echo = get(async |headers: HeaderMap| {
        let values = headers.get_all("if-match").iter().map(|value| value.to_str().unwrap().to_owned());
        values.collect::<Vec<_>>().join(" | ")
    });
    let app = compress(Router::new().route("/", echo));
    for (sent, expected) in [
        ("W/\"7\"", "\"7\""),
        ("\"7\"", "\"7\""),
        ("\"aW/\", W/\"b,W/\"", "\"aW/\", \"b,W/\""),
        ("*", "*"),
        ("W/7", "W/7"),
    ] {
        let request = http::Request::get("/").header("if-match", sent).body(Body::empty()).unwrap();
        let body = app.clone().oneshot(request).await.unwrap().into_body().collect().await.unwrap().to_bytes();
        assert_eq!(body, expected, "{sent}");
    }
}

#[tokio::test]
async fn a_304_varies_by_encoding_as_the_complete_response_does() {
    let app =
        Router::new().route("/", get(async || (StatusCode::NOT_MODIFIED, [("etag", "\"7\""), ("vary", "accept")])));
    let response = compress(app).oneshot(http::Request::get("/").body(Body::empty()).unwrap()).await.unwrap();
    let vary: Vec<_> = response.headers().get_all("vary").iter().collect();
    assert_eq!(vary, ["accept", "accept-encoding"]);
}
