//! The terms of the grammar of OpenAPI: kinds of objects, their fields, and the shapes of values.

use crate::document::version::Version;

/// The kind of an object in an OpenAPI document, such as operation or schema.
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
    EventDeclaration,
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

/// The grammar of one kind of OpenAPI object: its fields and its other entries.
pub struct Rule {
    /// The name of a kind of OpenAPI object with its indefinite article, for messages: `an operation`.
    pub name: &'static str,
    /// The fixed fields of an OpenAPI object according to the grammar, such as `summary`.
    pub fields: &'static [Field],
    /// The form of the entries with free names in an OpenAPI object, such as paths; `None` if it has only fixed fields.
    pub pattern: Option<Pattern>,
    /// True if a `$ref` may stand in place of the OpenAPI object.
    pub reference: bool,
    /// True if the OpenAPI object may have unknown keywords since version 3.1, as JSON Schema allows.
    pub keywords: bool,
}

/// The grammar of the entries with free names in an OpenAPI object, such as paths and status codes.
pub struct Pattern {
    /// The function that returns true if the name of an entry has the form that its OpenAPI object requires.
    pub matches: fn(&str) -> bool,
    /// The function that returns the correct form of a name that lacks it, if the name has only one possible meaning.
    pub corrected: fn(&str) -> Option<String>,
    /// The meaning of the free names in an OpenAPI object, with an article, for messages: `a path`.
    pub entry: &'static str,
    /// The required form of the free names in an OpenAPI object, as a predicate for messages: `begins with …`.
    pub form: &'static str,
    /// The shape of the values of the entries with free names in an OpenAPI object.
    pub shape: Shape,
}

/// A fixed field of an OpenAPI object in the grammar: its name, the shape of its value, and the versions that have it.
pub struct Field {
    /// The name of a field of an OpenAPI object, as contracts write it.
    pub name: &'static str,
    /// The shape of the values that a field of an OpenAPI object allows.
    pub shape: Shape,
    /// The rule for OpenAPI objects that lack the field.
    pub presence: Presence,
    /// The versions of OpenAPI in which the object has the field.
    pub since: Since,
}

/// The rule for OpenAPI objects that lack a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// The field is optional.
    Optional,
    /// OpenAPI requires the field, but its absence has only one sensible meaning, which this text states as the label
    /// of a diagnostic: `treated as empty`.
    Assumed(&'static str),
    /// OpenAPI requires the field, and without it the meaning of the object is unknown.
    Required,
}

/// The role of an entry in its OpenAPI object according to the grammar, such as fixed field, `$ref` or vendor field.
#[derive(Clone, Copy)]
pub enum Role {
    /// The entry is a fixed field of its OpenAPI object, possibly one that only another version of OpenAPI has.
    Field(&'static Field),
    /// The entry is a `$ref` that stands for the complete OpenAPI object.
    Reference,
    /// The entry is a vendor field (`x-…`), which may have any value.
    Extension,
    /// The entry has a free name of the form that its OpenAPI object requires, such as a path, or a name that can
    /// only mean one of this form.
    Pattern(&'static Pattern),
    /// The entry is a `$ref` in an OpenAPI object that does not allow one; it is reported as an error.
    MisplacedReference,
    /// The entry has a name that the grammar of its OpenAPI object does not know; it is reported.
    Unknown,
}

/// The versions of OpenAPI that have a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// All versions of OpenAPI have the field.
    Always,
    /// Only Swagger 2.0 has the field.
    V20Only,
    /// Swagger 2.0 and OpenAPI 3.0 have the field.
    UpToV30,
    /// Only OpenAPI 3.0 has the field.
    V30Only,
    /// OpenAPI 3.0 and later have the field.
    V30,
    /// OpenAPI 3.1 and later have the field.
    V31,
    /// OpenAPI 3.2 and later have the field.
    V32,
    /// Versions before OpenAPI 3.2 have the field in this form.
    BeforeV32,
}

/// The shape of a value in an OpenAPI document: its JSON type, and the kind of the OpenAPI objects in it.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// The shape of any value, such as an example, a default or a constant. A walk through the document does not
    /// enter it.
    Any,
    Text,
    Bool,
    Number,
    /// The shape of an integer that is zero or positive.
    Count,
    /// The shape of a string that must be one of these, as for the `in` of a parameter.
    Word(&'static [&'static str]),
    List(&'static Shape),
    /// The shape of a map from free names to values of one shape.
    Map(&'static Shape),
    /// The shape of a section of `components`: a map from component names to values of one shape.
    Components(&'static Shape),
    Of(ObjectKind),
    /// The shape of a security requirement: a map whose names are security schemes, or since OpenAPI 3.2 references
    /// to them, to lists of scopes.
    Requirement,
    /// The shape of a string that is either a reference to a schema or the name of a component schema.
    SchemaName,
    /// The shape of a string that refers to an operation (`operationRef`).
    OperationRef,
    /// A choice of several shapes for one value; the first shape whose JSON type matches is used.
    Either(&'static [Shape]),
}

impl ObjectKind {
    /// All kinds of OpenAPI objects, in the order of the specification.
    pub const ALL: [ObjectKind; 29] = [
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
        ObjectKind::EventDeclaration,
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

    /// Returns the steps from the root of a contract to the reusable objects of a kind: `components` and `schemas`
    /// for a schema of OpenAPI 3.x, `definitions` for one of Swagger 2.0.
    pub fn place(self, version: Version) -> Vec<&'static str> {
        match (version, self.section()) {
            (Version::V20, "schemas") => vec!["definitions"],
            (Version::V20, "securitySchemes") => vec!["securityDefinitions"],
            (Version::V20, section) => vec![section],
            (_, section) => vec!["components", section],
        }
    }

    /// Returns the section of `components` for a kind of OpenAPI object: `responses` for a response.
    ///
    /// Kinds without a section of their own get `schemas`.
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
            ObjectKind::MediaType => "mediaTypes",
            _ => "schemas",
        }
    }
}

impl Rule {
    /// Returns the fixed field `name` of an OpenAPI object: as `version` defines it, or else as another version does.
    pub fn field(&self, name: &str, version: Version) -> Option<&'static Field> {
        let mut named = self.fields.iter().filter(|field| field.name == name);
        let first = named.next()?;
        if first.since.knows(version) {
            return Some(first);
        }
        Some(named.find(|field| field.since.knows(version)).unwrap_or(first))
    }

    /// Returns the role that an entry of an OpenAPI object has by its name, such as fixed field or vendor field.
    pub fn role(&'static self, name: &str, version: Version) -> Role {
        if let Some(field) = self.field(name, version) {
            return Role::Field(field);
        }
        match &self.pattern {
            _ if name.starts_with("x-") => Role::Extension,
            _ if name == "$ref" && self.reference => Role::Reference,
            Some(pattern) if pattern.accepts(name) => Role::Pattern(pattern),
            _ if name == "$ref" => Role::MisplacedReference,
            _ => Role::Unknown,
        }
    }

    /// Iterates over the entry names that a version of OpenAPI defines for the object, for suggestions.
    pub fn names(&self, version: Version) -> impl Iterator<Item = &'static str> {
        let known = self.fields.iter().filter(move |field| field.since.knows(version));
        known.map(|field| field.name).chain(self.reference.then_some("$ref"))
    }
}

impl Pattern {
    /// Returns true if the name of an entry has the required form, or has only one possible meaning in this form.
    fn accepts(&self, name: &str) -> bool {
        (self.matches)(name) || (self.corrected)(name).is_some()
    }
}

impl Since {
    /// Returns a version of OpenAPI that has the field of an object, for messages.
    pub fn example(self) -> Version {
        match self {
            Since::V20Only => Version::V20,
            Since::Always | Since::UpToV30 | Since::V30Only | Since::V30 | Since::BeforeV32 => Version::V30,
            Since::V31 => Version::V31,
            Since::V32 => Version::V32,
        }
    }

    /// Returns true if the given version of OpenAPI has the field of an object.
    pub fn knows(self, version: Version) -> bool {
        match self {
            Since::Always => true,
            Since::V20Only => version == Version::V20,
            Since::UpToV30 => version <= Version::V30,
            Since::V30Only => version == Version::V30,
            Since::V30 => version >= Version::V30,
            Since::V31 => version >= Version::V31,
            Since::V32 => version >= Version::V32,
            Since::BeforeV32 => version < Version::V32,
        }
    }
}

/// Creates an optional field that an object has in all versions of OpenAPI.
pub(super) const fn field(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, presence: Presence::Optional, since: Since::Always }
}

/// Creates a required field whose absence makes the meaning of its object unknown.
pub(super) const fn required(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, presence: Presence::Required, since: Since::Always }
}

/// Creates a required field whose absence has the meaning that `assumption` states.
pub(super) const fn assumed(name: &'static str, shape: Shape, assumption: &'static str) -> Field {
    Field { name, shape, presence: Presence::Assumed(assumption), since: Since::Always }
}

/// Creates an optional field that an object has in some versions of OpenAPI.
pub(super) const fn since(since: Since, name: &'static str, shape: Shape) -> Field {
    Field { name, shape, presence: Presence::Optional, since }
}

/// Creates a required field of some versions of OpenAPI, whose absence has the meaning that `assumption` states.
pub(super) const fn assumed_since(since: Since, name: &'static str, shape: Shape, assumption: &'static str) -> Field {
    Field { name, shape, presence: Presence::Assumed(assumption), since }
}

/// Creates the grammar rule of an object with fixed fields only, in whose position no `$ref` may stand.
pub(super) const fn plain(name: &'static str, fields: &'static [Field]) -> Rule {
    Rule { name, fields, pattern: None, reference: false, keywords: false }
}

/// Creates the grammar rule of an object in whose position a `$ref` may stand.
pub(super) const fn referable(name: &'static str, fields: &'static [Field]) -> Rule {
    Rule { name, fields, pattern: None, reference: true, keywords: false }
}

/// The functions [`Pattern::matches`] and [`Pattern::corrected`] of the entries of an OpenAPI object.
type NameForm = (fn(&str) -> bool, fn(&str) -> Option<String>);

/// Creates the grammar rule of an object whose entries have free names of a required form, such as paths.
pub(super) const fn named(
    name: &'static str,
    fields: &'static [Field],
    entry: &'static str,
    form: &'static str,
    (matches, corrected): NameForm,
    shape: Shape,
) -> Rule {
    let pattern = Some(Pattern { matches, corrected, entry, form, shape });
    Rule { name, fields, pattern, reference: false, keywords: false }
}
