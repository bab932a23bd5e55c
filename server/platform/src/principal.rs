//! The authenticated caller, as far as the platform needs to know it.

use std::borrow::Cow;
use std::convert::Infallible;

use uuid::Uuid;

/// The authenticated caller (principal) of a request, as a service defines it.
///
/// The platform applies rate limits, cached responses and idempotency keys to each caller separately. It identifies
/// callers by this trait.
///
/// ```
/// use std::borrow::Cow;
/// use writ_platform::Principal;
///
/// struct Visitor {
///     name: String,
///     is_curator: bool,
/// }
///
/// impl Principal for Visitor {
///     fn id(&self) -> Cow<'_, str> {
///         Cow::Borrowed(&self.name)
///     }
///
///     // A curator sees more than a visitor, so a response that was cached before the promotion must not be served.
///     fn audience(&self) -> Cow<'_, str> {
///         Cow::Owned(format!("{}:{}", self.name, self.is_curator))
///     }
/// }
/// ```
pub trait Principal: Send + Sync + 'static {
    /// Returns the text that identifies the caller, for rate limits, idempotency keys and `{principal}` in cache tags.
    /// It must never change, and no two callers may share it.
    fn id(&self) -> Cow<'_, str>;

    /// Returns the text that decides who may receive a cached response: callers with equal texts see the same data.
    ///
    /// The default is the id. It must contain everything else about the caller that changes a response, for example a
    /// role.
    fn audience(&self) -> Cow<'_, str> {
        self.id()
    }

    /// Returns true if the caller has a scope. The authenticator of the service asks for each scope that the contract
    /// requires. The default is that no caller has any scope.
    ///
    /// A table of [`Roles`] says which role grants which scopes.
    fn may(&self, scope: &str) -> bool {
        let _ = scope;
        false
    }

    /// Returns true if the caller is another service. `x-rate-limit` does not apply to it: a service limits its calls itself, and
    /// one service acts for all of its callers. The default is that no caller is a service.
    fn is_service(&self) -> bool {
        false
    }

    /// Returns the login session that the credentials of the caller belong to. The platform refuses the caller once the
    /// session has ended. The default is `None`: the credentials belong to no session.
    fn session(&self) -> Option<Uuid> {
        None
    }
}

/// The roles of a service and the scopes that each grants. A role that is not in the table grants nothing.
///
/// ```
/// use writ_platform::Roles;
///
/// static ROLES: Roles = Roles(&[("visitor", &["events:read"]), ("curator", &["events:read", "events:write"])]);
///
/// assert!(ROLES.grant("curator", "events:write"));
/// assert!(!ROLES.grant("visitor", "events:write"));
/// assert!(!ROLES.grant("thief", "events:read"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Roles(pub &'static [(&'static str, &'static [&'static str])]);

impl Roles {
    /// Returns true if a role grants a scope.
    pub fn grant(&self, role: &str, scope: &str) -> bool {
        self.scopes(role).contains(&scope)
    }

    /// Returns the scopes that a role grants.
    pub fn scopes(&self, role: &str) -> &'static [&'static str] {
        self.0.iter().find(|(name, _)| *name == role).map_or(&[], |(_, scopes)| scopes)
    }
}

/// The caller of a contract without security, who does not exist.
impl Principal for Infallible {
    fn id(&self) -> Cow<'_, str> {
        match *self {}
    }
}
