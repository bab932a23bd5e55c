//! The refusals of callers without valid credentials or scopes, with their challenges in `WWW-Authenticate`.

use std::borrow::Cow;

use http::{HeaderValue, StatusCode, header};

use crate::operation::{Operation, Requirement, SchemeKind};
use crate::response::problem::Problem;

/// The realm in every challenge of a 401 response. A contract does not define a realm.
const REALM: &str = "api";

/// Returns the 401 of a request, with a challenge for each security scheme of the operation (RFC 9110 § 11.6.1).
///
/// `presented` is true if the request contained credentials. The challenge then states that the token is not
/// valid (RFC 6750 § 3.1).
pub(crate) fn unauthenticated(operation: &Operation, message: Cow<'static, str>, presented: bool) -> Problem {
    let mut problem = Problem::new(StatusCode::UNAUTHORIZED, message);
    let mut challenges = Vec::new();
    for requirement in operation.security.iter().copied().flatten() {
        let challenge = challenge(&requirement.scheme.kind, presented);
        if let Some(challenge) = challenge.filter(|challenge| !challenges.contains(challenge)) {
            challenges.push(challenge.clone());
            if let Ok(value) = HeaderValue::from_str(&challenge) {
                problem.headers.push((header::WWW_AUTHENTICATE, value));
            }
        }
    }
    problem
}

/// Returns the 401 of a request that lacks the required credentials.
pub(crate) fn missing(operation: &Operation) -> Problem {
    unauthenticated(operation, Cow::Borrowed("credentials are required"), false)
}

/// Returns the 403 of a caller without the required scopes (RFC 6750 § 3.1, `insufficient_scope`).
pub(crate) fn lacks_scope(requirement: &Requirement) -> Problem {
    let problem = Problem::new(StatusCode::FORBIDDEN, "the caller does not have the required permissions");
    match requirement.scheme.kind {
        SchemeKind::Bearer => {
            let scopes = quoted(&requirement.scopes.join(" "));
            let challenge = format!("Bearer realm=\"{REALM}\", error=\"insufficient_scope\", scope={scopes}");
            problem.with_header(header::WWW_AUTHENTICATE, challenge)
        }
        _ => problem,
    }
}

fn challenge(kind: &SchemeKind, presented: bool) -> Option<String> {
    Some(match kind {
        SchemeKind::Bearer if presented => {
            format!("Bearer realm=\"{REALM}\", error=\"invalid_token\"")
        }
        SchemeKind::Bearer => format!("Bearer realm=\"{REALM}\""),
        SchemeKind::Basic => format!("Basic realm=\"{REALM}\", charset=\"UTF-8\""),
        SchemeKind::Authorization(name) => format!("{name} realm=\"{REALM}\""),
        // API keys have no registered authentication scheme, but a 401 must contain a challenge.
        SchemeKind::Header(name) => format!("ApiKey realm=\"{REALM}\", in=\"header\", name={}", quoted(name)),
        SchemeKind::Query(name) => format!("ApiKey realm=\"{REALM}\", in=\"query\", name={}", quoted(name)),
        SchemeKind::Cookie(name) => format!("ApiKey realm=\"{REALM}\", in=\"cookie\", name={}", quoted(name)),
        SchemeKind::MutualTls => return None,
    })
}

/// Returns `text` as a quoted string (RFC 9110 § 5.6.4) for the challenge in the header `WWW-Authenticate`.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        if matches!(character, '"' | '\\') {
            out.push('\\');
        }
        out.push(character);
    }
    out.push('"');
    out
}
