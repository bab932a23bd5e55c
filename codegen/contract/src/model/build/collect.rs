//! The collection of facets: reads the constraints of a schema from its nodes, keyword by keyword, through
//! references and `allOf`.

use std::cmp::Ordering;

use crate::diagnostic::Diagnostic;
use crate::document::{Node, Version};
use crate::model::options::Enums;
use crate::source::Span;

use super::builder::Builder;
use super::facets::{Bound, Facets, UnionFacet, add_property};
use super::node_fields::{elements, entries, is_plain_reference, truth};
use super::type_set::TypeSet;

impl<'d> Builder<'d, '_> {
    /// Adds the constraints of a schema node, and of the subschemas that it is composed of, to the facets.
    ///
    /// `stack` holds the nodes from the schema's root to `node`, for the detection of cycles.
    pub(super) fn collect(&mut self, node: &'d Node, facets: &mut Facets<'d>, stack: &mut Vec<Span>) {
        if stack.contains(&node.span) {
            return self.report_cycle(node);
        }
        if !stack.is_empty() && facets.siblings.contains(&node.span) {
            return;
        }
        let Some(object) = node.as_object() else {
            // OpenAPI 3.1 has the schemas `true` and `false`; other values were reported during loading.
            facets.rare.other |= node.as_bool() == Some(false);
            return;
        };
        if stack.len() == super::compose::DEEPEST {
            return self.report_too_deep(node);
        }
        stack.push(node.span);
        if object.contains_key("$ref") {
            if let Some(target) = self.follow_schema(node) {
                self.collect(target, facets, stack);
            }
            if self.version() == Version::V30 {
                facets.annotate(node);
                stack.pop();
                return;
            }
        }
        for part in elements(object.get("allOf")) {
            let target = match is_plain_reference(part) {
                true => self.follow_schema(part),
                false => Some(part),
            };
            if let Some(target) = target {
                self.collect(target, facets, stack);
            }
        }
        self.collect_own(node, facets, stack);
        stack.pop();
    }

    /// Adds the constraints of the keywords at the schema node itself, without its subschemas.
    fn collect_own(&mut self, node: &'d Node, facets: &mut Facets<'d>, stack: &[Span]) {
        facets.annotate(node);
        if let Some(chosen) = self.chosen(node) {
            facets.extensible |= chosen.enums == Some(Enums::Open);
            facets.unknown_fields = chosen.unknown_fields.or(facets.unknown_fields);
        }
        let mut own_properties: Vec<&'d str> = Vec::new();
        for (key, value) in entries(Some(node)) {
            match key.as_str() {
                "type" => self.collect_type(value, facets),
                "nullable" => facets.nullable |= value.as_bool() == Some(true),
                "enum" if value.as_array().is_some_and(|values| values.is_empty()) => {
                    let report = self.remark("empty-enum", value.span, "the enum has no values");
                    self.report(report.label("no value is valid").help("list the values, or remove the enum"));
                    facets.rare.other = true;
                }
                "x-extensible-enum" => facets.extensible |= self.is_open_enum(node),
                "enum" => {
                    facets.extensible |= self.is_open_enum(node);
                    self.collect_names(node, value, facets);
                    self.collect_values(elements(Some(value)).iter().collect(), value.span, facets);
                }
                "const" => self.collect_values(vec![value], value.span, facets),
                "format" => {
                    let format = value.as_str().filter(|name| !self.is_plain_format(name, value.span));
                    facets.format = format.map(|format| (format, value.span)).or(facets.format);
                }
                "contentEncoding" | "contentMediaType" => self.collect_content(node, key, value, facets),
                "x-id-prefix" => facets.id_prefix = value.as_str(),
                "minimum" => tighten(&mut facets.min, bound(value, truth(node, "exclusiveMinimum")), true),
                "maximum" => tighten(&mut facets.max, bound(value, truth(node, "exclusiveMaximum")), false),
                "exclusiveMinimum" if value.as_bool().is_none() => tighten(&mut facets.min, bound(value, true), true),
                "exclusiveMaximum" if value.as_bool().is_none() => tighten(&mut facets.max, bound(value, true), false),
                "multipleOf" => {
                    // The model has room for one `multipleOf`, so the interpreter checks the second one.
                    facets.rare.other |= facets.multiple_of.is_some_and(|known| known.to_json() != value.to_json());
                    facets.multiple_of = Some(value);
                }
                "minLength" => {
                    let narrower = greater(facets.text.min, value.as_u64());
                    facets.narrow(facets.text.min != narrower, key, value.span);
                    facets.text.min = narrower;
                }
                "maxLength" => {
                    let narrower = less(facets.text.max, value.as_u64());
                    facets.narrow(facets.text.max != narrower, key, value.span);
                    facets.text.max = narrower;
                }
                "pattern" => self.collect_pattern(value, facets),
                "items" if value.as_array().is_some() => facets.rare.positional = true,
                "items" => facets.items.push(value),
                "minItems" => {
                    let narrower = greater(facets.min_items, value.as_u64());
                    facets.narrow(facets.min_items != narrower, key, value.span);
                    facets.min_items = narrower;
                }
                "maxItems" => {
                    let narrower = less(facets.max_items, value.as_u64());
                    facets.narrow(facets.max_items != narrower, key, value.span);
                    facets.max_items = narrower;
                }
                "uniqueItems" => facets.unique |= value.as_bool() == Some(true),
                "properties" => {
                    for (name, schema) in entries(Some(value)) {
                        own_properties.push(name);
                        add_property(facets, name, Some(schema));
                    }
                }
                "required" => {
                    for name in elements(Some(value)) {
                        let Some(text) = name.as_str() else { continue };
                        if !facets.required.iter().any(|(known, _)| *known == text) {
                            facets.required.push((text, name.span));
                        }
                    }
                }
                "additionalProperties" => match value.as_bool() {
                    Some(true) => facets.open = true,
                    Some(false) => {}
                    None => facets.additional.push(value),
                },
                "unevaluatedProperties" => match value.as_bool() {
                    Some(true) => facets.open = true,
                    Some(false) if facets.counts_evaluated(node, stack) => facets.sealed = true,
                    _ => facets.rare.names = true,
                },
                "minProperties" => {
                    let narrower = greater(facets.min_properties, value.as_u64());
                    facets.narrow(facets.min_properties != narrower, key, value.span);
                    facets.min_properties = narrower;
                }
                "maxProperties" => {
                    let narrower = less(facets.max_properties, value.as_u64());
                    facets.narrow(facets.max_properties != narrower, key, value.span);
                    facets.max_properties = narrower;
                }
                "discriminator" => facets.discriminator = Some(value),
                "x-sparse-of" => facets.sparse_of = Some(value),
                "oneOf" | "anyOf" => self.collect_union(node, key == "oneOf", value, facets, stack),
                "not" | "contains" | "propertyNames" | "dependentRequired" | "unevaluatedItems" => {
                    facets.rare.other = true
                }
                "if" | "dependentSchemas" | "dependencies" | "patternProperties" => facets.rare.names = true,
                "prefixItems" => facets.rare.positional = true,
                "$recursiveRef" => {
                    let report = self
                        .remark(
                            "foreign-keyword",
                            value.span,
                            "`$recursiveRef` is a keyword of JSON Schema 2019-09, which OpenAPI 3.1 does not use",
                        )
                        .label("ignored: every value is accepted")
                        .help("use `$ref` to the schema instead");
                    self.report(report);
                }
                "$dynamicRef" => self.dynamic_reference(node, value),
                _ => {}
            }
        }
        if node.get("additionalProperties").is_some_and(|value| value.as_object().is_some()) {
            facets.additional_beside.push(own_properties);
        } else if let Some(closed) =
            node.get("additionalProperties").filter(|closed| closed.as_bool() == Some(false) && self.is_closed(node))
        {
            facets.closed.push((own_properties, closed.span));
        }
    }

    fn collect_type(&self, value: &'d Node, facets: &mut Facets<'d>) {
        let mut set = TypeSet::NONE;
        let names: Vec<&Node> = match value.as_array() {
            Some(list) => list.iter().collect(),
            None => vec![value],
        };
        for name in names {
            let Some(text) = name.as_str() else { continue };
            // An unknown type was reported during loading.
            if let Some(one) = TypeSet::named(text) {
                set = set.or(one);
            }
        }
        if set.is_empty() {
            return;
        }
        facets.types = Some(match facets.types {
            None => (set, value.span),
            Some((before, span)) => {
                // `nullable: true` in one subschema of a composition does not make null a type of the others.
                let both = before.and(set);
                if both.is_empty() {
                    facets.contradictions.push(
                        Diagnostic::error(
                            "contradiction",
                            value.span,
                            format!("no value is both {} and {}", before.words(), set.words()),
                        )
                        .label("conflicts with the other type")
                        .also(span, "other type")
                        .help("declare the same type in all parts of the `allOf`, or use `oneOf`"),
                    );
                    return;
                }
                (both, value.span)
            }
        });
    }

    /// Adds `contentEncoding` or `contentMediaType`. Two of their values correspond to a format of 3.0.
    fn collect_content(&self, node: &'d Node, key: &str, value: &'d Node, facets: &mut Facets<'d>) {
        let Some(text) = value.as_str() else { return };
        let content = facets.content.get_or_insert_default();
        // These keywords of 3.1 correspond to `format: byte` and `format: binary` of 3.0.
        let (keyword, format) = match key {
            "contentEncoding" => {
                content.encoding = Some(text.to_owned());
                ("contentEncoding", (text == "base64").then_some("byte"))
            }
            _ => {
                content.media_type = Some(text.to_owned());
                ("contentMediaType", is_any_binary(node).then_some("binary"))
            }
        };
        if let (None, Some(format)) = (facets.format, format) {
            facets.format = Some((format, value.span));
            facets.content_keyword = Some(keyword);
        }
    }

    fn collect_pattern(&mut self, value: &'d Node, facets: &mut Facets<'d>) {
        let Some(pattern) = value.as_str() else { return };
        if !facets.text.patterns.iter().any(|(known, _)| known == pattern) {
            facets.text.patterns.push((pattern.to_owned(), value.span));
        }
    }

    fn collect_union(
        &mut self,
        node: &'d Node,
        exactly_one: bool,
        branches: &'d Node,
        facets: &mut Facets<'d>,
        stack: &[Span],
    ) {
        if facets.decided.contains(&branches.span) {
            return;
        }
        // A branch that is composed of the schema with the union is the usual way to write inheritance. The
        // schema is then read as part of this branch, so the union is not applied again.
        let chosen = elements(Some(branches)).iter().any(|branch| {
            let target = self.follow_schema(branch);
            target.is_some_and(|target| {
                (stack.contains(&target.span) || facets.siblings.contains(&target.span)) && target.span != node.span
            })
        });
        if chosen || elements(Some(branches)).is_empty() {
            return;
        }
        facets.unions.push(UnionFacet { exactly_one, branches, discriminator: node.get("discriminator") });
    }

    /// Reports a `$dynamicRef`, whose target depends on the schema that refers to it.
    pub(super) fn dynamic_reference(&mut self, node: &Node, value: &Node) {
        let span = node.as_object().and_then(|object| object.key_span("$dynamicRef")).unwrap_or(value.span);
        self.unsupported(span, "$dynamicRef", "its target is known only at run time");
    }

    /// Reports a schema keyword that is not supported.
    pub(super) fn unsupported(&mut self, span: Span, keyword: &str, why: &str) {
        self.report(
            Diagnostic::error("unsupported-keyword", span, format!("`{keyword}` is not supported: {why}"))
                .label("unsupported keyword")
                .help("remove it, and check the value in the handler"),
        );
    }
}

/// Returns true if a 3.1 schema describes arbitrary bytes (`contentMediaType: application/octet-stream`).
fn is_any_binary(node: &Node) -> bool {
    let media_type = node.get("contentMediaType").and_then(Node::as_str);
    media_type == Some("application/octet-stream") && node.get("contentEncoding").is_none()
}

fn bound(node: &Node, exclusive: bool) -> Option<Bound<'_>> {
    Some(Bound { value: node.as_f64()?, whole: node.as_i128(), exclusive, node })
}

/// Replaces the bound of a number by a new one if the new one is stricter.
fn tighten<'d>(kept: &mut Option<Bound<'d>>, new: Option<Bound<'d>>, lower: bool) {
    let Some(new) = new else { return };
    let narrower = kept.is_none_or(|old| match new.compare(&old) {
        Ordering::Equal => new.exclusive,
        order => (order == Ordering::Greater) == lower,
    });
    if narrower {
        *kept = Some(new);
    }
}

fn greater(kept: Option<u64>, new: Option<u64>) -> Option<u64> {
    kept.max(new)
}

fn less(kept: Option<u64>, new: Option<u64>) -> Option<u64> {
    match (kept, new) {
        (Some(kept), Some(new)) => Some(kept.min(new)),
        (kept, new) => kept.or(new),
    }
}
