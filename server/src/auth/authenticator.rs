//! The authentication of callers: a method for each security scheme of the contract.

use generated::latest::Authenticator;
use writ_platform::Principal as _;
use writ_platform::credentials::{Issuer, Tokens};
use writ_runtime::{BearerToken, Denied, Operation, Scheme};

use super::caller::Caller;

/// The credentials that a process accepts: the access tokens of the service `users`.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// The process runs the service `users`, which issues the access tokens.
    Own(Tokens<Caller>),
    /// The service `users` runs elsewhere and publishes its keys. This process cannot issue access tokens.
    OfUsers(Issuer<Caller>),
}

impl Authenticator for Credentials {
    type Principal = Caller;

    async fn bearer(&self, token: BearerToken<'_>, _: &'static Operation) -> Result<Caller, Denied> {
        match self {
            Credentials::Own(tokens) => tokens.caller(token),
            Credentials::OfUsers(issuer) => issuer.caller(token).await,
        }
    }

    fn holds_scope(&self, caller: &Caller, _: &'static Scheme, scope: &str) -> bool {
        caller.may(scope)
    }
}
