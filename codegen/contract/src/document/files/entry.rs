//! The version of OpenAPI that the entry file of a contract declares.

use crate::diagnostic::{Diagnostic, Diagnostics, closest};
use crate::document::node::Node;
use crate::document::version::Version;
use crate::source::Span;

/// Returns the version of OpenAPI that the `openapi` field of the entry file declares.
///
/// Returns `None`, with a diagnostic, if the document is not an object, has no `openapi` field, or declares
/// an unknown version.
pub(super) fn version(root: &Node, strict: bool, diagnostics: &mut Diagnostics) -> Option<Version> {
    let Some(object) = root.as_object() else {
        let message = format!("a contract must be an object, not {}", root.kind_name());
        let problem = Diagnostic::error("wrong-type", Span { end: root.span.start + 1, ..root.span }, message);
        diagnostics.push(problem.help("a contract begins with `openapi: 3.0.3`"));
        return None;
    };
    let Some(openapi) = object.get("openapi") else {
        diagnostics.push(no_version(root));
        return None;
    };
    let text = openapi.as_str().or(openapi.as_number()).unwrap_or("");
    let plain = text.trim().trim_start_matches(['v', 'V']);
    let numbers: Vec<&str> = plain.split('.').collect();
    let version = match numbers.as_slice() {
        ["3"] | ["3", "0", ..] => Some((Version::V30, "3.0")),
        ["3", "1", ..] => Some((Version::V31, "3.1")),
        ["3", "2", ..] => Some((Version::V32, "3.2")),
        _ => None,
    };
    let message = match text.is_empty() {
        true => format!("`openapi` must be a version such as `3.0.3`, not {}", openapi.kind_name()),
        false if version.is_some() => format!("`{text}` is not a complete version of OpenAPI"),
        false => format!("OpenAPI version `{text}` is not supported"),
    };
    let problem = match version {
        None => Diagnostic::error("unknown-version", openapi.span, message).label("supported: 3.0.x, 3.1.x and 3.2.x"),
        // A number in place of a string is reported with the other values of a wrong type.
        Some(_) if (numbers.len() == 3 && plain == text) || openapi.as_str().is_none() => {
            return version.map(|it| it.0);
        }
        Some((_, short)) => {
            let severity = if strict { Diagnostic::error } else { Diagnostic::warning };
            severity("unknown-version", openapi.span, message).label(match strict {
                true => "a version consists of three numbers".to_owned(),
                false => format!("treated as {short}"),
            })
        }
    };
    diagnostics.push(problem.help("write `3.0.3`, `3.1.0` or `3.2.0`"));
    version.map(|it| it.0)
}

fn no_version(root: &Node) -> Diagnostic {
    if let Some(swagger) = root.get("swagger") {
        let key = root.as_object().and_then(|root| root.key_span("swagger")).unwrap_or(swagger.span);
        return Diagnostic::error("swagger-2", key, "Swagger 2.0 is not supported")
            .label("a format before OpenAPI 3.0")
            .help("convert the document to OpenAPI 3 with editor.swagger.io or swagger2openapi");
    }
    let Some((first, _)) = root.as_object().and_then(|root| root.iter().next()) else {
        return Diagnostic::error("missing-field", root.span, "the document does not declare its version in `openapi`");
    };
    let problem =
        Diagnostic::error("missing-field", first.span, "the document does not declare its version in `openapi`");
    let names = root.as_object().into_iter().flatten().map(|(key, _)| key.name.as_str());
    if let Some(name) = closest("openapi", names) {
        let span = root.as_object().and_then(|root| root.key_span(name)).unwrap_or(first.span);
        return problem.label("`openapi` is missing here").suggest(span, "openapi");
    }
    problem.label("`openapi` is missing here").help("add `openapi: 3.0.3`, or pass the entry file of the contract")
}
