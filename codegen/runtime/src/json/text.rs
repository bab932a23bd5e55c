//! The values of parameters and forms, split into strings that the reader converts to the types of the
//! contract.

use std::borrow::Cow;
use std::vec::IntoIter;

use serde_json::Value;

/// A value of a parameter or a form, whose scalars are strings.
///
/// The schema decides the types: a scalar is parsed as a number where the schema is a number, and counts
/// as a list of one where the schema is an array.
///
/// ```
/// use writ_runtime::{InputLocation, Read, Reader, TextValue};
///
/// let value = TextValue::Scalar("5".into());
/// let mut reader = Reader::text(value, InputLocation::Query, "limit");
/// assert_eq!(i32::read(&mut reader), Some(5));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextValue<'a> {
    /// The value null, which only a JSON text in a parameter or form can contain.
    Null,
    /// A single value of a parameter or form, as a decoded string.
    Scalar(Cow<'a, str>),
    /// A list of values, as an array in a parameter or form has it.
    List(Vec<TextValue<'a>>),
    /// A map from names to values, as an object in a parameter or form has it.
    Map(Vec<(Cow<'a, str>, TextValue<'a>)>),
}

impl<'a> TextValue<'a> {
    /// Converts a JSON value into one whose scalars are strings, as form fields have it: numbers become strings.
    pub(crate) fn from_json(value: Value) -> TextValue<'a> {
        match value {
            Value::Null => TextValue::Null,
            Value::Bool(value) => TextValue::Scalar(Cow::Owned(value.to_string())),
            Value::Number(value) => TextValue::Scalar(Cow::Owned(value.to_string())),
            Value::String(value) => TextValue::Scalar(Cow::Owned(value)),
            Value::Array(values) => TextValue::List(values.into_iter().map(TextValue::from_json).collect()),
            Value::Object(fields) => TextValue::Map(
                fields.into_iter().map(|(name, value)| (Cow::Owned(name), TextValue::from_json(value))).collect(),
            ),
        }
    }

    /// Converts the value of a parameter or form into one that owns its strings and borrows nothing.
    #[cfg(feature = "client")]
    pub(crate) fn into_owned(self) -> TextValue<'static> {
        match self {
            TextValue::Null => TextValue::Null,
            TextValue::Scalar(text) => TextValue::Scalar(Cow::Owned(text.into_owned())),
            TextValue::List(list) => TextValue::List(list.into_iter().map(TextValue::into_owned).collect()),
            TextValue::Map(map) => TextValue::Map(
                map.into_iter().map(|(key, value)| (Cow::Owned(key.into_owned()), value.into_owned())).collect(),
            ),
        }
    }
}

/// Returns true if the keys of a map are the indices of a list: `a[0]=x&a[1]=y` can mean either.
pub(crate) fn is_numbered(map: &[(Cow<'_, str>, TextValue<'_>)]) -> bool {
    !map.is_empty() && map.iter().enumerate().all(|(at, (key, _))| **key == at.to_string())
}

/// The position of a reader in the value of a parameter or form.
#[derive(Debug)]
pub(crate) struct TextCursor<'a> {
    /// The value of a parameter or form that the reader reads next.
    pub(crate) current: Option<TextValue<'a>>,
    /// The lists and maps that the reader has entered, each with its remaining values.
    frames: Vec<Frame<'a>>,
    /// True if the last scalar was read as a number.
    pub(crate) was_number: bool,
}

#[derive(Debug)]
enum Frame<'a> {
    List(IntoIter<TextValue<'a>>),
    Map(IntoIter<(Cow<'a, str>, TextValue<'a>)>),
}

impl<'a> TextCursor<'a> {
    pub(crate) fn new(value: TextValue<'a>) -> TextCursor<'a> {
        TextCursor { current: Some(value), frames: Vec::new(), was_number: false }
    }

    /// Reads the string of a scalar of a parameter or form. Returns `None` for a list or a map, which is
    /// skipped.
    pub(crate) fn scalar(&mut self) -> Option<Cow<'a, str>> {
        self.was_number = false;
        match self.current.take() {
            Some(TextValue::Scalar(text)) => Some(text),
            _ => None,
        }
    }

    /// Enters a list of a parameter or form. A scalar counts as a list with one element, an empty one as an empty
    /// list, and a map with the keys `0`, `1` and so on as the list of its values.
    pub(crate) fn open_list(&mut self) -> bool {
        let list = match self.current.take() {
            Some(TextValue::List(list)) => list,
            Some(TextValue::Scalar(text)) if text.is_empty() => Vec::new(),
            Some(TextValue::Map(map)) if is_numbered(&map) => map.into_iter().map(|(_, value)| value).collect(),
            Some(scalar @ TextValue::Scalar(_)) => vec![scalar],
            _ => return false,
        };
        self.frames.push(Frame::List(list.into_iter()));
        true
    }

    /// Enters a map of a parameter or form. Returns false for any other value.
    pub(crate) fn open_map(&mut self) -> bool {
        match self.current.take() {
            Some(TextValue::Map(map)) => {
                self.frames.push(Frame::Map(map.into_iter()));
                true
            }
            _ => false,
        }
    }

    /// Moves to the next element of the innermost list of a parameter or form. Returns false at the end, and
    /// leaves the list.
    pub(crate) fn next_item(&mut self) -> bool {
        if let Some(Frame::List(items)) = self.frames.last_mut()
            && let Some(item) = items.next()
        {
            self.current = Some(item);
            self.was_number = false;
            return true;
        }
        self.frames.pop();
        false
    }

    /// Moves to the next value of the innermost map of a parameter or form and returns its key. Returns `None`
    /// at the end, and leaves the map.
    pub(crate) fn next_entry(&mut self) -> Option<Cow<'a, str>> {
        if let Some(Frame::Map(entries)) = self.frames.last_mut()
            && let Some((key, value)) = entries.next()
        {
            self.current = Some(value);
            return Some(key);
        }
        self.frames.pop();
        None
    }

    pub(crate) fn depth(&self) -> usize {
        self.frames.len()
    }

    /// Moves back to a value of a parameter or form that was read before, with `depth` lists and maps open.
    pub(crate) fn rewind(&mut self, value: Option<TextValue<'a>>, depth: usize) {
        self.current = value;
        self.frames.truncate(depth);
    }
}
