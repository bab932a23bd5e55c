//! One tree for YAML and JSON: every value knows the bytes it was written in.

use std::borrow::Borrow;
use std::hash::{Hash, Hasher};

use foldhash::fast::RandomState;
use indexmap::IndexMap;

use crate::source::{Span, Spanned};

/// A value and where it was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Where the value was written, quotes and brackets included.
    pub span: Span,
    /// What was written.
    pub value: Value,
}

/// What a contract can hold: the JSON data model, with numbers kept as text so that none is rounded.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `null`, `~` or nothing at all.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as it was written.
    Number(String),
    /// A string, escapes resolved.
    String(String),
    /// A list.
    Array(Vec<Node>),
    /// A map.
    Object(Object),
}

/// The name of an entry and where it was written.
#[derive(Debug, Clone)]
pub struct Key {
    /// The name, escapes resolved.
    pub name: String,
    /// Where it was written, quotes included.
    pub span: Span,
}

/// A map whose entries keep the order of the file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Object {
    entries: IndexMap<Key, Node, RandomState>,
}

impl PartialEq for Key {
    fn eq(&self, other: &Key) -> bool {
        self.name == other.name
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl Borrow<str> for Key {
    fn borrow(&self) -> &str {
        &self.name
    }
}

impl Object {
    /// The value of an entry.
    pub fn get(&self, name: &str) -> Option<&Node> {
        self.entries.get(name)
    }

    /// Whether there is an entry of that name.
    pub fn contains_key(&self, name: &str) -> bool {
        self.entries.contains_key(name)
    }

    /// Where the name of an entry was written.
    pub fn key_span(&self, name: &str) -> Option<Span> {
        self.entries.get_key_value(name).map(|(key, _)| key.span)
    }

    /// The entries in the order of the file.
    pub fn iter(&self) -> indexmap::map::Iter<'_, Key, Node> {
        self.entries.iter()
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Adds an entry. An entry of the same name stays as it is, and where it was written comes back.
    pub fn insert(&mut self, key: Key, node: Node) -> Result<(), Span> {
        match self.entries.entry(key) {
            indexmap::map::Entry::Occupied(entry) => Err(entry.key().span),
            indexmap::map::Entry::Vacant(entry) => {
                entry.insert(node);
                Ok(())
            }
        }
    }
}

impl FromIterator<(Key, Node)> for Object {
    /// Returns an object of the entries; of two with the same name, the first counts.
    fn from_iter<I: IntoIterator<Item = (Key, Node)>>(entries: I) -> Object {
        let entries = entries.into_iter();
        let mut object =
            Object { entries: IndexMap::with_capacity_and_hasher(entries.size_hint().0, RandomState::default()) };
        for (key, node) in entries {
            let _ = object.insert(key, node);
        }
        object
    }
}

impl<'a> IntoIterator for &'a Object {
    type Item = (&'a Key, &'a Node);
    type IntoIter = indexmap::map::Iter<'a, Key, Node>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for Object {
    type Item = (Key, Node);
    type IntoIter = indexmap::map::IntoIter<Key, Node>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

impl Node {
    /// The string, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the string with its span, if it is one.
    pub fn as_spanned_str(&self) -> Option<Spanned<String>> {
        Some(Spanned { value: self.as_str()?.to_owned(), span: self.span })
    }

    /// The truth value, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self.value {
            Value::Bool(truth) => Some(truth),
            _ => None,
        }
    }

    /// The text of the number, if it is one.
    pub fn as_number(&self) -> Option<&str> {
        match &self.value {
            Value::Number(text) => Some(text),
            _ => None,
        }
    }

    /// The number as an integer; `1.0` and `1e3` are integers, `1.5` is not.
    pub fn as_i128(&self) -> Option<i128> {
        super::number::integer(self.as_number()?)
    }

    /// The number as an integer that is not negative.
    pub fn as_u64(&self) -> Option<u64> {
        self.as_i128().and_then(|number| u64::try_from(number).ok())
    }

    /// The whole number whose multiples are the whole ones among those of the number: 3 for 1.5.
    pub fn as_whole_divisor(&self) -> Option<i128> {
        super::number::whole_divisor(self.as_number()?)
    }

    /// The number, rounded to the nearest `f64`.
    pub fn as_f64(&self) -> Option<f64> {
        super::number::float(self.as_number()?)
    }

    /// The elements, if it is a list.
    pub fn as_array(&self) -> Option<&[Node]> {
        match &self.value {
            Value::Array(elements) => Some(elements),
            _ => None,
        }
    }

    /// The map, if it is one.
    pub fn as_object(&self) -> Option<&Object> {
        match &self.value {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The value of an entry, if this is a map that has it.
    pub fn get(&self, name: &str) -> Option<&Node> {
        self.as_object()?.get(name)
    }

    /// Whether nothing was written.
    pub fn is_null(&self) -> bool {
        self.value == Value::Null
    }

    /// How many lists and maps are nested in each other, this one counted.
    pub fn depth(&self) -> usize {
        let within = match &self.value {
            Value::Array(elements) => elements.iter().map(Node::depth).max(),
            Value::Object(object) => object.iter().map(|(_, node)| node.depth()).max(),
            _ => return 0,
        };
        within.unwrap_or_default() + 1
    }

    /// What kind of value it is, with its article, for a message.
    pub fn kind_name(&self) -> &'static str {
        match self.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "an array",
            Value::Object(_) => "an object",
        }
    }

    /// The same value without places. A number that JSON cannot write becomes its text.
    pub fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(truth) => serde_json::Value::Bool(*truth),
            Value::Number(text) => super::number::json_number(text),
            Value::String(text) => serde_json::Value::String(text.clone()),
            Value::Array(elements) => elements.iter().map(Node::to_json).collect(),
            Value::Object(object) => {
                let entries = object.iter().map(|(key, node)| (key.name.clone(), node.to_json()));
                serde_json::Value::Object(entries.collect())
            }
        }
    }
}
