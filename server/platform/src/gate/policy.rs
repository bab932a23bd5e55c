//! The policies of a gate: their part in one request, from the question to the shared store until the response.

use std::future::Future;

use http::HeaderMap;
use writ_runtime::{Entry, Problem, Reply};

use super::exchange::{Commands, Responses};

/// The position of a policy in the order in which the policies of a gate decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// The policy decides whether the caller may still act, for example because a login session has ended.
    Caller,
    /// The policy decides whether the service accepts the load, for example by a rate limit.
    Load,
    /// The policy may know the response already, for example from a cache.
    Response,
    /// The policy decides whether the handler can run now, for example by the number of running handlers.
    Handler,
    /// The policy changes the response of a handler before all others see it.
    Outcome,
}

/// A rule that a [`PolicyGate`](super::PolicyGate) applies to requests.
///
/// A policy creates a [`Visit`] for each request that it applies to. The policies of a gate share one round trip to
/// Redis: each adds its commands, and reads its own responses. [`PolicyGate::with`](super::PolicyGate::with) adds a
/// policy to the gate of a service.
///
/// ```
/// use http::StatusCode;
/// use writ_platform::gate::{Commands, Policy, Stage, Visit};
/// use writ_runtime::{Entry, Problem, Reply};
///
/// /// Refuses every operation that changes data.
/// struct ReadOnly;
///
/// struct Refusal;
///
/// impl<P: Sync> Policy<P> for ReadOnly {
///     type Visit = Refusal;
///     const STAGE: Stage = Stage::Load;
///
///     fn visit(&self, entry: &Entry<'_, P>, _: &mut Commands) -> Option<Refusal> {
///         (entry.call.operation.method != writ_runtime::Method::GET).then_some(Refusal)
///     }
/// }
///
/// impl<P: Sync> Visit<P> for Refusal {
///     async fn enter(&mut self, _: &Entry<'_, P>) -> Result<Option<Reply>, Problem> {
///         Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the service is read-only at the moment"))
///     }
/// }
/// ```
pub trait Policy<P>: Send + Sync + 'static {
    /// The part of the policy in one request.
    type Visit: Visit<P>;

    /// The position of the policy among the others of its gate. Policies of one stage decide in the order in which they
    /// were added.
    const STAGE: Stage;

    /// Begins the part of the policy in a request, and adds the commands that it needs. Returns `None` if the policy
    /// does not apply to the request.
    fn visit(&self, entry: &Entry<'_, P>, commands: &mut Commands) -> Option<Self::Visit>;

    /// Decides whether the credentials of a request are verified at all, by what this process has in memory. The entry
    /// has no principal. The default is that all credentials are verified.
    ///
    /// # Errors
    /// Returns a problem to refuse the request without a verification and without a round trip.
    fn approach(&self, entry: &Entry<'_, P>) -> Result<(), Problem> {
        let _ = entry;
        Ok(())
    }

    /// Begins the part of the policy in a request that authentication refuses with `refusal`, and adds the commands that
    /// it needs. The default is that the policy does not apply to such requests.
    ///
    /// The entry has the principal if the caller only lacks a scope. The gate calls [`Visit::read`] and [`Visit::enter`],
    /// which can replace the refusal, and [`Visit::write_headers`].
    fn deny(&self, entry: &Entry<'_, P>, refusal: &Problem, commands: &mut Commands) -> Option<Self::Visit> {
        let _ = (entry, refusal, commands);
        None
    }
}

/// The part of a [`Policy`] in one request.
///
/// The gate calls [`read`](Visit::read) for all policies, then [`enter`](Visit::enter) in the order of their stages
/// until one of them refuses or responds. Before the handler it calls [`begin`](Visit::begin) in this order too, and
/// after the handler [`leave`](Visit::leave) in the opposite order. Each method has a default that does nothing.
pub trait Visit<P>: Send + 'static {
    /// Reads the responses to the commands of this policy, and no others.
    fn read(&mut self, responses: Responses) -> impl Future<Output = ()> + Send {
        let _ = responses;
        async {}
    }

    /// Decides about the request. `None` lets it continue.
    ///
    /// # Errors
    /// Returns a problem to refuse the request.
    fn enter(&mut self, entry: &Entry<'_, P>) -> impl Future<Output = Result<Option<Reply>, Problem>> + Send {
        let _ = entry;
        async { Ok(None) }
    }

    /// Decides whether the handler may run, after the body of the request was received and decoded.
    ///
    /// # Errors
    /// Returns a problem to refuse the request.
    fn begin(&mut self, entry: &Entry<'_, P>) -> Result<(), Problem> {
        let _ = entry;
        Ok(())
    }

    /// Learns that all policies let the handler run, and that it begins.
    fn admitted(&mut self, entry: &Entry<'_, P>) {
        let _ = entry;
    }

    /// Adds headers to the response, also if another policy refuses the request or responds to it.
    fn write_headers(&self, headers: &mut HeaderMap) {
        let _ = headers;
    }

    /// Receives the reply of the handler. It is not called if the caller disconnects or the total time limit of the
    /// request elapses; the visit is dropped then.
    fn leave(&mut self, entry: &Entry<'_, P>, reply: &mut Reply) -> impl Future<Output = ()> + Send {
        let _ = (entry, reply);
        async {}
    }
}
