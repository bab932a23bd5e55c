//! Authentication: verifying the credentials of a request, implemented once for all operations of a service.

use std::borrow::Cow;
use std::fmt;
use std::future::Future;

use crate::operation::{Operation, Scheme};

/// The authenticator of a service: it verifies the credentials of a request and returns the caller (principal).
///
/// The pipeline extracts the credentials of a request by the security schemes of the contract, calls
/// [`Authenticate::authenticate`], and checks the scopes of the operation with [`Authenticate::holds_scope`].
///
/// If an operation permits several alternatives, the pipeline tries those whose credentials the request contains,
/// in the order of the contract, until one succeeds and its caller has all scopes. If none does, the request is
/// refused. A refusal with 403 takes precedence over one with 401. Credentials that are rejected are refused even
/// if the operation also permits requests without credentials.
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
///         // A real authenticator verifies a signature, or compares hashes in constant time.
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
    /// `credentials` has an element for each scheme of the alternative, in the order of the contract. The pipeline
    /// calls this method for each alternative whose credentials the request contains, until one succeeds and its
    /// caller has all scopes.
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

/// A credential that a request presents for one security scheme. Its `Debug` output hides the secret.
///
/// # Examples
///
/// An authenticator for the scheme `basic` separates the user name from the password:
///
/// ```
/// use writ_runtime::{Credential, Denied};
///
/// fn user_and_password<'a>(credentials: &'a [Credential<'_>]) -> Result<(&'a str, &'a str), Denied> {
///     let [Credential { scheme: "basic", secret }] = credentials else {
///         return Err(Denied::Unauthenticated("sign in with a user name and a password".into()));
///     };
///     // A user name contains no colon (RFC 7617 § 2).
///     secret.split_once(':').ok_or(Denied::Unauthenticated("the credentials are malformed".into()))
/// }
///
/// let credentials = [Credential { scheme: "basic", secret: "ada:lovelace:1".into() }];
/// assert_eq!(user_and_password(&credentials).unwrap(), ("ada", "lovelace:1"));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Credential<'a> {
    /// The name of the credential's security scheme in `components.securitySchemes` of the contract.
    pub scheme: &'a str,
    /// The token or key that the request presents. For the scheme `basic` it is the decoded `user:password`.
    pub secret: Cow<'a, str>,
}

impl fmt::Debug for Credential<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential").field("scheme", &self.scheme).field("secret", &"***").finish()
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
    /// 500 (not 503), and the cause is logged.
    Unavailable(Box<dyn std::error::Error + Send + Sync>),
}

/// The authenticator of a service whose contract requires no credentials: it rejects all credentials. The
/// [documentation of the crate](crate) has an example.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_debug_output_of_a_credential_hides_its_secret() {
        let credential = Credential { scheme: "bearer", secret: "hush".into() };
        assert_eq!(format!("{credential:?}"), r#"Credential { scheme: "bearer", secret: "***" }"#);
    }
}
