//! The authenticator, which verifies the access token of a request.

use std::borrow::Cow;

use writ_runtime::operation::Scheme;
use writ_runtime::{Authenticate, Credential, Denied, Operation};

use crate::platform::caller::Caller;
use crate::platform::token::Tokens;

/// An [`Authenticate`] implementation that accepts the access tokens of this service.
///
/// This type verifies only the token. [`PolicyGate`](crate::platform::gate::PolicyGate) checks whether the
/// session of the token has ended: it queries Redis for rate limits and cache anyway, so the check needs no
/// separate round trip.
#[derive(Debug, Clone)]
pub struct TokenAuthenticator {
    tokens: Tokens,
}

impl TokenAuthenticator {
    /// Creates an authenticator that verifies access tokens with the keys of `tokens`.
    pub fn new(tokens: Tokens) -> TokenAuthenticator {
        TokenAuthenticator { tokens }
    }
}

impl Authenticate for TokenAuthenticator {
    type Principal = Caller;

    async fn authenticate(&self, credentials: &[Credential<'_>], _: &'static Operation) -> Result<Caller, Denied> {
        let [credential] = credentials else {
            return Err(Denied::Unauthenticated(Cow::Borrowed("the request must have exactly one access token")));
        };
        match self.tokens.verify(&credential.secret) {
            Ok(caller) => Ok(Caller::clone(&caller)),
            Err(_) => Err(Denied::Unauthenticated(Cow::Borrowed("the access token is not valid or has expired"))),
        }
    }

    fn holds_scope(&self, caller: &Caller, _: &'static Scheme, scope: &str) -> bool {
        caller.may(scope)
    }
}
