//! The state of building the model from a document, and the operations on it that all stages of the build share.

use std::collections::{HashMap, HashSet, VecDeque};

use indexmap::IndexMap;

use super::deferred::{Chosen, Contradiction, Discriminated, Families, Source, SparseFieldset, Undeclared, Unsettled};
use super::node_fields::{entries, extends_reference, is_plain_reference};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::{Document, Node, Version};
use crate::model::{Options, SchemaId, Schemas};
use crate::source::Span;

/// The state of building the model from a document.
pub(super) struct Builder<'d, 'o> {
    /// The document from which the model is built.
    pub(super) document: &'d Document,
    /// The diagnostics that the build of the model reports problems to.
    pub(super) diagnostics: &'o mut Diagnostics,
    /// The options for resolving the contract.
    pub(super) options: &'o Options,
    /// The options of single schemas, by the spans of the schemas.
    pub(super) chosen: Chosen<'o>,
    /// The formats of the contract that the options exempt from checks.
    pub(super) plain_formats: HashSet<String>,
    /// True if lossless deviations from OpenAPI are errors instead of warnings (`--strict`).
    pub(super) strict: bool,
    /// True if schema keywords imply the type that they apply to: `properties` implies an object.
    pub(super) implied_types: bool,
    /// True if values are checked against the `format` of their schema; if false, `format` is an annotation.
    pub(super) check_formats: bool,
    /// The schemas of the model that are built so far.
    pub(super) schemas: Schemas,
    /// The identifier of each schema by its source, the document nodes that it is made of, so that equal
    /// sources share one schema.
    pub(super) known: HashMap<Source, SchemaId>,
    /// The queue of schemas that have an identifier but no kind yet. A queue replaces recursion, since schemas
    /// may be deeply nested.
    pub(super) unsettled: VecDeque<Unsettled<'d>>,
    /// The sparse fieldsets (`x-sparse-of`), which are checked after all schemas are known.
    pub(super) sparse: Vec<SparseFieldset>,
    /// Each `format` of the contract by its span, with a report if no schema knows it.
    pub(super) formats: IndexMap<Span, Option<Diagnostic>>,
    /// The spans of the keywords that imply the type of a schema and are reported already.
    pub(super) implied_at: HashSet<Span>,
    /// The polymorphic parents of the contract, if the setting `polymorphic_parents` is on.
    pub(super) families: Families<'d>,
    /// The unions with a discriminator, whose values are completed after all schemas are known.
    pub(super) discriminated: Vec<Discriminated>,
    /// The number of schemas that were combined from several document nodes. It is compared with the limit on
    /// such schemas.
    pub(super) branches: usize,
    /// The number of definitions in all schemas for the JSON Schema interpreter. It is compared with the limit
    /// on definitions.
    pub(super) definitions: usize,
    /// True if too deeply nested `allOf` was reported for a schema. It is reported for the first such schema only.
    pub(super) too_deep: bool,
    /// The name of each component schema, by the span of the component.
    pub(super) names: HashMap<Span, String>,
    /// The name of each security scheme that a requirement names by a reference, by the span of the scheme.
    pub(super) scheme_names: HashMap<Span, String>,
    /// The schemas of the data of server-sent events (`contentSchema`), by the span of the string that holds the data.
    pub(super) event_data: HashMap<Span, &'d Node>,
    /// The examples in the contract, each with the schema that it must be valid against.
    pub(super) examples: Vec<(SchemaId, &'d Node)>,
    /// The serialized examples of JSON media types, each with the schema that it must be valid against and its span.
    pub(super) serialized: Vec<(SchemaId, Span, serde_json::Value)>,
    /// The defaults in the contract, each with its schema.
    pub(super) defaults: Vec<(SchemaId, &'d Node)>,
    /// The schemas whose constraints contradict each other.
    pub(super) contradictions: Vec<Contradiction>,
    /// The path parameters that operations do not declare, by name, of the path whose operations are being read.
    pub(super) undeclared: IndexMap<String, Undeclared<'d>>,
}

impl<'d, 'o> Builder<'d, 'o> {
    /// Creates a builder of the model of a contract, with an empty model.
    pub(super) fn new(
        document: &'d Document,
        strict: bool,
        options: &'o Options,
        diagnostics: &'o mut Diagnostics,
    ) -> Builder<'d, 'o> {
        Builder {
            document,
            diagnostics,
            options,
            chosen: HashMap::new(),
            plain_formats: HashSet::new(),
            strict,
            implied_types: options.implied_types,
            check_formats: options.check_formats,
            schemas: Schemas::default(),
            known: HashMap::new(),
            unsettled: VecDeque::new(),
            sparse: Vec::new(),
            formats: IndexMap::new(),
            implied_at: HashSet::new(),
            families: Families::default(),
            discriminated: Vec::new(),
            branches: 0,
            definitions: 0,
            too_deep: false,
            names: HashMap::new(),
            scheme_names: HashMap::new(),
            event_data: HashMap::new(),
            examples: Vec::new(),
            serialized: Vec::new(),
            defaults: Vec::new(),
            contradictions: Vec::new(),
            undeclared: IndexMap::new(),
        }
    }
}

impl<'d> Builder<'d, '_> {
    /// Returns the document node at the end of a chain of references.
    ///
    /// Returns `None` for a reference without a target, which loading has reported.
    pub(super) fn follow(&mut self, node: &'d Node) -> Option<&'d Node> {
        self.follow_while(node, |_| true)
    }

    /// Returns the schema node at the end of a chain of references.
    ///
    /// In OpenAPI 3.1, fields beside a `$ref` apply too, so the chain ends at a node with more than a `$ref`.
    pub(super) fn follow_schema(&mut self, node: &'d Node) -> Option<&'d Node> {
        let all = self.version() == Version::V30;
        self.follow_while(node, |node| all || is_plain_reference(node))
    }

    /// Returns the schema node that a node is or refers to. A chain of references ends at a node that extends its target.
    pub(super) fn named_end(&mut self, node: &'d Node) -> Option<&'d Node> {
        let version = self.version();
        match extends_reference(node, version) {
            true => Some(node),
            false => self.follow_while(node, |node| !extends_reference(node, version)),
        }
    }

    /// Returns the node that the `$ref` of a node leads to. If `goes_on` is true for that node, its own `$ref`
    /// is followed too, and so on.
    pub(super) fn follow_while(&mut self, mut node: &'d Node, goes_on: impl Fn(&Node) -> bool) -> Option<&'d Node> {
        let mut steps = 0;
        while let Some(reference) = node.get("$ref").and_then(Node::as_str).filter(|_| steps == 0 || goes_on(node)) {
            let located = self.document.resolve(node.span.file, reference).ok()?;
            // A component in a separate file is named by the last step of the reference to it.
            if let Some(name) = located.path.name() {
                self.names.entry(located.node.span).or_insert(name);
            }
            node = located.node;
            steps += 1;
            if steps > 64 {
                return None;
            }
        }
        Some(node)
    }

    /// Records the name of each component schema of the entry file, so that every reference to it leads to this name.
    pub(super) fn name_components(&mut self, root: &'d Node) {
        for (key, node) in entries(root.get("components").and_then(|all| all.get("schemas"))) {
            let target = match node.get("$ref") {
                Some(_) if node.as_object().is_some_and(|object| object.len() == 1) => {
                    let Some(reference) = node.get("$ref").and_then(Node::as_str) else { continue };
                    match self.document.resolve(node.span.file, reference) {
                        Ok(located)
                            if located.node.get("$ref").is_none() && !self.names.contains_key(&located.node.span) =>
                        {
                            located.node
                        }
                        _ => node,
                    }
                }
                _ => node,
            };
            self.names.entry(target.span).or_insert_with(|| key.clone());
            if target.span != node.span {
                self.names.entry(node.span).or_insert_with(|| key.clone());
            }
        }
    }

    /// Returns every schema in `components.schemas` of the entry file, including unused ones.
    pub(super) fn components(&mut self, root: &'d Node) -> Vec<SchemaId> {
        let nodes: Vec<_> = entries(root.get("components").and_then(|all| all.get("schemas"))).collect();
        nodes.iter().for_each(|(_, node)| self.check_discriminator(node));
        nodes.into_iter().map(|(_, node)| self.schema(node)).collect()
    }

    /// Returns the place of a section of `components` in the contract as it is written, for messages.
    ///
    /// The section `schemas` is `components/schemas`, and `definitions` in Swagger 2.0.
    pub(super) fn place(&self, section: &str) -> String {
        match (self.document.written_in(), section) {
            (Version::V20, "schemas") => "definitions".to_owned(),
            (Version::V20, "securitySchemes") => "securityDefinitions".to_owned(),
            _ => format!("components/{section}"),
        }
    }

    pub(super) fn version(&self) -> Version {
        self.document.version()
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Creates a diagnostic about a lossless deviation from OpenAPI: a warning, or an error in strict mode.
    pub(super) fn remark(&self, code: &'static str, span: Span, message: impl Into<String>) -> Diagnostic {
        match self.strict {
            true => Diagnostic::error(code, span, message),
            false => Diagnostic::warning(code, span, message),
        }
    }
}
