//! The parts of a multipart body whose schema is an object, and the way to decode each part.

use super::direction::Direction;
use super::operation::{Content, ContentKind, Encoding, PartRules, PositionalPart, PositionalParts, Style, essence};
use super::schema::{Additional, ArrayShape, Format, Kind, ObjectShape, Property, SchemaId, Schemas, StringContent};

/// The parts of a multipart body, from the properties of its object schema.
#[derive(Debug)]
pub struct Parts<'c> {
    /// The object schema of a multipart body, whose properties describe the parts; `None` if their positions do.
    pub object: Option<&'c ObjectShape>,
    /// The parts of a multipart body that its object schema names as properties.
    pub named: Vec<Part<'c>>,
    /// The description of the parts of a multipart body that its schema does not name; `None` if these are not kept.
    pub rest: Option<Part<'c>>,
    /// The names of the properties that requests omit (`readOnly`). A received part with such a name is ignored.
    pub ignored: Vec<&'c str>,
}

/// The description of a part of a multipart body.
#[derive(Debug)]
pub struct Part<'c> {
    /// The name of the part in a multipart body; empty in the description of all other parts.
    pub name: &'c str,
    /// The schema of the part's value. If the property is an array, it is the schema of the elements.
    pub schema: SchemaId,
    /// The schema of the property that describes a part of a multipart body. It is an array if several parts
    /// may have this name.
    pub property: SchemaId,
    /// True if a multipart body must contain the part.
    pub required: bool,
    /// The constraints on the number of parts if a multipart body may have several parts with this name.
    pub list: Option<PartList>,
    /// The way to decode a part of a multipart body: text, JSON or a file.
    pub kind: PartKind,
    /// The media types and ranges that a part of a multipart body may have. If empty, its kind determines them.
    pub media_types: Vec<&'c str>,
    /// The media type with which a client sends a part of a multipart body, unless it has another one or
    /// `media_types` names it.
    pub sent_as: Option<&'c str>,
    /// The style of a part of a multipart body, in place of a media type (`encoding.style`).
    pub style: Option<PartStyle<'c>>,
    /// The encoding that the contract declares for a part of a multipart body (`encoding`), if it does.
    pub encoding: Option<&'c Encoding>,
}

/// The constraints on parts of a multipart body that are the elements of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartList {
    /// The smallest number of parts in the list (`minItems`).
    pub min: Option<u64>,
    /// The largest number of parts in the list (`maxItems`).
    pub max: Option<u64>,
    /// True if all parts in the list have different values (`uniqueItems`).
    pub unique: bool,
}

/// The style of a part of a multipart body (OpenAPI 3.1.2 § 4.8.15.1.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartStyle<'c> {
    /// The part of a multipart body is one scalar or one element of a list.
    Scalar,
    /// The part of a multipart body is a complete list or object, with this character between its elements.
    Delimited(char),
    /// Each property of the object is a part of the multipart body, with its key in brackets: `place[lat]`.
    Brackets,
    /// Each property of the object is a part of the multipart body with the name of the property. Without names, the
    /// object takes every part that has no description of its own.
    Members(Vec<&'c str>),
}

/// The way to decode a part of a multipart body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartKind {
    /// The part of a multipart body is text, decoded like the string of a parameter.
    Text,
    /// The part of a multipart body is decoded as JSON.
    Json,
    /// The part of a multipart body is a file, whose bytes the handler receives.
    File,
}

/// Returns the parts of a multipart body; `None` if the body is not multipart or its schema does not describe parts.
pub fn parts<'c>(content: &'c Content, schemas: &'c Schemas) -> Option<Parts<'c>> {
    if content.kind != ContentKind::Multipart {
        return None;
    }
    let described = Described { schemas, rules: content.part_rules };
    if let Some(positional) = &content.positional {
        return by_position(positional, &described);
    }
    let Kind::Object(object) = schemas.kind(content.schema?) else { return None };
    let part = |name: &'c str, property: SchemaId, required: bool| {
        let encoding = content.encoding.iter().find(|encoding| encoding.property == name);
        let (schema, list) = match (schemas.kind(property), described.array_or_element(property)) {
            (Kind::Array(array), _) => {
                (array.items, Some(PartList { min: array.min, max: array.max, unique: array.unique }))
            }
            // A value and an array with one element are both one part, so all parts are elements.
            (_, Some(array)) => {
                let max = array.max.map(|max| max.max(1));
                (array.items, Some(PartList { min: None, max, unique: array.unique }))
            }
            _ => (property, None),
        };
        let media: Vec<&'c str> =
            encoding.iter().flat_map(|encoding| &encoding.media_types).map(String::as_str).collect();
        let style = encoding
            .filter(|_| content.has_styled_parts() && described.kind(schema, &[]) != PartKind::File)
            .and_then(|encoding| described.style(property, encoding));
        // A style takes the place of the media type.
        let (kind, (media_types, sent_as)) = match style {
            Some(_) => (PartKind::Text, (Vec::new(), None)),
            None => (described.kind(schema, &media), described.media(schema, media)),
        };
        let sent_as = differing(kind, sent_as);
        Part { name, schema, property, required, list, kind, media_types, sent_as, style, encoding }
    };
    if object.properties.is_empty() && !matches!(object.additional, Additional::Kept(_)) {
        return None;
    }
    let (named, ignored): (Vec<&Property>, Vec<&Property>) =
        object.properties.iter().partition(|property| !schemas.omits(Direction::Inbound, property.schema));
    Some(Parts {
        object: Some(object),
        ignored: ignored.into_iter().map(|property| property.name.as_str()).collect(),
        named: named.into_iter().map(|property| part(&property.name, property.schema, property.required)).collect(),
        rest: match object.additional {
            Additional::Kept(schema) => Some(part("", schema, false)),
            Additional::Ignored | Additional::Denied => None,
        },
    })
}

/// Returns the parts of a multipart body by their position: the first ones, and a list of all that follow.
fn by_position<'c>(positional: &'c PositionalParts, described: &Described<'c>) -> Option<Parts<'c>> {
    let count = positional.first.len() as u64;
    let part = |part: &'c PositionalPart, required: bool, list: Option<PartList>| {
        let (schema, encoding) = (part.schema, part.encoding.as_ref());
        let media: Vec<&'c str> =
            encoding.iter().flat_map(|encoding| &encoding.media_types).map(String::as_str).collect();
        let kind = described.kind(schema, &media);
        let (media_types, sent_as) = described.media(schema, media);
        // Only the parts of `multipart/form-data` can have a style, and these have names.
        Part {
            name: &part.name,
            schema,
            property: schema,
            required,
            list,
            kind,
            media_types,
            sent_as: differing(kind, sent_as),
            style: None,
            encoding,
        }
    };
    let first = positional.first.iter().zip(1..).map(|(one, position)| part(one, position <= positional.min, None));
    let min = Some(positional.min.saturating_sub(count)).filter(|min| *min > 0);
    let max = positional.max.map(|max| max.saturating_sub(count));
    let list = PartList { min, max, unique: false };
    let rest = positional.rest.iter().map(|rest| part(rest, min.is_some(), Some(list)));
    let named: Vec<Part<'c>> = first.chain(rest).collect();
    (!named.is_empty()).then_some(Parts { object: None, named, rest: None, ignored: Vec::new() })
}

/// Returns the media type with which a client sends a part, unless it is the default media type of files.
fn differing(kind: PartKind, sent_as: Option<&str>) -> Option<&str> {
    sent_as.filter(|media| kind != PartKind::File || *media != "application/octet-stream")
}

/// The deepest nesting of unions whose branches decide the way to decode a part.
const DEEPEST_UNION: usize = 8;

/// The schemas of the parts of a multipart body, with the rules by which they describe the parts.
struct Described<'c> {
    schemas: &'c Schemas,
    rules: PartRules,
}

impl<'c> Described<'c> {
    /// Returns the way to decode a part of a multipart body: from its `contentType`, or else from its schema
    /// (OpenAPI 3.0.3 § 4.7.14.5 and § 4.7.15; 3.1.2 § 4.8.15).
    fn kind(&self, schema: SchemaId, media: &[&str]) -> PartKind {
        self.kind_at(schema, media, 0)
    }

    /// Returns the way to decode a part of a multipart body. `depth` is the number of unions around the schema.
    fn kind_at(&self, schema: SchemaId, media: &[&str], depth: usize) -> PartKind {
        let content = self.content(schema);
        if content.is_some_and(is_base64) {
            // The bytes are decoded, whatever the media type: base64 is a transfer encoding (OpenAPI 3.1.2 § 4.8.15.3).
            return PartKind::Text;
        }
        let of_schema = match self.schemas.kind(schema) {
            Kind::String(shape) if shape.format == Format::Binary => return PartKind::File,
            Kind::String(_) if content.is_some() => return PartKind::File,
            Kind::Any if self.rules == PartRules::V31 => return PartKind::File,
            Kind::Object(_) | Kind::Array(_) => PartKind::Json,
            Kind::Union(union) if depth < DEEPEST_UNION => {
                let kinds: Vec<PartKind> =
                    union.branches.iter().map(|branch| self.kind_at(*branch, &[], depth + 1)).collect();
                if kinds.contains(&PartKind::File) {
                    return PartKind::File;
                }
                if kinds.iter().all(|kind| *kind == PartKind::Json) { PartKind::Json } else { PartKind::Text }
            }
            _ => PartKind::Text,
        };
        let text = |media: &&str| essence(media).starts_with("text/");
        let plain = matches!(self.schemas.kind(schema), Kind::String(_) | Kind::Any);
        if media.is_empty() || of_schema == PartKind::Json {
            of_schema
        } else if media.iter().all(is_json) {
            PartKind::Json
        } else if plain && !media.iter().any(|media| is_json(media) || text(media)) {
            PartKind::File
        } else {
            PartKind::Text
        }
    }

    /// Returns the media types that a part may have, and the one with which a client sends it by default.
    ///
    /// `contentEncoding` and `contentMediaType` do not restrict the media type: a browser chooses it for a file, and
    /// `contentMediaType` is only an annotation (JSON Schema 2020-12, validation § 8.1).
    fn media(&self, schema: SchemaId, media: Vec<&'c str>) -> (Vec<&'c str>, Option<&'c str>) {
        match self.content(schema) {
            Some(content) if media.is_empty() => {
                let sent_as = content.media_type.as_deref().unwrap_or("application/octet-stream");
                (if is_base64(content) { vec!["*/*"] } else { media }, Some(sent_as))
            }
            _ => (media, None),
        }
    }

    /// Returns the content of a string or file, by the keywords of OpenAPI 3.1.
    fn content(&self, schema: SchemaId) -> Option<&'c StringContent> {
        let is_text = matches!(self.schemas.kind(schema), Kind::String(_) | Kind::Any);
        let content = self.schemas.nearest(schema, |schema| schema.content.as_ref());
        content.filter(|_| is_text && self.rules == PartRules::V31)
    }

    /// Returns the array of a property that is an array or one of its elements: a file or several files. Returns `None` if
    /// the property has a default, which would be of one of these types.
    fn array_or_element(&self, property: SchemaId) -> Option<&'c ArrayShape> {
        let Kind::Union(union) = self.schemas.kind(property) else { return None };
        let [one, other] = union.branches[..] else { return None };
        let (single, array) = match (self.schemas.kind(one), self.schemas.kind(other)) {
            (Kind::Array(array), _) => (other, array),
            (_, Kind::Array(array)) => (one, array),
            _ => return None,
        };
        let is_equal = match (self.schemas.kind(single), self.schemas.kind(array.items)) {
            (Kind::String(single), Kind::String(item)) => single == item,
            (Kind::Integer(single), Kind::Integer(item)) => single == item,
            (Kind::Number(single), Kind::Number(item)) => single == item,
            (Kind::Any, Kind::Any) => true,
            _ => false,
        };
        let default = self.schemas.nearest(property, |schema| schema.default.as_ref());
        (is_equal && default.is_none() && self.kind(single, &[]) == self.kind(array.items, &[])).then_some(array)
    }

    /// Returns the style that an encoding declares for a property, or `None` if it declares none or if the style is not
    /// defined for the type of the property (OpenAPI 3.1.2 § 4.8.12.5).
    fn style(&self, property: SchemaId, encoding: &Encoding) -> Option<PartStyle<'c>> {
        let (style, explode) = encoding.style()?;
        let delimited = || match style {
            Style::Form => Some(PartStyle::Delimited(',')),
            Style::SpaceDelimited => Some(PartStyle::Delimited(' ')),
            Style::PipeDelimited => Some(PartStyle::Delimited('|')),
            Style::TabDelimited => Some(PartStyle::Delimited('\t')),
            _ => None,
        };
        match self.schemas.kind(property) {
            Kind::Array(array) if self.kind(array.items, &[]) != PartKind::Text => None,
            Kind::Array(_) if explode && style != Style::DeepObject => Some(PartStyle::Scalar),
            Kind::Array(_) => delimited(),
            Kind::Object(_) if style == Style::DeepObject => Some(PartStyle::Brackets),
            Kind::Object(object) if explode && style == Style::Form => Some(PartStyle::Members(members(object))),
            Kind::Object(_) if explode => None,
            Kind::Object(_) => delimited(),
            _ => (style != Style::DeepObject).then_some(PartStyle::Scalar),
        }
    }
}

/// Returns the names of an object's properties, or no name if the object can have any property.
fn members(object: &ObjectShape) -> Vec<&str> {
    match object.additional {
        Additional::Kept(_) => Vec::new(),
        Additional::Ignored | Additional::Denied => {
            object.properties.iter().map(|property| property.name.as_str()).collect()
        }
    }
}

fn is_base64(content: &StringContent) -> bool {
    content.encoding.as_deref() == Some("base64")
}

fn is_json(media: &&str) -> bool {
    let essence = essence(media);
    essence.ends_with("/json") || essence.ends_with("+json")
}
