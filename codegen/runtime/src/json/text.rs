//! The text of a parameter or of a form body, taken apart but not yet typed.

use std::borrow::Cow;
use std::vec::IntoIter;

use serde_json::Value;

/// A value as text. What it means is up to the schema: a scalar is a number where one is wanted,
/// and a list of one where an array is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextValue<'a> {
    /// One value.
    Scalar(Cow<'a, str>),
    /// Several values.
    List(Vec<TextValue<'a>>),
    /// Names and values.
    Map(Vec<(Cow<'a, str>, TextValue<'a>)>),
}

impl<'a> TextValue<'a> {
    /// What a form would have said of a JSON value: all scalars are text.
    pub(crate) fn of_json(value: Value) -> TextValue<'a> {
        match value {
            Value::Null => TextValue::Scalar(Cow::Borrowed("")),
            Value::Bool(value) => TextValue::Scalar(Cow::Owned(value.to_string())),
            Value::Number(value) => TextValue::Scalar(Cow::Owned(value.to_string())),
            Value::String(value) => TextValue::Scalar(Cow::Owned(value)),
            Value::Array(values) => TextValue::List(values.into_iter().map(TextValue::of_json).collect()),
            Value::Object(fields) => TextValue::Map(
                fields.into_iter().map(|(name, value)| (Cow::Owned(name), TextValue::of_json(value))).collect(),
            ),
        }
    }

    /// The same, independent of what it was taken from.
    #[cfg(feature = "client")]
    pub(crate) fn into_owned(self) -> TextValue<'static> {
        match self {
            TextValue::Scalar(text) => TextValue::Scalar(Cow::Owned(text.into_owned())),
            TextValue::List(list) => TextValue::List(list.into_iter().map(TextValue::into_owned).collect()),
            TextValue::Map(map) => TextValue::Map(
                map.into_iter().map(|(key, value)| (Cow::Owned(key.into_owned()), value.into_owned())).collect(),
            ),
        }
    }
}

/// A place in a tree of text.
#[derive(Debug)]
pub(crate) struct TextCursor<'a> {
    /// The value that is read next.
    pub(crate) current: Option<TextValue<'a>>,
    /// What follows in each open list and map.
    frames: Vec<Frame<'a>>,
}

#[derive(Debug)]
enum Frame<'a> {
    List(IntoIter<TextValue<'a>>),
    Map(IntoIter<(Cow<'a, str>, TextValue<'a>)>),
}

impl<'a> TextCursor<'a> {
    pub(crate) fn new(value: TextValue<'a>) -> TextCursor<'a> {
        TextCursor { current: Some(value), frames: Vec::new() }
    }

    /// Reads one scalar; `None` when there is a list or a map, which is read over.
    pub(crate) fn scalar(&mut self) -> Option<Cow<'a, str>> {
        match self.current.take() {
            Some(TextValue::Scalar(text)) => Some(text),
            _ => None,
        }
    }

    /// Goes into a list; a scalar is a list of one.
    pub(crate) fn open_list(&mut self) -> bool {
        let list = match self.current.take() {
            Some(TextValue::List(list)) => list,
            Some(scalar @ TextValue::Scalar(_)) => vec![scalar],
            _ => return false,
        };
        self.frames.push(Frame::List(list.into_iter()));
        true
    }

    /// Goes into a map.
    pub(crate) fn open_map(&mut self) -> bool {
        match self.current.take() {
            Some(TextValue::Map(map)) => {
                self.frames.push(Frame::Map(map.into_iter()));
                true
            }
            _ => false,
        }
    }

    /// Goes to the next element; at the end the list is left.
    pub(crate) fn next_item(&mut self) -> bool {
        if let Some(Frame::List(items)) = self.frames.last_mut()
            && let Some(item) = items.next()
        {
            self.current = Some(item);
            return true;
        }
        self.frames.pop();
        false
    }

    /// Goes to the next value and gives its key; at the end the map is left.
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

    /// Goes back to a value that was read, `depth` lists and maps deep.
    pub(crate) fn rewind(&mut self, value: Option<TextValue<'a>>, depth: usize) {
        self.current = value;
        self.frames.truncate(depth);
    }
}
