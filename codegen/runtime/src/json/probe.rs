//! Inspection of a value before it is read as an alternative of a union (`oneOf`, `anyOf` or discriminator).

use super::branch::Branch;
use super::mark::{Content, Mark};
use super::number::{self, Integer};
use super::object::next_key;
use super::scan::Scan;
use super::text::{TextCursor, TextValue, is_numbered};
use super::token::{Fault, Kind};
use super::types::Types;

/// The result of inspecting a value before it is read: the value's JSON types, fields, length and position.
#[derive(Debug)]
pub(crate) struct Probe<'a> {
    pub(crate) start: Mark<'a>,
    pub(crate) end: Mark<'a>,
    /// The length in bytes of a value that is not read yet, as a measure of the work of reading it.
    pub(crate) length: usize,
    pub(crate) types: Types,
    fields: Vec<(String, Content<'a>)>,
}

/// The alternatives of a union (`oneOf` or `anyOf`) that are worth trying for a value.
#[derive(Debug, Default)]
pub(crate) struct Candidates {
    /// The indices of the alternatives of a union that a value can match, by the value's type and its required and
    /// constant fields.
    pub(crate) possible: Vec<usize>,
    /// The index of the alternative of a union that is closest to a value: it allows the value's type, and has the
    /// fewest missing required fields and differing constants.
    pub(crate) nearest: Option<usize>,
}

impl<'a> Probe<'a> {
    /// Skips a JSON value and returns its type, length and position, and its fields if `with_fields` is true.
    pub(crate) fn json(scan: &mut Scan<'a>, room: usize, with_fields: bool) -> Result<Probe<'a>, Fault> {
        let kind = scan.peek()?;
        let start = scan.mark();
        let text = scan.skip(room)?;
        let types = match kind {
            Kind::Null => Types::NULL,
            Kind::Bool => Types::BOOL,
            Kind::String => Types::STRING,
            Kind::Array => Types::ARRAY,
            Kind::Object => Types::OBJECT,
            Kind::Number => number_type(text),
        };
        let mut fields = Vec::new();
        if kind == Kind::Object && with_fields {
            let mut inside = Scan::new(text);
            inside.peek()?;
            while let Some(key) = next_key(&mut inside, fields.is_empty())?.map(str::to_owned) {
                fields.push((key, Content::Json(inside.skip(room)?)));
            }
        }
        let (start, end) = (Mark::Json(start), Mark::Json(scan.mark()));
        Ok(Probe { start, end, length: text.len(), types, fields })
    }

    /// Returns the value that the reader skipped if it belongs to a parameter or form, or `None` if it is JSON.
    #[cfg(feature = "jsonschema")]
    pub(crate) fn text_value(&self) -> Option<&TextValue<'a>> {
        match &self.start {
            Mark::Text(value, _) => value.as_ref(),
            Mark::Json(_) => None,
        }
    }

    /// Skips the value of a parameter or form and returns its types, fields, length and position. A scalar can be
    /// of several JSON types.
    pub(crate) fn text(cursor: &mut TextCursor<'a>) -> Probe<'a> {
        let value = cursor.current.take();
        let depth = cursor.depth();
        let mut fields = Vec::new();
        let length = value.as_ref().map_or(0, size);
        let types = match &value {
            Some(TextValue::Scalar(text)) => Types::ARRAY.or(scalar_types(text)),
            Some(TextValue::List(_)) => Types::ARRAY,
            Some(TextValue::Map(map)) => {
                fields.extend(map.iter().map(|(key, value)| (key.to_string(), Content::Text(value.clone()))));
                if is_numbered(map) { Types::OBJECT.or(Types::ARRAY) } else { Types::OBJECT }
            }
            Some(TextValue::Null) => Types::NULL,
            None => Types::NONE,
        };
        Probe { start: Mark::Text(value, depth), end: Mark::Text(None, depth), length, types, fields }
    }

    pub(crate) fn field(&self, name: &str) -> Option<&Content<'a>> {
        self.fields.iter().find(|(key, _)| key == name).map(|(_, content)| content)
    }

    /// Selects the alternatives of a union that a skipped value can match.
    pub(crate) fn candidates(&self, branches: &[Branch]) -> Candidates {
        let mut candidates = Candidates::default();
        let mut least = None;
        let mut of_the_type = 0;
        for (index, branch) in branches.iter().enumerate() {
            if !branch.types.meets(self.types) {
                continue;
            }
            of_the_type += 1;
            let lacks = if self.types.meets(Types::OBJECT) { self.lacks(branch) } else { (0, 0) };
            if lacks == (0, 0) {
                candidates.possible.push(index);
            }
            if least.is_none_or(|least| lacks < least) {
                least = Some(lacks);
                candidates.nearest = Some(index);
            }
        }
        // If only one alternative has the type of the value, it is tried although fields are missing, so that
        // those are reported.
        if of_the_type == 1 && least.is_some_and(|(_, different)| different == 0) {
            candidates.possible = candidates.nearest.into_iter().collect();
        }
        candidates
    }

    /// Compares a skipped value with an alternative of a union. Returns the number of missing required fields and
    /// differing constants, and the number of differing constants alone.
    fn lacks(&self, branch: &Branch) -> (usize, usize) {
        let differs = |(name, json): &&(&str, &str)| self.field(name).is_some_and(|content| !content.equals(json));
        let missing = |name: &&&str| self.field(name).is_none();
        let different = branch.consts.iter().filter(differs).count();
        (different + branch.required.iter().filter(missing).count(), different)
    }
}

fn size(text: &TextValue<'_>) -> usize {
    match text {
        TextValue::Null => 16,
        TextValue::Scalar(text) => 16 + text.len(),
        TextValue::List(list) => 16 + list.iter().map(size).sum::<usize>(),
        TextValue::Map(map) => 16 + map.iter().map(|(key, value)| key.len() + size(value)).sum::<usize>(),
    }
}

fn number_type(text: &str) -> Types {
    match number::integer(text) {
        Integer::Fraction => Types::FRACTION,
        Integer::Value(_) | Integer::Huge { .. } => Types::INTEGER,
    }
}

fn scalar_types(text: &str) -> Types {
    let other = match text {
        "" => Types::NULL,
        "true" | "false" => Types::BOOL,
        _ if number::is_number(text) => number_type(text),
        _ => Types::NONE,
    };
    Types::STRING.or(other)
}
