//! The bodies of responses: one Rust type, or an enum if the media types are written differently.

use writ_contract::diagnostic::{Diagnostic, Diagnostics};
use writ_contract::model::envelope::is_error;
use writ_contract::model::operation::{Content, ContentKind, Operation, Response, Status};
use writ_contract::model::stream::{Framing, Items, items};
use writ_contract::model::{Direction, Kind, SchemaId};

use crate::rust::code::{Code, literal};
use crate::rust::expr::read::ReadCalls;
use crate::rust::names::distinct::distinct;
use crate::rust::names::media::{media_list, media_names};
use crate::rust::names::namespace::Names;
use crate::rust::names::status;
use crate::rust::operations::send_call::{Argument, SendCall};
use crate::rust::operations::stream::{stream_method, stream_type};
use crate::rust::plan::ty::Ty;
use crate::rust::plan::types::TypePlan;
use crate::rust::view::{ContentVariantView, ContentView};

/// The names of the generated enums for a response body with several media types.
#[derive(Debug, Clone)]
pub struct ContentNames {
    /// The declared status of the response that has the body.
    pub status: Status,
    /// The name of the enum of response bodies, with a variant for each type of the body.
    pub body: String,
    /// The name of the enum of the media types that the response body can have.
    pub media: String,
}

/// The media types of a response body that share a Rust type and an encoding.
pub struct BodyForm<'c> {
    /// The Rust type of the response body.
    pub ty: Ty,
    /// The encoding in which the response body is written.
    pub encoding: BodyEncoding,
    /// The schema of the values that are checked before they leave: of the body, or of an item of a stream.
    schema: Option<SchemaId>,
    /// The media types that share the type and the encoding, at least one.
    pub media: Vec<&'c Content>,
}

/// The type of a response body, and the call that sends the body.
pub struct ResponseBody {
    /// The Rust type of the response body.
    pub ty: Ty,
    /// The call on the runtime's `Reply` that sends the response body.
    pub send: SendCall,
    /// The rule that the response body must satisfy, or `None` if its Rust type holds all constraints.
    pub rule: Option<BodyRule>,
}

/// The rule that a response body must satisfy, and the part of the body to which it applies.
pub struct BodyRule {
    /// The expression of the rule.
    rule: String,
    /// The field access that leads from the body to the checked value; empty for the body itself.
    access: &'static str,
}

impl BodyRule {
    /// Returns the expression that checks the body in the expression `value` by the runtime's checker `c`.
    pub fn check(&self, value: &str) -> String {
        format!("c.check(&{value}{}, &{})", self.access, self.rule)
    }
}

/// The encoding in which a response body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyEncoding {
    /// The body is written as JSON.
    Json,
    /// The body is text or bytes, written unchanged.
    Bytes,
    /// The body is a custom type, written as the text of its `Display` implementation.
    Shown,
    /// The body is a number or a boolean, whose text is its JSON.
    Number,
    /// The body is a stream of bytes.
    Stream,
    /// The body is a stream of values, each written as an item in this framing.
    Items(Framing),
    /// The body is text or bytes. The handler chooses its media type from a declared range such as `image/*`.
    AnyMedia,
    /// The body is JSON. The handler chooses its media type from a declared range.
    AnyMediaJson,
}

/// Returns the form of a response body of one media type.
fn form<'c>(plan: &TypePlan<'_>, direction: Direction, content: &'c Content) -> BodyForm<'c> {
    let any_media = |ty: Ty| Ty::AnyMedia(Box::new(ty));
    let range = content.is_range();
    let (ty, encoding, schema) = match content.kind {
        ContentKind::Json => {
            let ty = content.schema.map_or(Ty::Value, |schema| plan.element(schema, direction));
            let (ty, encoding) =
                if range { (any_media(ty), BodyEncoding::AnyMediaJson) } else { (ty, BodyEncoding::Json) };
            (ty, encoding, content.schema)
        }
        ContentKind::Stream => match items(content, &plan.contract.schemas) {
            None => (Ty::ByteStream, BodyEncoding::Stream, None),
            Some(Items { schema, framing }) => {
                let ty = stream_type(framing, plan.element(schema, direction));
                (ty, BodyEncoding::Items(framing), Some(schema))
            }
        },
        ContentKind::Text if range => (any_media(Ty::String), BodyEncoding::AnyMedia, content.schema),
        ContentKind::Text => match content.schema {
            Some(schema) if plan.custom_type(schema).is_some_and(|own| own.text) => {
                (plan.ty(schema, direction), BodyEncoding::Shown, Some(schema))
            }
            Some(schema) if is_number(plan, schema) => (plan.ty(schema, direction), BodyEncoding::Number, Some(schema)),
            _ => (Ty::String, BodyEncoding::Bytes, content.schema),
        },
        _ if range => (any_media(Ty::Bytes), BodyEncoding::AnyMedia, None),
        _ => (Ty::Bytes, BodyEncoding::Bytes, None),
    };
    BodyForm { ty, encoding, schema, media: vec![content] }
}

/// Returns true if a schema allows only numbers, or only booleans. The text of any other scalar can differ from its JSON.
fn is_number(plan: &TypePlan<'_>, schema: SchemaId) -> bool {
    let schemas = &plan.contract.schemas;
    matches!(schemas.kind(schema), Kind::Integer(_) | Kind::Number(_) | Kind::Boolean) && !plan.is_nullable(schema)
}

/// Returns the forms of a response body. Media types with an equal Rust type and encoding share a form.
///
/// All JSON media types with one schema share a form. Each media type of text or bytes has a separate form.
pub fn forms<'c>(plan: &TypePlan<'_>, operation: &Operation, response: &'c Response) -> Vec<BodyForm<'c>> {
    let direction = operation.response_direction();
    let mut forms: Vec<BodyForm<'c>> = Vec::new();
    if response.status.has_no_body() {
        return forms;
    }
    for content in &response.content {
        let new = form(plan, direction, content);
        let equal = |form: &&mut BodyForm<'_>| {
            ignores_media_type(new.encoding) && form.encoding == new.encoding && form.ty == new.ty
        };
        match forms.iter_mut().find(equal) {
            Some(form) => {
                // Media types with different constraints share a Rust type, so neither constraint applies to all values.
                let target = |schema: Option<SchemaId>| schema.map(|schema| plan.contract.schemas.target(schema));
                form.schema = form.schema.filter(|_| target(form.schema) == target(new.schema));
                form.media.push(content);
            }
            None => forms.push(new),
        }
    }
    forms
}

impl BodyForm<'_> {
    /// Returns the rule of the checked values, or `None` if their Rust type holds all constraints.
    fn value_rule(&self, calls: &ReadCalls<'_, '_>) -> Option<String> {
        let schema = self.schema?;
        match (self.encoding, &self.ty) {
            (BodyEncoding::Shown | BodyEncoding::Number, _) => calls.rule(schema),
            (BodyEncoding::Bytes, Ty::String) | (BodyEncoding::AnyMedia, _) => calls.text_body_rule(schema),
            _ => calls.element_rule(schema),
        }
    }

    /// Returns the rule of a body that is checked before it is sent. The items of a stream are checked later.
    fn rule(&self, calls: &ReadCalls<'_, '_>) -> Option<BodyRule> {
        let access = match self.encoding {
            _ if self.ty.is_streamed() => return None,
            BodyEncoding::AnyMedia | BodyEncoding::AnyMediaJson => ".body",
            _ => "",
        };
        Some(BodyRule { rule: self.value_rule(calls)?, access })
    }
}

/// Returns true if the encoding of a response body does not depend on the name of its media type.
fn ignores_media_type(encoding: BodyEncoding) -> bool {
    matches!(encoding, BodyEncoding::Json | BodyEncoding::Items(Framing::Lines))
}

/// Names the generated enums for the response bodies of an operation that have several media types.
pub fn content_names(
    plan: &TypePlan<'_>,
    operation: &Operation,
    base: &str,
    names: &mut Names,
    diagnostics: &mut Diagnostics,
) -> Vec<ContentNames> {
    let errors = &plan.contract.errors;
    let several: Vec<&Response> = operation
        .responses
        .iter()
        .filter(|response| {
            let refusal = is_error(response, operation);
            let enveloped = |content| errors.is_envelope(content, &plan.contract.schemas);
            !(refusal && response.content.iter().any(enveloped)) && forms(plan, operation, response).len() > 1
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

/// Returns the type of a response's body with the call that sends it, and the view of the enum if the body has
/// several forms. Returns `None` if the response has no body.
pub fn body(
    calls: &ReadCalls<'_, '_>,
    operation: &Operation,
    response: &Response,
    names: &[ContentNames],
    diagnostics: &mut Diagnostics,
) -> Option<(ResponseBody, Option<ContentView>)> {
    let first = response.content.first()?;
    if response.status.has_no_body() {
        diagnostics.push(
            Diagnostic::warning(
                "body-of-no-content",
                first.span,
                "a response with this status has no body (RFC 9110 § 15.3.5)",
            )
            .label("ignored")
            .help("remove its `content`"),
        );
        return None;
    }
    let forms = forms(calls.plan, operation, response);
    let named = names.iter().find(|named| named.status == response.status);
    let (Some(named), true) = (named, forms.len() > 1) else {
        let form = forms.into_iter().next()?;
        let (send, rule) = (send_call(calls, &form), form.rule(calls));
        return Some((ResponseBody { send, rule, ty: form.ty }, None));
    };
    let (variants, collided) = distinct(forms.iter().map(|form| media_names(form.media[0])));
    if let Some(collided) = collided {
        diagnostics.push(
            collided.report(response.span, |index| format!("the media type `{}`", &forms[index].media[0].media_type)),
        );
    }
    let (mut index, mut uses_responder) = (0, false);
    let mut types = Vec::new();
    let mut views = Vec::new();
    for (form, variant) in forms.iter().zip(variants) {
        let spelled: Vec<&str> = form.media.iter().map(|content| content.media_type.as_str()).collect();
        let indices: Vec<String> = (index..index + spelled.len()).map(|at| at.to_string()).collect();
        index += spelled.len();
        let send = send_call(calls, form);
        uses_responder |= send.uses_responder || form.rule(calls).is_some();
        views.push(ContentVariantView {
            name: Code::of(variant),
            docs: media_list(&spelled),
            ty: Code::of(&form.ty),
            secret: form
                .media
                .iter()
                .filter_map(|content| content.schema)
                .any(|id| calls.plan.contract.schemas.is_secret(id)),
            send: Code::of(match form.rule(calls) {
                None => format!("reply.{}", send.with("body")),
                Some(rule) => format!("reply.check(responder, &|c| {}).{}", rule.check("body"), send.with("body")),
            }),
            indices: Code::of(indices.join(" | ")),
        });
        types.extend(spelled.into_iter().map(str::to_owned));
    }
    let view = ContentView {
        name: Code::of(&named.body),
        media: Code::of(&named.media),
        types,
        streamed: forms.iter().any(|form| form.ty.is_streamed()),
        uses_responder,
        variants: views,
    };
    let ty = Ty::Named(named.body.clone());
    Some((ResponseBody { ty, send: SendCall::CONTENT, rule: None }, Some(view)))
}

/// Returns the call on the runtime's `Reply` that sends a response body of one form.
fn send_call(calls: &ReadCalls<'_, '_>, form: &BodyForm<'_>) -> SendCall {
    let several = form.media.len() > 1;
    let media: Vec<String> = form.media.iter().map(|content| literal(&content.media_type)).collect();
    let media = if several { format!("responder.media(&[{}])", media.join(", ")) } else { media.join("") };
    let call = |method: &'static str, argument: Argument, responder: bool| SendCall {
        method,
        media: Some(media.clone()),
        argument,
        takes_responder: responder,
        uses_responder: responder || several,
    };
    let stream = |method: &'static str| match form.value_rule(calls) {
        None => call(method, Argument::Owned, false),
        Some(rule) => SendCall { uses_responder: true, ..call(method, Argument::Checked(rule), false) },
    };
    match form.encoding {
        BodyEncoding::Json | BodyEncoding::Number => call("json", Argument::Borrowed, true),
        BodyEncoding::Bytes => call("bytes", Argument::Owned, false),
        BodyEncoding::Shown => call("bytes", Argument::Text, false),
        BodyEncoding::Stream => call("stream", Argument::Owned, false),
        BodyEncoding::Items(framing) => stream(stream_method(framing)),
        BodyEncoding::AnyMedia => call("any_media", Argument::Owned, false),
        BodyEncoding::AnyMediaJson => call("any_media_json", Argument::Borrowed, true),
    }
}
