//! The `encoding` of media types: the serialization of properties in forms and multipart bodies.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::Node;
use crate::model::operation::{Content, ContentKind, Encoding, Operation, Style};
use crate::model::schema::{Additional, Kind, Schemas};
use crate::source::Span;

use super::builder::Builder;
use super::node_fields::string;

impl<'d> Builder<'d, '_> {
    /// Returns the encodings that a media type declares for the properties of its form or multipart body.
    pub(super) fn encoding(&mut self, media: &'d Node) -> Vec<Encoding> {
        let encodings = media.get("encoding").and_then(Node::as_object).into_iter().flatten();
        encodings.map(|(key, node)| self.encoding_of(&key.name, key.span, node)).collect()
    }

    /// Returns the encoding that a node describes, for the property or part `name`.
    pub(super) fn encoding_of(&mut self, name: &str, span: Span, node: &'d Node) -> Encoding {
        self.check_nested(node);
        let media_types = string(node, "contentType").unwrap_or_default();
        Encoding {
            property: name.to_owned(),
            span,
            media_types: media_types
                .split(',')
                .map(|media| media.trim().to_owned())
                .filter(|media| !media.is_empty())
                .collect(),
            headers: self.headers(node),
            style: match string(node, "style").as_deref() {
                Some("form") => Some(Style::Form),
                Some("spaceDelimited") => Some(Style::SpaceDelimited),
                Some("pipeDelimited") => Some(Style::PipeDelimited),
                Some("deepObject") => Some(Style::DeepObject),
                // Any other style was reported during loading.
                _ => None,
            },
            explode: node.get("explode").and_then(Node::as_bool),
        }
    }

    /// Reports the encodings within a part of a multipart body, which are not applied.
    fn check_nested(&mut self, encoding: &Node) {
        let Some(object) = encoding.as_object() else { return };
        for name in ["encoding", "prefixEncoding", "itemEncoding"] {
            let Some(span) = object.key_span(name) else { continue };
            let message = format!("`{name}` within an encoding is not applied");
            let report = Diagnostic::warning("encoding-without-effect", span, message);
            let report = report.label("the part is passed on without a check of its own parts");
            self.report(report.help("decode the part in the handler"));
        }
    }
}

/// Reports encodings that have no effect on a form or multipart body, after all schemas are known.
pub(super) fn check(operations: &[Operation], schemas: &Schemas, diagnostics: &mut Diagnostics) {
    let bodies = operations.iter().flat_map(|operation| &operation.body).flat_map(|body| &body.content);
    for content in bodies {
        for encoding in &content.encoding {
            if let Some((label, help)) = without_effect(content, encoding, schemas) {
                diagnostics.push(
                    Diagnostic::warning(
                        "encoding-without-effect",
                        encoding.span,
                        format!("the encoding of `{}` has no effect", encoding.property),
                    )
                    .label(label)
                    .help(help),
                );
            }
        }
    }
}

/// Returns the reason why an encoding has no effect, with the help for it; `None` if it has an effect.
fn without_effect(content: &Content, encoding: &Encoding, schemas: &Schemas) -> Option<(&'static str, &'static str)> {
    if !matches!(content.kind, ContentKind::Form | ContentKind::Multipart) {
        return Some(("not a form or multipart media type (OpenAPI 3.0.3 § 4.7.14)", "remove the encoding"));
    }
    match content.schema.map(|schema| schemas.kind(schema)) {
        Some(Kind::Object(object)) => {
            let named = object.properties.iter().any(|property| property.name == encoding.property);
            (!named && !matches!(object.additional, Additional::Kept(_)))
                .then_some(("the schema has no property of this name", "correct the name, or remove the encoding"))
        }
        _ => Some(("the schema declares no properties", "declare the property, or remove the encoding")),
    }
}
