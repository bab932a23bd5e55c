//! The schemas of a contract, with references resolved and compositions merged.

use serde_json::Value as Json;

use super::error_pointers::ErrorPointers;
use super::id::SchemaId;
use super::kind::{Additional, Kind, ObjectShape};
use super::page_mapping::PageSetting;
use crate::model::direction::Direction;
use crate::source::{Span, Spanned};

/// The schemas of a contract, each identified by a [`SchemaId`].
///
/// Schemas refer to each other by identifier, so recursive schemas need no special representation.
///
/// ```
/// use std::path::Path;
/// use writ_contract::diagnostic::Diagnostics;
/// use writ_contract::document::{LoadOptions, load};
/// use writ_contract::model::{Options, resolve};
///
/// let mut diagnostics = Diagnostics::new();
/// let document = load(Path::new("examples/pets.yaml"), &LoadOptions::default(), &mut diagnostics)
///     .ok_or("not an OpenAPI document")?;
/// let contract = resolve(&document, false, &Options::default(), &mut diagnostics);
/// let schemas = &contract.schemas;
/// let names: Vec<&str> = schemas.ids().filter_map(|id| schemas.get(id).component.as_deref()).collect();
/// assert_eq!(names, ["Pet", "Error"]);
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Default)]
pub struct Schemas {
    list: Vec<Schema>,
}

/// A schema of a contract, with references resolved and compositions merged.
///
/// The [`Kind`] of a schema describes its valid values apart from null. An alias can have other annotations
/// than its target; the methods of [`Schemas`] look through aliases.
///
/// ```
/// use std::path::Path;
/// use writ_contract::diagnostic::Diagnostics;
/// use writ_contract::document::{LoadOptions, load};
/// use writ_contract::model::{Kind, Options, resolve};
///
/// let mut diagnostics = Diagnostics::new();
/// let document = load(Path::new("examples/pets.yaml"), &LoadOptions::default(), &mut diagnostics)
///     .ok_or("not an OpenAPI document")?;
/// let contract = resolve(&document, false, &Options::default(), &mut diagnostics);
/// let pet = contract.schemas.get(contract.components[1]);
/// assert_eq!(pet.component.as_deref(), Some("Pet"));
/// assert!(matches!(&pet.kind, Kind::Object(object) if object.properties.len() == 2));
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone)]
pub struct Schema {
    /// The span of the schema object in the contract.
    pub span: Span,
    /// The name of the schema in `components.schemas`; `None` for an inline schema.
    pub component: Option<String>,
    /// The title of the schema (`title`).
    pub title: Option<String>,
    /// The description of the schema (`description`).
    pub description: Option<String>,
    /// True if the schema is deprecated (`deprecated`).
    pub deprecated: bool,
    /// True if null is a valid value of the schema.
    pub nullable: bool,
    /// True if requests omit a value of the schema, since only responses contain it (`readOnly`).
    pub read_only: bool,
    /// True if responses omit a value of the schema, since only requests contain it (`writeOnly`).
    pub write_only: bool,
    /// True if a value of the schema is a secret, such as a password or a token (`format: password`).
    pub secret: bool,
    /// The default value of the schema (`default`), with its span.
    pub default: Option<(Json, Span)>,
    /// The kind of the schema: the set of its valid values, apart from null.
    pub kind: Kind,
    /// The content that a string of the schema represents, if the contract declares it.
    pub content: Option<StringContent>,
    /// The Rust name of the type that is generated for the schema (`x-rust-name`).
    pub rust_name: Option<Spanned<String>>,
    /// The custom type that replaces the generated type of the schema (`x-rust-type`).
    pub rust_type: Option<RustType>,
    /// The places in an error schema that a problem fills (`x-error-envelope`).
    pub error_pointers: Option<ErrorPointers>,
    /// The members of a page, if the schema names them (`x-pagination`).
    pub pagination: Option<PageSetting>,
    /// True if the schema is a recursive array or map: its elements contain it without an object in between.
    pub holds_itself: bool,
    /// True if this inline schema was deduplicated into an alias of an equal one.
    pub deduplicated: bool,
    /// A name, before case conversion, for a schema that stands for several equal inline schemas, such as `Order address`.
    pub shared_name: Option<String>,
    /// The complete schema for the JSON Schema interpreter at run time; `None` if generated code can check all
    /// keywords.
    pub interpreted: Option<InterpretedSchema>,
}

/// The content that a string represents (JSON Schema 2020-12, validation § 8). In a multipart body it is a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StringContent {
    /// The encoding of bytes in the string, such as `base64` (`contentEncoding`).
    pub encoding: Option<String>,
    /// The media type of the content (`contentMediaType`).
    pub media_type: Option<String>,
}

/// A custom type (`x-rust-type`), which replaces the generated type of a schema.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RustType {
    /// The path of the custom type, starting with its crate: `my_types::Money`.
    pub path: Spanned<String>,
    /// True if values of a custom type are converted by `FromStr` and `Display`. Otherwise they are
    /// converted by the runtime's traits `Read` and `Write`.
    pub text: bool,
}

/// A schema that the JSON Schema interpreter checks at run time, with all schemas that it refers to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct InterpretedSchema {
    /// True if the interpreted schema is in the dialect of OpenAPI 3.0 (JSON Schema draft 4); false for that of
    /// 3.1 (2020-12).
    pub draft4: bool,
    /// The JSON text of the interpreted schema for inbound values, without the demands on `readOnly` properties.
    pub inbound: String,
    /// The JSON text of the interpreted schema for outbound values, without the demands on `writeOnly` properties;
    /// `None` if it is the text for inbound values.
    pub outbound: Option<String>,
}

impl InterpretedSchema {
    /// Returns the JSON text of the interpreted schema for the values of a direction.
    pub fn text(&self, direction: Direction) -> &str {
        match (direction, &self.outbound) {
            (Direction::Outbound, Some(outbound)) => outbound,
            _ => &self.inbound,
        }
    }
}

impl Schemas {
    /// Adds a schema to the contract and returns its identifier.
    pub fn add(&mut self, schema: Schema) -> SchemaId {
        let id = SchemaId(self.list.len() as u32);
        self.list.push(schema);
        id
    }

    /// Returns the schema with an identifier; for an alias, the alias itself.
    pub fn get(&self, id: SchemaId) -> &Schema {
        &self.list[id.index()]
    }

    /// Returns the schema with an identifier, for passes that change it.
    pub fn get_mut(&mut self, id: SchemaId) -> &mut Schema {
        &mut self.list[id.index()]
    }

    /// Returns the number of schemas of the contract.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Returns true if the contract has no schemas.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Iterates over the identifiers of all schemas of the contract, in order.
    pub fn ids(&self) -> impl Iterator<Item = SchemaId> + use<> {
        (0..self.list.len() as u32).map(SchemaId)
    }

    /// Returns the schema behind a chain of aliases. A cyclic chain, which is reported, ends at any of its schemas.
    pub fn target(&self, mut id: SchemaId) -> SchemaId {
        for _ in 0..self.list.len() {
            match self.get(id).kind {
                Kind::Alias(next) => id = next,
                _ => break,
            }
        }
        id
    }

    /// Returns the kind of a schema; for an alias, the kind of its target.
    pub fn kind(&self, id: SchemaId) -> &Kind {
        &self.get(self.target(id)).kind
    }

    /// Returns true if null is a valid value of a schema or of any alias in its chain.
    pub fn nullable(&self, id: SchemaId) -> bool {
        self.chain(id).any(|schema| schema.nullable)
    }

    /// Returns the first result of `pick` for a schema, then for its alias target, and so on. So the annotation
    /// nearest to the schema applies.
    pub fn nearest<'s, T>(&'s self, id: SchemaId, pick: impl Fn(&'s Schema) -> Option<T>) -> Option<T> {
        self.chain(id).find_map(pick)
    }

    /// Returns true if objects of a direction omit properties of this schema: requests those that are `readOnly`,
    /// responses those that are `writeOnly`.
    pub fn omits(&self, direction: Direction, id: SchemaId) -> bool {
        let omitted = |schema: &Schema| match direction {
            Direction::Inbound => schema.read_only,
            Direction::Outbound => schema.write_only,
        };
        self.chain(id).any(omitted)
    }

    /// Returns true if the values of a schema are secrets, which `Debug` output omits: those of a schema that is
    /// `writeOnly` or has the format `password`, and lists and maps of them. An object with a secret property is none,
    /// since the type of the object omits the property itself.
    pub fn is_secret(&self, mut id: SchemaId) -> bool {
        // A list can contain itself.
        for _ in 0..self.list.len() {
            if self.chain(id).any(|schema| schema.write_only || schema.secret) {
                return true;
            }
            id = match self.kind(id) {
                Kind::Array(array) => array.items,
                Kind::Object(ObjectShape { properties, additional: Additional::Kept(rest), .. })
                    if properties.is_empty() =>
                {
                    *rest
                }
                _ => return false,
            };
        }
        false
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
