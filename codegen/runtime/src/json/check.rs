//! The checks of strings and numbers against the rules of a schema. Each constraint that a value breaks becomes
//! a violation.

use std::fmt;

use super::number::{self, Integer};
use super::violations::ViolationSink;
use crate::validate::format;
use crate::validate::pattern::LONGEST;
use crate::validate::rules::{IntegerRule, NumberRule, StringRule, WrittenNumbers};

/// Checks a string against the rule of its schema, and records each broken constraint as a violation. Returns true
/// if the string is valid.
pub(crate) fn string(text: &str, rule: &StringRule, violations: &mut ViolationSink<'_>) -> bool {
    let before = violations.met();
    let most = rule.max.unwrap_or(usize::MAX);
    // A code point has one to four bytes, so the length in bytes often decides without counting code points.
    if text.len() > most || text.len() < rule.min.saturating_mul(4) {
        let length = text.chars().count();
        if length < rule.min {
            violations.record(format_args!("must have at least {}", Count(rule.min, "character")));
        } else if length > most {
            violations.record(format_args!("must have at most {}", Count(most, "character")));
        }
    }
    if let Some(pattern) = rule.pattern
        && !pattern.is_match(text)
    {
        if pattern.is_too_long(text) {
            violations.record(format_args!("must have at most {}", Count(LONGEST, "character")));
        } else {
            violations.record(format_args!("must match the pattern `{}`", pattern.source()));
        }
    }
    if let Some(format) = rule.format
        && !format::check(format, text)
    {
        violations.record(format_args!("must be {}", format.with_article()));
    }
    violations.met() == before
}

/// Checks a number against the rule of its schema, and records each broken constraint as a violation. Returns true
/// if the number is valid.
///
/// `text` is the number as it is written and `value` the nearest 64-bit float, or `None` if it is not known yet. The
/// number and the constraints are compared as decimals, so no digit of either is rounded.
pub(crate) fn number(text: &str, value: Option<f64>, rule: &NumberRule, violations: &mut ViolationSink<'_>) -> bool {
    let before = violations.met();
    let written = rule.written.unwrap_or(&WrittenNumbers::NONE);
    if rule.min.is_some() || rule.max.is_some() {
        let value = value.or_else(|| text.parse().ok()).unwrap_or_default();
        if let Some(min) = rule.min {
            let order = number::compare(text, value, min, written.min);
            if rule.exclusive_min && order.is_le() {
                violations.record(format_args!("must be greater than {}", Written(min, written.min)));
            } else if order.is_lt() {
                violations.record(format_args!("must be at least {}", Written(min, written.min)));
            }
        }
        if let Some(max) = rule.max {
            let order = number::compare(text, value, max, written.max);
            if rule.exclusive_max && order.is_ge() {
                violations.record(format_args!("must be less than {}", Written(max, written.max)));
            } else if order.is_gt() {
                violations.record(format_args!("must be at most {}", Written(max, written.max)));
            }
        }
    }
    if let Some(step) = rule.multiple_of
        && !number::is_multiple(text, step, written.multiple_of)
    {
        violations.record(format_args!("must be a multiple of {}", Written(step, written.multiple_of)));
    }
    violations.met() == before
}

/// Checks an integer against the rule of its schema and the range of its Rust type, and records each broken
/// constraint as a violation. Returns the integer if it is valid.
pub(crate) fn integer(
    value: Integer,
    (least, most): (i128, i128),
    rule: &IntegerRule,
    violations: &mut ViolationSink<'_>,
) -> Option<i128> {
    let least = rule.min.map_or(least, |min| min.max(least));
    let most = rule.max.map_or(most, |max| max.min(most));
    let value = match value {
        Integer::Value(value) if (least..=most).contains(&value) => value,
        Integer::Fraction => {
            violations.record(format_args!("must be an integer"));
            return None;
        }
        Integer::Value(value) => {
            record_bound(value < least, least, most, violations);
            return None;
        }
        Integer::Huge { negative } => {
            record_bound(negative, least, most, violations);
            return None;
        }
    };
    match rule.multiple_of {
        Some(step) if step > 0 && value % step != 0 => {
            violations.record(format_args!("must be a multiple of {step}"));
            None
        }
        _ => Some(value),
    }
}

fn record_bound(below: bool, least: i128, most: i128, violations: &mut ViolationSink<'_>) {
    if below {
        violations.record(format_args!("must be at least {least}"));
    } else {
        violations.record(format_args!("must be at most {most}"));
    }
}

/// The number of a constraint in the message of a violation, with the digits that the contract has.
struct Written(f64, Option<&'static str>);

impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.1 {
            Some(text) => f.write_str(text),
            None => self.0.fmt(f),
        }
    }
}

/// A number with a noun in the message of a violation: `1 character`, `2 characters`.
pub(crate) struct Count<'a>(pub(crate) usize, pub(crate) &'a str);

impl fmt::Display for Count<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}{}", self.0, self.1, if self.0 == 1 { "" } else { "s" })
    }
}

/// A list of allowed values, as the message of a violation shows it: `a`, or `one of a, b`.
pub(crate) struct OneOf<'a>(pub(crate) &'a [&'a str]);

impl fmt::Display for OneOf<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            [only] => write!(f, "{only}"),
            names => {
                f.write_str("one of ")?;
                for (index, name) in names.iter().enumerate() {
                    write!(f, "{}{name}", if index == 0 { "" } else { ", " })?;
                }
                Ok(())
            }
        }
    }
}
