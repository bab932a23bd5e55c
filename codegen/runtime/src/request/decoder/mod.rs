//! Decoding parameters and body into the request of an operation, with everything that is wrong named at once.

mod body;
mod page;

use http::StatusCode;

use crate::http::query::{self, Pair};
use crate::json::{Reader, TextValue};
use crate::operation::ParameterLocation;
use crate::request::body::{Payload, ReceivedBody};
use crate::request::deferred_refusal::DeferredRefusal;
use crate::request::parameters;
use crate::request::request_head::RequestHead;
use crate::response::problem::Problem;
use crate::response::reply::Responder;
use crate::style::parse::Found;
use crate::validate::violation::InputLocation;
use crate::validate::violation::{Violation, Violations};

pub use page::PageRule;

/// Hands generated code the parameters and the body of one request.
///
/// Each method returns `None` after it recorded what is wrong; decoding goes on with the rest.
#[derive(Debug)]
pub struct Decoder<'a> {
    head: &'a RequestHead,
    /// The query, taken apart once for all parameters.
    pairs: Vec<Pair<'a>>,
    media: usize,
    payload: Payload,
    violations: Violations,
    /// Where a refusal goes that is found after decoding.
    #[cfg_attr(not(feature = "multipart"), allow(dead_code))]
    refusal: DeferredRefusal,
    /// How many of them are about parameters.
    of_parameters: usize,
    /// Whether a required `If-Match` is missing.
    unconditional: bool,
}

impl<'a> Decoder<'a> {
    /// The decoder of one request. `found` is what the pipeline itself found wrong, to be reported
    /// with the rest.
    pub(crate) fn new(head: &'a RequestHead, body: ReceivedBody, found: Option<Violation>) -> Decoder<'a> {
        let ReceivedBody { media, payload } = body;
        let refusal = match payload {
            Payload::Stream(_) => DeferredRefusal::shared(),
            Payload::Absent | Payload::Bytes(_) => DeferredRefusal::default(),
        };
        let mut decoder = Decoder {
            head,
            pairs: query::pairs(head.query()).collect(),
            media,
            payload,
            violations: Violations::default(),
            refusal,
            of_parameters: 0,
            unconditional: false,
        };
        found.into_iter().for_each(|violation| decoder.violate(violation));
        decoder
    }

    /// The place of a refusal that is found while the handler reads the body.
    pub(crate) fn refusal(&self) -> DeferredRefusal {
        self.refusal.clone()
    }

    /// Decodes the request of an operation by its generated function.
    ///
    /// The error names every violation of parameters and body: a 400 where a parameter is wrong or
    /// the body cannot be read, a 428 where only a required `If-Match` is missing and the contract
    /// declares 428, else a 422 where it declares that, else a 400.
    pub(crate) fn decode<T>(mut self, decode: fn(&mut Decoder<'_>) -> Option<T>) -> Result<(T, Responder), Problem> {
        let value = decode(&mut self);
        let responder = self.finish()?;
        match value {
            Some(value) => Ok((value, responder)),
            None => Err(Problem::internal("decoding failed without naming a violation")),
        }
    }

    /// Reads the parameter at `index` of the operation; its absence is a violation.
    pub fn required<T>(&mut self, index: usize, read: fn(&mut Reader<'_>) -> Option<T>) -> Option<T> {
        match self.find(index) {
            Found::Absent => {
                self.missing(index);
                None
            }
            found => self.read(index, found, read),
        }
    }

    /// Reads the parameter at `index` of the operation where it was sent.
    pub fn optional<T>(&mut self, index: usize, read: fn(&mut Reader<'_>) -> Option<T>) -> Option<T> {
        match self.find(index) {
            Found::Absent => None,
            found if self.is_empty(index, &found) => {
                let parameter = self.head.call.operation.parameters.get(index)?;
                let mut reader = Reader::text(TextValue::Scalar("".into()), parameter.location.into(), parameter.name);
                // What the schema does not allow to be empty is not there.
                read(&mut reader).filter(|_| reader.into_violations().is_empty())
            }
            found => self.read(index, found, read),
        }
    }

    /// Whether nothing was sent where the contract says that it may be empty.
    fn is_empty(&self, index: usize, found: &Found<'_>) -> bool {
        let may = self.head.call.operation.parameters.get(index).is_some_and(|known| known.may_be_empty);
        may && matches!(found, Found::Text(TextValue::Scalar(text)) if text.is_empty())
    }

    /// What is left to tell: the violations, or how to answer.
    fn finish(self) -> Result<Responder, Problem> {
        if self.violations.is_empty() {
            return Ok(Responder { fields: self.fields(), accept: self.head.call.accept.clone() });
        }
        let operation = self.head.call.operation;
        let readable = !self.violations.malformed;
        let (status, message) = if self.unconditional && self.of_parameters == 1 && readable {
            (StatusCode::PRECONDITION_REQUIRED, "the request must be conditional: send If-Match")
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

    /// The part of reading a parameter that is the same for all types, and so is compiled once.
    fn with_reader(&mut self, index: usize, found: Found<'_>, read: &mut dyn FnMut(&mut Reader<'_>)) {
        let Some(parameter) = self.head.call.operation.parameters.get(index) else { return };
        match found {
            Found::Text(value) => {
                let mut reader = Reader::text(value, parameter.location.into(), parameter.name);
                read(&mut reader);
                self.close(&mut reader, true);
            }
            Found::Json(text) => {
                let mut reader = Reader::json_at(text.as_bytes(), parameter.location.into(), parameter.name);
                read(&mut reader);
                self.close(&mut reader, true);
            }
            Found::Wrong(message) => {
                let violation = Violation { message: message.into(), ..self.at(index) };
                self.violate(violation);
            }
            Found::Absent => {}
        }
    }

    fn close(&mut self, reader: &mut Reader<'_>, of_parameter: bool) {
        reader.finish();
        if reader.met() == 0 {
            return;
        }
        let violations = reader.take_violations();
        if of_parameter {
            self.of_parameters += violations.list.len();
        }
        self.violations.extend(violations);
    }

    /// The sparse fieldset that the caller asks for.
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
        let violation = self.at(index);
        if violation.location == InputLocation::Header && violation.field.eq_ignore_ascii_case("if-match") {
            self.unconditional = self.head.call.operation.declares(428);
        }
        self.violate(Violation { message: "is required".into(), ..violation });
    }

    /// A violation about the parameter at `index`, its message still to be set.
    fn at(&self, index: usize) -> Violation {
        let parameter = self.head.call.operation.parameters.get(index);
        let (location, name) =
            parameter.map_or((InputLocation::Query, ""), |known| (known.location.into(), known.name));
        Violation { location, field: name.to_owned(), message: "".into() }
    }

    fn violate(&mut self, violation: Violation) {
        self.of_parameters += 1;
        self.violations.push(violation);
    }
}
