//! Request bodies, and the media types of requests and responses.

use super::header::Header;
use super::style::Style;
use crate::model::schema::SchemaId;
use crate::source::Span;

/// The size limit of a request body in bytes if the contract declares none: 1 MiB.
pub const DEFAULT_BODY_LIMIT: u64 = 1024 * 1024;

/// The request body of an operation.
#[derive(Debug, Clone)]
pub struct RequestBody {
    /// The span of the request body object.
    pub span: Span,
    /// True if a request must have the body (`required`).
    pub required: bool,
    /// The description of the request body (`description`).
    pub description: Option<String>,
    /// The media types of the request body that the operation accepts.
    pub content: Vec<Content>,
    /// The size limit of the request body in bytes (`x-body-limit`, or [`DEFAULT_BODY_LIMIT`]).
    pub limit: u64,
}

/// A media type of a request body or response, with its schema.
#[derive(Debug, Clone)]
pub struct Content {
    /// The name of the media type, as the contract spells it: `application/json`.
    pub media_type: String,
    /// The span of the media type's name in the contract.
    pub span: Span,
    /// The codec of the media type: the way to decode and encode the body.
    pub kind: ContentKind,
    /// The schema that the contract declares for the body in this media type, if any.
    pub schema: Option<SchemaId>,
    /// The schema of each item if the body is a sequence of items (`itemSchema`), such as JSON lines.
    pub items: Option<SchemaId>,
    /// The encodings of the properties of a form or multipart body (`encoding`).
    pub encoding: Vec<Encoding>,
    /// The parts of a multipart body by their position and not by their names (`prefixEncoding`, `itemEncoding` or
    /// `itemSchema`), if the contract describes them so.
    pub positional: Option<PositionalParts>,
    /// The rules for the parts of a multipart body, which depend on the version of OpenAPI.
    pub part_rules: PartRules,
}

/// The rules for the parts of a multipart body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartRules {
    /// The rules for a contract of Swagger 2.0: those of OpenAPI 3.0, with the collection formats of lists as styles.
    V20,
    /// The rules of OpenAPI 3.0: a part without a type is text, and parts have no style (3.0.3 § 4.7.15).
    V30,
    /// The rules since OpenAPI 3.1: a part without a type is a file, and the parts of `multipart/form-data` can have a
    /// style (3.1.2 § 4.8.15).
    V31,
}

/// The parts of a multipart body by their position: the first ones, and all that follow.
#[derive(Debug, Clone, Default)]
pub struct PositionalParts {
    /// The first parts of the multipart body, each with a description of its own.
    pub first: Vec<PositionalPart>,
    /// The description of all parts after the first ones; `None` if the contract does not describe them.
    pub rest: Option<PositionalPart>,
    /// The smallest number of parts that the multipart body may have (`minItems`).
    pub min: u64,
    /// The largest number of parts that the multipart body may have (`maxItems`).
    pub max: Option<u64>,
}

/// The description of a part of a multipart body that its position selects.
#[derive(Debug, Clone)]
pub struct PositionalPart {
    /// The name of the part in generated code: `part_1` for the first one, `item` for those without a position.
    pub name: String,
    /// The schema of the part.
    pub schema: SchemaId,
    /// The encoding of the part, if the contract declares one.
    pub encoding: Option<Encoding>,
}

/// The encoding of one property of a form or multipart body: its media type, headers and style.
#[derive(Debug, Clone)]
pub struct Encoding {
    /// The name of the property that is encoded.
    pub property: String,
    /// The span of the encoded property's name.
    pub span: Span,
    /// The media types or ranges that an encoded property may have (`contentType`). If empty, the property's
    /// schema determines them.
    pub media_types: Vec<String>,
    /// The headers of the property's part in a multipart body (`headers`).
    pub headers: Vec<Header>,
    /// The style of the property in a form (`style`).
    pub style: Option<Style>,
    /// True if the elements of the property are written separately in a form (`explode`).
    pub explode: Option<bool>,
    /// True if reserved characters of the property are not percent-encoded in a form (`allowReserved`).
    pub allow_reserved: Option<bool>,
}

impl Encoding {
    /// Returns the style of the property and its `explode`, or `None` if the encoding declares neither of them nor
    /// `allowReserved` (OpenAPI 3.1.2 § 4.8.15.1.2).
    pub fn style(&self) -> Option<(Style, bool)> {
        let declared = self.style.is_some() || self.explode.is_some() || self.allow_reserved.is_some();
        let style = self.style.unwrap_or(Style::Form);
        declared.then(|| (style, self.explode.unwrap_or(style == Style::Form)))
    }
}

impl Content {
    /// Returns the schema of the values that generated code reads or writes: that of each item if the contract
    /// declares one (`itemSchema`), and otherwise that of the complete body.
    pub fn value_schema(&self) -> Option<SchemaId> {
        self.items.or(self.schema)
    }

    /// Returns the media type in lower case and without parameters.
    pub fn essence(&self) -> String {
        essence(&self.media_type)
    }

    /// Returns true if the parts of a multipart body can have a style.
    pub fn has_styled_parts(&self) -> bool {
        self.part_rules != PartRules::V30 && self.essence() == "multipart/form-data"
    }

    /// Returns true if the media type is a range, such as `image/*`.
    pub fn is_range(&self) -> bool {
        self.essence().contains('*')
    }
}

/// Returns a media type in lower case and without parameters.
pub fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Returns a media type in the form for comparisons: in lower case, without `charset`, `boundary` and `q`.
pub fn normal_media_type(media_type: &str) -> String {
    let mut normal = essence(media_type);
    for parameter in media_type.split(';').skip(1) {
        let Some((name, value)) = parameter.split_once('=') else { continue };
        let name = name.trim().to_ascii_lowercase();
        if !matches!(name.as_str(), "charset" | "boundary" | "q") {
            normal.push_str(&format!(";{name}={}", value.trim()));
        }
    }
    normal
}

/// The codec of a media type: the way to decode and encode a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentKind {
    /// The body is JSON: `application/json` and media types that end in `+json`.
    Json,
    /// The body is a form, `application/x-www-form-urlencoded`.
    Form,
    /// The body is multipart, `multipart/*`.
    Multipart,
    /// The body is text, `text/*`.
    Text,
    /// The body is bytes, which are neither decoded nor checked.
    Binary,
    /// The body is a stream of events or lines, each sent when it is ready.
    Stream,
}
