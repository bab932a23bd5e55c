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

/// The reason why a client's request received no response.
pub type TransportError = Box<dyn Error + Send + Sync>;

/// The future of a response that a client's transport returns.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<Response<Body>, TransportError>> + Send + 'a>>;

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
