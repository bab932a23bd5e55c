//! The response of an operation with `x-idempotency`: a new response or a recorded one.

use bytes::Bytes;
use http::StatusCode;

use crate::response::problem::Problem;
use crate::response::reply::{Reply, ReplyBody, Respond, Responder};

/// The successful response of an operation with `x-idempotency`: a new response or a recorded one.
///
/// # Examples
///
/// A handler records the response together with its effect, and replays it for a retry:
///
/// ```
/// use writ_runtime::{Idempotent, Recorded, Reply};
///
/// /// Stands in for a generated response type.
/// fn created() -> Reply {
///     Reply::status(201).header("location", "/orders/1")
/// }
///
/// fn create_order(replay: Option<Recorded>, has_key: bool) -> Idempotent<Reply> {
///     match replay {
///         Some(recorded) => Idempotent::Recorded(recorded),
///         None if has_key => Idempotent::Recorded(Recorded::of(created())),
///         None => Idempotent::Fresh(created()),
///     }
/// }
///
/// let Idempotent::Recorded(recorded) = create_order(None, true) else { unreachable!() };
/// assert_eq!(recorded.status, 201);
/// assert_eq!(recorded.headers, [("location".to_owned(), "/orders/1".to_owned())]);
/// ```
#[derive(Debug)]
pub enum Idempotent<T> {
    /// A new response that is not recorded, because the caller sent no key.
    Fresh(T),
    /// A response that was recorded together with the effect of the request, and that every retry receives.
    Recorded(Recorded),
}

/// A recorded response of an idempotent operation. A retry receives the recorded bytes unchanged. [`Idempotent`] has
/// an example.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The status code of a recorded response.
    pub status: u16,
    /// The headers that the response type of the operation sets, as names and values.
    pub headers: Vec<(String, String)>,
    /// The encoded body of the recorded response. It is empty if the response has no body.
    pub body: Vec<u8>,
}

impl Recorded {
    /// Encodes the response of an idempotent operation so that it can be stored.
    ///
    /// The encoding ignores the `Accept` header and the sparse fieldset of the request: the body has the first media
    /// type that the contract declares, and all fields. A streamed body or a refusal is recorded without its body.
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

    /// Returns the recorded response as a reply to send again, or `None` if a status code or header in it is not valid.
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
            Idempotent::Recorded(recorded) => recorded.reply().unwrap_or_else(|| {
                Reply::from(Problem::internal("a recorded response is not valid and cannot be sent again"))
            }),
        }
    }
}
