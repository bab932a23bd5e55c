//! Compression of responses with gzip, and the entity tags of compressed responses.

use axum::Router;
use axum::extract::Request;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use http_body::Body;
use tower::util::{MapRequestLayer, MapResponseLayer};
use tower_http::compression::predicate::Predicate;
use tower_http::compression::{CompressionLayer, CompressionLevel};
use writ_runtime::{ETag, IfMatch};

/// The size in bytes from which a response is compressed. A smaller one fits into one packet anyway.
const MIN_SIZE: u64 = 1024;

/// Compresses the large responses of `app` for clients that accept gzip.
///
/// These responses are not compressed:
///
/// - Streams, whose events must not wait in a buffer.
/// - Secrets: responses with `Cache-Control: no-store` or `Set-Cookie`, and all responses to requests with credentials
///   that a browser adds by itself (cookies, HTTP Basic). The page of a stranger could send such requests, and learn a
///   secret from the sizes of the compressed responses (BREACH).
/// - Images and other media types that are compressed already.
///
/// A compressed response has a weak entity tag, because its bytes differ (RFC 9110 § 8.8.1). `If-None-Match` compares weak
/// tags. `If-Match` does not, so its weak tags become strong before a handler compares them: a tag is a version here, and
/// the compressed response has the version too.
pub(crate) fn compress(app: Router) -> Router {
    let compression = CompressionLayer::new().gzip(true).quality(CompressionLevel::Fastest).compress_when(Compressible);
    app.layer((MapRequestLayer::new(prepare), MapResponseLayer::new(weaken), compression))
}

/// The decision which responses are compressed.
#[derive(Debug, Clone, Copy)]
struct Compressible;

impl Predicate for Compressible {
    fn should_compress<B: Body>(&self, response: &http::Response<B>) -> bool {
        let headers = response.headers();
        response.body().size_hint().exact().is_some_and(|size| size >= MIN_SIZE)
            && is_text(headers)
            && !is_secret(headers)
    }
}

/// Returns true if a response has a media type that compression makes smaller.
fn is_text(headers: &HeaderMap) -> bool {
    let media = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let subtype = essence.split_once('/').map_or("", |(_, subtype)| subtype);
    let suffix = subtype.rsplit('+').next().unwrap_or_default();
    essence.starts_with("text/") || ["json", "xml", "yaml", "javascript", "x-yaml", "wasm"].contains(&suffix)
}

/// Returns true if a response is a secret: it must not be stored, or it sets a cookie.
fn is_secret(headers: &HeaderMap) -> bool {
    headers.contains_key(header::SET_COOKIE)
        || list(headers, &header::CACHE_CONTROL).any(|directive| directive.eq_ignore_ascii_case("no-store"))
}

/// Removes `Accept-Encoding` from a request whose credentials a browser adds by itself, and makes the tags of `If-Match`
/// strong.
fn prepare(mut request: Request) -> Request {
    let headers = request.headers_mut();
    let scheme =
        headers.get(header::AUTHORIZATION).and_then(|value| value.as_bytes().split(|byte| *byte == b' ').next());
    let has_ambient_scheme =
        scheme.is_some_and(|scheme| !scheme.eq_ignore_ascii_case(b"bearer") && !scheme.eq_ignore_ascii_case(b"dpop"));
    if headers.contains_key(header::COOKIE) || has_ambient_scheme {
        headers.remove(header::ACCEPT_ENCODING);
    }
    for value in headers.iter_mut().filter_map(|(name, value)| (name == header::IF_MATCH).then_some(value)) {
        if let Some(strong) = strengthened(value) {
            *value = strong;
        }
    }
    request
}

/// Returns the value of `If-Match` with strong tags. Returns `None` if it has no weak tag, or is not valid.
fn strengthened(value: &HeaderValue) -> Option<HeaderValue> {
    let IfMatch::Tags(mut tags) = IfMatch::parse(value.to_str().ok()?)? else { return None };
    if !tags.iter().any(|tag| tag.weak) {
        return None;
    }
    for tag in &mut tags {
        tag.weak = false;
    }
    HeaderValue::try_from(IfMatch::Tags(tags).to_string()).ok()
}

/// Makes the entity tag of a compressed response weak.
///
/// A 304 response has the `Vary` that the complete response would have (RFC 9110 § 15.4.5).
fn weaken<B>(mut response: http::Response<B>) -> http::Response<B> {
    let is_not_modified = response.status() == StatusCode::NOT_MODIFIED;
    let headers = response.headers_mut();
    if is_not_modified && !list(headers, &header::VARY).any(|name| name.eq_ignore_ascii_case("accept-encoding")) {
        headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
    }
    if headers.contains_key(header::CONTENT_ENCODING)
        && let Some(tag) = headers.get(header::ETAG).and_then(|tag| ETag::parse(tag.to_str().ok()?))
        && !tag.weak
        && let Ok(weak) = HeaderValue::try_from(ETag { weak: true, ..tag }.to_string())
    {
        headers.insert(header::ETAG, weak);
    }
    response
}

/// Returns the elements of a header that is a list.
fn list<'h>(headers: &'h HeaderMap, name: &http::HeaderName) -> impl Iterator<Item = &'h str> {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim)
}

#[cfg(test)]
mod tests;
