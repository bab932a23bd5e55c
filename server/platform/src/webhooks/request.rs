//! The request that delivers a webhook, and its connection.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::response::Parts;
use http::{HeaderValue, Request, StatusCode, header};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tracing::Instrument as _;

use super::address::AddressPolicy;
use super::target::Target;
use crate::retry_after::retry_after;
use crate::system_roots::system_roots;
use crate::telemetry::ClientSpan;

/// The time for a complete request: the lookup of the host name, the connection and the response.
pub(super) const TIMEOUT: Duration = Duration::from_secs(15);

/// The time for one connection. A host can have several addresses.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The greatest number of addresses of a host that are tried.
const MOST_ADDRESSES: usize = 4;

/// The greatest size of the head of a response. Its body is not read.
const LARGEST_HEAD: usize = 16 * 1024;

/// The longest wait that an endpoint can ask for.
const LONGEST_WAIT: Duration = Duration::from_secs(6 * 3600);

/// A webhook as it is sent.
#[derive(Debug, Clone)]
pub(super) struct Message {
    /// The id of the event, which is equal in all attempts.
    pub(super) id: String,
    /// The time of the attempt, in seconds since 1970.
    pub(super) timestamp: i64,
    /// The signatures of the message, separated by spaces.
    pub(super) signatures: String,
    pub(super) body: Bytes,
}

/// The reason why an attempt did not succeed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failure {
    /// The URL leads to an address to which webhooks must not be sent. No connection was opened.
    Forbidden,
    /// The endpoint responded with a status code other than 2xx.
    Rejected(StatusCode),
    /// The endpoint responded with 429 or 503, and with the time for which it wants no requests.
    Busy(StatusCode, Duration),
    /// The endpoint did not respond.
    Unreachable(String),
}

/// The lookup of host names.
pub(super) trait Resolve: Send + Sync {
    /// Returns the addresses of a host.
    fn resolve<'a>(&'a self, host: &'a str, port: u16) -> BoxFuture<'a, io::Result<Vec<SocketAddr>>>;
}

/// The resolver of the operating system.
pub(super) struct SystemResolver;

impl Resolve for SystemResolver {
    fn resolve<'a>(&'a self, host: &'a str, port: u16) -> BoxFuture<'a, io::Result<Vec<SocketAddr>>> {
        Box::pin(async move { Ok(tokio::net::lookup_host((host, port)).await?.collect()) })
    }
}

/// The sender of webhooks.
#[derive(Clone)]
pub(super) struct Sender {
    pub(super) policy: AddressPolicy,
    pub(super) resolver: Arc<dyn Resolve>,
    pub(super) tls: TlsConnector,
    pub(super) timeout: Duration,
}

impl std::fmt::Debug for Sender {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sender").field("policy", &self.policy).finish_non_exhaustive()
    }
}

impl Sender {
    /// Creates a sender that trusts the certificate authorities of the operating system.
    pub(super) fn new(policy: AddressPolicy) -> Sender {
        Sender::with_roots(policy, system_roots("webhooks cannot be sent by TLS"))
    }

    /// Creates a sender that trusts these certificate authorities.
    pub(super) fn with_roots(policy: AddressPolicy, roots: RootCertStore) -> Sender {
        let mut config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let tls = TlsConnector::from(Arc::new(config));
        Sender { policy, resolver: Arc::new(SystemResolver), tls, timeout: TIMEOUT }
    }

    /// Sends a webhook, which `span` describes. Redirects are not followed, and the body of the response is not read.
    pub(super) async fn send(&self, url: &str, message: &Message, span: ClientSpan) -> Result<(), Failure> {
        let sent = self.sent(url, message, &span).instrument(span.span().clone()).await;
        let status = sent.as_ref().ok().map(|head| head.status);
        let result = sent.and_then(|head| accepted(&head));
        span.end(status, result.as_ref().err().map(Failure::label));
        result
    }

    /// Sends a webhook, and returns the head of the response.
    async fn sent(&self, url: &str, message: &Message, span: &ClientSpan) -> Result<Parts, Failure> {
        let target = Target::parse(url, &self.policy).map_err(|_| Failure::Forbidden)?;
        span.describe_server(&target.host, target.port);
        let request = request(&target, message, span.trace_parent())?;
        let sent = tokio::time::timeout(self.timeout, self.exchange(&target, request)).await;
        sent.unwrap_or_else(|_| Err(Failure::Unreachable("no response in time".to_owned())))
    }

    async fn exchange(&self, target: &Target, request: Request<Body>) -> Result<Parts, Failure> {
        let stream = self.connect(target).await?;
        if !target.is_secure {
            return respond(stream, request).await;
        }
        let name = ServerName::try_from(target.host.clone()).map_err(unreachable)?;
        let stream = self.tls.connect(name, stream).await.map_err(unreachable)?;
        respond(stream, request).await
    }

    /// Connects to the first address of the host that is permitted and accepts the connection.
    ///
    /// The connection goes to the address that was checked. A second lookup could return another one (DNS rebinding).
    async fn connect(&self, target: &Target) -> Result<TcpStream, Failure> {
        let found = self.resolver.resolve(&target.host, target.port).await.map_err(unreachable)?;
        let permitted = |address: &SocketAddr| match target.is_secure {
            true => self.policy.permits(address.ip()),
            false => self.policy.permits_plaintext(address.ip()),
        };
        let mut failure = Failure::Forbidden;
        for address in found.into_iter().filter(permitted).take(MOST_ADDRESSES) {
            failure = match tokio::time::timeout(CONNECT_TIMEOUT, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(error)) => unreachable(error),
                Err(_) => Failure::Unreachable("no connection in time".to_owned()),
            };
        }
        Err(failure)
    }
}

/// Returns the failure of a response that does not accept the webhook.
fn accepted(head: &Parts) -> Result<(), Failure> {
    let wait = retry_after(&head.headers, LONGEST_WAIT).filter(|wait| !wait.is_zero());
    match (head.status, wait) {
        (status, _) if status.is_success() => Ok(()),
        (StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE, Some(wait)) => {
            Err(Failure::Busy(head.status, wait))
        }
        (status, _) => Err(Failure::Rejected(status)),
    }
}

/// Creates the request of a webhook. The signatures do not cover the trace context, which differs between attempts.
fn request(target: &Target, message: &Message, trace_parent: Option<HeaderValue>) -> Result<Request<Body>, Failure> {
    let text = |text: &str| HeaderValue::from_str(text).map_err(unreachable);
    let mut request = Request::post(target.path.clone()).body(Body::from(message.body.clone())).map_err(unreachable)?;
    let headers = request.headers_mut();
    headers.insert(header::HOST, text(&target.authority)?);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    headers.insert(header::USER_AGENT, HeaderValue::from_static(concat!("writ-webhooks/", env!("CARGO_PKG_VERSION"))));
    headers.insert("webhook-id", text(&message.id)?);
    headers.insert("webhook-timestamp", HeaderValue::from(message.timestamp));
    headers.insert("webhook-signature", text(&message.signatures)?);
    if let Some(trace_parent) = trace_parent {
        headers.insert("traceparent", trace_parent);
    }
    Ok(request)
}

/// Sends a request on a new connection and returns the head of the response. The connection ends with it.
async fn respond(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    request: Request<Body>,
) -> Result<Parts, Failure> {
    let mut connection = http1::Builder::new();
    connection.max_buf_size(LARGEST_HEAD);
    let (mut sender, connection) = connection.handshake(TokioIo::new(stream)).await.map_err(unreachable)?;
    let response = sender.send_request(request);
    tokio::pin!(connection, response);
    let response = tokio::select! {
        response = &mut response => response,
        // The connection can end together with the response.
        ended = &mut connection => match ended {
            Ok(()) => response.await,
            Err(error) => Err(error),
        },
    };
    Ok(response.map_err(unreachable)?.into_parts().0)
}

/// Converts an error into a failure, with the texts of its causes.
fn unreachable(error: impl std::error::Error) -> Failure {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    Failure::Unreachable(text)
}

impl Failure {
    /// Returns the kind of the failure, for metrics and traces.
    pub(super) fn label(&self) -> &'static str {
        match self {
            Failure::Forbidden => "forbidden",
            Failure::Rejected(_) | Failure::Busy(..) => "rejected",
            Failure::Unreachable(_) => "unreachable",
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Failure::Forbidden => f.write_str("the URL does not lead to an address that webhooks can be sent to"),
            Failure::Rejected(status) | Failure::Busy(status, _) => {
                write!(f, "the endpoint responded with the status {}", status.as_u16())
            }
            Failure::Unreachable(cause) => write!(f, "the endpoint did not respond: {cause}"),
        }
    }
}
