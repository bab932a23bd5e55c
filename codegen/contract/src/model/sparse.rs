//! What of an answer is trimmed as its caller asks.

use super::SchemaId;
use super::envelope::is_error;
use super::operation::Operation;
use super::schema::{Kind, ObjectShape, Schemas};

/// The schema of a success that says what it is a part of, or that of each element of a page, with the
/// name of the page's list.
pub fn trimmed_answer<'s>(schemas: &'s Schemas, operation: &Operation) -> Option<(Option<&'s str>, &'s ObjectShape)> {
    let sparse = |id: SchemaId| match schemas.kind(id) {
        Kind::Object(object) if object.sparse_of.is_some() => Some(object),
        _ => None,
    };
    let answers = operation.responses.iter().filter(|response| !is_error(response, operation));
    let mut answered = answers.flat_map(|response| &response.content).filter_map(|content| content.schema);
    answered.find_map(|schema| match (sparse(schema), schemas.kind(schema)) {
        (Some(part), _) => Some((None, part)),
        (None, Kind::Object(page)) => page.properties.iter().find_map(|property| match schemas.kind(property.schema) {
            Kind::Array(array) => Some((Some(property.name.as_str()), sparse(array.items)?)),
            _ => None,
        }),
        _ => None,
    })
}
