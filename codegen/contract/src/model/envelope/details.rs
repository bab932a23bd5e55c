//! RFC 9457 problem details as a template.

use super::template::{ErrorList, ErrorMember, ErrorText, ErrorValue};
use crate::model::schema::ObjectShape;

/// Returns the template of RFC 9457 problem details with the extension members of the server (§ 3.2).
pub fn problem_details() -> ErrorValue {
    let required = |name: &str, value: ErrorValue| ErrorMember { name: name.to_owned(), value, required: true };
    let text = |name: &str, text: ErrorText| required(name, ErrorValue::Text(text, None));
    ErrorValue::Object(vec![
        required("type", ErrorValue::Constant("about:blank".into())),
        text("title", ErrorText::Title),
        required("status", ErrorValue::Status),
        text("detail", ErrorText::Message),
        text("code", ErrorText::Code),
        ErrorMember { name: "errors".to_owned(), value: problem_violations(), required: false },
        text("requestId", ErrorText::RequestId),
    ])
}

/// Returns the template of the list of violations in problem details.
pub fn problem_violations() -> ErrorValue {
    let text = |name: &str, text: ErrorText| ErrorMember {
        name: name.to_owned(),
        value: ErrorValue::Text(text, None),
        required: true,
    };
    let item = ErrorValue::Object(vec![
        text("in", ErrorText::Location),
        text("field", ErrorText::Field),
        text("message", ErrorText::Message),
    ]);
    ErrorValue::List(Box::new(ErrorList { item, max: None, or_problem: false }))
}

/// Adds the extension members of the server to problem details of the contract, unless the contract declares members for
/// their values or with their names.
pub(super) fn add_extension_members(members: &mut Vec<ErrorMember>, object: &ObjectShape) {
    let ErrorValue::Object(usual) = problem_details() else { return };
    let kind = |value: &ErrorValue| match value {
        value if value.is_list() => Some(0),
        value if value.is_message() => Some(3),
        ErrorValue::Text(ErrorText::Code | ErrorText::UpperCode | ErrorText::LowerSnakeCode, _) => Some(1),
        ErrorValue::Text(ErrorText::RequestId | ErrorText::Uuid, _) => Some(2),
        _ => None,
    };
    for member in usual {
        let Some(part) = kind(&member.value) else { continue };
        let is_declared = object.properties.iter().any(|property| property.name == member.name)
            || members.iter().any(|known| kind(&known.value) == Some(part));
        if !is_declared {
            members.push(member);
        }
    }
}

/// Returns true if a template is equal to the usual problem details, in any order of the members.
pub(super) fn is_usual(value: &ErrorValue) -> bool {
    let (ErrorValue::Object(members), ErrorValue::Object(usual)) = (value, problem_details()) else { return false };
    members.len() == usual.len()
        && usual.iter().all(|one| members.iter().any(|member| member.name == one.name && member.value == one.value))
}
