//! The way of one request: authenticate, ask the gate, take the body in, call, tell the gate.

use std::borrow::Cow;
use std::pin::pin;
use std::sync::Arc;

use axum::body::Body;
use http::StatusCode;

use crate::authenticate::{Authenticate, Denied};
use crate::body::{self, Payload};
use crate::context::Context;
use crate::credentials::{self, Presented};
use crate::edge::{Inner, Settings};
use crate::endpoint::{self, Answer, Boxed, Call, Pending, Serve, run};
use crate::gate::{Admission, Entry, Gate};
use crate::head::Head;
use crate::idempotency::IdempotencyKey;
use crate::input::{self, Input, not_acceptable};
use crate::operation::{self, Operation};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::slot::Slot;
use crate::violation::Violation;

/// How generated code calls an operation, the service behind it erased.
pub(crate) type Erased<P> = Box<dyn Fn(Context<P>, Input) -> Pending + Send + Sync>;

/// An operation's call by what it wants to know of its caller.
pub(crate) enum Handler<P> {
    Secured(Erased<P>),
    Optional(Erased<Option<P>>),
    /// Nobody's principal is one for all requests.
    Public(Erased<()>, Arc<()>),
}

/// Who calls, shared by the gate and the handler.
enum Who<P> {
    Known(Arc<P>),
    Maybe(Arc<Option<P>>),
    Nobody,
}

/// An operation with its call and its edge.
pub(crate) struct Bound<A: Authenticate, G> {
    pub(crate) edge: Arc<Inner<A, G>>,
    pub(crate) operation: &'static Operation,
    pub(crate) handler: Handler<A::Principal>,
}

/// Hides the service's type, so that what follows is compiled once for all services.
pub(crate) fn erase<S, P>(service: &Arc<S>, call: impl Call<S, P>) -> Erased<P>
where
    S: Send + Sync + 'static,
    P: 'static,
{
    let service = Arc::clone(service);
    Box::new(move |context, input| call(Arc::clone(&service), context, input))
}

impl<A: Authenticate, G: Gate<A::Principal>> Serve for Bound<A, G> {
    fn answer(self: Arc<Self>, mut head: Arc<Head>, body: Body) -> Answer {
        Box::pin(async move {
            let edge = &self.edge;
            let reply = {
                let way = pin!(self.pass(&mut head, body));
                endpoint::reply(way, self.operation, &edge.settings).await
            };
            Ok(endpoint::respond(edge.contract, head, reply))
        })
    }
}

impl<A: Authenticate, G: Gate<A::Principal>> Bound<A, G> {
    async fn pass(&self, head: &mut Arc<Head>, body: Body) -> Result<Reply, Problem> {
        let who = self.identify(head).await?;
        let pass = match self.edge.gate.enter(&entry(head, who.principal())).await? {
            Admission::Answer(reply) => return Ok(reply),
            Admission::Proceed(pass) => pass,
        };
        let outcome = self.proceed(head, body, &who).await;
        let mut reply = outcome.unwrap_or_else(Reply::from);
        self.edge.gate.leave(pass, &entry(head, who.principal()), &mut reply).await;
        Ok(reply)
    }

    async fn proceed(&self, head: &mut Arc<Head>, body: Body, who: &Who<A::Principal>) -> Result<Reply, Problem> {
        let settings = &self.edge.settings;
        if !head.can_be_answered() {
            return Err(not_acceptable(head));
        }
        let (media, payload) = match body::expected(head, &body) {
            None => (0, Payload::Absent),
            Some(wanted) => take_in(head, wanted, body, settings).await?,
        };
        let (pending, refusal) = self.begin(head, who, media, payload)?;
        let outcome = run(pending, self.operation, settings).await;
        after(outcome, &refusal)
    }

    /// Calls the handler. Not part of `proceed`, whose future would keep room for the input.
    fn begin(
        &self,
        head: &mut Arc<Head>,
        who: &Who<A::Principal>,
        media: usize,
        payload: Payload,
    ) -> Result<(Pending, Slot), Problem> {
        let found = match input::idempotency(head, &payload) {
            Some(key) => remember(key, head)?,
            None => None,
        };
        let input = Input::new(Arc::clone(head), media, payload, found);
        let refusal = input.refusal();
        Ok((self.handler.call(who, head, input)?, refusal))
    }

    async fn identify(&self, head: &Head) -> Result<Who<A::Principal>, Problem> {
        let principal = self.authenticate(head).await?;
        match (&self.handler, principal) {
            (Handler::Secured(_), Some(principal)) => Ok(Who::Known(Arc::new(principal))),
            (Handler::Optional(_), principal) => Ok(Who::Maybe(Arc::new(principal))),
            (Handler::Public(..), Some(principal)) => Ok(Who::Known(Arc::new(principal))),
            (Handler::Public(..), None) => Ok(Who::Nobody),
            (Handler::Secured(_), None) => Err(credentials::unauthenticated(self.operation, MISSING, false)),
        }
    }

    /// Tries the alternatives of the contract in their order; the first that proves a principal
    /// with all scopes counts. Credentials that prove nothing are refused also where none are needed.
    async fn authenticate(&self, head: &Head) -> Result<Option<A::Principal>, Problem> {
        let mut unproven = None;
        let mut forbidden = None;
        let mut anonymous = self.operation.security.is_empty();
        for alternative in self.operation.security {
            if alternative.is_empty() {
                anonymous = true;
                continue;
            }
            let presented = match credentials::collect(alternative, head) {
                Presented::Something(presented) => presented,
                Presented::Unusable => {
                    unproven.get_or_insert(UNUSABLE);
                    continue;
                }
                Presented::Nothing => continue,
            };
            match self.edge.authenticator.authenticate(&presented, self.operation).await {
                Ok(principal) => {
                    let lacking = alternative.iter().find(|requirement| {
                        let holds =
                            |scope: &&str| self.edge.authenticator.holds_scope(&principal, requirement.scheme, scope);
                        !requirement.scopes.iter().all(holds)
                    });
                    match lacking {
                        None => return Ok(Some(principal)),
                        Some(requirement) => {
                            forbidden.get_or_insert_with(|| credentials::lacks_scope(requirement));
                        }
                    }
                }
                Err(Denied::Unauthenticated(message)) => {
                    unproven.get_or_insert(message);
                }
                Err(Denied::Forbidden(message)) => {
                    forbidden.get_or_insert_with(|| Problem::new(StatusCode::FORBIDDEN, message));
                }
                Err(Denied::Unavailable(cause)) => return Err(Problem::internal(cause)),
            }
        }
        match (forbidden, unproven) {
            (Some(problem), _) => Err(problem),
            (None, Some(message)) => Err(credentials::unauthenticated(self.operation, message, true)),
            (None, None) if anonymous => Ok(None),
            (None, None) => Err(credentials::unauthenticated(self.operation, MISSING, false)),
        }
    }
}

const MISSING: Cow<'static, str> = Cow::Borrowed("credentials are required");
const UNUSABLE: Cow<'static, str> = Cow::Borrowed("the credentials cannot be read");

/// Boxed, so that the many states of reading a body are compiled once and not for each edge.
fn take_in<'a>(
    head: &'a Head,
    wanted: &'static operation::Body,
    body: Body,
    settings: &'a Settings,
) -> Boxed<'a, Result<(usize, Payload), Problem>> {
    Box::pin(body::receive(head, wanted, body, settings.body_timeout))
}

/// Adds the idempotency key to what is told of the request; what is wrong with it is to be named.
fn remember(key: Result<IdempotencyKey, Violation>, head: &mut Arc<Head>) -> Result<Option<Violation>, Problem> {
    match (key, Arc::get_mut(head)) {
        (Err(violation), _) => Ok(Some(violation)),
        (Ok(key), Some(head)) => {
            head.call.idempotency = Some(key);
            Ok(None)
        }
        (Ok(_), None) => Err(Problem::internal("the request is shared before its handler is called")),
    }
}

/// A body that could not be read on while the handler read it made an error of the handler: the
/// caller is told what was wrong with the body.
fn after(outcome: Result<Reply, Problem>, refusal: &Slot) -> Result<Reply, Problem> {
    let failed = match &outcome {
        Ok(reply) => reply.status.is_server_error(),
        Err(problem) => problem.status.is_server_error(),
    };
    match refusal.take() {
        Some(problem) if failed => Err(problem),
        _ => outcome,
    }
}

fn entry<'a, P>(head: &'a Head, principal: Option<&'a P>) -> Entry<'a, P> {
    Entry { call: &head.call, principal, path: head.path(), cache_key: &head.cache_key, headers: &head.parts.headers }
}

impl<P> Who<P> {
    fn principal(&self) -> Option<&P> {
        match self {
            Who::Known(principal) => Some(principal),
            Who::Maybe(principal) => principal.as_ref().as_ref(),
            Who::Nobody => None,
        }
    }
}

impl<P> Handler<P> {
    fn call(&self, who: &Who<P>, head: &Arc<Head>, input: Input) -> Result<Pending, Problem> {
        let head = Arc::clone(head);
        match (self, who) {
            (Handler::Secured(handler), Who::Known(principal)) => {
                Ok(handler(Context::shared(Arc::clone(principal), head), input))
            }
            (Handler::Optional(handler), Who::Maybe(principal)) => {
                Ok(handler(Context::shared(Arc::clone(principal), head), input))
            }
            (Handler::Public(handler, nobody), _) => Ok(handler(Context::shared(Arc::clone(nobody), head), input)),
            _ => Err(Problem::internal("the principal does not fit the operation")),
        }
    }
}
