//! What an operation answers, before the envelope and the transport's headers are put around it.

use bytes::Bytes;
use http::header::InvalidHeaderValue;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

use crate::http::accept::Accept;
use crate::http::any_media::AnyMedia;
use crate::json::{Write, Writer};
use crate::response::events::{EventStream, JsonLines};
use crate::response::problem::Problem;
use crate::response::stream::ByteStream;
use crate::style;
use crate::style::value::{json, text_value};

/// An answer on its way out.
#[derive(Debug)]
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    /// The headers, `Content-Type` among them.
    pub headers: HeaderMap,
    /// The body.
    pub body: ReplyBody,
}

/// The body of an answer.
#[derive(Debug)]
pub enum ReplyBody {
    /// None.
    Empty,
    /// Encoded bytes.
    Bytes(Bytes),
    /// A stream of bytes.
    Stream(axum::body::Body),
    /// A refusal that the contract's envelope is still to be put around.
    Problem(Box<Problem>),
}

/// What the caller wants of the answer's shape: media type and fields.
#[derive(Debug, Default)]
pub struct Responder {
    /// The fields to keep at the top (of each element of `data` for a page); `None` keeps all.
    pub fields: Option<Vec<String>>,
    /// The media types that the caller accepts.
    pub accept: Accept,
}

/// A response or error type of the contract.
pub trait Respond {
    /// Encodes the answer.
    fn respond(self, responder: &Responder) -> Reply;
}

/// The body of an answer of several media types, a variant for each.
pub trait Content {
    /// Puts the body into an answer.
    fn send(self, reply: Reply, responder: &Responder) -> Reply;
}

impl Responder {
    /// Which of the media types that are written alike the answer gets: the one that the caller likes
    /// best, the first where it accepts none.
    pub fn media(&self, offered: &[&'static str]) -> &'static str {
        self.accept.best(offered).and_then(|index| offered.get(index)).or(offered.first()).copied().unwrap_or_default()
    }

    /// Encodes what a handler yielded.
    pub fn respond(&self, outcome: Result<impl Respond, impl Respond>) -> Reply {
        match outcome {
            Ok(response) => response.respond(self),
            Err(error) => error.respond(self),
        }
    }
}

impl Respond for Problem {
    fn respond(self, _: &Responder) -> Reply {
        Reply::from(self)
    }
}

impl Respond for Reply {
    fn respond(self, _: &Responder) -> Reply {
        self
    }
}

impl Reply {
    /// An answer without a body.
    pub fn new(status: StatusCode) -> Reply {
        Reply { status, headers: HeaderMap::new(), body: ReplyBody::Empty }
    }

    /// An answer without a body, from a status that generated code took from the contract.
    pub fn status(status: u16) -> Reply {
        Reply::new(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
    }

    /// The same with a header. A value that no header can hold makes the answer a 500.
    pub fn header(mut self, name: &'static str, value: impl std::fmt::Display) -> Reply {
        match (HeaderName::try_from(name), HeaderValue::try_from(value.to_string())) {
            (Ok(name), Ok(value)) => {
                self.headers.append(name, value);
                self
            }
            (Err(error), _) => Reply::from(Problem::internal(error)),
            (_, Err(error)) => Reply::from(Problem::internal(error)),
        }
    }

    /// The same with a header where there is a value.
    pub fn optional_header(self, name: &'static str, value: Option<impl std::fmt::Display>) -> Reply {
        match value {
            Some(value) => self.header(name, value),
            None => self,
        }
    }

    /// The same with a header whose value the contract describes, in style `simple`. Nothing is sent
    /// of null; a value that no header can hold makes the answer a 500.
    pub fn simple_header(self, name: &'static str, value: &impl Write, explode: bool) -> Reply {
        let text = json(value);
        if text == b"null" {
            return self;
        }
        let text = text_value(&text).ok_or("it is not JSON").and_then(|value| style::write::header(value, explode));
        match text {
            Ok(text) => self.optional_header(name, text),
            Err(message) => {
                Reply::from(Problem::internal(format!("the header {name} cannot hold its value: {message}")))
            }
        }
    }

    /// The same with a header that is JSON. Nothing is sent of null.
    pub fn json_header(self, name: &'static str, value: &impl Write) -> Reply {
        let text = String::from_utf8_lossy(&json(value)).into_owned();
        self.optional_header(name, Some(text).filter(|text| text != "null"))
    }

    /// The same with a header for each of the values: `Set-Cookie` is no list (RFC 9110 § 5.3).
    pub fn headers(self, name: &'static str, values: Vec<String>) -> Reply {
        values.into_iter().fold(self, |reply, value| reply.header(name, value))
    }

    /// The same with a JSON body of media type `content_type`.
    pub fn json(self, content_type: &'static str, body: &impl Write, responder: &Responder) -> Reply {
        let mut writer = Writer::new();
        writer.keep_fields(responder.fields.as_deref());
        body.write(&mut writer);
        self.bytes(content_type, writer.finish())
    }

    /// The same with bytes of media type `content_type`.
    pub fn bytes(self, content_type: &'static str, body: impl Into<Bytes>) -> Reply {
        self.with_body(constant(content_type), ReplyBody::Bytes(body.into()))
    }

    /// The same with a body of media type `content_type` that is sent as it comes.
    pub fn stream(self, content_type: &'static str, body: ByteStream) -> Reply {
        self.with_body(constant(content_type), ReplyBody::Stream(body.into_body()))
    }

    /// The same with server-sent events. What lies between is told to keep none of them.
    pub fn events<T: Write + 'static>(self, content_type: &'static str, body: EventStream<T>) -> Reply {
        self.event_body(content_type, body.into_body(false))
    }

    /// The same where the schema describes whole events, their `data` among their fields.
    pub fn described_events<T: Write + 'static>(self, content_type: &'static str, body: EventStream<T>) -> Reply {
        self.event_body(content_type, body.into_body(true))
    }

    fn event_body(mut self, content_type: &'static str, body: axum::body::Body) -> Reply {
        self.headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-cache"));
        self.body = ReplyBody::Stream(body);
        self.labelled(constant(content_type))
    }

    /// The same with JSON values one after the other, framed as the media type wants.
    pub fn lines<T: Write + 'static>(mut self, content_type: &'static str, body: JsonLines<T>) -> Reply {
        self.body = ReplyBody::Stream(body.into_body(content_type));
        self.labelled(constant(content_type))
    }

    /// The same with a body that has a variant for each media type.
    pub fn content(self, body: impl Content, responder: &Responder) -> Reply {
        body.send(self, responder)
    }

    /// The same with a body whose media type the handler said. One that is not within `range` makes
    /// the answer a 500.
    pub fn any_media(self, range: &'static str, body: AnyMedia<impl Into<Bytes>>) -> Reply {
        if let Err(message) = body.check(range) {
            return Reply::from(Problem::internal(message));
        }
        self.with_body(HeaderValue::from_str(&body.media_type), ReplyBody::Bytes(body.body.into()))
    }

    /// The same with JSON.
    pub fn any_media_json(self, range: &'static str, body: &AnyMedia<impl Write>, responder: &Responder) -> Reply {
        if let Err(message) = body.check(range) {
            return Reply::from(Problem::internal(message));
        }
        self.json("application/json", &body.body, responder).labelled(HeaderValue::from_str(&body.media_type))
    }

    /// An answer that became a refusal, by a header that cannot be, stays one.
    fn with_body(mut self, content_type: Result<HeaderValue, InvalidHeaderValue>, body: ReplyBody) -> Reply {
        if !matches!(self.body, ReplyBody::Problem(_)) {
            self.body = body;
        }
        self.labelled(content_type)
    }

    fn labelled(mut self, content_type: Result<HeaderValue, InvalidHeaderValue>) -> Reply {
        if matches!(self.body, ReplyBody::Problem(_)) {
            return self;
        }
        match content_type {
            Ok(value) => {
                self.headers.insert(header::CONTENT_TYPE, value);
                self
            }
            Err(error) => Reply::from(Problem::internal(error)),
        }
    }
}

/// A media type that generated code took from the contract, without a copy of it.
fn constant(content_type: &'static str) -> Result<HeaderValue, InvalidHeaderValue> {
    HeaderValue::from_maybe_shared(Bytes::from_static(content_type.as_bytes()))
}

impl From<Problem> for Reply {
    fn from(mut problem: Problem) -> Reply {
        let mut reply = Reply::new(problem.status);
        for (name, value) in problem.headers.drain(..) {
            reply.headers.append(name, value);
        }
        reply.body = ReplyBody::Problem(Box::new(problem));
        reply
    }
}
