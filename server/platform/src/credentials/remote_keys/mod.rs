//! The keys that another issuer of tokens publishes as a JSON Web Key Set (RFC 7517): their download, and when it happens.
//!
//! A download has a time limit and a size limit. Keys are kept in memory and fetched again regularly and when a token names
//! an unknown key, but never more often than every ten seconds.

mod fetch;
mod jwk;
mod keys;

use std::net::IpAddr;

use http::Uri;

pub(super) use jwk::Jwk;
#[cfg(test)]
pub(super) use jwk::key_set;
#[cfg(test)]
pub(super) use keys::Times;
pub(super) use keys::{COOLDOWN, Found, Keys};

/// The location of the keys of an issuer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum KeyLocation {
    /// The metadata of the issuer with this URL names the location.
    #[cfg(feature = "jwt")]
    Discovered(String),
    /// The key set has this URL.
    Url(String),
}

/// Returns true if nobody can change on the way what is sent to or received from a URL: it uses TLS, or does not leave the
/// machine.
pub(crate) fn is_trustworthy(url: &str) -> bool {
    let Ok(uri) = url.parse::<Uri>() else { return false };
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    let is_loopback = || host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    match uri.scheme_str() {
        Some("https") => !host.is_empty(),
        Some("http") => is_loopback(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_urls_that_nobody_can_change_on_the_way_are_accepted() {
        for url in
            ["https://issuer.example", "https://issuer.example/realms/a", "http://127.0.0.1:8000", "http://[::1]/"]
        {
            assert!(is_trustworthy(url), "{url}");
        }
        for url in
            ["http://issuer.example", "issuer.example", "https://", "file:///keys", "http://127.0.0.1.example", ""]
        {
            assert!(!is_trustworthy(url), "{url}");
        }
    }
}
