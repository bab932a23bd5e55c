//! The check of the JSON types of single values of a document.

use super::Checker;
use super::advice::{BODY_BY_MEDIA_TYPE, instead};
use crate::diagnostic::Severity;
use crate::document::grammar::{ObjectKind, Rule, Shape, Since};
use crate::document::node::{Node, Value};
use crate::document::walk::{Visited, fits, value};
use crate::source::Span;

/// The fields that only document the contract: a wrong value of one does not affect the generated code.
pub(super) const DOCUMENTATION: &[&str] = &[
    "$comment",
    "contact",
    "description",
    "example",
    "examples",
    "externalDocs",
    "license",
    "summary",
    "termsOfService",
    "title",
    "xml",
];

impl<'d> Checker<'d, '_> {
    /// Reports a value that does not have the JSON type that its field requires.
    pub(super) fn wrong_type(&mut self, shape: &'static Shape, visited: Visited<'d>) {
        let Visited { node, owner, .. } = visited;
        let anchor = self.anchor(visited);
        if self.written_for_other_version(node, anchor, owner) {
            return;
        }
        let expected = expected(shape);
        let name = self.field_path();
        let meaning = self.meaning(shape, &name, visited);
        let found = match &node.value {
            Value::Number(text) if matches!(shape, Shape::Count) => format!("`{text}`"),
            Value::Null => "null".to_owned(),
            _ => node.kind_name().to_owned(),
        };
        let several = self.document.sources.slice(node.span).contains('\n');
        let span = if several || node.span.start == node.span.end { anchor } else { node.span };
        let message = format!("`{name}` of {} must be {expected}, not {found}", owner.name);
        let harmless = meaning.is_some() || DOCUMENTATION.contains(&name.as_str());
        let mut problem = self.lax(!harmless, "wrong-type", span, message);
        problem = match (shape, &meaning) {
            (_, Some(meaning)) if problem.severity == Severity::Warning => problem.label(&meaning.label),
            _ if problem.severity == Severity::Warning => problem.label(format!("ignored: {found}")),
            (Shape::Count, _) if found.starts_with("`-") => problem.label("negative"),
            (Shape::Count, _) if found.starts_with('`') => problem.label("not an integer"),
            _ => problem.label(found),
        };
        if let Some(meaning) = meaning {
            self.record(meaning.repair, visited);
        }
        if let Some(fixed) = converted(shape, node).filter(|_| !several) {
            problem = problem.fix(format!("write `{fixed}`"), span, fixed);
        } else if node.is_null() {
            problem = problem.help("add a value, or remove the field");
        } else if name == "content" && node.as_str().is_some() {
            problem = problem.help(BODY_BY_MEDIA_TYPE);
        } else if let (Shape::List(Shape::Of(_)), Value::Object(_)) = (shape, &node.value) {
            problem = match several {
                true => problem.help("put it in a list"),
                false => {
                    let listed = format!("[{}]", self.document.sources.slice(span));
                    problem.fix("put it in a list", span, listed)
                }
            };
        } else if name == "required" && node.as_bool().is_some() {
            problem = problem.help("list the property under `required` of the object that contains it");
        } else if let (Shape::List(_), Value::Object(_), "examples") = (shape, &node.value, name.as_str()) {
            problem = problem.help("list the example values without their names");
        }
        self.report(problem);
        // An object in place of a list of objects is its only element.
        if let (Shape::List(inner @ (Shape::Of(_) | Shape::Map(_) | Shape::Requirement)), Value::Object(_)) =
            (shape, &node.value)
        {
            value(self, inner, visited);
        }
    }

    /// Reports a value that is valid in another version of OpenAPI, such as `exclusiveMinimum: true`.
    fn written_for_other_version(&mut self, node: &Node, anchor: Span, owner: &Rule) -> bool {
        let name = self.field_path();
        let theirs = owner.fields.iter().find(|field| {
            field.name == name
                && !field.since.knows(self.document.version())
                && field.since != Since::V20Only
                && fits(&field.shape, node, self.document.version())
        });
        let Some(theirs) = theirs else { return false };
        self.repair_nulls(node, owner);
        let (theirs, ours) = (theirs.since.example(), self.document.version());
        let message = format!("`{name}` has the form of {}, but this contract is {}", theirs.name(), ours.name());
        let theirs = theirs.number();
        let problem = self.lax(false, "other-version", anchor, message);
        let only = match (&node.value, name.as_str()) {
            (Value::Null, "type") => "the type \"null\" exists".to_owned(),
            (Value::Array(_), "type") => "a list of types is allowed".to_owned(),
            _ => format!("{} is allowed", node.kind_name()),
        };
        let problem = problem.label(format!("{only} only in {theirs}"));
        let problem = match name.as_str() {
            "type" | "exclusiveMinimum" | "exclusiveMaximum" | "discriminator" if !self.strict => {
                problem.note(format!("treated as in {theirs}"))
            }
            _ => problem,
        };
        self.report(match instead(&name, Some(node), self.document.version()) {
            Some(advice) => problem.help(advice),
            None => problem,
        });
        true
    }
}

fn expected(shape: &Shape) -> String {
    match shape {
        Shape::Any => "a value".to_owned(),
        Shape::Text | Shape::Word(_) | Shape::SchemaName | Shape::OperationRef => "a string".to_owned(),
        Shape::Bool => "a boolean".to_owned(),
        Shape::Number => "a number".to_owned(),
        Shape::Count => "a non-negative integer".to_owned(),
        Shape::List(_) => "an array".to_owned(),
        Shape::Map(_) | Shape::Components(_) | Shape::Requirement | Shape::Of(_) => "an object".to_owned(),
        Shape::Either(shapes) => shapes.iter().map(expected).collect::<Vec<_>>().join(" or "),
    }
}

/// Returns the source text of a value converted to the JSON type of its field, if only one conversion is
/// possible: `"12"` for the number 12 in a string field.
fn converted(shape: &Shape, node: &Node) -> Option<String> {
    match (shape, &node.value) {
        (Shape::Text | Shape::OperationRef, Value::Number(text)) => Some(format!("{text:?}")),
        (Shape::Text | Shape::OperationRef, Value::Bool(truth)) => Some(format!("\"{truth}\"")),
        (Shape::Bool, Value::String(text)) if matches!(text.as_str(), "true" | "false") => Some(text.clone()),
        (Shape::Bool, Value::String(text)) if matches!(text.as_str(), "yes" | "on") => Some("true".to_owned()),
        (Shape::Bool, Value::String(text)) if matches!(text.as_str(), "no" | "off") => Some("false".to_owned()),
        (Shape::Number | Shape::Count, Value::String(text)) if text.parse::<u64>().is_ok() => Some(text.clone()),
        (Shape::Of(ObjectKind::Schema), Value::Bool(true)) => Some("{}".to_owned()),
        (Shape::Of(ObjectKind::Schema), Value::Bool(false)) => Some("{ not: {} }".to_owned()),
        (Shape::List(Shape::Text), Value::String(text)) => Some(format!("[{text:?}]")),
        _ => None,
    }
}
