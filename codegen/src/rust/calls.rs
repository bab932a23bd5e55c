//! How a client calls operations: what each sends, and how its answers are read.

use writ_contract::model::Contract;
use writ_contract::model::operation::Operation;
use writ_contract::model::sparse::trimmed_answer;

use super::answers::{content_reads, error_arms, response_arms};
use super::code::{Code, literal};
use super::comment::comment;
use super::envelope;
use super::errors::Markers;
use super::operation_names::OperationNames;
use super::patterns::Patterns;
use super::read::ReadCalls;
use super::request_body::content_write;
use super::types::TypePlan;
use super::usage::Direction;
use super::uses::Uses;
use super::view::{
    CallView, ClientView, FieldSource, OperationView, RequestView, SentRequestView, TagCallsView, TagView,
};

/// The client of a contract, its tags as the server's.
pub(super) fn client_view(
    plan: &TypePlan<'_>,
    tags: &[TagView],
    names: &[OperationNames],
    patterns: &Patterns,
    markers: &Markers,
) -> ClientView {
    ClientView {
        tags: tags.iter().map(|tag| tag_calls(plan, tag, names, patterns, markers)).collect(),
        envelope: envelope::places(plan.contract),
    }
}

fn tag_calls(
    plan: &TypePlan<'_>,
    tag: &TagView,
    names: &[OperationNames],
    patterns: &Patterns,
    markers: &Markers,
) -> TagCallsView {
    let contract: &Contract = plan.contract;
    let mut uses = Uses::default();
    let all = contract.operations.iter().zip(names);
    let calls: Vec<CallView> = tag
        .operations
        .iter()
        .filter_map(|view| {
            let (operation, names) = all.clone().find(|(_, names)| names.data == view.data.0)?;
            Some(call_view(plan, (operation, names), view, patterns, markers, &mut uses))
        })
        .collect();
    TagCallsView {
        name: tag.name.clone(),
        module: tag.module.clone(),
        field: tag.field.clone(),
        docs: tag.docs.clone(),
        imports: uses.lines_apart(
            "super::super",
            "super::super::codec::patterns",
            ("super::super::codec::other_ways::patterns", patterns.others()),
        ),
        calls,
    }
}

/// How one operation is called.
pub(super) fn call_view(
    plan: &TypePlan<'_>,
    (operation, names): (&Operation, &OperationNames),
    view: &OperationView,
    patterns: &Patterns,
    markers: &Markers,
    uses: &mut Uses,
) -> CallView {
    for name in [&view.response.name, &view.error.name] {
        uses.contract(&name.0);
    }
    if let Some(request) = &view.request {
        uses.contract(&request.name.0);
    }
    if let Some(parts) = &view.parts {
        uses.contract(&parts.part.0);
        if parts.form.is_none() {
            uses.add(&parts.rule_uses);
        }
    }
    let mut calls = ReadCalls { plan, patterns, way: Direction::Response, uses };
    let response = response_arms(&mut calls, operation, names, &view.response);
    let error = error_arms(&mut calls, operation, names, &view.error, markers);
    let contents = content_reads(&mut calls, operation, names, &view.contents);
    CallView {
        method: view.method.clone(),
        data: view.data.clone(),
        docs: match trimmed(plan, operation) {
            Some((parameter, _)) => {
                format!("{}\n\nA request with `{parameter}` is awaited as `trimmed()`.", view.docs)
            }
            None => view.docs.clone(),
        },
        route: view.route.clone(),
        terms: view.terms.clone(),
        deprecated: view.deprecated,
        request: view.request.as_ref().map(|request| SentRequestView {
            name: request.name.clone(),
            borrow: if request.streamed { "" } else { "&" },
            sends: sends(plan, operation, names, request, uses),
        }),
        parts: view.parts.as_ref().map(|parts| parts.part.clone()),
        rule: view.parts.as_ref().filter(|parts| parts.form.is_none()).map(|parts| parts.rule.clone()),
        variants: view.parts.as_ref().map(|parts| parts.variants.clone()).unwrap_or_default(),
        response_name: view.response.name.clone(),
        response,
        trimmed: trimmed(plan, operation).map(|(_, within)| within),
        error_name: view.error.name.clone(),
        error,
        contents,
    }
}

/// The field of the request that trims the answer, and which objects of it.
fn trimmed(plan: &TypePlan<'_>, operation: &Operation) -> Option<(String, Code)> {
    let parameter = operation.parameters.iter().find(|parameter| parameter.sparse)?;
    let (list, _) = trimmed_answer(&plan.contract.schemas, operation)?;
    let within = match list {
        Some(list) => format!("client::Within::Page({})", literal(list)),
        None => "client::Within::Outermost".to_owned(),
    };
    Some((parameter.name.replace('`', "'"), Code::of(within)))
}

/// The statements that hand a request's fields over.
fn sends(
    plan: &TypePlan<'_>,
    operation: &Operation,
    names: &OperationNames,
    request: &RequestView,
    uses: &mut Uses,
) -> Vec<Code> {
    let mut lines = Vec::new();
    for field in &request.fields {
        let name = &field.name;
        match field.source {
            FieldSource::Parameter(index) => {
                let parameter = &operation.parameters[index];
                let way = match field.ty.0.starts_with("Option<") && !parameter.required {
                    _ if parameter.sort && field.ty.0.starts_with("Vec<Sort<") => "listed",
                    true => "optional",
                    false => "required",
                };
                lines.push(Code::of(format!("out.{way}({index}, &self.{name});")));
            }
            FieldSource::Page { limit, number, cursor } => {
                let named = |index: usize| format!("{} {index}", comment(&operation.parameters[index].name));
                let maybe = |index: Option<usize>| match index {
                    Some(index) => format!("Some({})", named(index)),
                    None => "None".to_owned(),
                };
                let (limit, number, cursor) = (named(limit), maybe(number), maybe(cursor));
                lines.push(Code::of(format!("out.page({limit}, {number}, {cursor}, &self.{name});")));
            }
            FieldSource::Body => lines.extend(body(plan, operation, names, request, &field.ty, uses)),
        }
    }
    lines
}

fn body(
    plan: &TypePlan<'_>,
    operation: &Operation,
    names: &OperationNames,
    request: &RequestView,
    ty: &Code,
    uses: &mut Uses,
) -> Vec<Code> {
    let Some(body) = &operation.body else { return Vec::new() };
    let borrow = if request.streamed { "" } else { "&" };
    // The body is the last field, and by then may be called otherwise.
    let name = request.fields.last().map_or("body", |field| &field.name.0);
    let optional = ty.0.starts_with("Option<") && !body.required;
    let write = |index: usize, value: &str| {
        let call = content_write(plan, (body, &body.content[index]), names, index);
        // Parts are given away; all else is only looked at.
        let given = call.starts_with("out.parts(") || call.starts_with("out.multipart(");
        call.replace("{}", &if request.streamed && !given { format!("&{value}") } else { value.to_owned() })
    };
    let Some(forms) = &request.forms else {
        return match optional {
            true => vec![
                Code::of(format!("if let Some(body) = {borrow}self.{name} {{")),
                Code::of(format!("    {};", write(0, "body"))),
                Code::from("}"),
            ],
            false => vec![Code::of(format!("{};", write(0, &format!("{borrow}self.{name}"))))],
        };
    };
    uses.contract(&forms.name.0);
    let mut lines = vec![Code::of(format!("match {borrow}self.{name} {{"))];
    let (open, close) = if optional { ("Some(", ")") } else { ("", "") };
    for form in &forms.forms {
        let index = form.index;
        lines.push(Code::of(format!(
            "    {open}{}::{}(body){close} => {},",
            forms.name,
            form.variant,
            write(index, "body")
        )));
    }
    if optional {
        lines.push("    None => {}".into());
    }
    lines.push("}".into());
    lines
}
