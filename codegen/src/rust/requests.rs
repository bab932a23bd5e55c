//! What an operation takes: its parameters and body as one type, and how it is decoded.

use writ_contract::diagnostic::{Diagnostic, Diagnostics};
use writ_contract::model::operation::{ContentKind, Operation, Parameter, ParameterPlace, Style};
use writ_contract::model::schema::{IntegerShape, Kind};

use super::code::Code;
use super::comment::comment;
use super::default::{default_text, default_value};
use super::ident::value_name;
use super::names::distinct;
use super::operation_names::OperationNames;
use super::operation_views::is_consumed;
use super::patterns::Patterns;
use super::read::{ReadCalls, function};
use super::request_body::body_field;
use super::types::{Ty, TypePlan};
use super::usage::Direction;
use super::uses::Uses;
use super::view::{FieldSource, RequestFieldView, RequestView};

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
    let mut sources = Vec::new();
    let mut consumed = Vec::new();
    let paged = paging(plan, operation);
    for (index, parameter) in operation.parameters.iter().enumerate() {
        let mut calls = ReadCalls { plan, patterns, way: Direction::Request, uses: &mut *routes };
        if is_consumed(operation, &parameter.name, parameter.place) {
            let read = function(&calls.element(parameter.schema));
            let way = if parameter.required { "required" } else { "optional" };
            let name = comment(&parameter.name);
            consumed.push(Code::of(format!("let _ = input.{way}({name} {index}, {read});")));
            continue;
        }
        match paged.as_ref().filter(|paged| paged.holds(index)) {
            Some(paged) if paged.first() == index => {
                sources.push(FieldSource::Page { limit: paged.limit, number: paged.page, cursor: paged.cursor });
                fields.push(("page".to_owned(), paged.field(&mut calls, operation)))
            }
            Some(_) => {}
            None => {
                sources.push(FieldSource::Parameter(index));
                let field = parameter_field(plan, names, index, parameter, &mut calls, uses);
                fields.push((parameter_name(parameter), field));
            }
        }
    }
    let mut forms = None;
    if let Some(body) = &operation.body {
        let (field, view) = body_field(plan, body, names, patterns, uses, routes, diagnostics);
        forms = view;
        sources.push(FieldSource::Body);
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
        .zip(sources)
        .map(|(((_, field), name), source)| {
            let variable = if name == "input" { "input_".to_owned() } else { name.clone() };
            let take = field.take.replacen("{}", &variable, 1);
            RequestFieldView {
                source,
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
    (
        Some(RequestView {
            name: Code::of(&names.request),
            fallback: String::new(),
            fields: views,
            forms,
            default,
            streamed,
        }),
        consumed,
    )
}

/// One field before it has its name.
pub(super) struct Field {
    pub docs: String,
    /// The type, where it is one of the contract's.
    pub ty: Option<Ty>,
    /// The type as it is shown.
    pub shown: String,
    /// Further names of the runtime that it shows.
    pub extra: Vec<&'static str>,
    pub decode: String,
    /// How the value is taken, with `{}` for the variable.
    pub take: String,
}

fn parameter_name(parameter: &Parameter) -> String {
    value_name(parameter.rust_name.as_ref().map_or(&parameter.name, |own| &own.value))
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
            docs: "The requested page.".to_owned(),
            ty: None,
            shown: "PageRequest".to_owned(),
            extra: vec!["PageRequest"],
            decode: format!("input.page(&PageRule {{\n            {},\n        }})", parts.join(",\n            ")),
            take: "{}?".to_owned(),
        }
    }
}
