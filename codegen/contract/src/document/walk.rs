//! The walk through a document along the grammar of OpenAPI, which loading, checking, bundling and upgrading share.
//!
//! A [`Walk`] defines the action for each kind of value; the functions of this module visit the values. They do
//! not follow references, but pass each one to the [`Walk`].

use super::grammar::{ObjectKind, Role, Rule, Shape, rule};
use super::node::{Key, Node, Object, Value};
use super::reference::is_plain_name;
use super::version::Version;
use crate::source::Step;

/// The result of a walk for one value of a document: `()` for a walk that only reads, a [`Node`] for one that
/// rewrites.
pub(super) trait Outcome: Sized {
    /// Returns the result of a document walk for a value that the walk leaves unchanged.
    fn unchanged(node: &Node) -> Self;

    /// Returns the result of a document walk for the array `node`, from the results for its elements.
    fn list(node: &Node, elements: impl Iterator<Item = Self>) -> Self;

    /// Returns the result of a document walk for the object or map `node`, from the results for its entries.
    fn map<'n>(node: &Node, entries: impl Iterator<Item = (&'n Key, Self)>) -> Self;
}

/// A value of a document that a walk visits, with its context.
#[derive(Clone, Copy)]
pub(super) struct Visited<'d> {
    /// The node of the visited value.
    pub node: &'d Node,
    /// The key of the entry whose value is visited; `None` for an element of an array and at the start of a walk.
    pub key: Option<&'d Key>,
    /// The grammar rule of the object whose field contains the visited value, directly or within arrays and maps.
    pub owner: &'static Rule,
}

/// The actions of a walk through a document. The default of each method leaves the value unchanged.
pub(super) trait Walk<'d>: Sized {
    /// The result that a walk through a document has for each value.
    type Outcome: Outcome;

    /// Returns the version of OpenAPI whose grammar the walk follows.
    fn version(&self) -> Version;

    /// Called before a walk through a document visits an entry of an object or an element of an array.
    fn enter(&mut self, _step: Step<'_>) {}

    /// Called after a walk through a document has visited the entry or element that it entered last.
    fn leave(&mut self) {}

    /// Visits an object of OpenAPI, such as an operation or a schema.
    ///
    /// An implementation that continues within the object calls [`entries`], as the default does.
    fn object(&mut self, kind: ObjectKind, visited: Visited<'d>, object: &'d Object) -> Self::Outcome {
        Self::Outcome::map(visited.node, entries(self, kind, object))
    }

    /// Visits a `$ref` that stands in place of an OpenAPI object.
    fn reference(&mut self, _kind: ObjectKind, node: &'d Node, _text: &'d str) -> Self::Outcome {
        Self::Outcome::unchanged(node)
    }

    /// Visits a string that refers to a schema without a `$ref`, such as a value of `mapping`.
    fn schema_reference(&mut self, node: &'d Node, _text: &'d str) -> Self::Outcome {
        Self::Outcome::unchanged(node)
    }

    /// Visits a string that refers to an operation, such as the `operationRef` of a link.
    fn operation_reference(&mut self, node: &'d Node, _text: &'d str) -> Self::Outcome {
        Self::Outcome::unchanged(node)
    }

    /// Visits a value that has the JSON type that the grammar requires and contains no further OpenAPI objects.
    fn scalar(&mut self, _shape: &'static Shape, visited: Visited<'d>) -> Self::Outcome {
        Self::Outcome::unchanged(visited.node)
    }

    /// Visits a value that does not have the JSON type that the grammar requires, which is a mistake in the contract.
    fn mismatch(&mut self, _shape: &'static Shape, visited: Visited<'d>) -> Self::Outcome {
        Self::Outcome::unchanged(visited.node)
    }

    /// Called with the key of an object's entry before the walk visits the value of the entry.
    fn entry(&mut self, _rule: &'static Rule, _role: Role, _key: &'d Key) {}

    /// Called for a `$ref` in place of a complete map such as `properties`, which is a mistake. Its value is not
    /// visited.
    fn reference_for_map(&mut self, _key: &'d Key) {}

    /// Visits a security requirement, whose names are component names, or since OpenAPI 3.2 references.
    fn requirement(&mut self, visited: Visited<'d>, object: &'d Object) -> Self::Outcome {
        map(self, &SCOPES, visited, object)
    }

    /// Called with each component name of a section before the walk visits the components of the section.
    fn component_name(&mut self, _key: &'d Key) {}
}

/// The shape of the values in a security requirement: lists of scopes.
pub(super) static SCOPES: Shape = Shape::List(&Shape::Text);

/// A `$ref` that stands in place of an OpenAPI object.
pub(super) struct Standing<'d> {
    /// The node of the string after `$ref:`, in place of an OpenAPI object.
    pub node: &'d Node,
    /// The reference as text: the string after `$ref:`.
    pub text: &'d str,
    /// True if all fields beside the `$ref` of an OpenAPI object are ignored.
    pub alone: bool,
}

/// Returns the `$ref` that stands in place of an OpenAPI object, if there is one.
///
/// A path item may have fields beside its `$ref` in every version, a schema since 3.1.
pub(super) fn standing_reference(kind: ObjectKind, object: &Object, version: Version) -> Option<Standing<'_>> {
    let node = object.get("$ref").filter(|_| rule(kind).reference)?;
    let beside = kind == ObjectKind::PathItem || (kind == ObjectKind::Schema && version != Version::V30);
    Some(Standing { node, text: node.as_str()?, alone: !beside })
}

/// Starts a walk through a document at an OpenAPI object of the given kind.
pub(super) fn begin<'d, W: Walk<'d>>(walk: &mut W, kind: ObjectKind, node: &'d Node) -> W::Outcome {
    match node.as_object() {
        Some(object) => walk.object(kind, Visited { node, key: None, owner: rule(kind) }, object),
        None => W::Outcome::unchanged(node),
    }
}

/// Returns an iterator that visits the entries of an object one by one, and yields the result of the walk for each.
pub(super) fn entries<'w, 'd, W: Walk<'d>>(
    walk: &'w mut W,
    kind: ObjectKind,
    object: &'d Object,
) -> impl Iterator<Item = (&'d Key, W::Outcome)> + use<'w, 'd, W> {
    object.iter().map(move |(key, node)| (key, entry(walk, kind, key, node)))
}

/// Visits one entry of an object: determines its role by the grammar, and visits its value.
pub(super) fn entry<'d, W: Walk<'d>>(walk: &mut W, kind: ObjectKind, key: &'d Key, node: &'d Node) -> W::Outcome {
    let rule = rule(kind);
    let role = rule.role(&key.name, walk.version());
    walk.entry(rule, role, key);
    let visited = Visited { node, key: Some(key), owner: rule };
    match role {
        Role::Field(field) => step(walk, key, |walk| value(walk, &field.shape, visited)),
        Role::Pattern(pattern) => step(walk, key, |walk| value(walk, &pattern.shape, visited)),
        Role::Reference => step(walk, key, |walk| match node.as_str() {
            Some(text) => walk.reference(kind, node, text),
            None => walk.mismatch(&Shape::Text, visited),
        }),
        Role::Extension | Role::MisplacedReference | Role::Unknown => W::Outcome::unchanged(node),
    }
}

/// Visits a value of a document according to its shape in the grammar.
pub(super) fn value<'d, W: Walk<'d>>(walk: &mut W, shape: &'static Shape, visited: Visited<'d>) -> W::Outcome {
    let node = visited.node;
    match (shape, &node.value) {
        (Shape::Either(shapes), _) => match shapes.iter().find(|shape| fits(shape, node, walk.version())) {
            Some(shape) => value(walk, shape, visited),
            None => walk.mismatch(shape, visited),
        },
        (Shape::Of(kind), Value::Object(object)) => walk.object(*kind, visited, object),
        (Shape::List(shape), Value::Array(elements)) => W::Outcome::list(
            node,
            elements.iter().enumerate().map(|(at, node)| {
                walk.enter(Step::Index(at));
                let outcome = value(walk, shape, Visited { node, key: None, ..visited });
                walk.leave();
                outcome
            }),
        ),
        (Shape::Map(shape), Value::Object(object)) => map(walk, shape, visited, object),
        (Shape::Components(shape), Value::Object(object)) => {
            object.iter().for_each(|(key, _)| walk.component_name(key));
            map(walk, shape, visited, object)
        }
        (Shape::Requirement, Value::Object(object)) => walk.requirement(visited, object),
        (Shape::SchemaName, Value::String(text)) if !is_plain_name(text) => walk.schema_reference(node, text),
        (Shape::OperationRef, Value::String(text)) => walk.operation_reference(node, text),
        _ if fits(shape, node, walk.version()) => walk.scalar(shape, visited),
        _ => walk.mismatch(shape, visited),
    }
}

pub(super) fn map<'d, W: Walk<'d>>(
    walk: &mut W,
    shape: &'static Shape,
    visited: Visited<'d>,
    object: &'d Object,
) -> W::Outcome {
    // In a map of strings, `$ref` is a valid name; in a map of objects it is a mistake.
    let objects = matches!(shape, Shape::Of(_));
    W::Outcome::map(
        visited.node,
        object.iter().map(|(key, node)| {
            if objects && key.name == "$ref" && node.as_str().is_some() {
                walk.reference_for_map(key);
                return (key, W::Outcome::unchanged(node));
            }
            let visited = Visited { node, key: Some(key), ..visited };
            (key, step(walk, key, |walk| value(walk, shape, visited)))
        }),
    )
}

fn step<'d, W: Walk<'d>>(walk: &mut W, key: &Key, visit: impl FnOnce(&mut W) -> W::Outcome) -> W::Outcome {
    walk.enter(Step::Name(&key.name));
    let outcome = visit(walk);
    walk.leave();
    outcome
}

/// Returns true if a value has the JSON type that its shape in the grammar requires.
pub(super) fn fits(shape: &Shape, node: &Node, version: Version) -> bool {
    match (shape, &node.value) {
        (Shape::Any, _)
        | (Shape::Text | Shape::Word(_) | Shape::SchemaName | Shape::OperationRef, Value::String(_))
        | (Shape::Bool, Value::Bool(_))
        | (Shape::Number, Value::Number(_))
        | (Shape::List(_), Value::Array(_))
        | (Shape::Map(_) | Shape::Components(_) | Shape::Requirement | Shape::Of(_), Value::Object(_)) => true,
        (Shape::Count, Value::Number(_)) => node.as_u64().is_some(),
        // `null` without quotes is read as the word "null"; an entry without a value is not.
        (Shape::Word(words), Value::Null) => words.contains(&"null") && node.span.start < node.span.end,
        (Shape::Of(ObjectKind::Schema), Value::Bool(_)) => version != Version::V30,
        (Shape::Either(shapes), _) => shapes.iter().any(|shape| fits(shape, node, version)),
        _ => false,
    }
}

impl Outcome for () {
    fn unchanged(_node: &Node) {}

    fn list(_node: &Node, elements: impl Iterator<Item = ()>) {
        elements.for_each(drop);
    }

    fn map<'n>(_node: &Node, entries: impl Iterator<Item = (&'n Key, ())>) {
        entries.for_each(drop);
    }
}

impl Outcome for Node {
    fn unchanged(node: &Node) -> Node {
        node.clone()
    }

    fn list(node: &Node, elements: impl Iterator<Item = Node>) -> Node {
        Node { span: node.span, value: Value::Array(elements.collect()) }
    }

    fn map<'n>(node: &Node, entries: impl Iterator<Item = (&'n Key, Node)>) -> Node {
        let entries = entries.map(|(key, node)| (key.clone(), node));
        Node { span: node.span, value: Value::Object(entries.collect()) }
    }
}
