//! The upgrade of a contract from Swagger 2.0 to OpenAPI 3.0, in memory and with the spans of the original.
//!
//! Input is a checked [`Document`] of Swagger 2.0, output is an equivalent document of OpenAPI 3.0. The upgrade has
//! three steps over the trees of all files, each of linear cost:
//!
//! 1. `kinds` finds the kind of each object, and `survey` the facts that an object needs from elsewhere: the
//!    parameters of its path item, and the names of the schemas that extend it.
//! 2. Each object whose kind is known is rewritten by the function for its kind. Objects in other files stay in their
//!    place.
//! 3. `references` gives each reference to an object that moved its new text.
//!
//! Every node that the upgrade creates has a span of its own in the original, since the model identifies schemas by
//! their spans: a schema that a parameter describes has the span of the word `type`.

mod body;
mod collection;
mod create;
mod form;
mod kinds;
mod media_types;
mod operation;
mod parameter;
mod references;
mod response;
mod root;
mod schema;
mod security;
mod servers;
mod survey;
#[cfg(test)]
mod tests;
mod weight;

use std::rc::Rc;

use super::grammar::ObjectKind;
use super::node::{Key, Node, Object, Value};
use super::trees::Document;
use super::version::Version;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::Span;
pub use collection::COLLECTION_FORMAT;
use kinds::Kinds;
use media_types::MediaType;
use references::References;
use survey::Survey;
use weight::{TEXT_PER_NODE, own_weight, weight};

/// The weight of the nodes that the upgrade creates at most, in addition to the weight of the original.
///
/// An inline schema has a copy for each media type, and an operation has copies of the form parameters that it refers
/// to. So a small file could otherwise become arbitrarily large.
const MAX_COPIED: usize = 2_000_000;

/// The upgrade of a document from Swagger 2.0: the original, and the facts about it that all objects share.
struct Upgrade<'d, 'o> {
    document: &'d Document,
    kinds: Kinds,
    strict: bool,
    diagnostics: &'o mut Diagnostics,
    survey: Survey<'d>,
    /// The media types of request bodies whose operation declares none.
    consumes: Rc<[MediaType]>,
    /// The media types of responses whose operation declares none.
    produces: Rc<[MediaType]>,
    references: References,
    /// The weight of the nodes that the upgrade may still create; `None` once it was not enough.
    left: Option<usize>,
}

/// Replaces the trees of a Swagger 2.0 document by equivalent trees of OpenAPI 3.0.
///
/// The document has been checked. Values without an equivalent are reported to `diagnostics`.
pub(super) fn upgrade_3_0(document: &mut Document, strict: bool, diagnostics: &mut Diagnostics) {
    let root = document.root_node();
    let kinds = Kinds::of(document);
    let survey = Survey::of(document, &kinds);
    let mut upgrade = Upgrade {
        document,
        kinds,
        strict,
        diagnostics,
        left: Some(survey.weight + MAX_COPIED),
        survey,
        consumes: media_types::declared(root, "consumes").unwrap_or_default(),
        produces: media_types::declared(root, "produces").unwrap_or_default(),
        references: References::default(),
    };
    let mut trees: Vec<Node> = document.sources.ids().filter_map(|file| upgrade.tree(file)).collect();
    let references = std::mem::take(&mut upgrade.references);
    let is_complete = upgrade.left.is_some();
    for span in references.rewrite(document, &mut trees).into_iter().filter(|_| is_complete) {
        let message = "the target of this reference belongs to a form parameter that no operation uses";
        let problem = Diagnostic::error("dangling-ref", span, message).label("has no place in OpenAPI 3.0");
        upgrade.diagnostics.push(problem.help("move the target into `definitions`, and refer to it there"));
    }
    document.replace_trees(trees, Version::V30);
}

impl<'d> Upgrade<'d, '_> {
    /// Returns the upgraded tree of a file; `None` if the document has no tree for it.
    fn tree(&mut self, file: crate::source::FileId) -> Option<Node> {
        let tree = self.document.tree(file)?;
        Some(self.node(tree))
    }

    /// Returns the upgraded form of a node: of the object that it is, or of the objects within it.
    fn node(&mut self, node: &'d Node) -> Node {
        if !self.spend(own_weight(node), node.span) {
            return create::object(node.span, []);
        }
        match &node.value {
            Value::Object(object) => match self.kinds.get(node) {
                Some(kind) => self.object(kind, node, object),
                None => self.unchanged(node, object),
            },
            Value::Array(elements) => {
                let elements = elements.iter().map(|element| self.node(element)).collect();
                Node { span: node.span, value: Value::Array(elements) }
            }
            _ => node.clone(),
        }
    }

    /// Returns an entry of an object with its upgraded value.
    fn entry(&mut self, key: &Key, value: &'d Node) -> (Key, Node) {
        self.spend(key.name.len() / TEXT_PER_NODE, key.span);
        (key.clone(), self.node(value))
    }

    /// Returns the upgraded form of an object whose kind is known.
    fn object(&mut self, kind: ObjectKind, node: &'d Node, object: &'d Object) -> Node {
        if let Some(reference) = object.get("$ref").filter(|reference| reference.as_str().is_some()) {
            self.references.found(self.document, reference);
            if kind != ObjectKind::Schema && kind != ObjectKind::PathItem {
                return self.unchanged(node, object);
            }
        }
        match kind {
            ObjectKind::Root => self.root(node, object),
            ObjectKind::PathItem => self.path_item(node, object),
            ObjectKind::Operation => self.operation(node, object),
            ObjectKind::Parameter => self.parameter(node, object),
            ObjectKind::Response => {
                let produces = self.produces.clone();
                self.response(node, object, &produces, false)
            }
            ObjectKind::Header => self.header(node, object),
            ObjectKind::Schema => self.schema(node, object),
            ObjectKind::SecurityScheme => security::scheme(node, object),
            _ => self.unchanged(node, object),
        }
    }

    /// Returns an object whose own fields are the same in OpenAPI 3.0, with upgraded values.
    fn unchanged(&mut self, node: &'d Node, object: &'d Object) -> Node {
        create::object(node.span, object.iter().map(|(key, value)| self.entry(key, value)))
    }

    /// Returns the object at the end of the references of a node; `None` if one has no target, which was reported.
    fn follow(&self, node: &'d Node) -> Option<&'d Node> {
        survey::follow(self.document, node)
    }

    /// Returns a copy of an upgraded node for a second place in the tree, within the limit for all nodes.
    fn copy(&mut self, node: &Node) -> Node {
        match self.spend(weight(node, self.left.unwrap_or_default()), node.span) {
            true => node.clone(),
            false => create::object(node.span, []),
        }
    }

    /// Takes the weight of new nodes from what is left. Returns false if that is not enough, which is reported once.
    fn spend(&mut self, weight: usize, span: Span) -> bool {
        let Some(left) = self.left else { return false };
        self.left = left.checked_sub(weight);
        if self.left.is_none() {
            let message = "the inline schemas and parameters of this contract are used in too many places";
            let problem = Diagnostic::error("too-many-copies", span, message).label("one place too many");
            self.diagnostics.push(problem.help("move the schemas into `definitions`, and refer to them"));
        }
        self.left.is_some()
    }

    /// Creates a diagnostic about a value that OpenAPI 3.0 cannot express: a warning, or an error in strict mode.
    fn remark(&self, code: &'static str, span: Span, message: impl Into<String>) -> Diagnostic {
        match self.strict {
            true => Diagnostic::error(code, span, message),
            false => Diagnostic::warning(code, span, message),
        }
    }
}
