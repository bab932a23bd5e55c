//! The bounds of every route of a port: its time limit, the refusal of requests on connections beyond the limits, and the
//! error envelope of refusals by routes that know no contract.

use std::convert::Infallible;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use futures_util::future::BoxFuture;
use http::{StatusCode, header};
use http_body::Body as _;
use tower::Service;
use writ_runtime::{EarlyRefusal, EnvelopeCell, Problem, RequestId, X_REQUEST_ID};

use crate::conventions;

/// The time beyond the request timeout after which a route is cancelled. The routes of a contract refuse the request
/// earlier; other routes of a service have no time limit of their own.
const MARGIN: Duration = Duration::from_secs(2);

/// Adds the bounds to all routes of `app`. Refusals have the error envelope of the contract, and pass the layers that are
/// added later, so they have a log line and the headers of all responses.
pub(crate) fn bound(app: Router, request_timeout: Duration, envelope: EnvelopeCell) -> Router {
    let limit = request_timeout + MARGIN;
    app.layer(tower::layer::layer_fn(move |routes| Bounded { routes, limit, envelope: envelope.clone() }))
}

/// Routes with bounds.
#[derive(Debug, Clone)]
struct Bounded<S> {
    routes: S,
    limit: Duration,
    envelope: EnvelopeCell,
}

impl<S> Service<Request> for Bounded<S>
where
    S: Service<Request, Response = Response, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.routes.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let envelope = self.envelope.clone();
        let (parts, body) = request.into_parts();
        let request_id = RequestId::of(&parts);
        if let Some(refusal) = parts.extensions.get::<EarlyRefusal>() {
            let problem = refusal.problem();
            return Box::pin(async move { Ok(envelope.get().refuse(problem, &request_id)) });
        }
        let response = tokio::time::timeout(self.limit, self.routes.call(Request::from_parts(parts, body)));
        Box::pin(async move {
            match response.await {
                Ok(Ok(response)) if is_bare(&response) => {
                    Ok(conventions::refuse(response, envelope.get(), &request_id))
                }
                Ok(response) => response,
                Err(_) => Ok(envelope.get().refuse(timed_out(), &request_id)),
            }
        })
    }
}

/// Returns true if a response is axum's refusal of an unknown path or method, which has no body. A response of a contract
/// has the id of its request.
fn is_bare(response: &Response) -> bool {
    matches!(response.status(), StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED)
        && !response.headers().contains_key(X_REQUEST_ID)
        && response.body().size_hint().exact() == Some(0)
}

fn timed_out() -> Problem {
    let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the service did not respond in time");
    problem.with_code("TIMEOUT").with_header(header::RETRY_AFTER, 1)
}
