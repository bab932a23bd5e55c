//! The upgrade of parameters with `in: formData` to a request body with the properties of a form.

use super::Upgrade;
use super::body::add;
use super::collection::Written;
use super::create::{field, key, list, object, text, truth};
use super::media_types::{MediaType, essence};
use super::operation::Listed;
use crate::diagnostic::Diagnostic;
use crate::document::node::{Key, Node, Value};
use crate::source::Span;

const URLENCODED: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data";

impl<'d> Upgrade<'d, '_> {
    /// Returns the request body for the form parameters of an operation that consumes the given media types.
    ///
    /// `anchor` is the span of the schema of the form, which no other schema may have.
    pub(super) fn form(&mut self, anchor: Span, fields: &[Listed<'d>], consumes: &[MediaType]) -> Node {
        let media_types = self.form_types(anchor, fields, consumes);
        let mut properties: Vec<(Key, Node)> = Vec::new();
        let mut required: Vec<Node> = Vec::new();
        let mut encoding: Vec<(Key, Node)> = Vec::new();
        for listed in fields {
            let Some(name) = listed.parameter.get("name") else { continue };
            let (schema, written) = self.form_field(*listed);
            let name_key = key(name.span, listed.text("name"));
            if written != Written::Plain {
                encoding.push((name_key.clone(), object(name.span, written.fields(name.span))));
            }
            properties.push((name_key, schema));
            if listed.parameter.get("required").and_then(Node::as_bool) == Some(true) {
                required.push(text(name.span, listed.text("name")));
            }
        }
        let mut schema = vec![field(anchor, "type", "object")];
        schema.push((key(anchor, "properties"), object(anchor, properties)));
        let any_required = !required.is_empty();
        if any_required {
            schema.push((key(anchor, "required"), list(anchor, required)));
        }
        let mut content = self.content(&media_types, URLENCODED, anchor, Some(object(anchor, schema)));
        if !encoding.is_empty() {
            let encoding = object(anchor, encoding);
            let field = (key(anchor, "encoding"), encoding);
            add(&mut content, |_| Some(field.clone()));
        }
        let mut entries = vec![(key(anchor, "content"), content)];
        if any_required {
            entries.push((key(anchor, "required"), truth(anchor, true)));
        }
        object(anchor, entries)
    }

    /// Returns the media types of a form: those that the operation consumes and that carry forms.
    ///
    /// If it consumes no such type, a form with files is multipart, and any other is URL-encoded (Swagger 2.0,
    /// parameter object).
    fn form_types(&mut self, anchor: Span, fields: &[Listed<'d>], consumes: &[MediaType]) -> Vec<MediaType> {
        let file = fields.iter().find(|field| is_file(field));
        // A URL-encoded form carries the name of a file, not its content.
        let carries = |media: &&MediaType| match essence(&media.name).as_str() {
            MULTIPART => true,
            URLENCODED => file.is_none(),
            _ => false,
        };
        let declared: Vec<MediaType> = consumes.iter().filter(carries).cloned().collect();
        if !declared.is_empty() {
            return declared;
        }
        let assumed = if file.is_some() { MULTIPART } else { URLENCODED };
        if let Some(first) = consumes.first() {
            let problem =
                Diagnostic::info("assumed-media-type", first.span, "no media type of this list carries the form")
                    .label(format!("the form is read as `{assumed}`"))
                    .help(format!("add `consumes: [{assumed}]` to the operation"));
            self.diagnostics.push(problem);
        }
        let span = fields.first().map_or(anchor, |field| field.parameter.span);
        vec![MediaType { name: assumed.to_owned(), span }]
    }

    /// Returns the property of a form for one parameter, and the style of its list.
    fn form_field(&mut self, listed: Listed<'d>) -> (Node, Written<'d>) {
        let Some(parameter) = listed.parameter.as_object() else { return (listed.parameter.clone(), Written::Plain) };
        let described = self.described(listed.parameter, parameter, "formData");
        if let Some(span) = parameter.key_span("allowEmptyValue").filter(|_| listed.text("type") != "string") {
            let problem = self.remark("empty-form-value", span, "`allowEmptyValue` has no effect on a form parameter");
            let problem =
                problem.label(if self.strict { "not supported" } else { "ignored: an empty value is invalid" });
            self.diagnostics.push(problem.help("write `type: string`, and convert the value in the handler"));
        }
        let mut schema = described.schema;
        if let (Some((name, text)), Value::Object(object)) =
            (parameter.iter().find(|(name, _)| name.name == "description"), &mut schema.value)
        {
            let (name, text) = self.entry(name, text);
            // A schema that the contract wrote itself may have a description of its own.
            let _ = object.insert(name, text);
        }
        (schema, described.written)
    }
}

/// Returns true if a field of a form is a file or a list of files.
fn is_file(field: &Listed<'_>) -> bool {
    let items = field.parameter.get("items").and_then(|items| items.get("type")).and_then(Node::as_str);
    field.text("type") == "file" || items == Some("file")
}
