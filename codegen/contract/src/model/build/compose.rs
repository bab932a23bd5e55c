//! The composition of schemas: a schema of the model is made of one document node, or of several that `allOf`
//! and references combine.

use crate::diagnostic::Diagnostic;
use crate::document::{Node, Version};
use crate::model::SchemaId;
use crate::model::schema::{InterpretedSchema, Kind, Schema};
use crate::source::Span;

use super::builder::Builder;
use super::deferred::{Source, Unsettled};
use super::facets::Facets;
use super::node_fields::{elements, is_annotation, is_plain_reference, is_secret, spanned_string, string, truth};

/// The deepest nesting of `allOf` that is supported. The deepest known published contract has five levels.
pub(super) const DEEPEST: usize = 64;

/// The largest number of schemas that the unions of a contract may be expanded to, by combining their branches
/// with other schemas.
///
/// The largest known published contract needs a tenth of this number.
const MOST_UNFOLDED: usize = 50_000;

impl<'d> Builder<'d, '_> {
    /// Returns the schema of a document node, and creates it at the first use.
    pub(super) fn schema(&mut self, node: &'d Node) -> SchemaId {
        let target = match is_plain_reference(node) {
            true => self.follow_schema(node).unwrap_or(node),
            false => node,
        };
        self.composed(&[target], &[])
    }

    /// Returns the schema of the values that match all `nodes`. The unions (`oneOf`, `anyOf`) at the spans in
    /// `decided` are ignored, since `nodes` contain their chosen branch.
    pub(super) fn composed(&mut self, nodes: &[&'d Node], decided: &[Span]) -> SchemaId {
        let mut parts: Vec<Span> = Vec::with_capacity(nodes.len());
        let mut nodes: Vec<&'d Node> = nodes.to_vec();
        nodes.retain(|node| {
            let new = !parts.contains(&node.span);
            if new {
                parts.push(node.span);
            }
            new
        });
        let source = Source { parts, decided: decided.to_vec() };
        if let Some(known) = self.known.get(&source) {
            return *known;
        }
        let single = match nodes.as_slice() {
            [node] => Some(*node),
            _ => None,
        };
        let annotated = nodes.first().copied();
        let default = annotated.and_then(|node| node.get("default"));
        let id = self.schemas.add(Schema {
            span: annotated.map_or(Span::start_of(self.document.root), |node| node.span),
            component: single.filter(|_| decided.is_empty()).and_then(|node| self.names.get(&node.span).cloned()),
            title: annotated.and_then(|node| string(node, "title")),
            description: annotated.and_then(|node| string(node, "description")),
            deprecated: annotated.is_some_and(|node| truth(node, "deprecated")),
            nullable: false,
            read_only: annotated.is_some_and(|node| truth(node, "readOnly")),
            write_only: annotated.is_some_and(|node| truth(node, "writeOnly")),
            secret: annotated.is_some_and(is_secret),
            default: default.map(|default| (default.to_json(), default.span)),
            kind: Kind::Any,
            content: None,
            rust_name: single.and_then(|node| spanned_string(node, "x-rust-name")),
            rust_type: None,
            error_pointers: None,
            pagination: None,
            interpreted: None,
            holds_itself: false,
            deduplicated: false,
            shared_name: None,
        });
        self.defaults.extend(default.map(|default| (id, default)));
        self.known.insert(source, id);
        if let Some(node) = single {
            let own = self.own_type(node);
            let chosen = self.chosen(node).and_then(|chosen| chosen.error_envelope.clone());
            let pointers = match (chosen, node.get("x-error-envelope")) {
                (Some(chosen), _) => Some(chosen),
                (None, written) => written.and_then(|written| self.error_pointers(written)),
            };
            let pagination = self.page_setting(node);
            let schema = self.schemas.get_mut(id);
            schema.pagination = pagination;
            schema.rust_type = own;
            schema.error_pointers = pointers;
        }
        if let Some(node) = single.filter(|_| decided.is_empty()) {
            self.examples_of_schema(id, node);
        }
        if nodes.len() > DEEPEST {
            self.report_too_deep(nodes[0]);
            return id;
        }
        let combined = !decided.is_empty() || nodes.len() > 1;
        if combined && self.unfolded(nodes[0].span) {
            return id;
        }
        self.unsettled.push_back(Unsettled { id, nodes, decided: decided.to_vec() });
        id
    }

    /// Determines the kind of every schema without a kind, also of the schemas that are created meanwhile.
    pub(super) fn settle(&mut self) {
        while let Some(Unsettled { id, nodes, decided }) = self.unsettled.pop_front() {
            let reference = match nodes.as_slice() {
                [node] if decided.is_empty() => self.annotated_reference(node).map(|target| (*node, target)),
                _ => None,
            };
            let family = match nodes.as_slice() {
                [node] if decided.is_empty() => self.family(id, node),
                _ => None,
            };
            let mut interpreted = None;
            let (kind, nullable) = match reference {
                _ if let Some(family) = family => family,
                Some((node, target)) => (Kind::Alias(self.schema(target)), truth(node, "nullable")),
                None => {
                    let mut facets = Facets::new(&decided, &nodes);
                    for node in nodes.iter().copied() {
                        self.collect(node, &mut facets, &mut Vec::new());
                    }
                    let schema = self.schemas.get_mut(id);
                    schema.read_only |= facets.read_only;
                    schema.write_only |= facets.write_only;
                    schema.secret |= facets.secret;
                    if !facets.contradictions.is_empty() {
                        let none = self.contradicting(id, facets.nullable, facets.contradictions);
                        self.settled(id, none);
                        continue;
                    }
                    facets.rare.other |= facets.has_several_patterns() || facets.overlaps();
                    self.report_implied(&nodes, &facets);
                    facets.rare.untyped = self.is_untyped(&facets);
                    let constrained = facets.has_constraints() || facets.format.is_some();
                    if self.implied_types && facets.unions.is_empty() && constrained {
                        // Values outside the enum are valid too, but must satisfy the other constraints of the schema.
                        facets.rare.other |= facets.extensible;
                        self.keep_fitting(&nodes, &mut facets);
                    }
                    self.schemas.get_mut(id).content = facets.content.take();
                    interpreted = facets.rare.any().then(|| self.interpreted(&nodes)).flatten();
                    let (kind, nullable) = self.finish(id, &nodes, &mut facets);
                    if !facets.contradictions.is_empty() {
                        let none = self.contradicting(id, nullable, facets.contradictions);
                        self.settled(id, none);
                        continue;
                    }
                    (kind, nullable)
                }
            };
            self.settled(id, (kind, nullable, interpreted));
        }
    }

    fn settled(&mut self, id: SchemaId, (kind, nullable, interpreted): (Kind, bool, Option<InterpretedSchema>)) {
        let schema = self.schemas.get_mut(id);
        schema.kind = kind;
        schema.nullable = nullable;
        schema.interpreted = interpreted;
    }

    /// Counts a schema that is combined from several document nodes. Returns true if the contract has too many of them.
    fn unfolded(&mut self, span: Span) -> bool {
        self.branches += 1;
        if self.branches == MOST_UNFOLDED {
            self.report(
                Diagnostic::error(
                    "too-many-branches",
                    span,
                    format!("combining the unions of this contract gives more than {MOST_UNFOLDED} schemas"),
                )
                .label("each variant of one union is combined with each variant of another")
                .help("move the shared properties into the variants, or remove one of the unions"),
            );
        }
        self.branches >= MOST_UNFOLDED
    }

    /// Returns the schema node that another node only annotates: its single subschema of `allOf`, or the target
    /// of its `$ref`.
    ///
    /// Returns `None` if that schema is a union with this node as a branch: the node then is the schema without its
    /// union.
    pub(super) fn annotated_reference(&mut self, node: &'d Node) -> Option<&'d Node> {
        let target = self.annotated(node)?;
        if self.families.extends(node) && (self.families.has(target) || self.families.extends(target)) {
            return None;
        }
        let unions: Vec<&'d Node> = self.parts_of(target).into_iter().flat_map(branches).collect();
        let is_branch =
            unions.into_iter().any(|branch| self.named_end(branch).is_some_and(|end| end.span == node.span));
        (!is_branch).then_some(target)
    }

    fn annotated(&mut self, node: &'d Node) -> Option<&'d Node> {
        let object = node.as_object()?;
        let only = |keyword: &str| object.iter().all(|(key, _)| key.name == keyword || is_annotation(&key.name));
        if let Some(reference) = object.get("$ref").filter(|_| only("$ref") || self.version() == Version::V30) {
            reference.as_str()?;
            return self.follow_schema(node).filter(|target| target.span != node.span);
        }
        match elements(object.get("allOf")) {
            [one] if only("allOf") => match is_plain_reference(one) {
                true => self.follow_schema(one).filter(|target| target.span != node.span),
                false => Some(one),
            },
            _ => None,
        }
    }

    /// Reports too deeply nested `allOf`, once, since every schema that contains it is too deep as well.
    pub(super) fn report_too_deep(&mut self, node: &Node) {
        if !std::mem::replace(&mut self.too_deep, true) {
            let message = format!("`allOf` is nested deeper than {DEEPEST} levels");
            self.report(Diagnostic::error("too-deep", node.span, message).label("one level too many"));
        }
    }

    /// Reports a schema that is composed of itself through `allOf`.
    pub(super) fn report_cycle(&mut self, node: &Node) {
        let name = self.names.get(&node.span).map_or("this schema".to_owned(), |name| format!("`{name}`"));
        self.report(
            Diagnostic::error("cyclic-composition", node.span, format!("{name} is composed of itself"))
                .label("contains itself through `allOf`")
                .help(
                    "refer to the schema from a property instead, or move the shared properties into a separate schema",
                ),
        );
    }
}

/// Returns the branches of the unions (`oneOf`, `anyOf`) at a schema node.
fn branches(node: &Node) -> impl Iterator<Item = &Node> {
    ["oneOf", "anyOf"].into_iter().flat_map(|keyword| elements(node.get(keyword)))
}
