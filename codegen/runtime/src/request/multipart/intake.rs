//! Receiving a multipart form part by part, and validating it by its [`FormRule`]. All typed forms share this code,
//! so that it is compiled once.

use std::collections::{BTreeSet, VecDeque};

use bytes::Bytes;
use http::StatusCode;

use super::body::Multipart;
use super::error::MultipartError;
use super::file::FileStream;
use super::part::Part;
use super::rule::{FormRule, PartKind, PartRule};
use crate::http::media::MediaType;
use crate::json::{Canonical, Count, Reader, TextValue, canonical};
use crate::operation::Operation;
use crate::request::deferred_refusal::DeferredRefusal;
use crate::response::problem::Problem;
use crate::validate::rules::{ArrayRule, Unknown};
use crate::validate::violation::InputLocation;
use crate::validate::violation::{Violation, Violations};

/// The maximum number of parts of a multipart form.
const MAX_PARTS: usize = 1024;

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
    /// The number of form parts received so far.
    count: usize,
    /// True for each form part that was received, by the part's index in [`FormRule::parts`].
    received: Vec<bool>,
    /// The number of elements received so far for each form part, by the part's index in [`FormRule::parts`].
    counts: Vec<usize>,
    /// The names of received form parts that the contract does not list.
    unlisted: BTreeSet<String>,
    /// The elements received so far of form lists with `uniqueItems`, each with the index of its part.
    elements: Vec<(usize, Canonical)>,
    /// The received form values that are not read yet. A part that contains a JSON array adds one for each element.
    pending: VecDeque<Content>,
    ended: bool,
    /// True if the position of a part selects its constraints; the name of a part is then its position, such as `[3]`.
    positional: bool,
}

/// The content of a form part that is held in memory.
#[derive(Debug)]
struct Content {
    index: usize,
    name: String,
    json: bool,
    bytes: Bytes,
}

impl Intake {
    pub(crate) fn new(parts: Multipart, operation: &'static Operation, refusal: DeferredRefusal) -> Intake {
        Intake {
            parts,
            operation,
            refusal,
            violations: Violations::default(),
            count: 0,
            received: Vec::new(),
            counts: Vec::new(),
            unlisted: BTreeSet::new(),
            elements: Vec::new(),
            pending: VecDeque::new(),
            ended: false,
            positional: false,
        }
    }

    /// Passes the next valid part of the multipart form to the callback `take`, and returns true. Returns false at the
    /// end of the form.
    pub(super) async fn next(&mut self, rule: &'static FormRule, take: &mut Take<'_>) -> Result<bool, MultipartError> {
        self.received.resize(rule.parts.len(), false);
        self.counts.resize(rule.parts.len() + 1, 0);
        self.positional = rule.positional;
        loop {
            while let Some(content) = self.pending.pop_front() {
                if self.read(rule, &content, take) {
                    return Ok(true);
                }
            }
            if self.ended {
                return Ok(false);
            }
            let Some(part) = self.parts.next().await? else {
                self.ended = true;
                self.check_counts(rule);
                return match self.violations.is_empty() {
                    true => Ok(false),
                    false => Err(self.refuse()),
                };
            };
            self.count += 1;
            if self.count > MAX_PARTS {
                self.violate("", format!("must have at most {}", Count(MAX_PARTS, "part")));
                return Err(self.refuse());
            }
            let Some((index, name)) = self.find_rule(rule, &part) else { continue };
            let Some(part_rule) = rule.parts.get(index).or(rule.rest.as_ref()) else { continue };
            let valid = self.check_head(part_rule, &name, index, &part);
            if !valid || part_rule.kind == PartKind::File {
                self.counts[index] += 1;
                if valid && self.violations.is_empty() && take(Arrived::File(index, &name, FileStream::new(part))) {
                    return Ok(true);
                }
                continue;
            }
            let json = part_rule.kind == PartKind::Json || media(&part).is_some_and(|media| media.is_json());
            let Some(bytes) = self.buffer(&name, part).await? else { continue };
            self.split(part_rule, Content { index, name, json, bytes });
        }
    }

    /// Returns the name of a received form part and its index in [`FormRule::parts`]. Returns `None` for a part
    /// that is skipped or refused.
    fn find_rule(&mut self, rule: &FormRule, part: &Part) -> Option<(usize, String)> {
        if rule.positional {
            let position = self.count - 1;
            let last = rule.parts.len().checked_sub(1)?;
            let listed = position <= last || rule.parts[last].repeated;
            let index = position.min(last);
            self.received[index] |= listed;
            return listed.then(|| (index, format!("[{position}]")));
        }
        let Some(name) = part.name().map(str::to_owned) else {
            if rule.unknown == Unknown::Deny {
                self.violate("", "must not contain a part without a name".to_owned());
            }
            return None;
        };
        if let Some(index) = rule.parts.iter().position(|known| known.name == name) {
            let repeated = std::mem::replace(&mut self.received[index], true);
            if repeated && !rule.parts[index].repeated {
                self.violate(&name, "must appear only once".to_owned());
                return None;
            }
            return Some((index, name));
        }
        // The field `_charset_` specifies the character encoding and does not belong to the form (RFC 7578 § 4.6).
        if name == "_charset_" {
            return None;
        }
        let repeated = !self.unlisted.insert(name.clone());
        if rule.rest.is_some() {
            if repeated && !rule.rest.is_some_and(|rest| rest.repeated) {
                self.violate(&name, "must appear only once".to_owned());
                return None;
            }
            return Some((rule.parts.len(), name));
        }
        if rule.unknown == Unknown::Deny {
            self.violate(&name, "is not a known field".to_owned());
        }
        None
    }

    /// Checks the media type and the headers of a form part. Returns false after recording a violation.
    fn check_head(&mut self, rule: &PartRule, name: &str, index: usize, part: &Part) -> bool {
        let before = self.violations.list.len();
        let field = self.field(rule, name, index);
        let media_type = media(part);
        if !allows(rule, media_type.as_ref()) {
            let allowed = match (rule.media, rule.kind) {
                ([], PartKind::Json) => "application/json".to_owned(),
                ([], _) => "text/plain".to_owned(),
                (several, _) => several.join(" or "),
            };
            let found = media_type.map_or_else(String::new, |media_type| format!(", not {}", media_type.essence));
            self.violate(&field, format!("must be {allowed}{found}"));
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

    /// Queues the content of a form part for reading. A list that was received as one JSON array is split into
    /// its elements.
    fn split(&mut self, rule: &PartRule, content: Content) {
        let is_array = content.bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[');
        if !(rule.repeated && content.json && is_array) {
            self.pending.push_back(content);
            return;
        }
        let mut reader = Reader::json_at(&content.bytes, InputLocation::Body, &content.name);
        let raw = |r: &mut Reader<'_>| r.raw().map(Bytes::copy_from_slice);
        let elements = reader.array(&ArrayRule::NONE, raw).unwrap_or_default();
        reader.finish();
        self.violations.extend(reader.into_violations());
        let Content { index, name, .. } = content;
        self.pending.extend(elements.into_iter().map(|bytes| Content { index, name: name.clone(), json: true, bytes }));
    }

    fn read(&mut self, rule: &FormRule, content: &Content, take: &mut Take<'_>) -> bool {
        let Content { index, name, json, bytes } = content;
        let Some(part_rule) = rule.parts.get(*index).or(rule.rest.as_ref()) else { return false };
        let field = self.field(part_rule, name, *index);
        self.counts[*index] += 1;
        let Ok(text) = std::str::from_utf8(bytes) else {
            self.violate(&field, "must be UTF-8".to_owned());
            return false;
        };
        let mut reader = match json {
            true => Reader::json_at(bytes, InputLocation::Body, &field),
            false => Reader::text(TextValue::Scalar(text.into()), InputLocation::Body, &field),
        };
        let taken = take(Arrived::Value(*index, name, &mut reader));
        reader.finish();
        let violations = reader.into_violations();
        let valid = taken && violations.is_empty();
        self.violations.extend(violations);
        if valid && part_rule.unique {
            let element = match json {
                true => canonical(text).unwrap_or(Canonical::Null),
                false => Canonical::String(text.to_owned()),
            };
            let element = (*index, element);
            if self.elements.contains(&element) {
                self.violate(&field, "must not be equal to another element".to_owned());
            }
            self.elements.push(element);
        }
        valid && self.violations.is_empty()
    }

    /// Records a violation for each missing part of the form, and for each list with too few or too many elements.
    fn check_counts(&mut self, rule: &FormRule) {
        for (index, part) in rule.parts.iter().enumerate() {
            let count = self.counts[index];
            if !self.received[index] {
                if part.required {
                    self.violate(part.name, "is required".to_owned());
                }
            } else if part.repeated && count < part.min {
                self.violate(part.name, format!("must have at least {}", Count(part.min, "element")));
            } else if let Some(max) = part.max.filter(|max| part.repeated && count > *max) {
                self.violate(part.name, format!("must have at most {}", Count(max, "element")));
            }
        }
        let names = self.received.iter().filter(|received| **received).count() + self.unlisted.len();
        if names < rule.min {
            self.violate("", format!("must have at least {}", Count(rule.min, "field")));
        }
        if let Some(max) = rule.max.filter(|max| names > *max) {
            self.violate("", format!("must have at most {}", Count(max, "field")));
        }
    }

    /// Returns the field name of a violation: the name of the form part, with an index if the part is a list element.
    fn field(&self, rule: &PartRule, name: &str, index: usize) -> String {
        match rule.repeated && !self.positional {
            true => format!("{name}[{}]", self.counts[index]),
            false => name.to_owned(),
        }
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

fn media(part: &Part) -> Option<MediaType> {
    part.content_type().and_then(MediaType::parse)
}

/// Returns true if the [`PartRule`] of a form part allows `media_type`, the media type of a received part.
///
/// A part without a media type is `text/plain` (RFC 7578 § 4.4). Browsers send values without one.
fn allows(rule: &PartRule, media_type: Option<&MediaType>) -> bool {
    let utf8 = media_type.is_none_or(MediaType::is_utf8);
    let value = rule.kind != PartKind::File;
    let is_plain = media_type.is_none_or(|media_type| media_type.essence == "text/plain");
    if value && is_plain {
        return utf8;
    }
    let listed = |media_type: &MediaType| {
        rule.media.iter().filter_map(|media| MediaType::parse(media)).any(|media| media.covers(media_type).is_some())
    };
    match (rule.media, media_type) {
        ([], Some(media_type)) if rule.kind == PartKind::Json => utf8 && media_type.is_json(),
        ([], Some(media_type)) if value => utf8 && (media_type.is_json() || media_type.essence.starts_with("text/")),
        ([], _) => true,
        (_, Some(media_type)) => listed(media_type) && (utf8 || !value),
        (_, None) => false,
    }
}
