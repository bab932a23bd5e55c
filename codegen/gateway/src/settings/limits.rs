//! The limits of a gateway.

use serde::Deserialize;

use super::parse::positive;

/// The limits of a gateway.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// The number of requests in a second that a client address may send.
    #[serde(deserialize_with = "positive")]
    pub requests: u32,
    /// The number of requests that a client address may send at once.
    #[serde(deserialize_with = "positive")]
    pub burst: u32,
    /// The number of client addresses that the gateway counts separately.
    #[serde(deserialize_with = "positive")]
    pub addresses: u32,
    /// The number of connections of all clients.
    #[serde(deserialize_with = "positive")]
    pub connections: u32,
    /// The number of requests that a service has at one time.
    #[serde(deserialize_with = "positive")]
    pub concurrency: u32,
    /// The number of requests of a service that wait to be sent again or are sent again at one time, unless a fifth of the
    /// running requests is more.
    #[serde(deserialize_with = "positive")]
    pub retries: u32,
    /// The memory of the gateway in MiB. The gateway refuses requests shortly before it needs more.
    #[serde(deserialize_with = "positive")]
    pub memory: u32,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            requests: 100,
            burst: 200,
            addresses: 10_000,
            connections: 10_000,
            concurrency: 1_000,
            retries: 1_000,
            memory: 1_024,
        }
    }
}
