//! The `encoding` of media types: the serialization of properties in forms and multipart bodies.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::{COLLECTION_FORMAT, Node, Version};
use crate::model::operation::{Content, ContentKind, Encoding, Operation, PartRules, Style};
use crate::model::parts::{Part, Parts, parts};
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
                None => collection_format(node),
                Some("form") => Some(Style::Form),
                Some("spaceDelimited") => Some(Style::SpaceDelimited),
                Some("pipeDelimited") => Some(Style::PipeDelimited),
                Some("deepObject") => Some(Style::DeepObject),
                // Any other style was reported during loading.
                _ => None,
            },
            explode: node.get("explode").and_then(Node::as_bool),
            allow_reserved: node.get("allowReserved").and_then(Node::as_bool),
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

    /// Returns the rules for the parts of multipart bodies in this version of OpenAPI.
    pub(super) fn part_rules(&self) -> PartRules {
        match (self.document.written_in(), self.version()) {
            (Version::V20, _) => PartRules::V20,
            (_, Version::V30) => PartRules::V30,
            _ => PartRules::V31,
        }
    }
}

/// Returns the style that the upgrade from Swagger 2.0 has noted for a list which OpenAPI 3.0 cannot express.
///
/// The upgraded document can be upgraded again or published, so the version does not matter.
pub(super) fn collection_format(node: &Node) -> Option<Style> {
    match node.get(COLLECTION_FORMAT)?.as_str()? {
        "ssv" => Some(Style::SpaceDelimited),
        "tsv" => Some(Style::TabDelimited),
        "pipes" => Some(Style::PipeDelimited),
        _ => None,
    }
}

/// Reports encodings that have no effect on a form or multipart body, after all schemas are known.
pub(super) fn check(operations: &[Operation], schemas: &Schemas, diagnostics: &mut Diagnostics) {
    let bodies = operations.iter().flat_map(|operation| &operation.body).flat_map(|body| &body.content);
    for content in bodies.filter(|content| !content.encoding.is_empty()) {
        let parts = parts(content, schemas);
        for encoding in &content.encoding {
            if let Some(Unused { subject, reason, help }) = without_effect(content, parts.as_ref(), encoding, schemas) {
                let message = format!("the {subject} of `{}` has no effect", encoding.property);
                let report = Diagnostic::warning("encoding-without-effect", encoding.span, message);
                diagnostics.push(report.label(reason).help(help));
            }
        }
    }
}

/// A part of an encoding that has no effect.
struct Unused {
    /// The noun for the part of the encoding.
    subject: &'static str,
    reason: &'static str,
    help: &'static str,
}

/// Returns the part of an encoding that has no effect; `None` if all of it has an effect.
fn without_effect(
    content: &Content,
    parts: Option<&Parts<'_>>,
    encoding: &Encoding,
    schemas: &Schemas,
) -> Option<Unused> {
    let unused = |reason, help| Some(Unused { subject: "encoding", reason, help });
    if !matches!(content.kind, ContentKind::Form | ContentKind::Multipart) {
        return unused("not a form or multipart media type (OpenAPI 3.0.3 § 4.7.14)", "remove the encoding");
    }
    let Some(Kind::Object(object)) = content.schema.map(|schema| schemas.kind(schema)) else {
        return unused("the schema declares no properties", "declare the property, or remove the encoding");
    };
    let named = object.properties.iter().any(|property| property.name == encoding.property);
    if !named && !matches!(object.additional, Additional::Kept(_)) {
        return unused("the schema has no property of this name", "correct the name, or remove the encoding");
    }
    let part = parts?.named.iter().find(|part| part.name == encoding.property)?;
    style_without_effect(content, part, encoding, schemas)
}

/// Returns the style of a multipart part if it has no effect, or its `contentType`, which has none beside a style.
fn style_without_effect(content: &Content, part: &Part<'_>, encoding: &Encoding, schemas: &Schemas) -> Option<Unused> {
    let declared = encoding.style()?;
    if part.style.is_some() {
        return (!encoding.media_types.is_empty()).then_some(Unused {
            subject: "content type",
            reason: "`contentType` is ignored beside a style (OpenAPI 3.1.2 § 4.8.15.1.2)",
            help: "remove `contentType`, or remove `style`, `explode` and `allowReserved`",
        });
    }
    // Other tools write the default style, which changes only objects.
    let is_object = matches!(schemas.kind(part.property), Kind::Object(_));
    if declared == (Style::Form, true) && encoding.allow_reserved != Some(true) && !is_object {
        return None;
    }
    let (reason, help) = match (content.part_rules, content.has_styled_parts()) {
        (PartRules::V30, _) => (
            "`style`, `explode` and `allowReserved` apply only to urlencoded forms (OpenAPI 3.0.3 § 4.7.15.1)",
            "remove them; several parts of one name are a list, and an object is JSON",
        ),
        (PartRules::V20 | PartRules::V31, false) => (
            "parts of this media type have no style (OpenAPI 3.1.2 § 4.8.15.1.2)",
            "use `multipart/form-data`, or remove `style`, `explode` and `allowReserved`",
        ),
        (PartRules::V20 | PartRules::V31, true) => (
            "ignored: the style is not defined for values of this type (OpenAPI 3.1.2 § 4.8.12.5)",
            "choose a style that is defined for the type, or remove it",
        ),
    };
    Some(Unused { subject: "style", reason, help })
}
