//! Authentication: verifying the credentials of a request, implemented once for all operations of a service.

use std::borrow::Cow;
use std::future::Future;

use crate::operation::{Operation, Scheme};

/// The authenticator of a service: it verifies the credentials of a request and returns the caller (principal).
///
/// The pipeline extracts the credentials of a request by the security schemes of the contract, calls
/// [`Authenticate::authenticate`], and checks the scopes of the operation with [`Authenticate::holds_scope`].
///
/// # Examples
///
/// ```
/// use writ_runtime::{Authenticate, Credential, Denied, Operation, Scheme};
///
/// struct Caller {
///     name: String,
///     scopes: Vec<String>,
/// }
///
/// /// Knows a single bearer token.
/// struct OneToken {
///     token: String,
/// }
///
/// impl Authenticate for OneToken {
///     type Principal = Caller;
///
///     async fn authenticate(
///         &self,
///         credentials: &[Credential<'_>],
///         _: &'static Operation,
///     ) -> Result<Caller, Denied> {
///         match credentials {
///             [credential] if credential.secret == self.token => {
///                 Ok(Caller { name: "ada".to_owned(), scopes: vec!["users:read".to_owned()] })
///             }
///             _ => Err(Denied::Unauthenticated("the token is not valid".into())),
///         }
///     }
///
///     fn holds_scope(&self, caller: &Caller, _: &'static Scheme, scope: &str) -> bool {
///         caller.scopes.iter().any(|held| held == scope)
///     }
/// }
/// # let authenticator = OneToken { token: "secret".to_owned() };
/// # let credentials = [Credential { scheme: "bearer", secret: "secret".into() }];
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # let caller = runtime.block_on(authenticator.authenticate(&credentials, &Operation::NONE)).unwrap();
/// # assert_eq!(caller.name, "ada");
/// ```
pub trait Authenticate: Send + Sync + 'static {
    /// The type of the authenticated caller. Handlers receive it by
    /// [`Context::principal`](crate::Context::principal).
    type Principal: Send + Sync + 'static;

    /// Verifies the credentials that a request presents for one alternative of the operation's `security`.
    ///
    /// `credentials` has an element for each scheme of the alternative, in the order of the contract. If the
    /// operation has several alternatives, the pipeline calls this method for each one that the request
    /// contains, until one succeeds.
    ///
    /// # Errors
    ///
    /// Returns [`Denied`] if the credentials are not valid, are not permitted, or cannot be verified.
    fn authenticate(
        &self,
        credentials: &[Credential<'_>],
        operation: &'static Operation,
    ) -> impl Future<Output = Result<Self::Principal, Denied>> + Send;

    /// Returns true if the authenticated caller has a scope that the contract requires for the operation.
    ///
    /// The pipeline calls it for every scope of the operation, so that handlers need no check.
    fn holds_scope(&self, principal: &Self::Principal, scheme: &'static Scheme, scope: &str) -> bool;
}

/// A credential that a request presents for one security scheme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential<'a> {
    /// The name of the credential's security scheme in `components.securitySchemes` of the contract.
    pub scheme: &'a str,
    /// The token or key that the request presents. For the scheme `basic` it is the decoded `user:password`.
    pub secret: Cow<'a, str>,
}

/// The reason why an authenticator rejects the credentials of a request.
#[derive(Debug)]
pub enum Denied {
    /// The credentials are not valid. The caller receives 401 with this message.
    Unauthenticated(Cow<'static, str>),
    /// The credentials are valid, but the caller is not permitted. The caller receives 403 with this message.
    Forbidden(Cow<'static, str>),
    /// The credentials could not be verified. The caller receives 500, and the cause is logged.
    Unavailable(Box<dyn std::error::Error + Send + Sync>),
}

/// The authenticator of a service whose contract requires no credentials: it rejects all credentials.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoAuthentication;

impl Authenticate for NoAuthentication {
    type Principal = std::convert::Infallible;

    async fn authenticate(&self, _: &[Credential<'_>], _: &'static Operation) -> Result<Self::Principal, Denied> {
        Err(Denied::Unauthenticated(Cow::Borrowed("this service does not accept credentials")))
    }

    fn holds_scope(&self, principal: &Self::Principal, _: &'static Scheme, _: &str) -> bool {
        match *principal {}
    }
}
