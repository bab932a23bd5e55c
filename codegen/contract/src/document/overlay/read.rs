//! The reading of an overlay from the tree of its file, with the checks of its own structure.

use super::action::{Action, Change, Edition, Overlay};
use crate::diagnostic::{Diagnostic, Diagnostics, closest};
use crate::document::node::{Node, Object};
use crate::source::{Sources, Span, Spanned};

/// The fields of the Overlay Object (Overlay 1.1.0, section 4.4.1).
const OVERLAY: &[&str] = &["overlay", "info", "extends", "actions"];

/// The fields of the Info Object of an overlay (Overlay 1.1.0, section 4.4.2).
const INFO: &[&str] = &["title", "version", "description"];

/// The fields of the Action Object (Overlay 1.1.0, section 4.4.3).
const ACTION: &[&str] = &["target", "description", "update", "copy", "remove"];

/// The reader of one overlay, which reports the mistakes in it.
struct Reader<'r> {
    strict: bool,
    sources: &'r Sources,
    diagnostics: &'r mut Diagnostics,
}

/// Reads an overlay from the tree of its file.
///
/// Problems are added to `diagnostics`. Actions that cannot be read are left out. Returns `None` if the tree is not an
/// overlay at all.
pub(in crate::document) fn read(
    root: &Node,
    strict: bool,
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) -> Option<Overlay> {
    Reader { strict, sources, diagnostics }.overlay(root)
}

impl Reader<'_> {
    fn overlay(&mut self, root: &Node) -> Option<Overlay> {
        let object = self.object(root, "an overlay")?;
        let edition = self.edition(root, object)?;
        self.unknown_fields(object, OVERLAY, "an overlay");
        match object.get("info") {
            Some(info) => self.info(info),
            None => self.missing("info", "an overlay", root.span),
        }
        let extends = object.get("extends").and_then(|node| self.string(node, "extends"));
        let actions = self.actions(root, object, edition);
        Some(Overlay { edition, extends, actions })
    }

    /// Returns the version of the Overlay Specification that an overlay declares; patch versions make no difference.
    fn edition(&mut self, root: &Node, object: &Object) -> Option<Edition> {
        let Some(node) = object.get("overlay") else {
            let span = self.sources.first_line(root.span);
            let problem =
                Diagnostic::error("missing-field", span, "the document does not declare its version in `overlay`")
                    .label("`overlay` is missing here");
            let is_contract = object.contains_key("openapi") || object.contains_key("swagger");
            self.diagnostics.push(match is_contract {
                true => problem.help("this is a contract: pass it with `--spec`, and an overlay with `--overlay`"),
                false => problem.help("an overlay begins with `overlay: 1.1.0`"),
            });
            return None;
        };
        let text = node.as_str().or(node.as_number()).unwrap_or("");
        let parts: Vec<&str> = text.split('.').collect();
        let (edition, treated) = match parts.as_slice() {
            ["1", "0", _] => return Some(Edition::V10),
            ["1", "1", _] => return Some(Edition::V11),
            ["1" | "1.0"] | ["1", "0"] => (Edition::V10, "treated as 1.0"),
            ["1", ..] => (Edition::V11, "treated as 1.1"),
            _ => {
                let message = match text {
                    "" => format!("`overlay` must be a version such as `1.1.0`, not {}", node.kind_name()),
                    _ => format!("Overlay version `{text}` is not supported"),
                };
                let problem = Diagnostic::error("unknown-version", node.span, message);
                self.diagnostics.push(problem.label("supported: 1.0.x and 1.1.x").help("write `overlay: 1.1.0`"));
                return None;
            }
        };
        let message = format!("`{text}` is not a known version of the Overlay Specification");
        let problem = self.lax("unknown-version", node.span, message);
        self.diagnostics.push(problem.label(treated).help("write `1.0.0` or `1.1.0`"));
        Some(edition)
    }

    fn info(&mut self, info: &Node) {
        let Some(object) = self.object(info, "the info object of an overlay") else { return };
        self.unknown_fields(object, INFO, "the info object of an overlay");
        for name in ["title", "version"] {
            if !object.contains_key(name) {
                self.missing(name, "the info object of an overlay", info.span);
            }
        }
    }

    fn actions(&mut self, root: &Node, object: &Object, edition: Edition) -> Vec<Action> {
        let Some(node) = object.get("actions") else {
            self.missing("actions", "an overlay", root.span);
            return Vec::new();
        };
        let Some(elements) = node.as_array() else {
            let message = format!("`actions` must be an array, not {}", node.kind_name());
            self.diagnostics.push(Diagnostic::error("wrong-type", node.span, message).label("expected an array"));
            return Vec::new();
        };
        if elements.is_empty() {
            let problem = self.lax("overlay-no-effect", node.span, "the overlay has no actions".to_owned());
            self.diagnostics.push(problem.label("changes nothing").help("add an action, or do not apply the overlay"));
        }
        let actions = elements.iter().enumerate();
        actions.filter_map(|(index, node)| self.action(index + 1, node, edition)).collect()
    }

    fn action(&mut self, number: usize, node: &Node, edition: Edition) -> Option<Action> {
        let object = self.object(node, "an action")?;
        self.unknown_fields(object, ACTION, "an action");
        let Some(target) = object.get("target") else {
            let span = self.sources.first_line(node.span);
            let problem = Diagnostic::error("missing-field", span, "an action needs `target`");
            self.diagnostics.push(problem.label("`target` is missing").help("add for example `target: $.info`"));
            return None;
        };
        let target = self.string(target, "target")?;
        let change = self.change(object, &target, edition)?;
        Some(Action { number, target, change })
    }

    /// Returns the modification of an action: `remove` takes precedence over `update` and `copy`.
    fn change(&mut self, object: &Object, target: &Spanned<String>, edition: Edition) -> Option<Change> {
        let remove = match object.get("remove") {
            Some(node) => self.truth(node)?.then_some(node.span),
            None => None,
        };
        let (update, copy) = (object.get("update"), object.get("copy"));
        if let Some(span) = remove {
            for name in ["update", "copy"].into_iter().filter(|name| object.contains_key(name)) {
                let span = object.key_span(name).unwrap_or(span);
                let message = format!("`{name}` has no effect in an action that removes its target");
                let problem = self.lax("overlay-no-effect", span, message);
                self.diagnostics
                    .push(problem.label("ignored").help("use two actions: one that removes, one that adds"));
            }
            return Some(Change::Remove(span));
        }
        match (update, copy) {
            (Some(update), None) => Some(Change::Update(update.clone())),
            (None, Some(copy)) => {
                if edition == Edition::V10 {
                    let span = object.key_span("copy").unwrap_or(copy.span);
                    let message = "`copy` is a field of Overlay 1.1, not of 1.0".to_owned();
                    let problem = self.lax("overlay-version", span, message).label("applied as in Overlay 1.1");
                    self.diagnostics.push(problem.help("write `overlay: 1.1.0`"));
                }
                Some(Change::Copy(self.string(copy, "copy")?))
            }
            (Some(update), Some(copy)) => {
                let (first, second) = (object.key_span("update"), object.key_span("copy"));
                let message = "an action has both `update` and `copy`, of which each disables the other";
                let problem = Diagnostic::error("overlay-conflict", second.unwrap_or(copy.span), message);
                let problem = problem.also(first.unwrap_or(update.span), "the other change");
                self.diagnostics.push(problem.label("contradicts `update`").help("use two actions with one target"));
                None
            }
            (None, None) => {
                let message = "the action has neither `update` nor `copy` nor `remove: true`".to_owned();
                let problem = self.lax("overlay-no-effect", target.span, message);
                self.diagnostics.push(problem.label("changes nothing").help("add the change, or delete the action"));
                None
            }
        }
    }

    fn unknown_fields(&mut self, object: &Object, known: &[&str], owner: &str) {
        for (key, _) in object {
            let name = key.name.as_str();
            if known.contains(&name) || name.starts_with("x-") {
                continue;
            }
            let problem = self.lax("unknown-field", key.span, format!("unknown field `{name}` in {owner}"));
            let problem = problem.label("ignored");
            self.diagnostics.push(match closest(name, known.iter().copied()) {
                Some(similar) => problem.suggest(self.sources.inside_quotes(key.span), similar),
                None => problem.help("delete it, or begin its name with `x-`"),
            });
        }
    }

    fn missing(&mut self, name: &str, owner: &str, span: Span) {
        let span = self.sources.first_line(span);
        let problem = self.lax("missing-field", span, format!("{owner} needs `{name}`"));
        self.diagnostics.push(problem.label(format!("`{name}` is missing")));
    }

    fn object<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n Object> {
        let object = node.as_object();
        if object.is_none() {
            let message = format!("{what} must be an object, not {}", node.kind_name());
            let span = self.sources.first_line(node.span);
            self.diagnostics.push(Diagnostic::error("wrong-type", span, message).label("expected an object"));
        }
        object
    }

    fn string(&mut self, node: &Node, name: &str) -> Option<Spanned<String>> {
        let string = node.as_spanned_str();
        if string.is_none() {
            let message = format!("`{name}` must be a string, not {}", node.kind_name());
            let span = self.sources.first_line(node.span);
            self.diagnostics.push(Diagnostic::error("wrong-type", span, message).label("expected a string"));
        }
        string
    }

    fn truth(&mut self, node: &Node) -> Option<bool> {
        let truth = node.as_bool();
        if truth.is_none() {
            let message = format!("`remove` must be `true` or `false`, not {}", node.kind_name());
            let span = self.sources.first_line(node.span);
            self.diagnostics.push(Diagnostic::error("wrong-type", span, message).label("expected a boolean"));
        }
        truth
    }

    /// Creates a diagnostic of a mistake that loses nothing: an error if the reading is strict, else a warning.
    fn lax(&self, code: &'static str, span: Span, message: String) -> Diagnostic {
        let severity = if self.strict { Diagnostic::error } else { Diagnostic::warning };
        severity(code, span, message)
    }
}
