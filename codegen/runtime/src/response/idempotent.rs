//! The response of an operation under `x-idempotency`: made now, or recorded and sent again.

use bytes::Bytes;
use http::StatusCode;

use crate::response::problem::Problem;
use crate::response::reply::{Reply, ReplyBody, Respond, Responder};

/// The success of an operation under `x-idempotency`: made now, or recorded and sent again.
#[derive(Debug)]
pub enum Idempotent<T> {
    /// Made now and not recorded, since the caller sent no key.
    Fresh(T),
    /// The bytes that were recorded with the effect.
    Recorded(Recorded),
}

/// An answer as it went out the first time; a replay is equal to the byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The status.
    pub status: u16,
    /// The headers that the contract's response carries.
    pub headers: Vec<(String, String)>,
    /// The encoded body.
    pub body: Vec<u8>,
}

impl Recorded {
    /// Encodes an answer for keeping.
    pub fn of(response: impl Respond) -> Recorded {
        let reply = response.respond(&Responder::default());
        let headers = reply
            .headers
            .iter()
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        let body = match reply.body {
            ReplyBody::Bytes(bytes) => bytes.to_vec(),
            _ => Vec::new(),
        };
        Recorded { status: reply.status.as_u16(), headers, body }
    }

    /// The answer to send again. A record that no answer could have made is `None`.
    pub fn reply(self) -> Option<Reply> {
        let mut reply = Reply::new(StatusCode::from_u16(self.status).ok()?);
        for (name, value) in self.headers {
            reply.headers.append(http::HeaderName::try_from(name).ok()?, http::HeaderValue::try_from(value).ok()?);
        }
        reply.body = ReplyBody::Bytes(Bytes::from(self.body));
        Some(reply)
    }
}

impl<T: Respond> Respond for Idempotent<T> {
    fn respond(self, responder: &Responder) -> Reply {
        match self {
            Idempotent::Fresh(response) => response.respond(responder),
            Idempotent::Recorded(recorded) => recorded
                .reply()
                .unwrap_or_else(|| Reply::from(Problem::internal("a recorded answer cannot be sent again"))),
        }
    }
}
