//! The use of error schemas: the contents of error responses with their status codes, and the targets of pointers.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

use super::status::{AUTOMATIC, is_error};
use crate::diagnostic::{Diagnostic, closest};
use crate::model::Contract;
use crate::model::operation::{Content, Status};
use crate::model::schema::{ErrorPointers, Kind, SchemaId, Schemas};
use crate::source::Sources;

/// The maximum number of schemas that the search for the target of a pointer visits. Unions may contain themselves.
const MOST_VISITED: usize = 1024;

/// A content of error responses: a media type with a schema, and the status codes that have it.
pub(super) struct ErrorUse<'c> {
    /// The content of the first error response with this media type and schema.
    pub content: &'c Content,
    /// The status codes of the error responses with this content. A range stands for its automatic refusals.
    pub statuses: BTreeSet<u16>,
    /// The number of error responses that may be automatic refusals.
    pub automatic: usize,
    /// The number of all error responses with this content.
    pub count: usize,
}

/// Returns the contents of a contract's error responses, those of the most frequent schema first. Automatic refusals count
/// more than errors that only handlers return.
pub(super) fn uses(contract: &Contract) -> Vec<ErrorUse<'_>> {
    let schemas = &contract.schemas;
    // The service receives the error responses of outgoing operations, so these do not count.
    let outgoing = contract.outgoing_calls().map(|outgoing| (outgoing.operation, false));
    let served = contract.operations.iter().chain(&contract.unselected).map(|operation| (operation, true));
    let mut uses: Vec<ErrorUse<'_>> = Vec::new();
    let mut known: HashMap<(Option<SchemaId>, &str), usize> = HashMap::new();
    for (operation, is_served) in served.chain(outgoing) {
        for response in operation.responses.iter().filter(|response| is_error(response, operation)) {
            let statuses: Vec<u16> = match response.status {
                Status::Code(code) => vec![code],
                Status::Range(digit) => AUTOMATIC.into_iter().filter(|code| code / 100 == u16::from(digit)).collect(),
                Status::Default => AUTOMATIC.to_vec(),
            };
            let is_automatic = statuses.iter().any(|status| AUTOMATIC.contains(status));
            for content in &response.content {
                let schema = content.schema.map(|schema| schemas.target(schema));
                let index = *known.entry((schema, content.media_type.as_str())).or_insert_with(|| {
                    uses.push(ErrorUse { content, statuses: BTreeSet::new(), automatic: 0, count: 0 });
                    uses.len() - 1
                });
                let found = &mut uses[index];
                found.count += usize::from(is_served);
                found.automatic += usize::from(is_served && is_automatic);
                found.statuses.extend(&statuses);
            }
        }
    }
    uses.sort_by_key(|found| (Reverse(found.automatic), Reverse(found.count), found.content.schema));
    uses
}

/// Returns a diagnostic for each pointer of `x-error-envelope` without a target in the error schema.
pub(super) fn lost(
    schemas: &Schemas,
    schema: SchemaId,
    pointers: &ErrorPointers,
    sources: &Sources,
) -> Vec<Diagnostic> {
    let mut reports = Vec::new();
    for pointer in &pointers.pointers {
        let Err((name, known)) = target(schemas, schema, &pointer.steps().collect::<Vec<_>>(), &mut { MOST_VISITED })
        else {
            continue;
        };
        let (span, text) = (pointer.pointer.span, &pointer.pointer.value);
        let message = format!("the error schema has no property `{name}` at `{text}`");
        let report = Diagnostic::error("bad-envelope", span, message)
            .label("points to nothing")
            .also(schemas.get(schema).span, "error schema");
        let fixed = closest(&name, known.iter().map(String::as_str)).map(|close| text.replace(&name, close));
        reports.push(match fixed {
            Some(fixed) => report.suggest(sources.inside_quotes(span), fixed),
            None if known.is_empty() => report,
            None => report.help(format!("the properties there are `{}`", known.join("`, `"))),
        });
    }
    reports
}

/// Finds the target of a JSON pointer. An index of an array stands for each of its elements.
///
/// # Errors
///
/// Returns the first step without a target, and the names of the properties that exist at this place.
fn target(
    schemas: &Schemas,
    schema: SchemaId,
    steps: &[String],
    left: &mut usize,
) -> Result<(), (String, Vec<String>)> {
    let Some((step, rest)) = steps.split_first() else { return Ok(()) };
    *left = left.saturating_sub(1);
    if *left == 0 {
        return Err((step.clone(), Vec::new()));
    }
    match schemas.kind(schema) {
        Kind::Object(object) => match object.properties.iter().find(|property| property.name == *step) {
            Some(property) => target(schemas, property.schema, rest, left),
            None => Err((step.clone(), object.properties.iter().map(|property| property.name.clone()).collect())),
        },
        Kind::Array(array) if step == "0" => target(schemas, array.items, rest, left),
        Kind::Array(_) => Err((step.clone(), vec!["0".to_owned()])),
        Kind::Union(union) => {
            let mut targets = union.branches.iter().map(|branch| target(schemas, *branch, steps, left));
            let first = targets.next().unwrap_or_else(|| Err((step.clone(), Vec::new())));
            targets.fold(first, Result::or)
        }
        _ => Err((step.clone(), Vec::new())),
    }
}
