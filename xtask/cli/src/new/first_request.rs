//! The first request to a new service, which `dev` prints.

use serde::Serialize;
use writ_codegen::generate::{Generated, GeneratedOperation, GeneratedScheme};
use writ_contract::model::operation::SchemeKind;

use super::verifier::Wiring;

/// The first request to a new service: string literals of its path and of a header, in which `{}` stands for the credential.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct FirstRequest {
    path: String,
    header: String,
}

/// The caller of a first request. The variants are ordered: the first request has the lowest one that an operation allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Access<'a> {
    /// The caller has the API key that `dev` creates, for a security scheme with this kind.
    Key(&'a SchemeKind),
    /// The caller needs no credentials.
    Anonymous,
    /// `dev` has no credential for the caller, so the response is 401.
    Refused,
}

impl FirstRequest {
    /// Chooses an operation that a request without parameters and body reaches, and the header of its credential.
    pub fn of(generated: &Generated) -> FirstRequest {
        let schemes = generated.authenticator.as_ref().map(|authenticator| &*authenticator.schemes).unwrap_or_default();
        let ranked = generated.operations.iter().filter_map(|operation| {
            let path = operation.route.strip_prefix("GET ").filter(|path| !path.contains('{'))?;
            Some((Access::to(operation, schemes), operation.request.is_some(), path))
        });
        match ranked.min_by_key(|(access, has_input, _)| (*access, *has_input)) {
            Some((access, _, path)) => FirstRequest::new(&format!("{}{path}", generated.base_path), access),
            None => FirstRequest::new("/readyz", Access::Anonymous),
        }
    }

    fn new(path: &str, access: Access<'_>) -> FirstRequest {
        let mut path = path.to_owned();
        let header = match access {
            Access::Key(SchemeKind::Bearer) => "Authorization: Bearer {}".to_owned(),
            Access::Key(SchemeKind::Header(name)) => format!("{name}: {{}}"),
            Access::Key(SchemeKind::Cookie(name)) => format!("Cookie: {name}={{}}"),
            Access::Key(SchemeKind::Query(name)) => {
                path.push(if path.contains('?') { '&' } else { '?' });
                path.push_str(&format!("{name}={{}}"));
                String::new()
            }
            _ => String::new(),
        };
        FirstRequest { path: format!("{path:?}"), header: format!("{header:?}") }
    }
}

impl<'a> Access<'a> {
    /// Returns the access of a caller with the API key of `dev`, which has no scopes.
    fn to(operation: &GeneratedOperation, schemes: &'a [GeneratedScheme]) -> Access<'a> {
        if operation.security.is_empty() {
            return Access::Anonymous;
        }
        let alternatives = operation.security.iter().map(|alternative| match alternative.as_slice() {
            [] => Access::Anonymous,
            [only] if only.scopes.is_empty() => key(schemes, &only.scheme).map_or(Access::Refused, Access::Key),
            _ => Access::Refused,
        });
        alternatives.min().unwrap_or(Access::Refused)
    }
}

/// Returns the kind of a security scheme if its credential is an API key.
fn key<'a>(schemes: &'a [GeneratedScheme], name: &str) -> Option<&'a SchemeKind> {
    let scheme = schemes.iter().find(|scheme| scheme.name == name)?;
    matches!(Wiring::of(scheme), Wiring::Key | Wiring::BearerKey).then_some(&scheme.kind)
}
