//! The values of a multipart form that were received and are not read yet.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;

use super::rule::{FormRule, PartRule, PartStyle};
use super::styled::{SpreadObjects, alternating, elements};
use crate::json::{Reader, TextValue};
use crate::validate::rules::ArrayRule;
use crate::validate::violation::{InputLocation, Violation, Violations};

/// The values of a multipart form that were received and are not read yet. A form part that contains a list adds one
/// value for each element.
#[derive(Debug, Default)]
pub(super) struct Pending {
    values: VecDeque<Content>,
    /// The objects whose properties are separate form parts.
    objects: SpreadObjects,
}

/// The content of a form part that is held in memory.
#[derive(Debug)]
pub(super) struct Content {
    /// The index of the form part in [`FormRule::parts`].
    pub(super) index: usize,
    /// The name of the form part.
    pub(super) name: Arc<str>,
    pub(super) value: Value,
}

/// The value of a form part that is held in memory.
#[derive(Debug)]
pub(super) enum Value {
    /// A JSON text.
    Json(Bytes),
    /// A scalar as plain text.
    Text(Bytes),
    /// An object that is written by a style.
    Styled(TextValue<'static>),
}

impl Pending {
    /// Removes the next value and returns it.
    pub(super) fn pop(&mut self) -> Option<Content> {
        self.values.pop_front()
    }

    /// Removes all values.
    pub(super) fn clear(&mut self) {
        *self = Pending::default();
    }

    /// Adds a plain text.
    pub(super) fn text(&mut self, (index, name): (usize, &str), bytes: Bytes) -> Result<(), Violations> {
        self.values.push_back(Content { index, name: name.into(), value: Value::Text(bytes) });
        Ok(())
    }

    /// Adds a JSON text. A list that was received as one JSON array is split into its elements.
    ///
    /// # Errors
    ///
    /// Returns the violations of an array that is not JSON.
    pub(super) fn json(
        &mut self,
        rule: &PartRule,
        (index, name): (usize, &str),
        bytes: Bytes,
    ) -> Result<(), Violations> {
        let shared: Arc<str> = name.into();
        let content = |bytes| Content { index, name: shared.clone(), value: Value::Json(bytes) };
        let is_array = bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[');
        if !(rule.repeated && is_array) {
            self.values.push_back(content(bytes));
            return Ok(());
        }
        let mut reader = Reader::json_at(&bytes, InputLocation::Body, name);
        let raw = |r: &mut Reader<'_>| r.raw().map(Bytes::copy_from_slice);
        let elements = reader.array(&ArrayRule::NONE, raw).unwrap_or_default();
        reader.finish();
        self.values.extend(elements.into_iter().map(content));
        let violations = reader.into_violations();
        if violations.is_empty() { Ok(()) } else { Err(violations) }
    }

    /// Adds the values of a form part that has a style.
    ///
    /// # Errors
    ///
    /// Returns a violation for a text that is not UTF-8 or not written in the style.
    pub(super) fn styled(
        &mut self,
        rule: &PartRule,
        style: PartStyle,
        (index, name): (usize, &str),
        bytes: &Bytes,
    ) -> Result<(), Violations> {
        let wrong = |message| Violations { list: vec![Violation::body(name, message)], malformed: false };
        let text = std::str::from_utf8(bytes).map_err(|_| wrong("must be UTF-8"))?;
        let shared: Arc<str> = name.into();
        let content = |value| Content { index, name: shared.clone(), value };
        match style {
            PartStyle::Scalar => self.values.push_back(content(Value::Text(bytes.clone()))),
            PartStyle::Delimited(delimiter) if rule.repeated => {
                let value = |element: &str| content(Value::Text(bytes.slice_ref(element.as_bytes())));
                self.values.extend(elements(text, delimiter).map(value));
            }
            PartStyle::Delimited(delimiter) => {
                let object = alternating(text, delimiter).map_err(wrong)?;
                self.values.push_back(content(Value::Styled(object)));
            }
            PartStyle::Brackets | PartStyle::Members(_) => {
                self.objects.insert(index, style, name, rule.name, text.to_owned());
            }
        }
        Ok(())
    }

    /// Adds an object whose properties were separate form parts, at the end of the form. Returns false if no such
    /// object is left.
    pub(super) fn end_object(&mut self, rule: &FormRule) -> bool {
        let Some((index, object)) = self.objects.pop() else { return false };
        let name = rule.parts.get(index).map_or("", |part| part.name).into();
        self.values.push_back(Content { index, name, value: Value::Styled(object) });
        true
    }
}
