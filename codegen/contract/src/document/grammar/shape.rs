//! The terms of the grammar: kinds of objects, their fields, and the shapes of values.

use crate::document::version::Version;

/// The kind of an object in an OpenAPI document.
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

/// The grammar of a kind of object.
pub struct Rule {
    /// The name of the object with an article: `an operation`.
    pub name: &'static str,
    /// The fixed fields of the object.
    pub fields: &'static [Field],
    /// The form and the shape of entries with free names, such as paths, if the object has them.
    pub pattern: Option<Pattern>,
    /// True if a `$ref` may stand for the object.
    pub reference: bool,
    /// True if the object may have unknown keywords from 3.1 on, as JSON Schema allows.
    pub keywords: bool,
}

/// The entries of an object whose names follow a form, such as paths and status codes.
pub struct Pattern {
    /// Returns true if a name has the form that the pattern requires.
    pub matches: fn(&str) -> bool,
    /// The meaning of the names, with an article: `a path`.
    pub entry: &'static str,
    /// The form as a predicate for messages: `begins with …`.
    pub form: &'static str,
    /// The shape of the values of these entries.
    pub shape: Shape,
}

/// A fixed field of an object.
pub struct Field {
    /// The name of the field.
    pub name: &'static str,
    /// The shape of the field's value.
    pub shape: Shape,
    /// True if the object must have the field.
    pub required: bool,
    /// The versions of OpenAPI that have the field.
    pub since: Since,
}

/// The role of an entry in its object.
#[derive(Clone, Copy)]
pub enum Role {
    /// A field of the object, possibly one of another version of OpenAPI.
    Field(&'static Field),
    /// The `$ref` that stands for the object.
    Reference,
    /// A vendor field (`x-…`), which may have any value.
    Extension,
    /// An entry whose name has the form of the object's pattern.
    Pattern(&'static Pattern),
    /// A `$ref` in an object that no `$ref` may stand for.
    MisplacedReference,
    /// An entry that the object does not have.
    Unknown,
}

/// The versions of OpenAPI that have a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// All versions of OpenAPI have the field.
    Always,
    /// Only OpenAPI 3.0 has the field.
    V30Only,
    /// OpenAPI 3.1 and later have the field.
    V31,
    /// OpenAPI 3.2 has the field, and ignoring it changes the meaning of the contract.
    V32,
    /// OpenAPI 3.2 has the field, and ignoring it does not affect the code.
    V32Remark,
}

/// The shape of a field's value.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// Any value; it is not walked: examples, defaults, constants.
    Any,
    Text,
    Bool,
    Number,
    /// An integer that is zero or positive.
    Count,
    /// A string from a list of words.
    Word(&'static [&'static str]),
    List(&'static Shape),
    /// A map from free names to values of a shape.
    Map(&'static Shape),
    /// A section of the components: a map whose names are component names.
    Components(&'static Shape),
    Of(ObjectKind),
    /// A string that is a reference to a schema or the name of a schema.
    SchemaName,
    /// A string that refers to an operation.
    OperationRef,
    /// The first of several shapes that the JSON type of the value matches.
    Either(&'static [Shape]),
}

impl ObjectKind {
    /// All kinds, in the order of the specification.
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

    /// Returns the section of the components that holds objects of this kind.
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
    /// Returns the field with a name: the one of the version if there is one, otherwise that of another
    /// version.
    pub fn field(&self, name: &str, version: Version) -> Option<&'static Field> {
        let mut named = self.fields.iter().filter(|field| field.name == name);
        let first = named.next()?;
        if first.since.knows(version) {
            return Some(first);
        }
        Some(named.find(|field| field.since.knows(version)).unwrap_or(first))
    }

    /// Returns the role of an entry according to its name.
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

    /// Iterates over the names that an entry can have in a version, for suggestions.
    pub fn names(&self, version: Version) -> impl Iterator<Item = &'static str> {
        let known = self.fields.iter().filter(move |field| field.since.knows(version));
        known.map(|field| field.name).chain(self.reference.then_some("$ref"))
    }
}

impl Since {
    /// Returns true if a version has the field.
    ///
    /// Fields of 3.2 are reported separately, so no version has them.
    pub fn knows(self, version: Version) -> bool {
        match self {
            Since::Always => true,
            Since::V30Only => version == Version::V30,
            Since::V31 => version != Version::V30,
            Since::V32 | Since::V32Remark => false,
        }
    }
}

/// Creates an optional field of all versions.
pub(super) const fn field(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, required: false, since: Since::Always }
}

/// Creates a required field of all versions.
pub(super) const fn required(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, required: true, since: Since::Always }
}

/// Creates an optional field of some versions.
pub(super) const fn since(since: Since, name: &'static str, shape: Shape) -> Field {
    Field { name, shape, required: false, since }
}

/// Creates the rule of an object without free names, for which no `$ref` may stand.
pub(super) const fn plain(name: &'static str, fields: &'static [Field]) -> Rule {
    Rule { name, fields, pattern: None, reference: false, keywords: false }
}

/// Creates the rule of an object for which a `$ref` may stand.
pub(super) const fn referable(name: &'static str, fields: &'static [Field]) -> Rule {
    Rule { name, fields, pattern: None, reference: true, keywords: false }
}

/// Creates the rule of a map whose names have a form.
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
