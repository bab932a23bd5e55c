//! The keys of an issuer as JSON Web Keys (RFC 7517).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;

/// The maximum number of keys of an issuer. Further ones are ignored.
const MAX_KEYS: usize = 100;

/// A key of an issuer that verifies tokens, and the only algorithm that it is used with.
#[derive(Debug, Clone)]
pub(in crate::credentials) struct Jwk {
    pub(in crate::credentials) id: Option<String>,
    pub(in crate::credentials) algorithm: Algorithm,
    pub(in crate::credentials) key: DecodingKey,
}

/// The members of a JSON Web Key that matter here.
#[derive(Deserialize)]
struct Members {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

/// Returns the keys of a key set that can verify tokens. Keys of other kinds and for other uses are ignored
/// (RFC 7517 § 5). Returns `None` if the value is not a key set.
pub(in crate::credentials) fn key_set(value: &Value) -> Option<Vec<Jwk>> {
    let keys = value.get("keys")?.as_array()?.iter().take(MAX_KEYS);
    Some(keys.filter_map(|key| Members::deserialize(key).ok()?.key()).collect())
}

impl Members {
    fn key(self) -> Option<Jwk> {
        let verifies = self.usage.as_deref().is_none_or(|usage| usage == "sig")
            && self.key_ops.as_ref().is_none_or(|operations| operations.iter().any(|name| name == "verify"));
        if !verifies {
            return None;
        }
        let bytes = |member: &Option<String>| URL_SAFE_NO_PAD.decode(member.as_ref()?.trim_end_matches('=')).ok();
        let (algorithm, key) = match (self.kty.as_str(), self.crv.as_deref()) {
            ("RSA", _) => {
                let key = DecodingKey::from_rsa_raw_components(&bytes(&self.n)?, &bytes(&self.e)?);
                (self.rsa_algorithm()?, key)
            }
            ("EC", Some("P-256")) => (Algorithm::ES256, point(bytes(&self.x)?, bytes(&self.y)?, 32)?),
            ("EC", Some("P-384")) => (Algorithm::ES384, point(bytes(&self.x)?, bytes(&self.y)?, 48)?),
            ("OKP", Some("Ed25519")) => (Algorithm::EdDSA, DecodingKey::from_ed_der(&bytes(&self.x)?)),
            _ => return None,
        };
        let named = self.alg.as_deref().is_none_or(|alg| alg.parse() == Ok(algorithm) || is_ed25519(alg, algorithm));
        named.then_some(Jwk { id: self.kid, algorithm, key })
    }

    /// Returns the algorithm of an RSA key. Without `alg` it is RS256, the default of OpenID Connect.
    fn rsa_algorithm(&self) -> Option<Algorithm> {
        use Algorithm::{PS256, PS384, PS512, RS256, RS384, RS512};
        let algorithm = self.alg.as_deref().map_or(Ok(RS256), str::parse).ok()?;
        [RS256, RS384, RS512, PS256, PS384, PS512].contains(&algorithm).then_some(algorithm)
    }
}

/// Returns true if `alg` is the specific name of EdDSA with Ed25519 (RFC 9864 § 2.2).
fn is_ed25519(alg: &str, algorithm: Algorithm) -> bool {
    alg == "Ed25519" && algorithm == Algorithm::EdDSA
}

/// Returns a point of an elliptic curve in its uncompressed form (SEC 1 § 2.3.3).
fn point(x: Vec<u8>, y: Vec<u8>, length: usize) -> Option<DecodingKey> {
    if x.len() != length || y.len() != length {
        return None;
    }
    Some(DecodingKey::from_ec_der(&[vec![4], x, y].concat()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_that_cannot_verify_a_token_are_ignored() {
        let coordinate = URL_SAFE_NO_PAD.encode([1; 32]);
        let point = json!({ "kty": "EC", "crv": "P-256", "x": coordinate, "y": coordinate, "kid": "a" });
        let with = |member: &str, value: Value| {
            let mut key = point.clone();
            key[member] = value;
            key
        };
        let keys = json!({ "keys": [
            point,
            with("use", json!("enc")),
            with("key_ops", json!(["sign"])),
            with("alg", json!("ES384")),
            with("alg", json!("HS256")),
            with("crv", json!("P-384")),
            with("x", json!("AQ")),
            { "kty": "oct", "k": "AAAA" },
            { "kty": "RSA", "n": "AQAB", "e": "AQAB", "alg": "HS256" },
            { "kty": "OKP", "crv": "Ed25519", "x": coordinate, "alg": "Ed25519" },
            "no key",
        ] });
        let found = key_set(&keys).unwrap();
        let algorithms: Vec<Algorithm> = found.iter().map(|key| key.algorithm).collect();
        assert_eq!(algorithms, [Algorithm::ES256, Algorithm::EdDSA]);
        assert!(key_set(&json!({ "keys": "none" })).is_none());
        assert!(key_set(&json!([])).is_none());
    }
}
