//! The checks of a sweep for credentials, scopes and the data of other callers.

use std::collections::BTreeSet;

use writ_runtime::{Operation, Requirement, Scheme, SchemeKind};

use super::call::Call;
use super::{RefusedCredential, Sweep};

/// Secrets that identify nobody, for every security scheme, each with its fault: none, a user without a password, and an
/// unsigned token (RFC 7519 § 6).
const WRONG_SECRETS: [(&str, &str); 3] = [
    ("is empty", ""),
    ("is a user without a password", "bm9ib2R5Og=="),
    ("is an unsigned token", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJub2JvZHkifQ."),
];

impl Sweep {
    /// Checks that each operation, except those with an id in `public`, refuses a request without credentials, with wrong
    /// ones for each of its schemes, and with those of [`Sweep::refuses`], with 401. A scheme of the header `Authorization`
    /// is named in `WWW-Authenticate` (RFC 9110 § 11.6.1).
    ///
    /// The operations of `public` must be exactly those that the contract leaves open to everybody: those without
    /// `security`, and those whose credentials are optional. So an operation that is public by mistake fails the check.
    ///
    /// Each credential comes from another address in `X-Forwarded-For`, since a service may block an address that guesses.
    /// The service must trust loopback addresses as proxies for this.
    pub async fn requires_credentials(&self, public: &[&str]) {
        self.has_public(public);
        let nobody = Sweep { credentials: Vec::new(), ..self.clone() };
        for operation in self.select(is_secured) {
            refused(nobody.call(operation), operation, "are missing").await;
        }
        for (index, credential) in self.refused_credentials().iter().enumerate() {
            let RefusedCredential { scheme, secret, fault } = credential;
            let address = format!("192.0.2.{}", index % 255);
            let wrong = nobody.clone().credential(scheme, secret);
            for operation in self.select(|operation| accepts(operation, scheme)) {
                refused(wrong.call(operation).header("x-forwarded-for", &address), operation, fault).await;
            }
        }
    }

    /// Checks that the operations which everybody can call without credentials are those with these ids.
    fn has_public(&self, public: &[&str]) {
        for operation in &self.operations {
            let (id, is_listed) = (operation.id, public.contains(&operation.id));
            assert!(
                is_secured(operation) || is_listed,
                "`{id}` requires no credentials: give it `security` in the contract, or list it as public"
            );
            assert!(!is_secured(operation) || !is_listed, "`{id}` is listed as public, but it requires credentials");
        }
        for id in public {
            let is_known = self.operations.iter().any(|operation| operation.id == *id);
            assert!(is_known, "`{id}` is listed as public, but the sweep has no such operation");
        }
    }

    /// Returns the wrong credentials for each scheme of the operations, then those of [`Sweep::refuses`].
    fn refused_credentials(&self) -> Vec<RefusedCredential> {
        let requirements = self.operations.iter().filter(|operation| is_secured(operation));
        let requirements = requirements.flat_map(|operation| operation.security.iter().copied().flatten());
        let schemes: BTreeSet<&str> = requirements.map(|requirement| requirement.scheme.name).collect();
        let wrong = schemes.into_iter().flat_map(|scheme| {
            WRONG_SECRETS.map(|(fault, secret)| RefusedCredential {
                scheme: scheme.to_owned(),
                secret: secret.to_owned(),
                fault: fault.to_owned(),
            })
        });
        wrong.chain(self.refused.iter().cloned()).collect()
    }

    /// Checks that each operation with scopes refuses the callers of this sweep, who must have none, with 403.
    pub async fn requires_scopes(&self) {
        self.requires_scopes_beyond(&[]).await;
    }

    /// Checks that each operation whose scopes are not among `held`, those of the caller of this sweep, refuses the caller
    /// with 403.
    pub async fn requires_scopes_beyond(&self, held: &[&str]) {
        let lacking = |alternative: &[Requirement]| {
            alternative.iter().flat_map(|one| one.scopes).any(|scope| !held.contains(scope))
        };
        for operation in
            self.select(|operation| is_secured(operation) && operation.security.iter().all(|one| lacking(one)))
        {
            self.call(operation).send().await.refused(403);
        }
    }

    /// Checks that each operation with scopes refuses a caller who has all scopes of the operations except one that it
    /// requires, with 403, and that it does so for each of its scopes. A caller with all scopes is not refused for them.
    ///
    /// `secret` returns the credential of a caller with these scopes for a security scheme, as it is sent. The requests have
    /// no body, so that operations with one have no effect.
    pub async fn requires_each_scope(&self, secret: impl AsyncFn(&'static Scheme, &[&str]) -> String) {
        let is_scoped = |operation: &Operation| is_secured(operation) && scopes(operation).next().is_some();
        let operations = self.select(is_scoped);
        let all: BTreeSet<&str> = operations.iter().flat_map(|operation| scopes(operation)).collect();
        for operation in operations {
            for alternative in operation.security {
                let call = async |held: &[&str]| {
                    let mut call = Call::new(self, operation, |name| self.path_value(name));
                    for one in *alternative {
                        call = call.credential(one.scheme, &secret(one.scheme, held).await);
                    }
                    call.send().await
                };
                let admitted = |scope: &str| operation.security.iter().any(|other| admits(other, alternative, scope));
                for missing in alternative.iter().flat_map(|one| one.scopes).filter(|scope| !admitted(scope)) {
                    let held: Vec<&str> = all.iter().copied().filter(|scope| scope != missing).collect();
                    let response = call(&held).await;
                    let (id, status) = (operation.id, response.status);
                    assert_eq!(status, 403, "`{id}` does not refuse a caller who lacks only the scope `{missing}`");
                    response.refused(403);
                }
                let status = call(&all.iter().copied().collect::<Vec<_>>()).await.status;
                assert!(
                    !matches!(status, 401 | 403),
                    "`{}` refuses a caller with all scopes with {status}",
                    operation.id
                );
            }
        }
    }

    /// Checks that each operation with security hides the data of this sweep's caller from another caller: it responds with
    /// 404, or with 403 if the other caller lacks a scope.
    ///
    /// `other` has the credentials of the other caller and the values of this sweep. `open` names the operations that do
    /// not concern the data of one caller, or that have another test. An operation that is in neither group fails the
    /// check, so an operation that the contract adds cannot be forgotten.
    pub async fn refuses_other_callers(&self, other: &Sweep, open: &[&str]) {
        let secured = self.select(is_secured);
        for id in open {
            assert!(secured.iter().any(|operation| operation.id == *id), "`{id}` is no operation with security");
        }
        let concerned = || secured.iter().copied().filter(|operation| !open.contains(&operation.id));
        for operation in concerned() {
            let response = other.valid_call(operation).send().await;
            let status = response.status;
            assert!(
                matches!(status, 403 | 404),
                "`{}` responds to another caller with {status}: hide the data, or list the operation as open",
                operation.id
            );
            response.refused(status);
        }
        // The values belong to the caller of this sweep: a resource that does not exist would be hidden from everybody.
        for operation in concerned().filter(|operation| operation.method.as_str() == "GET") {
            let status = self.valid_call(operation).send().await.status;
            assert_eq!(status, 200, "`{}` hides the data of this sweep from its own caller", operation.id);
        }
    }
}

/// Checks that a request is refused with 401 and a challenge.
async fn refused(call: Call, operation: &Operation, fault: &str) {
    let response = call.send().await;
    assert_eq!(response.status, 401, "`{}` does not refuse a credential that {fault}", operation.id);
    let refused = response.refused(401);
    let mut schemes = operation.security.iter().copied().flatten().map(|one| &one.scheme.kind);
    if schemes.all(|kind| matches!(kind, SchemeKind::Bearer | SchemeKind::Basic)) {
        assert!(!refused.header("www-authenticate").is_empty(), "{}", operation.id);
    }
}

/// Returns true if an operation requires credentials.
fn is_secured(operation: &Operation) -> bool {
    !operation.security.is_empty() && operation.security.iter().all(|alternative| !alternative.is_empty())
}

/// Returns the scopes in the security of an operation.
fn scopes(operation: &Operation) -> impl Iterator<Item = &'static str> {
    operation.security.iter().copied().flatten().flat_map(|one| one.scopes).copied()
}

/// Returns true if an alternative of a security admits a caller who has the credentials of the alternative `presented`, and
/// all scopes except `missing`.
fn admits(alternative: &[Requirement], presented: &[Requirement], missing: &str) -> bool {
    let is_presented = |one: &Requirement| presented.iter().any(|other| other.scheme.name == one.scheme.name);
    alternative.iter().all(|one| is_presented(one) && !one.scopes.contains(&missing))
}

/// Returns true if an operation requires credentials and a security scheme has one of them.
fn accepts(operation: &Operation, scheme: &str) -> bool {
    is_secured(operation) && operation.security.iter().copied().flatten().any(|one| one.scheme.name == scheme)
}
