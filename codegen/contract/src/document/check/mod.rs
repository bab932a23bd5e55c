//! The second pass of loading: holds every object of the contract against its rule, through references.

mod advice;
mod described;
mod entries;
mod extensions;
mod fields;
mod pending;
mod references;
mod repairable;
mod values;

use std::collections::{HashMap, VecDeque};

use super::grammar::{ObjectKind, Role, Rule, Shape, rule};
use super::node::{Key, Node, Object, Value};
use super::repair::Repairs;
use super::trees::Document;
use super::version::Version;
use super::walk::{Visited, Walk, begin, entries, standing_reference};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::{Pointer, Span, Step, unescape};
use pending::Pending;

/// The walk that checks: over the trees, from the root of the entry along what each object may hold.
struct Checker<'d, 'o> {
    document: &'d Document,
    strict: bool,
    diagnostics: &'o mut Diagnostics,
    /// The way from the root of the document to here, through references.
    pointer: Pointer,
    /// The length of the pointer at the object whose fields are walked.
    owner: usize,
    /// The kind that each object was taken for, by its address: the trees do not move.
    seen: HashMap<usize, ObjectKind>,
    /// References that are still to be followed.
    pending: VecDeque<Pending<'d>>,
    /// The changes to values that are wrong but whose meaning is certain.
    repairs: Repairs,
}

/// Reports whatever does not follow the grammar of OpenAPI; returns what can be repaired.
pub(super) fn check(document: &Document, strict: bool, diagnostics: &mut Diagnostics) -> Repairs {
    let mut checker = Checker {
        document,
        strict,
        diagnostics,
        pointer: Pointer::default(),
        owner: 0,
        seen: HashMap::new(),
        pending: VecDeque::new(),
        repairs: Repairs::default(),
    };
    begin(&mut checker, ObjectKind::Root, document.root_node());
    while let Some(pending) = checker.pending.pop_front() {
        checker.follow(&pending);
    }
    checker.repairs
}

impl<'d> Walk<'d> for Checker<'d, '_> {
    type Outcome = ();

    fn version(&self) -> Version {
        self.document.version()
    }

    fn enter(&mut self, step: Step<'_>) {
        self.pointer.push(step);
    }

    fn leave(&mut self) {
        self.pointer.pop();
    }

    /// Checks an object against the rule of its kind, once.
    fn object(&mut self, kind: ObjectKind, visited: Visited<'d>, object: &'d Object) {
        if self.seen.insert(std::ptr::from_ref(visited.node).addr(), kind).is_some() {
            return;
        }
        let rule = rule(kind);
        if let Some(standing) = standing_reference(kind, object, self.version()) {
            self.refer(&standing, kind);
            if standing.alone {
                self.siblings(&standing, kind, object);
                return;
            }
        }
        let outer = std::mem::replace(&mut self.owner, self.pointer.as_str().len());
        entries(self, kind, object).for_each(drop);
        self.owner = outer;
        let anchor = self.anchor(visited);
        for field in rule.fields {
            if field.required && field.since.knows(self.version()) && !object.contains_key(field.name) {
                self.missing(rule, object, field.name, anchor);
            }
        }
        self.fields(kind, rule, object, anchor);
    }

    fn schema_reference(&mut self, node: &'d Node, text: &'d str) {
        self.refer_by_text(node, text);
    }

    fn scalar(&mut self, shape: &'static Shape, visited: Visited<'d>) {
        match (shape, &visited.node.value) {
            (Shape::Word(words), Value::String(word)) => self.word(words, word, visited),
            (Shape::Word(_), Value::Null) => self.unquoted_null(visited.node.span),
            _ => {}
        }
    }

    fn mismatch(&mut self, shape: &'static Shape, visited: Visited<'d>) {
        self.wrong_type(shape, visited);
    }

    fn entry(&mut self, rule: &'static Rule, role: Role, key: &'d Key) {
        match role {
            Role::Field(field) if !field.since.knows(self.version()) => self.other_version(rule, field, key),
            Role::Extension => self.extension(rule, key),
            Role::MisplacedReference => self.misplaced_reference(key, rule.name),
            Role::Unknown => self.unknown(rule, key),
            Role::Field(_) | Role::Reference | Role::Pattern(_) => {}
        }
    }

    fn reference_for_map(&mut self, key: &'d Key) {
        self.misplaced_reference(key, "a complete map");
    }

    fn component_name(&mut self, key: &'d Key) {
        self.check_component_name(key);
    }
}

impl Checker<'_, '_> {
    /// Reports a problem, with the way to it.
    fn report(&mut self, problem: Diagnostic) {
        let problem = match self.pointer.as_str() {
            "" => problem,
            pointer => problem.note(format!("at #{pointer}")),
        };
        self.diagnostics.push(problem);
    }

    /// An error where it is wrong for sure or reading is strict, else a warning.
    fn lax(&self, wrong: bool, code: &'static str, span: Span, message: String) -> Diagnostic {
        let severity = if wrong || self.strict { Diagnostic::error } else { Diagnostic::warning };
        severity(code, span, message)
    }

    /// Returns the place of a message about a whole value: its name, or its first line where it has none.
    fn anchor(&self, visited: Visited<'_>) -> Span {
        visited.key.map_or_else(|| self.document.sources.first_line(visited.node.span), |key| key.span)
    }

    /// Returns the way from the object whose fields are walked to here, as people write it: `schema`, or
    /// `content/application/json`.
    fn field_path(&self) -> String {
        let path = self.pointer.as_str().get(self.owner..).unwrap_or("").trim_start_matches('/');
        unescape(path)
    }

    /// A span without the quotes that the text stands in.
    fn inside_quotes(&self, span: Span) -> Span {
        self.document.sources.inside_quotes(span)
    }
}
