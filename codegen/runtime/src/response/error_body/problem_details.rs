//! The template of RFC 9457 problem details.

use crate::operation::{ErrorBody, ErrorContent, ErrorList, ErrorMember, ErrorText, ErrorValue};

/// The body of error responses with RFC 9457 problem details, for contracts that declare no error schema. The code,
/// the violations and the request id are extension members (§ 3.2).
pub static PROBLEM_DETAILS: ErrorBody = ErrorBody {
    media_type: "application/problem+json",
    content: ErrorContent::Json(ErrorValue::Object(&[
        ErrorMember::Required("type", ErrorValue::Constant("\"about:blank\"")),
        ErrorMember::Required("title", ErrorValue::Text(ErrorText::Title)),
        ErrorMember::Required("status", ErrorValue::Status),
        ErrorMember::Required("detail", ErrorValue::Text(ErrorText::Message)),
        ErrorMember::Required("code", ErrorValue::Text(ErrorText::Code)),
        ErrorMember::Optional("errors", ErrorValue::List(&PROBLEM_VIOLATIONS)),
        ErrorMember::Required("requestId", ErrorValue::Text(ErrorText::RequestId)),
    ])),
};

/// The list of violations in RFC 9457 problem details, as an extension member.
pub static PROBLEM_VIOLATIONS: ErrorList = ErrorList {
    item: ErrorValue::Object(&[
        ErrorMember::Required("in", ErrorValue::Text(ErrorText::Location)),
        ErrorMember::Required("field", ErrorValue::Text(ErrorText::Field)),
        ErrorMember::Required("message", ErrorValue::Text(ErrorText::Message)),
    ]),
    max: usize::MAX,
    or_problem: false,
};
