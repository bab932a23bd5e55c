//! The fields of a form (`application/x-www-form-urlencoded`) that need a style other than the default.

use writ_contract::model::SchemaId;
use writ_contract::model::operation::{ContentKind, Encoding, RequestBody, Style, essence};
use writ_contract::model::schema::{Kind, Schemas};

use crate::rust::code::literal;
use crate::rust::expr::delimiters::{delimiters, never_contains};
use crate::rust::mention::runtime;

/// Returns the fields of a request body that need another style than the default, if the body is a form.
pub fn body_form_fields(schemas: &Schemas, body: &RequestBody, schema: SchemaId) -> Vec<String> {
    let form = body.content.iter().find(|content| content.kind == ContentKind::Form && content.schema == Some(schema));
    form.map(|form| form_fields(schemas, &form.encoding, schema)).unwrap_or_default()
}

/// Returns the expression of the runtime's `Parameter` for each field of a form that needs another style.
/// By default a field is written as `name=value`, repeated or with brackets.
pub fn form_fields(schemas: &Schemas, encodings: &[Encoding], schema: SchemaId) -> Vec<String> {
    let Kind::Object(object) = schemas.kind(schema) else { return Vec::new() };
    let mut fields = Vec::new();
    for property in &object.properties {
        let encoding = encodings.iter().find(|encoding| encoding.property == property.name);
        let shape = shape(schemas, property.schema);
        let written = written(schemas, property.schema, shape, encoding);
        // Elsewhere brackets in a name mean a nested value, so a property with brackets in its name is listed.
        let bracketed = (property.name.contains('[') && shape != "Object").then_some(("Form", true));
        let Some((style, explode)) = written.or(bracketed) else { continue };
        let mut field = format!("{}::query({})", runtime("Parameter"), literal(&property.name));
        field.push_str(&format!(".style({}::{style}, {explode})", runtime("Style")));
        if shape != "Scalar" {
            field.push_str(&format!(".kind({}::{shape})", runtime("ValueKind")));
            if (style, explode) == ("Form", false) && never_contains(schemas, property.schema, delimiters(Style::Form))
            {
                field.push_str(".encoded_delimiters()");
            }
        }
        fields.push(field);
    }
    fields
}

/// Returns the variant of the runtime's `ValueKind` for a property of a form body.
fn shape(schemas: &Schemas, property: SchemaId) -> &'static str {
    match schemas.kind(property) {
        Kind::Array(_) => "Array",
        Kind::Object(_) => "Object",
        _ => "Scalar",
    }
}

/// Returns the style of a field of a form body and its `explode`, or `None` for the default style of a form.
fn written(
    schemas: &Schemas,
    property: SchemaId,
    shape: &str,
    encoding: Option<&Encoding>,
) -> Option<(&'static str, bool)> {
    let style = encoding.and_then(|encoding| encoding.style.or(encoding.explode.map(|_| Style::Form)));
    if let (Some(style), Some(encoding)) = (style, encoding) {
        let explode = encoding.explode.unwrap_or(style == Style::Form);
        return match style {
            // RFC 6570 would spread such an object over the form, but clients write brackets.
            Style::Form if explode => None,
            Style::Form => Some(("Form", false)),
            Style::SpaceDelimited if !explode => Some(("SpaceDelimited", false)),
            Style::PipeDelimited if !explode => Some(("PipeDelimited", false)),
            Style::TabDelimited if !explode => Some(("TabDelimited", false)),
            _ => None,
        };
    }
    let json = encoding.is_some_and(|encoding| {
        let is_json = |media: &String| essence(media).ends_with("/json") || essence(media).ends_with("+json");
        encoding.media_types.iter().any(is_json)
    });
    // OpenAPI 3.0.3 § 4.7.14.4: without an encoding, a structured value is written as JSON.
    let element = match schemas.kind(property) {
        Kind::Array(array) => array.items,
        _ => property,
    };
    let structured = matches!(schemas.kind(element), Kind::Object(_) | Kind::Array(_));
    (json || (structured && shape != "Scalar")).then_some(("Json", false))
}
