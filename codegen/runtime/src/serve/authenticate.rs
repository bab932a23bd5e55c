//! Authentication: verifying the credentials of a request, implemented once for all operations of a service.

use std::borrow::Cow;
use std::future::Future;

use crate::operation::{Operation, Scheme};
use crate::serve::credential::Credential;

/// The authenticator of a pipeline: it verifies the credentials of a request and returns the caller (principal).
///
/// A service with a generated contract implements the trait `Authenticator` of the generated code instead. That
/// trait has a method for each security scheme, with the credential of its kind, and generated code implements
/// `Authenticate` with it. Implement `Authenticate` itself only for a pipeline without generated code.
///
/// The pipeline extracts the credentials of a request by the security schemes of the contract, calls
/// [`Authenticate::authenticate`] for each scheme of an alternative, and checks the scopes of the operation with
/// [`Authenticate::holds_scope`].
///
/// If an operation permits several alternatives, the pipeline tries those whose credentials the request contains,
/// in the order of the contract, until one succeeds and its caller has all scopes. If none does, the request is
/// refused. A refusal with 403 takes precedence over one with 401. Credentials that are rejected are refused even
/// if the operation also permits requests without credentials.
///
/// # Examples
///
/// ```
/// use writ_runtime::{Authenticate, BearerToken, Credential, Denied, Operation, Scheme, SchemeKind};
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
///         scheme: &'static Scheme,
///         credential: Credential<'_>,
///         _: &'static Operation,
///     ) -> Result<Caller, Denied> {
///         // A real authenticator verifies a signature, or compares hashes in constant time.
///         match credential {
///             Credential::Bearer(token) if token.as_str() == self.token => {
///                 Ok(Caller { name: "user@example.com".to_owned(), scopes: vec!["users:read".to_owned()] })
///             }
///             Credential::Bearer(_) => Err(Denied::Unauthenticated("the token is not valid".into())),
///             _ => Err(Denied::unknown_scheme(scheme)),
///         }
///     }
///
///     fn holds_scope(&self, caller: &Caller, _: &'static Scheme, scope: &str) -> bool {
///         caller.scopes.iter().any(|held| held == scope)
///     }
/// }
/// # static BEARER: Scheme = Scheme { name: "bearer", kind: SchemeKind::Bearer };
/// # let authenticator = OneToken { token: "secret".to_owned() };
/// # let credential = Credential::Bearer(BearerToken::new("secret"));
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # let caller = runtime.block_on(authenticator.authenticate(&BEARER, credential, &Operation::NONE)).unwrap();
/// # assert_eq!(caller.name, "user@example.com");
/// ```
pub trait Authenticate: Send + Sync + 'static {
    /// The type of the authenticated caller. Handlers receive it by
    /// [`Context::principal`](crate::Context::principal).
    type Principal: Send + Sync + 'static;

    /// Verifies the credential that a request presents for one security scheme, and returns its caller.
    ///
    /// The pipeline calls this method for each scheme of an alternative whose credentials the request contains.
    ///
    /// # Errors
    ///
    /// Returns [`Denied`] if the credential is not valid, is not permitted, or cannot be verified.
    fn authenticate(
        &self,
        scheme: &'static Scheme,
        credential: Credential<'_>,
        operation: &'static Operation,
    ) -> impl Future<Output = Result<Self::Principal, Denied>> + Send;

    /// Returns true if the caller of a security scheme has a scope that the contract requires under this scheme.
    ///
    /// The pipeline calls it for every scope of the operation, so that handlers need no check. Without an
    /// implementation, no caller has any scope.
    fn holds_scope(&self, principal: &Self::Principal, scheme: &'static Scheme, scope: &str) -> bool {
        let _ = (principal, scheme, scope);
        false
    }

    /// Combines the callers of two security schemes that an operation requires together into one. The first is the
    /// result of an earlier combination if there are more than two schemes.
    ///
    /// # Errors
    ///
    /// Returns [`Denied`] if the two callers may not act together, for example because the token belongs to another
    /// customer than the API key. Without an implementation, it always returns [`Denied::Unavailable`].
    fn combine(&self, first: Self::Principal, second: Self::Principal) -> Result<Self::Principal, Denied> {
        let _ = (first, second);
        Err(Denied::Unavailable("the authenticator does not combine the callers of several security schemes".into()))
    }
}

/// The reason why an authenticator rejects the credentials of a request.
///
/// # Examples
///
/// ```
/// use writ_runtime::Denied;
///
/// enum SessionError {
///     Expired,
///     Blocked,
///     Database(std::io::Error),
/// }
///
/// impl From<SessionError> for Denied {
///     fn from(error: SessionError) -> Denied {
///         match error {
///             SessionError::Expired => Denied::Unauthenticated("the session has expired".into()),
///             SessionError::Blocked => Denied::Forbidden("the account is blocked".into()),
///             SessionError::Database(cause) => Denied::Unavailable(Box::new(cause)),
///         }
///     }
/// }
/// # let lost = SessionError::Database(std::io::Error::other("the connection is lost"));
/// # assert!(matches!(Denied::from(lost), Denied::Unavailable(_)));
/// # assert!(matches!(Denied::from(SessionError::Expired), Denied::Unauthenticated(_)));
/// # assert!(matches!(Denied::from(SessionError::Blocked), Denied::Forbidden(_)));
/// ```
#[derive(Debug)]
pub enum Denied {
    /// The credentials are not valid. The caller receives 401 with this message and a `WWW-Authenticate` challenge
    /// for the security schemes of the operation (RFC 9110 § 11.6.1).
    Unauthenticated(Cow<'static, str>),
    /// The credentials are valid, but the caller is not permitted. The caller receives 403 with this message.
    Forbidden(Cow<'static, str>),
    /// The credentials could not be verified, for example because a database is unavailable. The caller receives
    /// 503 with `Retry-After: 1`, or with the time of the cause if it is [`Unavailable`](crate::Unavailable). The cause
    /// is logged.
    Unavailable(Box<dyn std::error::Error + Send + Sync>),
}

impl Denied {
    /// Returns the error of a security scheme that the authenticator does not know. The caller receives 503, and the
    /// name of the scheme is logged.
    pub fn unknown_scheme(scheme: &Scheme) -> Denied {
        Denied::Unavailable(format!("the authenticator does not handle the security scheme `{}`", scheme.name).into())
    }
}

/// The authenticator of a service whose contract requires no credentials: it rejects all credentials. The
/// [documentation of the crate](crate) has an example.
///
/// With the option `unwritten` it also implements the trait `Authenticator` of a contract with security schemes, so
/// that a service can start before its authentication is implemented.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoAuthentication;

impl NoAuthentication {
    /// Returns the rejection of every credential. The caller receives 401.
    ///
    /// # Errors
    ///
    /// Always returns [`Denied::Unauthenticated`].
    pub fn reject(&self) -> Result<std::convert::Infallible, Denied> {
        Err(Denied::Unauthenticated(Cow::Borrowed("this service does not accept credentials")))
    }
}

impl Authenticate for NoAuthentication {
    type Principal = std::convert::Infallible;

    async fn authenticate(
        &self,
        _: &'static Scheme,
        _: Credential<'_>,
        _: &'static Operation,
    ) -> Result<Self::Principal, Denied> {
        self.reject()
    }
}
