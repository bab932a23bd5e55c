//! The discovery and download of the keys of an issuer.

use std::time::Duration;

use serde_json::Value;
use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use super::KeyLocation;
#[cfg(feature = "jwt")]
use super::is_trustworthy;
use super::jwk::{self, Jwk};
use crate::BoxError;

/// The time for one request and its response.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The largest size of a document of an issuer, in bytes.
const MAX_BYTES: u64 = 256 * 1024;

/// Fetches the keys of an issuer. The HTTP client blocks its thread.
pub(super) fn keys(location: &KeyLocation) -> Result<Vec<Jwk>, BoxError> {
    let agent = agent();
    let url = match location {
        KeyLocation::Url(url) => url.clone(),
        #[cfg(feature = "jwt")]
        KeyLocation::Discovered(issuer) => discover(&agent, issuer)?,
    };
    let keys = jwk::key_set(&get(&agent, &url)?).ok_or_else(|| format!("{url} is not a JSON Web Key Set"))?;
    match keys.is_empty() {
        true => Err(format!("{url} has no key that can verify tokens").into()),
        false => Ok(keys),
    }
}

/// Returns an HTTP client that trusts the certificate authorities of the operating system, as calls of other services do.
fn agent() -> Agent {
    let found = rustls_native_certs::load_native_certs().certs;
    let roots = match found.is_empty() {
        true => RootCerts::WebPki,
        false => found.iter().map(|authority| Certificate::from_der(authority).to_owned()).into(),
    };
    let tls = TlsConfig::builder().root_certs(roots).build();
    // Redirects are not followed: discovery names the location of the keys.
    Agent::config_builder().tls_config(tls).max_redirects(0).timeout_global(Some(TIMEOUT)).build().into()
}

/// Returns the URL of the keys of an issuer, from its metadata.
#[cfg(feature = "jwt")]
fn discover(agent: &Agent, issuer: &str) -> Result<String, BoxError> {
    let [first, second] = metadata_urls(issuer);
    let metadata = get(agent, &first).or_else(|error| get(agent, &second).map_err(|_| error))?;
    // The metadata must be that of this issuer (OpenID Connect Discovery 1.0 § 4.3, RFC 8414 § 3.3).
    if metadata["issuer"].as_str() != Some(issuer) {
        return Err(format!("the metadata at {first} is that of another issuer").into());
    }
    match metadata["jwks_uri"].as_str() {
        Some(url) if is_trustworthy(url) => Ok(url.to_owned()),
        _ => Err(format!("the metadata at {first} has no `jwks_uri` that uses TLS").into()),
    }
}

/// Returns the URLs of the metadata of an issuer: by OpenID Connect Discovery 1.0 § 4, and by RFC 8414 § 3.1, which
/// inserts the well-known path before the path of the issuer.
#[cfg(feature = "jwt")]
fn metadata_urls(issuer: &str) -> [String; 2] {
    let base = issuer.trim_end_matches('/');
    let authority = base.find("://").map_or(0, |scheme| scheme + 3);
    let path = base[authority..].find('/').map_or(base.len(), |slash| authority + slash);
    let (origin, path) = base.split_at(path);
    [
        format!("{base}/.well-known/openid-configuration"),
        format!("{origin}/.well-known/oauth-authorization-server{path}"),
    ]
}

fn get(agent: &Agent, url: &str) -> Result<Value, BoxError> {
    let failed = |error: ureq::Error| format!("cannot fetch {url}: {error}");
    let mut response = agent.get(url).header("accept", "application/json").call().map_err(failed)?;
    let text = response.body_mut().with_config().limit(MAX_BYTES).read_to_string().map_err(failed)?;
    serde_json::from_str(&text).map_err(|error| format!("{url} is not JSON: {error}").into())
}

#[cfg(all(test, feature = "jwt"))]
mod tests {
    use super::*;

    #[test]
    fn metadata_is_found_below_and_before_the_path_of_the_issuer() {
        let [below, before] = metadata_urls("https://issuer.example/realms/museum/");
        assert_eq!(below, "https://issuer.example/realms/museum/.well-known/openid-configuration");
        assert_eq!(before, "https://issuer.example/.well-known/oauth-authorization-server/realms/museum");
        let [below, before] = metadata_urls("https://issuer.example");
        assert_eq!(below, "https://issuer.example/.well-known/openid-configuration");
        assert_eq!(before, "https://issuer.example/.well-known/oauth-authorization-server");
    }
}
