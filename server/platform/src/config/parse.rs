//! The parsers of settings. No error message repeats the text of a setting, because it can be a secret.

use std::net::IpAddr;
use std::str::FromStr;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::HeaderValue;
use ipnet::IpNet;
use secrecy::SecretString;
use writ_runtime::operation::{LimitBy, RateLimit};

/// Parses a setting whose type implements [`FromStr`].
///
/// # Errors
/// Returns the requirement that the text breaks.
pub fn parsed<T: FromStr>(text: &str) -> Result<T, String>
where
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|error: T::Err| error.to_string())
}

/// Accepts any text as the value of a setting.
///
/// # Errors
/// Never returns an error.
pub fn text(text: &str) -> Result<String, String> {
    Ok(text.to_owned())
}

/// Accepts any text as the value of a setting that must not be printed.
///
/// # Errors
/// Never returns an error.
pub fn secret(text: &str) -> Result<SecretString, String> {
    Ok(SecretString::from(text))
}

/// Parses a setting that is an integer above 0.
///
/// # Errors
/// Returns the requirement that the text breaks.
pub fn count(text: &str) -> Result<u32, String> {
    match text.parse() {
        Ok(count) if count > 0 => Ok(count),
        _ => Err("must be an integer above 0".to_owned()),
    }
}

/// Parses a setting that is a share: a number from 0 to 1.
///
/// # Errors
/// Returns the requirement that the text breaks.
pub fn share(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(share) if (0.0..=1.0).contains(&share) => Ok(share),
        _ => Err("must be a number from 0 to 1".to_owned()),
    }
}

/// The longest duration of a setting: a hundred years, so that times can be added without an overflow.
const LONGEST: Duration = Duration::from_secs(100 * 366 * 86_400);

/// Parses a setting that is a duration, such as `250ms`, `30s`, `15m`, `24h` or `14d`. It can be zero.
///
/// # Errors
/// Returns the requirement that the text breaks.
pub fn duration(text: &str) -> Result<Duration, String> {
    let duration = humantime::parse_duration(text).ok().filter(|duration| *duration <= LONGEST);
    duration.ok_or_else(|| "must be a duration such as 250ms, 30s, 15m, 24h or 14d".to_owned())
}

/// Parses a setting that is a duration of at least a millisecond, for a time limit or a lifetime.
///
/// # Errors
/// Returns the requirement that the text breaks.
pub fn time_limit(text: &str) -> Result<Duration, String> {
    let limit = duration(text)?;
    (limit >= Duration::from_millis(1)).then_some(limit).ok_or_else(|| "must be at least 1ms".to_owned())
}

/// Parses a setting that is a rate limit by client address, such as `100/60s`.
///
/// # Errors
/// Returns the requirement that the text breaks.
pub fn address_limit(text: &str) -> Result<RateLimit, String> {
    let limit = || {
        let (requests, window) = text.split_once('/')?;
        let (requests, window) = (count(requests).ok()?, duration(window).ok()?);
        Some(RateLimit { requests, window, by: LimitBy::Address })
    };
    let is_period = |limit: &RateLimit| (Duration::from_secs(1)..=Duration::from_secs(86_400)).contains(&limit.window);
    limit().filter(is_period).ok_or_else(|| {
        "must have the form REQUESTS/WINDOW with a window from 1s to 24h, for example 100/60s".to_owned()
    })
}

/// Checks the scheme of a setting that is a PostgreSQL URL.
#[cfg(feature = "postgres")]
pub(crate) fn postgres_url(text: &str) -> Result<SecretString, String> {
    url(text, &["postgres://", "postgresql://"])
}

/// Checks the scheme of a setting that is a Redis URL.
#[cfg(feature = "redis")]
pub(crate) fn redis_url(text: &str) -> Result<SecretString, String> {
    url(text, &["redis://", "rediss://", "redis+unix://", "unix://"])
}

#[cfg(any(feature = "postgres", feature = "redis"))]
fn url(text: &str, starts: &[&str]) -> Result<SecretString, String> {
    if starts.iter().any(|start| text.starts_with(start)) {
        Ok(SecretString::from(text))
    } else {
        Err(format!("must begin with {}", starts.join(" or ")))
    }
}

/// Checks that a setting has the form of an e-mail address of at most 254 bytes.
///
/// # Errors
/// Returns the requirement that the text breaks.
pub fn email(text: &str) -> Result<String, String> {
    match text.split_once('@') {
        Some((name, host)) if !name.is_empty() && !host.is_empty() && text.len() <= 254 => Ok(text.to_owned()),
        _ => Err("must be an e-mail address".to_owned()),
    }
}

/// Accepts a setting that is a prefix for Redis keys: at most 64 visible ASCII characters.
#[cfg(feature = "redis")]
pub(crate) fn key_prefix(text: &str) -> Result<String, String> {
    if text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(text.to_owned())
    } else {
        Err("must be at most 64 visible ASCII characters".to_owned())
    }
}

/// Accepts a setting that is a key of 32 bytes in base64 or base64url (RFC 4648 § 4, § 5).
///
/// # Errors
/// Returns the requirement that the text breaks.
pub fn key(text: &str) -> Result<SecretString, String> {
    if decoded(text).is_some_and(|bytes| bytes.len() == 32) {
        Ok(SecretString::from(text))
    } else {
        Err("must be 32 bytes in base64; `openssl rand -base64 32` prints a new key".to_owned())
    }
}

/// Accepts a setting that is a list of keys, each of 32 bytes in base64 or base64url, separated by commas.
///
/// # Errors
/// Returns the requirement that the text breaks.
pub fn keys(text: &str) -> Result<Vec<SecretString>, String> {
    let keys = text.split(',').map(|text| key(text.trim())).collect::<Result<_, _>>();
    keys.map_err(|_| {
        "must be keys of 32 bytes in base64, separated by commas; `openssl rand -base64 32` prints one".into()
    })
}

/// Splits the setting of private token keys: consecutive PEM blocks, or base64 seeds separated by commas. In PEM,
/// `\n` can stand for a line break, because environment variables often have one line.
#[cfg(feature = "tokens")]
pub(crate) fn token_keys(text: &str) -> Result<Vec<SecretString>, String> {
    const END: &str = "-----END PRIVATE KEY-----";
    if text.contains("-----BEGIN") {
        let text = text.replace("\\n", "\n");
        let blocks = text.split_inclusive(END).map(str::trim).filter(|block| !block.is_empty());
        return Ok(blocks.map(SecretString::from).collect());
    }
    text.split(',').map(|seed| key(seed.trim())).collect()
}

/// Parses a setting that is a list of IP networks in CIDR notation (RFC 4632) or of single addresses, separated by
/// commas.
///
/// # Errors
/// Returns the requirement that the text breaks.
pub fn networks(text: &str) -> Result<Vec<IpNet>, String> {
    let network = |text: &str| text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    let networks = text.split(',').map(|text| network(text.trim()));
    networks.collect::<Result<_, _>>().map_err(|_| "must be networks such as 10.0.0.0/8 or 2001:db8::/32".to_owned())
}

/// Parses a setting that is a list of web origins without a path (RFC 6454), separated by commas.
///
/// # Errors
/// Returns the requirement that the text breaks.
pub fn origins(text: &str) -> Result<Vec<HeaderValue>, String> {
    let origin = |origin: &str| {
        let origin = origin.trim();
        let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
        host.filter(|host| !host.is_empty() && !host.contains(['/', '*', ' ']))
            .and_then(|_| HeaderValue::from_str(origin).ok())
            .ok_or_else(|| "must be origins such as https://app.example.com, without a path".to_owned())
    };
    text.split(',').map(origin).collect()
}

/// Checks the syntax of the setting that filters log lines.
pub(crate) fn log_filter(text: &str) -> Result<String, String> {
    text.parse::<tracing_subscriber::EnvFilter>().map(|_| text.to_owned()).map_err(|error| error.to_string())
}

/// Decodes a key in base64 or base64url, with or without padding. Returns `None` if the text is neither.
pub(crate) fn decoded(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).or_else(|_| URL_SAFE_NO_PAD.decode(text.trim_end_matches('='))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_requires_a_unit() {
        assert_eq!(duration("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(duration("14d"), Ok(Duration::from_secs(14 * 86400)));
        assert_eq!(duration("1h 30m"), Ok(Duration::from_secs(90 * 60)));
        for wrong in ["", "5", "s", "-1s", "soon", "99999999999999999999s", "1000y"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
        assert_eq!(duration("0s"), Ok(Duration::ZERO));
    }

    #[test]
    fn an_email_address_has_a_name_and_a_host() {
        let longest = format!("user@{}", "a".repeat(249));
        for address in ["user@example.com", &longest] {
            assert_eq!(email(address).as_deref(), Ok(address));
        }
        for wrong in ["", "user", "@example.com", "user@", "@", &format!("{longest}a")] {
            assert!(email(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_time_limit_is_longer_than_zero() {
        assert_eq!(time_limit("1ms"), Ok(Duration::from_millis(1)));
        for wrong in ["0s", "0ms", "500us", "soon"] {
            assert!(time_limit(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_network_has_a_prefix_or_is_one_address() {
        let networks = networks("10.0.0.0/8, 192.0.2.1, 2001:db8::/32").unwrap();
        let contains =
            |address: &str| networks.iter().any(|network| network.contains(&address.parse::<IpAddr>().unwrap()));
        for inside in ["10.255.0.1", "192.0.2.1", "2001:db8:1::1"] {
            assert!(contains(inside), "{inside}");
        }
        for outside in ["11.0.0.1", "192.0.2.2", "2001:db9::1"] {
            assert!(!contains(outside), "{outside}");
        }
        for wrong in ["10.0.0.0/33", "::/129", "10.0.0.0/", "ten", ""] {
            assert!(super::networks(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    #[cfg(feature = "tokens")]
    fn keys_are_pem_blocks_or_seeds() {
        let pem = "-----BEGIN PRIVATE KEY-----\\nAA\\n-----END PRIVATE KEY-----";
        assert_eq!(token_keys(&format!("{pem}\n{pem}\n")).unwrap().len(), 2);
        let seed = STANDARD.encode([7; 32]);
        assert_eq!(token_keys(&format!("{seed}, {seed}")).unwrap().len(), 2);
        assert!(token_keys("short").is_err());
    }

    #[test]
    fn an_origin_has_a_scheme_and_a_host() {
        assert_eq!(origins("https://app.example.com, http://localhost:5173").unwrap().len(), 2);
        for wrong in ["*", "https://*", "app.example.com", "https://app.example.com/"] {
            assert!(origins(wrong).is_err(), "{wrong}");
        }
    }
}
