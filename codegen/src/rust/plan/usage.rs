//! The use of each schema: its directions (read or written), and the tags whose operations use it.

use std::collections::HashMap;

use writ_contract::model::envelope::is_error;
use writ_contract::model::operation::{Content, Operation};
use writ_contract::model::parts::{PartKind, parts};
use writ_contract::model::schema::{Additional, Kind, ObjectShape, Property};
use writ_contract::model::{Contract, Direction, SchemaId};

/// The directions (read or written) and the tags in which each schema of a contract is used.
#[derive(Debug, Clone)]
pub struct Usage {
    read: Vec<bool>,
    write: Vec<bool>,
    tags: Vec<Tags>,
    split: Vec<bool>,
}

/// The tags whose operations use a schema directly or in another schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tags {
    /// No operation uses the schema; it is an unused component.
    None,
    /// Operations of a single tag use the schema. Holds the index of the tag.
    One(usize),
    /// Operations of several tags, or an outgoing operation, use the schema.
    Several,
}

/// Returns the use of every schema that an operation, webhook or callback refers to, directly or in another schema.
pub fn usage(contract: &Contract) -> Usage {
    let count = contract.schemas.len();
    let mut usage = Usage {
        read: vec![false; count],
        write: vec![false; count],
        tags: vec![Tags::None; count],
        split: vec![false; count],
    };
    let index: HashMap<&str, usize> =
        contract.tags.iter().enumerate().map(|(at, tag)| (tag.name.as_str(), at)).collect();
    let mut marker = Marker { contract, usage: &mut usage, seen: HashMap::new() };
    for operation in &contract.operations {
        let tag = index.get(operation.tag.as_str()).copied();
        for (schema, direction) in roots(contract, operation) {
            marker.mark(schema, direction, tag);
        }
    }
    // A conversion of the implementer returns a value of the error schema, also for operations that are not selected.
    let converted = contract.converted_errors();
    for schema in converted.into_iter().filter_map(|index| contract.errors.bodies[index].schema) {
        marker.mark(schema, Direction::Outbound, None);
    }
    for (_, webhook) in contract.webhooks() {
        if let Some(schema) = webhook.payload {
            marker.mark(schema, Direction::Outbound, None);
        }
    }
    // Services publish and consume events, so the data goes both ways.
    for event in &contract.events {
        marker.mark(event.data, Direction::Inbound, None);
        marker.mark(event.data, Direction::Outbound, None);
        marker.mark(event.aggregate_id, Direction::Outbound, None);
    }
    for outgoing in contract.outgoing_calls() {
        for (schema, direction) in roots(contract, outgoing.operation) {
            marker.mark(schema, direction, None);
        }
    }
    split(contract, &mut usage);
    usage
}

/// Returns the schemas that an operation refers to directly, each with the direction of its values.
pub fn roots(contract: &Contract, operation: &Operation) -> Vec<(SchemaId, Direction)> {
    let (request, returned) = (operation.request_direction(), operation.response_direction());
    let mut roots: Vec<(SchemaId, Direction)> = Vec::new();
    roots.extend(operation.parameters.iter().map(|parameter| (parameter.schema, request)));
    for content in operation.body.iter().flat_map(|body| &body.content) {
        match parts(content, &contract.schemas) {
            // Each part is a separate value, and the schema of a file is not used.
            Some(parts) => {
                let read = parts.named.iter().chain(&parts.rest).filter(|part| part.kind != PartKind::File);
                roots.extend(read.map(|part| (part.schema, request)));
                let headers = content.encoding.iter().flat_map(|encoding| &encoding.headers);
                roots.extend(headers.map(|header| (header.schema, request)));
            }
            None => roots.extend(content.value_schema().map(|schema| (schema, request))),
        }
    }
    roots.extend(operation.response_headers().map(|header| (header.schema, returned)));
    for response in &operation.responses {
        let refusal = is_error(response, operation);
        let contents = response
            .content
            .iter()
            .filter(|content| !(refusal && contract.errors.is_envelope(content, &contract.schemas)));
        roots.extend(contents.filter_map(Content::value_schema).map(|schema| (schema, returned)));
    }
    roots
}

/// The walk over schemas that records in which direction and tag each is used.
struct Marker<'a> {
    contract: &'a Contract,
    usage: &'a mut Usage,
    seen: HashMap<(SchemaId, Direction, Option<usize>), ()>,
}

impl Marker<'_> {
    /// Records the use of a schema and of all schemas that it holds. Uses a work list instead of recursion,
    /// since schemas may be deep.
    fn mark(&mut self, schema: SchemaId, direction: Direction, tag: Option<usize>) {
        let mut todo = vec![schema];
        while let Some(id) = todo.pop() {
            if self.seen.insert((id, direction, tag), ()).is_some() {
                continue;
            }
            match direction {
                Direction::Inbound => self.usage.read[id.index()] = true,
                Direction::Outbound => self.usage.write[id.index()] = true,
            }
            self.usage.tags[id.index()] = match (self.usage.tags[id.index()], tag) {
                (Tags::None, Some(tag)) => Tags::One(tag),
                (Tags::One(known), Some(tag)) if known == tag => Tags::One(known),
                _ => Tags::Several,
            };
            todo.extend(children(self.contract, id, Some(direction)));
        }
    }
}

/// Returns the schemas that a schema holds directly. If a direction is given, omits properties that this
/// direction excludes.
pub fn children(contract: &Contract, id: SchemaId, direction: Option<Direction>) -> Vec<SchemaId> {
    let schema = contract.schemas.get(id);
    match &schema.kind {
        // The members of a custom type are not generated.
        _ if schema.rust_type.is_some() => Vec::new(),
        Kind::Alias(target) => vec![*target],
        Kind::Array(array) => vec![array.items],
        Kind::Union(union) => union.branches.clone(),
        Kind::Object(ObjectShape { sparse_of: Some(complete), .. }) if direction != Some(Direction::Inbound) => {
            vec![*complete]
        }
        Kind::Object(object) => {
            let goes = |property: &&Property| {
                direction.is_none_or(|direction| !contract.schemas.omits(direction, property.schema))
            };
            let mut all: Vec<SchemaId> =
                object.properties.iter().filter(goes).map(|property| property.schema).collect();
            if let Additional::Kept(schema) = object.additional {
                all.push(schema);
            }
            all
        }
        _ => Vec::new(),
    }
}

/// Records the schemas that need a separate Rust type for each direction. They are used in both directions and
/// differ between them, directly or in a member.
fn split(contract: &Contract, usage: &mut Usage) {
    let both: Vec<SchemaId> =
        contract.schemas.ids().filter(|id| usage.read[id.index()] && usage.write[id.index()]).collect();
    for id in &both {
        let schema = contract.schemas.get(*id);
        if let (Kind::Object(object), None) = (&schema.kind, &schema.rust_type) {
            let differs = |property: &Property| {
                [Direction::Inbound, Direction::Outbound]
                    .iter()
                    .any(|one| contract.schemas.omits(*one, property.schema))
            };
            usage.split[id.index()] = object.properties.iter().any(differs);
        }
    }
    // A holder of a split schema is split too, so proceed from members to holders.
    let mut holders: HashMap<SchemaId, Vec<SchemaId>> = HashMap::new();
    for id in &both {
        for child in children(contract, *id, None) {
            holders.entry(child).or_default().push(*id);
        }
    }
    let mut todo: Vec<SchemaId> = both.iter().copied().filter(|id| usage.split[id.index()]).collect();
    while let Some(held) = todo.pop() {
        for holder in holders.get(&held).into_iter().flatten() {
            if !std::mem::replace(&mut usage.split[holder.index()], true) {
                todo.push(*holder);
            }
        }
    }
}

impl Usage {
    /// Returns true if the server reads values of the schema.
    pub fn is_read(&self, id: SchemaId) -> bool {
        self.read[id.index()]
    }

    /// Returns true if the server writes values of the schema.
    pub fn is_written(&self, id: SchemaId) -> bool {
        self.write[id.index()]
    }

    /// Returns the tags whose operations use the schema.
    pub fn tags(&self, id: SchemaId) -> Tags {
        self.tags[id.index()]
    }

    /// Returns `direction` if the schema has a separate type for each direction, and `None` if one type
    /// serves both.
    pub fn only(&self, id: SchemaId, direction: Direction) -> Option<Direction> {
        self.split[id.index()].then_some(direction)
    }
}
