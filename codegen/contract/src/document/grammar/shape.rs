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
    /// The name of the kind of object with an article: `an operation`.
    pub name: &'static str,
    /// The fixed fields of the object, such as `summary`.
    pub fields: &'static [Field],
    /// The form of the object's entries with free names, such as paths; `None` if it has only fixed fields.
    pub pattern: Option<Pattern>,
    /// True if a `$ref` may stand in the position of the object.
    pub reference: bool,
    /// True if the object may have unknown keywords since OpenAPI 3.1, as JSON Schema allows.
    pub keywords: bool,
}

/// The entries of an OpenAPI object whose names follow a form, such as paths and status codes.
pub struct Pattern {
    /// Returns true if the name of an entry has the required form.
    pub matches: fn(&str) -> bool,
    /// The meaning of an entry's name, with an article: `a path`.
    pub entry: &'static str,
    /// The required form of an entry's name as a predicate for messages: `begins with …`.
    pub form: &'static str,
    /// The shape of the values of the entries that follow the form.
    pub shape: Shape,
}

/// A fixed field of an OpenAPI object.
pub struct Field {
    /// The name of the field in the contract.
    pub name: &'static str,
    /// The shape of values that the field allows.
    pub shape: Shape,
    /// True if the object must have the field.
    pub required: bool,
    /// The versions of OpenAPI in which the object has the field.
    pub since: Since,
}

/// The role of an entry in its object, according to the grammar.
#[derive(Clone, Copy)]
pub enum Role {
    /// A fixed field of the object, possibly one of another version of OpenAPI.
    Field(&'static Field),
    /// The `$ref` in the position of the object.
    Reference,
    /// A vendor field (`x-…`), which may have any value.
    Extension,
    /// An entry whose name has the form that the object requires, such as a path.
    Pattern(&'static Pattern),
    /// A `$ref` in an object that does not allow one; it is reported as an error.
    MisplacedReference,
    /// An entry whose name the grammar of the object does not know; it is reported.
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

/// The shape of a value: its JSON type, and the kind of objects in it.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// Any value, such as an example, a default or a constant. The walk does not enter it.
    Any,
    Text,
    Bool,
    Number,
    /// An integer that is zero or positive.
    Count,
    /// A string from this list of words.
    Word(&'static [&'static str]),
    List(&'static Shape),
    /// A map from free names to values of this shape.
    Map(&'static Shape),
    /// A section of the components: a map from component names to values of this shape.
    Components(&'static Shape),
    Of(ObjectKind),
    /// A string that is either a reference to a schema or the name of a component schema.
    SchemaName,
    /// A string that is a reference to an operation (`operationRef`).
    OperationRef,
    /// A value of one of several shapes; the first whose JSON type matches is used.
    Either(&'static [Shape]),
}

impl ObjectKind {
    /// All kinds of OpenAPI objects, in the order of the specification.
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

    /// Returns the section of `components` that contains objects of this kind.
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
    /// Returns the fixed field with a name: as the given version of OpenAPI defines it, or else as another
    /// version does.
    pub fn field(&self, name: &str, version: Version) -> Option<&'static Field> {
        let mut named = self.fields.iter().filter(|field| field.name == name);
        let first = named.next()?;
        if first.since.knows(version) {
            return Some(first);
        }
        Some(named.find(|field| field.since.knows(version)).unwrap_or(first))
    }

    /// Returns the role of an object's entry according to its name.
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

    /// Iterates over the entry names that a version of OpenAPI defines for the object, for suggestions.
    pub fn names(&self, version: Version) -> impl Iterator<Item = &'static str> {
        let known = self.fields.iter().filter(move |field| field.since.knows(version));
        known.map(|field| field.name).chain(self.reference.then_some("$ref"))
    }
}

impl Since {
    /// Returns true if a version of OpenAPI has the field.
    ///
    /// Fields of OpenAPI 3.2 are reported separately, so the result for them is always false.
    pub fn knows(self, version: Version) -> bool {
        match self {
            Since::Always => true,
            Since::V30Only => version == Version::V30,
            Since::V31 => version != Version::V30,
            Since::V32 | Since::V32Remark => false,
        }
    }
}

/// Creates an optional field that an object has in all versions of OpenAPI.
pub(super) const fn field(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, required: false, since: Since::Always }
}

/// Creates a required field that an object has in all versions of OpenAPI.
pub(super) const fn required(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, required: true, since: Since::Always }
}

/// Creates an optional field that an object has in some versions of OpenAPI.
pub(super) const fn since(since: Since, name: &'static str, shape: Shape) -> Field {
    Field { name, shape, required: false, since }
}

/// Creates the grammar rule of an object with fixed fields only, in whose position no `$ref` may stand.
pub(super) const fn plain(name: &'static str, fields: &'static [Field]) -> Rule {
    Rule { name, fields, pattern: None, reference: false, keywords: false }
}

/// Creates the grammar rule of an object in whose position a `$ref` may stand.
pub(super) const fn referable(name: &'static str, fields: &'static [Field]) -> Rule {
    Rule { name, fields, pattern: None, reference: true, keywords: false }
}

/// Creates the grammar rule of an object whose entries have free names of a form, such as paths.
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
