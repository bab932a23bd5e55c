//! The settings of an external issuer.

use std::net::IpAddr;

use http::Uri;

use crate::config::{Source, parse};

/// The settings of an external issuer of access tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuerConfig {
    /// The URL of the issuer, exactly as the claim `iss` of its tokens contains it.
    pub issuer: String,
    /// The audience that the claim `aud` of a token must contain: the name of this service at the issuer.
    pub audience: String,
    /// The URL of the keys of the issuer. `None`: they are found by discovery.
    pub keys: Option<String>,
}

impl IssuerConfig {
    /// Reads the settings of the issuer. The source keeps the faults.
    pub(crate) fn read(from: &mut Source) -> IssuerConfig {
        let mut required = |name: &str, fault: &str, read: fn(&str) -> Result<String, String>| {
            let found = from.setting(name).optional(read);
            if found.is_none() {
                from.setting(name).missing(fault);
            }
            found.unwrap_or_default()
        };
        let issuer = required("ISSUER", "is required; set it to the URL of the issuer of access tokens", url);
        let audience = required("AUDIENCE", "is required; set it to the audience of access tokens", parse::text);
        IssuerConfig { issuer, audience, keys: from.setting("ISSUER_KEYS").optional(url) }
    }

    /// Reads the settings for tokens that another service of the program issues. The source keeps the faults.
    pub(crate) fn of_service(from: &mut Source, service: &str) -> IssuerConfig {
        let name = from.service_name();
        let variable = format!("{}_URL", service.to_ascii_uppercase().replace('-', "_"));
        let address = from.setting(&variable).optional(url);
        if address.is_none() {
            let fault =
                format!("is required; set it to the URL of the service `{service}`, whose tokens this one accepts");
            from.setting(&variable).missing(&fault);
        }
        let address = address.unwrap_or_default();
        IssuerConfig {
            issuer: from.setting("TOKEN_ISSUER").or(name.clone(), parse::text),
            audience: from.setting("TOKEN_AUDIENCE").or(name, parse::text),
            keys: Some(format!("{}/.well-known/jwks.json", address.trim_end_matches('/'))),
        }
    }
}

/// Accepts a URL from which keys can be fetched.
fn url(text: &str) -> Result<String, String> {
    match is_trustworthy(text) {
        true => Ok(text.to_owned()),
        false => Err("must be a URL that begins with https://, or with http:// and a loopback address".to_owned()),
    }
}

/// Returns true if keys can be fetched from a URL without an attacker changing them on the way: it uses TLS, or does
/// not leave the machine.
pub(super) fn is_trustworthy(url: &str) -> bool {
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

    #[test]
    fn the_issuer_of_another_service_has_its_defaults_and_its_published_keys() {
        let url = ("MUSEUM_VISITORS_URL".to_owned(), "https://visitors.example.com/".to_owned());
        let found = IssuerConfig::of_service(&mut Source::new("MUSEUM_", "", [url]), "visitors");
        assert_eq!((&*found.issuer, &*found.audience), ("museum", "museum"));
        assert_eq!(found.keys.unwrap(), "https://visitors.example.com/.well-known/jwks.json");
        let mut source = Source::new("MUSEUM_", "", []);
        IssuerConfig::of_service(&mut source, "visitors");
        assert!(source.finish().unwrap_err().faults[0].starts_with("MUSEUM_VISITORS_URL: is required"));
    }

    #[test]
    fn issuer_and_audience_are_required() {
        let mut source = Source::new("MUSEUM_", "", [("MUSEUM_ISSUER".to_owned(), "http://example.com".to_owned())]);
        IssuerConfig::read(&mut source);
        let names: Vec<String> = source.finish().unwrap_err().faults;
        assert!(names[0].starts_with("MUSEUM_AUDIENCE: is required"), "{names:?}");
        assert!(names[1].starts_with("MUSEUM_ISSUER: must be a URL"), "{names:?}");
    }
}
