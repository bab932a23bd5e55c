//! Defaults and examples as they are meant: an unquoted scalar of YAML, such as `1.10`, is text where the schema
//! requires a string, and a quoted one, such as `'5'`, is a number where it requires a number.

use serde_json::Value as Json;

use crate::diagnostic::Diagnostic;
use crate::document::{Key, Node, Value};
use crate::model::SchemaId;
use crate::model::schema::{Kind, Schemas};

use super::builder::Builder;
use super::default::{Mismatch, fault, mismatch};

impl<'d> Builder<'d, '_> {
    /// Reports every default that is not valid against its schema, and removes it unless the text that was written is
    /// valid.
    pub(super) fn check_defaults(&mut self) {
        for (id, node) in std::mem::take(&mut self.defaults) {
            let value = node.to_json();
            let Some(Mismatch { why, intended }) = fault(&self.schemas, id, &value) else { continue };
            let text = written(&self.schemas, id, node);
            if let (Some(text), true) = (&text, self.implied_types)
                && fault(&self.schemas, id, text).is_none()
            {
                self.read_as_written(node, text, why);
                self.schemas.get_mut(id).default = Some((text.clone(), node.span)).filter(|_| !self.strict);
                continue;
            }
            self.schemas.get_mut(id).default = None;
            self.unusable_default(node, why, intended);
        }
    }

    /// Reports a default whose text is valid for its schema, although YAML reads the text as another type.
    fn read_as_written(&mut self, node: &Node, text: &Json, why: String) {
        let message = format!("the default is not valid for its schema: {why}");
        let report = self.remark("default-type", node.span, message);
        let report = match self.strict {
            true => report.label("invalid default"),
            false => report.label(format!("interpreted as `{text}`")),
        };
        self.report(match text {
            Json::Array(_) | Json::Object(_) => report.help("write each value in the type of its schema"),
            _ => report.suggest(node.span, text.to_string()),
        });
    }

    fn unusable_default(&mut self, node: &Node, why: String, intended: Option<Json>) {
        let span = node.span;
        if node.is_null() {
            let message = "the default null is not valid for the schema";
            let report = match self.strict {
                true => self.remark("default-type", span, message),
                false => Diagnostic::info("default-type", span, message),
            };
            let report = report.label(if self.strict { "invalid default" } else { "treated as no default" });
            return self.report(report.help("remove the default, or allow null in the schema"));
        }
        let label = match self.strict {
            true => "invalid default",
            false => "ignored: an omitted value stays absent",
        };
        let message = format!("the default is not valid for its schema: {why}");
        let report = self.remark("default-type", span, message).label(label);
        self.report(match intended {
            Some(Json::String(intended)) if node.as_str().is_some() => {
                report.suggest(self.document.sources.inside_quotes(span), intended)
            }
            Some(intended) => report.suggest(span, intended.to_string()),
            None => report.help("correct the default or the schema"),
        });
    }
}

/// Returns a default or example with each scalar in the type that its schema requires: the text of unquoted scalars, such
/// as `1.10` or `00501`, and the number or boolean in a quoted one. Returns `None` if there are no such scalars.
pub(super) fn written(schemas: &Schemas, id: SchemaId, node: &Node) -> Option<Json> {
    let value = node.to_json();
    let text = match (schemas.kind(id), &node.value) {
        (_, Value::Number(text)) => Json::from(text.as_str()),
        (_, Value::Bool(truth)) => Json::from(truth.to_string()),
        (Kind::Boolean, Value::String(text)) => Json::from(truth(text)?),
        (Kind::Integer(_) | Kind::Number(_), Value::String(text)) => number(text)?,
        (Kind::Array(array), Value::Array(elements)) => {
            let text = |element: &Node| written(schemas, array.items, element).unwrap_or_else(|| element.to_json());
            elements.iter().map(text).collect()
        }
        (Kind::Object(object), Value::Object(fields)) => {
            let text = |(name, node): (&Key, &Node)| {
                let property = object.properties.iter().find(|property| property.name == name.name);
                let text = property.and_then(|property| written(schemas, property.schema, node));
                (name.name.clone(), text.unwrap_or_else(|| node.to_json()))
            };
            fields.iter().map(text).collect()
        }
        _ => return None,
    };
    let is_scalar = !text.is_array() && !text.is_object();
    let fits = |value: &Json| mismatch(schemas, id, value).is_none();
    match is_scalar {
        true => (!fits(&value) && fits(&text)).then_some(text),
        false => (text != value).then_some(text),
    }
}

/// Returns the boolean that a text means: `true` or `false`, or a word of YAML 1.1 such as `yes`.
fn truth(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" => Some(true),
        "false" | "no" | "off" => Some(false),
        _ => None,
    }
}

/// Returns the number that a text is in the notation of JSON.
fn number(text: &str) -> Option<Json> {
    serde_json::from_str(text).ok().filter(Json::is_number)
}
