//! The name and scopes that an operator grants to an API key or a user, and their conversion into a principal.

use std::borrow::Cow;

use crate::principal::Principal;

/// The name and scopes that an operator has granted to an API key or to a user with a password.
///
/// It is the principal of a service that needs to know nothing else about its callers. Another service converts it into
/// its own principal, which implements [`FromKey`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// The name of the caller. Several API keys can have one name.
    pub name: String,
    /// The scopes of the caller.
    pub scopes: Vec<String>,
}

/// A principal that can be identified by an API key or by a password of HTTP Basic.
pub trait FromKey: Principal + Clone {
    /// Returns the caller whom an operator has granted this name and these scopes. `None` rejects the credentials.
    fn from_key(granted: &Granted) -> Option<Self>;
}

impl Granted {
    /// Parses `name secret scope …`, and returns the secret in front of the grant.
    pub(super) fn parse(text: &str) -> Option<(&str, Granted)> {
        let mut words = text.split_whitespace();
        let (name, secret) = (words.next()?, words.next()?);
        Some((secret, Granted { name: name.to_owned(), scopes: words.map(str::to_owned).collect() }))
    }
}

impl Principal for Granted {
    fn id(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.name)
    }

    // A response that was cached for a caller is not sent to a caller with other scopes.
    fn audience(&self) -> Cow<'_, str> {
        Cow::Owned(format!("{} {}", self.name, self.scopes.join(" ")))
    }

    fn may(&self, scope: &str) -> bool {
        self.scopes.iter().any(|held| held == scope)
    }
}

impl FromKey for Granted {
    fn from_key(granted: &Granted) -> Option<Granted> {
        Some(granted.clone())
    }
}
