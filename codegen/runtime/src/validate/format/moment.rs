//! The string formats of dates, times and durations (RFC 3339): parsing, checking and writing.

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};

/// A time of day with its offset from UTC.
#[derive(Debug, Clone, Copy)]
struct Time {
    hour: u32,
    minute: u32,
    second: u32,
    nanosecond: u32,
    /// The offset of the time from UTC in minutes, positive to the east.
    offset: i32,
}

/// Parses a date and time (RFC 3339 § 5.6 `date-time`). Returns `None` if the string is not valid.
///
/// A leap second is accepted only at 23:59:60 UTC. Digits of the fraction beyond nanoseconds are dropped.
pub(crate) fn date_time(text: &str) -> Option<DateTime<Utc>> {
    let (day, rest) = text.split_at_checked(10)?;
    let day = date(day)?;
    let time = time(rest.strip_prefix(['T', 't'])?)?;
    let seconds = time.hour * 3600 + time.minute * 60 + time.second.min(59);
    // chrono represents a leap second as second 59 with a billion nanoseconds or more.
    let nanosecond = time.nanosecond + if time.second == 60 { 1_000_000_000 } else { 0 };
    let midnight = day.and_hms_opt(0, 0, 0)?.and_utc().timestamp();
    DateTime::from_timestamp(midnight + i64::from(seconds) - i64::from(time.offset) * 60, nanosecond)
}

/// Parses a calendar date (RFC 3339 § 5.6 `full-date`). Returns `None` if the string is not valid.
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

/// Parses the optional fraction of a second, a `.` and digits. Returns it in nanoseconds with the remaining
/// bytes.
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

/// Parses the offset of a time from UTC, for example `+01:00` or `Z`. Returns it in minutes, positive to the
/// east.
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

/// Parses the two-digit number at index `at` of a date or time.
fn two(bytes: &[u8], at: usize) -> Option<u32> {
    match bytes.get(at..at + 2)? {
        [a @ b'0'..=b'9', b @ b'0'..=b'9'] => Some(u32::from(a - b'0') * 10 + u32::from(b - b'0')),
        _ => None,
    }
}

/// Returns true if a string is a duration (RFC 3339 appendix A). Units between the first and the last one must
/// not be missing, so `P1Y2D` and `PT1H2S` are not valid.
pub(crate) fn is_duration(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('P') else {
        return false;
    };
    match rest.split_once('T') {
        Some((day, time)) => (day.is_empty() || is_run(day, b"YMD")) && is_run(time, b"HMS"),
        None => is_run(rest, b"YMD") || is_run(rest, b"W"),
    }
}

/// Returns true if a string is a run of numbers with units, such as `1Y2M`. The units are consecutive letters of
/// `units`.
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

/// The string of a date, or of a date and time, as JSON contains it.
pub(crate) struct Shown {
    bytes: [u8; 30],
    length: usize,
}

impl Shown {
    fn new() -> Shown {
        Shown { bytes: *b"0000-00-00T00:00:00.000000000Z", length: 10 }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    fn date(&mut self, year: u32, day: &NaiveDate) {
        self.put(0, 4, year);
        self.put(5, 2, day.month());
        self.put(8, 2, day.day());
    }

    /// Writes a number with leading zeros into the string, `width` digits at index `at`.
    fn put(&mut self, at: usize, width: usize, mut value: u32) {
        for digit in self.bytes[at..at + width].iter_mut().rev() {
            *digit = b'0' + (value % 10) as u8;
            value /= 10;
        }
    }
}

/// Formats a date and time in UTC (RFC 3339) for JSON, with 0, 3, 6 or 9 digits of the fraction, as few as
/// possible. Returns `None` if the year does not have four digits.
///
/// chrono represents a leap second as a second with a billion nanoseconds or more. At 23:59 UTC it is written as
/// second 60. RFC 3339 § 5.7 has no leap second at another time, so the last nanosecond of the second is written.
pub(crate) fn show_date_time(moment: &DateTime<Utc>) -> Option<Shown> {
    let day = moment.date_naive();
    let mut shown = Shown::new();
    shown.date(short_year(&day)?, &day);
    let (hour, minute, mut second) = (moment.hour(), moment.minute(), moment.second());
    let mut nanosecond = moment.nanosecond();
    if nanosecond >= 1_000_000_000 {
        match (hour, minute, second) {
            (23, 59, 59) => (second, nanosecond) = (60, nanosecond - 1_000_000_000),
            _ => nanosecond = 999_999_999,
        }
    }
    shown.put(11, 2, hour);
    shown.put(14, 2, minute);
    shown.put(17, 2, second);
    let digits = match nanosecond {
        0 => 0,
        n if n % 1_000_000 == 0 => 3,
        n if n % 1000 == 0 => 6,
        _ => 9,
    };
    if digits > 0 {
        shown.put(20, digits, nanosecond / 10u32.pow(9 - digits as u32));
    }
    // The fraction, if there is one, is between the seconds and the `Z`.
    let end = if digits > 0 { 20 + digits } else { 19 };
    shown.bytes[end] = b'Z';
    shown.length = end + 1;
    Some(shown)
}

/// Formats a calendar date (RFC 3339) for JSON. Returns `None` if the year does not have four digits.
pub(crate) fn show_date(day: &NaiveDate) -> Option<Shown> {
    let mut shown = Shown::new();
    shown.date(short_year(day)?, day);
    Some(shown)
}

/// Returns the year of a date if it has at most four digits and is not negative.
fn short_year(day: &NaiveDate) -> Option<u32> {
    u32::try_from(day.year()).ok().filter(|year| *year <= 9999)
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDateTime;

    use super::*;

    fn shown(moment: &DateTime<Utc>) -> String {
        String::from_utf8(show_date_time(moment).unwrap().as_bytes().to_vec()).unwrap()
    }

    fn shown_date(year: i32, month: u32, day: u32) -> Option<String> {
        let shown = show_date(&NaiveDate::from_ymd_opt(year, month, day).unwrap())?;
        Some(String::from_utf8(shown.as_bytes().to_vec()).unwrap())
    }

    #[test]
    fn a_date_and_time_is_converted_to_utc_and_written_with_as_few_digits_as_possible() {
        for (text, utc) in [
            ("2024-05-31T13:45:06Z", "2024-05-31T13:45:06Z"),
            ("2024-05-31t00:00:00z", "2024-05-31T00:00:00Z"),
            ("0001-01-01T23:59:59Z", "0001-01-01T23:59:59Z"),
            ("2024-05-31T13:45:06+02:30", "2024-05-31T11:15:06Z"),
            ("1969-12-31T23:30:00-01:15", "1970-01-01T00:45:00Z"),
            ("2024-02-29T23:59:59-23:59", "2024-03-01T23:58:59Z"),
            ("2024-05-31T13:45:06.5Z", "2024-05-31T13:45:06.500Z"),
            ("2024-05-31T13:45:06.120Z", "2024-05-31T13:45:06.120Z"),
            ("2024-05-31T13:45:06.000001Z", "2024-05-31T13:45:06.000001Z"),
            ("2024-05-31T13:45:06.1234Z", "2024-05-31T13:45:06.123400Z"),
            ("2024-05-31T13:45:06.120000001Z", "2024-05-31T13:45:06.120000001Z"),
            ("2024-05-31T13:45:06.1234567899Z", "2024-05-31T13:45:06.123456789Z"),
        ] {
            assert_eq!(date_time(text).map(|moment| shown(&moment)).as_deref(), Some(utc), "{text}");
        }
    }

    #[test]
    fn a_leap_second_is_accepted_only_at_the_end_of_a_day_of_utc() {
        for (text, utc) in [
            ("2016-12-31T23:59:60Z", "2016-12-31T23:59:60Z"),
            ("2016-12-31T18:59:60.25-05:00", "2016-12-31T23:59:60.250Z"),
            ("2017-01-01T00:59:60+01:00", "2016-12-31T23:59:60Z"),
        ] {
            assert_eq!(date_time(text).map(|moment| shown(&moment)).as_deref(), Some(utc), "{text}");
        }
        for text in ["2016-12-31T22:59:60Z", "2016-12-31T23:58:60Z", "2016-12-31T23:59:60+01:00"] {
            assert_eq!(date_time(text), None, "{text}");
        }
    }

    #[test]
    fn a_leap_second_at_another_time_is_written_as_the_last_nanosecond_before_it() {
        for (hour, minute, written) in [
            (23, 59, "2016-12-31T23:59:60.500Z"),
            (23, 58, "2016-12-31T23:58:59.999999999Z"),
            (22, 59, "2016-12-31T22:59:59.999999999Z"),
        ] {
            let day = NaiveDate::from_ymd_opt(2016, 12, 31).unwrap();
            let moment: NaiveDateTime = day.and_hms_nano_opt(hour, minute, 59, 1_500_000_000).unwrap();
            assert_eq!(shown(&moment.and_utc()), written);
        }
    }

    #[test]
    fn a_date_and_time_with_another_syntax_is_rejected() {
        for time in [
            "13:45:06",
            "13:45:06Zx",
            "13:45Z",
            "13-45:06Z",
            "13:45-06Z",
            "1a:45:06Z",
            "13:4a:06Z",
            "13:45:0aZ",
            "24:00:00Z",
            "13:60:00Z",
            "23:59:61Z",
            "13:45:06.Z",
            "13:45:06,5Z",
            "13:45:06+24:00",
            "13:45:06+01:60",
            "13:45:06+0100",
            "13:45:06+01:000",
            "13:45:06+01-00",
            "13:45:06*01:00",
            "13:45:06+1a:00",
            "",
        ] {
            assert!(!is_time(time), "{time}");
            assert_eq!(date_time(&format!("2024-05-31T{time}")), None, "{time}");
        }
        for start in
            ["2024-05-31 ", "2024-5-031T", "2024/05-31T", "2024-05/31T", "2024-13-01T", "2024-02-30T", "20a4-02-01T"]
        {
            assert_eq!(date_time(&format!("{start}13:45:06Z")), None, "{start}");
        }
        assert!(is_time("13:45:06Z") && is_time("23:59:59.5-23:59") && is_time("00:59:60+01:00"));
    }

    #[test]
    fn a_date_is_written_only_with_a_year_of_four_digits() {
        assert_eq!(shown_date(7, 1, 2).as_deref(), Some("0007-01-02"));
        assert_eq!(shown_date(9999, 12, 31).as_deref(), Some("9999-12-31"));
        assert_eq!(shown_date(10_000, 1, 1), None);
        assert_eq!(shown_date(-1, 1, 1), None);
    }

    #[test]
    fn a_duration_names_consecutive_units() {
        for text in
            ["P1Y", "P1Y2M3D", "P2M3D", "P10D", "P1W", "PT1H", "PT1H2M3S", "PT2M3S", "P1DT12H", "P3DT1H2M", "P0D"]
        {
            assert!(is_duration(text), "{text}");
        }
        for text in [
            "", "P", "PT", "1Y", "P1", "PY", "P1Y2D", "PT1H2S", "P1M2Y", "P1Y1Y", "P1W2D", "P1Y2W", "P1DT", "PT1D",
            "P1H", "P1.5D", "p1d", "PT1HT1M", "P1WT1H",
        ] {
            assert!(!is_duration(text), "{text}");
        }
    }
}
