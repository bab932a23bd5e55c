//! The version of OpenAPI that the entry file of a contract declares.

use crate::diagnostic::{Diagnostic, Diagnostics, closest};
use crate::document::node::Node;
use crate::document::version::Version;
use crate::source::Span;

/// Returns the version of OpenAPI that the `openapi` or `swagger` field of the entry file declares.
///
/// Returns `None`, with a diagnostic, if the document is not an object, has neither field, or declares
/// an unknown version.
pub(super) fn version(root: &Node, strict: bool, diagnostics: &mut Diagnostics) -> Option<Version> {
    let Some(object) = root.as_object() else {
        let message = format!("a contract must be an object, not {}", root.kind_name());
        let problem = Diagnostic::error("wrong-type", Span { end: root.span.start + 1, ..root.span }, message);
        diagnostics.push(problem.help("a contract begins with `openapi: 3.0.3`"));
        return None;
    };
    if let Some(swagger) = object.get("swagger").filter(|_| !object.contains_key("openapi")) {
        return version_of_swagger(swagger, diagnostics);
    }
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

/// Returns the version that the `swagger` field declares, which is 2.0 (Swagger 2.0, fixed fields of the root).
fn version_of_swagger(swagger: &Node, diagnostics: &mut Diagnostics) -> Option<Version> {
    let text = swagger.as_str().or(swagger.as_number()).unwrap_or("");
    let version = matches!(text, "2.0" | "2" | "2.0.0").then_some(Version::V20);
    let problem = match version {
        Some(_) if text == "2.0" && swagger.as_str().is_some() => return version,
        Some(_) => Diagnostic::warning("unknown-version", swagger.span, "`swagger` must be the string `2.0`")
            .label("read as `\"2.0\"`")
            .fix("quote it", swagger.span, "\"2.0\""),
        None if text.is_empty() => {
            let message = format!("`swagger` must be the string `2.0`, not {}", swagger.kind_name());
            Diagnostic::error("unknown-version", swagger.span, message).label("no version")
        }
        None => {
            Diagnostic::error("unknown-version", swagger.span, format!("Swagger version `{text}` is not supported"))
                .label("supported: 2.0")
                .help("convert the document to OpenAPI 3, whose version is in the field `openapi`")
        }
    };
    diagnostics.push(problem);
    version
}

fn no_version(root: &Node) -> Diagnostic {
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
