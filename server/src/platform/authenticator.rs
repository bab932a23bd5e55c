//! From an access token to a caller.

use std::borrow::Cow;

use writ_runtime::operation::Scheme;
use writ_runtime::{Authenticate, Credential, Denied, Operation};

use crate::platform::caller::Caller;
use crate::platform::token::Tokens;

/// Believes what our own access tokens say. Whether their session has ended is the gate's question,
/// which it asks together with all others.
#[derive(Debug, Clone)]
pub struct TokenAuthenticator {
    tokens: Tokens,
}

impl TokenAuthenticator {
    /// Verifies with these keys.
    pub fn new(tokens: Tokens) -> TokenAuthenticator {
        TokenAuthenticator { tokens }
    }
}

impl Authenticate for TokenAuthenticator {
    type Principal = Caller;

    async fn authenticate(&self, credentials: &[Credential<'_>], _: &'static Operation) -> Result<Caller, Denied> {
        let [credential] = credentials else {
            return Err(Denied::Unauthenticated(Cow::Borrowed("one access token is needed")));
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
