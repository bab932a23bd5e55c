//! The second pass of loading: checks every object of the contract against the grammar, through references.
//!
//! [`check`] reports problems and returns the [`Repairs`] of mistakes that have only one possible meaning,
//! which the third pass applies. It changes nothing itself.

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

/// The walk that checks the trees of a document, from the root of the entry through references.
struct Checker<'d, 'o> {
    document: &'d Document,
    strict: bool,
    diagnostics: &'o mut Diagnostics,
    /// The JSON pointer of the current node, for notes. Within a referenced object it continues the pointer
    /// of the reference, unless the object is in the entry file.
    pointer: Pointer,
    /// The length of the pointer at the object whose fields the walk visits.
    owner: usize,
    /// The objects that were checked, by their address, which does not change meanwhile, with the kind they
    /// were checked as.
    seen: HashMap<usize, ObjectKind>,
    /// The references that the check has found and not followed yet.
    pending: VecDeque<Pending<'d>>,
    /// The repairs of mistakes whose intended meaning is certain.
    repairs: Repairs,
}

/// Reports each violation of the grammar of OpenAPI in a document, and returns the possible repairs.
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

    /// Checks an object against the grammar rule of its kind, once.
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
    /// Reports a problem, with a note that contains the JSON pointer of the current node.
    fn report(&mut self, problem: Diagnostic) {
        let problem = match self.pointer.as_str() {
            "" => problem,
            pointer => problem.note(match operation_of(pointer) {
                Some(operation) => format!("in `{operation}`, at #{pointer}"),
                None => format!("at #{pointer}"),
            }),
        };
        self.diagnostics.push(problem);
    }

    /// Creates a diagnostic: an error if the contract is certainly wrong or in strict mode, and otherwise a warning.
    fn lax(&self, wrong: bool, code: &'static str, span: Span, message: String) -> Diagnostic {
        let severity = if wrong || self.strict { Diagnostic::error } else { Diagnostic::warning };
        severity(code, span, message)
    }

    /// Returns the span for a diagnostic about a complete value: its key, or its first line if it has no key.
    fn anchor(&self, visited: Visited<'_>) -> Span {
        visited.key.map_or_else(|| self.document.sources.first_line(visited.node.span), |key| key.span)
    }

    /// Returns the unescaped path from the current object to the value that is checked: `schema`, or
    /// `content/application/json`.
    fn field_path(&self) -> String {
        let path = self.pointer.as_str().get(self.owner..).unwrap_or("").trim_start_matches('/');
        unescape(path)
    }

    /// Returns a source span without the quotes around the string in it.
    fn inside_quotes(&self, span: Span) -> Span {
        self.document.sources.inside_quotes(span)
    }
}

/// Returns the method and the path of the operation that a JSON pointer leads into, as in `GET /users/{id}`.
fn operation_of(pointer: &str) -> Option<String> {
    const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", "trace"];
    let mut steps = pointer.strip_prefix("/paths/")?.split('/');
    let path = unescape(steps.next()?);
    let method = steps.next().filter(|step| METHODS.contains(step))?;
    Some(format!("{} {path}", method.to_ascii_uppercase()))
}

#[cfg(test)]
mod tests {
    use super::operation_of;

    #[test]
    fn a_pointer_names_the_operation_that_it_leads_into() {
        let operation = operation_of("/paths/~1users~1{id}/get/responses/200");
        assert_eq!(operation.as_deref(), Some("GET /users/{id}"));
        assert_eq!(operation_of("/paths/~1users/parameters/0"), None);
        assert_eq!(operation_of("/components/schemas/get"), None);
    }
}
