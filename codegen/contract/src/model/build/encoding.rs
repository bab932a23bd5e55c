//! The `encoding` of media types: the serialization of properties in forms and multipart bodies.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::{Node, Version};
use crate::model::operation::{Content, ContentKind, Encoding, Operation, PartRules, Style};
use crate::model::parts::parts;
use crate::model::schema::{Additional, Kind, Schemas};

use super::builder::Builder;
use super::node_fields::string;

impl<'d> Builder<'d, '_> {
    /// Returns the encodings that a media type declares for the properties of its form or multipart body.
    pub(super) fn encoding(&mut self, media: &'d Node) -> Vec<Encoding> {
        let mut encodings = Vec::new();
        for (key, node) in media.get("encoding").and_then(Node::as_object).into_iter().flatten() {
            let media_types = string(node, "contentType").unwrap_or_default();
            encodings.push(Encoding {
                property: key.name.clone(),
                span: key.span,
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
                allow_reserved: node.get("allowReserved").and_then(Node::as_bool),
            });
        }
        encodings
    }

    /// Returns the rules for the parts of multipart bodies in this version of OpenAPI.
    pub(super) fn part_rules(&self) -> PartRules {
        match self.version() {
            Version::V30 => PartRules::V30,
            _ => PartRules::V31,
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

/// Returns the reason why an encoding has no effect, or not all of one, with the help for it; `None` if it has.
fn without_effect(content: &Content, encoding: &Encoding, schemas: &Schemas) -> Option<(&'static str, &'static str)> {
    if !matches!(content.kind, ContentKind::Form | ContentKind::Multipart) {
        return Some(("not a form or multipart media type (OpenAPI 3.0.3 § 4.7.14)", "remove the encoding"));
    }
    let property = match content.schema.map(|schema| schemas.kind(schema)) {
        Some(Kind::Object(object)) => {
            let property = object.properties.iter().find(|property| property.name == encoding.property);
            if property.is_none() && !matches!(object.additional, Additional::Kept(_)) {
                return Some(("the schema has no property of this name", "correct the name, or remove the encoding"));
            }
            property
        }
        _ => return Some(("the schema declares no properties", "declare the property, or remove the encoding")),
    };
    property.filter(|_| content.kind == ContentKind::Multipart)?;
    style_without_effect(content, encoding, schemas)
}

/// Returns the reason why the style of a multipart part has no effect, or why its `contentType` has none beside the
/// style.
fn style_without_effect(
    content: &Content,
    encoding: &Encoding,
    schemas: &Schemas,
) -> Option<(&'static str, &'static str)> {
    let (style, explode) = encoding.style()?;
    let parts = parts(content, schemas)?;
    let part = parts.named.iter().find(|part| part.name == encoding.property)?;
    let is_object = matches!(schemas.kind(part.property), Kind::Object(_));
    // Generators often write the default, which changes nothing.
    let changes = (style, explode) != (Style::Form, true) || encoding.allow_reserved == Some(true) || is_object;
    if part.style.is_some() {
        return (!encoding.media_types.is_empty()).then_some((
            "`contentType` is ignored beside a style (OpenAPI 3.1.2 § 4.8.15.1.2)",
            "remove `contentType`, or remove `style`, `explode` and `allowReserved`",
        ));
    }
    if !changes {
        return None;
    }
    Some(match (content.part_rules, content.has_styled_parts()) {
        (PartRules::V30, _) => (
            "`style`, `explode` and `allowReserved` apply only to urlencoded forms (OpenAPI 3.0.3 § 4.7.15.1)",
            "remove them; several parts of one name are a list, and an object is JSON",
        ),
        (_, false) => (
            "parts of this media type have no style (OpenAPI 3.1.2 § 4.8.15.1.2)",
            "use `multipart/form-data`, or remove `style`, `explode` and `allowReserved`",
        ),
        (_, true) => (
            "the style does not apply to values of this type (OpenAPI 3.1.2 § 4.8.12.5)",
            "choose a style that is defined for the type, or remove it",
        ),
    })
}
