//! Parsing JSON numbers without rounding, so that the constraints of a schema are checked on the exact value.

use std::cmp::Ordering;

use rust_decimal::Decimal;

/// A JSON number as `±digits × 10^exponent`, without rounding.
///
/// The digits neither begin nor end with a zero, and zero has no digits, so equal numbers have equal parts.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Parts {
    pub(crate) negative: bool,
    pub(crate) digits: Vec<u8>,
    pub(crate) exponent: i64,
}

/// The result of parsing a JSON number as an integer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Integer {
    Value(i128),
    /// The JSON number is an integer beyond the range of every Rust integer type.
    Huge {
        negative: bool,
    },
    Fraction,
}

/// The maximum exponent of a number. Greater exponents are clamped to it, so that sums with it cannot overflow.
const FARTHEST: i64 = 1 << 50;

/// Parses a JSON number as an integer. `1.0` and `1e2` are integers.
pub(crate) fn integer(text: &str) -> Integer {
    short_integer(text.as_bytes()).map_or_else(|| long_integer(text), |value| Integer::Value(value.into()))
}

/// Parses an integer of at most 18 digits without fraction and exponent, as nearly all integers are.
#[inline]
fn short_integer(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.is_empty() || digits.len() > 18 {
        return None;
    }
    let mut value = 0i64;
    for digit in digits {
        if !digit.is_ascii_digit() {
            return None;
        }
        value = value * 10 + i64::from(digit - b'0');
    }
    Some(if negative { -value } else { value })
}

fn long_integer(text: &str) -> Integer {
    let parts = parts(text);
    if parts.digits.is_empty() {
        return Integer::Value(0);
    }
    if parts.exponent < 0 {
        return Integer::Fraction;
    }
    // A number of 38 digits is less than `i128::MAX`.
    if parts.digits.len() as i64 + parts.exponent > 38 {
        return Integer::Huge { negative: parts.negative };
    }
    let zeros = std::iter::repeat_n(&0, parts.exponent as usize);
    let value = parts.digits.iter().chain(zeros).fold(0i128, |value, digit| value * 10 + i128::from(*digit));
    Integer::Value(if parts.negative { -value } else { value })
}

/// Splits a JSON number into its sign, digits and exponent.
pub(crate) fn parts(text: &str) -> Parts {
    let negative = text.starts_with('-');
    let mut digits = Vec::new();
    let mut exponent = 0i64;
    let mut fraction = false;
    let mut bytes = text.as_bytes().iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'0'..=b'9' => {
                exponent -= i64::from(fraction);
                if !digits.is_empty() || *byte != b'0' {
                    digits.push(byte - b'0');
                }
            }
            b'.' => fraction = true,
            b'e' | b'E' => exponent += written_exponent(bytes.as_slice()),
            _ => {}
        }
        if matches!(byte, b'e' | b'E') {
            break;
        }
    }
    while digits.last() == Some(&0) {
        digits.pop();
        exponent += 1;
    }
    if digits.is_empty() {
        return Parts { negative: false, digits, exponent: 0 };
    }
    Parts { negative, digits, exponent }
}

fn written_exponent(text: &[u8]) -> i64 {
    let mut value = 0i64;
    for digit in text.iter().filter(|byte| byte.is_ascii_digit()) {
        value = (value * 10 + i64::from(digit - b'0')).min(FARTHEST);
    }
    if text.first() == Some(&b'-') { -value } else { value }
}

/// Returns true if a string is a number in the syntax of JSON (RFC 8259 § 6).
pub(crate) fn is_number(text: &str) -> bool {
    let text = text.as_bytes();
    let rest = text.strip_prefix(b"-").unwrap_or(text);
    let (whole, rest) = digits_of(rest);
    if whole.is_empty() || (whole.len() > 1 && whole[0] == b'0') {
        return false;
    }
    let rest = match rest.strip_prefix(b".") {
        Some(rest) => match digits_of(rest) {
            ([], _) => return false,
            (_, rest) => rest,
        },
        None => rest,
    };
    match rest {
        [] => true,
        [b'e' | b'E', b'+' | b'-', rest @ ..] | [b'e' | b'E', rest @ ..] => {
            matches!(digits_of(rest), ([_, ..], []))
        }
        _ => false,
    }
}

fn digits_of(text: &[u8]) -> (&[u8], &[u8]) {
    text.split_at(text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len()))
}

/// Parses a JSON number as a decimal number. Returns `None` if it has too many digits.
///
/// Zeros at the end are kept: `1.50` stays `1.50`.
pub(crate) fn decimal(text: &str) -> Option<Decimal> {
    if let Ok(value) = Decimal::from_str_exact(text) {
        return Some(value);
    }
    let parts = parts(text);
    if parts.digits.is_empty() {
        return Some(Decimal::ZERO);
    }
    // 96 bits hold at most 29 digits.
    if parts.digits.len() as i64 + parts.exponent.max(0) > 29 || parts.exponent < -28 {
        return None;
    }
    let zeros = std::iter::repeat_n(&0, parts.exponent.max(0) as usize);
    let value = parts.digits.iter().chain(zeros).fold(0i128, |value, digit| value * 10 + i128::from(*digit));
    let scale = parts.exponent.min(0).unsigned_abs() as u32;
    Decimal::try_from_i128_with_scale(if parts.negative { -value } else { value }, scale).ok()
}

/// The maximum number of digits for which different decimal numbers have different nearest 64-bit floats, unless the
/// floats are subnormal.
const DISTINCT: usize = 15;

/// Compares a JSON number with a bound, as decimals.
///
/// `value` is the 64-bit float nearest to the number. The bound is the decimal number `written`, or the shortest
/// decimal number whose nearest float is `bound`. Rounding keeps the order, so different floats decide; the digits
/// decide only if the floats are equal and one of the numbers is long.
pub(crate) fn compare(text: &str, value: f64, bound: f64, written: Option<&str>) -> Ordering {
    if value < bound {
        return Ordering::Less;
    }
    if value > bound {
        return Ordering::Greater;
    }
    if written.is_none() && text.len() <= DISTINCT && (value.is_normal() || text == "0") {
        return Ordering::Equal;
    }
    let bound = match written {
        Some(written) => parts(written),
        None => parts(&format!("{bound:e}")),
    };
    parts(text).compare(&bound)
}

impl Parts {
    /// Compares two decimal numbers by their exact values.
    fn compare(&self, other: &Parts) -> Ordering {
        let sign = |parts: &Parts| match (parts.digits.is_empty(), parts.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        let (one, two) = (sign(self), sign(other));
        if one != two || one == 0 {
            return one.cmp(&two);
        }
        // The first digit is not zero, so the number of places before the point decides first.
        let places = |parts: &Parts| parts.digits.len() as i64 + parts.exponent;
        let order = places(self).cmp(&places(other)).then_with(|| self.digits.cmp(&other.digits));
        if one < 0 { order.reverse() } else { order }
    }
}

/// Returns true if a JSON number is a multiple of a step (`multipleOf`) in decimal arithmetic: 0.3 is a multiple
/// of 0.1.
///
/// The step is the decimal number `written`, or the shortest decimal number whose nearest float is `step`.
pub(crate) fn is_multiple(text: &str, step: f64, written: Option<&str>) -> bool {
    if step <= 0.0 || !step.is_finite() {
        return true;
    }
    let value = parts(text);
    let step = match written {
        Some(written) => parts(written),
        None => parts(&format!("{step:e}")),
    };
    if value.digits.is_empty() {
        return true;
    }
    // The generator keeps at most 18 digits of a step, so that squares of remainders fit into `u128`.
    let divisor = step.digits.iter().take(18).fold(0u128, |value, digit| value * 10 + u128::from(*digit));
    let Ok(shift) = u64::try_from(value.exponent - step.exponent) else {
        // The last digit of the value is not zero, so a step with a higher exponent cannot divide it.
        return false;
    };
    let remainder = value.digits.iter().fold(0u128, |rest, digit| (rest * 10 + u128::from(*digit)) % divisor);
    (remainder * power_of_ten(shift, divisor)).is_multiple_of(divisor)
}

/// Returns `10^exponent` modulo `modulus`.
fn power_of_ten(mut exponent: u64, modulus: u128) -> u128 {
    let (mut power, mut base) = (1 % modulus, 10 % modulus);
    while exponent > 0 {
        if exponent & 1 == 1 {
            power = power * base % modulus;
        }
        base = base * base % modulus;
        exponent >>= 1;
    }
    power
}
