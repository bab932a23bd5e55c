//! The clusters of Envoy: the services, and the issuers whose key sets are not those of a service.

use std::net::IpAddr;

use serde::Serialize;
use serde_json::{Value, json};

use super::{extension, socket_address};
use crate::routes::Routes;
use crate::settings::{Settings, TokenSource, key_set};

/// The certificates by which Envoy verifies an issuer with TLS.
const AUTHORITIES: &str = "/etc/ssl/certs/ca-certificates.crt";

/// A cluster: hosts that requests are sent to.
#[derive(Debug, Serialize)]
pub(super) struct Cluster {
    name: String,
    /// The way in which Envoy finds the hosts.
    discovery: &'static str,
    endpoints: Value,
    /// True if the cluster is a service of the API, and false if it is an issuer of tokens.
    is_service: bool,
    /// The number of requests that the cluster has at one time.
    concurrency: u32,
    /// The number of requests of the cluster that are retried at one time, unless a fifth of those that it has is more.
    retries: u32,
    tls: Option<Value>,
}

/// Returns the clusters of all services, then those of the issuers.
pub(super) fn clusters(routes: &Routes, settings: &Settings) -> Vec<Cluster> {
    let (concurrency, retries) = (settings.limits.concurrency, settings.limits.retries);
    let services = routes.services.iter().map(|service| {
        let (host, port) = settings.address(service);
        let (discovery, endpoints) = (discovery(&host), endpoints(service, &host, port));
        let name = service.clone();
        Cluster { name, discovery, endpoints, is_service: true, concurrency, retries, tls: None }
    });
    let issuers = settings.tokens.iter().filter_map(|(scheme, source)| {
        let set = key_set(source.keys.as_ref()?.get_ref())?;
        let name = keys_cluster(scheme.get_ref(), source);
        let endpoints = endpoints(&name, &set.host, set.port);
        let tls = set.tls.then(|| tls(&set.host));
        Some(Cluster {
            name,
            discovery: discovery(&set.host),
            endpoints,
            is_service: false,
            concurrency: 16,
            retries: 3,
            tls,
        })
    });
    services.chain(issuers).collect()
}

/// Returns the name of the cluster from which the keys of a security scheme come.
pub(super) fn keys_cluster(scheme: &str, source: &TokenSource) -> String {
    match &source.service {
        Some(service) => service.get_ref().clone(),
        None => format!("keys-of-{scheme}"),
    }
}

fn discovery(host: &str) -> &'static str {
    if host.parse::<IpAddr>().is_ok() { "STATIC" } else { "STRICT_DNS" }
}

fn endpoints(name: &str, host: &str, port: u16) -> Value {
    let endpoint = json!({ "endpoint": { "address": socket_address(host, port) } });
    json!({ "cluster_name": name, "endpoints": [{ "lb_endpoints": [endpoint] }] })
}

fn tls(host: &str) -> Value {
    let is_address = host.parse::<IpAddr>().is_ok();
    let kind = if is_address { "IP_ADDRESS" } else { "DNS" };
    let names = json!([{ "san_type": kind, "matcher": { "exact": host } }]);
    let validation = json!({ "trusted_ca": { "filename": AUTHORITIES }, "match_typed_subject_alt_names": names });
    let mut context = json!({ "common_tls_context": { "validation_context": validation } });
    // The server name of TLS is never an address (RFC 6066 § 3).
    if !is_address {
        context["sni"] = json!(host);
    }
    json!({ "name": "tls", "typed_config": extension("transport_sockets.tls.v3.UpstreamTlsContext", context) })
}
