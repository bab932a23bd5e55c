//! The pipeline stage `authenticate`: it identifies the caller by the credentials of the request.

use std::borrow::Cow;

use http::{Extensions, StatusCode};

use crate::operation::Operation;
use crate::request::request_head::RequestHead;
use crate::response::problem::Problem;
use crate::serve::authenticate::{Authenticate, Denied};
use crate::serve::credentials::{self, Presented};

const UNUSABLE: Cow<'static, str> = Cow::Borrowed("the credentials are malformed");

/// Tries the alternatives of the operation's `security` in order, and returns the first caller that has all scopes.
///
/// Credentials that are not valid are refused, even if the operation also permits requests without credentials.
pub(super) async fn authenticate<A: Authenticate>(
    authenticator: &A,
    operation: &'static Operation,
    head: &RequestHead,
    extensions: &Extensions,
) -> Result<Option<A::Principal>, Problem> {
    let mut rejected = None;
    let mut forbidden = None;
    let mut anonymous = operation.security.is_empty();
    for alternative in operation.security {
        if alternative.is_empty() {
            anonymous = true;
            continue;
        }
        let presented = match credentials::collect(alternative, head, extensions) {
            Presented::Something(presented) => presented,
            Presented::Unusable => {
                rejected.get_or_insert(UNUSABLE);
                continue;
            }
            Presented::Nothing => continue,
        };
        match authenticator.authenticate(&presented, operation).await {
            Ok(principal) => {
                let missing = alternative.iter().find(|requirement| {
                    let holds = |scope: &&str| authenticator.holds_scope(&principal, requirement.scheme, scope);
                    !requirement.scopes.iter().all(holds)
                });
                match missing {
                    None => return Ok(Some(principal)),
                    Some(requirement) => {
                        forbidden.get_or_insert_with(|| credentials::lacks_scope(requirement));
                    }
                }
            }
            Err(Denied::Unauthenticated(message)) => {
                rejected.get_or_insert(message);
            }
            Err(Denied::Forbidden(message)) => {
                forbidden.get_or_insert_with(|| Problem::new(StatusCode::FORBIDDEN, message));
            }
            Err(Denied::Unavailable(cause)) => return Err(Problem::internal(cause)),
        }
    }
    match (forbidden, rejected) {
        (Some(problem), _) => Err(problem),
        (None, Some(message)) => Err(credentials::unauthenticated(operation, message, true)),
        (None, None) if anonymous => Ok(None),
        (None, None) => Err(credentials::missing(operation)),
    }
}
