//! The time after which another service permits a further request (`Retry-After`).

use std::time::{Duration, SystemTime};

use http::{HeaderMap, header};

/// Returns the time of `Retry-After` (RFC 9110 § 10.2.3), which is a number of seconds or a date, up to `longest`. Returns
/// zero for a date that has passed.
pub(crate) fn retry_after(headers: &HeaderMap, longest: Duration) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let wait = match is_number {
        // A number that is too large is more than the longest wait.
        true => Duration::from_secs(text.parse().unwrap_or(u64::MAX)),
        false => httpdate::parse_http_date(text).ok()?.duration_since(SystemTime::now()).unwrap_or_default(),
    };
    Some(wait.min(longest))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn the_time_is_a_number_of_seconds_or_a_date_within_a_bound() {
        let (seconds, now) = (Duration::from_secs, SystemTime::now());
        let longest = seconds(3600);
        let wait = |text: &str| {
            let headers = [(header::RETRY_AFTER, HeaderValue::from_str(text).unwrap())];
            retry_after(&headers.into_iter().collect(), longest)
        };
        assert_eq!((wait("120"), wait("0")), (Some(seconds(120)), Some(Duration::ZERO)));
        for long in ["86400", "99999999999999999999999", &httpdate::fmt_http_date(now + seconds(86_400))] {
            assert_eq!(wait(long), Some(longest), "{long}");
        }
        let soon = wait(&httpdate::fmt_http_date(now + seconds(600))).unwrap();
        assert!((seconds(590)..=seconds(600)).contains(&soon), "{soon:?}");
        assert_eq!(wait("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::ZERO));
        for none in ["", "soon", "-1", "1.5"] {
            assert_eq!(wait(none), None, "{none}");
        }
        assert_eq!(retry_after(&HeaderMap::new(), longest), None);
    }
}
