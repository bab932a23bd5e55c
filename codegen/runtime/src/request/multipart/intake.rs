//! Taking a form in part by part, as its rule says: the work of all typed forms, compiled once.

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

/// How many parts a form may have.
const MOST_PARTS: usize = 1024;

/// How many bytes a part may have that is held to be read.
const LARGEST_VALUE: usize = 1 << 20;

/// A part on its way to its type.
pub(super) enum Arrived<'a, 'r> {
    Value(usize, &'a str, &'a mut Reader<'r>),
    File(usize, &'a str, FileStream),
}

/// What makes a part of the contract's of what arrived; false where that is none.
pub(super) type Take<'t> = dyn FnMut(Arrived<'_, '_>) -> bool + Send + 't;

/// A form that is being taken in.
#[derive(Debug)]
pub(crate) struct Intake {
    parts: Multipart,
    operation: &'static Operation,
    refusal: DeferredRefusal,
    violations: Violations,
    /// How many parts came.
    count: usize,
    /// Whether each named part came, and how many elements it has so far.
    came: Vec<bool>,
    seen: Vec<usize>,
    /// The names that came and that the contract does not list.
    others: BTreeSet<String>,
    /// The elements of lists in which no two may be equal.
    elements: Vec<(usize, Canonical)>,
    /// Elements of a JSON array that came as one part.
    pending: VecDeque<Content>,
    ended: bool,
}

/// The content of a part that is held to be read.
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
            came: Vec::new(),
            seen: Vec::new(),
            others: BTreeSet::new(),
            elements: Vec::new(),
            pending: VecDeque::new(),
            ended: false,
        }
    }

    /// Goes on to the next part that fits and hands it to `take`; false at the end of the form.
    pub(super) async fn next(&mut self, rule: &'static FormRule, take: &mut Take<'_>) -> Result<bool, MultipartError> {
        self.came.resize(rule.parts.len(), false);
        self.seen.resize(rule.parts.len() + 1, 0);
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
                self.miss(rule);
                return match self.violations.is_empty() {
                    true => Ok(false),
                    false => Err(self.refuse()),
                };
            };
            self.count += 1;
            if self.count > MOST_PARTS {
                self.violate("", format!("must have at most {}", Count(MOST_PARTS, "part")));
                return Err(self.refuse());
            }
            let Some((index, name)) = self.place(rule, &part) else { continue };
            let Some(part_rule) = rule.parts.get(index).or(rule.rest.as_ref()) else { continue };
            let fits = self.check_head(part_rule, &name, index, &part);
            if !fits || part_rule.kind == PartKind::File {
                self.seen[index] += 1;
                if fits && self.violations.is_empty() && take(Arrived::File(index, &name, FileStream::new(part))) {
                    return Ok(true);
                }
                continue;
            }
            let json = part_rule.kind == PartKind::Json || media(&part).is_some_and(|media| media.is_json());
            let Some(bytes) = self.hold(&name, part).await? else { continue };
            self.split(part_rule, Content { index, name, json, bytes });
        }
    }

    /// Which part of the rule this is; nothing for one that is skipped or refused.
    fn place(&mut self, rule: &FormRule, part: &Part) -> Option<(usize, String)> {
        let Some(name) = part.name().map(str::to_owned) else {
            if rule.unknown == Unknown::Deny {
                self.violate("", "has a part without a name".to_owned());
            }
            return None;
        };
        if let Some(index) = rule.parts.iter().position(|known| known.name == name) {
            let again = std::mem::replace(&mut self.came[index], true);
            if again && !rule.parts[index].repeated {
                self.violate(&name, "must appear only once".to_owned());
                return None;
            }
            return Some((index, name));
        }
        // RFC 7578 § 4.6: it tells the charset, and is no part of the form.
        if name == "_charset_" {
            return None;
        }
        let again = !self.others.insert(name.clone());
        if rule.rest.is_some() {
            if again && !rule.rest.is_some_and(|rest| rest.repeated) {
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

    /// Checks the media type and the headers of a part.
    fn check_head(&mut self, rule: &PartRule, name: &str, index: usize, part: &Part) -> bool {
        let before = self.violations.list.len();
        let field = self.field(rule, name, index);
        let said = media(part);
        if !fits(rule, said.as_ref()) {
            let wanted = match (rule.media, rule.kind) {
                ([], PartKind::Json) => "application/json".to_owned(),
                ([], _) => "text/plain".to_owned(),
                (several, _) => several.join(" or "),
            };
            let found = said.map_or_else(String::new, |said| format!(", not {}", said.essence));
            self.violate(&field, format!("must be {wanted}{found}"));
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

    /// All bytes of a part; nothing where there are too many.
    async fn hold(&mut self, name: &str, mut part: Part) -> Result<Option<Bytes>, MultipartError> {
        let mut held = Vec::new();
        while let Some(chunk) = part.chunk().await? {
            if held.len() + chunk.len() > LARGEST_VALUE {
                self.violate(name, format!("must have at most {}", Count(LARGEST_VALUE, "byte")));
                return Ok(None);
            }
            held.extend_from_slice(&chunk);
        }
        Ok(Some(Bytes::from(held)))
    }

    /// Puts the elements of a part forward to be read: those of a JSON array, where it is a list that
    /// came as one part.
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
        self.seen[*index] += 1;
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
        let fits = taken && violations.is_empty();
        self.violations.extend(violations);
        if fits && part_rule.unique {
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
        fits && self.violations.is_empty()
    }

    /// Records what did not come, and of what too much or too little came.
    fn miss(&mut self, rule: &FormRule) {
        for (index, part) in rule.parts.iter().enumerate() {
            let count = self.seen[index];
            if !self.came[index] {
                if part.required {
                    self.violate(part.name, "is required".to_owned());
                }
            } else if part.repeated && count < part.min {
                self.violate(part.name, format!("must have at least {}", Count(part.min, "element")));
            } else if let Some(max) = part.max.filter(|max| part.repeated && count > *max) {
                self.violate(part.name, format!("must have at most {}", Count(max, "element")));
            }
        }
        let names = self.came.iter().filter(|came| **came).count() + self.others.len();
        if names < rule.min {
            self.violate("", format!("must have at least {}", Count(rule.min, "field")));
        }
        if let Some(max) = rule.max.filter(|max| names > *max) {
            self.violate("", format!("must have at most {}", Count(max, "field")));
        }
    }

    /// What messages call a part: an element of a list with its place.
    fn field(&self, rule: &PartRule, name: &str, index: usize) -> String {
        match rule.repeated {
            true => format!("{name}[{}]", self.seen[index]),
            false => name.to_owned(),
        }
    }

    fn violate(&mut self, field: &str, message: String) {
        self.violations.push(Violation::body(field, message));
    }

    /// Refuses the body for all that is wrong with it: a 422 where the contract declares it, else a 400.
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

    /// The parts are those of the rule and make no form: generated code and its rule do not agree.
    pub(super) fn incomplete(&self) -> MultipartError {
        self.refusal.put(Problem::internal("a form is incomplete that lacks no part"));
        MultipartError::new()
    }
}

fn media(part: &Part) -> Option<MediaType> {
    part.content_type().and_then(MediaType::parse)
}

/// Whether a part may have a media type. RFC 7578 § 4.4: what says nothing is `text/plain`, and
/// what a browser sends of a value says nothing.
fn fits(rule: &PartRule, said: Option<&MediaType>) -> bool {
    let utf8 = said.is_none_or(MediaType::is_utf8);
    let value = rule.kind != PartKind::File;
    let unsaid = said.is_none_or(|said| said.essence == "text/plain");
    if value && unsaid {
        return utf8;
    }
    let listed = |said: &MediaType| {
        rule.media.iter().filter_map(|media| MediaType::parse(media)).any(|media| media.covers(said).is_some())
    };
    match (rule.media, said) {
        ([], Some(said)) if rule.kind == PartKind::Json => utf8 && said.is_json(),
        ([], Some(said)) if value => utf8 && (said.is_json() || said.essence.starts_with("text/")),
        ([], _) => true,
        (_, Some(said)) => listed(said) && (utf8 || !value),
        (_, None) => false,
    }
}
