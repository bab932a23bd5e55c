//! Numbers: their width and their bounds.

use crate::contract::schema::{IntegerShape, IntegerWidth, NumberShape, NumberWidth};
use crate::diagnostic::Diagnostic;
use crate::document::Node;

use super::Lowering;
use super::facets::{Bound, Facets};

impl<'d> Lowering<'d, '_> {
    pub(super) fn integer(&mut self, facets: &Facets<'d>) -> IntegerShape {
        let min = facets.min.map(|bound| whole(bound, true));
        let max = facets.max.map(|bound| whole(bound, false));
        if let (Some(least), Some(most), Some(low), Some(high)) = (min, max, facets.min, facets.max)
            && least > most
        {
            self.contradicting_bounds(low, high);
        }
        let width = match facets.format {
            Some(("int32" | "int16" | "int8", _)) => IntegerWidth::Int32,
            Some(("uint8" | "uint16" | "uint32", _)) => IntegerWidth::Uint32,
            Some(("uint64" | "uint", _)) => IntegerWidth::Uint64,
            Some(("int64" | "long" | "integer" | "int", _)) | None => IntegerWidth::Int64,
            Some((other, span)) => {
                self.unknown_format(other, span, &["int32", "int64", "uint32", "uint64"]);
                IntegerWidth::Int64
            }
        };
        let beyond = max.is_some_and(|max| max > i128::from(i64::MAX));
        let width = match width {
            IntegerWidth::Int64 if beyond && min.is_some_and(|min| min >= 0) => IntegerWidth::Uint64,
            width => width,
        };
        let multiple_of = facets.multiple_of.and_then(Node::as_whole_divisor);
        if let (Some(node), None) = (facets.multiple_of, multiple_of) {
            self.unsupported(node.span, "multipleOf", "the divisor of an integer must be above zero");
        }
        let narrow = match facets.format {
            Some(("int8", _)) => (Some(-128), Some(127)),
            Some(("int16", _)) => (Some(-32_768), Some(32_767)),
            Some(("uint8", _)) => (None, Some(255)),
            Some(("uint16", _)) => (None, Some(65_535)),
            _ => (None, None),
        };
        IntegerShape { width, min: min.or(narrow.0), max: max.or(narrow.1), multiple_of }
    }

    pub(super) fn number(&mut self, facets: &Facets<'d>) -> NumberShape {
        if let (Some(low), Some(high)) = (facets.min, facets.max)
            && (low.value > high.value || (low.value == high.value && (low.exclusive || high.exclusive)))
        {
            self.contradicting_bounds(low, high);
        }
        let width = match facets.format {
            Some(("float", _)) => NumberWidth::Single,
            Some(("decimal", _)) => NumberWidth::Decimal,
            Some(("double" | "number", _)) | None => NumberWidth::Double,
            Some((other, span)) => {
                self.unknown_format(other, span, &["float", "double", "decimal"]);
                NumberWidth::Double
            }
        };
        NumberShape {
            width,
            min: facets.min.map(|bound| bound.value),
            max: facets.max.map(|bound| bound.value),
            exclusive_min: facets.min.is_some_and(|bound| bound.exclusive),
            exclusive_max: facets.max.is_some_and(|bound| bound.exclusive),
            multiple_of: facets.multiple_of.and_then(Node::as_f64).filter(|divisor| *divisor > 0.0),
        }
    }

    fn contradicting_bounds(&mut self, low: Bound, high: Bound) {
        let least = if low.exclusive { "above" } else { "at least" };
        let most = if high.exclusive { "below" } else { "at most" };
        let message = format!("no number is {least} {} and {most} {}", low.value, high.value);
        self.report(
            Diagnostic::error("contradiction", high.span, message)
                .label(format!("{most} this"))
                .also(low.span, format!("{least} this")),
        );
    }
}

/// An inclusive whole bound.
fn whole(bound: Bound, lower: bool) -> i128 {
    let step = i128::from(bound.exclusive);
    match (bound.whole, lower) {
        (Some(value), true) => value.saturating_add(step),
        (Some(value), false) => value.saturating_sub(step),
        (None, true) => bound.value.ceil() as i128,
        (None, false) => bound.value.floor() as i128,
    }
}
