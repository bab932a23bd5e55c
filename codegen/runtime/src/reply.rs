//! What an operation answers, before the envelope and the transport's headers are put around it.

use bytes::Bytes;
use http::header::InvalidHeaderValue;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

use crate::accept::Accept;
use crate::concrete::Concrete;
use crate::json::{Write, Writer};
use crate::problem::Problem;
use crate::stream::ByteStream;

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
    pub fn answer(&self, outcome: Result<impl Respond, impl Respond>) -> Reply {
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

    /// The same with a JSON body of media type `content_type`.
    pub fn json(self, content_type: &'static str, body: &impl Write, responder: &Responder) -> Reply {
        let mut writer = Writer::new();
        writer.keep_fields(responder.fields.as_deref());
        body.write(&mut writer);
        self.bytes(content_type, writer.finish())
    }

    /// The same with bytes of media type `content_type`.
    pub fn bytes(mut self, content_type: &'static str, body: impl Into<Bytes>) -> Reply {
        self.body = ReplyBody::Bytes(body.into());
        self.content_type(content_type)
    }

    /// The same with a body of media type `content_type` that is sent as it comes.
    pub fn stream(mut self, content_type: &'static str, body: ByteStream) -> Reply {
        self.body = ReplyBody::Stream(body.into_body());
        self.content_type(content_type)
    }

    /// The same with a body that has a variant for each media type.
    pub fn content(self, body: impl Content, responder: &Responder) -> Reply {
        body.send(self, responder)
    }

    /// The same with a body whose media type the handler said. One that is not within `range` makes
    /// the answer a 500.
    pub fn concrete(mut self, range: &'static str, body: Concrete<impl Into<Bytes>>) -> Reply {
        if let Err(problem) = body.check(range) {
            return Reply::from(problem);
        }
        self.body = ReplyBody::Bytes(body.body.into());
        self.labelled(HeaderValue::from_str(&body.media_type))
    }

    /// The same with JSON.
    pub fn concrete_json(self, range: &'static str, body: &Concrete<impl Write>, responder: &Responder) -> Reply {
        if let Err(problem) = body.check(range) {
            return Reply::from(problem);
        }
        self.json("application/json", &body.body, responder).labelled(HeaderValue::from_str(&body.media_type))
    }

    fn content_type(self, content_type: &'static str) -> Reply {
        self.labelled(HeaderValue::from_maybe_shared(Bytes::from_static(content_type.as_bytes())))
    }

    fn labelled(mut self, content_type: Result<HeaderValue, InvalidHeaderValue>) -> Reply {
        match content_type {
            Ok(value) => {
                self.headers.insert(header::CONTENT_TYPE, value);
                self
            }
            Err(error) => Reply::from(Problem::internal(error)),
        }
    }
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
