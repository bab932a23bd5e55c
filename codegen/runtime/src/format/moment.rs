//! Dates, times and durations (RFC 3339).

use chrono::{DateTime, Datelike, NaiveDate, SecondsFormat, Timelike, Utc};

/// A time of day as it was written.
#[derive(Debug, Clone, Copy)]
struct Time {
    hour: u32,
    minute: u32,
    second: u32,
    nanosecond: u32,
    /// Minutes east of UTC.
    offset: i32,
}

/// The moment of a `date-time`. A leap second is one where the minute can have it; digits of a
/// second's fraction beyond the ninth are dropped.
pub(crate) fn date_time(text: &str) -> Option<DateTime<Utc>> {
    let (day, rest) = text.split_at_checked(10)?;
    let day = date(day)?;
    let time = time(rest.strip_prefix(['T', 't'])?)?;
    let seconds = time.hour * 3600 + time.minute * 60 + time.second.min(59);
    // A leap second is counted by chrono as the billion beyond the 59th.
    let nanosecond = time.nanosecond + if time.second == 60 { 1_000_000_000 } else { 0 };
    let midnight = day.and_hms_opt(0, 0, 0)?.and_utc().timestamp();
    DateTime::from_timestamp(midnight + i64::from(seconds) - i64::from(time.offset) * 60, nanosecond)
}

/// The day of a `full-date`.
pub(crate) fn date(text: &str) -> Option<NaiveDate> {
    let bytes: &[u8; 10] = text.as_bytes().try_into().ok()?;
    if bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let year = two(bytes, 0)? * 100 + two(bytes, 2)?;
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, two(bytes, 5)?, two(bytes, 8)?)
}

pub(crate) fn is_time(text: &str) -> bool {
    time(text).is_some()
}

fn time(text: &str) -> Option<Time> {
    let bytes = text.as_bytes();
    if *bytes.get(2)? != b':' || *bytes.get(5)? != b':' {
        return None;
    }
    let (hour, minute, second) = (two(bytes, 0)?, two(bytes, 3)?, two(bytes, 6)?);
    let (nanosecond, rest) = fraction(bytes.get(8..)?)?;
    let offset = offset(rest)?;
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let minute_of_utc = (i32::try_from(hour * 60 + minute).ok()? - offset).rem_euclid(24 * 60);
    if second == 60 && minute_of_utc != 24 * 60 - 1 {
        return None;
    }
    Some(Time { hour, minute, second, nanosecond, offset })
}

/// Nanoseconds of an optional `.` and digits, and what follows.
fn fraction(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let Some(rest) = bytes.strip_prefix(b".") else {
        return Some((0, bytes));
    };
    let length = rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
    if length == 0 {
        return None;
    }
    let (digits, rest) = rest.split_at(length);
    let nine = digits.iter().chain(std::iter::repeat(&b'0')).take(9);
    Some((nine.fold(0, |value, digit| value * 10 + u32::from(digit - b'0')), rest))
}

/// Minutes east of UTC.
fn offset(bytes: &[u8]) -> Option<i32> {
    let sign = match (bytes.first()?, bytes.len()) {
        (b'Z' | b'z', 1) => return Some(0),
        (b'+', 6) => 1,
        (b'-', 6) => -1,
        _ => return None,
    };
    let (hour, minute) = (two(bytes, 1)?, two(bytes, 4)?);
    if bytes[3] != b':' || hour > 23 || minute > 59 {
        return None;
    }
    Some(sign * i32::try_from(hour * 60 + minute).ok()?)
}

/// The two digits at `at`.
fn two(bytes: &[u8], at: usize) -> Option<u32> {
    match bytes.get(at..at + 2)? {
        [a @ b'0'..=b'9', b @ b'0'..=b'9'] => Some(u32::from(a - b'0') * 10 + u32::from(b - b'0')),
        _ => None,
    }
}

/// Whether units follow each other without a gap: `P1Y2D` has one, `PT1H2S` too.
pub(crate) fn is_duration(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('P') else {
        return false;
    };
    match rest.split_once('T') {
        Some((day, time)) => (day.is_empty() || is_run(day, b"YMD")) && is_run(time, b"HMS"),
        None => is_run(rest, b"YMD") || is_run(rest, b"W"),
    }
}

/// One or more of `units`, each after digits, in their order and without leaving one out between.
fn is_run(text: &str, units: &[u8]) -> bool {
    let mut rest = text.as_bytes();
    let mut next = None;
    while !rest.is_empty() {
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let unit = rest.get(digits).and_then(|byte| units.iter().position(|unit| unit == byte));
        let Some(unit) = unit else { return false };
        if digits == 0 || next.is_some_and(|next| next != unit) {
            return false;
        }
        next = Some(unit + 1);
        rest = &rest[digits + 1..];
    }
    next.is_some()
}

/// A moment as RFC 3339 writes it in UTC, with as many digits of the second as it needs: 0, 3, 6 or 9.
pub(crate) fn show_date_time(moment: &DateTime<Utc>) -> String {
    let nanosecond = moment.nanosecond();
    // Years of five digits and leap seconds are rare enough to leave to chrono.
    if !(0..=9999).contains(&moment.year()) || nanosecond >= 1_000_000_000 {
        return moment.to_rfc3339_opts(SecondsFormat::AutoSi, true);
    }
    let mut out = show_date(&moment.date_naive());
    out.reserve(20);
    out.push('T');
    push_digits(&mut out, moment.hour(), 2);
    out.push(':');
    push_digits(&mut out, moment.minute(), 2);
    out.push(':');
    push_digits(&mut out, moment.second(), 2);
    match nanosecond {
        0 => {}
        n if n % 1_000_000 == 0 => push_fraction(&mut out, n / 1_000_000, 3),
        n if n % 1000 == 0 => push_fraction(&mut out, n / 1000, 6),
        n => push_fraction(&mut out, n, 9),
    }
    out.push('Z');
    out
}

/// A day as RFC 3339 writes it.
pub(crate) fn show_date(day: &NaiveDate) -> String {
    let Ok(year @ 0..=9999) = u32::try_from(day.year()) else {
        return day.to_string();
    };
    let mut out = String::with_capacity(32);
    push_digits(&mut out, year, 4);
    out.push('-');
    push_digits(&mut out, day.month(), 2);
    out.push('-');
    push_digits(&mut out, day.day(), 2);
    out
}

fn push_fraction(out: &mut String, value: u32, width: u32) {
    out.push('.');
    push_digits(out, value, width);
}

fn push_digits(out: &mut String, value: u32, width: u32) {
    for place in (0..width).rev() {
        out.push(char::from(b'0' + (value / 10u32.pow(place) % 10) as u8));
    }
}
