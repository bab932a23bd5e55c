//! The check of wrong values that have only one possible meaning: each is reported and recorded for repair.

use super::Checker;
use super::advice::instead;
use crate::document::grammar::{ObjectKind, Rule, Shape, Since};
use crate::document::node::{Node, Value};
use crate::document::repair::Repair;
use crate::document::version::Version;
use crate::source::Span;

impl Checker<'_, '_> {
    /// Reports a value of the wrong type that has only one possible meaning, and records its repair.
    ///
    /// Returns false if the meaning of the value is uncertain; the value is then not reported.
    pub(super) fn is_repairable(&mut self, field: &str, node: &Node, key: Span, owner: &Rule) -> bool {
        match (owner.name, field, &node.value) {
            (name, "pattern", Value::Number(text)) if name == self.rule(ObjectKind::Schema).name => {
                let message = "`pattern` must be a string, not a number".to_owned();
                let problem = self.lax(false, "wrong-type", node.span, message);
                let problem = problem.label(match self.strict {
                    true => "a number".to_owned(),
                    false => format!("treated as the pattern {text:?}"),
                });
                self.report(problem.fix("quote it", node.span, format!("{text:?}")));
                self.repairs.add(node.span, Repair::Replace(text.clone()));
            }
            (name, "schema", Value::Null) if name == self.rule(ObjectKind::MediaType).name => {
                let problem = self.lax(false, "wrong-type", key, "`schema` has no value".to_owned());
                let problem = problem.label(if self.strict { "no value" } else { "treated as absent" });
                self.report(problem.help("declare the schema, or remove the field"));
                self.repairs.add(key, Repair::Remove);
            }
            _ => return false,
        }
        true
    }

    /// Reports a string, such as `type: "null"`, that only another version of OpenAPI allows for its field, and
    /// accepts it.
    ///
    /// Returns false if no version of OpenAPI allows the string.
    pub(super) fn word_of_other_version(&mut self, word: &str, span: Span, owner: &Rule) -> bool {
        let name = self.field_path();
        let version = self.document.version();
        let known = owner.fields.iter().any(|field| {
            field.name == name
                && !field.since.knows(version)
                && field.since != Since::V20Only
                && field.shape.words().is_some_and(|it| it.contains(&word))
        });
        if !known {
            return false;
        }
        let message = format!("`{name}: {word}` has the form of OpenAPI 3.1, but this contract is {}", version.name());
        let problem = self.lax(false, "other-version", span, message);
        let problem = problem.label(match self.strict {
            true => format!("not a type in {}", version.number()),
            false => "treated as in 3.1".to_owned(),
        });
        self.report(match instead(&name, None, version) {
            Some(advice) => problem.help(advice),
            None => problem,
        });
        true
    }

    /// Records the repair of an unquoted `null` in the `type` of a 3.0 schema, alone or in a list.
    pub(super) fn repair_nulls(&mut self, node: &Node, owner: &Rule) {
        if self.document.version() >= Version::V31
            || owner.name != self.rule(ObjectKind::Schema).name
            || self.field_path() != "type"
        {
            return;
        }
        let written = node.as_array().unwrap_or(std::slice::from_ref(node)).iter();
        for null in written.filter(|one| one.is_null() && one.span.start < one.span.end) {
            self.repairs.add(null.span, Repair::Replace("null".to_owned()));
        }
    }

    /// Reports an unquoted `null` in a list of types, which means the string "null", and records its repair.
    pub(super) fn unquoted_null(&mut self, span: Span) {
        let message = "`null` in `type` must be a string".to_owned();
        let problem = self.lax(false, "unquoted-null", span, message);
        let problem = problem.label(if self.strict { "not a string" } else { "treated as the type \"null\"" });
        self.repairs.add(span, Repair::Replace("null".to_owned()));
        self.report(problem.fix("quote it", span, "\"null\""));
    }
}

impl Shape {
    /// Returns the allowed strings of a value if its shape in the grammar is a fixed list of strings, as for a
    /// parameter's `in`.
    fn words(&self) -> Option<&'static [&'static str]> {
        match self {
            Shape::Word(words) => Some(words),
            Shape::Either(shapes) => shapes.iter().find_map(Shape::words),
            _ => None,
        }
    }
}
