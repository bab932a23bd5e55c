//! The encoding of a cached response in Redis: one line of JSON with status, headers and tag versions, then the
//! body.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode};
use serde::{Deserialize, Serialize};
use writ_runtime::{Reply, ReplyBody};

use super::Cached;

/// The first line of an encoded cached response: all of the response except the body.
#[derive(Serialize, Deserialize)]
struct Head {
    /// The versions of the response's cache tags.
    versions: String,
    /// The time at which the response was stored, in seconds since the Unix epoch.
    stored_at: u64,
    status: u16,
    headers: Vec<(String, String)>,
}

/// Encodes a response for the cache. Returns `None` if the response cannot be stored: a problem, a stream, or a
/// response with a header that is not visible ASCII.
pub(super) fn write(versions: &str, reply: &Reply) -> Option<Vec<u8>> {
    let body: &[u8] = match &reply.body {
        ReplyBody::Bytes(body) => body,
        ReplyBody::Empty => &[],
        ReplyBody::Stream(_) | ReplyBody::Problem(_) => return None,
    };
    let text =
        |(name, value): (&HeaderName, &HeaderValue)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()));
    let headers = reply.headers.iter().map(text).collect::<Option<_>>()?;
    let head = Head { versions: versions.to_owned(), stored_at: now(), status: reply.status.as_u16(), headers };
    let mut entry = serde_json::to_vec(&head).ok()?;
    entry.push(b'\n');
    entry.extend_from_slice(body);
    Some(entry)
}

/// Decodes a cached response. Returns `None` if a tag version has changed since the response was stored, or the
/// bytes are not an encoded response.
pub(super) fn read(entry: &Bytes, versions: &str) -> Option<Cached> {
    // The JSON text contains no line break, so the first line break ends it.
    let end = entry.iter().position(|byte| *byte == b'\n')?;
    let head: Head = serde_json::from_slice(&entry[..end]).ok()?;
    if head.versions != versions {
        return None;
    }
    let mut reply = Reply::new(StatusCode::from_u16(head.status).ok()?);
    for (name, value) in head.headers {
        reply.headers.append(HeaderName::try_from(name).ok()?, HeaderValue::try_from(value).ok()?);
    }
    let body = entry.slice(end + 1..);
    if !body.is_empty() {
        reply.body = ReplyBody::Bytes(body);
    }
    // The clock of the process that stored the response can be ahead.
    let age = Duration::from_secs(now().saturating_sub(head.stored_at));
    Some(Cached { reply, age })
}

/// Returns the current time in seconds since the Unix epoch.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}
