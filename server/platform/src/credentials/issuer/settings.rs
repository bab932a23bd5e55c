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
    fn issuer_and_audience_are_required() {
        let mut source = Source::new("MUSEUM_", "", [("MUSEUM_ISSUER".to_owned(), "http://example.com".to_owned())]);
        IssuerConfig::read(&mut source);
        let names: Vec<String> = source.finish().unwrap_err().faults;
        assert!(names[0].starts_with("MUSEUM_AUDIENCE: is required"), "{names:?}");
        assert!(names[1].starts_with("MUSEUM_ISSUER: must be a URL"), "{names:?}");
    }
}
