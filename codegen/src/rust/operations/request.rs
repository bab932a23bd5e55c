//! The request type of an operation, which combines parameters and body, and the code that decodes it.

use writ_contract::diagnostic::Diagnostics;
use writ_contract::model::operation::{ContentKind, Operation};
use writ_contract::model::stream::item_schema;

use crate::rust::code::Code;
use crate::rust::comment::comment;
use crate::rust::expr::patterns::Patterns;
use crate::rust::expr::read::ReadCalls;
use crate::rust::names::distinct::distinct;
use crate::rust::names::locals::{DECODE, variable};
use crate::rust::operations::operation_names::OperationNames;
use crate::rust::operations::page_request::page_request;
use crate::rust::operations::paging::paging;
use crate::rust::operations::parameter_field::{parameter_field, parameter_names};
use crate::rust::operations::request_body::body_field;
use crate::rust::operations::request_field::RequestField;
use crate::rust::plan::types::TypePlan;
use crate::rust::view::{FieldParameter, FieldSource, RequestFieldView, RequestView};

/// Returns the view of an operation's request type, and the statements that validate the parameters which the
/// handler does not receive.
///
/// The request type is `None` if the handler receives neither parameters nor a body.
pub fn request_view(
    plan: &TypePlan<'_>,
    operation: &Operation,
    names: &OperationNames,
    patterns: &Patterns,
    diagnostics: &mut Diagnostics,
) -> (Option<RequestView>, Vec<Code>) {
    let calls = ReadCalls { plan, patterns, direction: operation.request_direction() };
    let mut fields: Vec<(Vec<String>, FieldSource, RequestField)> = Vec::new();
    let mut consumed = Vec::new();
    let paged = paging(plan, operation);
    for (index, parameter) in operation.parameters.iter().enumerate() {
        if operation.is_consumed(parameter) {
            let read = calls.element(parameter.schema).function();
            let method = if parameter.required { "required" } else { "optional" };
            let name = comment(&parameter.name);
            consumed.push(Code::of(format!("let _ = input.{method}({name} {index}, {read});")));
            continue;
        }
        match paged.as_ref().filter(|paged| paged.holds(index)) {
            Some(paged) if paged.first() == index => {
                let names = ["page", "requested_page"].map(str::to_owned).to_vec();
                fields.push((names, paged.source(), paged.field(&calls, operation)));
            }
            Some(_) => {}
            None => {
                let mut field = parameter_field(names, index, parameter, &calls);
                field.secret = plan.contract.schemas.is_secret(parameter.schema);
                fields.push((parameter_names(parameter), FieldSource::Parameter(index), field));
            }
        }
    }
    let mut forms = None;
    if let Some(body) = &operation.body {
        let (mut field, view) = body_field(&calls, body, names, diagnostics);
        field.secret =
            body.content.iter().filter_map(|content| content.schema).any(|id| plan.contract.schemas.is_secret(id));
        forms = view;
        fields.push((["body", "request_body"].map(str::to_owned).to_vec(), FieldSource::Body, field));
    }
    if fields.is_empty() {
        return (None, consumed);
    }
    let (field_names, collided) = distinct(fields.iter().map(|(names, ..)| names.clone()));
    if let Some(collided) = collided {
        let describe = |index: usize| match &fields[index].1 {
            FieldSource::Parameter(at) => {
                let parameter = &operation.parameters[*at];
                format!("the {} parameter `{}`", parameter.location.word(), parameter.name)
            }
            FieldSource::Body => "the body".to_owned(),
            _ => "the requested page".to_owned(),
        };
        let report = collided.report(operation.span, describe).help("choose another name with `x-rust-name`");
        let parameters = collided.indices.iter().filter_map(|index| match &fields[*index].1 {
            FieldSource::Parameter(at) => Some(&operation.parameters[*at]),
            _ => None,
        });
        diagnostics.push(parameters.fold(report, |report, parameter| {
            report.also(parameter.span, format!("`{}` in {}", parameter.name, parameter.location.word()))
        }));
    }
    let contents = || operation.body.iter().flat_map(|body| &body.content);
    let multipart = contents().any(|content| content.kind == ContentKind::Multipart);
    let streamed = multipart || contents().any(|content| item_schema(content, &plan.contract.schemas).is_some());
    let default = !streamed && fields.iter().all(|(.., field)| field.ty.has_empty());
    let fields = fields
        .into_iter()
        .zip(field_names)
        .map(|((_, source, field), name)| view(operation, source, field, name))
        .collect();
    let fields: Vec<RequestFieldView> = fields;
    let page = paged.is_none().then(|| page_request(plan, operation, &fields)).flatten();
    let name = Code::of(&names.request);
    (Some(RequestView { name, fallback: String::new(), fields, forms, default, page, streamed, multipart }), consumed)
}

/// Returns the view of a field in a request type.
fn view(operation: &Operation, source: FieldSource, field: RequestField, name: String) -> RequestFieldView {
    let variable = variable(&name, DECODE);
    let take = field.take(&variable);
    let parameter = match source {
        FieldSource::Parameter(index) => operation.parameters.get(index),
        _ => None,
    };
    RequestFieldView {
        source,
        parameter: parameter.map(|parameter| FieldParameter {
            name: parameter.name.clone(),
            location: parameter.location,
            sparse: parameter.sparse,
        }),
        presence: field.presence,
        take: Code::of(if take == name { take } else { format!("{name}: {take}") }),
        variable: Code::of(variable),
        name: Code::of(name),
        docs: field.docs,
        ty: Code::of(field.ty),
        secret: field.secret,
        decode: field.decode,
    }
}
