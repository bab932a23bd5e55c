//! A request of a sweep to one operation, and its response.

use std::net::SocketAddr;

use axum::body::{Body, to_bytes};
use http::{HeaderMap, HeaderName, HeaderValue, Request, header};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;
use writ_runtime::{ErrorEnvelope, Operation, Scheme};

use crate::testing::request::{Presented, Target};

use super::{Sweep, rate_limit};

/// The statuses of requests that a gateway refuses itself, since no service needs to know them.
const OF_GATEWAY: [u16; 2] = [401, 413];

/// A request to one operation.
pub(super) struct Call {
    address: SocketAddr,
    is_behind_gateway: bool,
    envelope: &'static ErrorEnvelope,
    operation: &'static Operation,
    method: &'static str,
    target: Target,
    headers: HeaderMap,
    body: Vec<u8>,
}

/// The response to a request that a service has refused.
pub(super) struct Refused {
    headers: HeaderMap,
    pub(super) body: Value,
}

/// The response to a request of a sweep.
pub(super) struct Response {
    pub(super) status: u16,
    headers: HeaderMap,
    pub(super) body: Vec<u8>,
    /// The request, for the message of a failed check.
    pub(super) request: String,
    /// True if the service must have sent the response, and not a gateway in front of it.
    pub(super) is_of_service: bool,
    /// True if the response must report a rate limit.
    is_limited: bool,
    /// The media type of a refusal with this status.
    media_type: &'static str,
}

impl Call {
    /// Creates a request to an operation, with the values that `value` returns for its path parameters.
    pub(super) fn new<'a>(sweep: &Sweep, operation: &'static Operation, value: impl Fn(&str) -> &'a str) -> Call {
        let (method, target) = (operation.method.as_str(), Target::of(operation, value).below(&sweep.base));
        let Sweep { address, is_behind_gateway, envelope, .. } = *sweep;
        Call {
            address,
            is_behind_gateway,
            envelope,
            operation,
            method,
            target,
            headers: HeaderMap::new(),
            body: Vec::new(),
        }
    }

    /// Returns this request with another method.
    pub(super) fn method(self, method: &'static str) -> Call {
        Call { method, ..self }
    }

    /// Returns this request with a header.
    pub(super) fn header(mut self, name: &str, value: &str) -> Call {
        let name: HeaderName = name.parse().expect("the name of the header is valid");
        self.headers.append(name, HeaderValue::from_str(value).expect("the value of the header is valid"));
        self
    }

    /// Returns this request with a pair in its query.
    pub(super) fn query(mut self, pair: &str) -> Call {
        self.target.query(pair);
        self
    }

    /// Returns this request without the prefix of a version in its path.
    pub(super) fn without_prefix(self, prefix: &str) -> Call {
        Call { target: self.target.without_prefix(prefix), ..self }
    }

    /// Returns this request with the credential of a security scheme.
    pub(super) fn credential(mut self, scheme: &Scheme, secret: &str) -> Call {
        match Presented::new(scheme, secret) {
            Presented::Header(name, value) => drop(self.headers.append(name, value)),
            Presented::Query(pair) => self.target.query(&pair),
            Presented::Nowhere => {}
        }
        self
    }

    /// Returns this request with a body.
    pub(super) fn body(self, media_type: &str, body: impl Into<Vec<u8>>) -> Call {
        let mut call = self.header("content-type", media_type);
        call.body = body.into();
        call
    }

    /// Sends the request on a connection of its own.
    pub(super) async fn send(self) -> Response {
        let request = format!("{}: {} {}", self.operation.id, self.method, self.target.as_str());
        let mut sent =
            Request::builder().method(self.method).uri(self.target.as_str()).header(header::HOST, "test.invalid");
        if let Some(headers) = sent.headers_mut() {
            headers.extend(self.headers);
        }
        let sent = sent.body(Body::from(self.body)).expect("the request is valid");
        let stream = TcpStream::connect(self.address).await.expect("the server accepts connections");
        let (mut sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.expect("the connection is established");
        let connection = tokio::spawn(connection);
        let response = sender.send_request(sent).await;
        let (head, body) = response.unwrap_or_else(|error| panic!("{request}: {error}")).into_parts();
        let body = to_bytes(Body::new(body), usize::MAX).await.unwrap_or_else(|error| panic!("{request}: {error}"));
        connection.abort();
        let (status, headers, body) = (head.status.as_u16(), head.headers, body.to_vec());
        let is_of_service = !(self.is_behind_gateway && OF_GATEWAY.contains(&status));
        let is_declared = self.method == self.operation.method.as_str();
        let is_limited = is_of_service && is_declared && rate_limit(self.operation).is_some();
        let media_type = self.envelope.body(self.operation, status).media_type;
        Response { status, headers, body, request, is_of_service, is_limited, media_type }
    }
}

impl Response {
    /// Returns the text of a header, or an empty text if the response does not have it.
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Returns true if `Vary` names this request header.
    pub(super) fn varies_by(&self, name: &str) -> bool {
        let values = self.headers.get_all(header::VARY).iter().filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split(',')).any(|named| named.trim().eq_ignore_ascii_case(name))
    }

    /// Checks that the response is a refusal with this status: its body has the media type of the contract's error, it names
    /// the request, and it reports the rate limit of a limited operation.
    #[track_caller]
    pub(super) fn refused(self, status: u16) -> Refused {
        let text = String::from_utf8_lossy(&self.body);
        assert_eq!(self.status, status, "{}: {text}", self.request);
        let media_type = self.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        assert_eq!(media_type, Some(self.media_type), "{}: {text}", self.request);
        let body = match self.media_type.ends_with("json") {
            true => serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{}: {text}", self.request)),
            false => Value::Null,
        };
        assert!(self.headers.contains_key("x-request-id"), "{}: {:?}", self.request, self.headers);
        if self.is_limited {
            for name in ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"] {
                assert!(self.headers.contains_key(name), "{}: no {name} in {:?}", self.request, self.headers);
            }
        }
        Refused { headers: self.headers, body }
    }
}

impl Refused {
    /// Returns the text of a header, or an empty text if the response does not have it.
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Returns the number in a header. Panics if the response does not have it.
    #[track_caller]
    pub(super) fn number(&self, name: &str) -> u64 {
        self.header(name).parse().unwrap_or_else(|_| panic!("{name}: {:?}", self.headers))
    }
}
