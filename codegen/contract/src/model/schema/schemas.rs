//! Every schema of the contract, resolved, merged and closed under reference.

use serde_json::Value as Json;

use super::id::SchemaId;
use super::kind::Kind;
use crate::source::{Span, Spanned};

/// All schemas of a contract. References are [`SchemaId`]s, so that cycles need no care.
#[derive(Debug, Default)]
pub struct Schemas {
    list: Vec<Schema>,
}

/// One schema after resolving and merging.
#[derive(Debug, Clone)]
pub struct Schema {
    /// The place of the schema.
    pub span: Span,
    /// The name of the component it is, where it is one.
    pub component: Option<String>,
    /// `title`.
    pub title: Option<String>,
    /// `description`.
    pub description: Option<String>,
    /// `deprecated`.
    pub deprecated: bool,
    /// Whether null is a value of it.
    pub nullable: bool,
    /// Left out of requests.
    pub read_only: bool,
    /// Left out of responses.
    pub write_only: bool,
    /// `default`, with its place.
    pub default: Option<(Json, Span)>,
    /// What values it has.
    pub kind: Kind,
    /// `x-rust-name`.
    pub rust_name: Option<Spanned<String>>,
    /// `x-rust-type`.
    pub rust_type: Option<RustType>,
    /// A list or map of itself, with no object between.
    pub holds_itself: bool,
    /// True if this inline schema was deduplicated into an alias of an equal one.
    pub deduplicated: bool,
    /// The schema for an interpreter, where it has keywords that only an interpreter checks.
    pub interpreted: Option<InterpretedSchema>,
}

/// A type of one's own that stands for a schema.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RustType {
    /// Its path, the crate first: `my_types::Money`.
    pub path: Spanned<String>,
    /// Whether it goes through `FromStr` and `Display`, in place of `Read` and `Write`.
    pub text: bool,
}

/// A schema that an interpreter checks at run time, with every schema that it refers to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct InterpretedSchema {
    /// Whether it is of OpenAPI 3.0 (draft 4), else of 3.1 (2020-12).
    pub draft4: bool,
    /// Its JSON text.
    pub text: String,
}

impl Schemas {
    /// Keeps a schema.
    pub fn add(&mut self, schema: Schema) -> SchemaId {
        let id = SchemaId(self.list.len() as u32);
        self.list.push(schema);
        id
    }

    /// The schema of an id.
    pub fn get(&self, id: SchemaId) -> &Schema {
        &self.list[id.index()]
    }

    /// The schema of an id, to be completed.
    pub fn get_mut(&mut self, id: SchemaId) -> &mut Schema {
        &mut self.list[id.index()]
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// All ids in order.
    pub fn ids(&self) -> impl Iterator<Item = SchemaId> + use<> {
        (0..self.list.len() as u32).map(SchemaId)
    }

    /// The schema behind aliases. A chain of aliases that closes on itself ends where it is met again.
    pub fn target(&self, mut id: SchemaId) -> SchemaId {
        for _ in 0..self.list.len() {
            match self.get(id).kind {
                Kind::Alias(next) => id = next,
                _ => break,
            }
        }
        id
    }

    /// What values a schema has, behind aliases.
    pub fn kind(&self, id: SchemaId) -> &Kind {
        &self.get(self.target(id)).kind
    }

    /// Whether null is a value, at any step of a chain of aliases.
    pub fn nullable(&self, id: SchemaId) -> bool {
        self.chain(id).any(|schema| schema.nullable)
    }

    /// The first of a chain of aliases that `pick` finds something in: the nearest annotation counts.
    pub fn nearest<'s, T>(&'s self, id: SchemaId, pick: impl Fn(&'s Schema) -> Option<T>) -> Option<T> {
        self.chain(id).find_map(pick)
    }

    fn chain(&self, id: SchemaId) -> impl Iterator<Item = &Schema> {
        let mut next = Some(id);
        let mut left = self.list.len() + 1;
        std::iter::from_fn(move || {
            let schema = self.get(next?);
            left -= 1;
            next = match schema.kind {
                Kind::Alias(target) if left > 0 => Some(target),
                _ => None,
            };
            Some(schema)
        })
    }
}
