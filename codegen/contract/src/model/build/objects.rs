//! The kinds of object schemas: their properties, the treatment of other properties, and sparse fieldsets.

use crate::diagnostic::Diagnostic;
use crate::document::Node;
use crate::model::SchemaId;
use crate::model::direction::Direction;
use crate::model::schema::{Additional, Kind, ObjectShape, Property};
use crate::source::Span;

use super::builder::Builder;
use super::deferred::SparseFieldset;
use super::facets::{Facets, add_property};
use super::node_fields::spanned_string;

/// The help of diagnostics about subschemas of `allOf` that reject each other's properties.
const CLOSE_ONCE: &str = "declare `additionalProperties: false` once, in the schema that contains the `allOf`";

/// The label of diagnostics at an `additionalProperties: false` that rejects a property.
const REFUSES: &str = "allows only the properties declared beside it";

/// Returns true if a schema is composed of several subschemas, as by `allOf`.
fn is_composed(nodes: &[&Node]) -> bool {
    nodes.len() > 1 || nodes.iter().any(|node| node.get("allOf").is_some() || node.get("$ref").is_some())
}

/// Returns the help for a required property that `additionalProperties: false` rejects.
fn allow_or_omit(nodes: &[&Node], name: &str) -> String {
    let help = format!(
        "remove `{name}` from `required`, or declare it in the `properties` beside `additionalProperties: false`"
    );
    if is_composed(nodes) { format!("{CLOSE_ONCE}; or {help}") } else { help }
}

impl<'d> Builder<'d, '_> {
    /// Returns the kind of an object schema from its facets, the collected constraints.
    pub(super) fn object(&mut self, id: SchemaId, facets: &mut Facets<'d>, nodes: &[&'d Node]) -> Kind {
        let (min, max) = (facets.min_properties, facets.max_properties);
        if facets.contradicting_counts(("minProperties", min), ("maxProperties", max), ("object has", "properties")) {
            return Kind::Any;
        }
        for (name, span) in facets.required.clone() {
            let described = facets.properties.iter().any(|(known, _)| *known == name);
            if !described && !facets.properties.is_empty() && facets.additional.is_empty() && !facets.rare.names {
                self.undescribed(facets, name, span);
            }
            // A required property without a description accepts any value.
            add_property(facets, name, None);
        }
        self.close_over_all(facets, nodes);
        if self.impossible_properties(facets, nodes) {
            return Kind::Any;
        }
        let mut properties = Vec::with_capacity(facets.properties.len());
        let described = std::mem::take(&mut facets.properties);
        for (name, schemas) in &described {
            let required = facets.required.iter().any(|(known, _)| known == name);
            if let Some(closed) = facets.refusal(name) {
                self.refused_property(name, schemas.first().map(|node| node.span), closed);
                continue;
            }
            let schema = match (self.event_data(schemas), schemas.as_slice()) {
                (Some(data), _) => data,
                (None, []) => self.anything(nodes[0]),
                (None, [one]) => self.schema(one),
                (None, several) => self.several(several),
            };
            // A name that starts with a lower-case letter names the field, any other name its type.
            let mut own = schemas.iter().filter_map(|node| spanned_string(node, "x-rust-name"));
            let rust_name = own.find(|word| word.value.starts_with(|letter: char| !letter.is_uppercase()));
            properties.push(Property { name: (*name).to_owned(), schema, required, rust_name });
        }
        // `additionalProperties` evaluates all properties that it allows, so `unevaluatedProperties` rejects
        // none of them.
        let sealed = facets.sealed && !facets.open && facets.additional.is_empty();
        let additional = match (facets.closed.is_empty() && !sealed, facets.additional.as_slice()) {
            // The interpreter decides about the properties with other names; those that it accepts are kept.
            _ if facets.rare.names => Additional::Kept(self.anything(nodes[0])),
            (false, _) => Additional::Denied,
            (true, []) if facets.open => Additional::Kept(self.anything(nodes[0])),
            (true, []) if properties.is_empty() => Additional::Kept(self.anything(nodes[0])),
            (true, []) => Additional::Ignored,
            (true, [one]) => Additional::Kept(self.schema(one)),
            (true, several) => Additional::Kept(self.several(several)),
        };
        let sparse_of = facets.sparse_of.and_then(|node| {
            let reference = node.as_str()?;
            let Ok(located) = self.document.resolve(node.span.file, reference) else {
                self.unresolved_full_schema(node, reference);
                return None;
            };
            self.sparse.push(SparseFieldset::new(id, node, facets, &described));
            Some(self.schema(located.node))
        });
        Kind::Object(ObjectShape {
            properties,
            additional,
            min: facets.min_properties,
            max: facets.max_properties,
            sparse_of,
        })
    }

    /// Reports a plain name in `x-sparse-of`, which must be a reference. References without a target are
    /// reported while the contract is loaded.
    fn unresolved_full_schema(&mut self, node: &Node, name: &str) {
        if name.contains(['#', '/', '.']) {
            return;
        }
        let report = Diagnostic::error("dangling-ref", node.span, format!("`{name}` is not a reference"))
            .label("`x-sparse-of` needs a reference to the complete schema");
        let reference = format!("#/components/schemas/{name}");
        self.report(match self.document.resolve(node.span.file, &reference) {
            Ok(_) => report.fix("write the complete reference", node.span, format!("\"{reference}\"")),
            Err(_) => report.help("write for example `x-sparse-of: \"#/components/schemas/User\"`"),
        });
    }

    /// Reports a property that one subschema of `allOf` requires and another rejects. Then all subschemas allow
    /// all properties.
    ///
    /// Read literally, such a schema has no valid value. The author intends to allow the properties of all subschemas.
    fn close_over_all(&mut self, facets: &mut Facets<'d>, nodes: &[&'d Node]) {
        if !self.implied_types || facets.rare.any() {
            return;
        }
        let refused = facets.required.iter().find_map(|(name, span)| {
            let (_, closed) = facets.closed.iter().find(|(names, _)| !names.contains(name))?;
            Some((*name, *span, *closed))
        });
        let Some((name, span, closed)) = refused else { return };
        let report = self
            .remark("contradiction", span, format!("the property `{name}` is required but not allowed"))
            .label("required here")
            .also(closed, REFUSES);
        let report = match (self.strict, is_composed(nodes)) {
            (true, _) => report,
            (false, false) => report.note("treated as if the property were declared"),
            (false, true) => report
                .note("treated as if `additionalProperties: false` allowed the properties of all parts of the `allOf`"),
        };
        self.report(report.help(allow_or_omit(nodes, name)));
        let all: Vec<&'d str> = facets.properties.iter().map(|(name, _)| *name).collect();
        facets.closed.iter_mut().for_each(|(names, _)| names.clone_from(&all));
    }

    /// Reports a property that one subschema of `allOf` describes and another rejects.
    fn refused_property(&mut self, name: &str, described: Option<Span>, closed: Span) {
        let Some(span) = described else { return };
        let report = self
            .remark("refused-property", span, format!("the property `{name}` is declared but not allowed"))
            .label("never present: another part of the `allOf` does not allow it");
        self.report(report.also(closed, REFUSES).help(CLOSE_ONCE));
    }

    /// Records the contradictions of an object schema: a required property is rejected, or more properties are
    /// required than allowed.
    fn impossible_properties(&mut self, facets: &mut Facets<'d>, nodes: &[&'d Node]) -> bool {
        let mut found = Vec::new();
        for (name, span) in &facets.required {
            let report =
                Diagnostic::error("contradiction", *span, format!("the property `{name}` is required but not allowed"))
                    .label("required here");
            let schemas = facets.properties.iter().find(|(known, _)| known == name).map(|(_, schemas)| schemas);
            if let Some(closed) = facets.refusal(name) {
                found.push(report.also(closed, REFUSES).help(allow_or_omit(nodes, name)));
            } else if let Some(refusing) = schemas.into_iter().flatten().find(|schema| self.refuses_all(schema)) {
                let report = report.also(refusing.span, "allows no value");
                found.push(report.help(format!("remove `{name}` from `required`, or allow a value of it")));
            }
        }
        if let (Some(most), Some(at)) = (facets.max_properties, facets.count_span("maxProperties")) {
            let required: Vec<&(&str, Span)> =
                facets.required.iter().filter(|(name, _)| !self.is_one_way(facets, name)).collect();
            if let Some((_, last)) = required.last().filter(|_| required.len() as u64 > most) {
                let message = format!("{} properties are required, but at most {most} can be present", required.len());
                let report = Diagnostic::error("contradiction", at, message).label("maximum number of properties");
                let report = report.also(*last, "exceeds the maximum");
                found.push(report.help("increase `maxProperties`, or require fewer properties"));
            }
        }
        let known = facets.properties.iter().filter(|(name, _)| facets.refusal(name).is_none()).count() as u64;
        if let (Some(least), Some(at), Some((_, closed))) =
            (facets.min_properties, facets.count_span("minProperties"), facets.closed.first())
            && least > known
            && !facets.rare.names
        {
            let message = format!("at least {least} properties are required, but only {known} can be present");
            let report = Diagnostic::error("contradiction", at, message).label("minimum number of properties");
            let report = report.also(*closed, REFUSES);
            found.push(report.help("reduce `minProperties`, or declare more properties"));
        }
        facets.contradictions.append(&mut found);
        !facets.contradictions.is_empty()
    }

    /// Returns true if requests or responses omit a property (`readOnly`, `writeOnly`).
    fn is_one_way(&mut self, facets: &Facets<'d>, name: &str) -> bool {
        let schemas = facets.properties.iter().find(|(known, _)| *known == name).map(|(_, schemas)| schemas);
        let schemas: Vec<&'d Node> = schemas.into_iter().flatten().copied().collect();
        schemas
            .into_iter()
            .any(|schema| self.omits(Direction::Inbound, schema) || self.omits(Direction::Outbound, schema))
    }

    /// Reports a required property of an object schema that `properties` does not describe.
    fn undescribed(&mut self, facets: &Facets<'d>, name: &str, span: Span) {
        let report = Diagnostic::info(
            "required-undescribed",
            span,
            format!("the property `{name}` is required but not declared"),
        )
        .label("accepts any value");
        let free = facets.properties.iter().map(|(known, _)| *known);
        let free = free.filter(|known| !facets.required.iter().any(|(required, _)| required == known));
        self.report(match crate::diagnostic::closest(name, free) {
            Some(close) => report.suggest(self.document.sources.inside_quotes(span), close),
            None => report.help("declare it under `properties`, or remove it here"),
        });
    }
}
