//! The parsing of single settings: addresses, URLs, durations and names.

use std::net::IpAddr;
use std::time::Duration;

use serde::{Deserialize, Deserializer, de};

/// Returns the host and the port of an address such as `users:8080` or `[::1]:8080`.
pub(super) fn host_and_port(address: &str) -> Option<(String, u16)> {
    let (host, port) = address.rsplit_once(':')?;
    let inner = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    match inner {
        Some(inner) => inner.parse::<std::net::Ipv6Addr>().ok().map(|address| address.to_string()),
        None => Some(host.to_owned()).filter(|host| !host.is_empty() && host.bytes().all(is_name)),
    }
    .zip(port.parse().ok().filter(|port| *port > 0))
}

/// The URL of a key set in parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeySet {
    /// True if the connection uses TLS.
    pub(crate) tls: bool,
    /// The host of the issuer.
    pub(crate) host: String,
    /// The port of the issuer.
    pub(crate) port: u16,
}

/// Returns the parts of the URL of a key set, or `None` if it is not an `http` or `https` URL.
pub(crate) fn key_set(url: &str) -> Option<KeySet> {
    let (tls, rest) = match url.split_once("://")? {
        ("https", rest) => (true, rest),
        ("http", rest) => (false, rest),
        _ => return None,
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let default = if tls { 443 } else { 80 };
    let (host, port) = host_and_port(authority).or_else(|| host_and_port(&format!("{authority}:{default}")))?;
    Some(KeySet { tls, host, port })
}

/// Returns true if a text is a path, or a path with `*` as its last segment.
pub(super) fn is_page(page: &str) -> bool {
    let path = page.strip_suffix("/*").map_or(page, |path| if path.is_empty() { "/" } else { path });
    path.starts_with('/') && path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte))
}

/// Returns true if a text is the origin of a page (RFC 6454), as browsers send it.
fn is_origin(origin: &str) -> bool {
    let authority = origin.split_once("://").map(|(_, authority)| authority).unwrap_or_default();
    let is_known = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.:[]".contains(&byte);
    key_set(origin).is_some() && authority.bytes().all(is_known)
}

/// Reads the origins of pages.
pub(super) fn origins<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let origins = Vec::<String>::deserialize(deserializer)?;
    match origins.iter().find(|origin| !is_origin(origin)) {
        None => Ok(origins),
        Some(other) => Err(de::Error::custom(format!("`{other}` is not an origin such as `https://app.example.com`"))),
    }
}

/// The largest time limit, so that every implementation of the Gateway API can read it.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Reads a duration with a unit, such as `30s`.
pub(super) fn time_limit<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    let duration = humantime::parse_duration(&text).ok().filter(|duration| !duration.is_zero() && *duration <= DAY);
    duration.ok_or_else(|| de::Error::custom(format!("`{text}` is not a duration such as `30s`, of at most a day")))
}

/// Reads a number that is not zero.
pub(super) fn positive<'de, D, N>(deserializer: D) -> Result<N, D::Error>
where
    D: Deserializer<'de>,
    N: Deserialize<'de> + Default + PartialEq,
{
    let number = N::deserialize(deserializer)?;
    if number == N::default() { Err(de::Error::custom("the number must be at least 1")) } else { Ok(number) }
}

/// Reads a path that begins with `/`, or an empty text.
pub(super) fn base_path<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let path = String::deserialize(deserializer)?;
    match path.is_empty() || is_page(&path) && !path.ends_with('*') {
        true => Ok(path),
        false => Err(de::Error::custom(format!("`{path}` is not a base path such as `/api`"))),
    }
}

/// The greatest length of the name of a Kubernetes object, which leaves room for a number.
const LONGEST_NAME: usize = 240;

/// The greatest length of a label of a host name, and of the name of a namespace.
const LONGEST_LABEL: usize = 63;

/// Reads the name of a Kubernetes object.
pub(super) fn object_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let name = String::deserialize(deserializer)?;
    match is_host_name(&name) {
        true => Ok(name),
        false => Err(de::Error::custom(format!("`{name}` is not the name of a Kubernetes object such as `shop-api`"))),
    }
}

/// Reads the name of a Kubernetes namespace.
pub(super) fn namespace<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let name = String::deserialize(deserializer)?;
    match is_label(&name) {
        true => Ok(Some(name)),
        false => Err(de::Error::custom(format!("`{name}` is not the name of a Kubernetes namespace"))),
    }
}

/// Reads host names, of which each may begin with `*.`.
pub(super) fn host_names<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let names = Vec::<String>::deserialize(deserializer)?;
    let is_valid =
        |name: &str| is_host_name(name.strip_prefix("*.").unwrap_or(name)) && name.parse::<IpAddr>().is_err();
    match names.iter().find(|name| !is_valid(name)) {
        None => Ok(names),
        Some(name) => Err(de::Error::custom(format!("`{name}` is not a host name in lower case"))),
    }
}

/// Returns true if a text is a host name in lower case (RFC 1123), as the names of Kubernetes objects are.
fn is_host_name(text: &str) -> bool {
    text.len() <= LONGEST_NAME && text.split('.').all(is_label)
}

/// Returns true if a text is a label of a host name in lower case (RFC 1123).
fn is_label(text: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=LONGEST_LABEL).contains(&text.len())
        && text.bytes().all(is_inner)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::super::Settings;
    use super::*;

    #[test]
    fn an_address_has_a_host_and_a_port() {
        for (address, expected) in [
            ("users:8080", Some(("users", 8080))),
            ("127.0.0.1:1", Some(("127.0.0.1", 1))),
            ("[::1]:8080", Some(("::1", 8080))),
            ("users.shop.svc:80", Some(("users.shop.svc", 80))),
            ("users", None),
            (":80", None),
            ("users:0", None),
            ("users:70000", None),
            ("http://users:80", None),
            ("[x]:80", None),
        ] {
            let expected = expected.map(|(host, port)| (host.to_owned(), port));
            assert_eq!(host_and_port(address), expected, "{address}");
        }
    }

    #[test]
    fn the_url_of_a_key_set_has_a_host() {
        let parts = |url: &str| key_set(url).map(|set| (set.tls, set.host, set.port));
        assert_eq!(parts("https://a.example/keys?x"), Some((true, "a.example".to_owned(), 443)));
        assert_eq!(parts("http://a.example:81"), Some((false, "a.example".to_owned(), 81)));
        assert_eq!(parts("ftp://a.example"), None);
        assert_eq!(parts("https:///keys"), None);
    }

    #[test]
    fn pages_are_paths() {
        for (page, expected) in [("/docs", true), ("/docs/*", true), ("/*", true), ("docs", false), ("/a*", false)] {
            assert_eq!(is_page(page), expected, "{page}");
        }
    }

    #[test]
    fn a_setting_that_no_gateway_could_have_is_refused() {
        let read = |text: &str| toml::from_str::<Settings>(text).map_err(|error| error.message().to_owned());
        for text in [
            "request_timeout = \"1d\"",
            "base = \"\"",
            "base = \"/api/v7\"",
            "limits.requests = 1",
            "kubernetes = { name = \"shop.api-1\", gateway_namespace = \"infra\" }",
            "kubernetes.hostnames = [\"*.example.com\", \"api.example.com\"]",
            "cors_origins = [\"https://app.example.com\", \"http://localhost:3000\", \"http://[::1]:3000\"]",
            "tls = { certificate = \"tls.crt\", key = \"tls.key\" }",
        ] {
            assert!(read(text).is_ok(), "{text}");
        }
        for (text, expected) in [
            ("request_timeout = \"0s\"", "`0s` is not a duration such as `30s`, of at most a day"),
            ("request_timeout = \"25h\"", "`25h` is not a duration such as `30s`, of at most a day"),
            ("base = \"api\"", "`api` is not a base path such as `/api`"),
            ("base = \"/api/*\"", "`/api/*` is not a base path such as `/api`"),
            ("base = \"/a b\"", "`/a b` is not a base path such as `/api`"),
            ("limits.requests = 0", "the number must be at least 1"),
            ("limits.memory = 0", "the number must be at least 1"),
            ("limits.retries = 0", "the number must be at least 1"),
            ("tls = { certificate = \"\", key = \"tls.key\" }", "the path of the file is empty"),
            ("tls.certificate = \"tls.crt\"", "missing field `key`"),
            ("cors_origins = [\"*\"]", "`*` is not an origin such as `https://app.example.com`"),
            (
                "cors_origins = [\"https://a.example/\"]",
                "`https://a.example/` is not an origin such as `https://app.example.com`",
            ),
            (
                "cors_origins = [\"https://A.example\"]",
                "`https://A.example` is not an origin such as `https://app.example.com`",
            ),
            ("kubernetes.port = 0", "the number must be at least 1"),
            ("kubernetes.name = \"Shop\"", "`Shop` is not the name of a Kubernetes object such as `shop-api`"),
            ("kubernetes.gateway = \"-\"", "`-` is not the name of a Kubernetes object such as `shop-api`"),
            ("kubernetes.gateway_namespace = \"a.b\"", "`a.b` is not the name of a Kubernetes namespace"),
            ("kubernetes.hostnames = [\"a.example\", \"*\"]", "`*` is not a host name in lower case"),
            ("kubernetes.hostnames = [\"127.0.0.1\"]", "`127.0.0.1` is not a host name in lower case"),
        ] {
            assert_eq!(read(text).unwrap_err(), expected, "{text}");
        }
    }
}
