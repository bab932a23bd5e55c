//! The views of client calls, the methods that call operations: the request that a call sends, and the readers
//! of its responses.

use writ_contract::model::Contract;
use writ_contract::model::operation::{Operation, RequestBody};
use writ_contract::model::sparse_fieldset::sparse_response;

use crate::rust::client::checks::{body_rule, parameter_check};
use crate::rust::client::client_responses::{content_reads, error_arms, response_arms};
use crate::rust::client::listed::listed;
use crate::rust::client::send_body::send_body;
use crate::rust::code::{Code, literal};
use crate::rust::comment::comment;
use crate::rust::expr::patterns::Patterns;
use crate::rust::expr::read::ReadCalls;
use crate::rust::operations::errors::Markers;
use crate::rust::operations::operation_names::OperationNames;
use crate::rust::plan::types::TypePlan;
use crate::rust::view::{
    Access, CallRequestView, CallView, ClientView, FieldSource, OperationView, Presence, RequestFieldView, RequestView,
    SendArmView, SendView, TagCallsView, TagView,
};

/// Returns the view of the typed client of a contract, with the same tags as the server.
pub fn client_view(
    plan: &TypePlan<'_>,
    tags: &[TagView],
    names: &[OperationNames],
    patterns: &Patterns,
    markers: &Markers,
) -> ClientView {
    ClientView {
        tags: tags.iter().map(|tag| tag_calls(plan, tag, names, patterns, markers)).collect(),
        envelope: markers.bodies.envelope(plan.contract).is_some(),
    }
}

/// Returns the view of the client struct of a tag and of its calls.
fn tag_calls(
    plan: &TypePlan<'_>,
    tag: &TagView,
    names: &[OperationNames],
    patterns: &Patterns,
    markers: &Markers,
) -> TagCallsView {
    let contract: &Contract = plan.contract;
    let all = contract.operations.iter().zip(names);
    let calls: Vec<CallView> = tag
        .operations
        .iter()
        .filter_map(|view| {
            let (operation, names) = all.clone().find(|(_, names)| names.data == view.data.0)?;
            Some(call_view(plan, (operation, names), view, patterns, markers))
        })
        .collect();
    TagCallsView {
        name: tag.name.clone(),
        module: tag.module.clone(),
        field: tag.field.clone(),
        docs: tag.docs.clone(),
        calls,
    }
}

/// Returns the view of the client method that calls an operation.
pub fn call_view(
    plan: &TypePlan<'_>,
    (operation, names): (&Operation, &OperationNames),
    view: &OperationView,
    patterns: &Patterns,
    markers: &Markers,
) -> CallView {
    let calls = ReadCalls { plan, patterns, direction: operation.response_direction() };
    let request_calls = ReadCalls { plan, patterns, direction: operation.request_direction() };
    let response = response_arms(&calls, operation, names, &view.response);
    let error = error_arms(&calls, operation, names, &view.error, markers);
    let contents = content_reads(&calls, operation, names, &view.contents);
    CallView {
        method: view.method.clone(),
        data: view.data.clone(),
        docs: match sparse_fieldset(plan, operation) {
            Some((parameter, _)) => {
                format!(
                    "{}\n\nIf the request contains `{parameter}`, call `.sparse_fieldset()` before `.await`. Its \
                     response gives the body as JSON; without it, the client rejects a response that lacks required \
                     fields.",
                    view.docs
                )
            }
            None => view.docs.clone(),
        },
        route: view.route.clone(),
        terms: view.client_terms.clone(),
        deprecated: view.deprecated,
        public: view.access == Access::Public,
        request: view.request.as_ref().map(|request| CallRequestView {
            name: request.name.clone(),
            borrow: if request.streamed { "" } else { "&" },
            sends: sends(&request_calls, operation, names, request),
        }),
        parts: view.parts.as_ref().map(|parts| parts.part.clone()),
        rule: view.parts.as_ref().filter(|parts| parts.form.is_none()).map(|parts| parts.rule.clone()),
        variants: view.parts.as_ref().map(|parts| parts.variants.clone()).unwrap_or_default(),
        response_name: view.response.name.clone(),
        response,
        sparse_fieldset: sparse_fieldset(plan, operation).map(|(_, within)| within),
        listed: listed(plan, operation, view),
        error_name: view.error.name.clone(),
        error,
        contents,
    }
}

/// Returns the parameter that requests a sparse fieldset (a selection of response fields), and the objects of
/// the response that the selection applies to.
fn sparse_fieldset(plan: &TypePlan<'_>, operation: &Operation) -> Option<(String, Code)> {
    let parameter = operation.parameters.iter().find(|parameter| parameter.sparse)?;
    let (list, _) = sparse_response(&plan.contract.schemas, operation)?;
    let within = match list {
        Some(list) => format!("client::SparseObjects::Page({})", literal(list)),
        None => "client::SparseObjects::Outermost".to_owned(),
    };
    Some((parameter.name.replace('`', "'"), Code::of(within)))
}

/// Returns the client statements that check the fields of a request and pass them to the runtime.
fn sends(
    calls: &ReadCalls<'_, '_>,
    operation: &Operation,
    names: &OperationNames,
    request: &RequestView,
) -> Vec<SendView> {
    let send = |field: &RequestFieldView| {
        let name = &field.name;
        match field.source {
            FieldSource::Parameter(index) => {
                let method = match field.presence {
                    Presence::Required | Presence::Defaulted => "required",
                    Presence::Optional => "optional",
                    Presence::List => "listed",
                };
                let check = parameter_check(calls, operation, index, field);
                let send = Code::of(format!("out.{method}({index}, &self.{name})"));
                check.into_iter().chain([send]).map(SendView::Call).collect()
            }
            FieldSource::Page { limit, number, cursor } => {
                let named = |index: usize| format!("{} {index}", comment(&operation.parameters[index].name));
                let maybe = |index: Option<usize>| match index {
                    Some(index) => format!("Some({})", named(index)),
                    None => "None".to_owned(),
                };
                let (limit, number, cursor) = (named(limit), maybe(number), maybe(cursor));
                vec![SendView::Call(Code::of(format!("out.page({limit}, {number}, {cursor}, &self.{name})")))]
            }
            FieldSource::Body => match &operation.body {
                Some(declared) => body(calls, declared, names, request, field),
                None => Vec::new(),
            },
        }
    };
    request.fields.iter().flat_map(send).collect()
}

/// Returns the client statements that check the body of a request and pass it to the runtime.
fn body(
    calls: &ReadCalls<'_, '_>,
    body: &RequestBody,
    names: &OperationNames,
    request: &RequestView,
    field: &RequestFieldView,
) -> Vec<SendView> {
    let borrow = if request.streamed { "" } else { "&" };
    let value = Code::of(format!("{borrow}self.{}", field.name));
    let optional = field.presence == Presence::Optional;
    let call = |index: usize, value: &str| {
        let send = send_body(calls.plan, (body, &body.content[index]), names, index);
        // Multipart bodies are passed by value; all other bodies are borrowed.
        Code::of(send.call(&if request.streamed && !send.by_value { format!("&{value}") } else { value.to_owned() }))
    };
    let check = |index: usize, value: &str| {
        let rule = body_rule(calls, &body.content[index])?;
        let borrow = if request.streamed { "&" } else { "" };
        Some(Code::of(format!("out.check_body({borrow}{value}, &{rule})")))
    };
    match &request.forms {
        Some(forms) => vec![SendView::Match {
            value,
            optional,
            name: forms.name.clone(),
            arms: forms
                .forms
                .iter()
                .map(|form| SendArmView {
                    variant: form.variant.clone(),
                    check: check(form.index, "body"),
                    call: call(form.index, "body"),
                })
                .collect(),
        }],
        None if optional => vec![SendView::Present { value, check: check(0, "body"), call: call(0, "body") }],
        None => {
            let check = check(0, &value.0);
            check.into_iter().chain([call(0, &value.0)]).map(SendView::Call).collect()
        }
    }
}
