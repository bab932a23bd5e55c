//! The parts of tests of calls: a client, a transport in memory, and the values of metrics.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use futures_util::future::BoxFuture;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, header};
use tokio::time::Instant;
use writ_runtime::client::{Call, Connection, Failure, FromResponse, Incoming, Sending, Transport, TransportError};
use writ_runtime::{Idempotency, Method, Operation, Retry};

use crate::calls::{BreakerConfig, CallConfig, CallError, Calls, RetryConfig};
use crate::credentials::ServiceTokens;
use crate::metrics::Metrics;
use crate::overrides::Overrides;

pub(super) const SECOND: Duration = Duration::from_secs(1);

/// Returns a configuration with many retries, so that a test sees the limits of other steps.
pub(super) fn eager() -> CallConfig {
    let breaker = BreakerConfig { failures: 1_000_000, ..CallConfig::default().breaker };
    let retry = RetryConfig { attempts: 10, share: 1.0, minimum: 1000 };
    CallConfig { retry, breaker, ..CallConfig::default() }
}

/// An operation without policies.
pub(super) const PLAIN: Operation = Operation { id: "getTicket", path: "/tickets", ..Operation::NONE };
const BUYING: Operation = Operation { id: "buyTicket", method: Method::POST, ..PLAIN };

pub(super) static GET: Operation = PLAIN;
pub(super) static HEDGED: Operation =
    Operation { retry: Some(Retry { attempts: 2, hedge: Some(Duration::from_millis(100)) }), ..PLAIN };
pub(super) static BRIEF: Operation = Operation { timeout: Some(Duration::from_secs(1)), ..PLAIN };
pub(super) static PUT: Operation = Operation { id: "putTicket", method: Method::PUT, ..PLAIN };
pub(super) static POST: Operation = BUYING;
pub(super) static KEYED: Operation =
    Operation { idempotency: Some(Idempotency { retention: Duration::from_secs(3600) }), ..BUYING };

/// A response of any status code below 400.
#[derive(Debug)]
pub(super) struct Answer(pub(super) u16);

/// A response of any other status code.
#[derive(Debug)]
pub(super) struct Refusal(#[expect(dead_code, reason = "a failed test prints it")] u16);

impl FromResponse for Answer {
    fn read(incoming: &mut Incoming) -> Option<Answer> {
        match incoming.status() {
            status @ 0..400 => Some(Answer(status)),
            _ => incoming.undeclared(),
        }
    }
}

impl FromResponse for Refusal {
    fn read(incoming: &mut Incoming) -> Option<Refusal> {
        match incoming.status() {
            status @ 400.. => Some(Refusal(status)),
            _ => incoming.undeclared(),
        }
    }
}

/// The outcome of a call: the status code of its response, or the error of a call without one.
pub(super) type Outcome = Result<u16, CallError>;

/// Returns the outcome of a call.
pub(super) fn outcome(result: Result<Answer, Failure<Refusal>>) -> Outcome {
    match result {
        Ok(Answer(status)) => Ok(status),
        Err(Failure::Transport(cause)) => Err(*cause.downcast().unwrap()),
        Err(failure) => Ok(failure.status().unwrap().as_u16()),
    }
}

pub(super) async fn call(connection: &Connection, operation: &'static Operation) -> Outcome {
    let call: Call<Answer, Refusal> = connection.begin(operation).call();
    outcome(call.await)
}

/// The response of a service in memory to a request with a number, counted from 1.
type Respond = dyn Fn(usize, Request<Body>) -> BoxFuture<'static, Result<Response<Body>, TransportError>> + Send + Sync;

/// A service in memory.
#[derive(Clone)]
pub(super) struct Memory {
    respond: Arc<Respond>,
    received: Arc<Mutex<Vec<Received>>>,
}

/// A request that a service in memory has received.
#[derive(Debug, Clone)]
pub(super) struct Received {
    pub(super) at: Instant,
    pub(super) headers: HeaderMap,
}

impl Transport for Memory {
    fn send(&self, request: Request<Body>) -> Sending<'_> {
        let mut received = self.received.lock().unwrap();
        received.push(Received { at: Instant::now(), headers: request.headers().clone() });
        (self.respond)(received.len(), request)
    }
}

impl Memory {
    /// Creates a service whose responses a function decides by the number of the request.
    pub(super) fn new<F>(respond: impl Fn(usize) -> F + Send + Sync + 'static) -> Memory
    where
        F: Future<Output = Result<Response<Body>, TransportError>> + Send + 'static,
    {
        Memory { respond: Arc::new(move |number, _| Box::pin(respond(number))), received: Arc::default() }
    }

    /// Creates a service that responds at once, with these status codes in turn and then with the last one.
    pub(super) fn statuses(statuses: &'static [u16]) -> Memory {
        let status = |number: usize| statuses[(number - 1).min(statuses.len() - 1)];
        Memory::new(move |number| std::future::ready(Ok(response(status(number), &[]))))
    }

    /// Creates a service that never responds.
    pub(super) fn silent() -> Memory {
        Memory::new(|_| std::future::pending())
    }

    pub(super) fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    pub(super) fn count(&self) -> usize {
        self.received.lock().unwrap().len()
    }
}

/// Returns a response with a status code and headers.
pub(super) fn response(status: u16, headers: &[(&'static str, &'static str)]) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    for (name, value) in headers {
        response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}

/// Returns a response with a JSON body whose connection breaks in the middle.
pub(super) fn broken() -> Response<Body> {
    let lost = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
    let parts = [Ok(bytes::Bytes::from_static(b"{")), Err(lost)];
    let mut response = Response::new(Body::from_stream(futures_util::stream::iter(parts)));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// The calls of a service, with their metrics.
pub(super) struct Setup {
    pub(super) connection: Connection,
    pub(super) metrics: Arc<Metrics>,
}

impl Setup {
    pub(super) fn new(transport: impl Transport) -> Setup {
        Setup::with(transport, CallConfig::default(), Overrides::default(), None)
    }

    pub(super) fn with(
        transport: impl Transport,
        config: CallConfig,
        overrides: Overrides,
        tokens: Option<ServiceTokens>,
    ) -> Setup {
        let metrics = Arc::new(Metrics::default());
        let calls = Calls::new("tickets", transport, &config, metrics.clone());
        let calls = calls.overridden_by(overrides).with_tokens(tokens);
        Setup { connection: Connection::over("http://tickets", calls).unwrap(), metrics }
    }

    pub(super) async fn call(&self, operation: &'static Operation) -> Outcome {
        call(&self.connection, operation).await
    }

    /// Returns the value of the metric with this name, as far as its labels are these.
    pub(super) fn metric(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        metric(&self.metrics, name, labels)
    }
}

/// Returns the sum of the metrics with this name whose labels have these values.
pub(super) fn metric(metrics: &Metrics, name: &str, labels: &[(&str, &str)]) -> f64 {
    let text = metrics.render().unwrap();
    let values = text.lines().filter_map(|line| {
        let (found, rest) = line.split_once('{')?;
        let (pairs, value) = rest.split_once("} ")?;
        let pairs: BTreeMap<&str, &str> = pairs.split(',').filter_map(|pair| pair.split_once('=')).collect();
        let fits =
            labels.iter().all(|(name, value)| pairs.get(name).is_some_and(|found| found.trim_matches('"') == *value));
        (found == name && fits).then(|| value.split(' ').next()?.parse::<f64>().ok()).flatten()
    });
    values.sum()
}
