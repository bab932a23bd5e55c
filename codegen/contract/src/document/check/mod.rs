//! The second pass of loading a contract: checks every object against the grammar of OpenAPI, and follows references.
//!
//! [`check`] reports the mistakes and changes nothing. For mistakes with only one possible meaning it also
//! returns [`Repairs`], which the third pass applies.

mod advice;
mod described;
mod entries;
mod extensions;
mod fields;
mod foreign;
mod pending;
mod references;
mod repairable;
mod swagger;
mod type_words;
mod values;
mod version_3_2;
mod words;

use std::collections::{HashMap, VecDeque};

use super::grammar::{ObjectKind, Presence, Role, Rule, Shape, rule};
use super::node::{Key, Node, Object, Value};
use super::repair::Repairs;
use super::trees::Document;
use super::version::Version;
use super::walk::{Visited, Walk, begin, entries, standing_reference};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::{Pointer, Span, Step, unescape};
use pending::Pending;

/// The walk that checks a document against the grammar of OpenAPI, from the root of the entry file through references.
struct Checker<'d, 'o> {
    document: &'d Document,
    strict: bool,
    diagnostics: &'o mut Diagnostics,
    /// The JSON pointer to the node that is being checked, for the notes of diagnostics.
    ///
    /// Within an object of another file, it continues the pointer of the reference to the object.
    pointer: Pointer,
    /// The length of that part of the current JSON pointer which leads to the object whose fields are being checked.
    owner: usize,
    /// The objects that the check has visited, by node address, with the kind that each was checked as. Nodes do
    /// not move meanwhile.
    seen: HashMap<usize, ObjectKind>,
    /// The references that the check of a document has found and not followed yet.
    pending: VecDeque<Pending<'d>>,
    /// The repairs of mistakes in the document that have only one possible meaning.
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

    /// Checks an object of a document against the grammar rule of its kind. Each object is checked only once.
    fn object(&mut self, kind: ObjectKind, visited: Visited<'d>, object: &'d Object) {
        if self.seen.insert(std::ptr::from_ref(visited.node).addr(), kind).is_some() {
            return;
        }
        let rule = self.rule(kind);
        if let Some(standing) = standing_reference(kind, object, self.version()) {
            self.refer(&standing, kind);
            if kind == ObjectKind::MediaType {
                self.media_type_reference(standing.node.span);
            }
            if standing.alone {
                self.siblings(&standing, kind, object);
                return;
            }
        }
        let outer = std::mem::replace(&mut self.owner, self.pointer.as_str().len());
        entries(self, kind, object).for_each(drop);
        self.owner = outer;
        let anchor = self.anchor(visited);
        let located = kind == ObjectKind::Parameter && self.located_by_path(object, anchor);
        for field in rule.fields.iter().filter(|field| !(located && field.name == "in")) {
            if field.since.knows(self.version()) && !object.contains_key(field.name) {
                let presence = match field.name == "name" && is_query_string(kind, object) {
                    true => Presence::Assumed("treated as `query`: it is not sent"),
                    false => field.presence,
                };
                self.missing(rule, object, (field.name, presence), anchor);
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
    /// Returns the grammar rule of a kind of object in the version of the contract.
    fn rule(&self, kind: ObjectKind) -> &'static Rule {
        rule(kind, self.document.version())
    }

    /// Adds a diagnostic, with a note that contains the JSON pointer to the node that is being checked.
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

    /// Creates a diagnostic: an error if the contract is certainly wrong or the check is strict, and otherwise a
    /// warning.
    fn lax(&self, wrong: bool, code: &'static str, span: Span, message: String) -> Diagnostic {
        let severity = if wrong || self.strict { Diagnostic::error } else { Diagnostic::warning };
        severity(code, span, message)
    }

    /// Returns the span at which a diagnostic about a complete value points: its key, or its first line if it has
    /// no key.
    fn anchor(&self, visited: Visited<'_>) -> Span {
        visited.key.map_or_else(|| self.document.sources.first_line(visited.node.span), |key| key.span)
    }

    /// Returns the unescaped path from an OpenAPI object to the value in it that is being checked, such as
    /// `schema` or `content/application/json`.
    fn field_path(&self) -> String {
        let path = self.pointer.as_str().get(self.owner..).unwrap_or("").trim_start_matches('/');
        unescape(path)
    }

    /// Returns the span of a string in a source file without the quotes around the string.
    fn inside_quotes(&self, span: Span) -> Span {
        self.document.sources.inside_quotes(span)
    }
}

/// Returns true if an object is a parameter for the complete query string, whose name is not a part of requests.
fn is_query_string(kind: ObjectKind, object: &Object) -> bool {
    kind == ObjectKind::Parameter && object.get("in").and_then(Node::as_str) == Some("querystring")
}

/// Returns the method and path of the operation that contains the node at a JSON pointer, such as `GET /users/{id}`.
fn operation_of(pointer: &str) -> Option<String> {
    const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];
    let mut steps = pointer.strip_prefix("/paths/")?.split('/');
    let path = unescape(steps.next()?);
    let method = match steps.next()? {
        "additionalOperations" => unescape(steps.next()?),
        step => METHODS.contains(&step).then(|| step.to_ascii_uppercase())?,
    };
    Some(format!("{method} {path}"))
}

#[cfg(test)]
mod tests {
    use super::operation_of;

    #[test]
    fn a_pointer_names_the_operation_that_it_leads_into() {
        let operation = operation_of("/paths/~1users~1{id}/get/responses/200");
        assert_eq!(operation.as_deref(), Some("GET /users/{id}"));
        let copy = operation_of("/paths/~1users/additionalOperations/COPY/tags");
        assert_eq!(copy.as_deref(), Some("COPY /users"));
        assert_eq!(operation_of("/paths/~1users/parameters/0"), None);
        assert_eq!(operation_of("/components/schemas/get"), None);
    }
}
