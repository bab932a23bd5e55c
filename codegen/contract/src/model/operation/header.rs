//! The headers of responses and of parts of multipart bodies.

use crate::model::schema::SchemaId;

use super::style::Style;

/// A header of a response or of a part of a multipart body.
#[derive(Debug, Clone)]
pub struct Header {
    /// The name of the response header, as the contract spells it.
    pub name: String,
    /// True if the header is required (`required`).
    pub required: bool,
    /// The description of the header (`description`).
    pub description: Option<String>,
    /// The schema of the header's value.
    pub schema: SchemaId,
    /// The style of the header's list: `Simple`, or the one that a collection format of Swagger 2.0 names.
    pub style: Style,
    /// True if the header writes the properties of an object as `name=value` (`explode`).
    pub explode: bool,
    /// True if the header's value is JSON, because the header has `content` instead of `schema`.
    pub json: bool,
}
