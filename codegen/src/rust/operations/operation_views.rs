//! The views of tags and operations: a trait for each tag, and request, response and error types for each
//! operation.

use writ_contract::diagnostic::Diagnostics;
use writ_contract::model::Contract;
use writ_contract::model::operation::{Operation, SortKey};
use writ_contract::model::schema::Kind;

use crate::rust::code::Code;
use crate::rust::expr::patterns::Patterns;
use crate::rust::expr::read::ReadCalls;
use crate::rust::mention::runtime;
use crate::rust::names::distinct::distinct;
use crate::rust::names::ident::static_name;
use crate::rust::names::namespace::Names;
use crate::rust::names::spelling::variant_names;
use crate::rust::operations::errors::{Markers, error_view};
use crate::rust::operations::operation_docs::{client_terms, handler_terms, prose, route};
use crate::rust::operations::operation_names::{OperationNames, SortName, TagNames};
use crate::rust::operations::operation_table::operation_entry;
use crate::rust::operations::parts::{described, parts_view};
use crate::rust::operations::request::request_view;
use crate::rust::operations::response::response_view;
use crate::rust::operations::unchecked_parts::report_unchecked;
use crate::rust::plan::types::TypePlan;
use crate::rust::view::{
    Access, OperationView, SortKeyView, SortView, TagView, UnselectedOperationView, UnselectedView,
};

/// Returns the view of the operations whose tags are not selected, with their entries in the operation table.
pub fn unselected_view(contract: &Contract, markers: &Markers, diagnostics: &mut Diagnostics) -> UnselectedView {
    let mut statics = Names::empty();
    let operations = contract
        .unselected
        .iter()
        .map(|operation| {
            let name = static_name(operation.name());
            let other = format!("{name}_{}", static_name(&operation.method));
            let data = statics.take(&[name, other], operation.span, diagnostics);
            UnselectedOperationView {
                id: operation.id.clone(),
                data: Code::of(data),
                entry: operation_entry(contract, markers, operation),
            }
        })
        .collect();
    UnselectedView { operations }
}

/// Returns the view of a tag: its trait, and the types of its operations.
pub fn tag_view(
    plan: &TypePlan<'_>,
    tag: usize,
    tags: &[TagNames],
    names: &[OperationNames],
    patterns: &Patterns,
    markers: &Markers,
    diagnostics: &mut Diagnostics,
) -> TagView {
    let contract = plan.contract;
    let described = &contract.tags[tag];
    let chosen = contract.operations.iter().zip(names).filter(|(operation, _)| operation.tag == described.name);
    let service = chosen.clone().find_map(|(operation, _)| operation.service.as_ref());
    let operations: Vec<OperationView> = chosen
        .map(|(operation, names)| operation_view(plan, operation, names, patterns, markers, diagnostics))
        .collect();
    let secured = operations.iter().any(|operation| operation.access != Access::Public);
    let names = &tags[tag];
    TagView {
        name: Code::of(&names.name),
        fallback: String::new(),
        module: Code::of(&names.module),
        field: Code::of(&names.field),
        parameter: Code::of(&names.parameter),
        docs: described
            .description
            .clone()
            .unwrap_or_else(|| format!("The operations of the tag `{}`.", described.name)),
        secured,
        service: service.map(|service| service.value.clone()),
        operations,
        unwritten: false,
    }
}

/// Returns the view of an operation: its trait method, and its request, response and error types.
pub fn operation_view(
    plan: &TypePlan<'_>,
    operation: &Operation,
    names: &OperationNames,
    patterns: &Patterns,
    markers: &Markers,
    diagnostics: &mut Diagnostics,
) -> OperationView {
    let access = match operation.security.as_slice() {
        [] => Access::Public,
        alternatives if alternatives.iter().any(Vec::is_empty) => Access::Optional,
        _ => Access::Secured,
    };
    let (request, consumed) = request_view(plan, operation, names, patterns, diagnostics);
    report_unchecked(plan, operation, diagnostics);
    let parts = described(plan, operation)
        .zip(names.parts.as_ref())
        .map(|((content, parts), names)| parts_view(plan, (operation, content), &parts, names, patterns, diagnostics));
    let mut contents = Vec::new();
    let calls = ReadCalls { plan, patterns, direction: operation.response_direction() };
    let response = response_view(&calls, operation, names, &mut contents, diagnostics);
    let error = error_view(&calls, operation, names, markers, &mut contents, diagnostics);
    OperationView {
        method: Code::of(&names.method),
        decode: Code::from(format!("decode_{}", names.method.trim_start_matches("r#"))),
        id: operation.id.clone(),
        data: Code::of(&names.data),
        docs: prose(operation),
        route: route(operation),
        handler_terms: handler_terms(operation),
        client_terms: client_terms(operation),
        deprecated: operation.deprecated,
        entry: operation_entry(plan.contract, markers, operation),
        context: Code::from(match access {
            Access::Public => "()",
            Access::Optional => "Option<Self::Principal>",
            Access::Secured => "Self::Principal",
        }),
        access,
        request,
        consumed,
        sorts: sort_views(plan, operation, names),
        parts,
        response,
        contents,
        idempotent: operation.policies.idempotency.is_some(),
        error,
    }
}

/// Returns the views of the enums of sort keys, for the keys that the `x-sort` parameters of an operation list.
/// The keys lose their signs.
fn sort_views(plan: &TypePlan<'_>, operation: &Operation, names: &OperationNames) -> Vec<SortView> {
    let schemas = &plan.contract.schemas;
    let mut views = Vec::new();
    for SortName { index, name, own } in &names.sorts {
        if !own {
            continue;
        }
        let Kind::Array(array) = schemas.kind(operation.parameters[*index].schema) else { continue };
        let Kind::Strings(listed) = schemas.kind(array.items) else { continue };
        let mut keys: Vec<String> = Vec::new();
        for value in &listed.values {
            let key = value.trim_start_matches(['+', '-']).to_owned();
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        let (variants, _) = distinct(keys.iter().map(|key| variant_names(key)));
        let sort_key = |key: &SortKey| {
            let at = keys.iter().position(|name| *name == key.name).unwrap_or_default();
            format!("{} {{ by: Self::{}, descending: {} }}", runtime("Sort"), variants[at], key.descending)
        };
        let orders = operation.parameters[*index].orders.iter().flatten().map(|order| {
            let order: Vec<String> = order.iter().map(sort_key).collect();
            Code::of(format!("&[{}]", order.join(", ")))
        });
        let orders = orders.collect();
        let keys = keys
            .into_iter()
            .zip(variants)
            .map(|(wire, variant)| SortKeyView { name: Code::of(variant), wire })
            .collect();
        views.push(SortView { name: Code::of(name), keys, orders });
    }
    views
}
