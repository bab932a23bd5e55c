//! The authentication of callers: a method for each security scheme of the contract.

use generated::v1::Authenticator;
use writ_runtime::{BearerToken, Denied, Operation, Scheme};

use crate::platform::authenticator::TokenAuthenticator;
use crate::platform::caller::Caller;

impl Authenticator for TokenAuthenticator {
    type Principal = Caller;

    async fn bearer(&self, token: BearerToken<'_>, _: &'static Operation) -> Result<Caller, Denied> {
        self.caller(token)
    }

    fn holds_scope(&self, caller: &Caller, _: &'static Scheme, scope: &str) -> bool {
        caller.may(scope)
    }
}
