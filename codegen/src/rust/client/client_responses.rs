//! The code by which a client reads responses: a match arm for each status code, which reads a successful
//! response or an error.

use writ_contract::model::SchemaId;
use writ_contract::model::envelope::is_error;
use writ_contract::model::operation::{Header, Operation, Response, Status, Style};
use writ_contract::model::stream::items;

use crate::rust::code::{Code, literal};
use crate::rust::expr::read::ReadCalls;
use crate::rust::mention::{contract as contract_path, read_of, runtime};
use crate::rust::names::status::variant;
use crate::rust::operations::errors::{Markers, bounds, in_envelope};
use crate::rust::operations::operation_names::OperationNames;
use crate::rust::operations::parameter_entry::value_kind;
use crate::rust::operations::response::is_tag;
use crate::rust::operations::response_body::{BodyEncoding, BodyForm, forms};
use crate::rust::operations::stream::stream_method;
use crate::rust::plan::ty::Ty;
use crate::rust::view::{ArmView, ContentArmView, ContentReadView, ContentView, ErrorView, ResponseView, SuccessView};

/// Returns the match arms of a client call that read a successful response.
pub fn response_arms(
    calls: &ReadCalls<'_, '_>,
    operation: &Operation,
    names: &OperationNames,
    view: &ResponseView,
) -> Vec<ArmView> {
    let several = view.successes.len() > 1;
    let mut arms: Vec<(Status, ArmView)> = Vec::new();
    let made: Vec<&Response> = operation.successes().collect();
    if made.is_empty() {
        return vec![ArmView { status: "200".into(), lines: vec!["Some(Self)".into()] }];
    }
    for (response, success) in made.into_iter().zip(&view.successes) {
        let target = if several { format!("Self::{}", success.variant) } else { "Self".to_owned() };
        arms.push((response.status, success_arm(calls, operation, response, names, success, &target)));
    }
    // A single status code takes precedence over a range that contains it.
    arms.sort_by_key(|(status, _)| *status);
    arms.into_iter().map(|(_, arm)| arm).collect()
}

/// Returns the match arm of a client call that reads one successful response into `target`, the path of its
/// struct or variant.
fn success_arm(
    calls: &ReadCalls<'_, '_>,
    operation: &Operation,
    response: &Response,
    names: &OperationNames,
    success: &SuccessView,
    target: &str,
) -> ArmView {
    let mut lines: Vec<Code> = Vec::new();
    let mut fields: Vec<String> = Vec::new();
    if success.any_status.is_some() {
        fields.push("status: response.any_status()?".to_owned());
    }
    let mut read = |name: &str, expression: String, optional: bool| {
        let variable = if name == "response" { "response_" } else { name };
        lines.push(Code::of(format!("let {variable} = {expression};")));
        let end = if optional { "" } else { "?" };
        fields.push(if optional && variable == name { name.to_owned() } else { format!("{name}: {variable}{end}") });
    };
    let headers = response.headers.iter().filter(|header| !header.is_platform());
    for (header, shown) in headers.zip(&success.headers) {
        if header.name.eq_ignore_ascii_case("set-cookie") {
            read(&shown.name.0, "response.all(\"set-cookie\")".to_owned(), true);
            continue;
        }
        let optional = shown.optional;
        let expression = header_read(calls, header, optional);
        read(&shown.name.0, expression, optional);
    }
    if success.body.is_some()
        && let Some(expression) = body_read(calls, operation, response, names)
    {
        read("body", expression, false);
    }
    let value = match fields.as_slice() {
        [] => target.to_owned(),
        fields => format!("{target} {{ {} }}", fields.join(", ")),
    };
    lines.push(Code::of(format!("Some({value})")));
    let (low, high) = match response.status {
        // The contract declares no other success, so the default response covers every final status code.
        Status::Default => (200, 599),
        status => bounds(status),
    };
    ArmView { status: span(low, high), lines }
}

/// Returns the Rust pattern that matches a range of status codes.
fn span(low: u16, high: u16) -> Code {
    Code::of(if low == high { low.to_string() } else { format!("{low}..={high}") })
}

/// Returns the expression by which a client reads a response header.
fn header_read(calls: &ReadCalls<'_, '_>, header: &Header, optional: bool) -> String {
    let name = literal(&header.name.to_ascii_lowercase());
    let mut parameter = format!("&writ_runtime::Parameter::header({name})");
    if header.json {
        parameter.push_str(".style(writ_runtime::Style::Json, false)");
    } else if header.explode || header.style != Style::Simple {
        parameter.push_str(&format!(".style(writ_runtime::Style::{:?}, {})", header.style, header.explode));
    }
    parameter.push_str(&value_kind(&calls.plan.contract.schemas, header.schema, header.json));
    let method = if optional { "optional" } else { "required" };
    let read = if is_tag(calls.plan, header) {
        read_of(runtime("ETag"))
    } else if calls.plan.ty(header.schema, calls.direction) == Ty::Value {
        read_of("String")
    } else {
        calls.value(header.schema).function()
    };
    format!("response.{method}({parameter}, {read})")
}

/// Returns the expression by which a client reads the body of a response, or `None` if the response has no body.
fn body_read(
    calls: &ReadCalls<'_, '_>,
    operation: &Operation,
    response: &Response,
    names: &OperationNames,
) -> Option<String> {
    let forms = forms(calls.plan, operation, response);
    let named = names.contents.iter().find(|named| named.status == response.status);
    match (named, forms.as_slice()) {
        (_, []) => None,
        (Some(named), [_, _, ..]) => Some(format!("{}::receive(response)", contract_path(&named.body))),
        (_, [form, ..]) => Some(form_read(calls, form)),
    }
}

/// Returns the expression by which a client reads a response body whose media types share a type and an encoding.
fn form_read(calls: &ReadCalls<'_, '_>, form: &BodyForm<'_>) -> String {
    let media: Vec<String> = form.media.iter().map(|content| literal(&content.media_type)).collect();
    let media = format!("&[{}]", media.join(", "));
    let schema = form.media.first().and_then(|content| content.schema);
    let element = |schema: Option<SchemaId>| match schema {
        Some(schema) => calls.element(schema).function(),
        None => "|r| r.any()".to_owned(),
    };
    match form.encoding {
        BodyEncoding::Json => format!("response.json({media}, {})", element(schema)),
        BodyEncoding::AnyMediaJson => format!("response.any_media_json({media}, {})", element(schema)),
        BodyEncoding::Bytes if form.ty == Ty::String => format!("response.text({media})"),
        BodyEncoding::Bytes => format!("response.bytes({media})"),
        BodyEncoding::Shown | BodyEncoding::Number => match schema {
            Some(schema) => format!("response.shown({media}, {})", calls.value(schema).function()),
            None => format!("response.text({media})"),
        },
        BodyEncoding::Stream => format!("response.stream({media})"),
        BodyEncoding::AnyMedia if form.ty == Ty::AnyMedia(Box::new(Ty::String)) => {
            format!("response.any_media_text({media})")
        }
        BodyEncoding::AnyMedia => format!("response.any_media_bytes({media})"),
        BodyEncoding::Items(framing) => {
            let items = form.media.first().and_then(|content| items(content, &calls.plan.contract.schemas));
            format!("response.{}({media}, {})", stream_method(framing), element(items.map(|items| items.schema)))
        }
    }
}

/// Returns the views of the client's readers for response bodies with several media types.
pub fn content_reads(
    calls: &ReadCalls<'_, '_>,
    operation: &Operation,
    names: &OperationNames,
    views: &[ContentView],
) -> Vec<ContentReadView> {
    let mut reads = Vec::new();
    for named in &names.contents {
        let Some(view) = views.iter().find(|view| view.name.0 == named.body) else { continue };
        let Some(response) = operation.responses.iter().find(|response| response.status == named.status) else {
            continue;
        };
        let all: Vec<String> = view.types.iter().map(|media| literal(media)).collect();
        let arms = forms(calls.plan, operation, response)
            .iter()
            .zip(&view.variants)
            .map(|(form, variant)| ContentArmView {
                indices: variant.indices.clone(),
                variant: variant.name.clone(),
                read: Code::of(form_read(calls, form)),
            })
            .collect();
        reads.push(ContentReadView {
            name: view.name.clone(),
            media: Code::of(format!("response.media(&[{}])?", all.join(", "))),
            arms,
        });
    }
    reads
}

/// Returns the match arms of a client call that read an error response.
pub fn error_arms(
    calls: &ReadCalls<'_, '_>,
    operation: &Operation,
    names: &OperationNames,
    view: &ErrorView,
    markers: &Markers,
) -> Vec<ArmView> {
    let contract = calls.plan.contract;
    let mut responses: Vec<&Response> =
        operation.responses.iter().filter(|response| is_error(response, operation)).collect();
    responses.sort_by_key(|response| response.status);
    let ranges = responses.iter().filter(|response| matches!(response.status, Status::Range(_))).count();
    let mut arms = Vec::new();
    for response in responses {
        // The ranges `4XX` and `5XX` leave no status code to the default response.
        if response.status == Status::Default && ranges == 2 {
            continue;
        }
        let (low, high) = bounds(response.status);
        let arm = |value: String| ArmView { status: span(low, high), lines: vec![Code::of(value)] };
        if in_envelope(contract, response) {
            if response.status == Status::Code(500) {
                arms.push(arm("Some(Self::Internal(response.internal()?))".to_owned()));
                continue;
            }
            let Some(marker) = markers.of(response.status) else { continue };
            let marker_path = contract_path(marker);
            arms.push(arm(match response.status {
                Status::Code(code) => {
                    format!("Some(Self::{}({marker_path}::received(response.problem()?)))", variant(code))
                }
                _ => format!("Some(Self::{marker}({marker_path}::received(response.problem()?)?))"),
            }));
            continue;
        }
        let Some(body) = body_read(calls, operation, response, names) else { continue };
        let name = match response.status {
            Status::Code(code) => variant(code),
            Status::Range(digit) => format!("Status{digit}xx"),
            Status::Default => "Default".to_owned(),
        };
        if !view.variants.iter().any(|known| known.name.0 == name) {
            continue;
        }
        arms.push(arm(match response.status {
            Status::Code(_) => format!("Some(Self::{name}({body}?))"),
            _ => format!("Some(Self::{name}(response.any_status()?, {body}?))"),
        }));
    }
    arms
}
