//! The certificate of a gateway.

use serde::{Deserialize, Deserializer, de};

/// The certificate with which a gateway accepts TLS connections. Envoy reads both files when it starts.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The path of the certificate and of those of its issuers, in PEM.
    #[serde(deserialize_with = "file")]
    pub certificate: String,
    /// The path of the private key, in PEM.
    #[serde(deserialize_with = "file")]
    pub key: String,
}

/// Reads the path of a file.
fn file<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let path = String::deserialize(deserializer)?;
    if path.is_empty() { Err(de::Error::custom("the path of the file is empty")) } else { Ok(path) }
}
