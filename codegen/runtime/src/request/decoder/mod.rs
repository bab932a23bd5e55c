//! Decoding the parameters and the body of a request into the operation's request type, with every violation collected.

mod body;
mod items;
mod page;

use http::StatusCode;

use crate::http::query::{self, Pair};
use crate::json::{Reader, TextValue};
use crate::operation::{MediaKind, ParameterLocation};
use crate::request::body::{Payload, ReceivedBody};
use crate::request::deferred_refusal::DeferredRefusal;
use crate::request::parameters;
use crate::request::request_head::RequestHead;
use crate::response::check::ResponseCheck;
use crate::response::problem::Problem;
use crate::response::reply::Responder;
use crate::style::parse::Found;
use crate::validate::violation::InputLocation;
use crate::validate::violation::{Violation, Violations};

pub use page::PageRule;

/// The decoder of one request, from which generated code reads the typed parameters and body.
///
/// Each method returns `None` after it recorded a violation. Decoding continues with the next parameter, so
/// that the response lists every violation.
///
/// # Examples
///
/// The generated function that decodes a request:
///
/// ```
/// use writ_runtime::{Decoder, Read};
///
/// struct ListUsersRequest {
///     role: String,
///     limit: Option<i64>,
/// }
///
/// impl ListUsersRequest {
///     fn decode(input: &mut Decoder<'_>) -> Option<Self> {
///         let role = input.required(0, String::read);
///         let limit = input.optional(1, i64::read);
///         Some(Self { role: role?, limit })
///     }
/// }
/// ```
#[derive(Debug)]
pub struct Decoder<'a> {
    head: &'a RequestHead,
    /// The name-value pairs of the query string, split once for all parameters.
    pairs: Vec<Pair<'a>>,
    media: usize,
    payload: Payload,
    violations: Violations,
    /// The storage for a problem that the handler finds while it reads a streamed request body.
    refusal: DeferredRefusal,
    /// The number of violations that the decoder has recorded for the parameters of a request, not for its body.
    parameter_violations: usize,
    /// True if the request lacks a required `If-Match` header and the operation declares status 428.
    lacks_if_match: bool,
    /// The check of the response against the contract, for the responder.
    check: ResponseCheck,
}

impl<'a> Decoder<'a> {
    /// Creates the decoder of one request. `found` is a violation that the pipeline found before decoding.
    pub(crate) fn new(head: &'a RequestHead, body: ReceivedBody, found: Option<Violation>) -> Decoder<'a> {
        let ReceivedBody { media, payload } = body;
        // The handler also reads such a body part by part if an idempotency key required all bytes before.
        let declared = head.call.operation.body.as_ref().and_then(|body| body.media.get(media));
        let refusal = match declared.map(|media| media.kind) {
            Some(MediaKind::Multipart | MediaKind::Stream) => DeferredRefusal::shared(),
            _ => DeferredRefusal::default(),
        };
        let mut decoder = Decoder {
            head,
            pairs: query::pairs(head.query()).collect(),
            media,
            payload,
            violations: Violations::default(),
            refusal,
            parameter_violations: 0,
            lacks_if_match: false,
            check: ResponseCheck::default(),
        };
        found.into_iter().for_each(|violation| decoder.violate(violation));
        decoder
    }

    /// Returns the decoder with the check of the response that the request is subject to.
    pub(crate) fn with_check(self, check: ResponseCheck) -> Decoder<'a> {
        Decoder { check, ..self }
    }

    /// Returns the storage for a problem that the handler finds while it reads a streamed request body.
    pub(crate) fn refusal(&self) -> DeferredRefusal {
        self.refusal.clone()
    }

    /// Decodes the parameters and the body of a request with the operation's generated function.
    ///
    /// # Errors
    ///
    /// Returns a problem that lists every violation of parameters and body. Its status is
    ///
    /// - 428 if only a required `If-Match` is missing and the contract declares 428,
    /// - 400 if a parameter is not valid or the body cannot be read,
    /// - 422 if the body is not valid and the contract declares 422,
    /// - 400 otherwise.
    pub(crate) fn decode<T>(mut self, decode: fn(&mut Decoder<'_>) -> Option<T>) -> Result<(T, Responder), Problem> {
        let value = decode(&mut self);
        let responder = self.finish()?;
        match value {
            Some(value) => Ok((value, responder)),
            None => Err(Problem::internal("decoding failed without a violation")),
        }
    }

    /// Reads a required parameter of the request, by its index in the operation. A missing parameter is a violation.
    pub fn required<T>(&mut self, index: usize, read: fn(&mut Reader<'_>) -> Option<T>) -> Option<T> {
        match self.find(index) {
            Found::Absent => {
                self.missing(index);
                None
            }
            found => self.read(index, found, read),
        }
    }

    /// Reads an optional parameter of the request, by its index in the operation. Returns `None` if it is absent.
    pub fn optional<T>(&mut self, index: usize, read: fn(&mut Reader<'_>) -> Option<T>) -> Option<T> {
        match self.find(index) {
            Found::Absent => None,
            found if self.is_empty(index, &found) => {
                let parameter = self.head.call.operation.parameters.get(index)?;
                let mut reader = Reader::text(TextValue::Scalar("".into()), parameter.location.into(), parameter.name);
                // An empty parameter value that the schema does not allow counts as absent.
                read(&mut reader).filter(|_| reader.into_violations().is_empty())
            }
            found => self.read(index, found, read),
        }
    }

    /// Records the violation of a request that cannot be converted to the next version of the contract.
    pub fn converted<T>(&mut self, result: Result<T, Violation>) -> Option<T> {
        match result {
            Ok(request) => Some(request),
            Err(violation) if violation.location == InputLocation::Body => {
                self.violations.push(violation);
                None
            }
            Err(violation) => {
                self.violate(violation);
                None
            }
        }
    }

    /// Returns true if the value of the parameter is an empty string and the contract declares
    /// `allowEmptyValue` for it.
    fn is_empty(&self, index: usize, found: &Found<'_>) -> bool {
        let may = self.head.call.operation.parameters.get(index).is_some_and(|known| known.may_be_empty);
        may && matches!(found, Found::Text(TextValue::Scalar(text)) if text.is_empty())
    }

    /// Ends decoding. Returns the data for encoding the response, or the problem that lists all violations of
    /// the request.
    fn finish(self) -> Result<Responder, Problem> {
        if self.violations.is_empty() {
            return Ok(Responder { fields: self.fields(), accept: self.head.call.accept.clone(), check: self.check });
        }
        let operation = self.head.call.operation;
        let readable = !self.violations.malformed;
        let (status, message) = if self.lacks_if_match && self.parameter_violations == 1 && readable {
            (StatusCode::PRECONDITION_REQUIRED, "the request must contain an If-Match header")
        } else if self.parameter_violations > 0 {
            (StatusCode::BAD_REQUEST, "the request is not valid")
        } else if readable && operation.declares(422) {
            (StatusCode::UNPROCESSABLE_ENTITY, "the body is not valid")
        } else if readable {
            (StatusCode::BAD_REQUEST, "the body is not valid")
        } else {
            (StatusCode::BAD_REQUEST, "the body could not be read")
        };
        let mut problem = Problem::new(status, message);
        if status == StatusCode::BAD_REQUEST && (readable || self.parameter_violations > 0) {
            problem.code = "VALIDATION_ERROR".into();
        }
        problem.violations = self.violations.list;
        Err(problem)
    }

    fn find(&self, index: usize) -> Found<'a> {
        parameters::find(self.head, &self.pairs, index)
    }

    fn sent(&self, index: Option<usize>) -> Option<(usize, Found<'a>)> {
        let index = index?;
        Some((index, self.find(index))).filter(|(_, found)| *found != Found::Absent)
    }

    fn read<T>(
        &mut self,
        index: usize,
        found: Found<'_>,
        read: impl FnOnce(&mut Reader<'_>) -> Option<T>,
    ) -> Option<T> {
        let (mut value, mut read) = (None, Some(read));
        self.with_reader(index, found, &mut |reader| value = read.take().and_then(|read| read(reader)));
        value
    }

    /// Reads a request parameter through the callback `read`. Not generic over the type of the parameter, so that this
    /// function is compiled only once.
    fn with_reader(&mut self, index: usize, found: Found<'_>, read: &mut dyn FnMut(&mut Reader<'_>)) {
        let Some(parameter) = self.head.call.operation.parameters.get(index) else { return };
        // The properties of a complete query string are the names of its fields.
        let name = if parameter.location == ParameterLocation::QueryString { "" } else { parameter.name };
        match found {
            Found::Text(value) => {
                let mut reader = Reader::text(value, parameter.location.into(), name);
                read(&mut reader);
                self.close(&mut reader, true);
            }
            Found::Json(text) => {
                let mut reader = Reader::json_at(text.as_bytes(), parameter.location.into(), name);
                read(&mut reader);
                self.close(&mut reader, true);
            }
            Found::Wrong(message) => {
                let violation = Violation { message: message.into(), ..self.violation_at(index) };
                self.violate(violation);
            }
            Found::WrongField(field, message) => {
                let location = parameter.location.into();
                self.violate(Violation { location, field: field.to_owned(), message: message.into() });
            }
            Found::Absent => {}
        }
    }

    fn close(&mut self, reader: &mut Reader<'_>, is_parameter: bool) {
        reader.finish();
        if reader.met() == 0 {
            return;
        }
        let violations = reader.take_violations();
        if is_parameter {
            self.parameter_violations += violations.list.len();
        }
        self.violations.extend(violations);
    }

    /// Returns the sparse fieldset that the caller requested: the names of the response fields to keep.
    fn fields(&self) -> Option<Vec<String>> {
        let name = self.head.call.operation.sparse_fieldset?;
        let mut parameters = self.head.call.operation.parameters.iter();
        let index = parameters.position(|known| known.location == ParameterLocation::Query && known.name == name)?;
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
        let violation = self.violation_at(index);
        if violation.location == InputLocation::Header && violation.field.eq_ignore_ascii_case("if-match") {
            self.lacks_if_match = self.head.call.operation.declares(428);
        }
        self.violate(Violation { message: "is required".into(), ..violation });
    }

    /// Returns a violation without a message for the operation's parameter at `index`. The caller adds the message.
    fn violation_at(&self, index: usize) -> Violation {
        let parameter = self.head.call.operation.parameters.get(index);
        let (location, name) =
            parameter.map_or((InputLocation::Query, ""), |known| (known.location.into(), known.name));
        Violation { location, field: name.to_owned(), message: "".into() }
    }

    fn violate(&mut self, violation: Violation) {
        self.parameter_violations += 1;
        self.violations.push(violation);
    }
}
