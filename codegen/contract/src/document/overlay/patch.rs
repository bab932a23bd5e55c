//! The application of overlays to the tree of the entry file, action by action.

use std::collections::HashMap;

use serde_json::Value as Json;

use super::Traces;
use super::action::{Action, Change, Edition, Overlay};
use super::advice;
use super::merge::{Mismatch, Place, merge_target};
use super::query::{Query, Size};
use super::remove::remove;
use super::step::{Path, Step, pointer};
use crate::diagnostic::{Diagnostic, Diagnostics, plural};
use crate::document::node::{Key, Node, Object, Value};
use crate::document::parse::MAX_DEPTH;
use crate::source::{FileId, Sources, Span, Spanned};

/// The largest number of nodes that the overlays of a contract may add.
const MOST_ADDED: u64 = 500_000;

/// The largest number of results of a query that can select a node several times.
const MOST_RESULTS: u64 = 2_000_000;

/// The largest number of nodes that the queries of all overlays of a contract may visit, as estimated.
const MOST_VISITS: u64 = 100_000_000;

/// A contract's entry file to which overlays are applied.
pub(in crate::document) struct Patch<'p> {
    tree: Node,
    /// The copy of the tree in which queries search.
    json: Json,
    size: Size,
    /// The number of nodes that the actions have added so far.
    added: u64,
    /// The number of visits that the queries were allowed so far.
    visits: u64,
    strict: bool,
    sources: &'p mut Sources,
    diagnostics: &'p mut Diagnostics,
    traces: Traces,
}

impl<'p> Patch<'p> {
    /// Creates the patch of a tree without changes.
    pub(in crate::document) fn new(
        tree: Node,
        strict: bool,
        sources: &'p mut Sources,
        diagnostics: &'p mut Diagnostics,
    ) -> Patch<'p> {
        let json = tree.to_json();
        let size = Size { nodes: count(&tree), depth: tree.depth() as u64 + 1 };
        Patch { tree, json, size, added: 0, visits: 0, strict, sources, diagnostics, traces: Traces::default() }
    }

    /// Applies the actions of an overlay in their order, each to the result of the one before (Overlay 1.1.0,
    /// section 4.4.1). A wrong action is reported and left out.
    pub(in crate::document) fn apply(&mut self, overlay: &Overlay) {
        for action in &overlay.actions {
            if let Err(problem) = self.action(action, overlay.edition) {
                let is_limit = problem.code == "overlay-too-large";
                self.diagnostics.push(*problem);
                if is_limit {
                    return;
                }
            }
        }
    }

    /// Returns the changed tree, and the traces of the overlays.
    pub(in crate::document) fn finish(self) -> (Node, Traces) {
        (self.tree, self.traces)
    }

    fn action(&mut self, action: &Action, edition: Edition) -> Result<(), Box<Diagnostic>> {
        let Some(paths) = self.select(&action.target)? else { return Ok(()) };
        match &action.change {
            Change::Remove(span) => self.remove(&paths, action, *span),
            Change::Update(value) => {
                self.check_kinds(&paths, action, edition)?;
                self.merge_all(&paths, value, action, None)
            }
            Change::Copy(query) => {
                self.check_kinds(&paths, action, edition)?;
                let Some(origins) = self.select(query)? else { return Ok(()) };
                let [origin] = origins.as_slice() else {
                    let message = format!("`{}` selects {} nodes", query.value, origins.len());
                    let problem = Diagnostic::error("overlay-conflict", query.span, message);
                    let problem = problem.label("`copy` needs exactly one node");
                    return Err(Box::new(problem.help("make the query more precise")));
                };
                let Some(nodes) = node_at(&self.tree, origin).map(count) else { return Ok(()) };
                self.check_growth(nodes, paths.len(), action)?;
                let Some(value) = node_at(&self.tree, origin).cloned() else { return Ok(()) };
                self.merge_all(&paths, &value, action, Some(&action.origin("was copied by")))
            }
        }
    }

    /// Returns the paths of the nodes that a query selects; `None`, with a diagnostic, if there are none.
    fn select(&mut self, text: &Spanned<String>) -> Result<Option<Vec<Path>>, Box<Diagnostic>> {
        let query = Query::parse(&text.value).map_err(|unusable| advice::unusable(text, &unusable, self.sources))?;
        self.visits = self.visits.saturating_add(query.visits(self.size));
        let results = query.results(self.size);
        if self.visits > MOST_VISITS || (results > MOST_RESULTS && results > self.size.nodes) {
            let message = format!("the search for `{}` can visit too many nodes", text.value);
            let problem = Diagnostic::error("overlay-too-large", text.span, message);
            let problem = problem.label(format!("the contract has about {} nodes", self.size.nodes));
            let problem = problem.note("this action and those after it are not applied");
            return Err(Box::new(problem.help("name the way to the node, such as `$.paths.*.get`, instead of `..`")));
        }
        let paths = query.locate(&self.json);
        if paths.is_empty() {
            let message = format!("`{}` matches nothing in the contract", text.value);
            let severity = if self.strict { Diagnostic::error } else { Diagnostic::warning };
            let problem = severity("overlay-no-match", text.span, message);
            self.diagnostics.push(advice::no_match(problem, text, &self.json, self.sources));
            return Ok(None);
        }
        Ok(Some(paths))
    }

    /// Checks the targets of a merge: all of one kind (Overlay 1.1.0, section 4.4.3), and no primitive values in
    /// Overlay 1.0.
    fn check_kinds(&mut self, paths: &[Path], action: &Action, edition: Edition) -> Result<(), Box<Diagnostic>> {
        let mut spans = Vec::new();
        for path in paths {
            let Some(node) = node_at(&self.tree, path) else { continue };
            let kind = Kind::of(node);
            if spans.iter().all(|(known, _)| *known != kind) {
                spans.push((kind, node.span));
            }
        }
        let target = &action.target;
        if let [(first, one), (second, other), ..] = spans.as_slice() {
            let message = format!("`{}` selects nodes of different kinds", target.value);
            let problem = Diagnostic::error("overlay-conflict", target.span, message).label("must all be of one kind");
            let problem = problem.also(self.sources.first_line(*one), first.name());
            let problem = problem.also(self.sources.first_line(*other), second.name());
            return Err(Box::new(problem.help("use one action for each kind")));
        }
        if let ([(Kind::Primitive, span)], Edition::V10) = (spans.as_slice(), edition) {
            let severity = if self.strict { Diagnostic::error } else { Diagnostic::warning };
            let message = format!("`{}` selects a primitive value, which Overlay 1.0 does not allow", target.value);
            let problem = severity("overlay-version", target.span, message).label("applied as in Overlay 1.1");
            let problem = problem.also(self.sources.first_line(*span), "the value");
            self.diagnostics.push(problem.help("write `overlay: 1.1.0`, or update the object around the value"));
        }
        Ok(())
    }

    fn check_growth(&self, nodes: u64, targets: usize, action: &Action) -> Result<(), Box<Diagnostic>> {
        let growth = nodes.saturating_mul(targets as u64);
        if self.added.saturating_add(growth) <= MOST_ADDED {
            return Ok(());
        }
        let message = format!("the overlays add more than {MOST_ADDED} nodes to the contract");
        let label = format!(
            "adds {} to {}",
            plural(usize::try_from(nodes).unwrap_or(usize::MAX), "node"),
            plural(targets, "target")
        );
        let problem = Diagnostic::error("overlay-too-large", action.target.span, message).label(label);
        let problem = problem.note("this action and those after it are not applied");
        Err(Box::new(problem.help("add the value once under `components`, and refer to it")))
    }

    fn merge_all(
        &mut self,
        paths: &[Path],
        value: &Node,
        action: &Action,
        copied: Option<&str>,
    ) -> Result<(), Box<Diagnostic>> {
        let nodes = count(value);
        self.check_growth(nodes, paths.len(), action)?;
        let longest = paths.iter().map(Vec::len).max().unwrap_or_default();
        let depth = longest + 1 + value.depth();
        if depth > MAX_DEPTH {
            let message = format!("the overlay nests the contract deeper than {MAX_DEPTH} levels");
            let problem = Diagnostic::error("overlay-too-large", action.target.span, message);
            return Err(Box::new(problem.label("too deep").note("this action and those after it are not applied")));
        }
        let growth = nodes.saturating_mul(paths.len() as u64);
        self.added += growth;
        self.size = Size { nodes: self.size.nodes + growth, depth: self.size.depth.max(depth as u64) };
        let mut mismatches = Vec::new();
        for (index, path) in paths.iter().enumerate() {
            // Spans are the identity of nodes, so every copy of a value has spans of its own.
            let value = match index == 0 && copied.is_none() {
                true => value.clone(),
                false => self.view(value, copied),
            };
            if let Some(place) = place(&mut self.tree, &mut self.json, path) {
                merge_target(place, &value, &mut mismatches);
            }
        }
        for mismatch in mismatches {
            let problem = self.mismatch(&mismatch, action);
            self.diagnostics.push(problem);
        }
        Ok(())
    }

    /// Reports a value that does not fit its target. A null in place of an object or array, such as an empty
    /// `components:`, loses nothing.
    fn mismatch(&self, mismatch: &Mismatch, action: &Action) -> Diagnostic {
        let Mismatch { value, value_kind, node, node_kind } = mismatch;
        let message = format!("{value_kind} cannot be merged into {node_kind}");
        let severity = match *value_kind == "null" && !self.strict {
            true => Diagnostic::warning,
            false => Diagnostic::error,
        };
        let span = match value.file == action.target.span.file {
            true => self.sources.first_line(*value),
            false => action.target.span,
        };
        let problem = severity("overlay-conflict", span, message).label(format!("expected {node_kind}"));
        let problem = problem.also(self.sources.first_line(*node), format!("the target is {node_kind}"));
        match *value_kind {
            "null" => problem.note("the target is unchanged").help("write the value, or delete the field"),
            _ => problem.help("to replace the target, remove it in an action before this one"),
        }
    }

    fn remove(&mut self, paths: &[Path], action: &Action, span: Span) -> Result<(), Box<Diagnostic>> {
        if paths.iter().any(Vec::is_empty) {
            let problem = Diagnostic::error("overlay-conflict", span, "the root of a contract cannot be removed");
            let problem = problem.also(action.target.span, "selects the root");
            return Err(Box::new(problem.label("would remove the contract").help("select the parts to remove")));
        }
        remove(&mut self.tree, &mut self.json, paths);
        for path in paths {
            self.traces.removed.insert(pointer(path), action.target.span);
        }
        Ok(())
    }

    /// Returns a copy of a value whose spans belong to views of the value's files, so that they are different from
    /// those of every other copy.
    fn view(&mut self, value: &Node, copied: Option<&str>) -> Node {
        let mut views = HashMap::new();
        let sources = &mut *self.sources;
        let value = viewed(value, &mut |file| *views.entry(file).or_insert_with(|| sources.add_view(file, copied)));
        self.traces.files.extend(views.into_values());
        value
    }
}

/// The kind of a node, of which all targets of a merge must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Object,
    Array,
    Primitive,
}

impl Kind {
    fn of(node: &Node) -> Kind {
        match node.value {
            Value::Object(_) => Kind::Object,
            Value::Array(_) => Kind::Array,
            _ => Kind::Primitive,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Kind::Object => "an object",
            Kind::Array => "an array",
            Kind::Primitive => "a primitive value",
        }
    }
}

/// Returns the node at a path.
fn node_at<'t>(tree: &'t Node, path: &[Step]) -> Option<&'t Node> {
    path.iter().try_fold(tree, |node, step| match step {
        Step::Name(name) => node.get(name),
        Step::Index(index) => node.as_array()?.get(*index),
    })
}

/// Returns the node at a path for changes, with its counterpart in the copy of the tree.
fn place<'t>(tree: &'t mut Node, json: &'t mut Json, path: &[Step]) -> Option<Place<'t>> {
    let start = Place { key: None, node: tree, json };
    path.iter().try_fold(start, |place, step| match (&mut place.node.value, place.json, step) {
        (Value::Object(entries), Json::Object(copy), Step::Name(name)) => {
            let (key, node) = entries.get_mut(name)?;
            Some(Place { key: Some(key), node, json: copy.get_mut(name)? })
        }
        (Value::Array(elements), Json::Array(copy), Step::Index(index)) => {
            Some(Place { key: None, node: elements.get_mut(*index)?, json: copy.get_mut(*index)? })
        }
        _ => None,
    })
}

/// Returns the number of nodes in a tree, its root included.
fn count(node: &Node) -> u64 {
    let below: u64 = match &node.value {
        Value::Array(elements) => elements.iter().map(count).sum(),
        Value::Object(object) => object.iter().map(|(_, node)| count(node)).sum(),
        _ => 0,
    };
    below + 1
}

/// Returns a copy of a tree whose spans belong to other files.
fn viewed(node: &Node, file: &mut impl FnMut(FileId) -> FileId) -> Node {
    let span = Span { file: file(node.span.file), ..node.span };
    let value = match &node.value {
        Value::Array(elements) => Value::Array(elements.iter().map(|element| viewed(element, file)).collect()),
        Value::Object(object) => {
            let mut copy = Object::default();
            for (key, node) in object {
                let span = Span { file: file(key.span.file), ..key.span };
                // The names of an object are different.
                let _ = copy.insert(Key { name: key.name.clone(), span }, viewed(node, file));
            }
            Value::Object(copy)
        }
        other => other.clone(),
    };
    Node { span, value }
}
