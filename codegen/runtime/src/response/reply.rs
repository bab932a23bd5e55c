//! The reply of an operation: its response before the error envelope and the common headers are added.

use bytes::Bytes;
use http::header::InvalidHeaderValue;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

use crate::http::accept::Accept;
use crate::http::any_media::AnyMedia;
use crate::json::{Checker, Write, Writer};
use crate::operation::Style;
use crate::response::check::ResponseCheck;
use crate::response::events::{EventStream, JsonLines};
use crate::response::problem::Problem;
use crate::response::stream::ByteStream;
use crate::style;
use crate::style::value::{ascii, json, text_value};

/// The response of an operation before it is sent: status code, headers and body.
///
/// Generated code creates it from the response type of the operation. A gate receives it and may add headers.
///
/// A value that cannot be sent turns the reply into a 500 whose cause names the value: a number that is not finite,
/// a header value with a line break. The methods then have no further effect.
///
/// # Examples
///
/// ```
/// use writ_runtime::{Reply, Responder};
///
/// let reply = Reply::status(200)
///     .header("etag", "\"7\"")
///     .json("application/json", &vec![1_i64, 2], &Responder::default());
///
/// assert_eq!(reply.status, 200);
/// assert_eq!(reply.headers["etag"], "\"7\"");
/// assert_eq!(reply.headers["content-type"], "application/json");
/// ```
#[derive(Debug)]
pub struct Reply {
    /// The status code of an operation's reply.
    pub status: StatusCode,
    /// The headers of an operation's reply, including `Content-Type`.
    pub headers: HeaderMap,
    /// The body of an operation's reply, which may be a refusal without its JSON shape.
    pub body: ReplyBody,
}

/// The body of the reply of an operation.
///
/// # Examples
///
/// A gate looks at the body of a reply:
///
/// ```
/// use writ_runtime::{Reply, ReplyBody};
///
/// /// Returns the size of the body in bytes, or `None` if it is streamed or is a refusal.
/// fn size(reply: &Reply) -> Option<usize> {
///     match &reply.body {
///         ReplyBody::Empty => Some(0),
///         ReplyBody::Bytes(bytes) => Some(bytes.len()),
///         ReplyBody::Stream(_) | ReplyBody::Problem(_) => None,
///     }
/// }
///
/// assert_eq!(size(&Reply::status(204)), Some(0));
/// assert_eq!(size(&Reply::status(200).bytes("text/plain", "Ada")), Some(3));
/// ```
#[derive(Debug)]
pub enum ReplyBody {
    /// The reply of the operation has no body.
    Empty,
    /// A reply body of encoded bytes.
    Bytes(Bytes),
    /// A streamed reply body, which is sent while the handler produces it.
    Stream(axum::body::Body),
    /// A refusal as reply body. The pipeline writes it in the error envelope of the contract.
    Problem(Box<Problem>),
}

/// The data of a request that shapes its response: the accepted media types and the sparse fieldset.
///
/// # Examples
///
/// A sparse fieldset keeps only the requested fields:
///
/// ```
/// # use writ_runtime::{Write, Writer};
/// use writ_runtime::{Reply, ReplyBody, Responder};
///
/// // Generated from the contract.
/// struct User {
///     id: i64,
///     name: String,
/// }
/// # impl Write for User {
/// #     fn write(&self, w: &mut Writer) {
/// #         w.begin_object();
/// #         w.field("id", &self.id);
/// #         w.field("name", &self.name);
/// #         w.end_object();
/// #     }
/// # }
///
/// let responder = Responder { fields: Some(vec!["id".to_owned()]), ..Responder::default() };
/// let user = User { id: 7, name: "Ada".to_owned() };
/// let reply = Reply::status(200).json("application/json", &user, &responder);
///
/// let ReplyBody::Bytes(body) = reply.body else { panic!("the reply has no body") };
/// assert_eq!(body, r#"{"id":7}"#);
/// ```
#[derive(Debug, Default)]
pub struct Responder {
    /// The sparse fieldset of the request: the fields to keep in the response object, or in each element of
    /// `data` of a page. `None` keeps all fields.
    pub fields: Option<Vec<String>>,
    /// The media types that the caller accepts for the response.
    pub accept: Accept,
    /// The check of the response against the contract, or none.
    pub check: ResponseCheck,
}

/// A response or error type that can be encoded as a reply. Generated types implement it.
///
/// # Examples
///
/// ```
/// use writ_runtime::{Reply, Respond, Responder};
///
/// /// The generated response of an operation that returns a name.
/// struct GetNameResponse {
///     body: String,
/// }
///
/// impl Respond for GetNameResponse {
///     fn respond(self, responder: &Responder) -> Reply {
///         Reply::status(200).json("application/json", &self.body, responder)
///     }
/// }
///
/// let reply = GetNameResponse { body: "Ada".to_owned() }.respond(&Responder::default());
/// assert_eq!(reply.status, 200);
/// ```
pub trait Respond {
    /// Encodes a success or an error of an operation as a reply, according to the data of the request.
    fn respond(self, responder: &Responder) -> Reply;
}

/// A response body with a variant for each media type that the contract declares. Generated enums implement it.
/// Generated code uses it; a service does not.
pub trait Content {
    /// Adds the response body to a reply, with the media type of its variant.
    fn send(self, reply: Reply, responder: &Responder) -> Reply;
}

impl Responder {
    /// Returns the media type among `offered` that the caller prefers for the response, or the first one if the
    /// caller accepts none.
    ///
    /// All media types in `offered` must have one encoding, such as JSON, so that one body is valid for all.
    pub fn media(&self, offered: &[&'static str]) -> &'static str {
        self.accept.best(offered).and_then(|index| offered.get(index)).or(offered.first()).copied().unwrap_or_default()
    }

    /// Encodes the result of a handler, a success or an error of the operation, as a reply.
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
    /// Creates the reply of an operation with a status code and no body.
    pub fn new(status: StatusCode) -> Reply {
        Reply { status, headers: HeaderMap::new(), body: ReplyBody::Empty }
    }

    /// Creates a reply without a body from a numeric status code. A number that is not a status code becomes 500.
    pub fn status(status: u16) -> Reply {
        Reply::new(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
    }

    /// Checks the values of the response against the contract if the request is subject to the check. A breach turns
    /// the reply into a 500, unless it is only logged.
    pub fn check(self, responder: &Responder, check: &dyn Fn(&mut Checker<'_>)) -> Reply {
        match responder.check.examine(Some(self.status.as_u16()), responder.fields.as_deref(), check) {
            Ok(()) => self,
            Err(breach) => Reply::from(Problem::internal(breach)),
        }
    }

    /// Adds a response header to the reply. A value that a header cannot contain turns the reply into a 500, whose
    /// logged cause names the header and the value.
    pub fn header(mut self, name: &'static str, value: impl std::fmt::Display) -> Reply {
        if self.is_refusal() {
            return self;
        }
        let text = value.to_string();
        if let Err(message) = style::write::check_header(&text) {
            return unsendable_header(name, &message);
        }
        match (HeaderName::try_from(name), HeaderValue::try_from(text)) {
            (Ok(name), Ok(value)) => {
                self.headers.append(name, value);
                self
            }
            (Err(error), _) => Reply::from(Problem::internal(error)),
            (_, Err(error)) => unsendable_header(name, &error),
        }
    }

    /// Returns true if the reply is a refusal, which has neither a body nor headers of the response.
    fn is_refusal(&self) -> bool {
        matches!(self.body, ReplyBody::Problem(_))
    }

    /// Adds a response header to the reply if `value` is not `None`.
    pub fn optional_header(self, name: &'static str, value: Option<impl std::fmt::Display>) -> Reply {
        match value {
            Some(value) => self.header(name, value),
            None => self,
        }
    }

    /// Adds a typed header to the reply, in the style `simple` of OpenAPI. A value that is JSON `null` adds no header.
    ///
    /// A value that is not valid in a header turns the reply into a 500.
    pub fn simple_header(self, name: &'static str, value: &impl Write, explode: bool) -> Reply {
        self.styled_header(name, value, Style::Simple, explode)
    }

    /// Adds a header to the reply whose list has another delimiter than a comma. A value that is JSON `null` adds no
    /// header.
    ///
    /// A value that is not valid in a header turns the reply into a 500.
    pub fn delimited_header(self, name: &'static str, value: &impl Write, style: Style) -> Reply {
        self.styled_header(name, value, style, false)
    }

    fn styled_header(self, name: &'static str, value: &impl Write, style: Style, explode: bool) -> Reply {
        let text = match json(value) {
            Ok(text) => text,
            Err(error) => return unsendable_header(name, &error),
        };
        if text == b"null" {
            return self;
        }
        let text = text_value(&text)
            .ok_or("it is not valid JSON".into())
            .and_then(|value| style::write::header(&value, style, explode));
        match text {
            Ok(text) => self.header(name, text),
            Err(message) => unsendable_header(name, &message),
        }
    }

    /// Adds a header to the reply whose value is JSON. A value that is `null` adds no header.
    pub fn json_header(self, name: &'static str, value: &impl Write) -> Reply {
        match json(value) {
            Ok(text) => {
                let text = ascii(&String::from_utf8_lossy(&text));
                self.optional_header(name, Some(text).filter(|text| text != "null"))
            }
            Err(error) => unsendable_header(name, &error),
        }
    }

    /// Adds a header to the reply once for each value. `Set-Cookie` cannot be combined into one field (RFC 9110 § 5.3).
    pub fn headers(self, name: &'static str, values: Vec<String>) -> Reply {
        values.into_iter().fold(self, |reply, value| reply.header(name, value))
    }

    /// Sets a JSON body of the reply, with the media type `content_type`.
    ///
    /// A value that JSON or its format cannot represent turns the reply into a 500, whose cause names the field.
    pub fn json(self, content_type: &'static str, body: &impl Write, responder: &Responder) -> Reply {
        if self.is_refusal() {
            return self;
        }
        let mut writer = Writer::new();
        writer.keep_fields(responder.fields.as_deref());
        body.write(&mut writer);
        match writer.finish() {
            Ok(bytes) => self.bytes(content_type, bytes),
            Err(error) => Reply::from(Problem::internal(format!("the body cannot be sent: {error}"))),
        }
    }

    /// Sets the bytes `body` as the body of the reply, with the media type `content_type`.
    pub fn bytes(self, content_type: &'static str, body: impl Into<Bytes>) -> Reply {
        self.with_body(constant(content_type), ReplyBody::Bytes(body.into()))
    }

    /// Sets a streamed body of the reply, with the media type `content_type`.
    pub fn stream(self, content_type: &'static str, body: ByteStream) -> Reply {
        self.with_body(constant(content_type), ReplyBody::Stream(body.into_body()))
    }

    /// Sets a reply body of server-sent events. Adds the header `Cache-Control: no-cache`, unless the reply has
    /// `Cache-Control`.
    pub fn events<T: Write + 'static>(self, content_type: &'static str, body: EventStream<T>) -> Reply {
        self.event_body(content_type, body.into_body(false))
    }

    /// Sets a reply body of server-sent events whose schema describes complete events, with `data` as a field.
    pub fn described_events<T: Write + 'static>(self, content_type: &'static str, body: EventStream<T>) -> Reply {
        self.event_body(content_type, body.into_body(true))
    }

    fn event_body(mut self, content_type: &'static str, body: axum::body::Body) -> Reply {
        if self.is_refusal() {
            return self;
        }
        self.headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-cache"));
        self.body = ReplyBody::Stream(body);
        self.with_media_type(constant(content_type))
    }

    /// Sets a reply body of streamed JSON values, framed as the media type `content_type` requires.
    pub fn lines<T: Write + 'static>(self, content_type: &'static str, body: JsonLines<T>) -> Reply {
        self.with_body(constant(content_type), ReplyBody::Stream(body.into_body(content_type)))
    }

    /// Sets a reply body of a generated enum that has a variant for each media type.
    pub fn content(self, body: impl Content, responder: &Responder) -> Reply {
        body.send(self, responder)
    }

    /// Sets a reply body with the media type that the handler chose. A media type outside of `range` makes the
    /// reply a 500.
    pub fn any_media(self, range: &'static str, body: AnyMedia<impl Into<Bytes>>) -> Reply {
        if let Err(message) = body.check(range) {
            return Reply::from(Problem::internal(message));
        }
        self.with_body(HeaderValue::from_str(&body.media_type), ReplyBody::Bytes(body.body.into()))
    }

    /// Sets a JSON body of the reply with the media type that the handler chose. A media type outside of
    /// `range` makes the reply a 500.
    pub fn any_media_json(self, range: &'static str, body: &AnyMedia<impl Write>, responder: &Responder) -> Reply {
        if let Err(message) = body.check(range) {
            return Reply::from(Problem::internal(message));
        }
        self.json("application/json", &body.body, responder).with_media_type(HeaderValue::from_str(&body.media_type))
    }

    /// Sets the body and the media type, unless the reply has already become a 500 because of an invalid header.
    fn with_body(mut self, content_type: Result<HeaderValue, InvalidHeaderValue>, body: ReplyBody) -> Reply {
        if !self.is_refusal() {
            self.body = body;
        }
        self.with_media_type(content_type)
    }

    fn with_media_type(mut self, content_type: Result<HeaderValue, InvalidHeaderValue>) -> Reply {
        if self.is_refusal() {
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

/// Returns the refusal for a response header whose value cannot be sent.
#[cold]
fn unsendable_header(name: &str, reason: &dyn std::fmt::Display) -> Reply {
    Reply::from(Problem::internal(format!("the header `{name}` cannot contain its value: {reason}")))
}

/// Returns the `Content-Type` value of a media type from the contract, without a copy.
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the cause of the 500 that a reply has become.
    fn cause(reply: Reply) -> String {
        assert_eq!(reply.status, 500);
        let ReplyBody::Problem(problem) = reply.body else { panic!("the reply has no problem") };
        problem.cause.map(|cause| cause.to_string()).unwrap_or_default()
    }

    #[test]
    fn the_cause_of_an_invalid_header_names_the_header_and_the_element() {
        let list = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            cause(Reply::status(200).simple_header("x-tags", &list(&["ok", "a,b"]), false)),
            "the header `x-tags` cannot contain its value: the element `a,b` contains `,`, which would divide it in a header"
        );
        assert!(cause(Reply::status(200).header("x-name", "a\r\nb: c")).contains("x-name"));
        assert!(cause(Reply::status(200).header("x-name", "a ")).contains("white space"));
        let empty = Reply::status(200).simple_header("x-tags", &list(&[]), false);
        assert_eq!(empty.headers.get("x-tags").map(HeaderValue::as_bytes), Some(&b""[..]));
    }
}
