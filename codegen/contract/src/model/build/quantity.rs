//! The durations and sizes in policies of a contract: a number with a unit.

use std::time::Duration;

/// Parses a duration in a policy: `60s`, `5m`, `24h`, `30d`, `250ms`.
pub(super) fn duration(text: &str) -> Option<Duration> {
    let (count, unit) = parts(text)?;
    let unit = match unit {
        "ms" => return Some(Duration::from_millis(count)),
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return None,
    };
    Some(Duration::from_secs(count.checked_mul(unit)?))
}

/// Parses a size in a policy, in bytes: `512B`, `64KiB`, `1MiB`, `2GiB`.
pub(super) fn size(text: &str) -> Option<u64> {
    let (count, unit) = parts(text)?;
    let unit = match unit {
        "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => return None,
    };
    count.checked_mul(unit)
}

/// Parses a size in settings, in bytes: `64KiB`, `4MiB`.
///
/// # Errors
///
/// Returns the form that a size must have, or the size that the text probably stands for. Zero is not a size.
///
/// ```
/// use writ_contract::model::parse_size;
///
/// assert_eq!(parse_size("4MiB"), Ok(4 << 20));
/// assert_eq!(parse_size("4 MB"), Err("did you mean `4MiB`?".to_owned()));
/// ```
pub fn parse_size(text: &str) -> Result<u64, String> {
    match (size(text).filter(|size| *size > 0), intended_size(text)) {
        (Some(size), _) => Ok(size),
        (None, Some(intended)) => Err(format!("did you mean `{intended}`?")),
        (None, None) => Err("expected a size such as `64KiB` or `4MiB`".to_owned()),
    }
}

fn parts(text: &str) -> Option<(u64, &str)> {
    let digits = text.find(|letter: char| !letter.is_ascii_digit())?;
    let (count, unit) = text.split_at(digits);
    Some((count.parse().ok()?, unit))
}

/// Suggests a valid duration for an invalid one: `60s` for `60 seconds`, `5m` for `5min`.
pub(super) fn intended_duration(written: &str) -> Option<String> {
    let (count, unit) = intended_parts(written)?;
    let unit = match unit.as_str() {
        "" | "sec" | "secs" | "second" | "seconds" => "s",
        "min" | "mins" | "minute" | "minutes" => "m",
        "hr" | "hrs" | "hour" | "hours" => "h",
        "day" | "days" => "d",
        same @ ("ms" | "s" | "m" | "h" | "d") => same,
        _ => return None,
    };
    Some(format!("{count}{unit}")).filter(|text| duration(text).is_some_and(|time| !time.is_zero()))
}

/// Suggests a valid size for an invalid one: `64KiB` for `64kb`, `1MiB` for `1 MB`.
pub(super) fn intended_size(written: &str) -> Option<String> {
    let (count, unit) = intended_parts(written)?;
    let unit = match unit.as_str() {
        "b" | "byte" | "bytes" => "B",
        "k" | "kb" | "kib" => "KiB",
        "m" | "mb" | "mib" => "MiB",
        "g" | "gb" | "gib" => "GiB",
        _ => return None,
    };
    Some(format!("{count}{unit}")).filter(|text| size(text).is_some_and(|size| size > 0))
}

fn intended_parts(written: &str) -> Option<(&str, String)> {
    let text = written.trim_matches(['"', '\'']).trim();
    let digits = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let (count, unit) = text.split_at(digits);
    (!count.is_empty()).then(|| (count, unit.trim().to_ascii_lowercase()))
}
