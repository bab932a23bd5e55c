//! The calls of a generated client: requests that can be adjusted and that `.await` sends.

use std::fmt::Display;
use std::future::{Future, IntoFuture};
use std::marker::PhantomData;
use std::pin::Pin;
use std::time::Duration;

use axum::body::Body;
use http::{HeaderMap, StatusCode};

use super::failure::{Failure, Received, TimedOut};
use super::from_response::{FromResponse, Outcome, outcome, unexpected};
use super::incoming::Incoming;
use super::outgoing::Outgoing;
use super::transport::TransportError;
use crate::http::accept::Offer;
use crate::http::timeout::Deadline;
use crate::values::etag::IfMatch;

/// The call of an operation by a generated client: a request that `.await` sends.
///
/// Before it is sent, its methods set headers, credentials and timeout for this call alone.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use writ_runtime::client::{Call, Failure, FromResponse};
///
/// /// Sends a call with a shorter timeout and a header for tracing.
/// async fn send<R, E>(call: Call<R, E>) -> Result<R, Failure<E>>
/// where
///     R: FromResponse + 'static,
///     E: FromResponse + 'static,
/// {
///     call.header("x-trace", 7).timeout(Duration::from_secs(2)).await
/// }
/// ```
#[must_use = "a call is sent only when it is awaited"]
pub struct Call<R, E> {
    outgoing: Outgoing,
    response: PhantomData<fn() -> (R, E)>,
}

/// A conditional call of a generated client (RFC 9110 § 13.1.2). `.await` returns `None` if the response is 304
/// (§ 15.4.5), that is, if the resource has not changed. [`Call::if_none_match`] has an example.
#[must_use = "a call is sent only when it is awaited"]
pub struct Conditional<R, E>(Call<R, E>);

type CallFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

impl Outgoing {
    /// Returns the call that sends the finished request of a generated client. Generated code calls it.
    pub fn call<R: FromResponse, E: FromResponse>(self) -> Call<R, E> {
        Call::new(self)
    }
}

impl<R: FromResponse, E: FromResponse> Call<R, E> {
    pub(super) fn new(outgoing: Outgoing) -> Call<R, E> {
        Call { outgoing, response: PhantomData }
    }

    pub(super) fn into_outgoing(self) -> Outgoing {
        self.outgoing
    }

    /// Sets a request header of this call and replaces its default, also for `Accept`, `Authorization` and
    /// `Content-Type`.
    pub fn header(mut self, name: &str, value: impl Display) -> Call<R, E> {
        self.outgoing.set(name, value.to_string().as_bytes());
        self
    }

    /// Sets the bearer token of this call. The call then sends none of the credentials of the client's connection.
    pub fn bearer(mut self, token: impl Display) -> Call<R, E> {
        self.outgoing.secret("authorization", &format!("Bearer {token}"));
        self
    }

    /// Sets the idempotency key of this call, by which the service recognizes a retry.
    ///
    /// If the caller sets no key and the operation requires one, the client generates it.
    pub fn idempotency_key(self, key: impl Display) -> Call<R, E> {
        self.header("idempotency-key", key)
    }

    /// Requests one of the media types that the contract declares for the response of this call.
    pub fn prefer<M: Offer + PartialEq>(self, media: M) -> Call<R, E> {
        match (0..M::TYPES.len()).find(|index| M::at(*index) == media) {
            Some(index) => self.header("accept", M::TYPES[index]),
            None => self,
        }
    }

    /// Sets the time limit of this call, which replaces the limit of the client's connection.
    ///
    /// The limit applies to the head of the response, and separately to its body, so that the call may take
    /// twice as long. A streamed body has no time limit.
    pub fn timeout(mut self, timeout: Duration) -> Call<R, E> {
        self.outgoing.timeout = timeout;
        self
    }

    /// Makes the call conditional: it requests the resource only if it differs from the version that the caller has.
    ///
    /// The client sends the header `If-None-Match` (RFC 9110 § 13.1.2). A response with status 304 (§ 15.4.5) becomes
    /// `None`.
    ///
    /// # Examples
    ///
    /// ```
    /// use writ_runtime::ETag;
    /// use writ_runtime::client::{Call, Failure, FromResponse};
    ///
    /// /// Returns the new version of a resource, or `None` if it has not changed.
    /// async fn refresh<R, E>(call: Call<R, E>, known: ETag) -> Result<Option<R>, Failure<E>>
    /// where
    ///     R: FromResponse + 'static,
    ///     E: FromResponse + 'static,
    /// {
    ///     call.if_none_match(known).await
    /// }
    /// ```
    pub fn if_none_match(self, tag: impl Into<IfMatch>) -> Conditional<R, E> {
        Conditional(self.header("if-none-match", tag.into()))
    }
}

impl<R: FromResponse + 'static, E: FromResponse + 'static> IntoFuture for Call<R, E> {
    type Output = Result<R, Failure<E>>;
    type IntoFuture = CallFuture<Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let mut incoming = exchange(self.outgoing).await.map_err(ExchangeError::into_failure)?;
            match outcome(&mut incoming) {
                Outcome::Done(done) => return done,
                Outcome::Body | Outcome::Undeclared => {}
            }
            collect(&mut incoming).await.map_err(Failure::Transport)?;
            match outcome(&mut incoming) {
                Outcome::Done(done) => done,
                Outcome::Body | Outcome::Undeclared => Err(unexpected(&mut incoming)),
            }
        })
    }
}

impl<R: FromResponse + 'static, E: FromResponse + 'static> IntoFuture for Conditional<R, E> {
    type Output = Result<Option<R>, Failure<E>>;
    type IntoFuture = CallFuture<Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            match self.0.await {
                Ok(response) => Ok(Some(response)),
                Err(Failure::Unexpected(received)) if received.status == StatusCode::NOT_MODIFIED => Ok(None),
                Err(failure) => Err(failure),
            }
        })
    }
}

/// The reason why the call of a client received no response.
enum ExchangeError {
    Unsent(String),
    Transport(TransportError),
}

impl ExchangeError {
    fn into_failure<E>(self) -> Failure<E> {
        match self {
            ExchangeError::Unsent(message) => Failure::Unsent(message),
            ExchangeError::Transport(cause) => Failure::Transport(cause),
        }
    }
}

/// Sends the request of a call and waits for the head of its response. The future is boxed, so that it is
/// compiled only once.
fn exchange(mut outgoing: Outgoing) -> CallFuture<Result<Incoming, ExchangeError>> {
    Box::pin(async move {
        let deadline = Deadline::after(outgoing.timeout);
        let details = outgoing.details(deadline);
        let mut request = outgoing.finish().map_err(ExchangeError::Unsent)?;
        request.extensions_mut().insert(details);
        let connection = outgoing.connection;
        let outcome = deadline.limit(connection.transport.send(request)).await;
        let response = match outcome {
            Ok(sent) => sent.map_err(ExchangeError::Transport)?,
            Err(_) => return Err(ExchangeError::Transport(Box::new(TimedOut))),
        };
        let (parts, body): (_, Body) = response.into_parts();
        let headers: HeaderMap = parts.headers;
        let errors = (connection.envelope, outgoing.operation);
        Ok(Incoming::new(parts.status, headers, body, errors, connection.limit, deadline))
    })
}

/// Sends the request of a call, and returns the response as a value of its type and as it was received.
pub(super) async fn received<R: FromResponse, E: FromResponse>(
    outgoing: Outgoing,
) -> Result<(R, Received), Failure<E>> {
    let mut incoming = exchange(outgoing).await.map_err(ExchangeError::into_failure)?;
    collect(&mut incoming).await.map_err(Failure::Transport)?;
    let raw = incoming.received();
    match outcome(&mut incoming) {
        Outcome::Done(done) => done.map(|response| (response, raw)),
        Outcome::Body | Outcome::Undeclared => Err(unexpected(&mut incoming)),
    }
}

/// Collects the complete body of a received response within the time limit of the call.
fn collect(incoming: &mut Incoming) -> Pin<Box<dyn Future<Output = Result<(), TransportError>> + Send + '_>> {
    Box::pin(async move {
        match incoming.deadline.limit(std::pin::pin!(incoming.collect())).await {
            Ok(collected) => collected,
            Err(_) => Err(Box::new(TimedOut).into()),
        }
    })
}
