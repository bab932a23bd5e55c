//! The transports of a client, which send its requests over HTTP or to a router in this process.

use std::error::Error;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use http::{Request, Response};
use http_body::{Frame, SizeHint};
use tower::ServiceExt;

use crate::http::timeout::Deadline;
use crate::operation::Operation;

/// The reason why a client's request received no response.
pub type TransportError = Box<dyn Error + Send + Sync>;

/// The future of a response that a client's transport returns.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<Response<Body>, TransportError>> + Send + 'a>>;

/// The details of a client's request that its headers do not show: an extension of the request, for a transport that
/// wraps another one.
///
/// ```
/// use axum::body::Body;
/// use http::Request;
/// use writ_runtime::client::CallDetails;
///
/// /// Returns true if a request may be sent a second time.
/// fn is_repeatable(request: &Request<Body>) -> bool {
///     let details = request.extensions().get::<CallDetails>();
///     details.is_some_and(|details| details.operation.method.is_idempotent() && details.body.is_some())
/// }
/// # assert!(!is_repeatable(&Request::new(Body::empty())));
/// ```
#[derive(Debug, Clone)]
pub struct CallDetails {
    /// The operation that the client calls.
    pub operation: &'static Operation,
    /// The time at which the client stops waiting for a response.
    pub deadline: Deadline,
    /// The bytes of the request body, empty if there is no body. `None`: the body is a stream, which cannot be sent twice.
    pub body: Option<Bytes>,
    /// The size limit of a response body that is not streamed, in bytes.
    pub limit: usize,
}

/// The transport of a client: it sends requests and receives responses.
///
/// It is implemented for `reqwest::Client` and for an axum `Router`. An implementation must not follow
/// redirects: a contract can declare them as responses, and the credentials would be sent to another host.
///
/// # Examples
///
/// A transport that adds a header to every request:
///
/// ```
/// use axum::body::Body;
/// use http::{HeaderValue, Request};
/// use writ_runtime::client::{Connection, Sending, Transport};
///
/// struct Traced<T>(T);
///
/// impl<T: Transport> Transport for Traced<T> {
///     fn send(&self, mut request: Request<Body>) -> Sending<'_> {
///         request.headers_mut().insert("x-trace", HeaderValue::from_static("7"));
///         self.0.send(request)
///     }
/// }
///
/// let router = axum::Router::new();
/// let connection = Connection::over("http://localhost", Traced(router));
/// # assert!(connection.is_ok());
/// ```
pub trait Transport: Send + Sync + 'static {
    /// Sends one request of a client. The body of the returned response may still be arriving.
    fn send(&self, request: Request<Body>) -> Sending<'_>;
}

impl Transport for Router {
    fn send(&self, request: Request<Body>) -> Sending<'_> {
        let router = self.clone();
        Box::pin(async move {
            match router.oneshot(request).await {
                Ok(response) => Ok(response),
                Err(never) => match never {},
            }
        })
    }
}

impl Transport for reqwest::Client {
    fn send(&self, request: Request<Body>) -> Sending<'_> {
        Box::pin(async move {
            let request = request.map(|body| reqwest::Body::wrap(Shared(Mutex::new(body))));
            let response: Response<reqwest::Body> = self.execute(request.try_into()?).await?.into();
            Ok(response.map(Body::new))
        })
    }
}

/// A request body that is `Sync`, as reqwest requires. The mutex has no other user, so it never blocks.
struct Shared(Mutex<Body>);

impl http_body::Body for Shared {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let body = self.get_mut().0.get_mut().unwrap_or_else(PoisonError::into_inner);
        Pin::new(body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).size_hint()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use crate::client::{Call, Connection, FromResponse, Incoming};
    use crate::operation::{Media, MediaKind, Method};
    use crate::response::events::JsonLines;

    static PUT_NAME: Operation = Operation {
        id: "putName",
        method: Method::PUT,
        body: Some(crate::operation::Body {
            required: true,
            limit: 100,
            media: &[Media { essence: "application/json", kind: MediaKind::Json }],
        }),
        ..Operation::NONE
    };

    /// A transport that keeps the details of the last request.
    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Option<CallDetails>>>);

    impl Transport for Kept {
        fn send(&self, request: Request<Body>) -> Sending<'_> {
            *self.0.lock().unwrap() = request.extensions().get::<CallDetails>().cloned();
            Box::pin(async { Ok(Response::new(Body::empty())) })
        }
    }

    #[derive(Debug)]
    struct Anything;

    impl FromResponse for Anything {
        fn read(_: &mut Incoming) -> Option<Anything> {
            Some(Anything)
        }
    }

    /// No response is an error.
    #[derive(Debug)]
    struct NoError;

    impl FromResponse for NoError {
        fn read(incoming: &mut Incoming) -> Option<NoError> {
            incoming.undeclared()
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_transport_knows_the_operation_the_deadline_and_the_body_of_a_call() {
        let kept = Kept::default();
        let connection = Connection::over("http://localhost", kept.clone()).unwrap().limit(7);
        let call: Call<Anything, NoError> = connection.begin(&PUT_NAME).call();
        call.timeout(Duration::from_secs(3)).await.unwrap();
        let details = kept.0.lock().unwrap().take().unwrap();
        assert_eq!((details.operation.id, details.limit), ("putName", 7));
        assert_eq!((details.deadline.remaining(), details.body.as_deref()), (Duration::from_secs(3), Some(&b""[..])));
    }

    #[tokio::test]
    async fn only_a_body_that_is_no_stream_can_be_sent_again() {
        let kept = Kept::default();
        let connection = Connection::over("http://localhost", kept.clone()).unwrap();
        let mut out = connection.begin(&PUT_NAME);
        out.body(0, &"Ada".to_owned());
        let call: Call<Anything, NoError> = out.call();
        call.await.unwrap();
        assert_eq!(kept.0.lock().unwrap().take().unwrap().body.as_deref(), Some(&b"\"Ada\""[..]));
        let mut out = connection.begin(&PUT_NAME);
        out.lines(0, JsonLines::new(futures_util::stream::iter([Ok::<_, std::io::Error>("Ada".to_owned())])));
        let call: Call<Anything, NoError> = out.call();
        call.await.unwrap();
        assert_eq!(kept.0.lock().unwrap().take().unwrap().body, None);
    }
}
