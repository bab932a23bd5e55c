//! The upgrade of schemas: files, discriminators, and the vendor fields for null.

use super::Upgrade;
use super::create::{field, key, list, object, text, truth};
use crate::document::node::{Key, Node, Object};

/// The vendor fields by which schemas of Swagger 2.0 allow null.
const NULLABLE: &[&str] = &["x-nullable", "x-isnullable", "x-isNullable"];

impl<'d> Upgrade<'d, '_> {
    /// Returns a schema of OpenAPI 3.0.
    pub(super) fn schema(&mut self, node: &'d Node, schema: &'d Object) -> Node {
        let null = NULLABLE.iter().find(|name| schema.get(name).and_then(Node::as_bool) == Some(true));
        let null = null.and_then(|name| schema.key_span(name)).filter(|_| !schema.contains_key("nullable"));
        let mut entries: Vec<(Key, Node)> = Vec::new();
        let referring = schema.get("$ref").is_some_and(|reference| reference.as_str().is_some());
        for (name, value) in schema {
            match (name.name.as_str(), value.as_str()) {
                // OpenAPI 3.0 ignores what stands beside a reference, so it becomes a part of the schema.
                ("$ref", Some(_)) if null.is_some() => {
                    let part = object(name.span, [(name.clone(), value.clone())]);
                    entries.push((key(name.span, "allOf"), list(name.span, vec![part])));
                }
                ("type", Some("file")) => {
                    entries.extend([field(value.span, "type", "string"), field(value.span, "format", "binary")]);
                }
                ("format", _) if schema.get("type").and_then(Node::as_str) == Some("file") => {}
                ("discriminator", Some(property)) => {
                    entries.push((name.clone(), self.discriminator(node, value, property)));
                }
                ("collectionFormat", _) => {}
                ("x-sparse-of", Some(_)) => {
                    self.references.found(self.document, value);
                    entries.push((name.clone(), value.clone()));
                }
                ("allOf", _) if referring && null.is_some() => {}
                (nullable, _) if NULLABLE.contains(&nullable) => {}
                _ => entries.push(self.entry(name, value)),
            }
        }
        entries.extend(null.map(|span| (key(span, "nullable"), truth(span, true))));
        object(node.span, entries)
    }

    /// Returns the discriminator of a schema, with the values that other schemas set for themselves.
    fn discriminator(&mut self, schema: &Node, node: &Node, property: &str) -> Node {
        let mut mapping: Vec<(Key, Node)> = Vec::new();
        for variant in self.survey.variants(schema.span) {
            self.references.created(self.document, variant.key, variant.schema);
            mapping.push((key(variant.key, &variant.value), text(variant.key, "#")));
        }
        let mut entries = vec![(key(node.span, "propertyName"), text(node.span, property))];
        if !mapping.is_empty() {
            entries.push((key(node.span, "mapping"), object(node.span, mapping)));
        }
        object(node.span, entries)
    }
}
