//! The credentials of a client, and the choice among the security alternatives of an operation.

use std::fmt;

use crate::operation::{Requirement, Scheme, SchemeKind};

/// A secret of a client, such as a token or a password. Its `Debug` output hides the value.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Secret(String);

/// The credentials of a client connection, by security scheme.
#[derive(Debug, Clone, Default)]
pub(super) struct Credentials {
    bearer: Option<Secret>,
    basic: Option<Secret>,
    by_scheme: Vec<(String, Secret)>,
}

impl Secret {
    pub(super) fn new(text: impl Into<String>) -> Secret {
        Secret(text.into())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl Credentials {
    pub(super) fn bearer(&mut self, token: String) {
        self.bearer = Some(Secret(token));
    }

    pub(super) fn basic(&mut self, pair: String) {
        self.basic = Some(Secret(pair));
    }

    pub(super) fn set(&mut self, scheme: String, secret: Secret) {
        self.by_scheme.retain(|(known, _)| *known != scheme);
        self.by_scheme.push((scheme, secret));
    }

    fn secret_of(&self, scheme: &Scheme) -> Option<&Secret> {
        let secret = self.by_scheme.iter().find(|(name, _)| *name == scheme.name).map(|(_, secret)| secret);
        secret.or(match scheme.kind {
            SchemeKind::Bearer => self.bearer.as_ref(),
            SchemeKind::Basic => self.basic.as_ref(),
            _ => None,
        })
    }

    /// Returns true if the client has credentials for every scheme of a security alternative. A client
    /// certificate counts as present, because the transport provides it.
    fn covers(&self, alternative: &[Requirement]) -> bool {
        let has = |requirement: &Requirement| {
            matches!(requirement.scheme.kind, SchemeKind::MutualTls) || self.secret_of(requirement.scheme).is_some()
        };
        alternative.iter().all(has)
    }

    /// Returns the client's secrets to send with a request, each with its security scheme. They belong to the first
    /// security alternative that the client has all credentials for.
    ///
    /// Returns an empty list if there is no such alternative. The service then refuses the request.
    pub(super) fn presented(&self, alternatives: &[&'static [Requirement]]) -> Vec<(&'static SchemeKind, &str)> {
        let covered = alternatives.iter().find(|alternative| !alternative.is_empty() && self.covers(alternative));
        let requirements = covered.copied().into_iter().flatten();
        let secret = |requirement: &'static Requirement| {
            self.secret_of(requirement.scheme).map(|Secret(secret)| (&requirement.scheme.kind, secret.as_str()))
        };
        requirements.filter_map(secret).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static BEARER: Scheme = Scheme { name: "bearer", kind: SchemeKind::Bearer };
    static OTHER: Scheme = Scheme { name: "other", kind: SchemeKind::Bearer };
    static KEY: Scheme = Scheme { name: "key", kind: SchemeKind::Header("X-Api-Key") };
    static TLS: Scheme = Scheme { name: "tls", kind: SchemeKind::MutualTls };

    const WITH_BEARER: &[Requirement] = &[requires(&BEARER)];
    const WITH_OTHER: &[Requirement] = &[requires(&OTHER)];
    const WITH_KEY: &[Requirement] = &[requires(&KEY)];
    const WITH_BOTH: &[Requirement] = &[requires(&BEARER), requires(&KEY)];
    const CERTIFIED: &[Requirement] = &[requires(&TLS), requires(&KEY)];

    const fn requires(scheme: &'static Scheme) -> Requirement {
        Requirement { scheme, scopes: &[] }
    }

    fn secrets(credentials: &Credentials, alternatives: &[&'static [Requirement]]) -> Vec<String> {
        credentials.presented(alternatives).into_iter().map(|(_, secret)| secret.to_owned()).collect()
    }

    #[test]
    fn the_debug_output_of_credentials_hides_every_secret() {
        let mut credentials = Credentials::default();
        credentials.bearer("hush".to_owned());
        credentials.basic("ada:hush".to_owned());
        credentials.set("key".to_owned(), Secret::new("hush"));
        let shown = format!("{credentials:?}");
        assert!(!shown.contains("hush"), "{shown}");
        assert_eq!(shown.matches("***").count(), 3, "{shown}");
    }

    #[test]
    fn a_secret_for_a_scheme_comes_before_that_of_its_kind() {
        let mut credentials = Credentials::default();
        credentials.bearer("any".to_owned());
        credentials.set("bearer".to_owned(), Secret::new("replaced"));
        credentials.set("bearer".to_owned(), Secret::new("own"));
        assert_eq!(secrets(&credentials, &[WITH_BEARER]), ["own"]);
        assert_eq!(secrets(&credentials, &[WITH_OTHER]), ["any"]);
        assert!(secrets(&credentials, &[WITH_KEY]).is_empty());
    }

    #[test]
    fn the_first_alternative_with_all_its_secrets_is_presented() {
        let mut credentials = Credentials::default();
        credentials.set("key".to_owned(), Secret::new("k"));
        assert_eq!(secrets(&credentials, &[&[], WITH_BOTH, CERTIFIED]), ["k"]);
        assert!(secrets(&credentials, &[WITH_BOTH]).is_empty());
        credentials.bearer("b".to_owned());
        assert_eq!(secrets(&credentials, &[&[], WITH_BOTH, CERTIFIED]), ["b", "k"]);
    }
}
