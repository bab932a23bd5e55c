//! The check that the schema of a body can be applied to its media type.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::operation::{Content, ContentKind, Operation};
use crate::model::parameter_shape::leaves;
use crate::model::schema::{Kind, Schemas, StringShape};

/// Reports the bodies that are passed on as text or bytes although their schema says more.
pub(super) fn check(operations: &[Operation], schemas: &Schemas, diagnostics: &mut Diagnostics) {
    for operation in operations {
        let requests = operation.body.iter().flat_map(|body| &body.content).map(|content| (content, true));
        let responses = operation.responses.iter().flat_map(|response| &response.content);
        for (content, is_request) in requests.chain(responses.map(|content| (content, false))) {
            let Some(passed_as) = passed_as(content, is_request, schemas) else { continue };
            let message = format!("the schema of this `{}` body is not checked", content.essence());
            diagnostics.push(
                Diagnostic::warning("unchecked-body", content.span, message)
                    .label(format!("the handler {} it as {passed_as}", if is_request { "receives" } else { "sends" }))
                    .help("declare `application/json`, or convert and check the body in the handler"),
            );
        }
    }
}

/// Returns the form in which a handler meets a body whose schema is not applied; `None` if it is applied, or says nothing
/// about text and bytes.
fn passed_as(content: &Content, is_request: bool, schemas: &Schemas) -> Option<&'static str> {
    let kinds = leaves(schemas, content.schema?);
    let is_structured = kinds.iter().any(|kind| matches!(kind, Kind::Array(_) | Kind::Object(_)));
    let is_constrained = kinds.iter().any(|kind| match kind {
        Kind::String(StringShape { min, max, patterns, .. }) => min.is_some() || max.is_some() || !patterns.is_empty(),
        Kind::Strings(_) | Kind::Values(_) | Kind::Boolean | Kind::Integer(_) | Kind::Number(_) => true,
        Kind::Any | Kind::Null | Kind::Array(_) | Kind::Object(_) | Kind::Union(_) | Kind::Alias(_) => false,
    });
    match content.kind {
        ContentKind::Text if is_structured || (is_constrained && content.is_range()) => Some("text"),
        ContentKind::Form if !is_request => Some("bytes"),
        ContentKind::Multipart if !is_request && content.positional.is_none() => Some("bytes"),
        ContentKind::Binary if is_structured || is_constrained => Some("bytes"),
        _ => None,
    }
}
