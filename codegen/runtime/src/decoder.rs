//! Decoding parameters and body into the request of an operation, with everything that is wrong named at once.

use bytes::Bytes;
use http::StatusCode;

use crate::body::Payload;
use crate::head::Head;
use crate::json::{Reader, TextValue};
use crate::operation::{MediaKind, Place};
use crate::page::{PageAt, PageRequest};
use crate::parameters::{self, Found};
use crate::percent;
use crate::problem::Problem;
use crate::query::{self, Tree};
use crate::reply::Responder;
use crate::rules::{IntegerRule, StringRule};
use crate::violation::{Violation, Violations};

/// Hands generated code the parameters and the body of one request.
///
/// Each method returns `None` after it recorded what is wrong; decoding goes on with the rest.
#[derive(Debug)]
pub struct Decoder<'a> {
    head: &'a Head,
    media: usize,
    payload: Payload,
    violations: Violations,
    /// How many of them are about parameters.
    of_parameters: usize,
    /// Whether a required `If-Match` is missing.
    unconditional: bool,
}

/// Which parameters make a page of a list, and how large it may be.
#[derive(Debug, Clone, Copy)]
pub struct PageRule {
    /// The index of the parameter that holds the page's number.
    pub page: Option<usize>,
    /// The index of the parameter that holds the number of elements.
    pub limit: Option<usize>,
    /// The index of the parameter that holds a cursor.
    pub cursor: Option<usize>,
    /// How many elements a page has where the caller does not say.
    pub default_limit: u32,
    /// How many elements a caller may ask for.
    pub max_limit: u32,
}

/// Where the text of a body is read from.
enum Source {
    Json(Bytes),
    Form(String),
    Text(String),
}

impl<'a> Decoder<'a> {
    pub(crate) fn new(
        head: &'a Head,
        media: usize,
        payload: Payload,
        found: Vec<Violation>,
    ) -> Decoder<'a> {
        let mut decoder = Decoder {
            head,
            media,
            payload,
            violations: Violations::default(),
            of_parameters: 0,
            unconditional: false,
        };
        found
            .into_iter()
            .for_each(|violation| decoder.violate(violation));
        decoder
    }

    /// Reads the parameter at `index` of the operation; its absence is a violation.
    pub fn required<T>(
        &mut self,
        index: usize,
        read: fn(&mut Reader<'_>) -> Option<T>,
    ) -> Option<T> {
        match self.find(index) {
            Found::Absent => {
                self.missing(index);
                None
            }
            found => self.read(index, found, read),
        }
    }

    /// Reads the parameter at `index` of the operation where it was sent.
    pub fn optional<T>(
        &mut self,
        index: usize,
        read: fn(&mut Reader<'_>) -> Option<T>,
    ) -> Option<T> {
        match self.find(index) {
            Found::Absent => None,
            found => self.read(index, found, read),
        }
    }

    /// Reads the parameters of a list that comes in pages. `page` and `cursor` exclude each other;
    /// without both it is the first page.
    pub fn page(&mut self, rule: &PageRule) -> Option<PageRequest> {
        let integer = |max| IntegerRule {
            min: Some(1),
            max: Some(i128::from(max)),
            multiple_of: None,
        };
        let limit = match self.sent(rule.limit) {
            Some((index, found)) => self.read(index, found, |r| r.uint32(&integer(rule.max_limit))),
            None => Some(rule.default_limit),
        };
        let (page, cursor) = (self.sent(rule.page), self.sent(rule.cursor));
        let at = match (page, cursor) {
            (Some(_), Some((index, _))) => {
                let message = "cannot be combined with a page number";
                self.violate(Violation {
                    message: message.into(),
                    ..self.at(index)
                });
                None
            }
            (Some((index, found)), None) => self
                .read(index, found, |r| r.uint32(&integer(u32::MAX)))
                .map(PageAt::Number),
            (None, Some((index, found))) => {
                let rule = StringRule {
                    min: 1,
                    ..StringRule::NONE
                };
                self.read(index, found, |r| r.string(&rule))
                    .map(PageAt::Cursor)
            }
            (None, None) => Some(PageAt::Number(1)),
        };
        Some(PageRequest {
            limit: limit?,
            at: at?,
        })
    }

    /// The index of the body's media type in the operation's list.
    pub fn media(&self) -> usize {
        self.media
    }

    /// Whether a body was sent.
    pub fn has_body(&self) -> bool {
        !matches!(self.payload, Payload::Absent)
    }

    /// Reads the body, JSON, form or text as its media type says; its absence is a violation.
    pub fn body<T>(&mut self, read: fn(&mut Reader<'_>) -> Option<T>) -> Option<T> {
        let source = self.source(true)?;
        self.read_body(&source, read)
    }

    /// Reads the body where one was sent.
    pub fn optional_body<T>(&mut self, read: fn(&mut Reader<'_>) -> Option<T>) -> Option<T> {
        let source = self.source(false)?;
        self.read_body(&source, read)
    }

    /// The body as UTF-8 text. An absent one is empty where the contract does not require it.
    pub fn text_body(&mut self) -> Option<String> {
        let bytes = self.bytes_body()?;
        self.utf8(bytes)
    }

    /// The body as it came. An absent one is empty where the contract does not require it.
    pub fn bytes_body(&mut self) -> Option<Bytes> {
        match std::mem::replace(&mut self.payload, Payload::Absent) {
            Payload::Bytes(bytes) => Some(bytes),
            _ if self
                .head
                .operation
                .body
                .as_ref()
                .is_some_and(|body| body.required) =>
            {
                self.malformed("a body is required");
                None
            }
            _ => Some(Bytes::new()),
        }
    }

    /// What is left to tell: the violations, or how to answer.
    pub(crate) fn finish(self) -> Result<Responder, Problem> {
        if self.violations.is_empty() {
            return Ok(Responder {
                fields: self.fields(),
                media: self.head.accepted.unwrap_or(0),
            });
        }
        let operation = self.head.operation;
        let readable = !self.violations.malformed;
        let (status, message) = if self.unconditional && self.of_parameters == 1 && readable {
            (
                StatusCode::PRECONDITION_REQUIRED,
                "the request must be conditional: send If-Match",
            )
        } else if self.of_parameters > 0 {
            (StatusCode::BAD_REQUEST, "the request is not valid")
        } else if readable && operation.declares(422) {
            (StatusCode::UNPROCESSABLE_ENTITY, "the body is not valid")
        } else if readable {
            (StatusCode::BAD_REQUEST, "the body is not valid")
        } else {
            (StatusCode::BAD_REQUEST, "the body could not be read")
        };
        let mut problem = Problem::new(status, message);
        if status == StatusCode::BAD_REQUEST && (readable || self.of_parameters > 0) {
            problem.code = "VALIDATION_ERROR".into();
        }
        problem.violations = self.violations.list;
        Err(problem)
    }

    fn find(&self, index: usize) -> Found<'a> {
        parameters::find(self.head, index)
    }

    fn sent(&self, index: Option<usize>) -> Option<(usize, Found<'a>)> {
        let index = index?;
        Some((index, self.find(index))).filter(|(_, found)| *found != Found::Absent)
    }

    fn read<T>(
        &mut self,
        index: usize,
        mut found: Found<'_>,
        read: impl FnOnce(&mut Reader<'_>) -> Option<T>,
    ) -> Option<T> {
        let mut reader = self.open(index, &mut found)?;
        let value = read(&mut reader);
        self.close(reader, true);
        value
    }

    fn open<'f>(&mut self, index: usize, found: &'f mut Found<'_>) -> Option<Reader<'f>> {
        let parameter = self.head.operation.parameters.get(index)?;
        match found {
            Found::Text(value) => {
                let value = std::mem::replace(value, TextValue::List(Vec::new()));
                Some(Reader::text(value, parameter.place, parameter.name))
            }
            Found::Json(text) => Some(Reader::json_at(
                text.as_bytes(),
                parameter.place,
                parameter.name,
            )),
            Found::Wrong(message) => {
                let violation = Violation {
                    message: (*message).into(),
                    ..self.at(index)
                };
                self.violate(violation);
                None
            }
            Found::Absent => None,
        }
    }

    fn close(&mut self, mut reader: Reader<'_>, of_parameter: bool) {
        reader.finish();
        let violations = reader.into_violations();
        if of_parameter {
            self.of_parameters += violations.list.len();
        }
        self.violations.extend(violations);
    }

    fn source(&mut self, required: bool) -> Option<Source> {
        let Payload::Bytes(bytes) = std::mem::replace(&mut self.payload, Payload::Absent) else {
            if required {
                self.malformed("a body is required");
            }
            return None;
        };
        let media = self
            .head
            .operation
            .body
            .as_ref()
            .and_then(|body| body.media.get(self.media));
        match media.map(|media| media.kind) {
            Some(MediaKind::Form) => self.utf8(bytes).map(Source::Form),
            Some(MediaKind::Json) => Some(Source::Json(bytes)),
            _ => self.utf8(bytes).map(Source::Text),
        }
    }

    fn read_body<T>(
        &mut self,
        source: &Source,
        read: fn(&mut Reader<'_>) -> Option<T>,
    ) -> Option<T> {
        let mut reader = self.open_body(source)?;
        let value = read(&mut reader);
        self.close(reader, false);
        value
    }

    fn open_body<'s>(&mut self, source: &'s Source) -> Option<Reader<'s>> {
        match source {
            Source::Json(bytes) => Some(Reader::json(bytes)),
            Source::Text(text) => Some(Reader::text(
                TextValue::Scalar(text.as_str().into()),
                Place::Body,
                "",
            )),
            Source::Form(text) => match form(text) {
                Some(value) => Some(Reader::text(value, Place::Body, "")),
                None => {
                    self.malformed("must be percent-encoded UTF-8");
                    None
                }
            },
        }
    }

    fn utf8(&mut self, bytes: Bytes) -> Option<String> {
        let text = String::from_utf8(bytes.into()).ok();
        if text.is_none() {
            self.malformed("must be UTF-8");
        }
        text
    }

    /// The fields of `x-sparse` that the caller wants to keep.
    fn fields(&self) -> Option<Vec<String>> {
        let name = self.head.operation.sparse?;
        let mut parameters = self.head.operation.parameters.iter();
        let index =
            parameters.position(|known| known.place == Place::Query && known.name == name)?;
        let Found::Text(TextValue::List(list)) = self.find(index) else {
            return None;
        };
        let names = list.into_iter().filter_map(|value| match value {
            TextValue::Scalar(name) => Some(name.into_owned()),
            _ => None,
        });
        Some(names.collect::<Vec<_>>()).filter(|names| !names.is_empty())
    }

    fn missing(&mut self, index: usize) {
        let violation = self.at(index);
        if violation.place == Place::Header && violation.field.eq_ignore_ascii_case("if-match") {
            self.unconditional = self.head.operation.declares(428);
        }
        self.violate(Violation {
            message: "is required".into(),
            ..violation
        });
    }

    /// A violation about the parameter at `index`, its message still to be set.
    fn at(&self, index: usize) -> Violation {
        let parameter = self.head.operation.parameters.get(index);
        let (place, name) = parameter.map_or((Place::Query, ""), |known| (known.place, known.name));
        Violation {
            place,
            field: name.to_owned(),
            message: "".into(),
        }
    }

    fn violate(&mut self, violation: Violation) {
        self.of_parameters += 1;
        self.violations.push(violation);
    }

    fn malformed(&mut self, message: &'static str) {
        self.violations.push(Violation::body("", message));
        self.violations.malformed = true;
    }
}

fn form(text: &str) -> Option<TextValue<'_>> {
    let mut tree = Tree::default();
    for pair in query::pairs(text) {
        tree.insert(pair.name, percent::decode_form(pair.raw)?);
    }
    Some(tree.into_map())
}
