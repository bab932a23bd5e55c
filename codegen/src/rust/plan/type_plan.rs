//! Which types are declared, in which order, under which names.

use std::collections::{HashMap, HashSet};

use writ_contract::diagnostic::Diagnostics;
use writ_contract::model::operation::{ContentKind, Operation, Status};
use writ_contract::model::parts::{PartKind, parts};
use writ_contract::model::schema::{Additional, Format, Kind, ObjectShape};
use writ_contract::model::{Contract, Direction, SchemaId};

use crate::rust::names::ident::type_name;
use crate::rust::names::media::media_name;
use crate::rust::names::namespace::Names;
use crate::rust::names::status::variant;
use crate::rust::plan::cycles::boxed;
use crate::rust::plan::implied_tags::implied_tags;
use crate::rust::plan::types::{TypeKey, TypePlan};
use crate::rust::plan::usage::{Usage, children};

/// What a schema is declared as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Declared {
    /// A type of its own.
    Always,
    /// An alias, if it is a component.
    AsComponent,
    /// Nothing: another type stands for it.
    Never,
}

/// Decides on every type that the operations and components reach.
pub fn type_plan<'c>(
    contract: &'c Contract,
    usage: Usage,
    names: &mut Names,
    diagnostics: &mut Diagnostics,
) -> TypePlan<'c> {
    let mut plan = TypePlan {
        contract,
        tagged: implied_tags(contract, &usage),
        usage,
        order: Vec::new(),
        names: HashMap::new(),
        boxed: HashSet::new(),
    };
    // Components have the first right to their names, whoever refers to them; and among them those
    // whose name is a Rust name already.
    let exact =
        |id: &SchemaId| contract.schemas.get(*id).component.as_deref().is_some_and(|name| type_name(name) == name);
    let (exactly, others): (Vec<SchemaId>, Vec<SchemaId>) = contract.components.iter().partition(|id| exact(id));
    let bodies = contract.operations.iter().flat_map(|operation| &operation.body).flat_map(|body| &body.content);
    let forms: HashSet<SchemaId> = bodies
        .filter(|content| parts(content, &contract.schemas).is_some())
        .filter_map(|content| content.schema)
        .collect();
    for id in exactly.into_iter().chain(others) {
        if let writ_contract::model::Envelope::Own { schema, .. } = &contract.envelope
            && !plan.usage.is_written(*schema)
            && envelope_part(contract, *schema, id)
            && !plan.used(id)
        {
            continue;
        }
        // The form of an operation stands for it.
        if forms.contains(&id) && !plan.used(id) {
            continue;
        }
        // Of some tags only what they need is generated.
        if !contract.unselected.is_empty() && !plan.used(id) {
            continue;
        }
        plan.declare_component(id, names, diagnostics);
    }
    let place: HashMap<SchemaId, usize> = contract.components.iter().enumerate().map(|(at, id)| (*id, at)).collect();
    plan.order.sort_by_key(|key| place.get(&key.schema).copied());
    let found: Vec<SchemaId> =
        contract.schemas.ids().filter(|id| contract.schemas.get(*id).component.is_some() && plan.used(*id)).collect();
    for id in found {
        plan.declare_component(id, names, diagnostics);
    }
    let components = plan.order.clone();
    for key in components {
        plan.declare_members(key, names, diagnostics);
    }
    for operation in &contract.operations {
        plan.declare_operation(operation, names, diagnostics);
    }
    for (name, webhook) in contract.webhooks() {
        if let Some(schema) = webhook.payload {
            let base = type_name(webhook.operation_id.as_deref().unwrap_or(name));
            plan.declare(
                schema,
                Direction::Outbound,
                &[format!("{base}Payload"), format!("{base}Webhook")],
                names,
                diagnostics,
            );
        }
    }
    for outgoing in contract.outgoing_calls() {
        plan.declare_operation(outgoing.operation, names, diagnostics);
    }
    plan.boxed = boxed(&plan);
    plan
}

/// Whether a schema is the envelope or one of its parts, which refusals are written into without a type.
fn envelope_part(contract: &Contract, envelope: SchemaId, id: SchemaId) -> bool {
    let mut todo = vec![envelope];
    let mut seen = HashSet::new();
    while let Some(next) = todo.pop() {
        if next == id {
            return true;
        }
        if seen.insert(next) {
            todo.extend(children(contract, next, None));
        }
    }
    false
}

impl TypePlan<'_> {
    fn used(&self, id: SchemaId) -> bool {
        self.usage.is_read(id) || self.usage.is_written(id)
    }

    fn declare_component(&mut self, id: SchemaId, names: &mut Names, diagnostics: &mut Diagnostics) {
        let schema = self.contract.schemas.get(id);
        let Some(component) = &schema.component else { return };
        if self.declared(id) == Declared::Never {
            return;
        }
        let own = schema.rust_name.as_ref();
        let base = own.map_or_else(|| type_name(component), |own| own.value.clone());
        for direction in [Direction::Outbound, Direction::Inbound] {
            let key = TypeKey { schema: id, only: self.usage.only(id, direction) };
            let candidates = match key.only {
                Some(Direction::Inbound) => vec![format!("{base}Input"), format!("{base}InputModel")],
                // A name that was asked for is that and no other.
                _ if own.is_some() => vec![base.clone()],
                _ => vec![base.clone(), format!("{base}Model"), format!("{base}Schema")],
            };
            self.name(key, &candidates, names, diagnostics);
        }
    }

    fn name(&mut self, key: TypeKey, candidates: &[String], names: &mut Names, diagnostics: &mut Diagnostics) -> bool {
        if self.names.contains_key(&key) {
            return false;
        }
        let schema = self.contract.schemas.get(key.schema);
        let name = match &schema.rust_name {
            Some(own) if candidates == [own.value.as_str()] => names.take_own(own, diagnostics),
            _ => names.take(candidates, schema.span, diagnostics),
        };
        self.names.insert(key, name);
        self.order.push(key);
        true
    }

    /// Declares what a schema needs, under the first free of `candidates` if it is not a component.
    fn declare(
        &mut self,
        id: SchemaId,
        direction: Direction,
        candidates: &[String],
        names: &mut Names,
        diagnostics: &mut Diagnostics,
    ) {
        let mut todo = vec![(id, candidates.to_vec())];
        // What gets no name of its own ends no circle.
        let mut seen = HashSet::new();
        while let Some((id, candidates)) = todo.pop() {
            if !seen.insert(id) {
                continue;
            }
            let schema = self.contract.schemas.get(id);
            let key = TypeKey { schema: id, only: self.usage.only(id, direction) };
            if let (true, Kind::Alias(first)) = (schema.deduplicated, &schema.kind)
                && !self.names.contains_key(&TypeKey { schema: *first, only: self.usage.only(*first, direction) })
            {
                // The first of those that say the same is met here first, and is called by this place.
                todo.push((*first, candidates));
                continue;
            }
            if self.declared(id) == Declared::Always && schema.component.is_none() {
                let mut candidates = candidates.clone();
                // A name in small letters is that of the field.
                if let Some(own) = schema.rust_name.as_ref().filter(|own| own.value.starts_with(char::is_uppercase)) {
                    candidates = vec![own.value.clone()];
                }
                if key.only == Some(Direction::Inbound) {
                    candidates = candidates.iter().map(|name| format!("{name}Input")).collect();
                }
                if !self.name(key, &candidates, names, diagnostics) {
                    continue;
                }
            }
            // Components declare their members on their own; one that only this refers to does so here.
            if schema.component.is_some() {
                if self.names.contains_key(&key) {
                    continue;
                }
                self.declare_component(id, names, diagnostics);
            }
            let base = self.names.get(&key).cloned().or_else(|| candidates.first().cloned()).unwrap_or_default();
            let mut members = self.members(id, direction, &base);
            members.reverse();
            todo.extend(members);
        }
    }

    fn declare_members(&mut self, key: TypeKey, names: &mut Names, diagnostics: &mut Diagnostics) {
        let base = self.names.get(&key).cloned().unwrap_or_default();
        let direction = self.direction(key);
        for (id, candidates) in self.members(key.schema, direction, &base) {
            self.declare(id, direction, &candidates, names, diagnostics);
        }
    }

    /// The schemas that a schema holds, each with the names that its place suggests.
    fn members(&self, id: SchemaId, direction: Direction, base: &str) -> Vec<(SchemaId, Vec<String>)> {
        let one = |suffix: &str| {
            vec![format!("{base}{suffix}"), format!("{base}{suffix}Value"), format!("{base}{suffix}Model")]
        };
        let schema = self.contract.schemas.get(id);
        match &schema.kind {
            _ if schema.rust_type.is_some() => Vec::new(),
            Kind::Alias(target) => vec![(*target, vec![base.to_owned(), format!("{base}Value")])],
            Kind::Array(array) => vec![(array.items, one("Item"))],
            Kind::Union(union) => {
                let variants = self.variant_names(id);
                union.branches.iter().zip(variants).map(|(branch, variant)| (*branch, one(&variant))).collect()
            }
            Kind::Object(ObjectShape { sparse_of: Some(whole), .. }) => vec![(*whole, vec![base.to_owned()])],
            Kind::Object(object) => {
                let only = self.usage.only(id, direction);
                let properties = self.properties(TypeKey { schema: id, only });
                let tag = self.tagged.get(&id).map(|tag| tag.property.as_str());
                let properties = properties.iter().filter(|property| Some(property.name.as_str()) != tag);
                let mut all: Vec<_> =
                    properties.map(|property| (property.schema, one(&type_name(&property.name)))).collect();
                if let Additional::Kept(schema) = object.additional {
                    all.push((schema, one("Entry")));
                }
                all
            }
            _ => Vec::new(),
        }
    }

    /// Declares the types of the requests and responses of an operation.
    fn declare_operation(&mut self, operation: &Operation, names: &mut Names, diagnostics: &mut Diagnostics) {
        let base = type_name(operation.name());
        let (request, returned) = (operation.request_direction(), operation.response_direction());
        for parameter in &operation.parameters {
            let name = type_name(&parameter.name);
            let candidates = [format!("{base}{name}"), format!("{base}{name}Parameter")];
            if parameter.sort {
                continue;
            }
            self.declare(parameter.schema, request, &candidates, names, diagnostics);
        }
        for content in operation.body.iter().flat_map(|body| &body.content) {
            if let Some(parts) = parts(content, &self.contract.schemas) {
                for part in parts.named.iter().chain(&parts.rest).filter(|part| part.kind != PartKind::File) {
                    let name = if part.name.is_empty() { "Additional".to_owned() } else { type_name(part.name) };
                    let item = if part.list.is_some() { "Item" } else { "" };
                    let candidates = [format!("{base}{name}{item}"), format!("{base}{name}Part{item}")];
                    self.declare(part.schema, request, &candidates, names, diagnostics);
                }
                for header in content.encoding.iter().flat_map(|encoding| &encoding.headers) {
                    let candidates = [format!("{base}{}", type_name(&header.name))];
                    self.declare(header.schema, request, &candidates, names, diagnostics);
                }
                continue;
            }
            if let Some(schema) = content.schema.filter(|_| content.kind != ContentKind::Binary) {
                self.declare(
                    schema,
                    request,
                    &[format!("{base}Body"), format!("{base}RequestBody")],
                    names,
                    diagnostics,
                );
            }
        }
        for header in operation.response_headers() {
            let name = type_name(&header.name);
            let candidates = [format!("{base}{name}"), format!("{base}{name}Header")];
            self.declare(header.schema, returned, &candidates, names, diagnostics);
        }
        for response in &operation.responses {
            let refusal = writ_contract::model::envelope::is_error(response, operation);
            for content in &response.content {
                if refusal && self.contract.envelope.is(content, &self.contract.schemas) {
                    continue;
                }
                let Some(schema) = content.schema else { continue };
                let role = match response.status {
                    Status::Code(code) if code < 300 => String::new(),
                    Status::Code(code) => variant(code),
                    Status::Range(digit) => format!("{digit}xx"),
                    Status::Default => "Default".to_owned(),
                };
                let suffix = match (response.content.len(), role.is_empty()) {
                    (1, true) => "Result".to_owned(),
                    (1, false) => format!("{role}Body"),
                    // Beside the enum that all of them are the body of.
                    _ => format!("{role}{}", media_name(content)),
                };
                self.declare(
                    schema,
                    returned,
                    &[format!("{base}{suffix}"), format!("{base}{suffix}Body")],
                    names,
                    diagnostics,
                );
            }
        }
    }

    fn declared(&self, id: SchemaId) -> Declared {
        if self.contract.schemas.get(id).rust_type.is_some() {
            return Declared::AsComponent;
        }
        if self.contract.schemas.get(id).holds_itself || self.contract.schemas.get(id).deduplicated {
            return Declared::Always;
        }
        match &self.contract.schemas.get(id).kind {
            Kind::Strings(_) => Declared::Always,
            Kind::Union(_) => Declared::Always,
            Kind::String(shape) if matches!(shape.format, Format::Id(_)) => Declared::Always,
            Kind::Object(object) if object.sparse_of.is_some() => Declared::Never,
            Kind::Object(object) if self.page_of(object).is_some() => Declared::AsComponent,
            Kind::Object(object) if object.is_map() => Declared::AsComponent,
            Kind::Object(_) => Declared::Always,
            Kind::Alias(_)
            | Kind::Boolean
            | Kind::Integer(_)
            | Kind::Number(_)
            | Kind::String(_)
            | Kind::Array(_)
            | Kind::Values(_)
            | Kind::Any
            | Kind::Null => Declared::AsComponent,
        }
    }
}
