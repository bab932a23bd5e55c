//! A call: a request that can be sent several times, until its deadline.

use axum::body::Body;
use http::request::Parts;
use http::{HeaderValue, Request, header};
use tokio::time::Instant;
use writ_runtime::client::CallDetails;
use writ_runtime::{Deadline, Method, Operation};

use std::time::Duration;

use super::policy::CallPolicy;

/// The operation of a request that no generated client has sent. Its method is not known to be idempotent.
static UNKNOWN: Operation = Operation { id: "unknown", method: Method::Other(""), ..Operation::NONE };

/// The size limit of the response of such a request, in bytes.
const DEFAULT_LIMIT: usize = 16 << 20;

/// The share of the remaining time of a request that a handler keeps for its own response, as a divisor.
const RESERVE: u32 = 10;

/// The longest time that a handler keeps for its own response.
const LONGEST_RESERVE: Duration = Duration::from_millis(250);

/// A call of an operation.
pub(super) struct Call {
    pub(super) operation: &'static Operation,
    pub(super) policy: CallPolicy,
    /// The time at which the call ends, with all of its attempts.
    pub(super) deadline: Deadline,
    /// The size limit of the response body, in bytes.
    pub(super) limit: usize,
    head: Parts,
    body: CallBody,
}

/// The body of a call.
enum CallBody {
    /// Bytes that every attempt sends.
    Bytes(bytes::Bytes),
    /// A stream that the only attempt sends.
    Stream(std::sync::Mutex<Option<Body>>),
}

/// The class of an operation. Each class of a service has a circuit breaker of its own, because a service often fails to
/// write while it can still read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Reads,
    Writes,
}

impl Class {
    pub(super) const ALL: [Class; 2] = [Class::Reads, Class::Writes];

    pub(super) fn of(operation: &Operation) -> Class {
        if operation.method.is_safe() { Class::Reads } else { Class::Writes }
    }

    pub(super) fn label(self) -> &'static str {
        match self {
            Class::Reads => "reads",
            Class::Writes => "writes",
        }
    }
}

impl Call {
    /// Creates the call of a request. `policy` receives its operation, true if it has an idempotency key, and true if its
    /// body can be sent again.
    pub(super) fn new(
        request: Request<Body>,
        policy: impl FnOnce(&'static Operation, bool, bool) -> CallPolicy,
    ) -> Call {
        let (mut head, body) = request.into_parts();
        let details = head.extensions.remove::<CallDetails>();
        let (operation, asked, limit, bytes) = match details {
            Some(details) => (details.operation, Some(details.deadline), details.limit, details.body),
            None => (&UNKNOWN, None, DEFAULT_LIMIT, None),
        };
        let policy = policy(operation, head.headers.contains_key("idempotency-key"), bytes.is_some());
        let deadlines = [asked, served()].into_iter().flatten();
        let deadline = deadlines.fold(Deadline::after(policy.timeout), Deadline::min);
        let body = match bytes {
            Some(bytes) => CallBody::Bytes(bytes),
            None => CallBody::Stream(std::sync::Mutex::new(Some(body))),
        };
        Call { operation, policy, deadline, limit, head, body }
    }

    /// Adds the header `Authorization`, unless the request has it.
    pub(super) fn authorize(&mut self, value: HeaderValue) {
        self.head.headers.entry(header::AUTHORIZATION).or_insert(value);
    }

    /// Returns true if the request has the header `Authorization`.
    pub(super) fn is_authorized(&self) -> bool {
        self.head.headers.contains_key(header::AUTHORIZATION)
    }

    /// Returns the request of an attempt. A stream is in the first one only, so a call with a stream has one attempt.
    pub(super) fn request(&self) -> Request<Body> {
        let body = match &self.body {
            CallBody::Bytes(bytes) => Body::from(bytes.clone()),
            CallBody::Stream(stream) => {
                stream.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take().unwrap_or_default()
            }
        };
        Request::from_parts(self.head.clone(), body)
    }

    pub(super) fn method(&self) -> &http::Method {
        &self.head.method
    }

    /// Returns true if the deadline does not pass within this time.
    pub(super) fn has_time_for(&self, time: Duration) -> bool {
        self.deadline.remaining() > time
    }
}

/// Returns the deadline of the request that the current task serves, less the time that its handler needs to respond.
fn served() -> Option<Deadline> {
    let remaining = Deadline::current()?.remaining();
    Some(Deadline::after(remaining - (remaining / RESERVE).min(LONGEST_RESERVE)))
}

/// The time at which an attempt began, with the time limit of its call.
#[derive(Debug, Clone, Copy)]
pub(super) struct Began {
    at: Instant,
    pub(super) limit: Duration,
}

impl Began {
    pub(super) fn now(limit: Duration) -> Began {
        Began { at: Instant::now(), limit }
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.at.elapsed()
    }
}
