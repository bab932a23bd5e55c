//! The bodies of the contract's error responses, and the body of each status of an operation.

use std::collections::{BTreeSet, HashMap};

use super::details;
use super::status::{AUTOMATIC, is_error};
use super::template::ErrorValue;
use crate::model::operation::{Content, Operation, Response, Status};
use crate::model::schema::{SchemaId, Schemas};

/// The errors of a contract: the bodies of its error responses.
///
/// ```
/// use std::path::Path;
/// use writ_contract::diagnostic::Diagnostics;
/// use writ_contract::document::{LoadOptions, load};
/// use writ_contract::model::{Options, resolve};
///
/// let mut diagnostics = Diagnostics::new();
/// let document = load(Path::new("examples/pets.yaml"), &LoadOptions::default(), &mut diagnostics)
///     .ok_or("not an OpenAPI document")?;
/// let contract = resolve(&document, false, &Options::default(), &mut diagnostics);
/// let body = contract.errors.envelope_body().ok_or("the contract has no error schema")?;
/// assert_eq!(body.media_type, "application/json");
/// assert!(body.is_filled());
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Errors {
    /// The different bodies of error responses.
    pub bodies: Vec<ErrorBody>,
    /// The index of the body for status codes that an operation does not declare, and for refusals without an operation;
    /// `None` for RFC 9457 problem details.
    pub fallback: Option<usize>,
    /// The index of the body whose responses handlers name by a marker such as `NotFound`; `None` for RFC 9457 problem
    /// details.
    pub envelope: Option<usize>,
    /// The indices of the bodies of each error schema.
    pub(super) by_schema: HashMap<Option<SchemaId>, Vec<usize>>,
}

/// The body of error responses: a media type with the template of its schema.
#[derive(Debug, Clone, PartialEq)]
pub struct ErrorBody {
    /// The error schema, without aliases; `None` if the contract declares only the media type.
    pub schema: Option<SchemaId>,
    /// The media type of error responses, as the contract spells it.
    pub declared: String,
    /// The concrete media type in which error responses are sent.
    pub media_type: String,
    /// The content of the body.
    pub content: ErrorContent,
    /// True if the body is valid for every status code of an automatic refusal, also for undeclared ones.
    pub is_general: bool,
    /// True if an operation of the service declares the body.
    pub is_served: bool,
    /// True if an operation declares the body for a status code of an automatic refusal.
    pub is_automatic: bool,
}

/// The content of the body of an error response.
#[derive(Debug, Clone, PartialEq)]
pub enum ErrorContent {
    /// The body is JSON from a template.
    Json(ErrorValue),
    /// The body is the text of a slot.
    Text(ErrorValue),
    /// The body is JSON that a conversion of the implementer creates.
    Converted,
}

impl ErrorBody {
    /// Returns true if a problem fills the body without a conversion of the implementer.
    pub fn is_filled(&self) -> bool {
        self.content != ErrorContent::Converted
    }

    /// Returns true if the body says what is wrong in the words of the problem.
    pub(super) fn has_message(&self) -> bool {
        match &self.content {
            ErrorContent::Json(value) => value.any(true, &ErrorValue::is_message),
            ErrorContent::Text(_) => true,
            ErrorContent::Converted => false,
        }
    }

    /// Returns true if the body contains a part of the problem.
    pub(super) fn has_slot(&self) -> bool {
        match &self.content {
            ErrorContent::Json(value) | ErrorContent::Text(value) => value.any(true, &ErrorValue::is_slot),
            ErrorContent::Converted => false,
        }
    }

    /// Returns true if the body may have a status that no operation declares: it is valid for every status, and it is not
    /// merely the text of an error that only handlers return.
    pub(super) fn is_usual(&self) -> bool {
        self.is_served && self.is_general && (self.is_automatic || matches!(self.content, ErrorContent::Json(_)))
    }

    /// Returns true if the body is RFC 9457 problem details without members of the contract's own.
    pub fn is_problem_details(&self) -> bool {
        self.media_type == "application/problem+json"
            && matches!(&self.content, ErrorContent::Json(value) if details::is_usual(value))
    }
}

impl Errors {
    /// Returns the body of the contract's error envelope, or `None` if it is RFC 9457 problem details.
    pub fn envelope_body(&self) -> Option<&ErrorBody> {
        self.bodies.get(self.envelope?)
    }

    /// Returns true if a response with this content is described by a marker such as `NotFound`: it has the error
    /// envelope, or both are problem details.
    pub fn is_envelope(&self, content: &Content, schemas: &Schemas) -> bool {
        let body = self.body_of(content, schemas).map(|index| &self.bodies[index]);
        let is_problem = |media_type: &str| media_type.starts_with("application/problem+json");
        match (self.envelope_body(), body) {
            (Some(envelope), Some(body)) => {
                body.is_filled()
                    && (body.schema.is_some() && body.schema == envelope.schema
                        || is_problem(&body.declared) && is_problem(&envelope.declared))
            }
            (None, Some(body)) => is_problem(&content.media_type) && body.is_filled(),
            (_, None) => false,
        }
    }

    /// Returns the index of the body for the content of an error response.
    fn body_of(&self, content: &Content, schemas: &Schemas) -> Option<usize> {
        let schema = content.schema.map(|schema| schemas.target(schema));
        let indices = self.by_schema.get(&schema)?;
        indices.iter().copied().find(|index| self.bodies[*index].declared == content.media_type)
    }

    /// Returns the index of the body in which a response of the contract is refused: the first one in JSON that a
    /// problem fills, else text, else JSON that the implementer converts.
    pub(super) fn body_of_response(&self, response: &Response, schemas: &Schemas) -> Option<usize> {
        let indices: Vec<usize> =
            response.content.iter().filter_map(|content| self.body_of(content, schemas)).collect();
        let rank = |index: &usize| match self.bodies[*index].content {
            ErrorContent::Json(_) => 0,
            ErrorContent::Text(_) => 1,
            ErrorContent::Converted => 2,
        };
        indices.into_iter().min_by_key(rank)
    }

    /// Returns the bodies of an operation's error responses in the order of their precedence: status codes, ranges, and
    /// `default`.
    pub fn declared(&self, operation: &Operation, schemas: &Schemas) -> Vec<(Status, Option<usize>)> {
        let mut declared: Vec<(Status, Option<usize>)> = operation
            .responses
            .iter()
            .filter(|response| is_error(response, operation))
            .map(|response| (response.status, self.body_of_response(response, schemas)))
            .collect();
        declared.sort_by_key(|(status, _)| *status);
        declared
    }

    /// Returns the index of the body for status codes that an operation does not declare. It is the envelope if the
    /// operation declares it, or else the most frequent body of the operation that is valid for every status.
    pub fn undeclared(&self, operation: &Operation, schemas: &Schemas) -> Option<usize> {
        let automatic = self.automatic(operation, schemas, |status| AUTOMATIC.contains(&status));
        let mut general: Vec<usize> = automatic.collect();
        if general.is_empty() || self.fallback.is_some_and(|fallback| general.contains(&fallback)) {
            return self.fallback;
        }
        general.retain(|index| self.bodies[*index].is_usual() && self.bodies[*index].has_message());
        let count = |index: usize| general.iter().filter(|other| **other == index).count();
        general.iter().copied().max_by_key(|index| (count(*index), std::cmp::Reverse(*index))).or(self.fallback)
    }

    /// Returns the indices of the bodies that an operation declares for ranges, for `default`, and for the status codes
    /// that a predicate accepts.
    fn automatic(
        &self,
        operation: &Operation,
        schemas: &Schemas,
        accepts: impl Fn(u16) -> bool,
    ) -> impl Iterator<Item = usize> {
        let declared = self.declared(operation, schemas).into_iter();
        declared.filter_map(move |(status, body)| match status {
            Status::Code(code) => body.filter(|_| accepts(code)),
            Status::Range(_) | Status::Default => body,
        })
    }

    /// Returns the indices of the bodies that automatic refusals of an operation may have.
    fn refused(&self, operation: &Operation, schemas: &Schemas) -> BTreeSet<usize> {
        // The router refuses unknown paths and methods before an operation is known.
        let accepts = |code: u16| AUTOMATIC.contains(&code) && ![404, 405].contains(&code);
        self.automatic(operation, schemas, accepts).chain(self.undeclared(operation, schemas)).collect()
    }

    /// Returns the indices of the bodies that need a conversion of the implementer, in ascending order.
    pub(in crate::model) fn converted<'o>(
        &self,
        operations: impl Iterator<Item = &'o Operation>,
        schemas: &Schemas,
    ) -> Vec<usize> {
        let refused = operations.flat_map(|operation| self.refused(operation, schemas));
        let refused: BTreeSet<usize> = refused.chain(self.fallback).collect();
        refused.into_iter().filter(|index| !self.bodies[*index].is_filled()).collect()
    }
}
