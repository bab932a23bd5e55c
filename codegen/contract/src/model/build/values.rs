//! The kinds of `enum` and `const`; values of a wrong type are converted to the intended ones.

use std::collections::HashMap;

use serde_json::Value as Json;

use crate::diagnostic::Diagnostic;
use crate::document::{Node, Value, Version};
use crate::model::schema::{Kind, StringEnum};
use crate::source::Span;

use super::builder::Builder;
use super::facets::Facets;
use super::type_set::TypeSet;

/// The largest number of wrongly typed enum values on several lines that are reported separately.
const MOST_SHOWN: usize = 3;

impl<'d> Builder<'d, '_> {
    /// Returns the kind of a schema with `enum` or `const` from its valid values.
    ///
    /// Returns `None`, with a diagnostic, if no value has the type of the schema.
    pub(super) fn finish_values(&mut self, facets: &Facets<'d>, values: Vec<&'d Node>) -> Option<Kind> {
        let values: Vec<&Node> = values.into_iter().filter(|value| !value.is_null()).collect();
        let mut first: HashMap<Json, Span> = HashMap::with_capacity(values.len());
        let mut foreign: Vec<(&Node, Option<Json>)> = Vec::new();
        let mut kept: Vec<Json> = Vec::with_capacity(values.len());
        for value in values {
            let mut json = value.to_json();
            if let Some((types, _)) = facets.types.filter(|(types, _)| !types.has(type_of(&json))) {
                let converted = intended(types, value).filter(|_| self.implied_types);
                foreign.push((value, converted.clone()));
                match converted.filter(|converted| !first.contains_key(converted)) {
                    Some(converted) => json = converted,
                    None => continue,
                }
            } else if let Some(earlier) = first.get(&json) {
                self.repeated_value(value.span, *earlier);
                continue;
            }
            first.insert(json.clone(), value.span);
            kept.push(json);
        }
        if let (Some((types, at)), false) = (facets.types, foreign.is_empty()) {
            if kept.is_empty() && self.implied_types {
                self.none_left(types, at, &foreign);
                return None;
            }
            self.foreign_values(types, at, &foreign, kept.is_empty());
        }
        if kept.is_empty() {
            return Some(Kind::Null);
        }
        let strings: Option<Vec<String>> = kept.iter().map(|value| value.as_str().map(str::to_owned)).collect();
        Some(match strings {
            Some(values) => {
                let name = |value: &String| facets.names.iter().find(|(known, _)| known == value);
                let names = values.iter().map(|value| name(value).map(|(_, name)| (*name).to_owned())).collect();
                Kind::Strings(StringEnum { values, names, open: facets.extensible })
            }
            None => Kind::Values(kept),
        })
    }

    /// Reports a null in an enum whose type does not include null. JSON may contain it all the same, as the author
    /// intends, but a parameter is text and never null.
    pub(super) fn null_value(&mut self, value: &Node, types: TypeSet, at: Span) {
        let report =
            self.remark("enum-type", value.span, format!("null is not {}, the type of this enum", types.words()));
        let allow = match self.version() {
            Version::V30 => "`nullable: true`",
            _ => "the type `\"null\"` as well",
        };
        self.report(
            report
                .label(if self.strict { "wrong type" } else { "allowed in JSON, and no value of a parameter" })
                .also(at, "declared type")
                .help(format!("declare {allow}, or write `\"null\"` in quotes for the text")),
        );
    }

    /// Reports an enum of which no value has the type of the schema.
    ///
    /// Usually the enum is meant for the elements of an array or for a property, or it lists the meanings of numbers.
    fn none_left(&mut self, types: TypeSet, at: Span, foreign: &[(&'d Node, Option<Json>)]) {
        let report = self
            .remark("enum-type", extent(foreign, at), format!("none of the enum values is {}", types.words()))
            .also(at, "declared type");
        let report = match self.strict {
            true => report.label("no value is allowed"),
            false => report.label("ignored: no value would be allowed"),
        };
        self.report(match types {
            TypeSet::ARRAY => report.help("move the enum into `items`, so that it applies to each element"),
            TypeSet::OBJECT => report.help("move the enum to the property that it applies to"),
            _ => report.help("write the values in the declared type, or change the type"),
        });
    }

    /// Reports enum values of a wrong type: together if one change corrects all, if they are many, or if none can be
    /// converted; separately otherwise.
    fn foreign_values(&mut self, types: TypeSet, at: Span, foreign: &[(&'d Node, Option<Json>)], none_left: bool) {
        let wanted = types.words();
        if none_left && foreign.len() > 1 {
            let message = format!("none of the enum values is {wanted}");
            return self.report(
                Diagnostic::error("enum-type", extent(foreign, at), message)
                    .label("no value is allowed")
                    .also(at, "declared type")
                    .help("write the values in the declared type, or change the type"),
            );
        }
        let rewritten = self.rewritten(foreign);
        if foreign.len() > 1
            && (rewritten.is_some() || (foreign.len() > MOST_SHOWN && !self.strict))
            && foreign.iter().all(|(_, converted)| converted.is_some())
        {
            let message = format!("{} values of this enum have the wrong type: each must be {wanted}", foreign.len());
            let span = extent(foreign, at);
            let report = self.remark("enum-type", span, message).also(at, "declared type").label(match self.strict {
                true => "wrong type".to_owned(),
                false => format!("each is interpreted as {wanted}"),
            });
            return self.report(match rewritten {
                Some(text) => report.fix(format!("write each as {wanted}"), span, text),
                None => report.help(format!("write each as {wanted}")),
            });
        }
        for (node, converted) in foreign {
            let message = format!("{} is {}, but the type of the enum is {wanted}", node.to_json(), node.kind_name());
            let report = match (none_left, converted) {
                (true, _) => Diagnostic::error("enum-type", node.span, message).label("no value is allowed"),
                (false, Some(converted)) if !self.strict => {
                    Diagnostic::warning("enum-type", node.span, message).label(format!("interpreted as `{converted}`"))
                }
                (false, Some(_)) => Diagnostic::error("enum-type", node.span, message).label("wrong type"),
                (false, None) => self.remark("enum-type", node.span, message).label("never valid"),
            };
            let report = report.also(at, "declared type");
            self.report(match converted {
                Some(converted) => report.fix(format!("write {wanted}"), node.span, converted.to_string()),
                None => {
                    let change = if none_left { "change" } else { "remove" };
                    let value = self.document.sources.slice(node.span);
                    let value = if value.contains('\n') { "the value".to_owned() } else { format!("`{value}`") };
                    report.help(format!("{change} {value}, or change `type` to `{}`", type_name(node)))
                }
            });
        }
    }

    /// Returns the source text from the first to the last of the wrongly typed enum values, with each of them
    /// converted, if they are on one line.
    fn rewritten(&self, foreign: &[(&'d Node, Option<Json>)]) -> Option<String> {
        let [(first, _), .., (last, _)] = foreign else { return None };
        let mut text = String::new();
        let mut at = first.span.start;
        for (node, converted) in foreign {
            if node.span.file != first.span.file || node.span.start < at {
                return None;
            }
            text.push_str(self.document.sources.slice(Span { start: at, end: node.span.start, ..first.span }));
            text.push_str(&converted.as_ref()?.to_string());
            at = node.span.end;
        }
        (at == last.span.end && !text.contains('\n')).then_some(text)
    }
}

/// Returns the JSON Schema type of a value.
fn type_name(node: &Node) -> &'static str {
    match &node.value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) if node.to_json().is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// Returns the span from the first to the last enum value of a wrong type; `at` if there are no such values.
fn extent(values: &[(&Node, Option<Json>)], at: Span) -> Span {
    match values {
        [(first, _), .., (last, _)] => Span { end: last.span.end.max(first.span.end), ..first.span },
        [(only, _)] => only.span,
        [] => at,
    }
}

/// Returns the intended value of a wrongly typed enum value: a number for `"1"`, a string for `1.0`.
fn intended(types: TypeSet, node: &Node) -> Option<Json> {
    match &node.value {
        Value::String(text) => {
            serde_json::from_str::<Json>(text).ok().filter(|json| !json.is_null() && types.has(type_of(json)))
        }
        Value::Number(text) if types.has(TypeSet::STRING) => Some(Json::from(text.as_str())),
        Value::Bool(truth) if types.has(TypeSet::STRING) => Some(Json::from(truth.to_string())),
        _ => None,
    }
}

pub(super) fn type_of(json: &Json) -> TypeSet {
    match json {
        Json::Null => TypeSet::NULL,
        Json::Bool(_) => TypeSet::BOOLEAN,
        Json::Number(number) if number.is_f64() && number.as_f64().is_some_and(|value| value.fract() != 0.0) => {
            TypeSet::NUMBER
        }
        Json::Number(_) => TypeSet::INTEGER,
        Json::String(_) => TypeSet::STRING,
        Json::Array(_) => TypeSet::ARRAY,
        Json::Object(_) => TypeSet::OBJECT,
    }
}
