//! The authenticator, which verifies the access token of a request.

use std::borrow::Cow;

use writ_runtime::{BearerToken, Denied};

use crate::platform::caller::Caller;
use crate::platform::token::Tokens;

/// The verification of the access tokens of this service.
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

    /// Returns the caller to whom an access token belongs.
    ///
    /// # Errors
    ///
    /// Returns [`Denied::Unauthenticated`] if the token is not valid or has expired.
    pub fn caller(&self, token: BearerToken<'_>) -> Result<Caller, Denied> {
        match self.tokens.verify(token.as_str()) {
            Ok(caller) => Ok(Caller::clone(&caller)),
            Err(_) => Err(Denied::Unauthenticated(Cow::Borrowed("the access token is not valid or has expired"))),
        }
    }
}
