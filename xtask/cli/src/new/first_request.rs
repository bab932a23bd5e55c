//! The first request to a new service, which `dev` prints.

use serde::Serialize;
use writ_codegen::generate::{Generated, GeneratedOperation, GeneratedScheme};
use writ_contract::model::operation::SchemeKind;

use super::verifier::Wiring;

/// The first request to a new service: string literals of its path and of a header, in which `{}` stands for the credential.
#[derive(Debug, Serialize)]
pub struct FirstRequest {
    path: String,
    header: String,
}

impl FirstRequest {
    /// Chooses an operation that a request without parameters and body reaches, and the header of its credential.
    pub fn of(generated: &Generated) -> FirstRequest {
        let best = generated.operations.iter().filter_map(ranked).min_by_key(|(rank, _)| *rank);
        let mut path = best.map_or("/readyz", |(_, path)| path).to_owned();
        let schemes = generated.authenticator.iter().flat_map(|authenticator| &authenticator.schemes);
        let keyed = |scheme: &&GeneratedScheme| matches!(Wiring::of(scheme), Wiring::Key | Wiring::BearerKey);
        let header = match schemes.into_iter().find(keyed).map(|scheme| &scheme.kind) {
            Some(SchemeKind::Bearer) => "Authorization: Bearer {}".to_owned(),
            Some(SchemeKind::Header(name)) => format!("{name}: {{}}"),
            Some(SchemeKind::Cookie(name)) => format!("Cookie: {name}={{}}"),
            Some(SchemeKind::Query(name)) => {
                path.push(if path.contains('?') { '&' } else { '?' });
                path.push_str(&format!("{name}={{}}"));
                String::new()
            }
            _ => String::new(),
        };
        FirstRequest { path: format!("{path:?}"), header: format!("{header:?}") }
    }
}

/// Returns the path of an operation that a request without a body can reach, with its rank: operations that require a caller
/// come first, then those without input.
fn ranked(operation: &GeneratedOperation) -> Option<((bool, bool), &str)> {
    let path = operation.route.strip_prefix("GET ").filter(|path| !path.contains('{'))?;
    Some(((operation.context == "()", operation.request.is_some()), path))
}
