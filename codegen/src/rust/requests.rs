//! What an operation takes: its parameters and body as one type, and how it is decoded.

use crate::contract::operation::{Content, ContentKind, Operation, Parameter, ParameterPlace, RequestBody, Style};
use crate::contract::parts::parts;
use crate::contract::schema::{IntegerShape, Kind};
use crate::diagnostic::{Diagnostic, Diagnostics};

use super::bodies::media_name;
use super::code::Code;
use super::default::{default_text, default_value};
use super::forms::form_fields;
use super::ident::value_name;
use super::names::distinct;
use super::operation_names::OperationNames;
use super::operation_views::is_consumed;
use super::patterns::Patterns;
use super::read::{ReadCalls, function};
use super::types::{Ty, TypePlan};
use super::usage::Direction;
use super::uses::{Uses, borrowed, wrap_at};
use super::view::{FormView, FormsView, RequestFieldView, RequestView};

/// The request type, and the statements that check what the handler does not see.
pub fn request_view(
    plan: &TypePlan<'_>,
    operation: &Operation,
    names: &OperationNames,
    patterns: &Patterns,
    uses: &mut Uses,
    routes: &mut Uses,
    diagnostics: &mut Diagnostics,
) -> (Option<RequestView>, Vec<Code>) {
    let mut fields: Vec<(String, Field)> = Vec::new();
    let mut consumed = Vec::new();
    let paged = paging(plan, operation);
    for (index, parameter) in operation.parameters.iter().enumerate() {
        let mut calls = ReadCalls { plan, patterns, uses: &mut *routes };
        if is_consumed(operation, &parameter.name, parameter.place) {
            let read = function(&calls.element(parameter.schema));
            let way = if parameter.required { "required" } else { "optional" };
            consumed.push(Code::of(format!("let _ = input.{way}({index}, {read});")));
            continue;
        }
        match paged.as_ref().filter(|paged| paged.holds(index)) {
            Some(paged) if paged.first() == index => {
                fields.push(("page".to_owned(), paged.field(&mut calls, operation)))
            }
            Some(_) => {}
            None => fields
                .push((parameter_name(parameter), parameter_field(plan, names, index, parameter, &mut calls, uses))),
        }
    }
    let mut forms = None;
    if let Some(body) = &operation.body {
        let (field, view) = body_field(plan, body, names, patterns, uses, routes, diagnostics);
        forms = view;
        fields.push(("body".to_owned(), field));
    }
    if fields.is_empty() {
        return (None, consumed);
    }
    for (_, field) in &fields {
        if let Some(ty) = &field.ty {
            uses.ty(ty);
        }
        field.extra.iter().for_each(|name| uses.runtime(name));
    }
    uses.declare(&names.request);
    routes.contract(&names.request);
    let (field_names, collided) = distinct(fields.iter().map(|(name, _)| name.clone()));
    if collided {
        diagnostics.push(
            Diagnostic::warning(
                "name-collision",
                operation.span,
                format!("two inputs of `{}` are one name in Rust", operation.id),
            )
            .label("told apart by a number"),
        );
    }
    let views = fields
        .into_iter()
        .zip(field_names)
        .map(|((_, field), name)| {
            let variable = if name == "input" { "input_".to_owned() } else { name.clone() };
            let take = field.take.replacen("{}", &variable, 1);
            RequestFieldView {
                decode: Code::of(format!("let {variable} = {};", field.decode)),
                take: Code::of(if take == name { take } else { format!("{name}: {take}") }),
                name: Code::of(name),
                docs: field.docs,
                ty: Code::of(field.shown),
            }
        })
        .collect();
    let streamed =
        operation.body.iter().flat_map(|body| &body.content).any(|content| content.kind == ContentKind::Multipart);
    let views: Vec<RequestFieldView> = views;
    let spared = |field: &RequestFieldView| field.ty.0.starts_with("Option<") || field.ty.0.starts_with("Vec<");
    let default = !streamed && views.iter().all(spared);
    (Some(RequestView { name: Code::of(&names.request), fields: views, forms, default, streamed }), consumed)
}

/// One field before it has its name.
struct Field {
    docs: String,
    /// The type, where it is one of the contract's.
    ty: Option<Ty>,
    /// The type as it is shown.
    shown: String,
    /// Further names of the runtime that it shows.
    extra: Vec<&'static str>,
    decode: String,
    /// How the value is taken, with `{}` for the variable.
    take: String,
}

fn parameter_name(parameter: &Parameter) -> String {
    value_name(parameter.rust_name.as_ref().map_or(&parameter.name, |own| &own.text))
}

fn parameter_field(
    plan: &TypePlan<'_>,
    names: &OperationNames,
    index: usize,
    parameter: &Parameter,
    calls: &mut ReadCalls<'_, '_>,
    uses: &mut Uses,
) -> Field {
    let mut docs = parameter.description.clone().unwrap_or_default();
    let way = Direction::Request;
    if parameter.place == ParameterPlace::Header && parameter.name.eq_ignore_ascii_case("If-Match") {
        calls.uses.runtime("IfMatch");
        let required = parameter.required;
        calls.uses.runtime("Read");
        return Field {
            docs,
            ty: None,
            shown: if required { "IfMatch" } else { "Option<IfMatch>" }.to_owned(),
            extra: vec!["IfMatch"],
            decode: format!("input.{}({index}, IfMatch::read)", if required { "required" } else { "optional" }),
            take: if required { "{}?" } else { "{}" }.to_owned(),
        };
    }
    if let (true, Kind::Array(array)) = (parameter.sort, plan.contract.schemas.kind(parameter.schema)) {
        let name =
            names.sorts.iter().find(|sort| sort.index == index).map(|sort| sort.name.clone()).unwrap_or_default();
        calls.uses.contract(&name);
        calls.uses.runtime("Sort");
        calls.uses.runtime("Read");
        let rule = calls.array_rule(array);
        return Field {
            docs,
            ty: Some(Ty::Named(name.clone())),
            shown: format!("Vec<Sort<{name}>>"),
            extra: vec!["Sort"],
            decode: format!("input.optional({index}, |r| r.array({rule}, Sort::<{name}>::read))"),
            take: "{}.unwrap_or_default()".to_owned(),
        };
    }
    // Text cannot say null; only JSON in a parameter can.
    let nullable = parameter.style == Style::Json;
    let ty = if nullable { plan.element(parameter.schema, way) } else { plan.ty(parameter.schema, way) };
    let read = if nullable { calls.element(parameter.schema) } else { calls.value(parameter.schema) };
    let read = function(&read);
    if parameter.required {
        return Field {
            docs,
            shown: ty.to_string(),
            ty: Some(ty),
            extra: Vec::new(),
            decode: format!("input.required({index}, {read})"),
            take: "{}?".to_owned(),
        };
    }
    let decode = format!("input.optional({index}, {read})");
    match default_value(plan, parameter.schema, &ty, way, calls.uses) {
        Some(default) if !matches!(ty, Ty::Option(_)) => {
            if !docs.is_empty() {
                docs.push_str("\n\n");
            }
            docs.push_str(&format!("Default: `{}`.", default_text(plan, parameter.schema)));
            let take = default.take("{}", &read);
            Field { docs, shown: ty.to_string(), ty: Some(ty), extra: Vec::new(), decode, take }
        }
        _ => {
            let ty = match ty {
                Ty::Option(inner) => Ty::Option(Box::new(Ty::Option(inner))),
                plain => Ty::Option(Box::new(plain)),
            };
            uses.ty(&ty);
            Field { docs, shown: ty.to_string(), ty: Some(ty), extra: Vec::new(), decode, take: "{}".to_owned() }
        }
    }
}

/// The parameters of a paged list, by index.
struct Paging {
    page: Option<usize>,
    limit: usize,
    cursor: Option<usize>,
}

/// The parameters that make a page request: `limit` with `page` or `cursor`, where the answer is a page.
fn paging(plan: &TypePlan<'_>, operation: &Operation) -> Option<Paging> {
    let schemas = &plan.contract.schemas;
    let answers_page = operation
        .responses
        .iter()
        .flat_map(|response| &response.content)
        .filter_map(|content| content.schema)
        .any(|schema| matches!(schemas.kind(schema), Kind::Object(object) if plan.page_of(object).is_some()));
    if !answers_page {
        return None;
    }
    let find = |name: &str| {
        operation.parameters.iter().position(|parameter| {
            parameter.place == ParameterPlace::Query && parameter.name == name && !parameter.required
        })
    };
    let limit =
        find("limit").filter(|at| matches!(schemas.kind(operation.parameters[*at].schema), Kind::Integer(_)))?;
    let page = find("page").filter(|at| matches!(schemas.kind(operation.parameters[*at].schema), Kind::Integer(_)));
    let cursor = find("cursor")
        .filter(|at| matches!(schemas.kind(operation.parameters[*at].schema), Kind::String(_)))
        .filter(|at| plan.own(operation.parameters[*at].schema).is_none());
    (page.is_some() || cursor.is_some()).then_some(Paging { page, limit, cursor })
}

impl Paging {
    fn holds(&self, index: usize) -> bool {
        self.limit == index || self.page == Some(index) || self.cursor == Some(index)
    }

    fn first(&self) -> usize {
        self.limit.min(self.page.unwrap_or(usize::MAX)).min(self.cursor.unwrap_or(usize::MAX))
    }

    fn field(&self, calls: &mut ReadCalls<'_, '_>, operation: &Operation) -> Field {
        calls.uses.runtime("PageRule");
        let schemas = &calls.plan.contract.schemas;
        let shape = |index: usize| match schemas.kind(operation.parameters[index].schema) {
            Kind::Integer(shape) => shape.clone(),
            _ => IntegerShape::default(),
        };
        let limit = shape(self.limit);
        let most = limit.max.unwrap_or(100).clamp(1, i128::from(u32::MAX));
        let default = schemas
            .nearest(operation.parameters[self.limit].schema, |schema| schema.default.clone())
            .and_then(|(value, _)| value.as_i64())
            .map_or(20, i128::from)
            .clamp(1, most);
        let mut parts = vec![format!("limit: Some({})", self.limit)];
        parts.push(format!("page: {:?}", self.page));
        parts.push(format!("cursor: {:?}", self.cursor));
        parts.push(format!("default_limit: {default}"));
        parts.push(format!("max_limit: {most}"));
        let furthest = self
            .page
            .map(&shape)
            .and_then(|shape| shape.max)
            .unwrap_or(i128::from(u32::MAX))
            .clamp(1, i128::from(u32::MAX));
        parts.push(format!("max_page: {furthest}"));
        if let Some(cursor) = self.cursor {
            let read = function(&calls.value(operation.parameters[cursor].schema));
            parts.push(format!("read_cursor: {read}"));
        } else {
            parts.push("read_cursor: |r| r.string(&StringRule::NONE)".to_owned());
            calls.uses.runtime("StringRule");
        }
        Field {
            docs: "Which page.".to_owned(),
            ty: None,
            shown: "PageRequest".to_owned(),
            extra: vec!["PageRequest"],
            decode: format!("input.page(&PageRule {{\n            {},\n        }})", parts.join(",\n            ")),
            take: "{}?".to_owned(),
        }
    }
}

/// How one media type of a body is read: its type and the call.
fn content_read(
    plan: &TypePlan<'_>,
    (body, content): (&RequestBody, &Content),
    names: &OperationNames,
    required: bool,
    calls: &mut ReadCalls<'_, '_>,
) -> (Ty, String) {
    let concrete = |ty: Ty| Ty::Concrete(Box::new(ty));
    match (content.kind, content.schema) {
        (ContentKind::Text, _) if content.is_range() => (concrete(Ty::String), "input.concrete_text()".to_owned()),
        (ContentKind::Binary, _) if content.is_range() => (concrete(Ty::Bytes), "input.concrete_bytes()".to_owned()),
        (ContentKind::Json | ContentKind::Form, Some(schema)) => {
            let read = function(&calls.element(schema));
            let ty = plan.element(schema, Direction::Request);
            match (form_fields(plan, body, schema, calls.uses).as_slice(), required) {
                ([], true) => (ty, format!("input.body({read})")),
                ([], false) => (ty, format!("input.optional_body({read})")),
                (fields, _) => {
                    let method = if required { "encoded_body" } else { "optional_encoded_body" };
                    let fields = wrap_at(8, "const { &[", &borrowed(fields), "] }");
                    (ty, format!("input.{method}({fields}, {read})"))
                }
            }
        }
        (ContentKind::Json | ContentKind::Form, None) => {
            (Ty::Value, format!("input.{}(|r| r.any())", if required { "body" } else { "optional_body" }))
        }
        (ContentKind::Text, Some(schema))
            if plan.own(schema).is_some_and(|own| own.text)
                || plan.structure(plan.contract.schemas.target(schema), Direction::Request) == Ty::String =>
        {
            let read = function(&calls.value(schema));
            let method = if required { "body" } else { "optional_body" };
            (plan.ty(schema, Direction::Request), format!("input.{method}({read})"))
        }
        (ContentKind::Text, _) => (Ty::String, "input.text_body()".to_owned()),
        (ContentKind::Multipart, _)
            if parts(content, &plan.contract.schemas).is_some()
                && names.parts.as_ref().is_some_and(|names| names.schema == content.schema) =>
        {
            let part = names.parts.as_ref().map(|names| names.part.clone()).unwrap_or_default();
            calls.uses.contract(&part);
            (Ty::Parts(part.clone()), format!("input.parts::<{part}>()"))
        }
        (ContentKind::Multipart, _) => (Ty::Multipart, "input.multipart()".to_owned()),
        (ContentKind::Binary | ContentKind::Stream, _) => (Ty::Bytes, "input.bytes_body()".to_owned()),
    }
}

/// Whether a value is the same whatever its media type is called: text and bytes are not.
fn tells_itself(content: &Content) -> bool {
    matches!(content.kind, ContentKind::Json | ContentKind::Form)
}

fn body_field(
    plan: &TypePlan<'_>,
    body: &RequestBody,
    names: &OperationNames,
    patterns: &Patterns,
    uses: &mut Uses,
    routes: &mut Uses,
    diagnostics: &mut Diagnostics,
) -> (Field, Option<FormsView>) {
    let mut calls = ReadCalls { plan, patterns, uses: routes };
    let docs = body.description.clone().unwrap_or_default();
    let read: Vec<(Ty, String)> = body
        .content
        .iter()
        .map(|content| content_read(plan, (body, content), names, body.required, &mut calls))
        .collect();
    if read.iter().all(|one| *one == read[0]) && body.content.iter().skip(1).all(tells_itself) {
        let (ty, decode) = read[0].clone();
        // An absent text is empty, and so are absent bytes; of the others there is none.
        let optional = !body.required && !matches!(&*decode, "input.text_body()" | "input.bytes_body()");
        let decode = match optional && !decode.starts_with("input.optional_") {
            true => format!("if input.has_body() {{ {decode} }} else {{ None }}"),
            false => decode,
        };
        let ty = if optional { Ty::Option(Box::new(ty)) } else { ty };
        let take = if optional { "{}" } else { "{}?" };
        return (
            Field { docs, shown: ty.to_string(), ty: Some(ty), extra: Vec::new(), decode, take: take.to_owned() },
            None,
        );
    }
    // The media type chooses: one variant for each way to read.
    let mut forms: Vec<(Ty, String, Vec<usize>)> = Vec::new();
    for (index, content) in body.content.iter().enumerate() {
        let (ty, read) = content_read(plan, (body, content), names, true, &mut calls);
        let same = |(known, way, _): &&mut (Ty, String, Vec<usize>)| *known == ty && *way == read;
        match forms.iter_mut().find(same).filter(|_| tells_itself(content)) {
            Some((.., media)) => media.push(index),
            None => forms.push((ty, read, vec![index])),
        }
    }
    let (variants, collided) = distinct(forms.iter().map(|(.., media)| media_name(&body.content[media[0]])));
    if collided {
        diagnostics.push(
            Diagnostic::warning("name-collision", body.span, "two of its media types are one name in Rust")
                .label("told apart by a number"),
        );
    }
    let last = forms.len() - 1;
    let views = forms
        .into_iter()
        .zip(variants)
        .enumerate()
        .map(|(at, ((ty, read, media), variant))| {
            uses.ty(&ty);
            let list: Vec<String> = media.iter().map(usize::to_string).collect();
            let types: Vec<&str> = media.iter().map(|index| body.content[*index].media_type.as_str()).collect();
            FormView {
                variant: Code::of(variant),
                ty: Code::of(ty),
                docs: format!("`{}`", types.join("`, `")),
                media: Code::of(if at == last { "_".to_owned() } else { list.join(" | ") }),
                read: Code::of(read),
            }
        })
        .collect();
    uses.declare(&names.body);
    calls.uses.contract(&names.body);
    let decode = format!("{}::decode(input)", names.body);
    let (shown, decode, take) = match body.required {
        true => (names.body.clone(), decode, "{}?"),
        false => {
            (format!("Option<{}>", names.body), format!("if input.has_body() {{ {decode} }} else {{ None }}"), "{}")
        }
    };
    let field = Field { docs, ty: None, shown, extra: Vec::new(), decode, take: take.to_owned() };
    (field, Some(FormsView { name: Code::of(&names.body), forms: views }))
}
