//! The role of each inline schema: the named item that it belongs to, and the name of its place there.
//!
//! Two inline schemas mean the same thing if they are equal and have one role. A type `status` of an invoice and a type
//! `status` of a customer are equal by coincidence: a change of one must not change the other.

use std::collections::HashMap;
use std::fmt;

use super::envelope::is_error;
use super::operation::Operation;
use super::schema::{Additional, Kind, Schemas};
use super::{Contract, SchemaId};

/// The role of an inline schema.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct InlineRole {
    owner: Owner,
    label: Label,
    /// The number of lists and maps between the schema and the item that the label names.
    inside: Vec<Container>,
}

/// The named item that an inline schema belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Owner {
    /// The schema is in the component with this name.
    Component(String),
    /// The schema is in a request or a success response of the operations of a resource: those of one tag, or those without
    /// a tag whose paths have this start.
    Resource(String),
    /// The schema is in an error response. All operations share the errors of the contract.
    Errors,
}

/// The name of an inline schema's place.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Label {
    /// The schema of a property, parameter or header with this name.
    Named(String),
    /// The schema of a request body.
    Request,
    /// The schema of a response body.
    Response,
    /// A component itself, whose elements can be inline schemas.
    Component,
}

/// A list or a map, which holds the schema of its elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Container {
    List,
    Map,
}

impl InlineRole {
    /// Returns the parts of the role that decide if an equal schema means the same thing. Operations of different resources
    /// share a schema that is described: equal texts are no coincidence. Components share nothing.
    pub(super) fn key(&self, is_described: bool) -> impl fmt::Debug {
        let owner = match &self.owner {
            Owner::Resource(_) if is_described => None,
            owner => Some(owner),
        };
        (owner, &self.label, &self.inside)
    }

    /// Returns a name for the schemas of this role, before case conversion, such as `Order address`. Returns `None` for
    /// bodies, whose operations have better names.
    pub(super) fn name(&self) -> Option<String> {
        let Label::Named(label) = &self.label else { return None };
        let owner = match &self.owner {
            Owner::Component(name) => name,
            Owner::Resource(name) => name.rsplit('/').next().unwrap_or(name),
            Owner::Errors => "error",
        };
        let inside = self.inside.iter().map(|container| match container {
            Container::List => " item",
            Container::Map => " entry",
        });
        Some(format!("{owner} {label}{}", inside.collect::<String>()))
    }
}

/// Returns the role of each inline schema that a component or an operation contains. A schema in several places has the
/// role of the first one.
pub(super) fn inline_roles(contract: &Contract) -> HashMap<SchemaId, InlineRole> {
    let mut roles = Roles { schemas: &contract.schemas, of: HashMap::new() };
    for id in contract.schemas.ids() {
        if let Some(component) = &contract.schemas.get(id).component {
            let owner = Owner::Component(component.clone());
            roles.add(id, InlineRole { owner, label: Label::Component, inside: Vec::new() });
        }
    }
    let outgoing = contract.outgoing.iter().filter_map(|outgoing| outgoing.operation.as_ref());
    contract.operations.iter().chain(outgoing).for_each(|operation| roles.add_operation(operation));
    roles.of
}

/// The roles of the inline schemas that the walk has reached.
struct Roles<'c> {
    schemas: &'c Schemas,
    of: HashMap<SchemaId, InlineRole>,
}

impl Roles<'_> {
    /// Adds the roles of the schemas in an operation.
    fn add_operation(&mut self, operation: &Operation) {
        let owner = Owner::Resource(resource(operation));
        let role = |owner: &Owner, label: Label| InlineRole { owner: owner.clone(), label, inside: Vec::new() };
        for parameter in &operation.parameters {
            self.add(parameter.schema, role(&owner, Label::Named(parameter.name.clone())));
        }
        for content in operation.body.iter().flat_map(|body| &body.content) {
            if let Some(schema) = content.schema {
                self.add(schema, role(&owner, Label::Request));
            }
            for header in content.encoding.iter().flat_map(|encoding| &encoding.headers) {
                self.add(header.schema, role(&owner, Label::Named(header.name.clone())));
            }
        }
        for response in &operation.responses {
            let owner = if is_error(response, operation) { &Owner::Errors } else { &owner };
            for header in &response.headers {
                self.add(header.schema, role(owner, Label::Named(header.name.clone())));
            }
            for schema in response.content.iter().filter_map(|content| content.schema) {
                self.add(schema, role(owner, Label::Response));
            }
        }
    }

    /// Adds the role of a schema and of the inline schemas that it holds. Uses a work list, since schemas may be deep.
    fn add(&mut self, schema: SchemaId, role: InlineRole) {
        let mut todo = vec![(schema, role)];
        while let Some((id, role)) = todo.pop() {
            let is_component = self.schemas.get(id).component.is_some();
            if self.of.contains_key(&id) || (is_component && role.label != Label::Component) {
                continue;
            }
            let inside = |container: Container| {
                let inside = role.inside.iter().copied().chain([container]).take(DEEPEST).collect();
                InlineRole { inside, ..role.clone() }
            };
            let named = |name: &str| InlineRole {
                owner: role.owner.clone(),
                label: Label::Named(name.to_owned()),
                inside: Vec::new(),
            };
            match &self.schemas.get(id).kind {
                Kind::Alias(target) => todo.push((*target, role.clone())),
                Kind::Array(array) => todo.push((array.items, inside(Container::List))),
                Kind::Union(union) => todo.extend(union.branches.iter().map(|branch| (*branch, role.clone()))),
                Kind::Object(object) => {
                    if let Additional::Kept(rest) = object.additional {
                        todo.push((rest, inside(Container::Map)));
                    }
                    todo.extend(object.properties.iter().map(|one| (one.schema, named(&one.name))));
                }
                _ => {}
            }
            self.of.insert(id, role);
        }
    }
}

/// The greatest number of lists and maps around a schema that a role distinguishes. Lists may be deep.
const DEEPEST: usize = 8;

/// Returns the name of the resource that an operation belongs to: its tag, or else the start of its path before the first
/// parameter. An outgoing operation has neither, so that its id is the resource.
fn resource(operation: &Operation) -> String {
    let start = operation.path.split('{').next().unwrap_or_default().trim_end_matches('/');
    match operation.tag.as_str() {
        "default" | "" if !start.is_empty() => start.to_owned(),
        "default" | "" => operation.id.clone(),
        tag => tag.to_owned(),
    }
}
