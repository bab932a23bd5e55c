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

#[cfg(test)]
mod tests {
    use writ_runtime::Problem;

    use super::*;

    fn reply(body: &'static [u8]) -> Reply {
        let mut reply = Reply::status(203).bytes("text/plain", body);
        for name in ["x-one", "x-two"] {
            reply.headers.append(HeaderName::from_static("vary"), HeaderValue::from_static(name));
        }
        reply
    }

    fn stored(reply: &Reply) -> Bytes {
        write("e.1.2", reply).unwrap().into()
    }

    #[test]
    fn a_response_is_read_as_it_was_written() {
        for body in [&b"a\nb\xff"[..], b""] {
            let Cached { reply: read, age } = super::read(&stored(&reply(body)), "e.1.2").unwrap();
            assert_eq!((read.status, &read.headers), (StatusCode::NON_AUTHORITATIVE_INFORMATION, &reply(body).headers));
            match read.body {
                ReplyBody::Bytes(bytes) => assert_eq!(bytes, body),
                ReplyBody::Empty => assert!(body.is_empty()),
                _ => panic!("the body is complete"),
            }
            assert!(age <= crate::testing::SOON, "{age:?}");
        }
    }

    #[test]
    fn the_age_of_a_response_is_the_time_since_it_was_stored() {
        let entry = |stored_at: u64| {
            let head = Head { versions: "e".to_owned(), stored_at, status: 200, headers: Vec::new() };
            Bytes::from(format!("{}\n", serde_json::to_string(&head).unwrap()))
        };
        let age = |stored_at| super::read(&entry(stored_at), "e").unwrap().age;
        assert!((Duration::from_secs(90)..Duration::from_secs(95)).contains(&age(now() - 90)));
        assert_eq!(age(now() + 90), Duration::ZERO);
    }

    #[test]
    fn an_entry_of_other_versions_or_with_a_fault_is_no_response() {
        let entry = stored(&reply(b"body"));
        assert!(super::read(&entry, "e.1.3").is_none());
        for wrong in ["", "{}", "{}\nbody", "not JSON\nbody"] {
            assert!(super::read(&Bytes::from_static(wrong.as_bytes()), "e.1.2").is_none(), "{wrong}");
        }
        let head = entry.iter().position(|byte| *byte == b'\n').unwrap();
        assert!(super::read(&entry.slice(..head), "e.1.2").is_none());
    }

    #[test]
    fn only_a_complete_body_with_headers_of_text_is_stored() {
        assert!(write("e", &Reply::from(Problem::internal("a fault"))).is_none());
        let mut binary = reply(b"body");
        binary.headers.insert("x-binary", HeaderValue::from_bytes(b"\xff").unwrap());
        assert!(write("e", &binary).is_none());
    }
}
