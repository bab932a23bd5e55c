//! The pipeline stages of one request in their order, for one operation.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;

use axum::body::Body;
use http::Extensions;

use crate::http::timeout::Deadline;
use crate::operation::Operation;
use crate::request::body::{ReceivedBody, receive_body};
use crate::request::decoder::Decoder;
use crate::request::deferred_refusal::DeferredRefusal;
use crate::request::idempotency;
use crate::request::request_head::RequestHead;
use crate::response::check::ResponseCheck;
use crate::response::error_envelope::ErrorEnvelope;
use crate::response::problem::Problem;
use crate::response::reply::Reply;
use crate::serve::authenticate::Authenticate;
use crate::serve::challenge;
use crate::serve::endpoint::{ResponseFuture, Serve};
use crate::serve::gate::{Admission, Entry, Gate};
use crate::serve::handler::HandlerFuture;
use crate::serve::pipeline::authenticate::{Refused, authenticate};
use crate::serve::pipeline::binding::{Binding, Invocation};
use crate::serve::pipeline::finish::finish;
use crate::serve::pipeline::invoke::{bounded, catch_panic, invoke};
use crate::serve::pipeline::shared::Shared;

/// The data to run the pipeline of one operation: the operation, its handler and the components that all
/// operations share.
pub(super) struct Stages<A: Authenticate, G> {
    pub(super) envelope: &'static ErrorEnvelope,
    pub(super) shared: Arc<Shared<A, G>>,
    pub(super) operation: &'static Operation,
    pub(super) binding: Binding<A::Principal>,
}

impl<A: Authenticate, G: Gate<A::Principal>> Serve for Stages<A, G> {
    fn serve(self: Arc<Self>, head: Arc<RequestHead>, extensions: Extensions, body: Body) -> ResponseFuture {
        Box::pin(async move {
            let shared = &self.shared;
            let limit = shared.options.timeouts.request;
            let deadline = Deadline::after(self.operation.timeout.map_or(limit, |timeout| timeout.min(limit)));
            let reply = {
                let stages = pin!(self.run(&head, &extensions, body, deadline));
                bounded(stages, self.operation, deadline).await
            };
            Ok(finish(self.envelope, &head, extensions, reply))
        })
    }
}

impl<A: Authenticate, G: Gate<A::Principal>> Stages<A, G> {
    /// Runs the pipeline stages of a request after routing and before `finish`.
    async fn run(
        &self,
        head: &Arc<RequestHead>,
        extensions: &Extensions,
        body: Body,
        deadline: Deadline,
    ) -> Result<Reply, Problem> {
        let principal = self.identify(head, extensions).await?;
        let Some(invocation) = self.binding.for_caller(principal) else {
            return Err(self.shared.gate.deny(&entry(head, None), challenge::missing(self.operation)).await);
        };
        let entry = entry(head, invocation.principal());
        let mut pass = match self.admit(&entry).await? {
            Admission::Reply { reply, headers } => {
                let mut reply = check_exchange_headers(head, &invocation).map_or_else(Reply::from, |()| reply);
                reply.headers.extend(headers);
                return Ok(reply);
            }
            Admission::Proceed(pass) => pass,
        };
        let begin = || self.shared.gate.begin(&mut pass, &entry);
        let interrupted = || self.shared.gate.interrupted(&entry);
        let admitted = self.run_admitted(head, body, deadline, &invocation, begin, interrupted);
        let outcome = catch_panic(pin!(admitted)).await;
        let mut reply = outcome.and_then(|outcome| outcome).unwrap_or_else(Reply::from);
        self.shared.gate.leave(pass, &entry, &mut reply).await;
        Ok(reply)
    }

    /// Identifies the caller of a request. The gate may refuse to verify the credentials, and sees every refusal.
    async fn identify(&self, head: &RequestHead, extensions: &Extensions) -> Result<Option<A::Principal>, Problem> {
        let Shared { authenticator, gate, .. } = &*self.shared;
        let approach = || gate.approach(&entry(head, None));
        match authenticate(authenticator, self.operation, head, extensions, approach).await {
            Ok(principal) => Ok(principal),
            Err(Refused::Unverified(problem)) => Err(problem),
            Err(Refused::Denied(problem, caller)) => Err(gate.deny(&entry(head, caller.as_ref()), problem).await),
        }
    }

    /// Runs the pipeline stages of a request that the gate has admitted, until the gate's `leave`. `begin` is the
    /// gate's decision before the handler, and `interrupted` its decision to end the handler.
    async fn run_admitted<I: Future<Output = Problem> + Send>(
        &self,
        head: &Arc<RequestHead>,
        body: Body,
        deadline: Deadline,
        invocation: &Invocation<'_, A::Principal>,
        begin: impl FnOnce() -> Result<(), Problem>,
        interrupted: impl FnOnce() -> I,
    ) -> Result<Reply, Problem> {
        let options = &self.shared.options;
        head.check_path()?;
        head.check_acceptable()?;
        let arrival = deadline.min(Deadline::after(options.timeouts.body));
        let body = receive_body(head, body, options.body_limit, arrival).await?;
        let (handler, refusal) = decode(head, body, self.shared.response_check(&head.call), invocation)?;
        begin()?;
        let outcome = invoke(handler, pin!(interrupted()), self.operation, deadline).await;
        refusal.replace_server_error(outcome)
    }

    /// Passes a request to the gate of the service, which admits it, refuses it or responds to it.
    fn admit<'a>(
        &'a self,
        entry: &'a Entry<'a, A::Principal>,
    ) -> impl Future<Output = Result<Admission<G::Pass>, Problem>> + Send + 'a {
        self.shared.gate.enter(entry)
    }
}

/// Decodes the parameters and the body of a request and calls its handler. The returned future is not yet awaited.
///
/// This function is not an `async fn`, because its future would reserve space for all decoded values.
fn decode<P>(
    head: &Arc<RequestHead>,
    body: ReceivedBody,
    check: ResponseCheck,
    invocation: &Invocation<'_, P>,
) -> Result<(HandlerFuture, DeferredRefusal), Problem> {
    let (key, violation) = match idempotency::key(head, &body.payload) {
        Some(Ok(key)) => (Some(key), None),
        Some(Err(violation)) => (None, Some(violation)),
        None => (None, None),
    };
    let decoder = Decoder::new(head, body, violation).with_check(check);
    let refusal = decoder.refusal();
    Ok((invocation.call(head, key, decoder)?, refusal))
}

/// Validates a request to which the gate responded, if it has headers that the cache key omits. The request whose response
/// was cached was valid, but had other values of them.
fn check_exchange_headers<P>(head: &Arc<RequestHead>, invocation: &Invocation<'_, P>) -> Result<(), Problem> {
    if head.call.operation.body.is_some() || !head.has_exchange_headers() {
        return Ok(());
    }
    // The future of the handler is dropped, so the handler does not run.
    decode(head, ReceivedBody::ABSENT, ResponseCheck::default(), invocation).map(drop)
}

fn entry<'a, P>(head: &'a RequestHead, principal: Option<&'a P>) -> Entry<'a, P> {
    Entry { call: &head.call, principal, path: head.path(), cache_key: &head.cache_key, headers: &head.parts.headers }
}
