//! Generated expressions of the runtime's rules for values, such as `&StringRule { .. }`. A rule holds the
//! constraints that the contract declares.

use writ_contract::model::schema::{
    ArrayShape, Format, IntegerShape, NumberShape, ObjectShape, StringShape, WrittenNumbers,
};

use crate::rust::code::literal;
use crate::rust::expr::patterns::Patterns;
use crate::rust::mention::runtime;

/// A rule for values that the contract declares: a struct of the runtime, with the fields that differ from its `NONE`.
#[derive(Debug)]
pub struct Rule {
    name: &'static str,
    /// The number of fields of the runtime's struct.
    count: usize,
    /// The fields that the contract declares, as `name: value`.
    fields: Vec<String>,
}

impl Rule {
    fn new(name: &'static str, count: usize) -> Rule {
        Rule { name, count, fields: Vec::new() }
    }

    /// Returns true if the contract declares no field of the rule.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// Returns the rule as an expression of the runtime's struct.
    pub fn value(mut self) -> String {
        let name = runtime(self.name);
        match self.fields.len() {
            0 => format!("{name}::NONE"),
            all if all == self.count => format!("{name} {{ {} }}", self.fields.join(", ")),
            _ => {
                self.fields.push(format!("..{name}::NONE"));
                format!("{name} {{ {} }}", self.fields.join(", "))
            }
        }
    }

    /// Returns the rule as an expression of a reference to the runtime's struct.
    pub fn reference(self) -> String {
        format!("&{}", self.value())
    }

    /// Returns the rule as an expression of the runtime's struct, or `None` if the contract declares no field of it.
    pub fn declared(self) -> Option<String> {
        (!self.is_empty()).then(|| self.value())
    }

    fn sizes(mut self, min: Option<u64>, max: Option<u64>) -> Rule {
        self.fields.extend(min.filter(|min| *min > 0).map(|min| format!("min: {min}")));
        self.fields.extend(max.map(|max| format!("max: Some({max})")));
        self
    }
}

/// Returns the constraints of a string schema as the runtime's `StringRule`.
pub fn string_rule(shape: &StringShape, patterns: &Patterns) -> Rule {
    let mut rule = Rule::new("StringRule", 4).sizes(shape.min, shape.max);
    if let Some((pattern, _)) = shape.patterns.first() {
        rule.fields.push(format!("pattern: Some(&{})", patterns.pattern(pattern)));
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
    rule.fields.extend(format.map(|format| format!("format: Some({}::{format})", runtime("Format"))));
    rule
}

/// Returns the constraints of a string schema as the runtime's `StringRule` for a Rust `String`, also if the format has
/// another Rust type in JSON.
pub fn text_rule(shape: &StringShape, patterns: &Patterns) -> Rule {
    let mut rule = string_rule(shape, patterns);
    let format = match shape.format {
        Format::DateTime => Some("DateTime"),
        Format::Date => Some("Date"),
        Format::Uuid => Some("Uuid"),
        Format::Byte => Some("Byte"),
        _ => None,
    };
    rule.fields.extend(format.map(|format| format!("format: Some({}::{format})", runtime("Format"))));
    rule
}

/// Returns the constraints of a list schema as the runtime's `ArrayRule`.
pub fn array_rule(shape: &ArrayShape) -> Rule {
    let mut rule = Rule::new("ArrayRule", 3).sizes(shape.min, shape.max);
    rule.fields.extend(shape.unique.then(|| "unique: true".to_owned()));
    rule
}

/// Returns the constraints of a map schema as the runtime's `MapRule`.
pub fn map_rule(shape: &ObjectShape) -> Rule {
    Rule::new("MapRule", 3).sizes(shape.min, shape.max)
}

/// Returns the constraints of an integer schema as the runtime's `IntegerRule`.
pub fn integer_rule(shape: &IntegerShape) -> Rule {
    let mut rule = Rule::new("IntegerRule", 3);
    rule.fields.extend(shape.min.map(|min| format!("min: Some({min})")));
    rule.fields.extend(shape.max.map(|max| format!("max: Some({max})")));
    rule.fields.extend(shape.multiple_of.map(|divisor| format!("multiple_of: Some({divisor})")));
    rule
}

/// Returns the constraints of a number schema as the runtime's `NumberRule`.
pub fn number_rule(shape: &NumberShape) -> Rule {
    let mut rule = Rule::new("NumberRule", 6);
    rule.fields.extend(shape.min.map(|min| format!("min: Some({})", float(min))));
    rule.fields.extend(shape.max.map(|max| format!("max: Some({})", float(max))));
    rule.fields.extend(shape.exclusive_min.then(|| "exclusive_min: true".to_owned()));
    rule.fields.extend(shape.exclusive_max.then(|| "exclusive_max: true".to_owned()));
    rule.fields.extend(shape.multiple_of.map(|divisor| format!("multiple_of: Some({})", float(divisor))));
    let written = written_numbers(&shape.written);
    if !written.is_empty() {
        rule.fields.push(format!("written: Some({})", written.reference()));
    }
    rule
}

/// Returns the numbers of a number schema that 64-bit floats do not represent, as the runtime's `WrittenNumbers`.
fn written_numbers(written: &WrittenNumbers) -> Rule {
    let mut rule = Rule::new("WrittenNumbers", 3);
    let numbers = [("min", &written.min), ("max", &written.max), ("multiple_of", &written.multiple_of)];
    rule.fields.extend(
        numbers.iter().filter_map(|(name, number)| Some(format!("{name}: Some({})", literal(number.as_deref()?)))),
    );
    rule
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
