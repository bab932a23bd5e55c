//! The body of a request: its type and the code that decodes it, or an enum if the media type of the request
//! decides the type.

use writ_contract::diagnostic::Diagnostics;
use writ_contract::model::operation::{Content, ContentKind, RequestBody};
use writ_contract::model::parameter_shape::{allows_scalar, leaves};
use writ_contract::model::parts::parts;
use writ_contract::model::schema::Format;
use writ_contract::model::stream::{Items, item_schema};
use writ_contract::model::{Kind, SchemaId};

use crate::rust::code::Code;
use crate::rust::expr::form_fields::body_form_fields;
use crate::rust::expr::read::ReadCalls;
use crate::rust::mention::contract;
use crate::rust::names::distinct::distinct;
use crate::rust::names::media::{media_list, media_names};
use crate::rust::operations::operation_names::OperationNames;
use crate::rust::operations::request_field::RequestField;
use crate::rust::operations::stream::{stream_method, stream_type};
use crate::rust::plan::ty::Ty;
use crate::rust::plan::types::TypePlan;
use crate::rust::view::{FormView, FormsView, Presence};

/// The Rust type and the decoding code of a request body of one media type.
#[derive(Debug, Clone, PartialEq, Eq)]
struct BodyDecode {
    ty: Ty,
    call: String,
    absent: Absent,
}

/// The treatment of an absent request body by the decoding code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Absent {
    /// For an absent request body, the decoding call returns an empty string or no bytes.
    Empty,
    /// For an absent request body, the decoding call returns `None`.
    None,
    /// For an absent request body, the decoding call is skipped, and the body is `None`.
    Unread,
}

/// Returns the Rust type and the decoding code of a request body of one media type.
fn body_decode(
    calls: &ReadCalls<'_, '_>,
    (body, content): (&RequestBody, &Content),
    names: &OperationNames,
    required: bool,
) -> BodyDecode {
    let plan = calls.plan;
    let any_media = |ty: Ty| Ty::AnyMedia(Box::new(ty));
    let decode = |ty: Ty, call: String, absent: Absent| BodyDecode { ty, call, absent };
    let method = if required { "body" } else { "optional_body" };
    if let Some(Items { schema, framing }) = item_schema(content, &plan.contract.schemas) {
        let item = plan.element(schema, calls.direction);
        let call = format!("input.{}({})", stream_method(framing), calls.element(schema).function());
        // An absent body is a stream without items.
        return decode(stream_type(framing, item), call, Absent::Empty);
    }
    match (content.kind, content.schema) {
        (ContentKind::Text, _) if content.is_range() => {
            decode(any_media(Ty::String), "input.any_media_text()".to_owned(), Absent::Unread)
        }
        (ContentKind::Binary, _) if content.is_range() => {
            decode(any_media(Ty::Bytes), "input.any_media_bytes()".to_owned(), Absent::Unread)
        }
        (ContentKind::Json | ContentKind::Form, Some(schema)) => {
            let read = calls.element(schema).function();
            let call = match body_form_fields(&plan.contract.schemas, body, schema).as_slice() {
                [] => format!("input.{method}({read})"),
                fields => {
                    let method = if required { "encoded_body" } else { "optional_encoded_body" };
                    format!("input.{method}(const {{ &[{}] }}, {read})", fields.join(", "))
                }
            };
            decode(plan.element(schema, calls.direction), call, Absent::None)
        }
        (ContentKind::Json | ContentKind::Form, None) => {
            decode(Ty::Value, format!("input.{method}(|r| r.any())"), Absent::None)
        }
        (ContentKind::Text, Some(schema)) if is_typed_text(plan, schema) => {
            let call = format!("input.{method}({})", calls.value(schema).function());
            decode(plan.ty(schema, calls.direction), call, Absent::None)
        }
        (ContentKind::Text, _) => decode(Ty::String, "input.text_body()".to_owned(), Absent::Empty),
        (ContentKind::Multipart, _) => match names.parts.as_ref().filter(|names| names.schema == content.schema) {
            Some(names) if parts(content, &plan.contract.schemas).is_some() => {
                let call = format!("input.parts::<{}>()", contract(&names.part));
                decode(Ty::Parts(names.part.clone()), call, Absent::Unread)
            }
            _ => decode(Ty::Multipart, "input.multipart()".to_owned(), Absent::Unread),
        },
        (ContentKind::Binary | ContentKind::Stream, _) => {
            decode(Ty::Bytes, "input.bytes_body()".to_owned(), Absent::Empty)
        }
    }
}

/// Returns true if the text of a request body is read by its schema: a custom type that is text, or a single value such
/// as a string with constraints, a date or a number.
pub fn is_typed_text(plan: &TypePlan<'_>, schema: SchemaId) -> bool {
    let is_opaque = |kind: &Kind| match kind {
        Kind::Any => true,
        Kind::String(shape) => shape.format == Format::Binary,
        _ => false,
    };
    plan.custom_type(schema).is_some_and(|own| own.text)
        || leaves(&plan.contract.schemas, schema).into_iter().all(|kind| allows_scalar(kind) && !is_opaque(kind))
}

/// Returns true if a request body is decoded independently of the name of its media type. This is the case for
/// JSON, forms and JSON lines, but not for text and bytes.
fn ignores_media_type(content: &Content, ty: &Ty) -> bool {
    matches!(content.kind, ContentKind::Json | ContentKind::Form) || matches!(ty, Ty::JsonLines(_))
}

/// Returns the request field of the body, and the enum of request bodies if the media type of a request decides
/// the type.
pub fn body_field(
    calls: &ReadCalls<'_, '_>,
    body: &RequestBody,
    names: &OperationNames,
    diagnostics: &mut Diagnostics,
) -> (RequestField, Option<FormsView>) {
    let described = body.description.clone().filter(|text| !text.trim().is_empty());
    let docs = described.unwrap_or_else(|| "The body of the request.".to_owned());
    let decodes: Vec<BodyDecode> =
        body.content.iter().map(|content| body_decode(calls, (body, content), names, body.required)).collect();
    if decodes.iter().all(|one| *one == decodes[0])
        && body.content.iter().skip(1).all(|content| ignores_media_type(content, &decodes[0].ty))
    {
        let BodyDecode { ty, call, absent } = decodes[0].clone();
        let field = match absent {
            _ if body.required => RequestField::new(docs, ty, Presence::Required, call),
            Absent::Empty => RequestField::new(docs, ty, Presence::Required, call),
            Absent::None => RequestField::new(docs, ty.optional(), Presence::Optional, call),
            Absent::Unread => RequestField::new(docs, ty.optional(), Presence::Optional, if_present(&call)),
        };
        return (field, None);
    }
    // The media type selects a variant. Media types that are decoded alike share a variant.
    let mut forms: Vec<(BodyDecode, Vec<usize>)> = Vec::new();
    for (index, content) in body.content.iter().enumerate() {
        let decode = body_decode(calls, (body, content), names, true);
        match forms.iter_mut().find(|(known, _)| *known == decode).filter(|_| ignores_media_type(content, &decode.ty)) {
            Some((_, media)) => media.push(index),
            None => forms.push((decode, vec![index])),
        }
    }
    let (variants, collided) = distinct(forms.iter().map(|(_, media)| media_names(&body.content[media[0]])));
    if let Some(collided) = collided {
        diagnostics
            .push(collided.report(body.span, |index| {
                format!("the media type `{}`", &body.content[forms[index].1[0]].media_type)
            }));
    }
    let last = forms.len() - 1;
    let is_secret = |schema: SchemaId| calls.plan.contract.schemas.is_secret(schema);
    let views = forms
        .into_iter()
        .zip(variants)
        .enumerate()
        .map(|(at, ((decode, media), variant))| {
            let list: Vec<String> = media.iter().map(usize::to_string).collect();
            let types: Vec<&str> = media.iter().map(|index| body.content[*index].media_type.as_str()).collect();
            FormView {
                variant: Code::of(variant),
                ty: Code::of(decode.ty),
                secret: media.iter().filter_map(|index| body.content[*index].schema).any(is_secret),
                docs: media_list(&types),
                media: Code::of(if at == last { "_".to_owned() } else { list.join(" | ") }),
                index: media.first().copied().unwrap_or_default(),
                read: Code::of(decode.call),
            }
        })
        .collect();
    let ty = Ty::Named(names.body.clone());
    let decode = format!("{}::decode(input)", contract(&names.body));
    let field = match body.required {
        true => RequestField::new(docs, ty, Presence::Required, decode),
        false => RequestField::new(docs, ty.optional(), Presence::Optional, if_present(&decode)),
    };
    (field, Some(FormsView { name: Code::of(&names.body), forms: views }))
}

/// Returns the expression that decodes a body only if the request has one.
fn if_present(call: &str) -> String {
    format!("if input.has_body() {{ {call} }} else {{ None }}")
}
