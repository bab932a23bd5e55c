//! Where a service is and how it is spoken to: base URL, transport, credentials and limits.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use http::{HeaderMap, HeaderName, HeaderValue, Uri};

use super::credentials::{Credentials, Secret};
use super::refusal::Envelope;
use super::transport::Transport;

/// A service to call. Clones are cheap, and each can go on to be another caller.
#[derive(Clone)]
pub struct Connection(Arc<Inner>);

#[derive(Clone)]
pub(super) struct Inner {
    /// Without a slash at its end.
    pub(super) base: String,
    pub(super) transport: Arc<dyn Transport>,
    pub(super) credentials: Credentials,
    pub(super) headers: HeaderMap,
    pub(super) timeout: Duration,
    pub(super) limit: usize,
    pub(super) envelope: &'static Envelope,
}

/// A text that is no URL of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidUrl(String);

impl Connection {
    /// A service at this URL, over HTTP. Redirects are not followed: those that a contract declares
    /// are answers. For `https` your crate turns on a TLS feature of `reqwest`.
    ///
    /// # Errors
    /// If the URL is none of a service: with a scheme and a host, and without a query.
    pub fn new(url: &str) -> Result<Connection, InvalidUrl> {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        let http = http.build().map_err(|error| InvalidUrl(format!("{url}: {error}")))?;
        Connection::over(url, http)
    }

    /// The same over a transport of your own.
    ///
    /// # Errors
    /// As [`Connection::new`].
    pub fn over(url: &str, transport: impl Transport) -> Result<Connection, InvalidUrl> {
        let base = url.trim_end_matches('/');
        let parsed: Uri = base.parse().map_err(|error| InvalidUrl(format!("{url}: {error}")))?;
        if parsed.scheme().is_none() || parsed.authority().is_none() || parsed.query().is_some() {
            return Err(InvalidUrl(format!("{url}: a scheme and a host are needed, and no query")));
        }
        Ok(Connection::to(base.to_owned(), Arc::new(transport)))
    }

    /// Whoever is named by each call: what webhooks and callbacks are sent over.
    ///
    /// # Errors
    /// If there can be no HTTP at all, for want of what TLS needs.
    pub fn anywhere() -> Result<Connection, InvalidUrl> {
        Connection::new("http://localhost")
    }

    /// A router of the same process, without a socket between.
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
            envelope: &Envelope::PROBLEM,
        }))
    }

    /// The same with a token for every bearer scheme.
    pub fn bearer(self, token: impl Into<String>) -> Connection {
        let token = token.into();
        self.with(|inner| inner.credentials.bearer(token))
    }

    /// The same with a name and a password for every basic scheme.
    pub fn basic(self, user: &str, password: &str) -> Connection {
        let pair = format!("{user}:{password}");
        self.with(|inner| inner.credentials.basic(pair))
    }

    /// The same with the credential of one security scheme of the contract, by its name: the token, the
    /// key, or `user:password`.
    pub fn credential(self, scheme: impl Into<String>, secret: impl Into<String>) -> Connection {
        let (scheme, secret) = (scheme.into(), Secret::new(secret));
        self.with(|inner| inner.credentials.named(scheme, secret))
    }

    /// The same without any credential.
    pub fn anonymous(self) -> Connection {
        self.with(|inner| inner.credentials = Credentials::default())
    }

    /// The same with a header in every request.
    pub fn header(self, name: HeaderName, value: HeaderValue) -> Connection {
        self.with(|inner| drop(inner.headers.insert(name, value)))
    }

    /// The same with another limit of time for an answer, 30 s where nothing is said. A body that
    /// arrives as a stream may take longer.
    pub fn timeout(self, timeout: Duration) -> Connection {
        self.with(|inner| inner.timeout = timeout)
    }

    /// The same with another limit of bytes that an answer may have, 16 MiB where nothing is said. A
    /// body that arrives as a stream may be larger.
    pub fn limit(self, bytes: usize) -> Connection {
        self.with(|inner| inner.limit = bytes)
    }

    /// The same for a contract whose refusals have this shape; called by generated code only.
    #[doc(hidden)]
    pub fn refusals(self, envelope: &'static Envelope) -> Connection {
        self.with(|inner| inner.envelope = envelope)
    }

    pub(super) fn inner(&self) -> Arc<Inner> {
        Arc::clone(&self.0)
    }

    fn with(mut self, change: impl FnOnce(&mut Inner)) -> Connection {
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
        write!(f, "no URL of a service: {}", self.0)
    }
}

impl Error for InvalidUrl {}
