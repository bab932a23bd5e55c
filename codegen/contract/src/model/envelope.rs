//! The error envelope: the schema that a contract uses for its errors, or RFC 9457 problem details.

use crate::diagnostic::{Diagnostic, Diagnostics, closest};
use crate::document::Node;
use crate::model::operation::{Content, ContentKind, Operation, Response, Status};
use crate::model::schema::{Kind, SchemaId, Schemas};
use crate::source::{Sources, Span};

/// The error envelope of a contract: the shape of the bodies of error responses.
///
/// ```
/// use std::path::Path;
/// use writ_contract::diagnostic::Diagnostics;
/// use writ_contract::document::{LoadOptions, load};
/// use writ_contract::model::{Envelope, Options, resolve};
///
/// let mut diagnostics = Diagnostics::new();
/// let document = load(Path::new("examples/pets.yaml"), &LoadOptions::default(), &mut diagnostics)
///     .ok_or("not an OpenAPI document")?;
/// let contract = resolve(&document, false, &Options::default(), &mut diagnostics);
/// let Envelope::Own { fields, media_type, .. } = &contract.envelope else {
///     return Err("the contract has no error schema");
/// };
/// assert_eq!(media_type, "application/json");
/// // The properties `code` and `message` of the schema `Error` are filled from a problem.
/// let paths: Vec<String> = fields.iter().map(|field| field.path.join(".")).collect();
/// assert_eq!(paths, ["code", "message"]);
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Envelope {
    /// Error responses are problem details, `application/problem+json` (RFC 9457).
    Problem,
    /// Error responses follow an error schema of the contract.
    Own {
        /// The error schema that is filled from a problem, the internal description of an error.
        schema: SchemaId,
        /// The media type of error responses.
        media_type: String,
        /// The properties of the error schema that are filled from a problem.
        fields: Vec<EnvelopeField>,
    },
}

/// A property of the contract's error schema that is filled from a problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvelopeField {
    /// The value that a property of the contract's error schema receives from a problem, the internal
    /// description of an error.
    pub role: Role,
    /// The property names from the root of the error schema to this property.
    pub path: Vec<String>,
}

/// The part of a problem, the internal description of an error, that a property of the contract's error schema
/// receives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// The error code of the problem, which programs evaluate.
    Code,
    /// The status code of the error response, as a number.
    Status,
    /// The message of the problem, which people read.
    Message,
    /// The list of violations that were found in the request.
    Details,
    /// The id of the request that failed.
    RequestId,
}

impl Envelope {
    /// Returns true if a response body with this content has the shape of the error envelope.
    pub fn is(&self, content: &Content, schemas: &Schemas) -> bool {
        match (self, content.schema) {
            (Envelope::Own { schema, .. }, Some(other)) => schemas.target(other) == *schema,
            (Envelope::Problem, _) => content.media_type.starts_with("application/problem+json"),
            (Envelope::Own { .. }, None) => false,
        }
    }
}

/// Returns the error envelope of a contract: the schema that most error responses have, if a problem can fill it.
///
/// `x-error-envelope` names the properties to fill; without it they are inferred from usual property names.
pub(super) fn find(
    root: &Node,
    operations: &[Operation],
    schemas: &Schemas,
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) -> Envelope {
    let mut shapes: Vec<(SchemaId, String, usize)> = Vec::new();
    let errors = operations
        .iter()
        .flat_map(|operation| operation.responses.iter().filter(|response| is_error(response, operation)));
    for content in errors.flat_map(|response| response.content.iter()) {
        let Some(schema) = content.schema.filter(|_| content.kind == ContentKind::Json) else { continue };
        let schema = schemas.target(schema);
        match shapes.iter_mut().find(|(known, ..)| *known == schema) {
            Some((.., count)) => *count += 1,
            None => shapes.push((schema, content.media_type.clone(), 1)),
        }
    }
    let explicit = root.get("x-error-envelope");
    // The most frequent error schema that a problem can fill is the envelope; the others become separate types.
    shapes.sort_by_key(|(schema, _, count)| (std::cmp::Reverse(*count), *schema));
    for (schema, media_type, _) in shapes {
        if explicit.is_none() && media_type.starts_with("application/problem+json") {
            return Envelope::Problem;
        }
        let fields = match explicit {
            Some(node) => {
                let mistakes = mistaken(node, schemas, schema, sources);
                if !mistakes.is_empty() {
                    mistakes.into_iter().for_each(|mistake| diagnostics.push(mistake));
                    return Envelope::Problem;
                }
                pointers(node)
            }
            None => inferred(schemas, schema),
        };
        match unfilled(schemas, schema, &fields) {
            None if fields.iter().any(|field| field.role == Role::Message) => {
                return Envelope::Own { schema, media_type, fields };
            }
            missing => {
                if let (Some(node), Some(missing)) = (explicit, missing) {
                    diagnostics.push(
                        Diagnostic::error(
                            "envelope-incomplete",
                            node.span,
                            format!("`x-error-envelope` does not fill `{missing}`, which the error schema requires"),
                        )
                        .label("add a JSON pointer to it here, or make it optional")
                        .also(schemas.get(schema).span, "error schema"),
                    );
                    return Envelope::Problem;
                }
            }
        }
    }
    Envelope::Problem
}

/// Returns true if a response is an error: 4xx, 5xx, and `default` if the operation declares a success.
pub fn is_error(response: &Response, operation: &Operation) -> bool {
    match response.status {
        Status::Code(code) => code >= 400,
        Status::Range(digit) => digit >= 4,
        Status::Default => operation.responses.iter().any(|other| match other.status {
            Status::Code(code) => code < 400,
            Status::Range(digit) => digit < 4,
            Status::Default => false,
        }),
    }
}

/// The fields of `x-error-envelope`, each with the part of a problem that it stands for, such as the message.
const ROLES: [(&str, Role); 5] = [
    ("code", Role::Code),
    ("status", Role::Status),
    ("message", Role::Message),
    ("details", Role::Details),
    ("requestId", Role::RequestId),
];

fn pointers(node: &Node) -> Vec<EnvelopeField> {
    let field = |(name, role): (&str, Role)| {
        let pointer = node.get(name)?.as_str()?;
        Some(EnvelopeField { role, path: pointer.split('/').skip(1).map(str::to_owned).collect() })
    };
    ROLES.into_iter().filter_map(field).collect()
}

/// Returns a diagnostic for each mistake in `x-error-envelope`: unknown fields, and JSON pointers without a
/// target in the error schema.
fn mistaken(node: &Node, schemas: &Schemas, schema: SchemaId, sources: &Sources) -> Vec<Diagnostic> {
    let error = |span: Span, message: String| Diagnostic::error("bad-envelope", span, message);
    let example = "example: `x-error-envelope: { code: /code, message: /message }`";
    let Some(object) = node.as_object() else {
        let message = format!("`x-error-envelope` must be an object, not {}", node.kind_name());
        return vec![error(node.span, message).label("expected an object").help(example)];
    };
    let mut mistakes = Vec::new();
    for (key, value) in object.iter().filter(|(key, _)| !key.name.starts_with("x-")) {
        if !ROLES.iter().any(|(role, _)| *role == key.name) {
            let report =
                error(key.span, format!("`x-error-envelope` has no field `{}`", key.name)).label("unknown field");
            mistakes.push(match closest(&key.name, ROLES.iter().map(|(role, _)| *role)) {
                Some(close) => report.suggest(sources.inside_quotes(key.span), close),
                None => report.help("the fields are `code`, `status`, `message`, `details` and `requestId`"),
            });
            continue;
        }
        let Some(pointer) = value.as_str().filter(|pointer| pointer.starts_with('/')) else {
            let message = format!("`{}` of `x-error-envelope` must be a JSON pointer such as `/error/code`", key.name);
            let report = error(value.span, message).label("must begin with `/`");
            mistakes.push(match value.as_str() {
                Some(text) => report.suggest(sources.inside_quotes(value.span), format!("/{text}")),
                None => report,
            });
            continue;
        };
        if let Some((name, known)) = lost(schemas, schema, pointer) {
            let report = error(value.span, format!("the error schema has no property `{name}` at `{pointer}`"))
                .label("points to nothing")
                .also(schemas.get(schema).span, "error schema");
            let fixed = closest(&name, known.iter().map(String::as_str)).map(|close| pointer.replace(&name, close));
            mistakes.push(match fixed {
                Some(fixed) => report.suggest(sources.inside_quotes(value.span), fixed),
                None if known.is_empty() => report,
                None => report.help(format!("the properties there are `{}`", known.join("`, `"))),
            });
        }
    }
    if mistakes.is_empty() && !object.contains_key("message") {
        mistakes.push(
            error(node.span, "`x-error-envelope` needs `message`".to_owned())
                .label("`message` is missing: the pointer to the text of the error")
                .help(example),
        );
    }
    mistakes
}

/// Returns the first step of a JSON pointer that is not a property of the error schema, with the names of the
/// properties that exist at this place.
fn lost(schemas: &Schemas, schema: SchemaId, pointer: &str) -> Option<(String, Vec<String>)> {
    let mut here = schema;
    for step in pointer.split('/').skip(1) {
        let Kind::Object(object) = schemas.kind(here) else { return Some((step.to_owned(), Vec::new())) };
        match object.properties.iter().find(|property| property.name == step) {
            Some(property) => here = property.schema,
            None => {
                let known = object.properties.iter().map(|property| property.name.clone());
                return Some((step.to_owned(), known.collect()));
            }
        }
    }
    None
}

/// Infers from usual property names which properties of an error schema are filled, at the root and within `error`.
fn inferred(schemas: &Schemas, schema: SchemaId) -> Vec<EnvelopeField> {
    let mut fields = Vec::new();
    gather(schemas, schema, &mut Vec::new(), &mut fields);
    fields
}

fn gather(schemas: &Schemas, schema: SchemaId, path: &mut Vec<String>, fields: &mut Vec<EnvelopeField>) {
    let Kind::Object(object) = schemas.kind(schema) else { return };
    for property in &object.properties {
        path.push(property.name.clone());
        let kind = schemas.kind(property.schema);
        let role = match property.name.to_ascii_lowercase().replace(['_', '-'], "").as_str() {
            "code" | "errorcode" | "status" | "statuscode" if matches!(kind, Kind::Integer(_)) => Some(Role::Status),
            "code" | "errorcode" | "type" | "name" if matches!(kind, Kind::String(_)) => Some(Role::Code),
            "message" | "detail" | "errormessage" | "description" | "title" | "error"
                if matches!(kind, Kind::String(_)) =>
            {
                Some(Role::Message)
            }
            "requestid" if matches!(kind, Kind::String(_)) => Some(Role::RequestId),
            "error" if path.len() == 1 => {
                gather(schemas, property.schema, path, fields);
                None
            }
            _ => None,
        };
        if let Some(role) = role
            && !fields.iter().any(|field| field.role == role)
        {
            fields.push(EnvelopeField { role, path: path.clone() });
        }
        path.pop();
    }
}

/// Returns the path of the first required property of an error schema that a problem does not fill, if there is one.
fn unfilled(schemas: &Schemas, schema: SchemaId, fields: &[EnvelopeField]) -> Option<String> {
    let Kind::Object(object) = schemas.kind(schema) else { return Some("an object".to_owned()) };
    for property in object.properties.iter().filter(|property| property.required) {
        let below: Vec<EnvelopeField> = fields
            .iter()
            .filter(|field| field.path.first() == Some(&property.name))
            .map(|field| EnvelopeField { role: field.role, path: field.path[1..].to_vec() })
            .collect();
        if below.is_empty() {
            return Some(property.name.clone());
        }
        if below.iter().any(|field| !field.path.is_empty())
            && let Some(missing) = unfilled(schemas, property.schema, &below)
        {
            return Some(format!("{}.{missing}", property.name));
        }
    }
    None
}
