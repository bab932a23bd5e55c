//! From credentials to a principal: what a service implements once for all its operations.

use std::borrow::Cow;
use std::future::Future;

use crate::operation::{Operation, Scheme};

/// Proves who calls.
pub trait Authenticate: Send + Sync + 'static {
    /// Who calls.
    type Principal: Send + Sync + 'static;

    /// Checks the credentials of one alternative of the operation's `security`; all of them stand
    /// in `credentials`, in the order of the contract.
    fn authenticate(
        &self,
        credentials: &[Credential<'_>],
        operation: &'static Operation,
    ) -> impl Future<Output = Result<Self::Principal, Denied>> + Send;

    /// Whether the principal holds a scope that the contract asks for. The pipeline asks for each of
    /// them, so that no handler can forget.
    fn holds_scope(&self, principal: &Self::Principal, scheme: &'static Scheme, scope: &str) -> bool;
}

/// One credential, as the request carried it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential<'a> {
    /// The scheme it was presented under.
    pub scheme: &'a str,
    /// A token or key; for Basic the decoded `user:password`.
    pub secret: Cow<'a, str>,
}

/// Why a caller is not let in.
#[derive(Debug)]
pub enum Denied {
    /// The credentials prove nothing: 401.
    Unauthenticated(Cow<'static, str>),
    /// They prove someone who may not: 403.
    Forbidden(Cow<'static, str>),
    /// They could not be checked: 500, and the cause in the log.
    Unavailable(Box<dyn std::error::Error + Send + Sync>),
}

/// For contracts without security: nobody can be authenticated.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoAuthentication;

impl Authenticate for NoAuthentication {
    type Principal = std::convert::Infallible;

    async fn authenticate(&self, _: &[Credential<'_>], _: &'static Operation) -> Result<Self::Principal, Denied> {
        Err(Denied::Unauthenticated(Cow::Borrowed("this service knows no callers")))
    }

    fn holds_scope(&self, principal: &Self::Principal, _: &'static Scheme, _: &str) -> bool {
        match *principal {}
    }
}
