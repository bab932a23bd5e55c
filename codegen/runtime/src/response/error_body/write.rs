//! Writing an error response: the slots of a template are filled from a problem.

use std::borrow::Cow;

use chrono::{SecondsFormat, Utc};
use uuid::Uuid;

use super::field::{clause, pointer, steps};
use crate::http::request_id::RequestId;
use crate::json::Writer;
use crate::operation::{ErrorChoice, ErrorList, ErrorMember, ErrorText, ErrorValue};
use crate::response::problem::Problem;
use crate::validate::violation::{InputLocation, Violation};

/// The number of violations that a sentence lists. It has no structure that a program could read.
const LISTED: usize = 10;

/// The values for the slots of a template: a problem, and in an element of a list one of its violations.
#[derive(Clone, Copy)]
struct Values<'p> {
    problem: &'p Problem,
    request_id: &'p str,
    violation: Option<&'p Violation>,
}

/// Writes a problem as JSON by a template.
pub(crate) fn as_json(template: &ErrorValue, problem: &Problem, request_id: &str, writer: &mut Writer) {
    Values { problem, request_id, violation: None }.write(template, writer);
}

/// Returns a problem as text by a template that is a single slot.
pub(crate) fn as_text(template: &ErrorValue, problem: &Problem, request_id: &str) -> String {
    let values = Values { problem, request_id, violation: None };
    match template {
        ErrorValue::Text(text) => values.text(*text).unwrap_or_default().into_owned(),
        ErrorValue::Limited(text, max) => {
            values.text(*text).map(|text| shortened(text, *max)).unwrap_or_default().into()
        }
        ErrorValue::Choice(choice) => values.choice(choice).to_owned(),
        ErrorValue::Status => problem.status.as_u16().to_string(),
        ErrorValue::Constant(text) => (*text).to_owned(),
        _ => problem.message.clone().into_owned(),
    }
}

impl<'p> Values<'p> {
    fn write(self, template: &ErrorValue, w: &mut Writer) {
        match template {
            ErrorValue::Constant(json) => w.raw(json),
            ErrorValue::Text(text) => string(self.text(*text), w),
            ErrorValue::Limited(text, max) => string(self.text(*text).map(|text| shortened(text, *max)), w),
            ErrorValue::Status => w.uint(u64::from(self.problem.status.as_u16())),
            ErrorValue::Seconds => w.int(Utc::now().timestamp()),
            ErrorValue::Milliseconds => w.int(Utc::now().timestamp_millis()),
            ErrorValue::Choice(choice) if choice.strings => w.string(self.choice(choice)),
            ErrorValue::Choice(choice) => w.raw(self.choice(choice)),
            ErrorValue::Steps => self.write_steps(w),
            ErrorValue::Object(members) => {
                w.begin_object();
                for member in *members {
                    let (name, value) = match member {
                        ErrorMember::Required(name, value) => (name, value),
                        ErrorMember::Optional(_, value) if !self.has(value) => continue,
                        ErrorMember::Optional(name, value) => (name, value),
                    };
                    w.key(name);
                    self.write(value, w);
                }
                w.end_object();
            }
            ErrorValue::List(list) => self.write_list(list, w),
            ErrorValue::MessagesByField => self.write_by_field(true, w),
            ErrorValue::MessageByField => self.write_by_field(false, w),
        }
    }

    fn write_list(self, list: &ErrorList, w: &mut Writer) {
        w.begin_array();
        if self.problem.violations.is_empty() && list.or_problem {
            Values { violation: None, ..self }.write(&list.item, w);
        }
        for violation in self.problem.violations.iter().take(list.max) {
            Values { violation: Some(violation), ..self }.write(&list.item, w);
        }
        w.end_array();
    }

    /// Writes the violations as an object of messages. Violations of one field share a key.
    fn write_by_field(self, lists: bool, w: &mut Writer) {
        let mut fields: Vec<(&str, Vec<&str>)> = Vec::new();
        for violation in &self.problem.violations {
            let field = field_or_location(violation);
            match fields.iter_mut().find(|(known, _)| *known == field) {
                Some((_, messages)) => messages.push(&violation.message),
                None => fields.push((field, vec![&violation.message])),
            }
        }
        w.begin_object();
        for (field, messages) in fields {
            w.key(field);
            match lists {
                true => {
                    w.begin_array();
                    messages.iter().for_each(|message| w.string(message));
                    w.end_array();
                }
                false => w.string(messages[0]),
            }
        }
        w.end_object();
    }

    fn write_steps(self, w: &mut Writer) {
        w.begin_array();
        if let Some(violation) = self.subject() {
            w.string(violation.location.as_str());
            steps(&violation.field).for_each(|step| w.string(step));
        }
        w.end_array();
    }

    /// Returns the violation that field slots describe: that of the element, and outside of a list the first.
    fn subject(self) -> Option<&'p Violation> {
        self.violation.or(self.problem.violations.first())
    }

    /// Returns true if the problem has a value for a slot, or for a slot within a container.
    fn has(self, template: &ErrorValue) -> bool {
        match template {
            ErrorValue::Text(text) | ErrorValue::Limited(text, _) => match text {
                ErrorText::Field | ErrorText::FieldOrNull | ErrorText::FieldOrLocation | ErrorText::Location => {
                    self.subject().is_some()
                }
                ErrorText::Pointer => self.subject().is_some_and(is_in_body),
                ErrorText::Parameter => self.subject().is_some_and(|violation| !is_in_body(violation)),
                _ => true,
            },
            ErrorValue::Steps | ErrorValue::MessagesByField | ErrorValue::MessageByField => self.subject().is_some(),
            ErrorValue::List(list) => list.or_problem || !self.problem.violations.is_empty(),
            ErrorValue::Object(members) => members.iter().any(|member| match member {
                ErrorMember::Required(_, value) | ErrorMember::Optional(_, value) => self.has(value),
            }),
            ErrorValue::Constant(_) => false,
            _ => true,
        }
    }

    /// Returns the text of a slot, or `None` for null.
    fn text(self, text: ErrorText) -> Option<Cow<'p, str>> {
        let Values { problem, request_id, .. } = self;
        let message = || match problem.message.is_empty() {
            true => title(problem),
            false => &*problem.message,
        };
        let field = self.subject().map(|violation| violation.field.as_str());
        Some(match text {
            ErrorText::Code => Cow::Borrowed(code(problem)),
            ErrorText::LowerCode => Cow::Owned(code(problem).to_ascii_lowercase()),
            ErrorText::UpperCode => identifier(problem).into(),
            ErrorText::LowerSnakeCode => identifier(problem).to_ascii_lowercase().into(),
            ErrorText::Message => self.violation.map_or_else(message, |violation| &*violation.message).into(),
            ErrorText::Sentence => match self.violation {
                Some(violation) => clause(violation),
                None => sentence(message(), &problem.violations),
            },
            ErrorText::Title => title(problem).into(),
            ErrorText::Status => problem.status.as_str().to_owned().into(),
            ErrorText::RequestId => request_id.into(),
            ErrorText::Uuid if Uuid::try_parse(request_id).is_ok() => request_id.into(),
            ErrorText::Uuid => RequestId::generate().as_str().to_owned().into(),
            ErrorText::Instance if Uuid::try_parse(request_id).is_ok() => format!("urn:uuid:{request_id}").into(),
            // The characters of a request id are allowed in a URN (RFC 8141 § 2).
            ErrorText::Instance => format!("urn:request-id:{request_id}").into(),
            ErrorText::Timestamp => Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true).into(),
            ErrorText::Date => Utc::now().date_naive().to_string().into(),
            ErrorText::Field => field.unwrap_or_default().into(),
            ErrorText::FieldOrNull => return field.map(Cow::Borrowed),
            ErrorText::FieldOrLocation => self.subject().map_or(InputLocation::Body.as_str(), field_or_location).into(),
            ErrorText::Parameter => self
                .subject()
                .filter(|violation| !is_in_body(violation))
                .map_or("", |violation| &violation.field)
                .into(),
            ErrorText::Pointer => pointer(field.unwrap_or_default()).into(),
            ErrorText::Location => {
                self.subject().map_or(InputLocation::Body, |violation| violation.location).as_str().into()
            }
        })
    }

    /// Returns the value of an enumeration that fits the problem.
    fn choice(self, choice: &ErrorChoice) -> &'static str {
        let status = self.problem.status;
        let named = |value: &&&str| choice.by_code && is_spelled_alike(value, &self.problem.code);
        if let Some(value) = choice.values.iter().find(named) {
            return value;
        }
        let listed = choice.statuses.iter().find(|(known, _)| *known == status.as_u16()).map(|(_, index)| *index);
        let index = listed.unwrap_or(if status.is_server_error() { choice.server } else { choice.client });
        choice.values.get(index).copied().unwrap_or_default()
    }
}

fn string(text: Option<Cow<'_, str>>, w: &mut Writer) {
    match text {
        Some(text) => w.string(&text),
        None => w.null(),
    }
}

/// Returns the first `max` code points of a text.
fn shortened(text: Cow<'_, str>, max: usize) -> Cow<'_, str> {
    match text.char_indices().nth(max) {
        Some((end, _)) => Cow::Owned(text[..end].to_owned()),
        None => text,
    }
}

/// Returns the error code of a problem, or that of its status code if it is empty.
fn code(problem: &Problem) -> &str {
    match problem.code.is_empty() {
        true => crate::response::problem::code_of(problem.status),
        false => &problem.code,
    }
}

/// Returns the error code of a problem if it consists of upper-case letters, digits and underscores, or else that of its
/// status code.
fn identifier(problem: &Problem) -> &str {
    let is_word = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    match problem.code.starts_with(|first: char| first.is_ascii_uppercase()) && problem.code.bytes().all(is_word) {
        true => &problem.code,
        false => crate::response::problem::code_of(problem.status),
    }
}

fn title(problem: &Problem) -> &'static str {
    problem.status.canonical_reason().unwrap_or("Unknown")
}

fn field_or_location(violation: &Violation) -> &str {
    match violation.field.is_empty() {
        true => violation.location.as_str(),
        false => &violation.field,
    }
}

fn is_in_body(violation: &Violation) -> bool {
    violation.location == InputLocation::Body
}

/// Returns a message followed by the violations, at most ten of them.
fn sentence<'m>(message: &'m str, violations: &[Violation]) -> Cow<'m, str> {
    if violations.is_empty() {
        return Cow::Borrowed(message);
    }
    let clauses: Vec<Cow<'_, str>> = violations.iter().take(LISTED).map(clause).collect();
    let more = match violations.len().saturating_sub(LISTED) {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    Cow::Owned(format!("{message}: {}{more}", clauses.join("; ")))
}

/// Returns true if two names differ at most in case and in separators, as `NotFound` and `not_found` do.
fn is_spelled_alike(one: &str, other: &str) -> bool {
    let letters = |name: &str| {
        let letters: Vec<u8> = name.bytes().filter(u8::is_ascii_alphanumeric).map(|b| b.to_ascii_uppercase()).collect();
        letters
    };
    letters(one) == letters(other)
}
