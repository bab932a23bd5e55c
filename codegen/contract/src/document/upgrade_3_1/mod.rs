//! A contract of OpenAPI 3.0 as one of 3.1 that says the same, in named passes over its objects.

mod binary;
mod bounds;
mod entries;
mod examples;
mod nullable;
mod nullable_parts;
mod references;
#[cfg(test)]
mod tests;
mod version;

use crate::document::grammar::{Kind, Shape, rule};
use crate::document::node::{Node, Value};
use crate::document::version::Version;
use entries::Entries;

/// What is done to an object of a kind, once everything within it is done.
type Pass = fn(Kind, &mut Entries);

/// The passes, in their order. What `parts` does comes before what is within is done.
const PASSES: &[(&str, Pass)] = &[
    ("version", version::pass),
    ("references", references::pass),
    ("bounds", bounds::pass),
    ("examples", examples::pass),
    ("binary", binary::pass),
    ("nullable", nullable::pass),
];

/// The contract as OpenAPI 3.1; one of 3.1 or later is returned as it is.
///
/// The result says what the generated code does: where a contract of 3.0 uses keywords of 3.1, or
/// annotates a reference, the code honours them, and they stay.
pub fn upgrade_3_1(bundle: &Node, version: Version) -> Node {
    match version {
        Version::V30 => object(Kind::Root, bundle.clone()),
        Version::V31 | Version::V32 => bundle.clone(),
    }
}

fn object(kind: Kind, node: Node) -> Node {
    let Value::Object(fields) = node.value else { return node };
    let rule = rule(kind);
    let fields = nullable_parts::pass(kind, fields);
    let walked = fields.into_iter().map(|(key, value)| {
        let shape = match (rule.field(&key.name, Version::V30), &rule.pattern) {
            (Some(field), _) => Some(field.shape),
            (None, Some(pattern)) if !key.name.starts_with("x-") && (pattern.matches)(&key.name) => Some(pattern.shape),
            _ => None,
        };
        match shape {
            Some(shape) => (key, within(&shape, value)),
            None => (key, value),
        }
    });
    let mut entries = Entries::new(node.span, walked.collect());
    for (_, pass) in PASSES {
        pass(kind, &mut entries);
    }
    entries.into_node()
}

/// The objects within a value of some shape. What has not the shape stays as it is.
fn within(shape: &Shape, node: Node) -> Node {
    let Node { span, value } = node;
    let value = match (shape, value) {
        (Shape::Of(kind), value @ Value::Object(_)) => return object(*kind, Node { span, value }),
        (Shape::Map(shape) | Shape::Components(shape), Value::Object(map)) => {
            let entries = map.into_iter().map(|(key, value)| (key, within(shape, value)));
            return Entries::new(span, entries.collect()).into_node();
        }
        (Shape::List(shape), Value::Array(elements)) => {
            Value::Array(elements.into_iter().map(|element| within(shape, element)).collect())
        }
        (Shape::Either(shapes), value) => {
            let node = Node { span, value };
            let fitting = shapes.iter().find(|shape| match shape {
                Shape::Of(_) | Shape::Map(_) => node.as_object().is_some(),
                Shape::List(_) => node.as_array().is_some(),
                _ => false,
            });
            return match fitting {
                Some(shape) => within(shape, node),
                None => node,
            };
        }
        (_, value) => value,
    };
    Node { span, value }
}
