//! The tree of a YAML or JSON file, in which every value has its source span.

use std::borrow::Borrow;
use std::hash::{Hash, Hasher};

use foldhash::fast::RandomState;
use indexmap::IndexMap;
use indexmap::map::MutableKeys;

use crate::source::{Span, Spanned};

/// A value in a YAML or JSON file, together with its span.
///
/// ```
/// use std::path::Path;
/// use writ_contract::diagnostic::Diagnostics;
/// use writ_contract::document::{LoadOptions, Node, load};
///
/// let mut diagnostics = Diagnostics::new();
/// let document = load(Path::new("examples/pets.yaml"), &LoadOptions::default(), &mut diagnostics)
///     .ok_or("not an OpenAPI document")?;
/// let title = document.root_node().get("info").and_then(|info| info.get("title"));
/// assert_eq!(title.and_then(Node::as_str), Some("Pets"));
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The span of the node's value in its file, including quotes and brackets.
    pub span: Span,
    /// The value of the node in the JSON data model.
    pub value: Value,
}

/// A value of a YAML or JSON file in the JSON data model. Numbers are kept as source text, so that none is rounded.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A null: `null`, `~`, or an entry without a value.
    Null,
    /// A boolean: `true` or `false`.
    Bool(bool),
    /// A number, as source text.
    Number(String),
    /// A string, with escape sequences decoded.
    String(String),
    /// An array, or sequence in YAML, of nodes.
    Array(Vec<Node>),
    /// An object, or mapping in YAML, with named entries.
    Object(Object),
}

/// The name of an entry of an object, together with its span. Keys are compared by name only.
#[derive(Debug, Clone)]
pub struct Key {
    /// The name of the entry, with escape sequences decoded.
    pub name: String,
    /// The span of the entry's name, including quotes.
    pub span: Span,
}

/// An object of a YAML or JSON file; its entries keep the order of the source.
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
    /// Returns the value of the object's entry `name`, if there is one.
    pub fn get(&self, name: &str) -> Option<&Node> {
        self.entries.get(name)
    }

    /// Returns true if the object has an entry with this name.
    pub fn contains_key(&self, name: &str) -> bool {
        self.entries.contains_key(name)
    }

    /// Returns the span of the name of an object's entry, if there is one.
    pub fn key_span(&self, name: &str) -> Option<Span> {
        self.entries.get_key_value(name).map(|(key, _)| key.span)
    }

    /// Iterates over the entries of the object in the order of the source.
    pub fn iter(&self) -> indexmap::map::Iter<'_, Key, Node> {
        self.entries.iter()
    }

    /// Returns the number of entries of the object.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns true if the object has no entries.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Returns the name and the value of an entry for changes. The text of the name must stay as it is.
    pub(super) fn get_mut(&mut self, name: &str) -> Option<(&mut Key, &mut Node)> {
        self.entries.get_full_mut2(name).map(|(_, key, node)| (key, node))
    }

    /// Removes each entry for which `keep` returns false. The others keep their order.
    pub(super) fn retain(&mut self, mut keep: impl FnMut(&Key) -> bool) {
        self.entries.retain(|key, _| keep(key));
    }

    /// Adds an entry at the end of the object.
    ///
    /// # Errors
    ///
    /// Returns the span of the existing name if the object has an entry with this name; that entry is not changed.
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
    /// Creates an object from entries; the first of several entries with one name is used.
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
    /// Returns the string of the node; `None` if its value is not a string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the string of the node with its span; `None` if its value is not a string.
    pub fn as_spanned_str(&self) -> Option<Spanned<String>> {
        Some(Spanned { value: self.as_str()?.to_owned(), span: self.span })
    }

    /// Returns the boolean of the node; `None` if its value is not a boolean.
    pub fn as_bool(&self) -> Option<bool> {
        match self.value {
            Value::Bool(truth) => Some(truth),
            _ => None,
        }
    }

    /// Returns the source text of the node's number; `None` if its value is not a number.
    pub fn as_number(&self) -> Option<&str> {
        match &self.value {
            Value::Number(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the number of the node if it is an integer, such as `12`, `1.0` or `1e3`; otherwise `None`.
    pub fn as_i128(&self) -> Option<i128> {
        super::number::integer(self.as_number()?)
    }

    /// Returns the number of the node if it is an integer and is not negative; otherwise `None`.
    pub fn as_u64(&self) -> Option<u64> {
        self.as_i128().and_then(|number| u64::try_from(number).ok())
    }

    /// Returns the smallest positive integer that is a multiple of the node's number, if there is one: 3 for 1.5.
    ///
    /// The check of `multipleOf` in an integer schema then needs integer arithmetic only.
    pub fn as_whole_divisor(&self) -> Option<i128> {
        super::number::whole_divisor(self.as_number()?)
    }

    /// Returns the number of the node with all its digits if the nearest `f64` does not represent it; `None` also if the
    /// value is not a number.
    pub fn as_rounded(&self) -> Option<String> {
        super::number::rounded(self.as_number()?)
    }

    /// Returns the number of the node rounded to the nearest `f64`; `None` if its value is not a number.
    pub fn as_f64(&self) -> Option<f64> {
        super::number::float(self.as_number()?)
    }

    /// Returns the elements of the node; `None` if its value is not an array.
    pub fn as_array(&self) -> Option<&[Node]> {
        match &self.value {
            Value::Array(elements) => Some(elements),
            _ => None,
        }
    }

    /// Returns the object of the node; `None` if its value is not an object.
    pub fn as_object(&self) -> Option<&Object> {
        match &self.value {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }

    /// Returns the value of the entry `name`; `None` if the node is not an object or has no such entry.
    pub fn get(&self, name: &str) -> Option<&Node> {
        self.as_object()?.get(name)
    }

    /// Returns true if the value of the node is null.
    pub fn is_null(&self) -> bool {
        self.value == Value::Null
    }

    /// Returns the depth of nested arrays and objects in the node, counting the node itself; 0 if it is neither.
    pub fn depth(&self) -> usize {
        let within = match &self.value {
            Value::Array(elements) => elements.iter().map(Node::depth).max(),
            Value::Object(object) => object.iter().map(|(_, node)| node.depth()).max(),
            _ => return 0,
        };
        within.unwrap_or_default() + 1
    }

    /// Returns the JSON type of the node with an indefinite article, for messages: `an object`.
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

    /// Converts the tree below the node to a JSON value without spans.
    ///
    /// A number without a counterpart in JSON, such as `.inf`, becomes a string of its source text.
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
