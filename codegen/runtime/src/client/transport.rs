//! How requests get to the service: over HTTP, or to a router of the same process.

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

/// Why a request got no answer.
pub type TransportError = Box<dyn Error + Send + Sync>;

/// An answer that is waited for.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<Response<Body>, TransportError>> + Send + 'a>>;

/// Sends requests.
///
/// It must not follow redirects: those that the contract declares are answers, and credentials would
/// go along to wherever another points.
pub trait Transport: Send + Sync + 'static {
    /// Sends one request; the answer's body may still be arriving.
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

/// A body that is `Sync`, as reqwest wants it. Nobody else looks at it, so the lock is never waited for.
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
