//! Conditional requests (RFC 9110 § 13): a response that the caller already has is replaced by a 304.

use http::{HeaderMap, HeaderValue, Method, StatusCode, header};

use crate::operation;
use crate::request::request_head::RequestHead;
use crate::response::reply::{Reply, ReplyBody};
use crate::values::etag::{ETag, IfMatch};

/// Turns a success into a 304 if the request's `If-None-Match` lists the `ETag` of the reply and the contract
/// declares both.
///
/// Headers such as `ETag`, `Cache-Control` and `Vary` remain (RFC 9110 § 15.4.5).
pub(crate) fn apply(head: &RequestHead, reply: &mut Reply) {
    let reads =
        matches!(head.parts.method, Method::GET | Method::HEAD) || operation::Method::QUERY == head.parts.method;
    if !reads || !head.call.operation.conditional || !reply.status.is_success() {
        return;
    }
    let (Some(condition), Some(tag)) = (if_none_match(&head.parts.headers), tag(&reply.headers)) else {
        return;
    };
    if !condition.matches_weak(&tag) {
        return;
    }
    reply.status = StatusCode::NOT_MODIFIED;
    for name in [header::CONTENT_TYPE, header::CONTENT_ENCODING, header::CONTENT_LANGUAGE, header::CONTENT_RANGE] {
        reply.headers.remove(name);
    }
    // A length of 0 would contradict the length of the 200 response (RFC 9110 § 8.6).
    if let ReplyBody::Bytes(bytes) = &reply.body {
        reply.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    }
    reply.body = ReplyBody::Empty;
}

/// Marks the `ETag` of a reply with the version of the contract that the representation belongs to, so that it
/// differs from the tags of other versions.
pub(crate) fn mark_tag(version: &str, reply: &mut Reply) {
    if version.is_empty() {
        return;
    }
    let marked = tag(&reply.headers).map(|tag| tag.of_version(version).to_string());
    if let Some(value) = marked.and_then(|marked| HeaderValue::try_from(marked).ok()) {
        reply.headers.insert(header::ETAG, value);
    }
}

fn if_none_match(headers: &HeaderMap) -> Option<IfMatch> {
    let values: Result<Vec<&str>, _> = headers.get_all(header::IF_NONE_MATCH).iter().map(HeaderValue::to_str).collect();
    let values = values.ok().filter(|values| !values.is_empty())?;
    IfMatch::parse(&values.join(", "))
}

fn tag(headers: &HeaderMap) -> Option<ETag> {
    ETag::parse(headers.get(header::ETAG)?.to_str().ok()?)
}
