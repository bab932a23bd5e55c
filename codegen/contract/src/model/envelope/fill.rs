//! The template of an error schema: every member that a problem can fill, and the members that it cannot.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::roles::Siblings;
use super::scalar::{self, Reason};
use super::template::{ErrorMember, ErrorText, ErrorValue};
use super::{details, names};
use crate::model::schema::{
    Additional, ErrorPointers, ErrorRole, Kind, ObjectShape, Property, Schema, SchemaId, Schemas, StringShape,
};
use crate::source::Span;

/// The maximum depth of schemas in an error schema that a template fills.
const DEEPEST: usize = 24;

/// The maximum number of schemas that the walk over an error schema visits. Branches of unions may repeat schemas.
const MOST_VISITED: usize = 4096;

/// A part of an error schema that a problem cannot fill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unfilled {
    /// The span of the schema that no part of a problem satisfies.
    pub span: Span,
    /// The names of the properties to this schema, joined by dots; empty for the error schema itself.
    pub path: String,
    /// The reason why the schema cannot be filled, as the end of a sentence about it.
    pub reason: String,
}

/// The template of an error schema, with the optional parts that it lacks.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Filled {
    /// The template of the error schema.
    pub value: ErrorValue,
    /// The optional parts with violations or further errors that a problem cannot fill, so that responses omit them.
    pub omitted: Vec<Unfilled>,
}

/// The settings of a template: the schemas of the contract, and the use of the error schema.
#[derive(Clone, Copy)]
pub(super) struct Use<'s> {
    /// The schemas of the contract.
    pub schemas: &'s Schemas,
    /// The pointers of `x-error-envelope` into the error schema.
    pub pointers: Option<&'s ErrorPointers>,
    /// True if the media type is `application/problem+json`.
    pub problem_details: bool,
    /// The status codes of the error responses with the schema.
    pub statuses: &'s BTreeSet<u16>,
}

/// Returns the template of an error schema, or the first required part that a problem cannot fill.
pub(super) fn fill(of: Use<'_>, schema: SchemaId) -> Result<Filled, Unfilled> {
    let mut filler = Filler {
        of,
        open: Vec::new(),
        path: Vec::new(),
        in_item: false,
        tag: None,
        omitted: Vec::new(),
        depth: 0,
        visited: 0,
    };
    let mut value = filler.value(schema, Some(ErrorRole::Message))?;
    settle_messages(&mut value);
    // Without its list, the error would say nothing.
    if !value.any(true, &ErrorValue::is_message) && !filler.omitted.is_empty() {
        return Err(filler.omitted.remove(0));
    }
    if is_silent(&value) && !allows_nothing(filler.schemas(), schema) {
        return Err(filler.unfilled(schema, "receives no part of a problem".to_owned()));
    }
    Ok(Filled { value, omitted: filler.omitted })
}

/// Returns true if an object has only constant members, so that it tells nothing about the problem.
fn is_silent(value: &ErrorValue) -> bool {
    let tells = |part: &ErrorValue| !matches!(part, ErrorValue::Object(_) | ErrorValue::Constant(_));
    matches!(value, ErrorValue::Object(_)) && !value.any(true, &tells)
}

/// Returns true if an object schema allows no members.
fn allows_nothing(schemas: &Schemas, schema: SchemaId) -> bool {
    let Kind::Object(object) = schemas.kind(schema) else { return false };
    object.max == Some(0) || (object.properties.is_empty() && object.additional == Additional::Denied)
}

/// Decides which parts of the template carry the message and the violations.
fn settle_messages(value: &mut ErrorValue) {
    let has_message = value.any(false, &ErrorValue::is_message);
    let has_list = value.any(false, &ErrorValue::is_list);
    value.change(false, &mut |value| match value {
        // A template without another message carries the message of the problem in its list.
        ErrorValue::List(list) if !has_message => list.or_problem = true,
        ErrorValue::Text(text @ ErrorText::Message, _) if !has_list => *text = ErrorText::Sentence,
        _ => {}
    });
}

/// The walk over an error schema that creates its template.
pub(super) struct Filler<'s> {
    /// The settings of the template.
    pub(super) of: Use<'s>,
    /// The object schemas that contain the current schema.
    pub(super) open: Vec<SchemaId>,
    /// The names of the properties to the current schema; `0` stands for the elements of an array.
    pub(super) path: Vec<String>,
    /// True if the current schema belongs to an element of a list.
    pub(super) in_item: bool,
    /// The branch of a union that is being filled, with its discriminator: property and value.
    pub(super) tag: Option<(SchemaId, &'s str, String)>,
    /// The optional parts that a problem cannot fill.
    pub(super) omitted: Vec<Unfilled>,
    /// The number of schemas that contain the current schema.
    pub(super) depth: usize,
    /// The number of schemas that the walk has visited.
    pub(super) visited: usize,
}

/// The relation of the current schema to the pointers of `x-error-envelope`.
pub(super) enum Pointed {
    /// A pointer leads to the schema and gives it this role.
    Here(ErrorRole),
    /// A pointer leads to a schema inside of the current one.
    Below,
    /// No pointer leads to the schema.
    Elsewhere,
}

impl<'s> Filler<'s> {
    pub(super) fn schemas(&self) -> &'s Schemas {
        self.of.schemas
    }

    /// Returns the value of a schema for a role; `None` stands for a schema whose name does not tell its role.
    pub(super) fn value(&mut self, id: SchemaId, role: Option<ErrorRole>) -> Result<ErrorValue, Unfilled> {
        self.visited += 1;
        if self.depth == DEEPEST || self.visited > MOST_VISITED {
            return Err(self.unfilled(id, "is nested too deep".to_owned()));
        }
        self.depth += 1;
        let value = self.value_within(id, role);
        self.depth -= 1;
        value
    }

    fn value_within(&mut self, id: SchemaId, role: Option<ErrorRole>) -> Result<ErrorValue, Unfilled> {
        let target = self.schemas().target(id);
        let schema: &'s Schema = self.schemas().get(target);
        if schema.interpreted.is_some() {
            return Err(self.unfilled(id, "has keywords that only a validator can check, such as `not`".to_owned()));
        }
        let statuses = self.of.statuses;
        let name = self.path.last().map(String::as_str).unwrap_or_default();
        let scalar = match &schema.kind {
            Kind::Any => return Ok(self.anything(role)),
            Kind::Null => Ok(ErrorValue::Constant(Json::Null)),
            Kind::Boolean => names::outcome(name)
                .map(|value| ErrorValue::Constant(json!(value)))
                .ok_or_else(|| "receives no part of a problem".to_owned()),
            Kind::Integer(shape) => scalar::integer(shape, role, statuses),
            Kind::Number(shape) => scalar::number(shape, role, statuses),
            Kind::String(shape) => scalar::text(shape, role, self.schemas().nullable(id)),
            Kind::Strings(shape) => scalar::string_enum(shape, role, statuses),
            Kind::Values(values) => scalar::values(values, role, names::outcome(name), statuses),
            Kind::Array(array) => return self.array(id, array, role),
            Kind::Object(object) => return self.object(target, object, role),
            Kind::Union(union) => return self.union(id, union, role),
            Kind::Alias(_) => Err("refers to itself".to_owned()),
        };
        scalar.map_err(|reason| self.unfilled(id, reason))
    }

    /// Returns the value of a schema that allows every value.
    fn anything(&self, role: Option<ErrorRole>) -> ErrorValue {
        if self.path.is_empty() {
            return details::problem_details();
        }
        match role {
            Some(ErrorRole::Details) => details::problem_violations(),
            role => scalar::text(&StringShape::default(), role, true).unwrap_or(ErrorValue::Constant(Json::Null)),
        }
    }

    fn object(
        &mut self,
        id: SchemaId,
        object: &'s ObjectShape,
        role: Option<ErrorRole>,
    ) -> Result<ErrorValue, Unfilled> {
        if role == Some(ErrorRole::Details)
            && let Some(map) = self.map(object)
        {
            return Ok(map);
        }
        if object.properties.is_empty() && self.path.is_empty() && self.is_open(object) {
            return Ok(details::problem_details());
        }
        if self.open.contains(&id) {
            return Err(self.unfilled(id, "contains itself".to_owned()));
        }
        let problem_details = self.of.problem_details && self.path.is_empty();
        let siblings = Siblings::of(self.schemas(), object, self.in_item, problem_details);
        self.open.push(id);
        let mut members = Vec::new();
        let mut failed = None;
        for property in &object.properties {
            self.path.push(property.name.clone());
            let member = self.member(id, property, &siblings);
            self.path.pop();
            match member {
                Ok(member) => members.extend(member),
                Err(unfilled) => {
                    failed = Some(unfilled);
                    break;
                }
            }
        }
        self.open.pop();
        if let Some(unfilled) = failed {
            return Err(unfilled);
        }
        if problem_details && self.is_open(object) {
            details::add_extension_members(&mut members, object);
        }
        let certain = members.iter().filter(|member| member.required).count() as u64;
        if object.min.is_some_and(|min| certain < min) || object.max.is_some_and(|max| members.len() as u64 > max) {
            return Err(self.unfilled(id, "limits the number of properties".to_owned()));
        }
        Ok(ErrorValue::Object(members))
    }

    /// Returns true if an object may have further members of every kind.
    fn is_open(&self, object: &ObjectShape) -> bool {
        object.max.is_none()
            && match object.additional {
                Additional::Ignored => true,
                Additional::Denied => false,
                Additional::Kept(schema) => matches!(self.schemas().kind(schema), Kind::Any),
            }
    }

    /// Returns a member of an object, or `None` if responses omit it.
    fn member(
        &mut self,
        owner: SchemaId,
        property: &'s Property,
        siblings: &Siblings,
    ) -> Result<Option<ErrorMember>, Unfilled> {
        let schema = property.schema;
        let always = |value: ErrorValue| Ok(Some(ErrorMember { name: property.name.clone(), value, required: true }));
        if self.schemas().nearest(schema, |schema| schema.write_only.then_some(())).is_some() {
            return Ok(None);
        }
        if let Some((branch, name, value)) = &self.tag
            && *branch == owner
            && *name == property.name
        {
            return always(ErrorValue::Constant(json!(value)));
        }
        let role = siblings.role(self.schemas(), &property.name, schema);
        match self.pointed() {
            Pointed::Here(role) => return self.value(schema, Some(role)).and_then(always),
            Pointed::Below => return self.value(schema, None).and_then(always),
            Pointed::Elsewhere => {}
        }
        let is_container = names::is_container(&property.name);
        let is_constant = self.is_constant(schema, &property.name);
        // Pointers name the parts of an error. In the elements of their lists, only field and message are inferred.
        let is_pointed = self.of.pointers.is_some()
            && !(self.in_item && matches!(role, Some(ErrorRole::Field | ErrorRole::Pointer | ErrorRole::Message)));
        let is_inferred = (role.is_some() || is_container) && !is_pointed || is_constant;
        let is_repeated = role == Some(ErrorRole::Message) && !siblings.is_message(&property.name);
        if !property.required && (!is_inferred || is_repeated || role == Some(ErrorRole::Instance)) {
            return Ok(None);
        }
        let omitted = self.omitted.len();
        let mut reason = match self.value(schema, role) {
            Ok(value) if property.required || is_constant => return always(value),
            Ok(value) if value.any(true, &ErrorValue::is_slot) => {
                return Ok(Some(ErrorMember { name: property.name.clone(), value, required: false }));
            }
            Ok(_) => return Ok(None),
            Err(unfilled) => unfilled,
        };
        if property.required {
            if let Some((value, _)) = self.schemas().nearest(schema, |schema| schema.default.clone()) {
                return always(ErrorValue::Constant(value));
            }
            if self.schemas().nullable(schema) {
                return always(ErrorValue::Constant(Json::Null));
            }
            return Err(reason);
        }
        self.omitted.truncate(omitted);
        if role == Some(ErrorRole::Details) || is_container {
            reason.path = self.path.join(".") + reason.path.strip_prefix(&self.path.join(".")).unwrap_or_default();
            self.omitted.push(reason);
        }
        Ok(None)
    }

    /// Returns true if a schema allows a single value, which says that the response is an error.
    fn is_constant(&self, schema: SchemaId, name: &str) -> bool {
        match self.schemas().kind(schema) {
            Kind::Strings(shape) => shape.values.len() == 1 && !shape.open,
            Kind::Values(values) => values.len() == 1,
            Kind::Boolean => names::outcome(name).is_some(),
            _ => false,
        }
    }

    /// Returns the relation of the current schema to the pointers of `x-error-envelope`.
    pub(super) fn pointed(&self) -> Pointed {
        let mut below = false;
        for pointer in self.of.pointers.iter().flat_map(|pointers| &pointers.pointers) {
            let steps: Vec<String> = pointer.steps().collect();
            if steps == self.path {
                return Pointed::Here(pointer.role);
            }
            below |= steps.starts_with(&self.path);
        }
        if below { Pointed::Below } else { Pointed::Elsewhere }
    }

    pub(super) fn unfilled(&self, id: SchemaId, reason: Reason) -> Unfilled {
        Unfilled { span: self.schemas().get(id).span, path: self.path.join("."), reason }
    }
}
