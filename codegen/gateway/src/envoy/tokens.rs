//! The verification of bearer tokens by Envoy's filter `jwt_authn`: presence, signature, issuer, audience and expiry. Scopes
//! and revocations are verified by the services.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use super::clusters::keys_cluster;
use crate::routes::{Access, Routes};
use crate::settings::{KEYS, Settings, TokenSource};

/// The requirements of all routes, and the issuers whose keys they need.
#[derive(Debug, Serialize)]
pub(super) struct Tokens {
    /// The issuers, by the names of their security schemes.
    pub(super) providers: BTreeMap<String, Value>,
    /// The requirements of routes, by their names.
    pub(super) requirements: BTreeMap<String, Value>,
}

/// The tokens that Envoy requires for a route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Required {
    /// Envoy verifies no token.
    Nothing,
    /// A request needs the tokens of this requirement.
    Requirement(String),
    /// Only services have the tokens, so the gateway refuses all requests.
    Impossible,
}

impl Tokens {
    pub(super) fn of(routes: &Routes, settings: &Settings) -> Tokens {
        let mut tokens = Tokens { providers: BTreeMap::new(), requirements: BTreeMap::new() };
        for route in routes.resources.iter().flat_map(|resource| &resource.routes) {
            let Some(alternatives) = verifiable(&route.access, settings).filter(|all| !all.is_empty()) else {
                continue;
            };
            tokens.requirements.insert(name(&alternatives), requirement(&alternatives));
            for scheme in alternatives.iter().flatten() {
                if let Some(source) = settings.token_source(scheme) {
                    tokens.providers.insert(scheme.clone(), provider(scheme, source));
                }
            }
        }
        tokens
    }

    /// Returns the tokens that Envoy requires for a route.
    pub(super) fn required(access: &Access, settings: &Settings) -> Required {
        match verifiable(access, settings) {
            None => Required::Nothing,
            Some(alternatives) if alternatives.is_empty() => Required::Impossible,
            Some(alternatives) => Required::Requirement(name(&alternatives)),
        }
    }
}

/// Returns the alternatives whose tokens Envoy can verify, without those that only services have. Returns `None` if a
/// request may be permitted without such a token.
fn verifiable(access: &Access, settings: &Settings) -> Option<Vec<Vec<String>>> {
    let Access::Tokens(alternatives) = access else { return None };
    let mut verifiable = Vec::new();
    for alternative in alternatives {
        let sources: Vec<(&String, &TokenSource)> =
            alternative.iter().filter_map(|scheme| Some((scheme, settings.token_source(scheme)?))).collect();
        if sources.is_empty() {
            return None;
        }
        if sources.iter().all(|(_, source)| !source.internal) {
            let schemes: Vec<String> = sources.into_iter().map(|(scheme, _)| scheme.clone()).collect();
            // Alternatives that differ only in scopes are one for Envoy.
            if !verifiable.contains(&schemes) {
                verifiable.push(schemes);
            }
        }
    }
    Some(verifiable)
}

/// Returns the name of a requirement: `bearer`, `bearer+device`, or `bearer|service` for alternatives.
fn name(alternatives: &[Vec<String>]) -> String {
    alternatives.iter().map(|all| all.join("+")).collect::<Vec<_>>().join("|")
}

fn requirement(alternatives: &[Vec<String>]) -> Value {
    let all = |schemes: &Vec<String>| {
        let single: Vec<Value> = schemes.iter().map(|scheme| json!({ "provider_name": scheme })).collect();
        match single.as_slice() {
            [one] => one.clone(),
            several => json!({ "requires_all": { "requirements": several } }),
        }
    };
    let alternatives: Vec<Value> = alternatives.iter().map(all).collect();
    match alternatives.as_slice() {
        [one] => one.clone(),
        several => json!({ "requires_any": { "requirements": several } }),
    }
}

fn provider(scheme: &str, source: &TokenSource) -> Value {
    let uri = match (&source.keys, &source.service) {
        (Some(url), _) => url.get_ref().clone(),
        (None, service) => {
            let service = service.as_ref().map(|service| service.get_ref().as_str()).unwrap_or_default();
            format!("http://{service}{KEYS}")
        }
    };
    let mut provider = json!({
        // The scheme of the header is read in both usual spellings.
        "from_headers": [
            { "name": "authorization", "value_prefix": "Bearer " },
            { "name": "authorization", "value_prefix": "bearer " },
        ],
        // The services verify the token again.
        "forward": true,
        "remote_jwks": {
            "http_uri": { "uri": uri, "cluster": keys_cluster(scheme, source), "timeout": "1s" },
            "cache_duration": "60s",
            "async_fetch": { "fast_listener": true, "failed_refetch_duration": "1s" },
        },
    });
    if let Some(issuer) = &source.issuer {
        provider["issuer"] = json!(issuer);
    }
    if !source.audiences.is_empty() {
        provider["audiences"] = json!(source.audiences);
    }
    provider
}
