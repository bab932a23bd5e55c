//! The order in which types are declared. It decides their names, since each type takes the first free name.

use std::collections::{HashMap, HashSet};

use writ_contract::diagnostic::Diagnostics;
use writ_contract::model::parts::parts;
use writ_contract::model::{Contract, Direction, SchemaId};

use crate::rust::names::ident::type_name;
use crate::rust::names::namespace::Names;
use crate::rust::plan::cycles::boxed;
use crate::rust::plan::declarations::Declarations;
use crate::rust::plan::implied_tags::implied_tags;
use crate::rust::plan::operation_types::declare_operation;
use crate::rust::plan::types::TypePlan;
use crate::rust::plan::usage::{Usage, children};

/// Declares all Rust types that the operations and components of a contract need.
pub fn type_plan<'c>(
    contract: &'c Contract,
    usage: Usage,
    names: &mut Names,
    diagnostics: &mut Diagnostics,
) -> TypePlan<'c> {
    let plan = TypePlan {
        contract,
        tagged: implied_tags(contract, &usage),
        usage,
        order: Vec::new(),
        names: HashMap::new(),
        boxed: HashSet::new(),
        constrained: HashSet::new(),
    };
    let mut declarations = Declarations { plan, names, diagnostics };
    // Components take their names before all other schemas. Among them, components whose names are valid Rust
    // names come first.
    let exact =
        |id: &SchemaId| contract.schemas.get(*id).component.as_deref().is_some_and(|name| type_name(name) == name);
    let (exactly, others): (Vec<SchemaId>, Vec<SchemaId>) = contract.components.iter().partition(|id| exact(id));
    let bodies = contract.operations.iter().flat_map(|operation| &operation.body).flat_map(|body| &body.content);
    let forms: HashSet<SchemaId> = bodies
        .filter(|content| parts(content, &contract.schemas).is_some())
        .filter_map(|content| content.schema)
        .collect();
    for id in exactly.into_iter().chain(others) {
        if let Some(schema) = contract.errors.envelope_body().and_then(|body| body.schema)
            && !declarations.plan.usage.is_written(schema)
            && envelope_part(contract, schema, id)
            && !declarations.plan.used(id)
        {
            continue;
        }
        // The struct of all parts represents an unused schema of a multipart body.
        if forms.contains(&id) && !declarations.plan.used(id) {
            continue;
        }
        // If only some tags are selected, unused components are omitted.
        if !contract.unselected.is_empty() && !declarations.plan.used(id) {
            continue;
        }
        declarations.declare_component(id);
    }
    let position: HashMap<SchemaId, usize> = contract.components.iter().enumerate().map(|(at, id)| (*id, at)).collect();
    declarations.plan.order.sort_by_key(|key| position.get(&key.schema).copied());
    let found: Vec<SchemaId> = contract
        .schemas
        .ids()
        .filter(|id| contract.schemas.get(*id).component.is_some() && declarations.plan.used(*id))
        .collect();
    for id in found {
        declarations.declare_component(id);
    }
    let components = declarations.plan.order.clone();
    for key in components {
        declarations.declare_members(key);
    }
    for operation in &contract.operations {
        declare_operation(&mut declarations, operation);
    }
    for (name, webhook) in contract.webhooks() {
        if let Some(schema) = webhook.payload {
            let base = type_name(webhook.operation_id.as_deref().unwrap_or(name));
            declarations.declare(schema, Direction::Outbound, &[format!("{base}Payload"), format!("{base}Webhook")]);
        }
    }
    for event in &contract.events {
        let base = type_name(&event.name);
        declarations.declare(event.data, Direction::Inbound, &[format!("{base}Data"), format!("{base}EventData")]);
        declarations.declare(event.aggregate_id, Direction::Outbound, &[format!("{base}AggregateId")]);
    }
    for outgoing in contract.outgoing_calls() {
        declare_operation(&mut declarations, outgoing.operation);
    }
    let mut plan = declarations.plan;
    plan.boxed = boxed(&plan);
    plan
}

/// Returns true if a schema is the error envelope or a schema inside of it. The server writes errors without
/// types for these schemas.
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
