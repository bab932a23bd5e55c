//! The search for the error schemas of a contract, and the reports of what a problem cannot fill.

use std::collections::BTreeSet;

use super::details;
use super::errors::{ErrorBody, ErrorContent, Errors};
use super::fill::{Filled, Unfilled, Use, fill};
use super::refusals;
use super::status::AUTOMATIC;
use super::template::{ErrorText, ErrorValue};
use super::usage::{self, ErrorUse};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::Document;
use crate::model::Contract;
use crate::model::build::error_pointers::read_error_pointers;
use crate::model::operation::ContentKind;
use crate::model::schema::{ErrorPointers, Kind, Schemas};

/// Finds the bodies of the contract's error responses, and reports what a problem cannot fill.
pub(in crate::model) fn find_errors(document: &Document, contract: &mut Contract, diagnostics: &mut Diagnostics) {
    let written = document.root_node().get("x-error-envelope");
    let global = written.and_then(|node| read_error_pointers(node, &document.sources, diagnostics));
    let uses = usage::uses(contract);
    let mut errors = Errors::default();
    let mut reports = Vec::new();
    let most_used = uses.iter().find(|found| found.content.kind == ContentKind::Json && found.content.schema.is_some());
    if let (Some(global), Some(most_used)) = (&global, most_used.and_then(|found| found.content.schema)) {
        let schema = contract.schemas.target(most_used);
        usage::lost(&contract.schemas, schema, global, &document.sources)
            .into_iter()
            .for_each(|it| diagnostics.push(it));
    }
    for found in &uses {
        let pointers = pointers(&contract.schemas, found, global.as_ref(), document, diagnostics);
        let (body, found_reports) = body(&contract.schemas, found, pointers);
        if let Some(body) = body {
            reports.extend(found_reports.into_iter().map(|report| (errors.bodies.len(), report)));
            errors.by_schema.entry(body.schema).or_default().push(errors.bodies.len());
            errors.bodies.push(body);
        }
    }
    let is_own = |body: &ErrorBody| {
        let free = body.schema.is_none_or(|schema| match contract.schemas.kind(schema) {
            Kind::Any => true,
            Kind::Object(object) => object.properties.is_empty(),
            _ => false,
        });
        !free || body.media_type.starts_with("application/problem+json")
    };
    let usable = |body: &ErrorBody| {
        is_own(body) && if body.is_filled() { body.is_usual() } else { body.is_served && body.is_automatic }
    };
    let position =
        |accepts: &dyn Fn(&ErrorBody) -> bool| errors.bodies.iter().position(|body| usable(body) && accepts(body));
    // A body without a part of the problem says nothing about an undeclared status.
    let fallback = position(&|body| body.has_message() || !body.is_filled())
        .or_else(|| position(&|body| body.is_automatic && body.has_slot()));
    let is_json = |body: &ErrorBody| matches!(body.content, ErrorContent::Json(_));
    let envelope = position(&|body| is_json(body) && body.has_message());
    (errors.fallback, errors.envelope) = (fallback, envelope);
    let operations = contract.operations.iter().chain(&contract.unselected);
    let converted = errors.converted(operations, &contract.schemas);
    for (index, report) in reports {
        let body = &errors.bodies[index];
        if body.is_filled() || converted.contains(&index) {
            diagnostics.push(incomplete(&contract.schemas, body, &report));
        }
    }
    // Refusals of code that is not generated need no note.
    if !diagnostics.has_errors() {
        refusals::report(contract, &errors, diagnostics);
    }
    contract.errors = errors;
}

/// Returns the pointers of `x-error-envelope` that apply to an error schema: its own, or those of the contract if all of
/// them have a target in it.
fn pointers<'p>(
    schemas: &'p Schemas,
    found: &ErrorUse<'_>,
    global: Option<&'p ErrorPointers>,
    document: &Document,
    diagnostics: &mut Diagnostics,
) -> Option<&'p ErrorPointers> {
    let schema = found.content.schema?;
    let target = schemas.target(schema);
    if let Some(own) = schemas.nearest(schema, |schema| schema.error_pointers.as_ref()) {
        let lost = usage::lost(schemas, target, own, &document.sources);
        let is_valid = lost.is_empty();
        lost.into_iter().for_each(|report| diagnostics.push(report));
        return Some(own).filter(|_| is_valid);
    }
    global.filter(|global| usage::lost(schemas, target, global, &document.sources).is_empty())
}

/// Returns the body of error responses with a content, and the parts of its schema that no problem fills. Returns no body
/// for contents that are neither JSON nor plain text.
fn body(
    schemas: &Schemas,
    found: &ErrorUse<'_>,
    pointers: Option<&ErrorPointers>,
) -> (Option<ErrorBody>, Vec<Unfilled>) {
    let content = found.content;
    let is_json = content.kind == ContentKind::Json;
    let media_type = match (content.essence().as_str(), is_json) {
        (range, true) if range.contains('*') => "application/json",
        (_, true) | ("text/plain", false) => &content.media_type,
        ("text/*", false) => "text/plain",
        _ => return (None, Vec::new()),
    };
    let schema = content.schema.map(|schema| schemas.target(schema));
    let problem_details = content.essence() == "application/problem+json";
    let every: BTreeSet<u16> = found.statuses.iter().copied().chain(AUTOMATIC).collect();
    let of = |statuses| Use { schemas, pointers, problem_details, statuses };
    let fill = |statuses| match content.schema {
        Some(schema) => fill(of(statuses), schema),
        None if is_json => Ok(Filled { value: details::problem_details(), omitted: Vec::new() }),
        None => Ok(Filled { value: ErrorValue::Text(ErrorText::Sentence, None), omitted: Vec::new() }),
    };
    let general = fill(&every);
    let is_general = general.is_ok();
    let filled = general.or_else(|_| fill(&found.statuses));
    let (content_of, reports) = match filled {
        Ok(Filled { value, omitted }) if is_json => (ErrorContent::Json(value), omitted),
        Ok(Filled { value: value @ (ErrorValue::Text(..) | ErrorValue::Choice(_) | ErrorValue::Status), .. }) => {
            (ErrorContent::Text(value), Vec::new())
        }
        Ok(_) => return (None, Vec::new()),
        Err(_) if !is_json => return (None, Vec::new()),
        Err(unfilled) => (ErrorContent::Converted, vec![unfilled]),
    };
    let (declared, media_type) = (content.media_type.clone(), media_type.to_owned());
    let (is_served, is_automatic) = (found.count > 0, found.automatic > 0);
    (
        Some(ErrorBody { schema, declared, media_type, content: content_of, is_general, is_served, is_automatic }),
        reports,
    )
}

/// Returns the diagnostic for a part of an error schema that no problem fills.
fn incomplete(schemas: &Schemas, body: &ErrorBody, unfilled: &Unfilled) -> Diagnostic {
    let Unfilled { span, path, reason } = unfilled;
    let subject = match path.as_str() {
        "" => "the error schema".to_owned(),
        path => format!("`{path}` of the error schema"),
    };
    let message = format!("{subject} {reason}");
    // The compiler asks for a conversion, so only an omitted part is lost.
    let report = match body.is_filled() {
        true => Diagnostic::warning("envelope-incomplete", *span, message)
            .label("error responses omit it, because a problem cannot fill it"),
        false => Diagnostic::info("envelope-incomplete", *span, message)
            .label("the trait `Errors` asks the service for these error responses"),
    };
    let report = report.help(
        "point to the values that a problem fills with `x-error-envelope`, give the property a `default`, or make it optional",
    );
    match body.schema {
        Some(schema) if schemas.get(schema).span != *span => report.also(schemas.get(schema).span, "error schema"),
        _ => report,
    }
}
