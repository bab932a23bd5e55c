//! The service that calls, as its token identifies it.

use std::borrow::Cow;

use serde::Deserialize;

use crate::credentials::{FromClaims, Registered};
use crate::principal::Principal;

/// A service that calls an operation, with the scopes of its token.
///
/// A service whose principal is another type converts this one into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceCaller {
    /// The name of the calling service.
    pub name: String,
    /// The scopes of the token.
    pub scopes: Vec<String>,
}

/// The claims of a service token that a service defines.
#[derive(Deserialize)]
pub struct Claims {
    scope: String,
}

impl ServiceCaller {
    /// Returns the claim `sub` of the tokens of a service.
    pub(super) fn subject(name: &str) -> String {
        format!("service:{name}")
    }
}

impl Principal for ServiceCaller {
    fn id(&self) -> Cow<'_, str> {
        Cow::Owned(ServiceCaller::subject(&self.name))
    }

    // A response that was cached for a caller is not sent to a caller with other scopes.
    fn audience(&self) -> Cow<'_, str> {
        Cow::Owned(format!("{} {}", self.id(), self.scopes.join(" ")))
    }

    fn may(&self, scope: &str) -> bool {
        self.scopes.iter().any(|held| held == scope)
    }
}

impl FromClaims for ServiceCaller {
    type Claims = Claims;

    fn from_claims(token: &Registered, claims: Claims) -> Option<ServiceCaller> {
        let scopes = claims.scope.split(' ').filter(|scope| !scope.is_empty()).map(str::to_owned).collect();
        let is_own = token.subject == ServiceCaller::subject(&token.issuer);
        is_own.then(|| ServiceCaller { name: token.issuer.clone(), scopes })
    }
}
