//! The kinds of integer and number schemas: their width and bounds.

use std::cmp::Ordering;

use crate::diagnostic::Diagnostic;
use crate::document::{Decimal, Node};
use crate::model::schema::{IntegerShape, IntegerWidth, NumberShape, NumberWidth, WrittenNumbers};

use super::builder::Builder;
use super::facets::{Bound, Facets};

/// The formats of integers. Each sets a width or a range.
pub(super) const INTEGERS: &[&str] =
    &["int32", "int64", "uint32", "uint64", "int8", "int16", "uint8", "uint16", "uint", "int", "integer", "long"];

/// The formats of numbers that need not be integers.
pub(super) const NUMBERS: &[&str] = &["float", "double", "decimal", "number"];

impl<'d> Builder<'d, '_> {
    /// Returns the shape of an integer schema from its facets, the collected constraints.
    pub(super) fn integer(&mut self, facets: &mut Facets<'d>) -> IntegerShape {
        let min = facets.min.map(|bound| inclusive(bound, true));
        let max = facets.max.map(|bound| inclusive(bound, false));
        if let (Some(least), Some(most), Some(low), Some(high)) = (min, max, facets.min, facets.max)
            && least > most
        {
            facets.contradicting_bounds(low, high);
        }
        let width = match facets.format {
            Some(("int32" | "int16" | "int8", _)) => IntegerWidth::Int32,
            Some(("uint8" | "uint16" | "uint32", _)) => IntegerWidth::Uint32,
            Some(("uint64" | "uint", _)) => IntegerWidth::Uint64,
            _ => IntegerWidth::Int64,
        };
        self.format_of_number(facets, INTEGERS);
        let beyond = max.is_some_and(|max| max > i128::from(i64::MAX));
        let width = match width {
            IntegerWidth::Int64 if beyond && min.is_some_and(|min| min >= 0) => IntegerWidth::Uint64,
            width => width,
        };
        let multiple_of = facets.multiple_of.and_then(Node::as_whole_divisor);
        if let (Some(node), None) = (facets.multiple_of, multiple_of) {
            self.unsupported(node.span, "multipleOf", "the divisor of an integer must be greater than zero");
        }
        let (lowest, highest) = range(width, facets.format.map(|(name, _)| name));
        if let Some(low) = facets.min.filter(|_| min.is_some_and(|min| min > highest)) {
            self.beyond_format(facets, low, "at least");
        } else if let Some(high) = facets.max.filter(|_| max.is_some_and(|max| max < lowest)) {
            self.beyond_format(facets, high, "at most");
        }
        // The bounds that the Rust integer type has anyway are not kept.
        let narrow = matches!(facets.format, Some(("int8" | "int16" | "uint8" | "uint16", _)));
        let least = narrow.then_some(lowest).filter(|least| *least != 0);
        let most = narrow.then_some(highest);
        let max = max.into_iter().chain(most).min();
        IntegerShape { width, min: min.max(least), max, multiple_of }
    }

    /// Records the format of an integer or number schema as known or unknown.
    fn format_of_number(&mut self, facets: &Facets<'d>, known: &[&str]) {
        match facets.format {
            Some((name, span)) if known.contains(&name) => self.known_format(span),
            Some((name, span)) => self.unknown_format(name, span, known),
            None => {}
        }
    }

    /// Records a contradiction if a bound of an integer schema excludes all values of its format.
    fn beyond_format(&mut self, facets: &mut Facets<'d>, bound: Bound<'d>, how: &str) {
        let (name, at) = facets.format.map_or(("64-bit integer", None), |(name, span)| (name, Some(span)));
        let value = bound.whole.map_or_else(|| bound.value.to_string(), |whole| whole.to_string());
        let message = format!("no {name} is {how} {value}");
        let report = Diagnostic::error("contradiction", bound.node.span, message).label(format!("{how} this"));
        facets.contradictions.push(match at {
            Some(at) => report.also(at, "declared format").help("change the limit or the format"),
            None => report.help("use `format: uint64` for integers of this size, or a string"),
        });
    }

    /// Returns the shape of a number schema from its facets, the collected constraints.
    pub(super) fn number(&mut self, facets: &mut Facets<'d>) -> NumberShape {
        if let (Some(low), Some(high)) = (facets.min, facets.max)
            && match low.compare(&high) {
                Ordering::Less => false,
                Ordering::Equal => low.exclusive || high.exclusive,
                Ordering::Greater => true,
            }
        {
            facets.contradicting_bounds(low, high);
        }
        let width = match facets.format {
            Some(("float", _)) => NumberWidth::Single,
            Some(("decimal", _)) => NumberWidth::Decimal,
            _ => NumberWidth::Double,
        };
        self.format_of_number(facets, NUMBERS);
        NumberShape {
            width,
            min: facets.min.map(|bound| bound.value),
            max: facets.max.map(|bound| bound.value),
            exclusive_min: facets.min.is_some_and(|bound| bound.exclusive),
            exclusive_max: facets.max.is_some_and(|bound| bound.exclusive),
            multiple_of: facets.multiple_of.and_then(Node::as_f64).filter(|divisor| *divisor > 0.0),
            written: WrittenNumbers {
                min: facets.min.and_then(|bound| bound.node.as_rounded()),
                max: facets.max.and_then(|bound| bound.node.as_rounded()),
                multiple_of: facets.multiple_of.and_then(Node::as_rounded).filter(|text| has_exact_remainder(text)),
            },
        }
    }
}

/// Returns true if generated code can compute remainders of a divisor (`multipleOf`) without rounding.
fn has_exact_remainder(divisor: &str) -> bool {
    Decimal::parse(divisor).is_some_and(|divisor| divisor.digits() <= 18)
}

/// Returns the lowest and the highest integer of an integer type, or of a narrower format such as `int8`.
fn range(width: IntegerWidth, format: Option<&str>) -> (i128, i128) {
    match (format, width) {
        (Some("int8"), _) => (i8::MIN.into(), i8::MAX.into()),
        (Some("int16"), _) => (i16::MIN.into(), i16::MAX.into()),
        (Some("uint8"), _) => (0, u8::MAX.into()),
        (Some("uint16"), _) => (0, u16::MAX.into()),
        _ => width.range(),
    }
}

/// Returns a bound of an integer schema as an inclusive bound.
fn inclusive(bound: Bound<'_>, lower: bool) -> i128 {
    let step = i128::from(bound.exclusive);
    match (bound.whole, lower) {
        (Some(value), true) => value.saturating_add(step),
        (Some(value), false) => value.saturating_sub(step),
        (None, true) => bound.value.ceil() as i128,
        (None, false) => bound.value.floor() as i128,
    }
}
