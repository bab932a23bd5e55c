//! The settings of a gateway in `gateway.toml`: addresses, issuers of tokens and limits, which no contract contains.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Deserializer, de};
use toml::Spanned;
use writ_contract::diagnostic::{Diagnostic, Diagnostics, closest};
use writ_contract::source::{FileId, Sources, Span};

use crate::routes::{Access, Routes};

/// The name of the settings file, which is expected in the folder of the rendered configuration.
pub const FILE: &str = "gateway.toml";

/// The settings of a gateway. An absent setting has its default.
///
/// ```
/// use writ_gateway::Settings;
///
/// let settings: Settings = toml::from_str("listen = \"0.0.0.0:80\"\nservices.users.address = \"users:8080\"")?;
/// assert_eq!(settings.listen.port(), 80);
/// assert_eq!(settings.address("users"), ("users".to_owned(), 8080));
/// # Ok::<(), toml::de::Error>(())
/// ```
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The address on which the gateway accepts requests.
    pub listen: SocketAddr,
    /// The address of Envoy's administration interface, or `None` if there is none.
    pub admin: Option<SocketAddr>,
    /// The number of trusted proxies in front of the gateway, whose `X-Forwarded-For` counts.
    pub trusted_hops: u32,
    /// The base path of all services, such as `/api`.
    pub base: String,
    /// The service of the operations that every service has, and of the pages; the first one if `None`.
    pub default_service: Option<Spanned<String>>,
    /// The paths that services serve beside the operations of their contracts. `/docs/*` is every path below `/docs/`.
    pub pages: Vec<Spanned<String>>,
    /// The time limit of requests in the services. The gateway waits a little longer.
    #[serde(deserialize_with = "duration")]
    pub request_timeout: Duration,
    /// The services, by their names in the contracts.
    pub services: BTreeMap<Spanned<String>, Upstream>,
    /// The security schemes whose tokens the gateway verifies.
    pub tokens: BTreeMap<Spanned<String>, TokenSource>,
    /// The limits of the gateway.
    pub limits: Limits,
    /// The settings of the routes for Kubernetes.
    pub kubernetes: Kubernetes,
}

/// A service behind the gateway.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Upstream {
    /// The host and the port of the service, such as `users:8080`.
    pub address: String,
}

/// The source of the keys by which tokens are verified.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TokenSource {
    /// The service that issues the tokens and publishes its keys at `/.well-known/jwks.json`.
    pub service: Option<Spanned<String>>,
    /// The URL of the key set of another issuer.
    pub keys: Option<Spanned<String>>,
    /// The claim `iss` of the tokens; any if `None`.
    pub issuer: Option<String>,
    /// The audiences of which the claim `aud` must contain one; any if empty.
    pub audiences: Vec<String>,
    /// True if only services send these tokens to each other, so that the gateway accepts none of them.
    pub internal: bool,
}

/// The limits of a gateway.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// The number of requests in a second that a client address may send.
    pub requests: u32,
    /// The number of requests that a client address may send at once.
    pub burst: u32,
    /// The number of client addresses that the gateway counts separately.
    pub addresses: u32,
    /// The number of connections of all clients.
    pub connections: u32,
    /// The number of requests that a service has at one time.
    pub concurrency: u32,
}

/// The settings of the routes for Kubernetes.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Kubernetes {
    /// The name of the routes. A number follows if there are several.
    pub name: String,
    /// The name of the `Gateway` to which the routes belong.
    pub gateway: String,
    /// The namespace of the `Gateway`, or `None` if it is that of the routes.
    pub gateway_namespace: Option<String>,
    /// The host names of the API; all if empty.
    pub hostnames: Vec<String>,
    /// The port of each `Service`.
    pub port: u16,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            listen: SocketAddr::from(([0, 0, 0, 0], 8000)),
            admin: None,
            trusted_hops: 0,
            base: String::new(),
            default_service: None,
            pages: Vec::new(),
            request_timeout: Duration::from_secs(30),
            services: BTreeMap::new(),
            tokens: BTreeMap::new(),
            limits: Limits::default(),
            kubernetes: Kubernetes::default(),
        }
    }
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { requests: 100, burst: 200, addresses: 10_000, connections: 10_000, concurrency: 1_000 }
    }
}

impl Default for Kubernetes {
    fn default() -> Kubernetes {
        let (name, gateway) = ("api".to_owned(), "gateway".to_owned());
        Kubernetes { name, gateway, gateway_namespace: None, hostnames: Vec::new(), port: 8080 }
    }
}

impl Settings {
    /// Reads a settings file. `shown` is the path by which diagnostics name it. Reports every problem into `diagnostics`, and
    /// makes the file the source that their excerpts quote.
    pub fn read(path: &Path, shown: &str, diagnostics: &mut Diagnostics) -> Settings {
        let mut sources = Sources::default();
        let text = std::fs::read_to_string(path);
        let file = sources.add(shown.to_owned(), path.to_owned(), text.as_deref().unwrap_or_default().to_owned());
        let settings = match text {
            Err(error) => {
                let message = format!("the settings cannot be read: {error}");
                diagnostics.push(Diagnostic::error("unreadable-file", Span::start_of(file), message));
                Settings::default()
            }
            Ok(text) => toml::from_str(&text).unwrap_or_else(|error| {
                let at = error.span().map_or(Span::start_of(file), |range| Span::new(file, range.start, range.end));
                let message = error.message().lines().next().unwrap_or_default().to_owned();
                diagnostics.push(Diagnostic::error("bad-setting", at, message).label("in the settings of the gateway"));
                Settings::default()
            }),
        };
        diagnostics.set_sources(&sources);
        settings
    }

    /// Reports settings that do not fit the routes: services and security schemes that no contract has, and pages or
    /// addresses with another form.
    pub fn check(&self, routes: &Routes, diagnostics: &mut Diagnostics) {
        let mut check = Check { diagnostics };
        let services: Vec<&str> = routes.services.iter().map(String::as_str).collect();
        let sources = self.tokens.values().filter_map(|source| source.service.as_ref());
        for name in self.services.keys().chain(&self.default_service).chain(sources) {
            check.known(name, "service", &services);
        }
        for (name, upstream) in &self.services {
            if host_and_port(&upstream.address).is_none() {
                let message = format!("the address `{}` is not a host and a port", upstream.address);
                check.report(name.span(), message, "example: `address = \"users:8080\"`");
            }
        }
        let schemes = schemes(routes);
        for (name, source) in &self.tokens {
            check.known(name, "bearer token", &schemes);
            if [source.service.is_some(), source.keys.is_some(), source.internal].iter().filter(|set| **set).count()
                != 1
            {
                let message = format!("the tokens of `{}` need one source of keys", name.get_ref());
                check.report(name.span(), message, "set one of `service`, `keys` and `internal = true`");
            }
            if let Some(keys) = source.keys.as_ref().filter(|keys| key_set(keys.get_ref()).is_none()) {
                let message = format!("`{}` is not the URL of a key set", keys.get_ref());
                check.report(keys.span(), message, "example: `keys = \"https://issuer.example.com/jwks.json\"`");
            }
        }
        for page in self.pages.iter().filter(|page| !is_page(page.get_ref())) {
            let message = format!("`{}` is not a path", page.get_ref());
            check.report(page.span(), message, "example: `pages = [\"/docs\", \"/docs/*\"]`");
        }
    }

    /// Sets the address of a service, such as `127.0.0.1:8081`, in place of that in the settings.
    #[must_use]
    pub fn with_address(mut self, service: &str, address: &str) -> Settings {
        let upstream = Upstream { address: address.to_owned() };
        self.services.retain(|name, _| name.get_ref() != service);
        self.services.insert(Spanned::new(0..0, service.to_owned()), upstream);
        self
    }

    /// Returns the host and the port of a service. Without a setting, the host has the name of the service.
    pub fn address(&self, service: &str) -> (String, u16) {
        let upstream = self.services.iter().find(|(name, _)| name.get_ref() == service);
        let address = upstream.and_then(|(_, upstream)| host_and_port(&upstream.address));
        address.unwrap_or_else(|| (service.to_owned(), self.kubernetes.port))
    }

    /// Returns the service of the operations that every service has.
    pub fn default_service<'s>(&'s self, routes: &'s Routes) -> &'s str {
        match &self.default_service {
            Some(name) => name.get_ref(),
            None => routes.services.first().map(String::as_str).unwrap_or_default(),
        }
    }

    /// Returns the source of the tokens of a security scheme.
    pub fn token_source(&self, scheme: &str) -> Option<&TokenSource> {
        self.tokens.iter().find(|(name, _)| name.get_ref() == scheme).map(|(_, source)| source)
    }
}

/// The check of settings, which reports at the location of each.
struct Check<'d> {
    diagnostics: &'d mut Diagnostics,
}

impl Check<'_> {
    fn known(&mut self, name: &Spanned<String>, kind: &str, known: &[&str]) {
        if known.contains(&name.get_ref().as_str()) {
            return;
        }
        let message = format!("the contracts have no {kind} `{}`", name.get_ref());
        let help = match closest(name.get_ref(), known.iter().copied()) {
            Some(close) => format!("did you mean `{close}`?"),
            None => format!("the contracts have: {}", known.join(", ")),
        };
        self.report(name.span(), message, &help);
    }

    fn report(&mut self, range: Range<usize>, message: String, help: &str) {
        let span = Span::new(FileId::ENTRY, range.start, range.end);
        self.diagnostics.push(Diagnostic::error("bad-setting", span, message).help(help));
    }
}

/// Returns the security schemes of bearer tokens that routes need.
fn schemes(routes: &Routes) -> Vec<&str> {
    let mut schemes: Vec<&str> = Vec::new();
    for route in routes.resources.iter().flat_map(|resource| &resource.routes) {
        let Access::Tokens(alternatives) = &route.access else { continue };
        schemes.extend(alternatives.iter().flatten().map(String::as_str));
    }
    schemes.sort_unstable();
    schemes.dedup();
    schemes
}

/// Returns the host and the port of an address such as `users:8080` or `[::1]:8080`.
fn host_and_port(address: &str) -> Option<(String, u16)> {
    let (host, port) = address.rsplit_once(':')?;
    let inner = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    match inner {
        Some(inner) => inner.parse::<std::net::Ipv6Addr>().ok().map(|address| address.to_string()),
        None => Some(host.to_owned()).filter(|host| !host.is_empty() && host.bytes().all(is_name)),
    }
    .zip(port.parse().ok().filter(|port| *port > 0))
}

/// The URL of a key set in parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeySet {
    /// True if the connection uses TLS.
    pub(crate) tls: bool,
    /// The host of the issuer.
    pub(crate) host: String,
    /// The port of the issuer.
    pub(crate) port: u16,
}

/// Returns the parts of the URL of a key set, or `None` if it is not an `http` or `https` URL.
pub(crate) fn key_set(url: &str) -> Option<KeySet> {
    let (tls, rest) = match url.split_once("://")? {
        ("https", rest) => (true, rest),
        ("http", rest) => (false, rest),
        _ => return None,
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let default = if tls { 443 } else { 80 };
    let (host, port) = host_and_port(authority).or_else(|| host_and_port(&format!("{authority}:{default}")))?;
    Some(KeySet { tls, host, port })
}

/// Returns true if a text is a path, or a path with `*` as its last segment.
fn is_page(page: &str) -> bool {
    let path = page.strip_suffix("/*").map_or(page, |path| if path.is_empty() { "/" } else { path });
    path.starts_with('/') && path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte))
}

/// Reads a duration with a unit, such as `30s`.
fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    let duration = humantime::parse_duration(&text).ok().filter(|duration| !duration.is_zero());
    duration.ok_or_else(|| de::Error::custom(format!("`{text}` is not a duration such as `30s`")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_host_and_a_port() {
        for (address, expected) in [
            ("users:8080", Some(("users", 8080))),
            ("127.0.0.1:1", Some(("127.0.0.1", 1))),
            ("[::1]:8080", Some(("::1", 8080))),
            ("users.shop.svc:80", Some(("users.shop.svc", 80))),
            ("users", None),
            (":80", None),
            ("users:0", None),
            ("users:70000", None),
            ("http://users:80", None),
            ("[x]:80", None),
        ] {
            let expected = expected.map(|(host, port)| (host.to_owned(), port));
            assert_eq!(host_and_port(address), expected, "{address}");
        }
    }

    #[test]
    fn the_url_of_a_key_set_has_a_host() {
        let parts = |url: &str| key_set(url).map(|set| (set.tls, set.host, set.port));
        assert_eq!(parts("https://a.example/keys?x"), Some((true, "a.example".to_owned(), 443)));
        assert_eq!(parts("http://a.example:81"), Some((false, "a.example".to_owned(), 81)));
        assert_eq!(parts("ftp://a.example"), None);
        assert_eq!(parts("https:///keys"), None);
    }

    #[test]
    fn pages_are_paths() {
        for (page, expected) in [("/docs", true), ("/docs/*", true), ("/*", true), ("docs", false), ("/a*", false)] {
            assert_eq!(is_page(page), expected, "{page}");
        }
    }
}
