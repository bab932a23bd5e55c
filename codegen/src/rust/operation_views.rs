//! The operations as views: a tag's trait, and for each operation its request, response and error.

use writ_contract::diagnostic::Diagnostics;
use writ_contract::model::Contract;
use writ_contract::model::operation::{Operation, ParameterPlace};
use writ_contract::model::schema::Kind;

use super::code::Code;
use super::errors::{Markers, error_view};
use super::facts::facts;
use super::ident::{static_name, type_name};
use super::names::{Names, distinct};
use super::operation_docs::{prose, route, terms};
use super::operation_names::{OperationNames, SortName, TagNames};
use super::parts::{described, parts_view, remark};
use super::patterns::Patterns;
use super::requests::request_view;
use super::responses::response_view;
use super::types::TypePlan;
use super::uses::Uses;
use super::view::{OperationView, OtherView, OthersView, SortKeyView, SortView, TagView};

/// The data of the operations that are not generated.
pub fn others_view(contract: &Contract, diagnostics: &mut Diagnostics) -> OthersView {
    let mut uses = Uses::default();
    uses.runtime("Operation");
    let mut statics = Names::empty();
    let operations = contract
        .unselected
        .iter()
        .map(|operation| {
            let name = static_name(operation.name());
            let other = format!("{name}_{}", operation.method);
            let data = statics.take(&[name, other], operation.span, diagnostics);
            OtherView { id: operation.id.clone(), data: Code::of(data), facts: facts(contract, operation, &mut uses) }
        })
        .collect();
    OthersView { operations, imports: uses.lines("super", "") }
}

/// The view of one tag.
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
    let mut uses = Uses::default();
    let mut routes = Uses::default();
    let mut data = Uses::default();
    uses.runtime("Context");
    uses.std("std::future::Future");
    for name in ["Reply", "Respond", "Responder"] {
        routes.runtime(name);
    }
    uses.runtime("Internal");
    data.runtime("Operation");
    routes.contract(&tags[tag].name);
    let chosen = contract.operations.iter().zip(names).filter(|(operation, _)| operation.tag == described.name);
    let operations: Vec<OperationView> = chosen
        .map(|(operation, names)| {
            routes.contract(&names.response);
            routes.contract(&names.error);
            uses.declare(&names.response);
            uses.declare(&names.error);
            operation_view(plan, operation, names, patterns, markers, (&mut uses, &mut routes, &mut data), diagnostics)
        })
        .collect();
    if operations.iter().any(|operation| operation.request.is_none() && operation.consumed.is_empty()) {
        routes.runtime("nothing");
    }
    if operations.iter().any(|operation| operation.idempotent) {
        uses.runtime("Idempotent");
    }
    if operations.iter().any(|operation| operation.request.is_some() || !operation.consumed.is_empty()) {
        routes.runtime("Decoder");
    }
    let secured = operations.iter().any(|operation| operation.access != "public");
    let names = &tags[tag];
    TagView {
        name: Code::of(&names.name),
        fallback: String::new(),
        module: Code::of(&names.module),
        field: Code::of(&names.field),
        parameter: Code::of(&names.parameter),
        docs: described.description.clone().unwrap_or_else(|| format!("The operations under `{}`.", described.name)),
        secured,
        imports: uses.lines("super", ""),
        route_imports: routes.lines("super::super", "super::super::codec::patterns"),
        operation_imports: data.lines("super", ""),
        operations,
        unwritten: false,
    }
}

pub(super) fn operation_view(
    plan: &TypePlan<'_>,
    operation: &Operation,
    names: &OperationNames,
    patterns: &Patterns,
    markers: &Markers,
    (uses, routes, data): (&mut Uses, &mut Uses, &mut Uses),
    diagnostics: &mut Diagnostics,
) -> OperationView {
    let access = match operation.security.as_slice() {
        [] => "public",
        alternatives if alternatives.iter().any(Vec::is_empty) => "optional",
        _ => "secured",
    };
    let (request, consumed) = request_view(plan, operation, names, patterns, uses, routes, diagnostics);
    remark(plan, operation, diagnostics);
    let parts = described(plan, operation).zip(names.parts.as_ref()).map(|((content, parts), names)| {
        uses.declare(&names.part);
        names.form.iter().for_each(|form| uses.declare(form));
        let view = parts_view(plan, content, &parts, names, patterns, uses, diagnostics);
        routes.add(&view.rule_uses);
        routes.add(&view.read_uses);
        view
    });
    let mut contents = Vec::new();
    let response = response_view(plan, operation, names, uses, routes, &mut contents, diagnostics);
    let error = error_view(plan, operation, names, markers, (&mut *uses, &mut *routes), &mut contents, diagnostics);
    for content in &contents {
        routes.contract(&content.name.0);
        routes.contract(&content.media.0);
    }
    OperationView {
        method: Code::of(&names.method),
        decode: Code::from(format!("decode_{}", names.method.trim_start_matches("r#"))),
        id: operation.id.clone(),
        data: Code::of(&names.data),
        docs: prose(operation),
        route: route(operation),
        terms: terms(operation),
        deprecated: operation.deprecated,
        facts: facts(plan.contract, operation, data),
        context: Code::from(match access {
            "public" => "()",
            "optional" => "Option<Self::Principal>",
            _ => "Self::Principal",
        }),
        access,
        request,
        consumed,
        sorts: sort_views(plan, operation, names, uses, routes),
        parts,
        response,
        contents,
        idempotent: operation.policies.idempotency.is_some(),
        error,
    }
}

/// The enums of the keys that `x-sort` parameters list, their signs aside.
fn sort_views(
    plan: &TypePlan<'_>,
    operation: &Operation,
    names: &OperationNames,
    uses: &mut Uses,
    routes: &mut Uses,
) -> Vec<SortView> {
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
        uses.declare(name);
        routes.contract(name);
        routes.runtime("Named");
        let (variants, _) = distinct(keys.iter().map(|key| type_name(key)));
        let keys = keys
            .into_iter()
            .zip(variants)
            .map(|(wire, variant)| SortKeyView { name: Code::of(variant), wire })
            .collect();
        views.push(SortView { name: Code::of(name), keys });
    }
    views
}

/// Whether the one way in settles a parameter itself, so that the handler does not see it.
pub fn is_consumed(operation: &Operation, name: &str, place: ParameterPlace) -> bool {
    place == ParameterPlace::Header
        && ((name.eq_ignore_ascii_case("If-None-Match") && is_conditional(operation))
            || (name.eq_ignore_ascii_case("Idempotency-Key") && operation.policies.idempotency.is_some()))
}

/// Whether the contract declares `ETag`, `If-None-Match` and 304 together.
pub fn is_conditional(operation: &Operation) -> bool {
    use writ_contract::model::operation::Status;
    let header = operation.parameters.iter().any(|parameter| {
        parameter.place == ParameterPlace::Header && parameter.name.eq_ignore_ascii_case("If-None-Match")
    });
    let unchanged = operation.responses.iter().any(|response| response.status == Status::Code(304));
    let tagged = operation.responses.iter().any(|response| {
        matches!(response.status, Status::Code(200..=299))
            && response.headers.iter().any(|header| header.name.eq_ignore_ascii_case("ETag"))
    });
    header && unchanged && tagged
}
