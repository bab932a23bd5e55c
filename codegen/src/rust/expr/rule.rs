//! Generated expressions of the runtime's rules for values, such as `&StringRule { .. }`. A rule holds the
//! constraints that the contract declares.

use writ_contract::model::schema::{ArrayShape, Format, IntegerShape, NumberShape, ObjectShape, StringShape};

use crate::rust::expr::patterns::Patterns;
use crate::rust::mention::runtime;

/// The fields of a rule for values that the contract declares, as `name: value`.
#[derive(Debug, Default)]
pub struct RuleFields(Vec<String>);

impl RuleFields {
    /// Returns true if the contract declares no field of the rule.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the rule as an expression of the runtime's struct `name`. `count` is the number of fields of
    /// this struct.
    pub fn expression(mut self, name: &str, count: usize) -> String {
        let name = runtime(name);
        match self.0.len() {
            0 => format!("&{name}::NONE"),
            all if all == count => format!("&{name} {{ {} }}", self.0.join(", ")),
            _ => {
                self.0.push(format!("..{name}::NONE"));
                format!("&{name} {{ {} }}", self.0.join(", "))
            }
        }
    }

    fn sizes(min: Option<u64>, max: Option<u64>) -> RuleFields {
        let mut fields = RuleFields::default();
        fields.0.extend(min.filter(|min| *min > 0).map(|min| format!("min: {min}")));
        fields.0.extend(max.map(|max| format!("max: Some({max})")));
        fields
    }
}

/// Returns the constraints of a string schema as fields of the runtime's `StringRule`.
pub fn string_rule(shape: &StringShape, patterns: &Patterns) -> RuleFields {
    let mut fields = RuleFields::sizes(shape.min, shape.max);
    if let Some((pattern, _)) = shape.patterns.first() {
        fields.0.push(format!("pattern: Some(&{})", patterns.pattern(pattern)));
    }
    let format = match shape.format {
        Format::Time => Some("Time"),
        Format::Duration => Some("Duration"),
        Format::Email => Some("Email"),
        Format::Uri => Some("Uri"),
        Format::UriReference => Some("UriReference"),
        Format::Hostname => Some("Hostname"),
        Format::Ipv4 => Some("Ipv4"),
        Format::Ipv6 => Some("Ipv6"),
        _ => None,
    };
    fields.0.extend(format.map(|format| format!("format: Some({}::{format})", runtime("Format"))));
    fields
}

/// Returns the constraints of a list schema as an expression of the runtime's `ArrayRule`.
pub fn array_rule(shape: &ArrayShape) -> String {
    let mut fields = RuleFields::sizes(shape.min, shape.max);
    fields.0.extend(shape.unique.then(|| "unique: true".to_owned()));
    fields.expression("ArrayRule", 3)
}

/// Returns the constraints of a map schema as an expression of the runtime's `MapRule`.
pub fn map_rule(shape: &ObjectShape) -> String {
    RuleFields::sizes(shape.min, shape.max).expression("MapRule", 3)
}

/// Returns the constraints of an integer schema as fields of the runtime's `IntegerRule`.
pub fn integer_rule(shape: &IntegerShape) -> RuleFields {
    let mut fields = RuleFields::default();
    fields.0.extend(shape.min.map(|min| format!("min: Some({min})")));
    fields.0.extend(shape.max.map(|max| format!("max: Some({max})")));
    fields.0.extend(shape.multiple_of.map(|divisor| format!("multiple_of: Some({divisor})")));
    fields
}

/// Returns the constraints of a number schema as fields of the runtime's `NumberRule`.
pub fn number_rule(shape: &NumberShape) -> RuleFields {
    let mut fields = RuleFields::default();
    fields.0.extend(shape.min.map(|min| format!("min: Some({})", float(min))));
    fields.0.extend(shape.max.map(|max| format!("max: Some({})", float(max))));
    fields.0.extend(shape.exclusive_min.then(|| "exclusive_min: true".to_owned()));
    fields.0.extend(shape.exclusive_max.then(|| "exclusive_max: true".to_owned()));
    fields.0.extend(shape.multiple_of.map(|divisor| format!("multiple_of: Some({})", float(divisor))));
    fields
}

/// Returns a Rust float literal with exactly this value.
pub fn float(value: f64) -> String {
    let text = format!("{value:?}");
    match text.as_str() {
        "inf" => "f64::INFINITY".to_owned(),
        "-inf" => "f64::NEG_INFINITY".to_owned(),
        "NaN" => "f64::NAN".to_owned(),
        _ => text,
    }
}
