//! Who uses a schema: requests, responses or both, and the operations of which tag.

use std::collections::HashMap;

use writ_contract::model::envelope::is_error;
use writ_contract::model::operation::Operation;
use writ_contract::model::parts::{PartKind, parts};
use writ_contract::model::schema::{Additional, Kind, ObjectShape, Property};
use writ_contract::model::{Contract, Direction, SchemaId};

/// What is known of the use of each schema, by its index.
#[derive(Debug, Clone)]
pub struct Usage {
    read: Vec<bool>,
    write: Vec<bool>,
    tags: Vec<Tags>,
    split: Vec<bool>,
}

/// The tags whose operations reach a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tags {
    /// None: the schema is a component that nothing uses.
    None,
    /// One, by its index.
    One(usize),
    /// Several.
    Several,
}

/// Walks from every operation to every schema that it reaches.
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
    for (_, webhook) in contract.webhooks() {
        if let Some(schema) = webhook.payload {
            marker.mark(schema, Direction::Outbound, None);
        }
    }
    for outgoing in contract.outgoing_calls() {
        for (schema, direction) in roots(contract, outgoing.operation) {
            marker.mark(schema, direction, None);
        }
    }
    split(contract, &mut usage);
    usage
}

/// Returns the schemas that an operation names itself, each with the direction of its values.
pub fn roots(contract: &Contract, operation: &Operation) -> Vec<(SchemaId, Direction)> {
    let (request, returned) = (operation.request_direction(), operation.response_direction());
    let mut roots: Vec<(SchemaId, Direction)> = Vec::new();
    roots.extend(operation.parameters.iter().map(|parameter| (parameter.schema, request)));
    for content in operation.body.iter().flat_map(|body| &body.content) {
        match parts(content, &contract.schemas) {
            // The parts are values of their own, and files are no values at all.
            Some(parts) => {
                let read = parts.named.iter().chain(&parts.rest).filter(|part| part.kind != PartKind::File);
                roots.extend(read.map(|part| (part.schema, request)));
                let headers = content.encoding.iter().flat_map(|encoding| &encoding.headers);
                roots.extend(headers.map(|header| (header.schema, request)));
            }
            None => roots.extend(content.schema.map(|schema| (schema, request))),
        }
    }
    roots.extend(operation.response_headers().map(|header| (header.schema, returned)));
    for response in &operation.responses {
        let refusal = is_error(response, operation);
        let contents =
            response.content.iter().filter(|content| !(refusal && contract.envelope.is(content, &contract.schemas)));
        roots.extend(contents.filter_map(|content| content.schema).map(|schema| (schema, returned)));
    }
    roots
}

struct Marker<'a> {
    contract: &'a Contract,
    usage: &'a mut Usage,
    seen: HashMap<(SchemaId, Direction, Option<usize>), ()>,
}

impl Marker<'_> {
    /// Marks a schema and all that it holds. A list of what is still to do, since schemas may be deep.
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

/// The schemas that a schema holds; with a direction only those that go that way.
pub fn children(contract: &Contract, id: SchemaId, direction: Option<Direction>) -> Vec<SchemaId> {
    let schema = contract.schemas.get(id);
    match &schema.kind {
        // What a type of the user's own holds is not ours.
        _ if schema.rust_type.is_some() => Vec::new(),
        Kind::Alias(target) => vec![*target],
        Kind::Array(array) => vec![array.items],
        Kind::Union(union) => union.branches.clone(),
        Kind::Object(ObjectShape { sparse_of: Some(whole), .. }) if direction != Some(Direction::Inbound) => {
            vec![*whole]
        }
        Kind::Object(object) => {
            let goes = |property: &&Property| match direction {
                Some(Direction::Inbound) => !is_read_only(contract, property.schema),
                Some(Direction::Outbound) => !is_write_only(contract, property.schema),
                None => true,
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

/// Whether requests leave a property of this schema out.
pub fn is_read_only(contract: &Contract, id: SchemaId) -> bool {
    contract.schemas.nearest(id, |schema| schema.read_only.then_some(())).is_some()
}

/// Whether responses leave a property of this schema out.
pub fn is_write_only(contract: &Contract, id: SchemaId) -> bool {
    contract.schemas.nearest(id, |schema| schema.write_only.then_some(())).is_some()
}

/// Finds the schemas that need a type for each direction: used both ways and different in them,
/// themselves or in what they hold.
fn split(contract: &Contract, usage: &mut Usage) {
    let both: Vec<SchemaId> =
        contract.schemas.ids().filter(|id| usage.read[id.index()] && usage.write[id.index()]).collect();
    for id in &both {
        let schema = contract.schemas.get(*id);
        if let (Kind::Object(object), None) = (&schema.kind, &schema.rust_type) {
            usage.split[id.index()] = object
                .properties
                .iter()
                .any(|property| is_read_only(contract, property.schema) || is_write_only(contract, property.schema));
        }
    }
    // What holds something that differs differs too: from the held to the holders.
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
    /// Whether some request holds it.
    pub fn is_read(&self, id: SchemaId) -> bool {
        self.read[id.index()]
    }

    /// Whether some response holds it.
    pub fn is_written(&self, id: SchemaId) -> bool {
        self.write[id.index()]
    }

    /// The tags that reach it.
    pub fn tags(&self, id: SchemaId) -> Tags {
        self.tags[id.index()]
    }

    /// Returns the direction that a schema has a type of its own for; none where one type serves both.
    pub fn only(&self, id: SchemaId, direction: Direction) -> Option<Direction> {
        self.split[id.index()].then_some(direction)
    }
}
