//! The numbers of YAML and JSON files, kept as source text: their conversion to integers, floats and JSON.

use std::cmp::Ordering;

/// Returns the value of a number in source text if it is an integer: `12`, `1.0`, `1e3`, `0x1F`, `0o17`.
pub fn integer(text: &str) -> Option<i128> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    if let Some(hex) = digits.strip_prefix("0x") {
        return i128::from_str_radix(hex, 16).ok();
    }
    if let Some(octal) = digits.strip_prefix("0o") {
        return i128::from_str_radix(octal, 8).ok();
    }
    if let Ok(number) = digits.parse::<i128>() {
        return Some(number);
    }
    decimal_integer(digits)
}

/// Returns the value of a decimal number with a fraction or an exponent, if it is an integer.
fn decimal_integer(text: &str) -> Option<i128> {
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text),
    };
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mut digits = format!("{whole}{fraction}");
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut scale = exponent.checked_sub(i64::try_from(fraction.len()).ok()?)?;
    while scale < 0 && digits.ends_with('0') {
        digits.pop();
        scale += 1;
    }
    let digits = digits.trim_start_matches('0');
    if digits.is_empty() {
        return Some(0);
    }
    // An `i128` has at most 39 digits.
    if !(0..=39).contains(&scale) {
        return None;
    }
    format!("{sign}{digits}{}", "0".repeat(usize::try_from(scale).ok()?)).parse().ok()
}

/// Returns the smallest positive integer that is a multiple of a positive number in source text: 3 for 1.5.
pub fn whole_divisor(text: &str) -> Option<i128> {
    if let Some(whole) = integer(text) {
        return Some(whole).filter(|divisor| *divisor > 0);
    }
    let exact = format!("{:e}", float(text).filter(|divisor| *divisor > 0.0)?);
    let (digits, exponent) = exact.split_once('e')?;
    let exponent: i32 = exponent.parse().ok()?;
    // The smallest power of ten that makes the divisor an integer gives its numerator and denominator.
    (1..=30u32).find_map(|places| {
        let whole = integer(&format!("{digits}e{}", exponent + places.cast_signed()))?;
        Some(whole / greatest_common_divisor(whole, 10i128.pow(places)))
    })
}

fn greatest_common_divisor(mut one: i128, mut other: i128) -> i128 {
    while other != 0 {
        (one, other) = (other, one % other);
    }
    one
}

/// Returns a number in source text as the nearest `f64`, also for `.inf` and `.nan` of YAML.
pub fn float(text: &str) -> Option<f64> {
    match text {
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Some(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => Some(f64::NEG_INFINITY),
        ".nan" | ".NaN" | ".NAN" => Some(f64::NAN),
        _ if text.starts_with("0x") || text.starts_with("0o") => integer(text).map(|n| n as f64),
        _ => text.parse().ok(),
    }
}

/// A decimal number as its sign, its digits without zeros at either end, and the power of ten of the last digit.
#[derive(Debug, PartialEq, Eq)]
pub struct Decimal {
    negative: bool,
    digits: String,
    exponent: i64,
}

impl Decimal {
    /// Parses a number in source text without rounding it. Returns `None` if it is not a decimal number.
    pub fn parse(text: &str) -> Option<Decimal> {
        let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = format!("{whole}{fraction}");
        if all.is_empty() || !all.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let kept = all.trim_end_matches('0');
        let exponent = i64::from(exponent) - fraction.len() as i64 + (all.len() - kept.len()) as i64;
        let digits = kept.trim_start_matches('0').to_owned();
        if digits.is_empty() {
            return Some(Decimal { negative: false, digits, exponent: 0 });
        }
        Some(Decimal { negative: text.starts_with('-'), digits, exponent })
    }

    /// Returns the number of digits between the first and the last one that is not zero.
    pub fn digits(&self) -> usize {
        self.digits.len()
    }

    /// Compares two decimal numbers by their exact values.
    pub fn compare(&self, other: &Decimal) -> Ordering {
        let sign = |one: &Decimal| match (one.digits.is_empty(), one.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        let places = |one: &Decimal| one.digits.len() as i64 + one.exponent;
        let size = || places(self).cmp(&places(other)).then_with(|| self.digits.cmp(&other.digits));
        sign(self).cmp(&sign(other)).then_with(|| if self.negative { size().reverse() } else { size() })
    }

    /// Returns true if this number is a multiple of `step`, or if the numbers have too many digits to decide.
    pub fn is_multiple_of(&self, step: &Decimal) -> bool {
        let divisor = step.digits.parse::<u128>().unwrap_or_default();
        if step.digits.len() > 18 || divisor == 0 || self.digits.is_empty() {
            return true;
        }
        let Ok(shift) = u32::try_from(self.exponent - step.exponent) else { return false };
        let next = |rest: u128, digit: u8| (rest * 10 + u128::from(digit - b'0')) % divisor;
        // After more zeros than the divisor has binary digits, no further zero changes the divisibility.
        let zeros = std::iter::repeat_n(b'0', shift.min(64) as usize);
        self.digits.bytes().chain(zeros).fold(0, next) == 0
    }
}

/// Returns a number in source text with all its digits if the nearest `f64` does not represent it by its shortest decimal
/// notation.
pub fn rounded(text: &str) -> Option<String> {
    let exact = Decimal::parse(text)?;
    let float = float(text).filter(|float| float.is_finite())?;
    (Decimal::parse(&format!("{float:e}"))? != exact).then(|| text.trim_start_matches('+').to_owned())
}

/// Returns a number in source text as a JSON value, or as a string if JSON has no such number.
pub fn json_number(text: &str) -> serde_json::Value {
    if let Ok(number) = serde_json::from_str::<serde_json::Number>(text) {
        return serde_json::Value::Number(number);
    }
    if let Some(number) = integer(text) {
        if let Ok(number) = i64::try_from(number) {
            return number.into();
        }
        if let Ok(number) = u64::try_from(number) {
            return number.into();
        }
    }
    let float = float(text).and_then(serde_json::Number::from_f64);
    float.map_or_else(|| text.into(), serde_json::Value::Number)
}

#[cfg(test)]
mod tests;
