//! The parts of a multipart body whose schema is an object, and the way to decode each part.

use super::direction::Direction;
use super::operation::{Content, ContentKind, Encoding, essence};
use super::schema::{Additional, ArrayShape, Format, Kind, ObjectShape, Property, SchemaId, Schemas};

/// The parts of a multipart body, from the properties of its object schema.
#[derive(Debug)]
pub struct Parts<'c> {
    /// The object schema of a multipart body, whose properties describe the parts.
    pub object: &'c ObjectShape,
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
    /// The array schema if a multipart body may have several parts with this name; each part is then an element.
    pub list: Option<&'c ArrayShape>,
    /// The way to decode a part of a multipart body: text, JSON or a file.
    pub kind: PartKind,
    /// The encoding that the contract declares for a part of a multipart body (`encoding`), if it does.
    pub encoding: Option<&'c Encoding>,
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
    let Kind::Object(object) = schemas.kind(content.schema?) else { return None };
    let part = |name: &'c str, property: SchemaId, required: bool| {
        let encoding = content.encoding.iter().find(|encoding| encoding.property == name);
        let (schema, list) = match schemas.kind(property) {
            Kind::Array(array) => (array.items, Some(array)),
            _ => (property, None),
        };
        let media = encoding.map_or(&[][..], |encoding| &encoding.media_types);
        Part { name, schema, property, required, list, kind: kind(schemas, schema, media), encoding }
    };
    if object.properties.is_empty() && !matches!(object.additional, Additional::Kept(_)) {
        return None;
    }
    let (named, ignored): (Vec<&Property>, Vec<&Property>) =
        object.properties.iter().partition(|property| !schemas.omits(Direction::Inbound, property.schema));
    Some(Parts {
        object,
        ignored: ignored.into_iter().map(|property| property.name.as_str()).collect(),
        named: named.into_iter().map(|property| part(&property.name, property.schema, property.required)).collect(),
        rest: match object.additional {
            Additional::Kept(schema) => Some(part("", schema, false)),
            Additional::Ignored | Additional::Denied => None,
        },
    })
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
