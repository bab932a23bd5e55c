//! Values against their rules: each constraint that is broken is a violation of its own.

use std::cmp::Ordering;
use std::fmt;

use rust_decimal::Decimal;

use super::number;
use super::trail::Trail;
use crate::format;
use crate::rules::{NumberRule, StringRule};

/// Checks a string against its rule and records each constraint that it breaks.
pub(crate) fn string(text: &str, rule: &StringRule, trail: &mut Trail<'_>) -> bool {
    let before = trail.met();
    let most = rule.max.unwrap_or(usize::MAX);
    // A code point takes one to four bytes, which settles most lengths without counting.
    if text.len() > most || text.len() < rule.min.saturating_mul(4) {
        let length = text.chars().count();
        if length < rule.min {
            trail.record(format_args!("must have at least {}", Count(rule.min, "character")));
        } else if length > most {
            trail.record(format_args!("must have at most {}", Count(most, "character")));
        }
    }
    if let Some(pattern) = rule.pattern
        && !pattern.is_match(text)
    {
        if pattern.is_too_long(text) {
            trail.record(format_args!("is too long to be matched with a pattern"));
        } else {
            trail.record(format_args!("must match the pattern `{}`", pattern.source()));
        }
    }
    if let Some(format) = rule.format
        && !format::check(format, text)
    {
        trail.record(format_args!("must be {}", format.with_article()));
    }
    trail.met() == before
}

pub(crate) fn decimal(text: &str, rule: &NumberRule, trail: &mut Trail<'_>) -> Option<Decimal> {
    let Some(value) = number::decimal(text) else {
        trail.record(format_args!("must have at most 28 digits"));
        return None;
    };
    let before = trail.met();
    check_bounds(rule, trail, |bound| {
        match number::decimal(&format!("{bound:e}")) {
            Some(bound) => value.cmp(&bound),
            // A bound beyond every decimal number.
            None => 0.0f64.total_cmp(&bound),
        }
    });
    check_multiple(text, rule, trail);
    (trail.met() == before).then_some(value)
}

pub(crate) fn float(text: &str, value: f64, rule: &NumberRule, trail: &mut Trail<'_>) -> bool {
    let before = trail.met();
    check_bounds(rule, trail, |bound| if value == bound { Ordering::Equal } else { value.total_cmp(&bound) });
    check_multiple(text, rule, trail);
    trail.met() == before
}

fn check_bounds(rule: &NumberRule, trail: &mut Trail<'_>, compare: impl Fn(f64) -> Ordering) {
    if let Some(min) = rule.min {
        let order = compare(min);
        if rule.exclusive_min && order.is_le() {
            trail.record(format_args!("must be greater than {min}"));
        } else if order.is_lt() {
            trail.record(format_args!("must be at least {min}"));
        }
    }
    if let Some(max) = rule.max {
        let order = compare(max);
        if rule.exclusive_max && order.is_ge() {
            trail.record(format_args!("must be less than {max}"));
        } else if order.is_gt() {
            trail.record(format_args!("must be at most {max}"));
        }
    }
}

fn check_multiple(text: &str, rule: &NumberRule, trail: &mut Trail<'_>) {
    if let Some(step) = rule.multiple_of
        && !number::is_multiple(text, step)
    {
        trail.record(format_args!("must be a multiple of {step}"));
    }
}

pub(crate) fn record_bound(below: bool, least: i128, most: i128, trail: &mut Trail<'_>) {
    if below {
        trail.record(format_args!("must be at least {least}"));
    } else {
        trail.record(format_args!("must be at most {most}"));
    }
}

/// `1 character`, `2 characters`.
pub(crate) struct Count<'a>(pub(crate) usize, pub(crate) &'a str);

impl fmt::Display for Count<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}{}", self.0, self.1, if self.0 == 1 { "" } else { "s" })
    }
}

/// `a`, `one of a, b`.
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
