//! The authentication of callers: a method for each security scheme of the contract.

use generated::latest::Authenticator;
use writ_platform::Principal as _;
use writ_platform::credentials::{Issuer, ServiceCaller, Tokens, TrustedServices};
use writ_runtime::{BearerToken, Denied, Operation, Scheme};

use super::caller::Caller;

/// The credentials that a process accepts: access tokens of users, and the tokens of other services.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The verifier of the access tokens of users.
    pub users: UserTokens,
    /// The verifier of the tokens with which other services call.
    pub services: TrustedServices,
}

/// The verifier of access tokens, which the service `users` issues.
#[derive(Debug, Clone)]
pub enum UserTokens {
    /// The process runs the service `users`, which issues the access tokens.
    Own(Tokens<Caller>),
    /// The service `users` runs elsewhere and publishes its keys. This process cannot issue access tokens.
    OfUsers(Issuer<Caller>),
}

/// The credentials of calls within a process that runs several services. No request from outside reaches an operation
/// through them.
#[derive(Debug, Clone, Copy)]
pub struct WithinProcess;

impl Authenticator for Credentials {
    type Principal = Caller;

    async fn bearer(&self, token: BearerToken<'_>, _: &'static Operation) -> Result<Caller, Denied> {
        match &self.users {
            UserTokens::Own(tokens) => tokens.caller(token),
            UserTokens::OfUsers(issuer) => issuer.caller(token).await,
        }
    }

    async fn service(&self, token: BearerToken<'_>, _: &'static Operation) -> Result<Caller, Denied> {
        self.services.caller(token).await.map(Caller::Service)
    }

    fn holds_scope(&self, caller: &Caller, _: &'static Scheme, scope: &str) -> bool {
        caller.may(scope)
    }
}

impl Authenticator for WithinProcess {
    type Principal = Caller;

    async fn bearer(&self, _: BearerToken<'_>, _: &'static Operation) -> Result<Caller, Denied> {
        Err(Denied::Unauthenticated("the token is not that of a service".into()))
    }

    async fn service(&self, token: BearerToken<'_>, _: &'static Operation) -> Result<Caller, Denied> {
        Ok(Caller::Service(ServiceCaller { name: token.as_str().to_owned(), scopes: Vec::new() }))
    }

    // The services of a process trust each other.
    fn holds_scope(&self, _: &Caller, scheme: &'static Scheme, _: &str) -> bool {
        scheme.name == "service"
    }
}
