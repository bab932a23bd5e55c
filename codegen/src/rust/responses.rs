//! What an operation answers when it goes well: statuses, headers and bodies as one type.

use writ_contract::diagnostic::{Diagnostic, Diagnostics};
use writ_contract::model::envelope::is_error;
use writ_contract::model::operation::{Header, Operation, Response, Status};
use writ_contract::model::schema::Kind;

use super::bodies::body;
use super::code::Code;
use super::ident::value_name;
use super::names::distinct;
use super::operation_names::OperationNames;
use super::operation_views::is_conditional;
use super::status::variant;
use super::types::{Ty, TypePlan};
use super::usage::Direction;
use super::uses::Uses;
use super::view::{AnswerView, ContentView, HeaderView, ResponseView};

/// The response type of an operation; what it answers in several media types goes to `contents`.
pub fn response_view(
    plan: &TypePlan<'_>,
    operation: &Operation,
    names: &OperationNames,
    uses: &mut Uses,
    routes: &mut Uses,
    contents: &mut Vec<ContentView>,
    diagnostics: &mut Diagnostics,
) -> ResponseView {
    let mut answers: Vec<AnswerView> = Vec::new();
    for response in successes(operation) {
        answers.push(answer(plan, operation, response, names, uses, contents, diagnostics));
    }
    // A response that is nothing but its body converts from it.
    if let [only] = answers.as_slice()
        && only.headers.is_empty()
        && only.any_status.is_none()
        && let Some(body) = &only.body
    {
        body.uses.iter().for_each(|ty| routes.ty(ty));
    }
    if answers.is_empty() {
        // Nothing is said of success: it is a 200 without a body.
        diagnostics.push(
            Diagnostic::warning("no-success", operation.span, format!("`{}` declares no success", operation.id))
                .label("answered 200 without a body")
                .help("declare what it answers when all goes well"),
        );
        answers.push(AnswerView {
            variant: "Ok".into(),
            docs: "`200 OK`".to_owned(),
            status: "200".into(),
            headers: Vec::new(),
            body: None,
            any_status: None,
        });
    }
    let asked = answers.iter().filter_map(|answer| answer.body.as_ref()).any(|body| body.send.0.contains("responder"));
    let streamed = contents.iter().any(|content| content.streamed)
        || answers.iter().filter_map(|answer| answer.body.as_ref()).any(|body| body.uses.iter().any(Ty::is_streamed));
    ResponseView {
        fallback: String::new(),
        name: Code::of(&names.response),
        streamed,
        responder: Code::from(if asked { "responder" } else { "_" }),
        answers,
    }
}

/// The responses that a handler makes its successes of.
pub(super) fn successes(operation: &Operation) -> impl Iterator<Item = &Response> {
    let settled = is_conditional(operation);
    let made =
        move |response: &&Response| !(is_error(response, operation) || settled && response.status == Status::Code(304));
    operation.responses.iter().filter(made)
}

fn answer(
    plan: &TypePlan<'_>,
    operation: &Operation,
    response: &Response,
    names: &OperationNames,
    uses: &mut Uses,
    contents: &mut Vec<ContentView>,
    diagnostics: &mut Diagnostics,
) -> AnswerView {
    let description = response.description.clone().unwrap_or_default();
    let (variant, status, any_status) = match response.status {
        Status::Code(code) => (variant(code), code.to_string(), None),
        Status::Range(digit) => {
            uses.runtime("AnyStatus");
            (format!("Status{digit}xx"), "status".to_owned(), Some(format!("AnyStatus<{digit}00, {digit}99>")))
        }
        // Nothing else is declared: any status but a provisional one.
        Status::Default => {
            uses.runtime("AnyStatus");
            ("Default".to_owned(), "status".to_owned(), Some("AnyStatus<200, 599>".to_owned()))
        }
    };
    let headers = response
        .headers
        .iter()
        .filter(|header| !is_platform(&header.name))
        .map(|header| header_view(plan, operation, header, uses))
        .collect::<Vec<_>>();
    let (header_names, _) = distinct(headers.iter().map(|header| header.name.0.clone()));
    let headers = headers
        .into_iter()
        .zip(header_names)
        .map(|(header, name)| HeaderView {
            name: Code::of(if name == "body" || name == "status" { format!("{name}_header") } else { name }),
            ..header
        })
        .collect();
    let (body, content) = body(plan, response, &names.contents, uses, diagnostics).unzip();
    contents.extend(content.flatten());
    AnswerView {
        variant: Code::of(variant),
        docs: description,
        status: Code::of(status),
        headers,
        body,
        any_status: any_status.map(Code::of),
    }
}

/// Headers that the one way in and the gate fill for every operation.
pub(super) fn is_platform(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name == "x-request-id" || name.starts_with("x-ratelimit-")
}

/// Whether a header is one whose form the runtime knows: an entity tag.
pub(super) fn is_tag(plan: &TypePlan<'_>, header: &Header) -> bool {
    header.name.eq_ignore_ascii_case("etag")
        && matches!(plan.contract.schemas.kind(header.schema), Kind::String(_) | Kind::Any)
}

fn header_view(plan: &TypePlan<'_>, operation: &Operation, header: &Header, uses: &mut Uses) -> HeaderView {
    let view = |ty: String, optional: bool, set: &'static str, borrow: &'static str, more: &'static str| HeaderView {
        name: Code::of(value_name(&header.name)),
        wire: header.name.to_ascii_lowercase(),
        docs: header.description.clone().unwrap_or_default(),
        ty: Code::of(if optional { format!("Option<{ty}>") } else { ty }),
        set,
        borrow,
        more,
    };
    let optional = !header.required;
    let shown = if optional { "optional_header" } else { "header" };
    if is_tag(plan, header) {
        uses.runtime("ETag");
        let optional = optional && !is_conditional(operation);
        let set = if optional { "optional_header" } else { "header" };
        return HeaderView { name: "etag".into(), ..view("ETag".to_owned(), optional, set, "", "") };
    }
    if header.name.eq_ignore_ascii_case("set-cookie") {
        // One field each: a cookie may hold commas (RFC 9110 § 5.3).
        return view("Vec<String>".to_owned(), false, "headers", "", "");
    }
    let own_text = plan.own(header.schema).is_some_and(|own| own.text);
    let ty = match plan.ty(header.schema, Direction::Response) {
        // Nothing is said of it.
        Ty::Value => Ty::String,
        ty => ty,
    };
    uses.ty(&ty);
    match &ty {
        _ if header.json => view(ty.to_string(), optional, "json_header", "&", ""),
        Ty::Bool | Ty::I32 | Ty::I64 | Ty::U32 | Ty::U64 | Ty::F32 | Ty::F64 | Ty::Decimal => {
            view(ty.to_string(), optional, shown, "", "")
        }
        Ty::DecimalNumber | Ty::Uuid | Ty::String => view(ty.to_string(), optional, shown, "", ""),
        _ if own_text => view(ty.to_string(), optional, shown, "", ""),
        _ => {
            let more = if header.explode { ", true" } else { ", false" };
            view(ty.to_string(), optional, "simple_header", "&", more)
        }
    }
}

/// The schemas of the headers that successes carry as values of their own.
pub fn header_schemas(operation: &Operation) -> impl Iterator<Item = &Header> {
    let successes = operation.responses.iter().filter(|response| !is_error(response, operation));
    let own = |header: &&Header| !is_platform(&header.name) && !header.name.eq_ignore_ascii_case("set-cookie");
    successes.flat_map(|response| &response.headers).filter(own)
}
