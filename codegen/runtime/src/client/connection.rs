//! The connections of a generated client: a service to call, with base URL, transport, credentials and limits.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use http::{HeaderMap, HeaderName, HeaderValue, Uri};

use super::credentials::{Credentials, Secret};
use super::transport::Transport;
use crate::response::error_envelope::{ErrorEnvelope, PROBLEM_JSON};

/// The connection of a generated client to a service: base URL, transport, credentials and limits.
///
/// A clone is cheap. Each method returns a connection with one setting changed, so that one process can call
/// the service as several callers.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use writ_runtime::client::{Connection, InvalidUrl};
///
/// fn connect() -> Result<(Connection, Connection), InvalidUrl> {
///     let service = Connection::new("https://api.example.com")?.timeout(Duration::from_secs(5));
///     let admin = service.clone().bearer("the token of an administrator");
///     let partner = service.credential("apiKey", "the key of a partner");
///     Ok((admin, partner))
/// }
/// # connect().unwrap();
/// # assert!(Connection::new("api.example.com").is_err());
/// ```
#[derive(Clone)]
pub struct Connection(Arc<Inner>);

#[derive(Clone)]
pub(super) struct Inner {
    /// The base URL of the service without a trailing slash.
    pub(super) base: String,
    pub(super) transport: Arc<dyn Transport>,
    pub(super) credentials: Credentials,
    pub(super) headers: HeaderMap,
    pub(super) timeout: Duration,
    pub(super) limit: usize,
    /// True if requests are checked against the contract before they are sent.
    pub(super) check_requests: bool,
    pub(super) envelope: &'static ErrorEnvelope,
}

/// The error for a string that is not a valid base URL of a service to call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidUrl(String);

impl Connection {
    /// Creates a client connection to the service at this base URL, over HTTP.
    ///
    /// Redirects are not followed, because a contract can declare them as responses. For `https`, enable a
    /// TLS feature of `reqwest` in your crate:
    ///
    /// ```toml
    /// [dependencies]
    /// reqwest = { version = "0.13", default-features = false, features = ["rustls"] }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the URL has no scheme or no host, if it has a query, or if the HTTP client cannot be
    /// created.
    pub fn new(url: &str) -> Result<Connection, InvalidUrl> {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        let http = http.build().map_err(|error| InvalidUrl(format!("{url}: {error}")))?;
        Connection::over(url, http)
    }

    /// Creates a client connection to the service at this base URL, over a custom transport.
    ///
    /// # Errors
    ///
    /// Returns an error if the URL has no scheme or no host, or if it has a query.
    pub fn over(url: &str, transport: impl Transport) -> Result<Connection, InvalidUrl> {
        let base = url.trim_end_matches('/');
        let parsed: Uri = base.parse().map_err(|error| InvalidUrl(format!("{url}: {error}")))?;
        if parsed.scheme().is_none() || parsed.authority().is_none() || parsed.query().is_some() {
            return Err(InvalidUrl(format!("{url}: it must have a scheme and a host, and no query")));
        }
        Ok(Connection::to(base.to_owned(), Arc::new(transport)))
    }

    /// Creates a client connection without a base URL, for sending webhooks and callbacks: each call specifies its URL.
    ///
    /// # Examples
    ///
    /// A webhook as the generated client sends it:
    ///
    /// ```
    /// use writ_runtime::client::{Call, Connection, FromResponse};
    /// use writ_runtime::{Body, Media, MediaKind, Method, Operation};
    ///
    /// static ORDER_SHIPPED: Operation = Operation {
    ///     id: "orderShipped",
    ///     method: Method::POST,
    ///     body: Some(Body {
    ///         required: true,
    ///         limit: 65_536,
    ///         media: &[Media { essence: "application/json", kind: MediaKind::Json }],
    ///     }),
    ///     ..Operation::NONE
    /// };
    ///
    /// /// Returns the call that notifies one subscriber. `.await` sends it.
    /// fn order_shipped<R, E>(webhooks: &Connection, subscriber: &str, order: &String) -> Call<R, E>
    /// where
    ///     R: FromResponse,
    ///     E: FromResponse,
    /// {
    ///     let mut out = webhooks.begin_at(subscriber, &ORDER_SHIPPED);
    ///     out.body(0, order);
    ///     out.call()
    /// }
    ///
    /// let webhooks = Connection::anywhere().unwrap();
    /// # #[derive(Debug)]
    /// # struct Any;
    /// # impl FromResponse for Any {
    /// #     fn read(_: &mut writ_runtime::client::Incoming) -> Option<Any> { Some(Any) }
    /// # }
    /// # let _: Call<Any, Any> = order_shipped(&webhooks, "https://example.com/hook", &"ord_1".to_owned());
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the HTTP client cannot be created, for example because TLS is not available.
    pub fn anywhere() -> Result<Connection, InvalidUrl> {
        Connection::new("http://localhost")
    }

    /// Creates a client connection to an axum router in this process, without using the network.
    pub fn in_process(router: Router) -> Connection {
        Connection::to("http://localhost".to_owned(), Arc::new(router))
    }

    fn to(base: String, transport: Arc<dyn Transport>) -> Connection {
        Connection(Arc::new(Inner {
            base,
            transport,
            credentials: Credentials::default(),
            headers: HeaderMap::new(),
            timeout: Duration::from_secs(30),
            limit: 16 << 20,
            check_requests: cfg!(debug_assertions),
            envelope: &PROBLEM_JSON,
        }))
    }

    /// Sets the token that the client sends for every bearer scheme of the contract.
    pub fn bearer(self, token: impl Into<String>) -> Connection {
        let token = token.into();
        self.with(|inner| inner.credentials.bearer(token))
    }

    /// Sets the user name and password that the client sends for every basic scheme of the contract.
    pub fn basic(self, user: &str, password: &str) -> Connection {
        let pair = format!("{user}:{password}");
        self.with(|inner| inner.credentials.basic(pair))
    }

    /// Sets the credential that the client sends for one security scheme, by the name of the scheme in the contract.
    ///
    /// `secret` is the token, the key, or `user:password`.
    pub fn credential(self, scheme: impl Into<String>, secret: impl Into<String>) -> Connection {
        let (scheme, secret) = (scheme.into(), Secret::new(secret));
        self.with(|inner| inner.credentials.set(scheme, secret))
    }

    /// Removes all credentials of the client.
    pub fn anonymous(self) -> Connection {
        self.with(|inner| inner.credentials = Credentials::default())
    }

    /// Replaces the transport of the client.
    pub fn transport(self, transport: impl Transport) -> Connection {
        self.with(|inner| inner.transport = Arc::new(transport))
    }

    /// Adds a header to every request of the client.
    pub fn header(self, name: HeaderName, value: HeaderValue) -> Connection {
        self.with(|inner| drop(inner.headers.insert(name, value)))
    }

    /// Sets the time limit for each response, 30 s by default.
    ///
    /// The limit applies to the head of a response, and separately to its body, so that a response may take
    /// twice as long. A streamed body has no time limit.
    pub fn timeout(self, timeout: Duration) -> Connection {
        self.with(|inner| inner.timeout = timeout)
    }

    /// Sets the size limit of each response body in bytes, 16 MiB by default.
    ///
    /// A streamed body may be larger, but each line of an event stream or of JSON Lines has this limit too.
    pub fn limit(self, bytes: usize) -> Connection {
        self.with(|inner| inner.limit = bytes)
    }

    /// Sets the error envelope of the contract, from which the client reads refusals. Only generated code calls it.
    #[doc(hidden)]
    pub fn refusals(self, envelope: &'static ErrorEnvelope) -> Connection {
        self.with(|inner| inner.envelope = envelope)
    }

    pub(super) fn inner(&self) -> Arc<Inner> {
        Arc::clone(&self.0)
    }

    pub(super) fn with(mut self, change: impl FnOnce(&mut Inner)) -> Connection {
        change(Arc::make_mut(&mut self.0));
        self
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("base", &self.0.base).finish_non_exhaustive()
    }
}

impl fmt::Display for InvalidUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a valid base URL: {}", self.0)
    }
}

impl Error for InvalidUrl {}

#[cfg(test)]
mod tests {
    use axum::Router;

    use super::*;

    #[test]
    fn a_base_url_has_a_scheme_and_a_host_and_no_query() {
        for url in ["https://api.example.com", "http://127.0.0.1:8080/base/"] {
            assert_eq!(Connection::over(url, Router::new()).unwrap().0.base, url.trim_end_matches('/'));
        }
        for url in ["", "api.example.com", "/v1", "https://api.example.com?a=b", "https://a b"] {
            let error = Connection::over(url, Router::new()).unwrap_err().to_string();
            assert!(error.starts_with(&format!("not a valid base URL: {url}: ")), "{error}");
        }
    }
}
