//! References on the walk: where they may stand, and what they must lead to.

use super::{Anchor, Diagnostic, Kind, Node, Object, Pending, Rule, Version, Walk, message, rule};
use crate::document::located::Located;
use crate::document::reference::RefError;
use crate::document::reference::{file_part, is_plain_name, parse};
use crate::document::resolve::{MAX_HOPS, reference_of};
use crate::source::{NodePath, Span, unescape};

impl Walk<'_, '_> {
    /// Notes the reference that stands for an object. Whether nothing else of the object counts.
    pub(super) fn reference(&mut self, kind: Kind, rule: &Rule, node: &Node, object: &Object) -> bool {
        let Some(text) = reference_of(node) else {
            return false;
        };
        let Some(target) = object.get("$ref") else {
            return false;
        };
        self.pending.push_back(Pending {
            file: self.file,
            span: target.span,
            text: text.to_owned(),
            kind,
            trail: self.trail.clone(),
            perhaps: false,
        });
        if kind == Kind::PathItem || (kind == Kind::Schema && self.version != Version::V30) {
            return false;
        }
        for (key, _) in object {
            let name = key.name.as_str();
            // A description beside a `$ref` is common, and losing it loses nothing.
            if !matches!(name, "$ref" | "summary" | "description") && !name.starts_with("x-") {
                let message = format!("`{name}` beside a `$ref` has no effect");
                let problem = self.lax(false, "ref-sibling", key.span, message).label("ignored");
                let problem = problem.also(target.span, format!("stands for {} as a whole", rule.name));
                let advice =
                    if kind == Kind::Schema { "wrap the `$ref` in an `allOf` to add to it" } else { "leave it out" };
                self.report(problem.help(advice));
            }
        }
        true
    }

    /// Notes a text that may be the name of a schema or a reference to one.
    pub(super) fn schema_name(&mut self, text: &str, span: Span) {
        if is_plain_name(text) {
            return;
        }
        self.pending.push_back(Pending {
            file: self.file,
            span,
            text: text.to_owned(),
            kind: Kind::Schema,
            trail: self.trail.clone(),
            perhaps: true,
        });
    }

    /// Follows a reference: reads its file, and checks what it leads to.
    pub(super) fn refer(&mut self, pending: Pending) {
        self.file = pending.file;
        self.trail.clone_from(&pending.trail);
        if let Ok(reference) = parse(&pending.text) {
            self.loader.link(pending.file, &reference.file);
        }
        let resolved = self.loader.document.resolve_as(pending.file, &pending.text, pending.kind.section());
        let path = match resolved {
            Ok(Located { path, .. }) => path,
            Err(error) => {
                self.unresolved(&pending, error);
                return;
            }
        };
        if self.is_cyclic(&pending, &path) {
            let problem = Diagnostic::error("cyclic-ref", pending.span, "references in a circle");
            let problem = problem.label("leads back to itself, and never to a value");
            let name = rule(pending.kind).name;
            self.report(problem.help(format!("write {name} in place of one of the references")));
            return;
        }
        self.target(&pending, &path);
    }

    /// Checks what a reference leads to as what it is referred to as.
    fn target(&mut self, pending: &Pending, path: &NodePath) {
        let Some(tree) = self.loader.tree(path.file) else {
            return;
        };
        let Some(node) = at(&tree, &path.pointer) else {
            return;
        };
        let kind = pending.kind;
        let name = rule(kind).name;
        let bool_schema = kind == Kind::Schema && node.as_bool().is_some() && self.version != Version::V30;
        if node.as_object().is_none() {
            if !bool_schema {
                let message = format!("`{}` is {}, not {name}", pending.text, node.kind_name());
                let problem = Diagnostic::error("wrong-type", pending.span, message);
                let line = message::first_line(node, self.loader.document.sources.text(path.file));
                self.report(problem.label(format!("expected {name}")).also(line, "it stands here"));
            }
            return;
        }
        if let Some(other) = self.seen.get(&std::ptr::from_ref(node).addr()) {
            if *other != kind {
                let message = format!("`{}` is {}, and {name} is expected here", pending.text, rule(*other).name);
                let problem = Diagnostic::error("wrong-ref", pending.span, message);
                self.report(problem.label(format!("expected {name}")));
            }
            return;
        }
        if path.file == self.loader.document.root {
            self.trail.clone_from(&path.pointer);
        }
        self.file = path.file;
        let span = message::first_line(node, self.text());
        self.object_of(kind, node, Anchor { span });
    }

    /// Whether references lead from a place back to it. Said once, at the first of them.
    fn is_cyclic(&self, pending: &Pending, target: &NodePath) -> bool {
        let document = &self.loader.document;
        let mut here = target.clone();
        let mut first = pending.span;
        for _ in 0..MAX_HOPS {
            let Some(tree) = self.loader.tree(here.file) else {
                return false;
            };
            let Some(node) = at(&tree, &here.pointer) else {
                return false;
            };
            let Some(next) = node.get("$ref") else {
                return false;
            };
            if next.span == pending.span {
                return first == pending.span;
            }
            first = first.min(next.span);
            let Some(Ok(located)) = next.as_str().map(|text| document.resolve(here.file, text)) else {
                return false;
            };
            if located.path == *target {
                return false;
            }
            here = located.path;
        }
        // Nobody writes so long a chain but to waste time.
        true
    }

    fn unresolved(&mut self, pending: &Pending, error: RefError) {
        let text = &pending.text;
        let span = pending.span;
        let problem = match error {
            // The file has its own diagnostic already.
            RefError::File(_) if self.is_broken(pending) => return,
            // The circle is reported where it begins.
            RefError::Cyclic if !text.contains('#') => return,
            RefError::Cyclic => Diagnostic::error("cyclic-ref", span, format!("`{text}` leads in a circle"))
                .label("never leads to a value"),
            RefError::Remote => Diagnostic::error("remote-ref", span, format!("`{text}` is on another host"))
                .label("not fetched")
                .help("save it beside the contract and refer to the file: a build must not depend on a network"),
            RefError::Outside => {
                let message = format!("`{}` lies outside the folder of the contract", file_part(text));
                Diagnostic::error("ref-outside", span, message)
                    .label("not read")
                    .help("move it into the folder, or widen what may be read with the `root` option")
            }
            RefError::File(_) if pending.perhaps && !text.contains('#') => return,
            RefError::File(why) => {
                let problem = Diagnostic::error("dangling-ref", span, format!("`{text}` leads to no file"));
                problem.label(why)
            }
            RefError::Ambiguous { anchors } => {
                let message = format!("`{text}` may be any of {} schemas of its file", anchors.len());
                let problem = Diagnostic::error("ambiguous-ref", span, message).label("which of them?");
                let problem = anchors.iter().take(2).fold(problem, |problem, at| problem.also(*at, "bears that name"));
                problem.help("refer to it by a pointer, or give each an `$anchor` of its own")
            }
            RefError::Dangling { closest } => {
                let problem = Diagnostic::error("dangling-ref", span, format!("`{text}` leads nowhere"));
                let problem = problem.label("nothing is there");
                match closest {
                    Some(meant) => problem.suggest(self.inside_quotes(span), meant),
                    None => problem,
                }
            }
        };
        self.report(problem);
    }

    fn is_broken(&self, pending: &Pending) -> bool {
        let Ok(reference) = parse(&pending.text) else {
            return false;
        };
        let document = &self.loader.document;
        let link = document.links.get(&(pending.file, reference.file));
        matches!(link, Some(Ok(file)) if document.broken.contains(file))
    }
}

/// The node at a pointer.
fn at<'t>(tree: &'t Node, pointer: &str) -> Option<&'t Node> {
    let steps = pointer.split('/').skip(1).map(unescape);
    steps.into_iter().try_fold(tree, |node, step| match node.as_array() {
        Some(elements) => elements.get(step.parse::<usize>().ok()?),
        None => node.get(&step),
    })
}
