//! The first pass, from the tree to the model: a walk over the operations that pulls in what they reach.

mod collect;
mod compose;
mod contradiction;
mod default;
mod encoding;
mod example;
mod facets;
mod finish;
mod interpreted;
mod nesting;
mod numbers;
mod objects;
mod operation;
mod outgoing;
pub(in crate::model) mod own_type;
mod parameter;
mod policy;
mod quantity;
mod response;
mod route;
mod security;
mod server;
mod sparse_fieldset;
mod text;
mod type_set;
mod union;
mod values;

use std::collections::{HashMap, VecDeque};

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::{Document, Node, Version};
use crate::model::Options;
use crate::model::{Contract, SchemaId, Schemas, Tag, envelope};
use crate::source::{Span, Spanned};

use compose::{Source, Unsettled};

/// The state of building the model.
pub(super) struct Builder<'d, 'o> {
    document: &'d Document,
    diagnostics: &'o mut Diagnostics,
    /// What loses nothing is an error all the same.
    strict: bool,
    /// Keywords imply the type that they speak of.
    implied_types: bool,
    /// Formats are checked, and not only told.
    check_formats: bool,
    schemas: Schemas,
    /// Schemas by what they are made of: a place that is met twice is one schema.
    known: HashMap<Source, SchemaId>,
    /// Schemas that have an id and no kind yet. A list, since schemas may be deep.
    unsettled: VecDeque<Unsettled<'d>>,
    /// Sparse fieldsets, to be checked once every schema is known.
    sparse: Vec<sparse_fieldset::SparseFieldset>,
    /// How many branches were put together with what stands beside their union.
    branches: usize,
    /// How many schemas interpreted schemas hold.
    definitions: usize,
    /// Whether a composition too deep was reported: one word is enough.
    too_deep: bool,
    /// Which component stands at a place.
    names: HashMap<Span, String>,
    /// Examples, and the schemas that they are to be values of.
    examples: Vec<(SchemaId, &'d Node)>,
    /// Schemas that no value fits.
    contradictions: Vec<contradiction::Contradiction>,
}

pub(super) fn build(document: &Document, strict: bool, options: &Options, diagnostics: &mut Diagnostics) -> Contract {
    let root = document.root_node();
    let mut builder = Builder {
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
    };
    builder.name_components(root);
    let schemes = builder.schemes(root);
    let mut operations = builder.operations(root, &schemes);
    let mut outgoing = builder.outgoing(root, &operations, &schemes, options.outgoing);
    let components = builder.components(root);
    builder.settle();
    builder.report_contradictions(&operations);
    response::settle_kinds(&mut operations, &builder.schemas);
    for operation in outgoing.iter_mut().filter_map(|outgoing| outgoing.operation.as_mut()) {
        response::settle_kinds(std::slice::from_mut(operation), &builder.schemas);
    }
    encoding::check(&operations, &builder.schemas, builder.diagnostics);
    builder.check_sparse(&operations);
    nesting::check(&mut builder.schemas, builder.diagnostics);
    builder.check_word_lists(&mut operations);
    builder.check_defaults();
    builder.check_examples();
    let tags = tags(root, &operations);
    let envelope = envelope::find(root, &operations, &builder.schemas, &document.sources, builder.diagnostics);
    let info = root.get("info");
    let text = |name: &str| info.and_then(|info| info.get(name)).and_then(Node::as_str);
    Contract {
        title: text("title").unwrap_or_default().to_owned(),
        version: text("version").unwrap_or_default().to_owned(),
        description: text("description").map(str::to_owned),
        servers: server::servers(root),
        tags,
        operations,
        unselected: Vec::new(),
        outgoing,
        schemas: builder.schemas,
        components,
        schemes,
        envelope,
    }
}

impl<'d> Builder<'d, '_> {
    /// The node behind a chain of references. A reference that leads nowhere was reported on reading.
    fn follow(&mut self, node: &'d Node) -> Option<&'d Node> {
        self.follow_while(node, |_| true)
    }

    /// The schema behind a chain of references. In 3.1 what stands beside a reference holds too, so
    /// that the chain ends where there is more than a reference.
    fn follow_schema(&mut self, node: &'d Node) -> Option<&'d Node> {
        let all = self.version() == Version::V30;
        self.follow_while(node, |node| all || compose::is_plain_reference(node))
    }

    /// Takes one step, and more of them while they lead to what `goes_on`.
    fn follow_while(&mut self, mut node: &'d Node, goes_on: impl Fn(&Node) -> bool) -> Option<&'d Node> {
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
    fn name_components(&mut self, root: &'d Node) {
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
    fn components(&mut self, root: &'d Node) -> Vec<SchemaId> {
        let nodes: Vec<_> = entries(root.get("components").and_then(|all| all.get("schemas"))).collect();
        nodes.iter().for_each(|(_, node)| self.check_discriminator(node));
        nodes.into_iter().map(|(_, node)| self.schema(node)).collect()
    }

    fn version(&self) -> Version {
        self.document.version()
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// What loses nothing: a warning, and an error where the contract is held strictly.
    fn remark(&self, code: &'static str, span: Span, message: impl Into<String>) -> Diagnostic {
        match self.strict {
            true => Diagnostic::error(code, span, message),
            false => Diagnostic::warning(code, span, message),
        }
    }
}

/// The entries of an object, none of anything else.
fn entries(node: Option<&Node>) -> impl Iterator<Item = (&String, &Node)> {
    node.and_then(Node::as_object).into_iter().flatten().map(|(key, node)| (&key.name, node))
}

/// The elements of an array, none of anything else.
fn elements(node: Option<&Node>) -> &[Node] {
    node.and_then(Node::as_array).unwrap_or_default()
}

/// The text of a field.
fn string(node: &Node, name: &str) -> Option<String> {
    node.get(name).and_then(Node::as_str).map(str::to_owned)
}

/// The text of a field, with its place.
fn word(node: &Node, name: &str) -> Option<Spanned<String>> {
    node.get(name).and_then(Node::as_spanned_str)
}

/// The truth of a field, false where it is not there.
fn truth(node: &Node, name: &str) -> bool {
    node.get(name).and_then(Node::as_bool).unwrap_or(false)
}

/// The tags in use: those that the contract describes in its order, then the others as they are met.
fn tags(root: &Node, operations: &[crate::model::Operation]) -> Vec<Tag> {
    let mut tags: Vec<Tag> = Vec::new();
    for node in elements(root.get("tags")) {
        let Some(name) = string(node, "name") else { continue };
        let used = operations.iter().any(|operation| operation.tag == name);
        if used && !tags.iter().any(|tag| tag.name == name) {
            tags.push(Tag {
                name,
                span: node.span,
                description: string(node, "description"),
                rust_name: word(node, "x-rust-name"),
            });
        }
    }
    for operation in operations {
        if !tags.iter().any(|tag| tag.name == operation.tag) {
            tags.push(Tag { name: operation.tag.clone(), span: operation.span, description: None, rust_name: None });
        }
    }
    tags
}
