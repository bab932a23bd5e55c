//! Receiving a multipart form part by part, and validating it by its [`FormRule`]. All typed forms share this code,
//! so that it is compiled once.

use std::collections::HashSet;

use bytes::Bytes;
use http::StatusCode;

use super::body::Multipart;
use super::error::MultipartError;
use super::file::FileStream;
use super::media_check::{media_violation, transfer_violation};
use super::part::Part;
use super::pending::{Content, Pending, Value};
use super::rule::{FormRule, PartKind, PartRule};
use super::styled::{is_spread, object_of};
use super::tally::Tally;
use crate::http::media::MediaType;
use crate::json::{Canonical, Count, Reader, TextValue, canonical};
use crate::operation::Operation;
use crate::request::deferred_refusal::DeferredRefusal;
use crate::response::problem::Problem;
use crate::validate::rules::Unknown;
use crate::validate::violation::InputLocation;
use crate::validate::violation::{Violation, Violations};

/// The name of the form part that declares the charset of a form and does not belong to it (RFC 7578 § 4.6).
const CHARSET: &str = "_charset_";

/// The maximum size of a form part that is held in memory, in bytes. Files are streamed and have no such limit.
const MAX_VALUE_BYTES: usize = 1 << 20;

/// A received part of a multipart form, before generated code converts it into a variant of the form's enum.
pub(super) enum Arrived<'a, 'r> {
    Value(usize, &'a str, &'a mut Reader<'r>),
    File(usize, &'a str, FileStream),
}

/// The callback that converts a received part of a multipart form into a variant of the form's generated enum. It
/// returns false if the conversion fails.
pub(super) type Take<'t> = dyn FnMut(Arrived<'_, '_>) -> bool + Send + 't;

/// The state of a multipart form while it is received.
#[derive(Debug)]
pub(crate) struct Intake {
    parts: Multipart,
    operation: &'static Operation,
    refusal: DeferredRefusal,
    violations: Violations,
    tally: Tally,
    /// The elements received so far of form lists with `uniqueItems`, each with the index of its part.
    elements: HashSet<(usize, Canonical)>,
    pending: Pending,
    ended: bool,
}

impl Intake {
    pub(crate) fn new(parts: Multipart, operation: &'static Operation, refusal: DeferredRefusal) -> Intake {
        Intake {
            parts,
            operation,
            refusal,
            violations: Violations::default(),
            tally: Tally::new(),
            elements: HashSet::new(),
            pending: Pending::default(),
            ended: false,
        }
    }

    /// Passes the next valid part of the multipart form to the callback `take`, and returns true. Returns false at the
    /// end of the form.
    pub(super) async fn next(&mut self, rule: &'static FormRule, take: &mut Take<'_>) -> Result<bool, MultipartError> {
        loop {
            while let Some(content) = self.pending.pop() {
                if self.read(rule, content, take) {
                    return Ok(true);
                }
            }
            if self.ended {
                return Ok(false);
            }
            let Some(part) = self.parts.next().await? else {
                if self.pending.end_object(rule) {
                    continue;
                }
                self.ended = true;
                self.tally.check(rule, &mut self.violations);
                return match self.violations.is_empty() {
                    true => Ok(false),
                    false => Err(self.refuse()),
                };
            };
            if let Some(message) = self.tally.part(rule) {
                self.violate("", message);
                return Err(self.refuse());
            }
            let Some((index, name, mut part)) = self.locate(rule, part).await? else { continue };
            // Only a form has file inputs, whose parts have names.
            if !rule.positional && part.is_empty_file_input().await? {
                self.tally.leave_empty(index);
                continue;
            }
            let Some(part_rule) = rule.parts.get(index).or(rule.rest.as_ref()) else { continue };
            if !self.tally.receive(part_rule, index, &name) {
                self.violate(&name, "must appear only once".to_owned());
                continue;
            }
            let valid = self.check_head(part_rule, &name, index, &part);
            if !valid || part_rule.kind == PartKind::File {
                self.tally.element(index);
                if valid && self.violations.is_empty() && take(Arrived::File(index, &name, FileStream::new(part))) {
                    return Ok(true);
                }
                continue;
            }
            let json = part_rule.kind == PartKind::Json || part.media().is_some_and(|media| media.is_json());
            let Some(bytes) = self.buffer(&name, part).await? else { continue };
            let outcome = match part_rule.style {
                Some(style) => self.pending.styled(part_rule, style, (index, &name), &bytes),
                None if json => self.pending.json(part_rule, (index, &name), bytes),
                None => self.pending.text((index, &name), bytes),
            };
            if let Err(violations) = outcome {
                self.violations.extend(violations);
            }
        }
    }

    /// Returns the index of the constraints of a received part, as [`find_rule`] does, and the name of the part. Returns
    /// `None` for a part that is skipped or refused.
    async fn locate(&mut self, rule: &FormRule, part: Part) -> Result<Option<(usize, String, Part)>, MultipartError> {
        if rule.positional {
            return Ok(self.tally.position(rule).map(|(index, name)| (index, name, part)));
        }
        let Some(name) = self.name(rule, &part) else { return Ok(None) };
        if let Some(index) = find_rule(rule, &name) {
            return Ok(Some((index, name, part)));
        }
        if rule.ignored.contains(&name.as_str()) {
            return Ok(None);
        }
        match name == CHARSET {
            true => self.check_charset(part).await?,
            false => self.pass_unlisted(rule, name),
        }
        Ok(None)
    }

    /// Returns the name of a received part. Returns `None` for a part without a name, which a form must not contain
    /// (RFC 7578 § 4.2). Other multipart bodies may, unless the contract forbids unknown parts.
    fn name(&mut self, rule: &FormRule, part: &Part) -> Option<String> {
        let name = part.name().map(str::to_owned);
        if name.is_none() && (self.parts.is_form || rule.unknown == Unknown::Deny) {
            self.violate("", "must not contain a part without a name".to_owned());
        }
        name
    }

    /// Ignores a form part that the contract does not list, or records a violation if the contract forbids it.
    fn pass_unlisted(&mut self, rule: &FormRule, name: String) {
        if rule.unknown == Unknown::Deny {
            self.violate(&name, "is not a known field".to_owned());
        }
        self.tally.pass(name);
    }

    /// Records a violation if the form part `_charset_` declares that values are not in UTF-8.
    async fn check_charset(&mut self, part: Part) -> Result<(), MultipartError> {
        let Some(bytes) = self.buffer(CHARSET, part).await? else { return Ok(()) };
        let declared = MediaType::text_in(String::from_utf8_lossy(&bytes).trim());
        if let Some(message) = declared.foreign_charset() {
            self.violate(CHARSET, message);
        }
        Ok(())
    }

    /// Checks the media type and the headers of a form part. Returns false after recording a violation.
    fn check_head(&mut self, rule: &PartRule, name: &str, index: usize, part: &Part) -> bool {
        let before = self.violations.list.len();
        let field = self.tally.field(rule, name, index);
        if let Some(message) = media_violation(rule, part.media().as_ref()) {
            self.violate(&field, message);
        }
        if let Some(message) = transfer_violation(rule, part.header("content-transfer-encoding")) {
            self.violate(&field, message);
        }
        for header in rule.headers {
            let path = format!("{field}.{}", header.name);
            match part.header(header.name) {
                None if header.required => self.violate(&path, "is required".to_owned()),
                None => {}
                Some(text) => {
                    let mut reader = Reader::text(TextValue::Scalar(text.trim().into()), InputLocation::Body, &path);
                    (header.check)(&mut reader);
                    self.violations.extend(reader.into_violations());
                }
            }
        }
        self.violations.list.len() == before
    }

    /// Returns all bytes of a form part. Returns `None` and records a violation if the part is too large for memory.
    async fn buffer(&mut self, name: &str, mut part: Part) -> Result<Option<Bytes>, MultipartError> {
        let mut buffer = Vec::new();
        while let Some(chunk) = part.chunk().await? {
            if buffer.len() + chunk.len() > MAX_VALUE_BYTES {
                self.violate(name, format!("must have at most {}", Count(MAX_VALUE_BYTES, "byte")));
                return Ok(None);
            }
            buffer.extend_from_slice(&chunk);
        }
        Ok(Some(Bytes::from(buffer)))
    }

    fn read(&mut self, rule: &FormRule, content: Content, take: &mut Take<'_>) -> bool {
        let Content { index, name, value } = content;
        let Some(part_rule) = rule.parts.get(index).or(rule.rest.as_ref()) else { return false };
        let field = self.tally.field(part_rule, &name, index);
        self.tally.element(index);
        let (Value::Json(bytes) | Value::Text(bytes)) = &value else {
            let Value::Styled(object) = value else { return false };
            let (valid, _) = self.take(Reader::text(object, InputLocation::Body, &field), (index, &name), take);
            return valid && self.violations.is_empty();
        };
        let Ok(text) = std::str::from_utf8(bytes) else {
            self.violate(&field, "must be UTF-8".to_owned());
            return false;
        };
        let json = matches!(value, Value::Json(_));
        let reader = match json {
            true => Reader::json_at(bytes, InputLocation::Body, &field),
            false => Reader::text(TextValue::Scalar(text.into()), InputLocation::Body, &field),
        };
        let (valid, is_number) = self.take(reader, (index, &name), take);
        if valid && part_rule.unique {
            let mut element = match json {
                true => canonical(text).unwrap_or(Canonical::Null),
                false => Canonical::String(text.to_owned()),
            };
            if is_number {
                element.become_number();
            }
            if !self.elements.insert((index, element)) {
                self.violate(&field, "must not be equal to another element".to_owned());
            }
        }
        valid && self.violations.is_empty()
    }

    /// Passes a value to the callback `take`. Returns true if the value is valid, and true if it is the text of a
    /// number.
    fn take(&mut self, mut reader: Reader<'_>, (index, name): (usize, &str), take: &mut Take<'_>) -> (bool, bool) {
        let taken = take(Arrived::Value(index, name, &mut reader));
        reader.finish();
        let is_number = reader.was_number();
        let violations = reader.into_violations();
        let valid = taken && violations.is_empty();
        self.violations.extend(violations);
        (valid, is_number)
    }

    fn violate(&mut self, field: &str, message: String) {
        self.violations.push(Violation::body(field, message));
    }

    /// Stores the refusal with all violations of the form: a 422 if the contract declares it, otherwise a 400.
    fn refuse(&mut self) -> MultipartError {
        let violations = std::mem::take(&mut self.violations);
        let status = match self.operation.declares(422) && !violations.malformed {
            true => StatusCode::UNPROCESSABLE_ENTITY,
            false => StatusCode::BAD_REQUEST,
        };
        let mut problem = Problem::new(status, "the body is not valid");
        if status == StatusCode::BAD_REQUEST {
            problem.code = "VALIDATION_ERROR".into();
        }
        problem.violations = violations.list;
        self.ended = true;
        self.pending.clear();
        self.refusal.put(problem);
        MultipartError::new()
    }

    /// Stores an internal error for a form that has all required parts but cannot be assembled. This happens
    /// only if generated code contradicts the [`FormRule`].
    pub(super) fn incomplete(&self) -> MultipartError {
        self.refusal.put(Problem::internal("a form with all required parts could not be assembled"));
        MultipartError::new()
    }
}

/// Returns the index in [`FormRule::parts`] of a part that the contract lists, or their number for a part that is kept
/// although the contract does not list it. Returns `None` for any other part.
fn find_rule(rule: &FormRule, name: &str) -> Option<usize> {
    let is_listed = |part: &PartRule| part.name == name && !part.style.is_some_and(is_spread);
    let listed = rule.parts.iter().position(is_listed).or_else(|| object_of(rule, name));
    let is_kept = rule.rest.is_some() && name != CHARSET && !rule.ignored.contains(&name);
    listed.or(is_kept.then_some(rule.parts.len()))
}
