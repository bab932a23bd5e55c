//! The parts of a multipart body whose schema is an object, and the way to decode each part.

use super::operation::{Content, ContentKind, Encoding, PositionalPart, PositionalParts, essence};
use super::schema::{Additional, Format, Kind, ObjectShape, Property, SchemaId, Schemas};

/// The parts of a multipart body, from the properties of its object schema.
#[derive(Debug)]
pub struct Parts<'c> {
    /// The object schema of a multipart body, whose properties describe the parts; `None` if their positions do.
    pub object: Option<&'c ObjectShape>,
    /// The parts of a multipart body that its object schema names as properties.
    pub named: Vec<Part<'c>>,
    /// The description of the parts of a multipart body that its schema does not name; `None` if these are not kept.
    pub rest: Option<Part<'c>>,
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
    if let Some(positional) = &content.positional {
        return by_position(positional, schemas);
    }
    let Kind::Object(object) = schemas.kind(content.schema?) else { return None };
    let part = |name: &'c str, property: SchemaId, required: bool| {
        let encoding = content.encoding.iter().find(|encoding| encoding.property == name);
        let (schema, list) = match schemas.kind(property) {
            Kind::Array(array) => {
                (array.items, Some(PartList { min: array.min, max: array.max, unique: array.unique }))
            }
            _ => (property, None),
        };
        let media = encoding.map_or(&[][..], |encoding| &encoding.media_types);
        Part { name, schema, property, required, list, kind: kind(schemas, schema, media), encoding }
    };
    let sent =
        |property: &&Property| schemas.nearest(property.schema, |schema| schema.read_only.then_some(())).is_none();
    if object.properties.is_empty() && !matches!(object.additional, Additional::Kept(_)) {
        return None;
    }
    let named = object.properties.iter().filter(sent);
    Some(Parts {
        object: Some(object),
        named: named.map(|property| part(&property.name, property.schema, property.required)).collect(),
        rest: match object.additional {
            Additional::Kept(schema) => Some(part("", schema, false)),
            Additional::Ignored | Additional::Denied => None,
        },
    })
}

/// Returns the parts of a multipart body by their position: the first ones, and a list of all that follow.
fn by_position<'c>(positional: &'c PositionalParts, schemas: &'c Schemas) -> Option<Parts<'c>> {
    let count = positional.first.len() as u64;
    let part = |part: &'c PositionalPart, required: bool, list: Option<PartList>| {
        let media = part.encoding.as_ref().map_or(&[][..], |encoding| &encoding.media_types);
        let kind = kind(schemas, part.schema, media);
        let (schema, encoding) = (part.schema, part.encoding.as_ref());
        Part { name: &part.name, schema, property: schema, required, list, kind, encoding }
    };
    let first = positional.first.iter().zip(1..).map(|(one, position)| part(one, position <= positional.min, None));
    let min = Some(positional.min.saturating_sub(count)).filter(|min| *min > 0);
    let max = positional.max.map(|max| max.saturating_sub(count));
    let list = PartList { min, max, unique: false };
    let rest = positional.rest.iter().map(|rest| part(rest, min.is_some(), Some(list)));
    let named: Vec<Part<'c>> = first.chain(rest).collect();
    (!named.is_empty()).then_some(Parts { object: None, named, rest: None })
}

/// Returns the way to decode a part of a multipart body: from its `contentType`, or else from its schema
/// (OpenAPI 3.0.3, sections 4.7.14.5 and 4.7.15).
fn kind(schemas: &Schemas, schema: SchemaId, media: &[String]) -> PartKind {
    let of_schema = match schemas.kind(schema) {
        Kind::String(shape) if shape.format == Format::Binary => return PartKind::File,
        Kind::Object(_) | Kind::Array(_) => PartKind::Json,
        Kind::Union(union) => {
            let structured = |branch: &SchemaId| kind(schemas, *branch, &[]) == PartKind::Json;
            if union.branches.iter().all(structured) { PartKind::Json } else { PartKind::Text }
        }
        _ => PartKind::Text,
    };
    let json = |media: &String| {
        let essence = essence(media);
        essence.ends_with("/json") || essence.ends_with("+json")
    };
    let text = |media: &String| essence(media).starts_with("text/");
    let plain = matches!(schemas.kind(schema), Kind::String(_) | Kind::Any);
    if media.is_empty() || of_schema == PartKind::Json {
        of_schema
    } else if media.iter().all(json) {
        PartKind::Json
    } else if plain && !media.iter().any(|media| json(media) || text(media)) {
        PartKind::File
    } else {
        PartKind::Text
    }
}
