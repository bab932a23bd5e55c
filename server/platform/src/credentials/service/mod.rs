//! Service tokens: short-lived tokens (JSON Web Tokens, RFC 7519) with which a service calls another one.
//!
//! A token names the calling service (`iss`, `sub`), the called one (`aud`) and the scopes that the called operation
//! requires (`scope`). It is signed with the key of the caller, which the called service fetches from the caller. The
//! media type of its header, `service+jwt`, keeps it apart from access tokens: neither is accepted in place of the other.

mod caller;
mod issue;
mod trusted;

use writ_runtime::Operation;
use writ_runtime::operation::{Requirement, SchemeKind};

pub use caller::ServiceCaller;
pub(crate) use issue::ServiceTokens;
pub use trusted::{TrustedService, TrustedServices};

/// The name of the security scheme of service tokens in a contract.
const SCHEME: &str = "service";

/// The media type of service tokens in the header field `typ`.
const MEDIA_TYPE: &str = "service+jwt";

/// Returns true if an operation accepts a service token as its only credential.
pub(crate) fn accepts_service_tokens(operation: &Operation) -> bool {
    requirement(operation).is_some()
}

/// Returns the security requirement of an operation that a service token satisfies.
fn requirement(operation: &Operation) -> Option<&'static Requirement> {
    operation.security.iter().find_map(|alternative| match alternative {
        [only] if only.scheme.name == SCHEME && matches!(only.scheme.kind, SchemeKind::Bearer) => Some(only),
        _ => None,
    })
}

#[cfg(test)]
mod tests;
