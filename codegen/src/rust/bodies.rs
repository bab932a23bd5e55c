//! The bodies of answers: one type for a media type, an enum for several that are not written alike.

use writ_contract::diagnostic::{Diagnostic, Diagnostics};
use writ_contract::model::SchemaId;
use writ_contract::model::envelope::is_error;
use writ_contract::model::operation::{Content, ContentKind, Operation, Response, Status};
use writ_contract::model::schema::{Kind, Schemas};

use super::code::{Code, literal};
use super::ident::type_name;
use super::names::{Names, distinct};
use super::status;
use super::types::{Ty, TypePlan};
use super::usage::Direction;
use super::uses::Uses;
use super::view::{AnswerBodyView, ContentVariantView, ContentView};

/// The names of a body of several media types.
#[derive(Debug, Clone)]
pub struct ContentNames {
    /// The response that has it.
    pub status: Status,
    /// The enum of bodies.
    pub body: String,
    /// The enum of their media types.
    pub media: String,
}

/// Media types of one answer that are written alike.
pub(super) struct Form<'c> {
    pub(super) ty: Ty,
    pub(super) way: Way,
    pub(super) media: Vec<&'c Content>,
}

/// How a body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Json,
    Bytes,
    /// A type of the user's own that is shown as text.
    Shown,
    Stream,
    /// Values, each the data of an event.
    Events,
    /// Values, each an event.
    DescribedEvents,
    /// Values, each a line.
    Lines,
    /// The handler says the media type.
    Concrete,
    /// The same, as JSON.
    ConcreteJson,
}

/// The type of a media type's body and how it is written.
fn way(plan: &TypePlan<'_>, content: &Content) -> (Ty, Way) {
    let concrete = |ty: Ty| Ty::Concrete(Box::new(ty));
    let range = content.is_range();
    match content.kind {
        ContentKind::Json => {
            let ty = content.schema.map_or(Ty::Value, |schema| plan.element(schema, Direction::Response));
            if range { (concrete(ty), Way::ConcreteJson) } else { (ty, Way::Json) }
        }
        ContentKind::Stream => match content.schema.and_then(|schema| streamed(&plan.contract.schemas, schema)) {
            None => (Ty::ByteStream, Way::Stream),
            Some(value) => {
                let ty = Box::new(plan.element(value, Direction::Response));
                match content.essence() == "text/event-stream" {
                    true if is_event(&plan.contract.schemas, value) => (Ty::EventStream(ty), Way::DescribedEvents),
                    true => (Ty::EventStream(ty), Way::Events),
                    false => (Ty::JsonLines(ty), Way::Lines),
                }
            }
        },
        ContentKind::Text if range => (concrete(Ty::String), Way::Concrete),
        ContentKind::Text => match content.schema.filter(|schema| plan.own(*schema).is_some_and(|own| own.text)) {
            Some(schema) => (plan.ty(schema, Direction::Response), Way::Shown),
            None => (Ty::String, Way::Bytes),
        },
        _ if range => (concrete(Ty::Bytes), Way::Concrete),
        _ => (Ty::Bytes, Way::Bytes),
    }
}

/// The media types of a response by how they are written. JSON of one schema is one form however its
/// media types are called; text and bytes are another thing in each.
pub(super) fn forms<'c>(plan: &TypePlan<'_>, response: &'c Response) -> Vec<Form<'c>> {
    let mut forms: Vec<Form<'c>> = Vec::new();
    if has_no_body(response.status) {
        return forms;
    }
    for content in &response.content {
        let (ty, way) = way(plan, content);
        match forms.iter_mut().find(|form| alike(way) && form.way == way && form.ty == ty) {
            Some(form) => form.media.push(content),
            None => forms.push(Form { ty, way, media: vec![content] }),
        }
    }
    forms
}

/// Whether what is written is the same whatever its media type is called.
fn alike(way: Way) -> bool {
    matches!(way, Way::Json | Way::Lines)
}

/// What a stream is made of: the elements of a list, else values of the schema itself. Nothing where
/// the schema describes text or says nothing: then the handler makes the bytes.
pub(super) fn streamed(schemas: &Schemas, schema: SchemaId) -> Option<SchemaId> {
    match schemas.kind(schema) {
        Kind::Any | Kind::Null | Kind::String(_) | Kind::Strings(_) => None,
        Kind::Array(array) => Some(array.items),
        _ => Some(schema),
    }
}

/// Whether a schema describes an event and not only its data: it has `data`, and beside it nothing
/// but what an event has.
fn is_event(schemas: &Schemas, schema: SchemaId) -> bool {
    match schemas.kind(schema) {
        Kind::Object(object) => {
            let has = |name: &str| object.properties.iter().any(|property| property.name == name);
            let known = |name: &str| matches!(name, "data" | "event" | "id" | "retry");
            has("data") && object.properties.len() > 1 && object.properties.iter().all(|property| known(&property.name))
        }
        Kind::Union(union) => union
            .branches
            .iter()
            .all(|branch| !matches!(schemas.kind(*branch), Kind::Union(_)) && is_event(schemas, *branch)),
        _ => false,
    }
}

/// RFC 9110 § 15.3.5, § 15.3.6, § 15.4.5.
pub fn has_no_body(status: Status) -> bool {
    matches!(status, Status::Code(204 | 205 | 304))
}

/// Names the bodies of several media types that an operation answers with.
pub fn content_names(
    plan: &TypePlan<'_>,
    operation: &Operation,
    base: &str,
    names: &mut Names,
    diagnostics: &mut Diagnostics,
) -> Vec<ContentNames> {
    let envelope = &plan.contract.envelope;
    let several: Vec<&Response> = operation
        .responses
        .iter()
        .filter(|response| {
            let refusal = is_error(response, operation);
            let enveloped = |content| envelope.is(content, &plan.contract.schemas);
            !(refusal && response.content.iter().any(enveloped)) && forms(plan, response).len() > 1
        })
        .collect();
    let successes = several.iter().filter(|response| !is_error(response, operation)).count();
    several
        .into_iter()
        .map(|response| {
            let role = match response.status {
                _ if successes == 1 && !is_error(response, operation) => "Response".to_owned(),
                Status::Code(code) => status::variant(code),
                Status::Range(digit) => format!("Status{digit}xx"),
                Status::Default => "Default".to_owned(),
            };
            let mut take = |word: &str| {
                let candidates = [format!("{base}{role}{word}"), format!("{base}{role}Content{word}")];
                names.take(&candidates, response.span, diagnostics)
            };
            ContentNames { status: response.status, body: take("Body"), media: take("Media") }
        })
        .collect()
}

/// The body of a response, and its enum where it has several forms.
pub fn body(
    plan: &TypePlan<'_>,
    response: &Response,
    names: &[ContentNames],
    uses: &mut Uses,
    diagnostics: &mut Diagnostics,
) -> Option<(AnswerBodyView, Option<ContentView>)> {
    let first = response.content.first()?;
    if has_no_body(response.status) {
        diagnostics.push(
            Diagnostic::warning(
                "body-of-no-content",
                first.span,
                "an answer of this status has no body (RFC 9110 § 15.3.5)",
            )
            .label("never sent"),
        );
        return None;
    }
    let forms = forms(plan, response);
    forms.iter().for_each(|form| uses.ty(&form.ty));
    let named = names.iter().find(|named| named.status == response.status);
    let (Some(named), true) = (named, forms.len() > 1) else {
        let form = forms.into_iter().next()?;
        let send = format!(".{}", send(&form));
        return Some((AnswerBodyView { ty: Code::of(&form.ty), send: Code::of(send), uses: vec![form.ty] }, None));
    };
    uses.declare(&named.body);
    uses.declare(&named.media);
    let (variants, collided) = distinct(forms.iter().map(|form| media_name(form.media[0])));
    if collided {
        diagnostics.push(
            Diagnostic::warning("name-collision", response.span, "two of its media types are one name in Rust")
                .label("told apart by a number"),
        );
    }
    let mut index = 0;
    let mut types = Vec::new();
    let mut views = Vec::new();
    for (form, variant) in forms.iter().zip(variants) {
        let spelled: Vec<&str> = form.media.iter().map(|content| content.media_type.as_str()).collect();
        let places: Vec<String> = (index..index + spelled.len()).map(|at| at.to_string()).collect();
        index += spelled.len();
        views.push(ContentVariantView {
            name: Code::of(variant),
            docs: format!("`{}`", spelled.join("`, `")),
            ty: Code::of(&form.ty),
            send: Code::of(format!("reply.{}", send(form).replace("{body}", "body"))),
            places: Code::of(places.join(" | ")),
        });
        types.extend(spelled.into_iter().map(str::to_owned));
    }
    let view = ContentView {
        name: Code::of(&named.body),
        media: Code::of(&named.media),
        types,
        streamed: forms.iter().any(|form| form.ty.is_streamed()),
        responder: Code::from(if views.iter().any(|view| view.send.0.contains("responder")) {
            "responder"
        } else {
            "_"
        }),
        variants: views,
    };
    let ty = Ty::Named(named.body.clone());
    let body = AnswerBodyView {
        ty: Code::of(&ty),
        send: Code::from(".content({body}, responder)"),
        uses: vec![ty, Ty::Named(named.media.clone())],
    };
    Some((body, Some(view)))
}

/// The call on a `Reply` that sends a body called `{body}`.
fn send(form: &Form<'_>) -> String {
    let media = literal(&form.media[0].media_type);
    let media = match form.media.as_slice() {
        [_] => media,
        several => {
            let all: Vec<String> = several.iter().map(|content| literal(&content.media_type)).collect();
            format!("responder.media(&[{}])", all.join(", "))
        }
    };
    match form.way {
        Way::Json => format!("json({media}, &{{body}}, responder)"),
        Way::Bytes => format!("bytes({media}, {{body}})"),
        Way::Shown => format!("bytes({media}, {{body}}.to_string())"),
        Way::Stream => format!("stream({media}, {{body}})"),
        Way::Events => format!("events({media}, {{body}})"),
        Way::DescribedEvents => format!("described_events({media}, {{body}})"),
        Way::Lines => format!("lines({media}, {{body}})"),
        Way::Concrete => format!("any_media({media}, {{body}})"),
        Way::ConcreteJson => format!("any_media_json({media}, &{{body}}, responder)"),
    }
}

/// What a variant of a body is called by its media type: `Json`, `Csv`, `Png`, `VndAcmeJson`.
pub fn media_name(content: &Content) -> String {
    let essence = content.essence();
    let (kind, subtype) = essence.split_once('/').unwrap_or(("", &essence));
    let mut name = match (kind, subtype) {
        ("*", _) => "Any".to_owned(),
        (kind, "*") => type_name(kind),
        ("application", "x-www-form-urlencoded") => "Form".to_owned(),
        ("application", "octet-stream") => "Binary".to_owned(),
        ("multipart", "form-data") => "Multipart".to_owned(),
        ("multipart", other) => type_name(&format!("multipart-{other}")),
        ("text", "plain") => "Text".to_owned(),
        ("text", "event-stream") => "Events".to_owned(),
        (_, subtype) => type_name(&subtype.replace('*', "any").replace('+', "-")),
    };
    for parameter in content.media_type.split(';').skip(1) {
        if let Some((key, value)) = parameter.split_once('=')
            && !matches!(key.trim().to_ascii_lowercase().as_str(), "charset" | "boundary" | "q")
        {
            name.push_str(&type_name(&format!("{}-{}", key.trim(), value.trim().trim_matches('"'))));
        }
    }
    name
}
