//! The facets of a schema: its constraints, keyword by keyword, combined from all its document nodes.

use std::cmp::Ordering;

use crate::diagnostic::Diagnostic;
use crate::document::{Decimal, Node};
use crate::model::options::UnknownFields;
use crate::model::schema::{StringContent, StringShape};
use crate::source::Span;

use super::node_fields::{is_secret, truth};
use super::type_set::TypeSet;

/// The constraints of a schema, collected from all its document nodes.
#[derive(Debug, Default)]
pub(super) struct Facets<'d> {
    /// The spans of the unions (`oneOf`, `anyOf`) that do not constrain the schema, since one of their branches
    /// is chosen.
    pub decided: Vec<Span>,
    /// The spans of the document nodes that the schema is made of. If one of them refers to another, the
    /// reference adds no constraints.
    pub siblings: Vec<Span>,
    /// The types that all nodes of the schema allow; `None` for all types.
    pub types: Option<(TypeSet, Span)>,
    /// True if a node of the schema declares `nullable: true`.
    pub nullable: bool,
    /// True if a node of the schema declares `readOnly: true`.
    pub read_only: bool,
    /// True if a node of the schema declares `writeOnly: true`.
    pub write_only: bool,
    /// True if a node of the schema declares `format: password`.
    pub secret: bool,
    /// The values that every `enum` and `const` of the schema allows; `None` for all values.
    pub values: Option<Vec<&'d Node>>,
    /// True if strings outside the enum are valid too (`x-extensible-enum`, or the setting `enums`).
    pub extensible: bool,
    /// The enum values of the schema, each with its Rust name (`x-enum-varnames`).
    pub names: Vec<(&'d str, &'d str)>,
    /// The `format` of the schema, with its span.
    pub format: Option<(&'d str, Span)>,
    /// The keyword that declares bytes as the content of a string schema (`contentEncoding`, `contentMediaType`).
    pub content_keyword: Option<&'static str>,
    pub id_prefix: Option<&'d str>,
    /// The content that a string of the schema represents.
    pub content: Option<StringContent>,
    /// The strictest lower bound of a number schema.
    pub min: Option<Bound<'d>>,
    /// The strictest upper bound of a number schema.
    pub max: Option<Bound<'d>>,
    pub multiple_of: Option<&'d Node>,
    /// The constraints of a string schema, without its format.
    pub text: StringShape,
    /// The schemas for the elements of an array; each element must match all of them.
    pub items: Vec<&'d Node>,
    pub min_items: Option<u64>,
    pub max_items: Option<u64>,
    pub unique: bool,
    /// The properties of an object schema, each with all schemas that its value must match.
    pub properties: Vec<(&'d str, Vec<&'d Node>)>,
    /// The names of the required properties of an object schema, each with its span.
    pub required: Vec<(&'d str, Span)>,
    /// The schemas of all `additionalProperties` of an object schema.
    pub additional: Vec<&'d Node>,
    /// The property names declared beside each `additionalProperties` schema of an object schema. The
    /// `additionalProperties` schema does not apply to them.
    pub additional_beside: Vec<Vec<&'d str>>,
    /// The treatment of unknown fields of an object schema, if the settings name the schema.
    pub unknown_fields: Option<UnknownFields>,
    /// True if a node of the schema declares `additionalProperties: true`.
    pub open: bool,
    /// Each `additionalProperties: false` of an object schema: the property names declared beside it, which it
    /// allows, and its span.
    pub closed: Vec<(Vec<&'d str>, Span)>,
    /// True if an object schema has `unevaluatedProperties: false`, which rejects properties that none of its
    /// nodes names.
    pub sealed: bool,
    pub min_properties: Option<u64>,
    pub max_properties: Option<u64>,
    pub sparse_of: Option<&'d Node>,
    /// The span of the strictest limit on a number of characters, elements or properties, for each keyword such
    /// as `minItems`.
    pub count_spans: Vec<(&'d str, Span)>,
    /// The unions (`oneOf`, `anyOf`) of the schema, all of which must match.
    pub unions: Vec<UnionFacet<'d>>,
    /// The discriminator of the schema, or of a schema that it extends by `allOf`.
    pub discriminator: Option<&'d Node>,
    /// The kinds of keywords in the schema that only the JSON Schema interpreter (crate `jsonschema`) can check.
    pub rare: Rare,
    /// The diagnostics about constraints that no value satisfies together.
    pub contradictions: Vec<Diagnostic>,
}

/// The kinds of keywords in a schema that only the JSON Schema interpreter (crate `jsonschema`) can check, by
/// their effect on the Rust type.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Rare {
    /// True if keywords that only the JSON Schema interpreter can check apply to property names outside `properties`.
    pub names: bool,
    /// True if keywords that only the JSON Schema interpreter can check apply to array elements by their position.
    pub positional: bool,
    /// True if keywords that only the JSON Schema interpreter can check have no effect on the Rust type.
    pub other: bool,
    /// True if keywords that only the JSON Schema interpreter can check apply to a JSON type that the schema
    /// neither declares nor implies.
    pub untyped: bool,
}

impl Rare {
    pub fn any(self) -> bool {
        self.names || self.positional || self.other || self.untyped
    }
}

/// A `oneOf` or `anyOf` keyword of a schema.
#[derive(Debug, Clone, Copy)]
pub(super) struct UnionFacet<'d> {
    pub exactly_one: bool,
    pub branches: &'d Node,
    pub discriminator: Option<&'d Node>,
}

/// A lower or upper bound of a number schema.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bound<'d> {
    pub value: f64,
    /// The exact value of a number schema's bound, if it is an integer.
    pub whole: Option<i128>,
    pub exclusive: bool,
    pub node: &'d Node,
}

impl Bound<'_> {
    /// Compares two bounds by their exact values.
    pub fn compare(&self, other: &Bound<'_>) -> Ordering {
        let exact = |bound: &Bound<'_>| bound.node.as_number().and_then(Decimal::parse);
        match self.value.partial_cmp(&other.value) {
            Some(Ordering::Equal) | None => match (exact(self), exact(other)) {
                (Some(one), Some(other)) => one.compare(&other),
                _ => Ordering::Equal,
            },
            Some(order) => order,
        }
    }
}

impl<'d> Facets<'d> {
    pub fn new(decided: &[Span], nodes: &[&Node]) -> Facets<'d> {
        let siblings = nodes.iter().map(|node| node.span).collect();
        Facets { decided: decided.to_vec(), siblings, ..Facets::default() }
    }

    /// Adds the annotations of a node that concern the directions and the secrecy of a value. They apply to the schema if any of its
    /// nodes has them (JSON Schema 2020-12, validation § 9.4).
    pub fn annotate(&mut self, node: &Node) {
        self.read_only |= truth(node, "readOnly");
        self.write_only |= truth(node, "writeOnly");
        self.secret |= is_secret(node);
    }

    /// Returns true if generated code can check `unevaluatedProperties` at `node`: it covers exactly the
    /// properties that the nodes of the schema name.
    ///
    /// Returns false if keywords beside a parent schema or several branches of an `anyOf` may count too.
    pub fn counts_evaluated(&self, node: &Node, stack: &[Span]) -> bool {
        let branch = self.siblings.len() == 2 && !self.decided.is_empty();
        let around = self.siblings.len() == 1 || (branch && self.siblings.last() == Some(&node.span));
        stack.len() == 1 && around && node.get("anyOf").is_none()
    }

    /// Returns true if `additionalProperties` of one node of the schema applies to a property that another node names.
    pub fn overlaps(&self) -> bool {
        let beside = |name: &str| self.additional_beside.iter().any(|names| !names.contains(&name));
        self.properties.iter().any(|(name, _)| beside(name))
    }

    /// Returns true if a string schema has several patterns, which only the JSON Schema interpreter checks together.
    pub fn has_several_patterns(&self) -> bool {
        self.text.patterns.len() > 1
    }

    /// Returns the span of an `additionalProperties: false` that rejects the property `name`; another node of
    /// the schema names this property.
    pub fn refusal(&self, name: &str) -> Option<Span> {
        let mut closed = self.closed.iter().filter(|_| !self.rare.names);
        closed.find(|(names, _)| !names.contains(&name)).map(|(_, span)| *span)
    }

    /// Returns the span of the strictest limit on a number of characters, elements or properties, such as `minItems`.
    pub fn count_span(&self, keyword: &str) -> Option<Span> {
        self.count_spans.iter().find(|(known, _)| *known == keyword).map(|(_, span)| *span)
    }

    /// Records a contradiction if the lower limit on a number of characters, elements or properties is above
    /// the upper limit.
    pub fn contradicting_counts(
        &mut self,
        (least, low): (&str, Option<u64>),
        (most, high): (&str, Option<u64>),
        (has, what): (&str, &str),
    ) -> bool {
        let (Some(min), Some(max)) = (low, high) else { return false };
        let Some(span) = self.count_span(most).filter(|_| min > max) else { return false };
        let report =
            Diagnostic::error("contradiction", span, format!("no {has} at least {min} and at most {max} {what}"))
                .label(format!("`{most}` is less than `{least}`"))
                .help("change one of the two limits");
        self.contradictions.push(match self.count_span(least) {
            Some(low) => report.also(low, "at least this"),
            None => report,
        });
        true
    }

    /// Records the contradiction of two bounds of a number: the lower one is above the upper one.
    pub fn contradicting_bounds(&mut self, low: Bound<'_>, high: Bound<'_>) {
        let least = if low.exclusive { "above" } else { "at least" };
        let most = if high.exclusive { "below" } else { "at most" };
        let message = format!("no number is {least} {} and {most} {}", low.value, high.value);
        self.contradictions.push(
            Diagnostic::error("contradiction", high.node.span, message)
                .label(format!("{most} this"))
                .also(low.node.span, format!("{least} this"))
                .help("change one of the two limits"),
        );
    }

    /// Records the span of a limit such as `minItems` if it is stricter than the earlier ones of the same keyword.
    pub fn narrow(&mut self, narrower: bool, keyword: &'d str, span: Span) {
        if narrower {
            self.count_spans.retain(|(known, _)| *known != keyword);
            self.count_spans.push((keyword, span));
        }
    }
}

/// Adds a property to the facets of an object schema, with a schema that its value must match.
pub(super) fn add_property<'d>(facets: &mut Facets<'d>, name: &'d str, schema: Option<&'d Node>) {
    match facets.properties.iter_mut().find(|(known, _)| *known == name) {
        Some((_, schemas)) => schemas.extend(schema),
        None => facets.properties.push((name, schema.into_iter().collect())),
    }
}
