//! The body of a request: its type, an enum where its media types are of several, and how it is read.

use writ_contract::diagnostic::{Diagnostic, Diagnostics};
use writ_contract::model::operation::{Content, ContentKind, RequestBody};
use writ_contract::model::parts::parts;

use super::bodies::media_name;
use super::code::Code;
use super::comment::comment;
use super::forms::form_fields;
use super::names::distinct;
use super::operation_names::OperationNames;
use super::patterns::Patterns;
use super::read::{ReadCalls, function};
use super::requests::Field;
use super::types::{Ty, TypePlan};
use super::usage::Direction;
use super::uses::{Uses, borrowed, wrap_at};
use super::view::{FormView, FormsView};

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

/// The call that sends a body, `{}`, of the media type at `index`.
pub(super) fn content_write(
    plan: &TypePlan<'_>,
    (body, content): (&RequestBody, &Content),
    names: &OperationNames,
    index: usize,
) -> String {
    let described = names.parts.as_ref().is_some_and(|names| names.schema == content.schema)
        && parts(content, &plan.contract.schemas).is_some();
    let index = format!("{} {index}", comment(&content.media_type));
    match (content.kind, content.schema) {
        (ContentKind::Text | ContentKind::Binary, _) if content.is_range() => {
            format!("out.concrete_body({index}, {{}})")
        }
        (ContentKind::Json | ContentKind::Form, Some(schema)) => {
            match form_fields(plan, body, schema, &mut Uses::default()).as_slice() {
                [] => format!("out.body({index}, {{}})"),
                fields => {
                    let list = fields.join(", ").replace("Parameter::", "writ_runtime::Parameter::");
                    let list = list.replace("(Style::", "(writ_runtime::Style::");
                    let list = list.replace("(Shape::", "(writ_runtime::Shape::");
                    format!("out.encoded_body({index}, &[{list}], {{}})")
                }
            }
        }
        (ContentKind::Json | ContentKind::Form, None) => format!("out.body({index}, {{}})"),
        (ContentKind::Text, Some(schema))
            if plan.own(schema).is_some_and(|own| own.text)
                || plan.structure(plan.contract.schemas.target(schema), Direction::Request) == Ty::String =>
        {
            format!("out.body({index}, {{}})")
        }
        (ContentKind::Text, _) => format!("out.text_body({index}, {{}})"),
        (ContentKind::Multipart, _) if described => format!("out.parts({index}, {{}})"),
        (ContentKind::Multipart, _) => format!("out.multipart({index}, {{}})"),
        (ContentKind::Binary | ContentKind::Stream, _) => format!("out.bytes_body({index}, {{}})"),
    }
}

/// Whether a value is the same whatever its media type is called: text and bytes are not.
fn tells_itself(content: &Content) -> bool {
    matches!(content.kind, ContentKind::Json | ContentKind::Form)
}

pub(super) fn body_field(
    plan: &TypePlan<'_>,
    body: &RequestBody,
    names: &OperationNames,
    patterns: &Patterns,
    uses: &mut Uses,
    routes: &mut Uses,
    diagnostics: &mut Diagnostics,
) -> (Field, Option<FormsView>) {
    let mut calls = ReadCalls { plan, patterns, way: Direction::Request, uses: routes };
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
                index: media.first().copied().unwrap_or_default(),
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
