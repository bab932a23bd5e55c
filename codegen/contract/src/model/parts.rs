//! The parts of a multipart body whose schema is an object: what each is, and how it is read.

use super::operation::{Content, ContentKind, Encoding, essence};
use super::schema::{Additional, ArrayShape, Format, Kind, ObjectShape, Property, SchemaId, Schemas};

/// The parts of one body.
#[derive(Debug)]
pub struct Parts<'c> {
    /// The object that they are the properties of.
    pub object: &'c ObjectShape,
    /// Those that the contract names.
    pub named: Vec<Part<'c>>,
    /// What all others are, where they are kept.
    pub rest: Option<Part<'c>>,
}

/// One part.
#[derive(Debug)]
pub struct Part<'c> {
    /// Its name; empty for what others are.
    pub name: &'c str,
    /// The schema of its value, of one element where it is a list.
    pub schema: SchemaId,
    /// The schema of the property.
    pub property: SchemaId,
    /// Whether it must be there.
    pub required: bool,
    /// The list that it is an element of.
    pub list: Option<&'c ArrayShape>,
    /// How it is read.
    pub kind: PartKind,
    /// What `encoding` says of it.
    pub encoding: Option<&'c Encoding>,
}

/// How a part is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartKind {
    /// As the text of a parameter.
    Text,
    /// As JSON.
    Json,
    /// Its bytes are handed out.
    File,
}

/// The parts of a body; nothing where they are not described one by one.
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
    let sent =
        |property: &&Property| schemas.nearest(property.schema, |schema| schema.read_only.then_some(())).is_none();
    if object.properties.is_empty() && !matches!(object.additional, Additional::Kept(_)) {
        return None;
    }
    let named = object.properties.iter().filter(sent);
    Some(Parts {
        object,
        named: named.map(|property| part(&property.name, property.schema, property.required)).collect(),
        rest: match object.additional {
            Additional::Kept(schema) => Some(part("", schema, false)),
            Additional::Ignored | Additional::Denied => None,
        },
    })
}

/// OpenAPI 3.0.3 § 4.7.14.5 and § 4.7.15: what `contentType` says, else what the schema is.
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
