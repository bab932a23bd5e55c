//! The settings of an external issuer.

use crate::config::{Source, parse};
use crate::credentials::remote_keys::{KeyLocation, is_trustworthy};

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
        // The variable is also that of calls, which can be permitted without TLS.
        let is_insecure = from.setting("INSECURE_CALLS").one_of(&[("on", true), ("off", false)]).unwrap_or(false);
        let read = |text: &str| if is_insecure { Ok(text.to_owned()) } else { url(text) };
        let is_set = from.setting(&variable).is_set();
        let address = from.setting(&variable).optional(read).unwrap_or_default();
        if !is_set {
            from.setting(&variable).missing(&format!("is required; set it to the URL of the service `{service}`"));
        }
        IssuerConfig {
            issuer: from.setting("TOKEN_ISSUER").or(name.clone(), parse::text),
            audience: from.setting("TOKEN_AUDIENCE").or(name, parse::text),
            keys: Some(format!("{}/.well-known/jwks.json", address.trim_end_matches('/'))),
        }
    }

    /// Returns the location of the keys of the issuer.
    pub(super) fn key_location(&self) -> KeyLocation {
        match &self.keys {
            Some(url) => KeyLocation::Url(url.clone()),
            None => KeyLocation::Discovered(self.issuer.clone()),
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

#[cfg(test)]
mod tests {
    use super::*;

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
