//! The statements by which a client checks a request against the contract before it sends the request.

use writ_contract::model::operation::{Content, ContentKind, Operation, ParameterLocation, Style};

use crate::rust::code::Code;
use crate::rust::expr::read::ReadCalls;
use crate::rust::operations::request_body::is_typed_text;
use crate::rust::view::{Presence, RequestFieldView};

/// Returns the statement that checks a parameter, or `None` if its Rust type holds all constraints.
pub fn parameter_check(
    calls: &ReadCalls<'_, '_>,
    operation: &Operation,
    index: usize,
    field: &RequestFieldView,
) -> Option<Code> {
    let parameter = operation.parameters.get(index)?;
    let is_if_match =
        parameter.location == ParameterLocation::Header && parameter.name.eq_ignore_ascii_case("If-Match");
    if is_if_match || parameter.sort {
        return None;
    }
    let method = match field.presence {
        Presence::Required | Presence::Defaulted => "check_parameter",
        Presence::Optional => "check_optional",
        Presence::List => return None,
    };
    let rule = match parameter.style {
        Style::Json => calls.element_rule(parameter.schema),
        _ => calls.rule(parameter.schema),
    };
    Some(Code::of(format!("out.{method}({index}, &self.{}, &{})", field.name, rule?)))
}

/// Returns the rule of a request body of one media type, or `None` if its Rust type holds all constraints.
pub fn body_rule(calls: &ReadCalls<'_, '_>, content: &Content) -> Option<String> {
    let schema = content.schema?;
    match content.kind {
        ContentKind::Json | ContentKind::Form if !content.is_range() => calls.element_rule(schema),
        ContentKind::Text if !content.is_range() && is_typed_text(calls.plan, schema) => calls.rule(schema),
        _ => None,
    }
}
