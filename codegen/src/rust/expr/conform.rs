//! The generated expression of the rule that a value must satisfy before it leaves: data that combines the rules of the
//! runtime, or nothing if the Rust type of the value already holds all constraints.

use writ_contract::model::SchemaId;
use writ_contract::model::schema::{Additional, Format, Kind, ObjectShape, RustType, StringShape};

use crate::rust::code::literal;
use crate::rust::expr::read::ReadCalls;
use crate::rust::expr::rule::{Rule, array_rule, integer_rule, map_rule, number_rule, string_rule, text_rule};
use crate::rust::mention::runtime;

impl ReadCalls<'_, '_> {
    /// Returns the rule of a value other than null, or `None` if its Rust type holds all constraints.
    pub fn rule(&self, id: SchemaId) -> Option<String> {
        let validators = self.validators(id, false).into_iter().chain(self.validators(id, true));
        both(self.unvalidated_rule(id), validators)
    }

    /// Returns the rule of an element of a list or map, which may be null.
    pub fn element_rule(&self, id: SchemaId) -> Option<String> {
        match self.plan.is_nullable(id) {
            true => self.rule_with_null(id, false),
            false => self.rule(id),
        }
    }

    /// Returns the rule of an `Option` that is null if it is `None`. If `boxed` is true, the value is in a `Box`.
    pub fn rule_with_null(&self, id: SchemaId, boxed: bool) -> Option<String> {
        let value = both(self.unvalidated_rule(id), self.validators(id, false));
        let value = value.map(|rule| if boxed { in_box(rule) } else { rule });
        both(value.map(|rule| format!("{}({rule})", runtime("Nullable"))), self.validators(id, true))
    }

    /// Returns the rule of a text body, whose Rust type is always `String`.
    pub fn text_body_rule(&self, id: SchemaId) -> Option<String> {
        let schemas = &self.plan.contract.schemas;
        let rule = match schemas.kind(id) {
            Kind::String(shape) => text_rule(shape, self.patterns).declared(),
            Kind::Strings(names) if !names.open => Some(listed(names.values.iter().map(|name| quoted(name)))),
            _ => None,
        };
        both(rule, self.validators(id, false).into_iter().chain(self.validators(id, true)))
    }

    fn unvalidated_rule(&self, id: SchemaId) -> Option<String> {
        let schemas = &self.plan.contract.schemas;
        if let Some(key) = self.plan.key_of(id, self.direction) {
            if schemas.get(key.schema).rust_type.is_none() && self.plan.has_own_codec(key.schema) {
                return self.plan.constrained.contains(&key).then(|| runtime("OwnRules").to_string());
            }
            return self.structure_rule(key.schema);
        }
        if let Kind::Object(ObjectShape { sparse_of: Some(complete), .. }) = schemas.get(id).kind {
            return self.unvalidated_rule(complete);
        }
        self.structure_rule(id)
    }

    /// Returns the rule of the Rust type that the keywords of a schema describe, even if the schema itself has a named
    /// type.
    pub fn structure_rule(&self, id: SchemaId) -> Option<String> {
        let schema = self.plan.contract.schemas.get(id);
        if let Some(custom) = &schema.rust_type {
            return self.custom_rule(id, custom);
        }
        match &schema.kind {
            Kind::Integer(shape) => integer_rule(shape).declared(),
            Kind::Number(shape) => number_rule(shape).declared(),
            Kind::String(shape) => self.string_value_rule(shape),
            Kind::Values(values) => Some(listed(values.iter().map(ToString::to_string))),
            Kind::Array(shape) => combined("Items", "items", array_rule(shape), self.element_rule(shape.items)),
            Kind::Object(object) if self.plan.page_of(object).is_some() => {
                let data = self.rule(object.properties.first()?.schema)?;
                Some(format!("{}({data})", runtime("PageOf")))
            }
            Kind::Object(object) => match object.additional {
                Additional::Kept(schema) => combined("Entries", "values", map_rule(object), self.element_rule(schema)),
                _ => None,
            },
            Kind::Alias(target) => self.unvalidated_rule(*target),
            Kind::Any | Kind::Null | Kind::Boolean | Kind::Strings(_) | Kind::Union(_) => None,
        }
    }

    fn string_value_rule(&self, shape: &StringShape) -> Option<String> {
        let rule = string_rule(shape, self.patterns).declared()?;
        match shape.format {
            Format::DateTime | Format::Moment | Format::Date | Format::Uuid | Format::Byte | Format::Decimal => {
                Some(format!("{}({rule})", runtime("Spelled")))
            }
            Format::Id(_) => None,
            _ => Some(rule),
        }
    }

    /// Returns the rule of a custom type (`x-rust-type`) that is written as a string.
    fn custom_rule(&self, id: SchemaId, custom: &RustType) -> Option<String> {
        match self.plan.contract.schemas.kind(id) {
            _ if !custom.text => None,
            Kind::Strings(names) if !names.open => Some(listed(names.values.iter().map(|name| quoted(name)))),
            Kind::String(shape) => {
                Some(format!("{}({})", runtime("Spelled"), text_rule(shape, self.patterns).declared()?))
            }
            _ => None,
        }
    }
}

/// Returns the rule of a value in a `Box`.
pub fn in_box(rule: String) -> String {
    format!("{}({rule})", runtime("Boxed"))
}

/// Returns a rule together with schema validators, or `None` if there is neither.
fn both(rule: Option<String>, validators: impl IntoIterator<Item = String>) -> Option<String> {
    let interpreted = validators.into_iter().map(|validator| format!("{}(&{validator})", runtime("Interpreted")));
    rule.into_iter().chain(interpreted).reduce(|one, other| format!("({one}, {other})"))
}

/// Returns the rule of a list or map and of its elements.
fn combined(name: &str, field: &str, rule: Rule, elements: Option<String>) -> Option<String> {
    match elements {
        None => rule.declared(),
        Some(elements) => Some(format!("{} {{ rule: {}, {field}: {elements} }}", runtime(name), rule.value())),
    }
}

fn listed(values: impl Iterator<Item = String>) -> String {
    let values: Vec<String> = values.map(|value| literal(&value)).collect();
    format!("{}(&[{}])", runtime("Listed"), values.join(", "))
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
