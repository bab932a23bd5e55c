//! The version of OpenAPI that an entry file declares.

use crate::diagnostic::{Diagnostic, Diagnostics, closest};
use crate::document::node::Node;
use crate::document::version::Version;
use crate::source::Span;

/// Returns the version that the `openapi` field declares.
///
/// Returns `None`, with a diagnostic, if the document is not an object, has no `openapi` field, or declares
/// an unknown version.
pub(super) fn version(root: &Node, diagnostics: &mut Diagnostics) -> Option<Version> {
    let Some(object) = root.as_object() else {
        let message = format!("a contract is an object, not {}", root.kind_name());
        let problem = Diagnostic::error("wrong-type", Span { end: root.span.start + 1, ..root.span }, message);
        diagnostics.push(problem.help("it begins with `openapi: 3.0.3`"));
        return None;
    };
    let Some(openapi) = object.get("openapi") else {
        diagnostics.push(no_version(root));
        return None;
    };
    let text = openapi.as_str().or(openapi.as_number()).unwrap_or("");
    let numbers: Vec<&str> = text.split('.').collect();
    let version = match numbers.as_slice() {
        ["3", "0", ..] => Some(Version::V30),
        ["3", "1", ..] => Some(Version::V31),
        ["3", "2", ..] => Some(Version::V32),
        _ => None,
    };
    let problem = |severity: fn(&'static str, Span, String) -> Diagnostic, label: &str| {
        let message = if text.is_empty() {
            format!("`openapi` is the version of OpenAPI, not {}", openapi.kind_name())
        } else {
            format!("`{text}` is not a version of OpenAPI that is known")
        };
        severity("unknown-version", openapi.span, message).label(label).help("write `3.0.3` or `3.1.0`")
    };
    if version.is_none() {
        diagnostics.push(problem(Diagnostic::error, "known are 3.0.x and 3.1.x"));
    } else if numbers.len() != 3 || openapi.as_str().is_none() {
        diagnostics.push(problem(Diagnostic::warning, "a version has three numbers"));
    }
    version
}

fn no_version(root: &Node) -> Diagnostic {
    if let Some(swagger) = root.get("swagger") {
        let key = root.as_object().and_then(|root| root.key_span("swagger")).unwrap_or(swagger.span);
        return Diagnostic::error("swagger-2", key, "this is Swagger 2.0, the format before OpenAPI 3")
            .label("OpenAPI begins at 3.0")
            .help("convert it once, by editor.swagger.io (Edit, Convert to OpenAPI 3) or swagger2openapi");
    }
    let Some((first, _)) = root.as_object().and_then(|root| root.iter().next()) else {
        return Diagnostic::error("missing-field", root.span, "the document needs `openapi`, its version");
    };
    let problem = Diagnostic::error("missing-field", first.span, "the document needs `openapi`, its version");
    let names = root.as_object().into_iter().flatten().map(|(key, _)| key.name.as_str());
    if let Some(name) = closest("openapi", names) {
        let span = root.as_object().and_then(|root| root.key_span(name)).unwrap_or(first.span);
        return problem.label("not in this map").suggest(span, "openapi");
    }
    problem.label("not in this map").help("a contract begins with `openapi: 3.0.3`; is this the entry file?")
}
