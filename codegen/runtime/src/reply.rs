//! What an operation answers, before the envelope and the transport's headers are put around it.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

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
    /// Which of the operation's media types the caller accepts best: an index into `Operation::produces`.
    pub media: usize,
}

/// A response or error type of the contract.
pub trait Respond {
    /// Encodes the answer.
    fn respond(self, responder: &Responder) -> Reply;
}

impl Responder {
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

    fn content_type(mut self, content_type: &'static str) -> Reply {
        match HeaderValue::from_str(content_type) {
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
