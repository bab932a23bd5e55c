//! The successful responses of an operation as one type: status codes, headers and bodies.

use writ_contract::diagnostic::{Diagnostic, Diagnostics};
use writ_contract::model::operation::{Header, Operation, Response, Status, Style};
use writ_contract::model::schema::Kind;

use crate::rust::code::{Code, literal};
use crate::rust::expr::read::ReadCalls;
use crate::rust::names::distinct::distinct;
use crate::rust::names::ident::value_name;
use crate::rust::names::locals::RESPOND;
use crate::rust::names::spelling::field_names;
use crate::rust::names::status::variant;
use crate::rust::operations::operation_names::OperationNames;
use crate::rust::operations::response_body::{ResponseBody, body};
use crate::rust::plan::ty::Ty;
use crate::rust::plan::types::TypePlan;
use crate::rust::view::{ContentView, HeaderView, ResponseBodyView, ResponseView, SuccessView};

/// Returns the view of an operation's response type, and adds response bodies with several media types to `contents`.
pub fn response_view(
    calls: &ReadCalls<'_, '_>,
    operation: &Operation,
    names: &OperationNames,
    contents: &mut Vec<ContentView>,
    diagnostics: &mut Diagnostics,
) -> ResponseView {
    let mut successes: Vec<SuccessView> = Vec::new();
    let place = if operation.successes().count() > 1 { "" } else { "self." };
    let value = format!("{place}body");
    let (mut uses_responder, mut streamed) = (false, false);
    for response in operation.successes() {
        let (mut success, checks, body) = success(calls, operation, response, names, contents, diagnostics);
        let mut checks: Vec<String> = checks.into_iter().map(|check| check.statement(place)).collect();
        if let Some(body) = body {
            checks.extend(body.rule.as_ref().map(|rule| rule.check(&value)));
            uses_responder |= body.send.uses_responder;
            streamed |= body.ty.is_streamed();
            let send = Code::of(format!(".{}", body.send.with(&value)));
            let mut schemas = response.content.iter().filter_map(|content| content.schema);
            let secret = schemas.any(|id| calls.plan.contract.schemas.is_secret(id));
            success.body = Some(ResponseBodyView { ty: Code::of(&body.ty), secret, send });
        }
        uses_responder |= !checks.is_empty();
        success.check = check_call(&checks);
        successes.push(success);
    }
    if successes.is_empty() {
        // An operation without a declared successful response responds with 200 and no body.
        diagnostics.push(
            Diagnostic::warning(
                "no-success",
                operation.span,
                format!("{} declares no successful response", operation.title()),
            )
            .label("responds with 200 and no body")
            .help("declare a response such as `200` or `204`"),
        );
        successes.push(SuccessView {
            variant: "Ok".into(),
            docs: "The status 200. The contract declares no successful response.".to_owned(),
            status: "200".into(),
            headers: Vec::new(),
            body: None,
            any_status: None,
            check: Code::default(),
        });
    }
    streamed |= contents.iter().any(|content| content.streamed);
    let has_secret = |success: &SuccessView| {
        success.headers.iter().any(|header| header.secret) || success.body.as_ref().is_some_and(|body| body.secret)
    };
    ResponseView {
        name: Code::of(&names.response),
        fallback: String::new(),
        streamed,
        uses_responder,
        secret: successes.iter().any(has_secret),
        successes,
    }
}

/// The check of a response header before it leaves.
struct HeaderCheck {
    /// The method of the runtime's checker: `header` or `optional_header`.
    method: &'static str,
    wire: String,
    field: Code,
    rule: String,
}

impl HeaderCheck {
    /// Returns the statement that checks the header, whose field follows `place` in an expression.
    fn statement(&self, place: &str) -> String {
        format!("c.{}({}, &{place}{}, &{})", self.method, literal(&self.wire), self.field, self.rule)
    }
}

/// Returns the call on the runtime's `Reply` that checks a response by these expressions; empty without expressions.
pub fn check_call(checks: &[String]) -> Code {
    match checks {
        [] => Code::default(),
        [one] => Code::of(format!(".check(responder, &|c| {one})")),
        several => Code::of(format!(".check(responder, &|c| {{ {}; }})", several.join("; "))),
    }
}

/// Returns the view of a successful response without its body, the checks of its headers, and the body with the call
/// that sends it.
fn success(
    calls: &ReadCalls<'_, '_>,
    operation: &Operation,
    response: &Response,
    names: &OperationNames,
    contents: &mut Vec<ContentView>,
    diagnostics: &mut Diagnostics,
) -> (SuccessView, Vec<HeaderCheck>, Option<ResponseBody>) {
    let plan = calls.plan;
    let description = response.description.clone().unwrap_or_default();
    let (variant, status, any_status) = match response.status {
        Status::Code(code) => (variant(code), code.to_string(), None),
        Status::Range(digit) => {
            let hundred = u16::from(digit) * 100;
            (format!("Status{digit}xx"), "status".to_owned(), Some(Ty::AnyStatus(hundred, hundred + 99)))
        }
        // The contract declares no other success, so the default response covers every final status code.
        Status::Default => ("Default".to_owned(), "status".to_owned(), Some(Ty::AnyStatus(200, 599))),
    };
    let declared: Vec<&Header> = response.headers.iter().filter(|header| !header.is_platform()).collect();
    let headers: Vec<HeaderView> = declared.iter().map(|header| header_view(plan, operation, header)).collect();
    let (header_names, _) = distinct(declared.iter().zip(&headers).map(|(header, view)| header_names(header, view)));
    let headers: Vec<HeaderView> = headers
        .into_iter()
        .zip(header_names)
        .map(|(header, name)| HeaderView { name: Code::of(name), ..header })
        .collect();
    let checks = declared.iter().zip(&headers).filter_map(|(header, view)| header_check(calls, header, view)).collect();
    let (body, content) = body(calls, operation, response, &names.contents, diagnostics).unzip();
    contents.extend(content.flatten());
    let success = SuccessView {
        variant: Code::of(variant),
        docs: description,
        status: Code::of(status),
        headers,
        body: None,
        any_status: any_status.map(Code::of),
        check: Code::default(),
    };
    (success, checks, body)
}

/// Returns the candidates for the name of a response header's field: the name of the header, then with the word `header`,
/// and then with the spelling of the name.
fn header_names(header: &Header, view: &HeaderView) -> Vec<String> {
    let name = &view.name.0;
    let plain = name.trim_start_matches("r#").trim_end_matches('_');
    let mut names = vec![name.clone(), format!("{plain}_header")];
    // These names belong to other fields of the response, or to variables of the code that sends it.
    names.retain(|name| !RESPOND.contains(&name.as_str()));
    names.extend(field_names(&header.name).into_iter().skip(1));
    names
}

/// Returns the check of a response header, or `None` if its Rust type holds all constraints.
fn header_check(calls: &ReadCalls<'_, '_>, header: &Header, view: &HeaderView) -> Option<HeaderCheck> {
    if is_tag(calls.plan, header) || view.set == "headers" {
        return None;
    }
    let method = if view.optional { "optional_header" } else { "header" };
    let rule = calls.rule(header.schema)?;
    Some(HeaderCheck { method, wire: view.wire.clone(), field: view.name.clone(), rule })
}

/// Returns true if a response header is an entity tag (`ETag`), for which the runtime has a type.
pub fn is_tag(plan: &TypePlan<'_>, header: &Header) -> bool {
    header.name.eq_ignore_ascii_case("etag")
        && matches!(plan.contract.schemas.kind(header.schema), Kind::String(_) | Kind::Any)
}

/// Returns the view of a response header.
fn header_view(plan: &TypePlan<'_>, operation: &Operation, header: &Header) -> HeaderView {
    let view = |ty: Ty, optional: bool, set: &'static str, borrow: &'static str, more: &'static str| HeaderView {
        name: Code::of(value_name(&header.name)),
        wire: header.name.to_ascii_lowercase(),
        docs: header.description.clone().unwrap_or_else(|| format!("The header `{}`.", header.name.replace('`', "'"))),
        ty: Code::of(if optional { ty.optional() } else { ty }),
        secret: plan.contract.schemas.is_secret(header.schema),
        optional,
        set,
        borrow,
        more,
    };
    let optional = !header.required;
    let shown = if optional { "optional_header" } else { "header" };
    if is_tag(plan, header) {
        let optional = optional && !operation.is_conditional();
        let set = if optional { "optional_header" } else { "header" };
        return HeaderView { name: "etag".into(), ..view(Ty::ETag, optional, set, "", "") };
    }
    if header.name.eq_ignore_ascii_case("set-cookie") {
        // Each cookie is a separate header field, since its value may contain commas (RFC 9110 § 5.3).
        return view(Ty::Vec(Box::new(Ty::String)), false, "headers", "", "");
    }
    let own_text = plan.custom_type(header.schema).is_some_and(|own| own.text);
    let ty = match plan.ty(header.schema, operation.response_direction()) {
        // A header without a schema is a string.
        Ty::Value => Ty::String,
        ty => ty,
    };
    match &ty {
        _ if header.json => view(ty.clone(), optional, "json_header", "&", ""),
        Ty::Bool | Ty::I32 | Ty::I64 | Ty::U32 | Ty::U64 | Ty::Decimal => view(ty.clone(), optional, shown, "", ""),
        Ty::DecimalNumber | Ty::Uuid | Ty::String => view(ty.clone(), optional, shown, "", ""),
        _ if own_text => view(ty.clone(), optional, shown, "", ""),
        _ if header.style != Style::Simple => {
            view(ty.clone(), optional, "delimited_header", "&", delimiter_argument(header.style))
        }
        _ => {
            let more = if header.explode { ", true" } else { ", false" };
            view(ty.clone(), optional, "simple_header", "&", more)
        }
    }
}

/// Returns the argument for the delimiter of a header's list, which only a contract of Swagger 2.0 can choose.
fn delimiter_argument(style: Style) -> &'static str {
    match style {
        Style::SpaceDelimited => ", writ_runtime::Style::SpaceDelimited",
        Style::PipeDelimited => ", writ_runtime::Style::PipeDelimited",
        Style::TabDelimited => ", writ_runtime::Style::TabDelimited",
        _ => ", writ_runtime::Style::Simple",
    }
}
