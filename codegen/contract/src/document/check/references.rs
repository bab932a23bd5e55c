//! The check of references in a document: the fields beside them, and the kinds of their targets.

use super::Checker;
use super::pending::Pending;
use crate::diagnostic::Diagnostic;
use crate::document::grammar::ObjectKind;
use crate::document::located::Located;
use crate::document::node::{Node, Object, Value};
use crate::document::reference::{Fragment, RefError, Reference, compose, file_part, parse};
use crate::document::remote::{LOCK, RemoteError};
use crate::document::repair::Repair;
use crate::document::resolve::MAX_HOPS;
use crate::document::version::Version;
use crate::document::walk::{Standing, begin};
use crate::source::{Pointer, Span};

/// The annotations that apply to a schema of OpenAPI 3.0 beside a `$ref`.
const APPLIED_BESIDE: &[&str] = &["default", "deprecated", "nullable", "readOnly", "writeOnly"];

impl<'d> Checker<'d, '_> {
    /// Queues a `$ref` in place of an OpenAPI object, so that its target is checked later.
    pub(super) fn refer(&mut self, standing: &Standing<'d>, kind: ObjectKind) {
        let pointer = self.pointer.clone();
        let Standing { node, text, .. } = *standing;
        self.pending.push_back(Pending { span: node.span, text, kind, pointer, may_be_name: false });
    }

    /// Queues a string that is the name of a schema or a reference to one, so that the schema is checked later.
    pub(super) fn refer_by_text(&mut self, node: &'d Node, text: &'d str) {
        let pointer = self.pointer.clone();
        self.pending.push_back(Pending { span: node.span, text, kind: ObjectKind::Schema, pointer, may_be_name: true });
    }

    /// Reports the fields beside a `$ref`. Annotations of a schema apply, as authors and other tools expect, although
    /// OpenAPI 3.0.3, section 4.7.23, ignores them; other fields have no effect.
    pub(super) fn siblings(&mut self, standing: &Standing<'_>, kind: ObjectKind, object: &Object) {
        for (key, _) in object {
            let name = key.name.as_str();
            // A title or description beside a `$ref` is common, and does not change the meaning.
            if matches!(name, "$ref" | "summary" | "description" | "title") || name.starts_with("x-") {
                continue;
            }
            let is_schema = kind == ObjectKind::Schema;
            let applies = is_schema && APPLIED_BESIDE.contains(&name);
            let (effect, label, target) = match applies {
                true => {
                    ("applies, although OpenAPI 3.0 ignores it", "applied", "other tools may read only the reference")
                }
                false => ("has no effect", "ignored", "the reference replaces"),
            };
            let message = format!("`{name}` beside a `$ref` {effect}");
            let problem = self.lax(false, "ref-sibling", key.span, message).label(label);
            let target =
                if applies { target.to_owned() } else { format!("{target} {} completely", self.rule(kind).name) };
            let advice = if is_schema { "wrap the `$ref` in an `allOf` to add to it" } else { "remove it" };
            self.report(problem.also(standing.node.span, target).help(advice));
        }
    }

    /// Follows a reference that the check has queued, and checks the object that it leads to.
    pub(super) fn follow(&mut self, pending: &Pending<'d>) {
        self.pointer.clone_from(&pending.pointer);
        match self.document.resolve_as(pending.span.file, pending.text, pending.kind) {
            Err(error) => match self.without_slash(pending) {
                Some(target) => self.target(pending, target),
                None => self.unresolved(pending, error),
            },
            Ok(target) if self.is_cyclic(pending, &target) => {
                let problem = Diagnostic::error("cyclic-ref", pending.span, "the references form a cycle");
                let problem = problem.label("leads back to itself");
                let name = self.rule(pending.kind).name;
                self.report(problem.help(format!("write {name} in place of one of the references")));
            }
            Ok(target) => self.target(pending, target),
        }
    }

    /// Returns the target of a reference whose JSON pointer lacks its first slash, as in `#definitions/User`, and reports
    /// the reference. A slash cannot be a part of an anchor, so the pointer has no other meaning (RFC 6901, section 3).
    fn without_slash(&mut self, pending: &Pending<'d>) -> Option<Located<'d>> {
        let (file, pointer) = pending.text.split_once('#')?;
        let meant = format!("{file}#/{pointer}");
        if pointer.starts_with('/') || !pointer.contains('/') {
            return None;
        }
        let target = self.document.resolve_as(pending.span.file, &meant, pending.kind).ok()?;
        let message = format!("the JSON pointer of `{}` does not begin with `/`", pending.text);
        let problem = self.lax(false, "dangling-ref", pending.span, message);
        let problem =
            problem.label(if self.strict { "no such target".to_owned() } else { format!("read as `{meant}`") });
        self.report(problem.suggest(self.inside_quotes(pending.span), &meant));
        self.repairs.add(pending.span, Repair::Replace(Value::String(meant)));
        Some(target)
    }

    /// Checks that the target of a reference is an object of the required kind.
    fn target(&mut self, pending: &Pending<'d>, target: Located<'d>) {
        let Located { node, path } = target;
        let kind = pending.kind;
        let name = self.rule(kind).name;
        if node.as_object().is_none() {
            // A repairable value was reported at its own place.
            if self.repairs.contains(node.span) {
                return;
            }
            let bool_schema = kind == ObjectKind::Schema && node.as_bool().is_some();
            if !bool_schema || self.document.version() < Version::V31 {
                let message = format!("`{}` is {}, not {name}", pending.text, node.kind_name());
                let problem = Diagnostic::error("wrong-type", pending.span, message);
                let line = self.document.sources.first_line(node.span);
                self.report(problem.label(format!("expected {name}")).also(line, "target of the reference"));
            }
            return;
        }
        if let Some(other) = self.seen.get(&std::ptr::from_ref(node).addr()) {
            if *other != kind {
                let message = format!("`{}` is {}, but {name} is expected", pending.text, self.rule(*other).name);
                let problem = Diagnostic::error("wrong-ref", pending.span, message);
                let problem = problem.label(format!("expected {name}"));
                self.report(
                    problem
                        .help(format!("refer to {name}, as under `{}`", kind.place(self.document.version()).join("/"))),
                );
            }
            return;
        }
        if path.file == self.document.root {
            self.pointer = Pointer::new(path.pointer);
        }
        begin(self, kind, node);
    }

    /// Returns true if a reference is the first one, by source span, in a cycle of references.
    ///
    /// For the others the result is false, so that each cycle is reported once.
    fn is_cyclic(&self, pending: &Pending<'d>, target: &Located<'d>) -> bool {
        let mut here = target.clone();
        let mut first = pending.span;
        for _ in 0..MAX_HOPS {
            let Some(next) = here.node.get("$ref") else {
                return false;
            };
            if next.span == pending.span {
                return first == pending.span;
            }
            first = first.min(next.span);
            let Some(Ok(located)) = next.as_str().map(|text| self.document.resolve(here.path.file, text)) else {
                return false;
            };
            if located.path == target.path {
                return false;
            }
            here = located;
        }
        // No contract intends a longer chain, so it counts as a cycle.
        true
    }

    fn unresolved(&mut self, pending: &Pending<'_>, error: RefError) {
        let text = pending.text;
        let span = pending.span;
        let problem = match error {
            // The unreadable file has a diagnostic already.
            RefError::File(_) if self.is_unreadable(pending) => return,
            // This cycle is reported at its first reference.
            RefError::Cyclic if !text.contains('#') => return,
            RefError::Cyclic => Diagnostic::error("cyclic-ref", span, format!("`{text}` leads back to itself"))
                .label("cyclic reference"),
            RefError::Remote(error) => self.remote(span, text, &error),
            RefError::Outside => {
                let message = format!("`{}` is outside the folder of the contract", file_part(text));
                Diagnostic::error("ref-outside", span, message)
                    .label("not read")
                    .help("move the file into the folder, or allow a wider one with `--root` or the setting `root`")
            }
            RefError::File(_) if pending.may_be_name && !text.contains('#') => return,
            RefError::File(why) => {
                let problem =
                    Diagnostic::error("dangling-ref", span, format!("the file that `{text}` refers to cannot be read"));
                problem.label(why)
            }
            RefError::Ambiguous { anchors } => {
                let message = format!("`{text}` matches {} schemas of its file", anchors.len());
                let problem = Diagnostic::error("ambiguous-ref", span, message).label("ambiguous");
                let problem =
                    anchors.iter().take(2).fold(problem, |problem, at| problem.also(*at, "schema with this name"));
                problem.help("refer to the schema by its JSON pointer, or give each a different `$anchor`")
            }
            RefError::Dangling { closest } => {
                let problem = Diagnostic::error("dangling-ref", span, format!("the target of `{text}` does not exist"));
                let problem = match self.removed_target(pending) {
                    Some(action) => problem.also(action, "this action removes the target"),
                    None => problem,
                };
                let problem = problem.label("no such target");
                match closest {
                    Some(similar) => problem.suggest(self.inside_quotes(span), similar),
                    None => problem.help("define the target, or correct the reference"),
                }
            }
        };
        self.report(problem);
    }

    /// Returns the span of the action of an overlay that removed the target of a reference.
    fn removed_target(&self, pending: &Pending<'_>) -> Option<Span> {
        let Reference { file, fragment: Fragment::Pointer(steps) } = parse(pending.text) else { return None };
        let from = self.document.base(pending.span.file);
        let file = if file.is_empty() { from } else { self.document.links.get(&(from, file))?.clone().ok()? };
        let text = compose("", &steps);
        self.document.overlaid.removal(&text[1..]).filter(|_| file == self.document.root)
    }

    /// Returns the diagnostic for a reference to a remote document without a valid copy.
    fn remote(&self, span: Span, text: &str, error: &RemoteError) -> Diagnostic {
        let entry = match self.document.sources.display_path(self.document.root) {
            "standard input" => "FILE",
            path => path,
        };
        match error {
            RemoteError::Foreign => {
                let message = format!("`{text}` is on another host, and is not a URL that can be fetched");
                Diagnostic::error("remote-ref", span, message)
                    .label("neither a file nor an `https` URL")
                    .help("save the file in the folder of the contract, and refer to it there")
            }
            RemoteError::Unfetched(url) => {
                Diagnostic::error("remote-ref", span, format!("there is no copy of `{url}`"))
                    .label("not fetched: generating code does not access the network")
                    .help(format!("run `cargo writ fetch --spec {entry}` to store a copy beside the contract"))
            }
            RemoteError::Altered(file) => {
                let message = format!("the copy of `{}` differs from its hash in `{LOCK}`", file_part(text));
                Diagnostic::error("remote-changed", span, message)
                    .label(format!("`{file}` is missing or was edited"))
                    .help(format!(
                        "restore the copy, or run `cargo writ fetch --force --spec {entry}` to fetch it again"
                    ))
            }
        }
    }

    fn is_unreadable(&self, pending: &Pending<'_>) -> bool {
        let from = self.document.base(pending.span.file);
        let link = self.document.links.get(&(from, parse(pending.text).file));
        matches!(link, Some(Ok(file)) if self.document.unreadable.contains(file))
    }
}
