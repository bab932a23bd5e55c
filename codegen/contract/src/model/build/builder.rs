//! The state of building the model, and what every part of it does with references and problems.

use std::collections::{HashMap, VecDeque};

use super::deferred::{Contradiction, Source, SparseFieldset, Undeclared, Unsettled};
use super::node_fields::{entries, is_plain_reference};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::{Document, Node, Version};
use crate::model::{Options, SchemaId, Schemas};
use crate::source::Span;

/// The state of building the model.
pub(super) struct Builder<'d, 'o> {
    pub(super) document: &'d Document,
    pub(super) diagnostics: &'o mut Diagnostics,
    /// What loses nothing is an error all the same.
    pub(super) strict: bool,
    /// Keywords imply the type that they speak of.
    pub(super) implied_types: bool,
    /// Formats are checked, and not only told.
    pub(super) check_formats: bool,
    pub(super) schemas: Schemas,
    /// Schemas by what they are made of: a place that is met twice is one schema.
    pub(super) known: HashMap<Source, SchemaId>,
    /// Schemas that have an id and no kind yet. A list, since schemas may be deep.
    pub(super) unsettled: VecDeque<Unsettled<'d>>,
    /// Sparse fieldsets, to be checked once every schema is known.
    pub(super) sparse: Vec<SparseFieldset>,
    /// How many branches were put together with what stands beside their union.
    pub(super) branches: usize,
    /// How many schemas interpreted schemas hold.
    pub(super) definitions: usize,
    /// Whether a composition too deep was reported: one word is enough.
    pub(super) too_deep: bool,
    /// Which component stands at a place.
    pub(super) names: HashMap<Span, String>,
    /// Examples, and the schemas that they are to be values of.
    pub(super) examples: Vec<(SchemaId, &'d Node)>,
    /// Schemas that no value fits.
    pub(super) contradictions: Vec<Contradiction>,
    /// Undeclared parameters of the path that is read at present.
    pub(super) undeclared: Vec<Undeclared>,
}

impl<'d, 'o> Builder<'d, 'o> {
    /// Begins with a model that holds nothing.
    pub(super) fn new(
        document: &'d Document,
        strict: bool,
        options: &Options,
        diagnostics: &'o mut Diagnostics,
    ) -> Builder<'d, 'o> {
        Builder {
            document,
            diagnostics,
            strict,
            implied_types: options.implied_types,
            check_formats: options.check_formats,
            schemas: Schemas::default(),
            known: HashMap::new(),
            unsettled: VecDeque::new(),
            sparse: Vec::new(),
            branches: 0,
            definitions: 0,
            too_deep: false,
            names: HashMap::new(),
            examples: Vec::new(),
            contradictions: Vec::new(),
            undeclared: Vec::new(),
        }
    }
}

impl<'d> Builder<'d, '_> {
    /// The node behind a chain of references. A reference that leads nowhere was reported on reading.
    pub(super) fn follow(&mut self, node: &'d Node) -> Option<&'d Node> {
        self.follow_while(node, |_| true)
    }

    /// The schema behind a chain of references. In 3.1 what stands beside a reference holds too, so
    /// that the chain ends where there is more than a reference.
    pub(super) fn follow_schema(&mut self, node: &'d Node) -> Option<&'d Node> {
        let all = self.version() == Version::V30;
        self.follow_while(node, |node| all || is_plain_reference(node))
    }

    /// Takes one step, and more of them while they lead to what `goes_on`.
    pub(super) fn follow_while(&mut self, mut node: &'d Node, goes_on: impl Fn(&Node) -> bool) -> Option<&'d Node> {
        let mut steps = 0;
        while let Some(reference) = node.get("$ref").and_then(Node::as_str).filter(|_| steps == 0 || goes_on(node)) {
            let located = self.document.resolve(node.span.file, reference).ok()?;
            // A component that is referenced in a file of its own is named by its last step.
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

    /// Records which place each component of the entry names, so that it keeps its name however it is reached.
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

    /// Every schema among the components of the entry, used or not.
    pub(super) fn components(&mut self, root: &'d Node) -> Vec<SchemaId> {
        let nodes: Vec<_> = entries(root.get("components").and_then(|all| all.get("schemas"))).collect();
        nodes.iter().for_each(|(_, node)| self.check_discriminator(node));
        nodes.into_iter().map(|(_, node)| self.schema(node)).collect()
    }

    pub(super) fn version(&self) -> Version {
        self.document.version()
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// What loses nothing: a warning, and an error where the contract is held strictly.
    pub(super) fn remark(&self, code: &'static str, span: Span, message: impl Into<String>) -> Diagnostic {
        match self.strict {
            true => Diagnostic::error(code, span, message),
            false => Diagnostic::warning(code, span, message),
        }
    }
}
