//! The check of wrong values that have only one possible meaning: each is reported and recorded for repair.

use super::Checker;
use crate::document::grammar::{ObjectKind, Presence, Rule, Shape, rule};
use crate::document::node::{Key, Node, Object, Value};
use crate::document::repair::Repair;
use crate::document::version::Version;
use crate::document::walk::Visited;
use crate::source::Span;

/// The only possible meaning of a wrong value.
pub(super) struct Meaning {
    /// The repair that gives the document this meaning.
    pub repair: Repair,
    /// The meaning of the wrong value in words, for the label of a diagnostic: `treated as "1.0"`.
    pub label: String,
}

impl Meaning {
    pub(super) fn new(repair: Repair, label: impl Into<String>) -> Meaning {
        Meaning { repair, label: label.into() }
    }

    pub(super) fn replace(value: Value, shown: &str) -> Meaning {
        Meaning::new(Repair::Replace(value), format!("treated as {shown}"))
    }

    fn wrap() -> Meaning {
        Meaning::new(Repair::Wrap, "treated as a list with one element")
    }

    fn unwrap() -> Meaning {
        Meaning::new(Repair::Unwrap, "treated as its only element")
    }

    fn absent() -> Meaning {
        Meaning::new(Repair::Remove, "treated as absent")
    }

    /// Returns the meaning of a text that stands for an object with one field.
    fn object(name: &str, text: &str, span: Span) -> Meaning {
        Meaning::replace(object(name, Value::String(text.to_owned()), span), &format!("`{name}: {text}`"))
    }
}

impl Checker<'_, '_> {
    /// Records a repair of the visited value, or of the entry that contains it.
    pub(super) fn record(&mut self, repair: Repair, visited: Visited<'_>) {
        let span = match (&repair, visited.key) {
            (Repair::Replace(_) | Repair::Wrap | Repair::Unwrap, _) | (_, None) => visited.node.span,
            (_, Some(key)) => key.span,
        };
        self.repairs.add(span, repair);
    }

    /// Returns the meaning of a value of the wrong type, if it has only one.
    pub(super) fn meaning(&self, shape: &Shape, field: &str, visited: Visited<'_>) -> Option<Meaning> {
        let node = visited.node;
        match (shape, &node.value) {
            _ if field == "$ref" => None,
            (_, Value::Null) => self.meaning_of_null(shape, field, visited),
            (Shape::Either(shapes), _) => shapes.iter().find_map(|shape| self.meaning(shape, field, visited)),
            (Shape::Text | Shape::OperationRef, Value::Number(_) | Value::Bool(_)) => {
                let text = self.document.sources.slice(node.span).to_owned();
                Some(Meaning::replace(Value::String(text.clone()), &format!("the text {text:?}")))
            }
            (Shape::Bool, Value::String(text)) => {
                let truth = match text.to_ascii_lowercase().as_str() {
                    "true" | "yes" | "on" => true,
                    "false" | "no" | "off" => false,
                    _ => return None,
                };
                Some(Meaning::replace(Value::Bool(truth), &format!("`{truth}`")))
            }
            (Shape::Number, Value::String(text)) if is_number(text) => {
                Some(Meaning::replace(Value::Number(text.clone()), &format!("the number {text}")))
            }
            (Shape::Count, Value::String(text)) if text.parse::<u64>().is_ok() => {
                Some(Meaning::replace(Value::Number(text.clone()), &format!("the number {text}")))
            }
            (Shape::Count, Value::Number(text)) if field.starts_with("min") && text.starts_with('-') => {
                Some(Meaning::new(Repair::Remove, "ignored: every value fulfils it"))
            }
            // In JSON Schema before draft 4, a property declared itself as required.
            (Shape::List(_), Value::Bool(_)) if is_schema(visited.owner) && field == "required" => {
                Some(Meaning::new(Repair::Remove, "ignored: the object lists its required properties"))
            }
            (Shape::List(Shape::Text), Value::String(_)) => Some(Meaning::wrap()),
            (Shape::List(Shape::Any), Value::String(_) | Value::Number(_) | Value::Bool(_)) if field == "enum" => {
                Some(Meaning::wrap())
            }
            (Shape::List(Shape::Of(_) | Shape::Map(_) | Shape::Requirement), Value::Object(_)) => Some(Meaning::wrap()),
            // A list with one element in place of the element.
            (Shape::Text, Value::Array(elements)) => match elements.as_slice() {
                [only] if only.as_str().is_some() => Some(Meaning::unwrap()),
                _ => None,
            },
            (Shape::Word(words), Value::Array(elements)) => match elements.as_slice() {
                [only] if only.as_str().is_some_and(|word| words.contains(&word)) => Some(Meaning::unwrap()),
                _ => None,
            },
            // The name of a security scheme in place of a requirement without scopes.
            (Shape::Requirement, Value::String(name)) => {
                let none = Value::Array(Vec::new());
                Some(Meaning::replace(object(name, none, node.span), &format!("`{name}: []`")))
            }
            (Shape::Of(kind), Value::String(text)) => meaning_of_text(*kind, text, node.span),
            (Shape::Of(ObjectKind::Schema), Value::Bool(true)) => {
                Some(Meaning::replace(Value::Object(Object::default()), "`{}`"))
            }
            (Shape::Of(ObjectKind::Schema), Value::Bool(false)) => {
                let nothing = object("not", Value::Object(Object::default()), node.span);
                Some(Meaning::replace(nothing, "`not: {}`"))
            }
            _ => None,
        }
    }

    /// Returns the meaning of a null: an absent field, or an entry of a map without any content.
    fn meaning_of_null(&self, shape: &Shape, field: &str, visited: Visited<'_>) -> Option<Meaning> {
        let key = visited.key?;
        let known = visited.owner.field(field, self.document.version()).filter(|known| known.name == key.name);
        let empty = || Meaning::replace(Value::Object(Object::default()), "an empty object");
        match (known, shape) {
            (_, Shape::Of(ObjectKind::Operation)) => Some(empty()),
            (Some(known), _) => (known.presence != Presence::Required).then(Meaning::absent),
            (
                None,
                Shape::Of(
                    ObjectKind::PathItem
                    | ObjectKind::Response
                    | ObjectKind::MediaType
                    | ObjectKind::Header
                    | ObjectKind::Schema
                    | ObjectKind::Callback
                    | ObjectKind::Example
                    | ObjectKind::Encoding
                    | ObjectKind::Link
                    | ObjectKind::ServerVariable,
                ),
            ) => Some(empty()),
            (None, Shape::List(_)) => Some(Meaning::replace(Value::Array(Vec::new()), "an empty list")),
            (None, Shape::Text) => Some(Meaning::replace(Value::String(String::new()), "an empty text")),
            _ => None,
        }
    }

    /// Records the repair of an unquoted `null` in the `type` of a 3.0 schema, alone or in a list.
    pub(super) fn repair_nulls(&mut self, node: &Node, owner: &Rule) {
        if self.document.version() >= Version::V31 || !is_schema(owner) || self.field_path() != "type" {
            return;
        }
        let written = node.as_array().unwrap_or(std::slice::from_ref(node)).iter();
        for null in written.filter(|one| one.is_null() && one.span.start < one.span.end) {
            self.repairs.add(null.span, Repair::Replace(Value::String("null".to_owned())));
        }
    }

    /// Reports an unquoted `null` in a list of types, which means the string "null", and records its repair.
    pub(super) fn unquoted_null(&mut self, span: Span) {
        let message = "`null` in `type` must be a string".to_owned();
        let problem = self.lax(false, "unquoted-null", span, message);
        let problem = problem.label(if self.strict { "not a string" } else { "treated as the type \"null\"" });
        self.repairs.add(span, Repair::Replace(Value::String("null".to_owned())));
        self.report(problem.fix("quote it", span, "\"null\""));
    }
}

/// Returns an object with one entry, at the place of the value that it replaces.
fn object(name: &str, value: Value, span: Span) -> Value {
    let key = Key { name: name.to_owned(), span };
    Value::Object([(key, Node { span, value })].into_iter().collect())
}

/// Returns the meaning of a text in place of an OpenAPI object: the field that the text can only be.
fn meaning_of_text(kind: ObjectKind, text: &str, span: Span) -> Option<Meaning> {
    let is_type = ["string", "number", "integer", "boolean", "object", "array"].contains(&text);
    match kind {
        ObjectKind::Schema if is_type => Some(Meaning::object("type", text, span)),
        ObjectKind::Response => Some(Meaning::object("description", text, span)),
        ObjectKind::Discriminator => Some(Meaning::object("propertyName", text, span)),
        ObjectKind::Tag | ObjectKind::License | ObjectKind::Contact => Some(Meaning::object("name", text, span)),
        _ => None,
    }
}

pub(super) fn is_schema(owner: &Rule) -> bool {
    std::ptr::eq(owner, rule(ObjectKind::Schema, Version::V30))
}

/// Returns true if a text is a decimal number without an exponent.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = |letter: char| letter.is_ascii_digit() || letter == '.';
    digits.chars().all(plain)
        && digits.starts_with(|letter: char| letter.is_ascii_digit())
        && text.parse::<f64>().is_ok()
}
