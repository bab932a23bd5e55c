//! The settings of a gateway in `gateway.toml`: addresses, issuers of tokens and limits, which no contract contains.

mod check;
mod limits;
mod parse;
mod tls;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;
use writ_contract::diagnostic::{Diagnostic, Diagnostics};
use writ_contract::source::{Sources, Span};

pub use self::limits::Limits;
use self::parse::host_and_port;
pub(crate) use self::parse::key_set;
pub use self::tls::Tls;
use crate::routes::Routes;

/// The name of the settings file, which is expected in the folder of the rendered configuration.
pub const FILE: &str = "gateway.toml";

/// The path at which a service publishes the keys of its tokens. It is a well-known URI (RFC 8615), so the base path does
/// not precede it.
pub(crate) const KEYS: &str = "/.well-known/jwks.json";

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
    /// The certificate of the gateway, or `None` if it accepts requests without TLS.
    pub tls: Option<Tls>,
    /// The address of Envoy's administration interface, or `None` if there is none.
    pub admin: Option<Spanned<SocketAddr>>,
    /// The number of trusted proxies in front of the gateway, whose `X-Forwarded-For` counts.
    pub trusted_hops: u32,
    /// The base path of all services, such as `/api`, or an empty text.
    #[serde(deserialize_with = "parse::base_path")]
    pub base: String,
    /// The service of the operations that every service has, and of the pages; the first one if `None`.
    pub default_service: Option<Spanned<String>>,
    /// The complete paths that services serve beside the operations of their contracts. `/docs/*` is every path below
    /// `/docs/`.
    pub pages: Vec<Spanned<String>>,
    /// The origins whose pages can send requests and read all responses, such as `https://app.example.com`.
    #[serde(deserialize_with = "parse::origins")]
    pub cors_origins: Vec<String>,
    /// The time limit of requests in the services, at most a day. The gateway waits a little longer.
    #[serde(deserialize_with = "parse::time_limit")]
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

/// The settings of the routes for Kubernetes.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Kubernetes {
    /// The name of the routes. A number follows if there are several.
    #[serde(deserialize_with = "parse::object_name")]
    pub name: String,
    /// The name of the `Gateway` to which the routes belong.
    #[serde(deserialize_with = "parse::object_name")]
    pub gateway: String,
    /// The namespace of the `Gateway`, or `None` if it is that of the routes.
    #[serde(deserialize_with = "parse::namespace")]
    pub gateway_namespace: Option<String>,
    /// The host names of the API; all if empty.
    #[serde(deserialize_with = "parse::host_names")]
    pub hostnames: Vec<String>,
    /// The port of each `Service`.
    #[serde(deserialize_with = "parse::positive")]
    pub port: u16,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            listen: SocketAddr::from(([0, 0, 0, 0], 8000)),
            tls: None,
            admin: None,
            trusted_hops: 0,
            base: String::new(),
            default_service: None,
            pages: Vec::new(),
            cors_origins: Vec::new(),
            request_timeout: Duration::from_secs(30),
            services: BTreeMap::new(),
            tokens: BTreeMap::new(),
            limits: Limits::default(),
            kubernetes: Kubernetes::default(),
        }
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

    /// Returns the number of seconds that the gateway waits for the response of an operation, which may have a time limit of
    /// its own: longer than a service takes to refuse a request that is too slow.
    pub(crate) fn patience(&self, limit: Option<Duration>) -> u64 {
        let limit = limit.map_or(self.request_timeout, |limit| limit.min(self.request_timeout));
        limit.as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX).saturating_add(5)
    }

    /// Returns the source of the tokens of a security scheme.
    pub fn token_source(&self, scheme: &str) -> Option<&TokenSource> {
        self.tokens.iter().find(|(name, _)| name.get_ref() == scheme).map(|(_, source)| source)
    }
}
