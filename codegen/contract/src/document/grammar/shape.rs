//! The terms of the grammar: kinds of objects, their fields, and the shapes of values.

use crate::document::version::Version;

/// An object of OpenAPI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ObjectKind {
    Root,
    Info,
    Contact,
    License,
    Server,
    ServerVariable,
    Components,
    Paths,
    PathItem,
    Operation,
    ExternalDocs,
    Parameter,
    RequestBody,
    MediaType,
    Encoding,
    Responses,
    Response,
    Callback,
    Example,
    Link,
    Header,
    Tag,
    Schema,
    Discriminator,
    Xml,
    SecurityScheme,
    OAuthFlows,
    OAuthFlow,
}

/// What is known of an object.
pub struct Rule {
    /// Its name with an article: `an operation`.
    pub name: &'static str,
    /// Its fields.
    pub fields: &'static [Field],
    /// Entries whose names are free, within a form.
    pub pattern: Option<Pattern>,
    /// Whether a `$ref` may stand for it.
    pub reference: bool,
    /// Whether keywords of anyone's may stand beside the fields, from 3.1 on.
    pub keywords: bool,
}

/// Entries whose names follow a form, such as paths and statuses.
pub struct Pattern {
    /// Whether a name has the form.
    pub matches: fn(&str) -> bool,
    /// What the names are, with an article: `a path`.
    pub entry: &'static str,
    /// What they look like: `begins with ...`.
    pub form: &'static str,
    /// What the entries hold.
    pub shape: Shape,
}

/// A field of an object.
pub struct Field {
    pub name: &'static str,
    pub shape: Shape,
    pub required: bool,
    pub since: Since,
}

/// The role of an entry in its object.
#[derive(Clone, Copy)]
pub enum Role {
    /// A field of the object, though perhaps of another version of OpenAPI.
    Field(&'static Field),
    /// The `$ref` that stands for the object.
    Reference,
    /// A vendor field, which holds any value.
    Extension,
    /// An entry whose name follows the pattern of the object.
    Pattern(&'static Pattern),
    /// A `$ref` in an object that none may stand for.
    MisplacedReference,
    /// None: the object knows no such entry.
    Unknown,
}

/// Which versions know a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// All.
    Always,
    /// 3.0 only.
    V30Only,
    /// 3.1 and later.
    V31,
    /// 3.2, and leaving it out would change what the contract means.
    V32,
    /// 3.2, and leaving it out loses nothing.
    V32Remark,
}

/// What a field holds.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// Any value, never looked into: examples, defaults, constants.
    Any,
    Text,
    Bool,
    Number,
    /// An integer that is not negative.
    Count,
    /// One of these words.
    Word(&'static [&'static str]),
    List(&'static Shape),
    /// A map with free names.
    Map(&'static Shape),
    /// A map whose names are those of components.
    Components(&'static Shape),
    Of(ObjectKind),
    /// A text that refers to a schema, or names one.
    SchemaName,
    /// A text that refers to an operation.
    OperationRef,
    /// The first of these that fits the JSON type.
    Either(&'static [Shape]),
}

impl ObjectKind {
    /// Every kind, in the order of the documentation.
    pub const ALL: [ObjectKind; 28] = [
        ObjectKind::Root,
        ObjectKind::Info,
        ObjectKind::Contact,
        ObjectKind::License,
        ObjectKind::Server,
        ObjectKind::ServerVariable,
        ObjectKind::Components,
        ObjectKind::Paths,
        ObjectKind::PathItem,
        ObjectKind::Operation,
        ObjectKind::ExternalDocs,
        ObjectKind::Parameter,
        ObjectKind::RequestBody,
        ObjectKind::MediaType,
        ObjectKind::Encoding,
        ObjectKind::Responses,
        ObjectKind::Response,
        ObjectKind::Callback,
        ObjectKind::Example,
        ObjectKind::Link,
        ObjectKind::Header,
        ObjectKind::Tag,
        ObjectKind::Schema,
        ObjectKind::Discriminator,
        ObjectKind::Xml,
        ObjectKind::SecurityScheme,
        ObjectKind::OAuthFlows,
        ObjectKind::OAuthFlow,
    ];

    /// Where among the components an object of the kind has its place.
    pub fn section(self) -> &'static str {
        match self {
            ObjectKind::Response => "responses",
            ObjectKind::Parameter => "parameters",
            ObjectKind::Example => "examples",
            ObjectKind::RequestBody => "requestBodies",
            ObjectKind::Header => "headers",
            ObjectKind::SecurityScheme => "securitySchemes",
            ObjectKind::Link => "links",
            ObjectKind::Callback => "callbacks",
            ObjectKind::PathItem => "pathItems",
            _ => "schemas",
        }
    }
}

impl Rule {
    /// The field of a name: that of the version, or else that of another.
    pub fn field(&self, name: &str, version: Version) -> Option<&'static Field> {
        let mut named = self.fields.iter().filter(|field| field.name == name);
        let first = named.next()?;
        if first.since.knows(version) {
            return Some(first);
        }
        Some(named.find(|field| field.since.knows(version)).unwrap_or(first))
    }

    /// Returns the role of an entry by its name.
    pub fn role(&'static self, name: &str, version: Version) -> Role {
        if let Some(field) = self.field(name, version) {
            return Role::Field(field);
        }
        match &self.pattern {
            _ if name.starts_with("x-") => Role::Extension,
            _ if name == "$ref" && self.reference => Role::Reference,
            Some(pattern) if (pattern.matches)(name) => Role::Pattern(pattern),
            _ if name == "$ref" => Role::MisplacedReference,
            _ => Role::Unknown,
        }
    }

    /// The names that a writer of this version may mean.
    pub fn names(&self, version: Version) -> impl Iterator<Item = &'static str> {
        let known = self.fields.iter().filter(move |field| field.since.knows(version));
        known.map(|field| field.name).chain(self.reference.then_some("$ref"))
    }
}

impl Since {
    /// Whether a version knows it. What 3.2 brought is refused by name, so that no version does.
    pub fn knows(self, version: Version) -> bool {
        match self {
            Since::Always => true,
            Since::V30Only => version == Version::V30,
            Since::V31 => version != Version::V30,
            Since::V32 | Since::V32Remark => false,
        }
    }
}

/// A field that may be left out.
pub(super) const fn field(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, required: false, since: Since::Always }
}

/// A field that may not be left out.
pub(super) const fn required(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, required: true, since: Since::Always }
}

/// A field that some versions do not know.
pub(super) const fn since(since: Since, name: &'static str, shape: Shape) -> Field {
    Field { name, shape, required: false, since }
}

/// An object without free names that no `$ref` may stand for.
pub(super) const fn plain(name: &'static str, fields: &'static [Field]) -> Rule {
    Rule { name, fields, pattern: None, reference: false, keywords: false }
}

/// An object that a `$ref` may stand for.
pub(super) const fn referable(name: &'static str, fields: &'static [Field]) -> Rule {
    Rule { name, fields, pattern: None, reference: true, keywords: false }
}

/// A map with names of one form.
pub(super) const fn named(
    name: &'static str,
    fields: &'static [Field],
    entry: &'static str,
    form: &'static str,
    matches: fn(&str) -> bool,
    shape: Shape,
) -> Rule {
    Rule { name, fields, pattern: Some(Pattern { matches, entry, form, shape }), reference: false, keywords: false }
}
