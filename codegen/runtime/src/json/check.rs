//! The checks of strings and numbers against the rules of a schema. Each constraint that a value breaks becomes
//! a violation.

use std::cmp::Ordering;
use std::fmt;

use rust_decimal::Decimal;

use super::number;
use super::violations::ViolationSink;
use crate::validate::format;
use crate::validate::pattern::LONGEST;
use crate::validate::rules::{NumberRule, StringRule};

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

pub(crate) fn decimal(text: &str, rule: &NumberRule, violations: &mut ViolationSink<'_>) -> Option<Decimal> {
    let Some(value) = number::decimal(text) else {
        violations.record(format_args!("must have at most 28 digits"));
        return None;
    };
    let before = violations.met();
    check_bounds(rule, violations, |bound| {
        match number::decimal(&format!("{bound:e}")) {
            Some(bound) => value.cmp(&bound),
            // The bound is beyond the range of decimal numbers.
            None => 0.0f64.total_cmp(&bound),
        }
    });
    check_multiple(text, rule, violations);
    (violations.met() == before).then_some(value)
}

pub(crate) fn float(text: &str, value: f64, rule: &NumberRule, violations: &mut ViolationSink<'_>) -> bool {
    let before = violations.met();
    check_bounds(rule, violations, |bound| if value == bound { Ordering::Equal } else { value.total_cmp(&bound) });
    check_multiple(text, rule, violations);
    violations.met() == before
}

fn check_bounds(rule: &NumberRule, violations: &mut ViolationSink<'_>, compare: impl Fn(f64) -> Ordering) {
    if let Some(min) = rule.min {
        let order = compare(min);
        if rule.exclusive_min && order.is_le() {
            violations.record(format_args!("must be greater than {min}"));
        } else if order.is_lt() {
            violations.record(format_args!("must be at least {min}"));
        }
    }
    if let Some(max) = rule.max {
        let order = compare(max);
        if rule.exclusive_max && order.is_ge() {
            violations.record(format_args!("must be less than {max}"));
        } else if order.is_gt() {
            violations.record(format_args!("must be at most {max}"));
        }
    }
}

fn check_multiple(text: &str, rule: &NumberRule, violations: &mut ViolationSink<'_>) {
    if let Some(step) = rule.multiple_of
        && !number::is_multiple(text, step)
    {
        violations.record(format_args!("must be a multiple of {step}"));
    }
}

pub(crate) fn record_bound(below: bool, least: i128, most: i128, violations: &mut ViolationSink<'_>) {
    if below {
        violations.record(format_args!("must be at least {least}"));
    } else {
        violations.record(format_args!("must be at most {most}"));
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
