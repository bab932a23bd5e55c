//! The pipeline stage `authenticate`: it identifies the caller by the credentials of the request.

use std::borrow::Cow;

use http::{Extensions, StatusCode, header};

use crate::operation::{Operation, Requirement};
use crate::request::request_head::RequestHead;
use crate::response::problem::Problem;
use crate::response::unavailable::Unavailable;
use crate::serve::authenticate::{Authenticate, Denied};
use crate::serve::challenge;
use crate::serve::credential::Credential;
use crate::serve::presented::{self, Presented};

const UNUSABLE: Cow<'static, str> = Cow::Borrowed("the credentials are malformed");

/// The refusal of a request by authentication.
pub(super) enum Refused<P> {
    /// The gate does not let the credentials be verified.
    Unverified(Problem),
    /// The credentials are missing, rejected or insufficient. The caller is known if it only lacks a scope.
    Denied(Problem, Option<P>),
}

/// The `Retry-After` of credentials that cannot be verified at the moment, in seconds, unless the authenticator gives
/// another time.
const RETRY_AFTER: u64 = 1;

/// The reason why the credentials for one alternative of `security` do not identify a permitted caller.
enum Refusal<P> {
    /// The authenticator rejects the credentials.
    Denied(Denied),
    /// The caller lacks a scope of this requirement.
    LacksScope(&'static Requirement, Option<P>),
}

impl<P> From<Denied> for Refusal<P> {
    fn from(denied: Denied) -> Refusal<P> {
        Refusal::Denied(denied)
    }
}

/// Tries the alternatives of the operation's `security` in order, and returns the first caller that has all scopes.
///
/// Credentials that are not valid are refused, even if the operation also permits requests without credentials.
/// `approach` is the decision of the gate before credentials are verified.
pub(super) async fn authenticate<A: Authenticate>(
    authenticator: &A,
    operation: &'static Operation,
    head: &RequestHead,
    extensions: &Extensions,
    approach: impl Fn() -> Result<(), Problem>,
) -> Result<Option<A::Principal>, Refused<A::Principal>> {
    let mut rejected = None;
    let mut forbidden = None;
    let mut anonymous = operation.security.is_empty();
    for alternative in operation.security {
        let credentials = match presented::collect(alternative, head, extensions) {
            Presented::Something(credentials) => credentials,
            Presented::Unusable => {
                rejected.get_or_insert(UNUSABLE);
                continue;
            }
            Presented::Nothing => continue,
        };
        // The empty alternative has no credentials, so nothing is verified.
        if !credentials.is_empty() {
            approach().map_err(Refused::Unverified)?;
        }
        match verify(authenticator, alternative, credentials, operation).await {
            Ok(None) => anonymous = true,
            Ok(caller) => return Ok(caller),
            Err(Refusal::LacksScope(requirement, caller)) => {
                forbidden.get_or_insert_with(|| (challenge::lacks_scope(requirement), caller));
            }
            Err(Refusal::Denied(Denied::Unauthenticated(message))) => {
                rejected.get_or_insert(message);
            }
            Err(Refusal::Denied(Denied::Forbidden(message))) => {
                forbidden.get_or_insert_with(|| (Problem::new(StatusCode::FORBIDDEN, message), None));
            }
            Err(Refusal::Denied(Denied::Unavailable(cause))) => return Err(Refused::Denied(unavailable(cause), None)),
        }
    }
    match (forbidden, rejected) {
        (Some((problem, caller)), _) => Err(Refused::Denied(problem, caller)),
        (None, Some(message)) => Err(Refused::Denied(challenge::unauthenticated(operation, message, true), None)),
        (None, None) if anonymous => Ok(None),
        (None, None) => Err(Refused::Denied(challenge::missing(operation), None)),
    }
}

/// Verifies the credentials for one alternative of `security`, one for each of its schemes, and returns the caller.
/// Returns `None` for the empty alternative, which requires no credentials.
///
/// All credentials are verified before a missing scope is a refusal, so that credentials that are not valid are
/// refused with 401.
async fn verify<A: Authenticate>(
    authenticator: &A,
    alternative: &'static [Requirement],
    credentials: Vec<Credential<'_>>,
    operation: &'static Operation,
) -> Result<Option<A::Principal>, Refusal<A::Principal>> {
    let mut caller = None;
    let mut lacking = None;
    for (requirement, credential) in alternative.iter().zip(credentials) {
        let scheme = requirement.scheme;
        let principal = authenticator.authenticate(scheme, credential, operation).await?;
        if !requirement.scopes.iter().all(|scope| authenticator.holds_scope(&principal, scheme, scope)) {
            lacking.get_or_insert(requirement);
        }
        caller = Some(match caller {
            None => principal,
            Some(first) => authenticator.combine(first, principal)?,
        });
    }
    match lacking {
        None => Ok(caller),
        Some(requirement) => Err(Refusal::LacksScope(requirement, caller)),
    }
}

/// Returns the 503 of a request whose credentials cannot be verified at the moment. The cause is logged, and decides
/// `Retry-After` if it is or contains [`Unavailable`].
fn unavailable(cause: Box<dyn std::error::Error + Send + Sync>) -> Problem {
    let seconds = Unavailable::find(&*cause).map_or(RETRY_AFTER, Unavailable::seconds);
    let message = "the credentials cannot be verified at the moment";
    let mut problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, message).with_header(header::RETRY_AFTER, seconds);
    problem.cause = Some(cause);
    problem
}
