//! Reading an error response in a client: the slots of a template give back the problem.

use std::borrow::Cow;

use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::Value;

use super::problem_details::PROBLEM_DETAILS;
use crate::http::request_id::X_REQUEST_ID;
use crate::operation::{ErrorBody, ErrorContent, ErrorList, ErrorMember, ErrorText, ErrorValue};
use crate::response::problem::Problem;
use crate::validate::violation::Violation;

/// The texts of a received error response, by the slots of its template.
#[derive(Debug, Default)]
struct Texts {
    code: Option<String>,
    status: Option<String>,
    message: Option<String>,
    title: Option<String>,
    request_id: Option<String>,
    field: Option<String>,
    violations: Vec<Violation>,
}

/// Reads a problem from an error response that a client received.
///
/// A proxy may respond in another shape. The problem then has only the data that the status code implies.
pub(crate) fn read(body: &ErrorBody, status: StatusCode, headers: &HeaderMap, bytes: &[u8]) -> Problem {
    let media = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_details = |media: &str| media.starts_with(PROBLEM_DETAILS.media_type);
    let body = if is_details(media) && !is_details(body.media_type) { &PROBLEM_DETAILS } else { body };
    let mut texts = Texts::default();
    match &body.content {
        ErrorContent::Text(_) => texts.message = String::from_utf8(bytes.to_vec()).ok().filter(|text| !text.is_empty()),
        ErrorContent::Json(template) => texts.take(template, &serde_json::from_slice(bytes).unwrap_or_default()),
        ErrorContent::Converted(_) => {}
    }
    let reason = status.canonical_reason().unwrap_or("refused");
    let message = texts.message.or(texts.title).map(Cow::Owned);
    let mut problem = Problem::new(status, message.unwrap_or(Cow::Borrowed(reason)));
    if let Some(code) = texts.code.or(texts.status) {
        problem.code = Cow::Owned(code);
    }
    problem.violations = texts.violations;
    problem.headers.extend(headers.iter().map(|(name, value)| (name.clone(), value.clone())));
    let id = texts.request_id.and_then(|id| HeaderValue::try_from(id).ok());
    if let Some(id) = id.filter(|_| !headers.contains_key(X_REQUEST_ID)) {
        problem.headers.push((X_REQUEST_ID, id));
    }
    problem
}

impl Texts {
    fn take(&mut self, template: &ErrorValue, value: &Value) {
        match template {
            ErrorValue::Text(text) | ErrorValue::Limited(text, _) => self.take_text(*text, value),
            ErrorValue::Status => self.status = self.status.take().or(text_of(value)),
            ErrorValue::Choice(choice) if choice.by_code => self.code = self.code.take().or(text_of(value)),
            ErrorValue::Choice(_) => self.status = self.status.take().or(text_of(value)),
            ErrorValue::Steps => {
                let steps = value.as_array().into_iter().flatten().skip(1).filter_map(text_of);
                self.field = Some(steps.collect::<Vec<_>>().join("."));
            }
            ErrorValue::Object(members) => {
                for ErrorMember::Required(name, inner) | ErrorMember::Optional(name, inner) in *members {
                    if let Some(value) = value.get(name) {
                        self.take(inner, value);
                    }
                }
            }
            ErrorValue::List(list) => {
                value.as_array().into_iter().flatten().for_each(|item| self.take_item(list, item))
            }
            ErrorValue::MessagesByField | ErrorValue::MessageByField => {
                for (field, messages) in value.as_object().into_iter().flatten() {
                    let one = std::slice::from_ref(messages);
                    let messages = messages.as_array().map_or(one, Vec::as_slice).iter().filter_map(text_of);
                    self.violations.extend(messages.map(|message| Violation::body(field, message)));
                }
            }
            ErrorValue::Constant(_) | ErrorValue::Seconds | ErrorValue::Milliseconds => {}
        }
    }

    fn take_text(&mut self, text: ErrorText, value: &Value) {
        let slot = match text {
            ErrorText::Code | ErrorText::LowerCode | ErrorText::UpperCode | ErrorText::LowerSnakeCode => &mut self.code,
            ErrorText::Message | ErrorText::Sentence => &mut self.message,
            ErrorText::Title => &mut self.title,
            ErrorText::Status => &mut self.status,
            ErrorText::RequestId | ErrorText::Uuid => &mut self.request_id,
            ErrorText::Field
            | ErrorText::FieldOrNull
            | ErrorText::FieldOrLocation
            | ErrorText::Parameter
            | ErrorText::Pointer => &mut self.field,
            ErrorText::Instance | ErrorText::Timestamp | ErrorText::Date | ErrorText::Location => return,
        };
        if slot.is_none() {
            *slot = text_of(value);
        }
    }

    /// Reads an element of a list: a violation, or the problem itself if the schema has no other message.
    fn take_item(&mut self, list: &ErrorList, value: &Value) {
        let mut item = Texts::default();
        item.take(&list.item, value);
        let field = item.field.unwrap_or_default();
        self.code = self.code.take().or(item.code);
        self.status = self.status.take().or(item.status);
        self.title = self.title.take().or(item.title);
        self.request_id = self.request_id.take().or(item.request_id);
        let message = item.message.unwrap_or_default();
        if list.or_problem && self.message.is_none() {
            self.message = Some(message.clone());
            if field.is_empty() {
                return;
            }
        }
        self.violations.push(Violation::body(field, message));
    }
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
