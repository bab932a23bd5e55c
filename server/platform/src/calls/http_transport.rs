//! The transport of calls over HTTP/1.1, with TLS for `https`.

use std::time::Duration;

use axum::body::Body;
use http::Request;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use writ_runtime::client::{Sending, Transport};

use crate::system_roots::system_roots;

/// The longest time for opening a connection, for all addresses of a host together.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// The time after which an idle connection is closed. It is shorter than that of most servers, so that a request rarely
/// meets a connection that the server is closing.
const IDLE_TIMEOUT: Duration = Duration::from_secs(15);

/// The number of idle connections that are kept for further requests.
const MOST_IDLE: usize = 100;

/// A client of HTTP services. It follows no redirects and sends no request twice.
#[derive(Debug, Clone)]
pub(super) struct HttpTransport(Client<HttpsConnector<HttpConnector>, Body>);

impl HttpTransport {
    /// Creates a client that trusts the certificate authorities of the operating system.
    pub(super) fn new() -> HttpTransport {
        // Ring is the crypto provider of the process, unless the program has chosen one, which is the error.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(CONNECT_TIMEOUT));
        let roots = system_roots("services cannot be called by TLS");
        let tls = rustls::ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        let connector =
            HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1().wrap_connector(tcp);
        let client = Client::builder(TokioExecutor::new())
            .pool_idle_timeout(IDLE_TIMEOUT)
            .pool_max_idle_per_host(MOST_IDLE)
            .pool_timer(TokioTimer::new())
            .build(connector);
        HttpTransport(client)
    }
}

impl Transport for HttpTransport {
    fn send(&self, request: Request<Body>) -> Sending<'_> {
        let sent = self.0.request(request);
        Box::pin(async move { Ok(sent.await?.map(Body::new)) })
    }
}
