//! The authentication of callers: a method for each security scheme of the contract.

use generated::latest::Authenticator;
use writ_platform::Principal as _;
use writ_platform::credentials::Tokens;
use writ_runtime::{BearerToken, Denied, Operation, Scheme};

use super::caller::Caller;

/// The credentials that the server accepts: its own access tokens.
#[derive(Debug, Clone)]
pub struct Credentials(pub Tokens<Caller>);

impl Authenticator for Credentials {
    type Principal = Caller;

    async fn bearer(&self, token: BearerToken<'_>, _: &'static Operation) -> Result<Caller, Denied> {
        self.0.caller(token)
    }

    fn holds_scope(&self, caller: &Caller, _: &'static Scheme, scope: &str) -> bool {
        caller.may(scope)
    }
}
