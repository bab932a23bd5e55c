//! The inference of roles: the part of a problem that a property of an error schema receives, by its name.

use super::names::{
    CODES, FIELDS, ITEM_FIELDS, LISTS, LOCATIONS, MESSAGES, NUMBERS, POINTERS, REJECTED, REQUEST_IDS, STATUSES, TIMES,
    TITLES, normal,
};
use crate::model::schema::{Additional, ErrorRole, Kind, ObjectShape, SchemaId, Schemas};

/// The values of a schema for the inference of a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Type {
    Text,
    Number,
    Array,
    Object,
    Other,
}

/// The properties of an object in an error schema, by which ambiguous names are understood.
pub(super) struct Siblings {
    /// The name of the property with the message for people.
    message: Option<String>,
    /// True if a property contains the status code as a number.
    status: bool,
    /// True if a property contains the error code.
    code: bool,
    /// True if a property contains the invalid field.
    field: bool,
    /// True if a property contains the JSON pointer to the invalid value.
    pointer: bool,
    /// True if the object has the members of RFC 9457 problem details.
    problem_details: bool,
    /// True if the object is an element of a list.
    in_item: bool,
}

impl Siblings {
    /// Returns the properties of an object. `problem_details` is true if the media type is `application/problem+json`.
    pub(super) fn of(schemas: &Schemas, object: &ObjectShape, in_item: bool, problem_details: bool) -> Siblings {
        let properties: Vec<(String, Type)> = object
            .properties
            .iter()
            .map(|property| (normal(&property.name), type_of(schemas, property.schema)))
            .collect();
        let has = |name: &str| properties.iter().any(|(known, _)| known == name);
        let is = |names: &[&str], ty: Type| {
            properties.iter().any(|(known, of)| *of == ty && names.contains(&known.as_str()))
        };
        let problem_details = problem_details || (has("title") && has("detail") && (has("status") || has("type")));
        let status = is(STATUSES, Type::Number) || is(NUMBERS, Type::Number);
        // Problem details that lack `detail` get it as an extension member, unless they are closed.
        let message = match problem_details && (has("detail") || object.additional != Additional::Denied) {
            true => Some("detail".to_owned()),
            false => MESSAGES
                .iter()
                .find(|name| {
                    let fits = |ty: Type| {
                        ty == Type::Text && (**name != "status" || status)
                            || ty == Type::Array && matches!(**name, "message" | "messages")
                    };
                    properties.iter().any(|(known, ty)| known == *name && fits(*ty))
                })
                .map(|name| (*name).to_owned()),
        };
        let field = is(FIELDS, Type::Text) || is(POINTERS, Type::Text) || is(&ITEM_FIELDS[..11], Type::Text);
        let (code, pointer) = (is(&["code"], Type::Text), is(POINTERS, Type::Text));
        Siblings { message, status, code, field, pointer, problem_details, in_item }
    }

    /// Returns the role of a property of the object, or `None` if its name does not tell.
    pub(super) fn role(&self, schemas: &Schemas, name: &str, schema: SchemaId) -> Option<ErrorRole> {
        let name = normal(name);
        let name = name.as_str();
        match type_of(schemas, schema) {
            Type::Number if STATUSES.contains(&name) || NUMBERS.contains(&name) => Some(ErrorRole::Status),
            Type::Number if TIMES.contains(&name) => Some(ErrorRole::Timestamp),
            Type::Text => self.text(name),
            Type::Array if self.in_item && (name == "loc" || name == "path" || name == "location") => {
                Some(ErrorRole::Field)
            }
            Type::Array if self.message.as_deref() == Some(name) => Some(ErrorRole::Message),
            Type::Array | Type::Object if LISTS.iter().any(|part| name.contains(part)) => Some(ErrorRole::Details),
            _ => None,
        }
    }

    /// Returns true if a property with this name contains the message for people.
    pub(super) fn is_message(&self, name: &str) -> bool {
        self.message.as_deref() == Some(normal(name).as_str())
    }

    /// Returns the role of a property with strings.
    fn text(&self, name: &str) -> Option<ErrorRole> {
        if self.message.as_deref() == Some(name) {
            return Some(ErrorRole::Message);
        }
        let is = |names: &[&str]| names.contains(&name);
        Some(match name {
            _ if is(POINTERS) => ErrorRole::Pointer,
            "param" | "parameter" if self.pointer => ErrorRole::Parameter,
            _ if self.in_item && self.field && is(LOCATIONS) => ErrorRole::Location,
            _ if self.in_item && (is(FIELDS) || is(ITEM_FIELDS)) => ErrorRole::Field,
            _ if self.in_item && is(REJECTED) => ErrorRole::Rejected,
            "type" if self.problem_details => ErrorRole::Type,
            "instance" => ErrorRole::Instance,
            "status" if self.status => ErrorRole::Code,
            "error" if self.message.as_deref() == Some("description") && !self.code && !self.status => {
                ErrorRole::LowerCode
            }
            "error" if self.status || self.code => ErrorRole::Title,
            "error" => ErrorRole::Code,
            _ if is(STATUSES) => ErrorRole::Status,
            _ if is(TITLES) => ErrorRole::Title,
            _ if is(CODES) => ErrorRole::Code,
            _ if is(REQUEST_IDS) => ErrorRole::RequestId,
            _ if is(TIMES) => ErrorRole::Timestamp,
            _ if is(FIELDS) => ErrorRole::Field,
            _ if is(MESSAGES) => ErrorRole::Message,
            _ => return None,
        })
    }
}

/// Returns the type of a schema's values for the inference of a role. A union counts as the type of its first branch
/// with one.
fn type_of(schemas: &Schemas, schema: SchemaId) -> Type {
    match schemas.kind(schema) {
        Kind::Any | Kind::String(_) | Kind::Strings(_) => Type::Text,
        Kind::Integer(_) | Kind::Number(_) => Type::Number,
        Kind::Values(values) if values.iter().any(serde_json::Value::is_number) => Type::Number,
        Kind::Array(_) => Type::Array,
        Kind::Object(_) => Type::Object,
        Kind::Union(union) => {
            let mut types = union.branches.iter().map(|branch| match schemas.kind(*branch) {
                Kind::Any | Kind::String(_) | Kind::Strings(_) => Type::Text,
                Kind::Integer(_) | Kind::Number(_) => Type::Number,
                Kind::Array(_) => Type::Array,
                Kind::Object(_) => Type::Object,
                _ => Type::Other,
            });
            types.find(|ty| *ty != Type::Other).unwrap_or(Type::Other)
        }
        _ => Type::Other,
    }
}
