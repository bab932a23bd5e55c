//! The URL of an endpoint, in the form that a request needs.

use std::net::IpAddr;

use http::uri::PathAndQuery;
use url::{Host, Url};

use super::address::AddressPolicy;

/// The greatest length of the URL of an endpoint in its normal form, which has a path and encoded characters.
const LONGEST_URL: usize = 2048;

/// The greatest length of a host name (RFC 1035, section 2.3.4).
const LONGEST_HOST: usize = 253;

/// The URL of an endpoint, after its checks. The addresses behind a host name are checked for each request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    /// The normal form of the URL.
    pub(super) url: String,
    /// True if the connection uses TLS.
    pub(super) is_secure: bool,
    /// The host name, or an IP address without brackets.
    pub(super) host: String,
    pub(super) port: u16,
    /// The host for the header `Host`, with the port if it is not the usual one.
    pub(super) authority: String,
    pub(super) path: PathAndQuery,
}

impl Target {
    /// Parses the URL of an endpoint.
    ///
    /// # Errors
    /// Returns the requirement that the URL breaks, as a clause for the caller.
    pub(super) fn parse(text: &str, policy: &AddressPolicy) -> Result<Target, String> {
        let url = Url::parse(text).map_err(|_| "must be an absolute URL".to_owned())?;
        if url.as_str().len() > LONGEST_URL {
            return Err(format!("must have at most {LONGEST_URL} characters"));
        }
        let is_secure = match url.scheme() {
            "https" => true,
            "http" if policy.knows_networks() => false,
            _ => return Err("must begin with https://".to_owned()),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err("must not contain a user name or password".to_owned());
        }
        if url.fragment().is_some() {
            return Err("must not contain a fragment".to_owned());
        }
        let (host, address) = match url.host() {
            Some(Host::Domain(name)) if name.len() > LONGEST_HOST => {
                return Err(format!("must have a host of at most {LONGEST_HOST} characters"));
            }
            Some(Host::Domain(name)) => (name.to_owned(), None),
            Some(Host::Ipv4(address)) => (address.to_string(), Some(IpAddr::V4(address))),
            Some(Host::Ipv6(address)) => (address.to_string(), Some(IpAddr::V6(address))),
            None => return Err("must contain a host".to_owned()),
        };
        if address.is_some_and(|address| !policy.permits(address)) {
            return Err("must lead to a public address".to_owned());
        }
        let port = url.port_or_known_default().filter(|port| *port > 0).ok_or("must contain a port above 0")?;
        let path: PathAndQuery =
            url[url::Position::BeforePath..].parse().map_err(|_| "must have a valid path".to_owned())?;
        let authority = url[url::Position::BeforeHost..url::Position::BeforePath].to_owned();
        Ok(Target { url: url.to_string(), is_secure, host, port, authority, path })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_of_an_endpoint_is_split_for_its_request() {
        let target = Target::parse("https://Hooks.Example:8443/a%20b?c=d", &AddressPolicy::default()).unwrap();
        assert_eq!((target.host.as_str(), target.port, target.is_secure), ("hooks.example", 8443, true));
        assert_eq!((target.authority.as_str(), target.path.as_str()), ("hooks.example:8443", "/a%20b?c=d"));
        let target = Target::parse("https://[2606:4700::1]", &AddressPolicy::default()).unwrap();
        assert_eq!((target.host.as_str(), target.port, target.path.as_str()), ("2606:4700::1", 443, "/"));
        assert_eq!(target.authority, "[2606:4700::1]");
    }

    #[test]
    fn a_url_that_is_not_safe_to_call_is_refused() {
        let policy = AddressPolicy::default();
        let long = format!("https://hooks.example/{}", "a".repeat(LONGEST_URL));
        let long_once_encoded = format!("https://hooks.example/{}", "ä".repeat(400));
        let long_with_its_path = format!("https://hooks.example?{}", "a".repeat(LONGEST_URL - 22));
        let long_host = format!("https://{}example/", "aaaaaaa.".repeat(32));
        for (url, reason) in [
            ("hooks.example", "must be an absolute URL"),
            ("ftp://hooks.example", "must begin with https://"),
            ("http://hooks.example", "must begin with https://"),
            ("file:///etc/passwd", "must begin with https://"),
            ("https://user:sesame@hooks.example", "must not contain a user name or password"),
            ("https://hooks.example/#a", "must not contain a fragment"),
            ("https://hooks.example:0/", "must contain a port above 0"),
            ("https://127.0.0.1/", "must lead to a public address"),
            ("https://127.1/", "must lead to a public address"),
            ("https://0x7f000001/", "must lead to a public address"),
            ("https://2130706433/", "must lead to a public address"),
            ("https://[::ffff:127.0.0.1]/", "must lead to a public address"),
            ("https://169.254.169.254/latest/meta-data", "must lead to a public address"),
            (long.as_str(), "must have at most 2048 characters"),
            (long_once_encoded.as_str(), "must have at most 2048 characters"),
            (long_with_its_path.as_str(), "must have at most 2048 characters"),
            (long_host.as_str(), "must have a host of at most 253 characters"),
        ] {
            assert_eq!(Target::parse(url, &policy).unwrap_err(), reason, "{url}");
        }
    }
}
