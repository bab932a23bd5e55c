//! Automatic refusals that operations do not declare, and error responses that automatic refusals cannot have.

use std::collections::BTreeMap;

use super::errors::Errors;
use super::status::is_error;
use crate::diagnostic::{Diagnostic, Diagnostics, plural};
use crate::model::Contract;
use crate::model::operation::{Operation, Status};
use crate::source::Span;

/// The number of operations that a line names as examples.
const EXAMPLES: usize = 2;

/// The operations that a line of the note names.
#[derive(Default)]
struct Named<'c> {
    operations: Vec<&'c Operation>,
    span: Option<Span>,
}

impl Named<'_> {
    /// Returns true if both name the same operations.
    fn is_equal(&self, other: &Named<'_>) -> bool {
        let pairs = self.operations.iter().zip(&other.operations);
        self.operations.len() == other.operations.len() && pairs.into_iter().all(|(one, other)| one.id == other.id)
    }

    /// Returns the number of operations with the first of them as examples.
    fn describe(&self) -> String {
        let names: Vec<String> =
            self.operations.iter().take(EXAMPLES).map(|operation| format!("`{}`", operation.id)).collect();
        let more = if self.operations.len() > EXAMPLES { ", …" } else { "" };
        format!("{} ({}{more})", plural(self.operations.len(), "operation"), names.join(", "))
    }
}

/// Reports the status codes of automatic refusals that operations do not declare, and the media types of error responses
/// in which no refusal can be written. Each is one note for the complete contract.
pub(super) fn report(contract: &Contract, errors: &Errors, diagnostics: &mut Diagnostics) {
    let mut undeclared: BTreeMap<u16, Named<'_>> = BTreeMap::new();
    let mut unwritable: BTreeMap<&str, Named<'_>> = BTreeMap::new();
    for operation in &contract.operations {
        for status in automatic(operation).into_iter().filter(|status| !declares(operation, *status)) {
            let named = undeclared.entry(status).or_default();
            named.operations.push(operation);
            named.span.get_or_insert(operation.span);
        }
        for response in operation.responses.iter().filter(|response| is_error(response, operation)) {
            let first = response.content.first();
            let Some(content) = first.filter(|_| errors.body_of_response(response, &contract.schemas).is_none()) else {
                continue;
            };
            let named = unwritable.entry(&content.media_type).or_default();
            if named.operations.last().is_none_or(|last| last.id != operation.id) {
                named.operations.push(operation);
            }
            named.span.get_or_insert(content.span);
        }
    }
    let shape = match errors.fallback.map(|index| &errors.bodies[index]) {
        Some(body) => match body.schema.and_then(|schema| contract.schemas.get(schema).component.as_deref()) {
            Some(name) => format!("the schema `{name}` as `{}`", body.media_type),
            None => format!("the error schema of the contract as `{}`", body.media_type),
        },
        None => "problem details (RFC 9457)".to_owned(),
    };
    if let Some(span) = undeclared.values().filter_map(|named| named.span).min() {
        let statuses: Vec<String> = undeclared.keys().map(u16::to_string).collect();
        let message = format!(
            "the server refuses requests with statuses that operations do not declare: {}",
            statuses.join(", ")
        );
        let mut report = Diagnostic::info("undeclared-refusal", span, message)
            .label(format!("such refusals have {shape}"))
            .help("declare the statuses, or a `default` response, so that clients expect them");
        let mut lines: Vec<(Vec<String>, &Named<'_>)> = Vec::new();
        for (status, named) in &undeclared {
            match lines.iter_mut().find(|(_, known)| known.is_equal(named)) {
                Some((statuses, _)) => statuses.push(status.to_string()),
                None => lines.push((vec![status.to_string()], named)),
            }
        }
        for (statuses, named) in lines {
            report = report.note(format!("{}: {}", statuses.join(", "), named.describe()));
        }
        diagnostics.push(report);
    }
    for (media_type, named) in unwritable {
        let Some(span) = named.span else { continue };
        let message = format!("the server cannot write its refusals as `{media_type}`");
        let report = Diagnostic::info("undeclared-refusal", span, message)
            .label(format!("refusals with this status have {shape}"))
            .note(format!("declared by {}", named.describe()))
            .help("declare `application/json`, `application/problem+json` or `text/plain` beside it");
        diagnostics.push(report);
    }
}

/// Returns the status codes with which the server can refuse a request for an operation.
fn automatic(operation: &Operation) -> Vec<u16> {
    let produces = operation.successes().any(|response| !response.content.is_empty());
    let declares_code = |code: u16| operation.responses.iter().any(|response| response.status == Status::Code(code));
    let mut statuses = Vec::new();
    let mut add = |condition: bool, all: &[u16]| statuses.extend(all.iter().filter(|_| condition));
    add(operation.body.is_some() || !operation.parameters.is_empty(), &[400]);
    add(operation.security.iter().all(|all| !all.is_empty()) && !operation.security.is_empty(), &[401]);
    add(!operation.security.is_empty(), &[403]);
    add(produces, &[406]);
    add(operation.body.is_some(), &[408, 413, 415]);
    add(true, &[500]);
    // A handler that takes too long is refused with 503, or with 504 if the operation declares only that. Credentials
    // that cannot be verified are refused with 503.
    add(!declares_code(504) || declares_code(503) || !operation.security.is_empty(), &[503]);
    statuses
}

/// Returns true if an operation declares a response for a status code.
fn declares(operation: &Operation, status: u16) -> bool {
    operation.responses.iter().any(|response| match response.status {
        Status::Code(code) => code == status,
        Status::Range(digit) => status / 100 == u16::from(digit),
        Status::Default => true,
    })
}
