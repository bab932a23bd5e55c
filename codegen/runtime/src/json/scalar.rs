//! The reader's methods for scalars: booleans, null, numbers, strings and the formats of strings.

use bytes::Bytes;
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::check::{self, OneOf};
use super::number;
use super::reader::{Reader, Source};
use super::text::TextValue;
use super::token::Kind;
use super::violations::ViolationSink;
use super::write::DecimalNumber;
use crate::validate::format::{self, Format};
use crate::validate::rules::{IntegerRule, NumberRule, StringRule};

impl Reader<'_> {
    /// Reads a boolean. In a parameter or form, it is the string `true` or `false`.
    pub fn bool(&mut self) -> Option<bool> {
        match &mut self.source {
            Source::Json(scan) => match scan.peek() {
                Ok(Kind::Bool) => match scan.bool() {
                    Ok(value) => return Some(value),
                    Err(fault) => self.broken(fault),
                },
                Ok(found) => self.wrong_kind("a boolean", found),
                Err(fault) => self.broken(fault),
            },
            Source::Text(text) => match text.scalar().as_deref() {
                Some("true") => return Some(true),
                Some("false") => return Some(false),
                _ => self.violations.record(format_args!("must be true or false")),
            },
        }
        None
    }

    /// Reads null. In a parameter or form, null is an empty string.
    pub fn null(&mut self) -> Option<()> {
        if self.take_null() {
            return Some(());
        }
        self.skip();
        self.violations.record(format_args!("must be null"));
        None
    }

    /// Reads a signed 32-bit integer (`format: int32`) and checks it against a rule.
    pub fn int32(&mut self, rule: &IntegerRule) -> Option<i32> {
        self.integer(rule, i32::MIN.into(), i32::MAX.into())?.try_into().ok()
    }

    /// Reads a signed 64-bit integer (`format: int64`) and checks it against a rule.
    pub fn int64(&mut self, rule: &IntegerRule) -> Option<i64> {
        self.integer(rule, i64::MIN.into(), i64::MAX.into())?.try_into().ok()
    }

    /// Reads an unsigned 32-bit integer and checks it against a rule.
    pub fn uint32(&mut self, rule: &IntegerRule) -> Option<u32> {
        self.integer(rule, 0, u32::MAX.into())?.try_into().ok()
    }

    /// Reads an unsigned 64-bit integer and checks it against a rule.
    pub fn uint64(&mut self, rule: &IntegerRule) -> Option<u64> {
        self.integer(rule, 0, u64::MAX.into())?.try_into().ok()
    }

    /// Reads a 32-bit floating-point number and checks it against a rule.
    pub fn float32(&mut self, rule: &NumberRule) -> Option<f32> {
        self.float(rule, f32::MAX.into(), |text| text.parse::<f32>().ok())
    }

    /// Reads a 64-bit floating-point number and checks it against a rule.
    pub fn float64(&mut self, rule: &NumberRule) -> Option<f64> {
        self.float(rule, f64::MAX, |text| text.parse::<f64>().ok())
    }

    /// Reads a decimal number that is a JSON number, for a type that is also written as a JSON number.
    pub fn decimal_number(&mut self, rule: &NumberRule) -> Option<DecimalNumber> {
        self.with_number("a decimal number", |text, violations| decimal(text, rule, violations)).map(DecimalNumber)
    }

    /// Reads a decimal number that is a JSON number or a string.
    pub fn decimal(&mut self, rule: &NumberRule) -> Option<Decimal> {
        let is_string = match &mut self.source {
            Source::Json(scan) => matches!(scan.peek(), Ok(Kind::String)),
            Source::Text(_) => false,
        };
        if is_string {
            return self.decimal_string(rule);
        }
        self.with_number("a decimal number", |text, violations| decimal(text, rule, violations))
    }

    /// Reads a decimal number that is a string in the syntax of JSON numbers.
    pub fn decimal_string(&mut self, rule: &NumberRule) -> Option<Decimal> {
        self.with_string("a string that contains a decimal number", |text, violations| {
            if !number::is_number(text) {
                violations.record(format_args!("must be a decimal number"));
                return None;
            }
            decimal(text, rule, violations)
        })
    }

    /// Reads a string and checks it against a rule.
    pub fn string(&mut self, rule: &StringRule) -> Option<String> {
        // A decoded string of a parameter is already owned, so it is not copied.
        if let Source::Text(cursor) = &mut self.source
            && let Some(TextValue::Scalar(_)) = cursor.current
        {
            let text = cursor.scalar()?;
            return check::string(&text, rule, &mut self.violations).then(|| text.into_owned());
        }
        self.with_string("a string", |text, violations| check::string(text, rule, violations).then(|| text.to_owned()))
    }

    /// Reads a string that is a date and time (RFC 3339 § 5.6 `date-time`). A leap second is kept.
    pub fn date_time(&mut self) -> Option<DateTime<Utc>> {
        self.formatted(Format::DateTime, format::date_time)
    }

    /// Reads a string that is a date and time, or a calendar date, which stands for its midnight in UTC.
    pub fn moment(&mut self) -> Option<DateTime<Utc>> {
        self.with_string("a date and time", |text, violations| {
            let midnight = || Some(format::date(text)?.and_hms_opt(0, 0, 0)?.and_utc());
            let moment = format::date_time(text).or_else(midnight);
            if moment.is_none() {
                let (moment, date) = (Format::DateTime.with_article(), Format::Date.with_article());
                violations.record(format_args!("must be {moment}, or {date}"));
            }
            moment
        })
    }

    /// Reads a string that is a calendar date (RFC 3339 § 5.6 `full-date`).
    pub fn date(&mut self) -> Option<NaiveDate> {
        self.formatted(Format::Date, format::date)
    }

    /// Reads a string that is a time of day with its offset (RFC 3339 § 5.6 `full-time`), and returns the
    /// string.
    pub fn time(&mut self) -> Option<String> {
        self.formatted(Format::Time, |text| format::check(Format::Time, text).then(|| text.to_owned()))
    }

    /// Reads a string that is a duration (RFC 3339 appendix A `duration`), and returns the string.
    pub fn duration(&mut self) -> Option<String> {
        self.formatted(Format::Duration, |text| format::check(Format::Duration, text).then(|| text.to_owned()))
    }

    /// Reads a string that is a UUID with hyphens (RFC 9562 § 4).
    pub fn uuid(&mut self) -> Option<Uuid> {
        self.formatted(Format::Uuid, format::uuid)
    }

    /// Reads a string that contains bytes in base64 with padding (RFC 4648 § 4), and returns the bytes.
    pub fn bytes(&mut self) -> Option<Bytes> {
        self.formatted(Format::Byte, format::base64)
    }

    /// Reads a string that must be an element of `names`, and returns its index. Generated code calls it for
    /// enums that do not implement [`StringEnum`](crate::StringEnum).
    pub fn name_index(&mut self, names: &[&str]) -> Option<usize> {
        self.with_string("a string", |text, violations| {
            let index = names.iter().position(|name| *name == text);
            if index.is_none() {
                violations.record(format_args!("must be {}", OneOf(names)));
            }
            index
        })
    }

    /// Reads a string for an open enum (`x-extensible-enum`). Returns the index of the string in `names`, or
    /// the string itself if the contract does not list it.
    pub fn open_string_enum(&mut self, names: &[&str]) -> Option<Result<usize, String>> {
        self.with_string("a string", |text, _| {
            Some(names.iter().position(|name| *name == text).ok_or_else(|| text.to_owned()))
        })
    }

    fn formatted<T>(&mut self, format: Format, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        self.with_string(format.with_article(), |text, violations| {
            let value = parse(text);
            if value.is_none() {
                violations.record(format_args!("must be {}", format.with_article()));
            }
            value
        })
    }

    fn float<T>(&mut self, rule: &NumberRule, most: f64, parse: impl FnOnce(&str) -> Option<T>) -> Option<T>
    where
        T: Copy + Into<f64>,
    {
        self.with_number("a number", |text, violations| {
            let value = parse(text)?;
            let wide = value.into();
            if !wide.is_finite() {
                let (bound, most) = if wide > 0.0 { ("most", most) } else { ("least", -most) };
                violations.record(format_args!("must be at {bound} {most:e}"));
                return None;
            }
            // A 32-bit float is too coarse to be compared with a bound.
            let wide = (size_of::<T>() == size_of::<f64>()).then_some(wide);
            check::number(text, wide, rule, violations).then_some(value)
        })
    }

    fn integer(&mut self, rule: &IntegerRule, least: i128, most: i128) -> Option<i128> {
        self.with_number("an integer", |text, violations| {
            check::integer(number::integer(text), (least, most), rule, violations)
        })
    }

    /// Passes the next string of the input to `read`, which checks the string and records violations. A value of
    /// another type is a violation, whose message names `expected`.
    pub(crate) fn with_string<T>(
        &mut self,
        expected: &str,
        read: impl FnOnce(&str, &mut ViolationSink<'_>) -> Option<T>,
    ) -> Option<T> {
        match &mut self.source {
            Source::Json(scan) => match scan.peek() {
                Ok(Kind::String) => match scan.string() {
                    Ok(text) => return read(text, &mut self.violations),
                    Err(fault) => self.broken(fault),
                },
                Ok(found) => self.wrong_kind(expected, found),
                Err(fault) => self.broken(fault),
            },
            Source::Text(text) => match text.scalar() {
                Some(text) => return read(&text, &mut self.violations),
                None => self.violations.record(format_args!("must be {expected}, not a list or an object")),
            },
        }
        None
    }

    /// Passes the source text of the next number to `read`, which checks the number and records violations. A
    /// value of another type is a violation, whose message names `expected`.
    fn with_number<T>(
        &mut self,
        expected: &str,
        read: impl FnOnce(&str, &mut ViolationSink<'_>) -> Option<T>,
    ) -> Option<T> {
        match &mut self.source {
            Source::Json(scan) => match scan.peek() {
                Ok(Kind::Number) => match scan.number() {
                    Ok(text) => return read(text, &mut self.violations),
                    Err(fault) => self.broken(fault),
                },
                Ok(found) => self.wrong_kind(expected, found),
                Err(fault) => self.broken(fault),
            },
            Source::Text(text) => match text.current.take() {
                Some(TextValue::Scalar(number)) if number::is_number(&number) => {
                    text.was_number = true;
                    return read(&number, &mut self.violations);
                }
                _ => self.violations.record(format_args!("must be {expected}")),
            },
        }
        None
    }
}

/// Parses a JSON number as a decimal number and checks it against a rule.
fn decimal(text: &str, rule: &NumberRule, violations: &mut ViolationSink<'_>) -> Option<Decimal> {
    let Some(value) = number::decimal(text) else {
        violations.record(format_args!("must have at most 28 digits"));
        return None;
    };
    check::number(text, None, rule, violations).then_some(value)
}
