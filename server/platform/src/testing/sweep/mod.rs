//! Sweeps: tests that hold for every operation of a contract, whatever it does. They iterate the generated operation
//! table, so that an operation which the contract adds is tested too.

mod authorization;
mod call;
mod checks;
#[cfg(test)]
mod tests;
mod versions;

use std::net::SocketAddr;

use serde_json::Value;
use writ_runtime::{ErrorEnvelope, LimitBy, Operation, Parameter, ParameterLocation, RateLimit};

use super::TestServer;
use call::Call;
pub use versions::{Selector, Versioned};

/// The number of requests that the setup of a test may have sent to an operation before its rate limit is tested.
const SETUP_REQUESTS: u32 = 2;

/// Requests to every operation of a contract, and the checks of their responses.
///
/// The values of a sweep are the credential of each security scheme, a value for each path parameter, and a valid body for
/// the operations that have one. A check panics with the name of the operation whose response is wrong.
///
/// ```no_run
/// # use writ_platform::Service;
/// # use writ_platform::testing::{Sweep, TestServer};
/// # use writ_runtime::Operation;
/// # async fn example<Museum: Service>(all: &'static [&'static Operation]) {
/// let server = TestServer::<Museum>::start().await;
/// // `all` is `museum_api::operations::ALL`.
/// let sweep = Sweep::new(&server, all).credential("key", "key-of-the-tests").value("eventId", "evt_7");
/// // `listEvents` is the only operation that everybody can call.
/// sweep.requires_credentials(&["listEvents"]).await;
/// sweep.limits_requests().await;
/// # }
/// ```
///
/// | check | response of every operation |
/// |---|---|
/// | [`requires_credentials`](Sweep::requires_credentials) | 401 without credentials, and with wrong ones |
/// | [`requires_scopes`](Sweep::requires_scopes) | 403 for a caller without the scopes |
/// | [`requires_each_scope`](Sweep::requires_each_scope) | 403 for a caller who lacks only one of the scopes |
/// | [`refuses_other_callers`](Sweep::refuses_other_callers) | 403 or 404 for the data of another caller |
/// | [`refuses_other_methods`](Sweep::refuses_other_methods) | 405 with the allowed methods |
/// | [`refuses_invalid_path_parameters`](Sweep::refuses_invalid_path_parameters) | 400 that names them |
/// | [`refuses_unreadable_bodies`](Sweep::refuses_unreadable_bodies) | 415, 413 and 400 |
/// | [`refuses_other_media_types`](Sweep::refuses_other_media_types) | 406 |
/// | [`requires_preconditions`](Sweep::requires_preconditions) | 428 without a required `If-Match` |
/// | [`limits_requests`](Sweep::limits_requests) | 429 after the declared number of requests |
/// | [`is_unavailable`](Sweep::is_unavailable) | 503 with `Retry-After` in an outage |
/// | [`keeps_contract`](Sweep::keeps_contract) | as the contract of its version declares it, by each selector of the version |
#[derive(Debug, Clone)]
pub struct Sweep {
    address: SocketAddr,
    /// The error envelope of the contract.
    envelope: &'static ErrorEnvelope,
    /// The path below which the service serves its operations.
    base: String,
    operations: Vec<&'static Operation>,
    /// The credentials by the names of their security schemes.
    credentials: Vec<(String, String)>,
    /// The values of path parameters by name.
    values: Vec<(String, String)>,
    /// The valid bodies of operations by `operationId`.
    bodies: Vec<(String, Value)>,
    /// True if a gateway in front of the service refuses some requests itself.
    is_behind_gateway: bool,
    /// Credentials that identify nobody.
    refused: Vec<RefusedCredential>,
}

/// A credential that a service must refuse.
#[derive(Debug, Clone)]
struct RefusedCredential {
    scheme: String,
    secret: String,
    /// The fault, as a failed check names it.
    fault: String,
}

impl Sweep {
    /// Creates a sweep of these operations, without credentials.
    pub fn new<S>(server: &TestServer<S>, operations: &[&'static Operation]) -> Sweep {
        Sweep {
            address: server.address,
            envelope: server.platform.0.envelope.get(),
            base: String::new(),
            operations: operations.to_vec(),
            credentials: Vec::new(),
            values: Vec::new(),
            bodies: Vec::new(),
            is_behind_gateway: false,
            refused: Vec::new(),
        }
    }

    /// Returns this sweep of a server that is reached at another address, such as that of a proxy in front of it.
    #[must_use]
    pub fn at(self, address: SocketAddr) -> Sweep {
        Sweep { address, ..self }
    }

    /// Returns this sweep of a service behind a gateway, which refuses requests without a valid token and requests with a body
    /// that is too large before the service does.
    ///
    /// Such a refusal (401 or 413) must be in the error envelope as any other. It says nothing about the rate limits and the
    /// versions of the operation, which only the service knows.
    #[must_use]
    pub fn behind_gateway(self) -> Sweep {
        Sweep { is_behind_gateway: true, ..self }
    }

    /// Returns this sweep of operations that the service serves below a path, such as the `BASE_PATH` of a generated crate.
    #[must_use]
    pub fn below(self, base: &str) -> Sweep {
        Sweep { base: base.to_owned(), ..self }
    }

    /// Returns this sweep with a credential for a security scheme, as it is sent: for example a token, or the base64 form of
    /// a user name and a password.
    #[must_use]
    pub fn credential(mut self, scheme: &str, secret: &str) -> Sweep {
        self.credentials.push((scheme.to_owned(), secret.to_owned()));
        self
    }

    /// Returns this sweep with a credential that every operation must refuse, such as an expired token.
    #[must_use]
    pub fn refuses(mut self, scheme: &str, fault: &str, secret: &str) -> Sweep {
        self.refused.push(RefusedCredential {
            scheme: scheme.to_owned(),
            secret: secret.to_owned(),
            fault: fault.to_owned(),
        });
        self
    }

    /// Returns this sweep with a value for a path parameter of all operations.
    #[must_use]
    pub fn value(mut self, parameter: &str, value: &str) -> Sweep {
        self.values.push((parameter.to_owned(), value.to_owned()));
        self
    }

    /// Returns this sweep with a valid JSON body for an operation.
    #[must_use]
    pub fn body(mut self, operation: &str, body: Value) -> Sweep {
        self.bodies.push((operation.to_owned(), body));
        self
    }

    /// Returns this sweep of the operations with one of these tags only.
    #[must_use]
    pub fn of_tags(mut self, tags: &[&str]) -> Sweep {
        self.operations.retain(|operation| tags.contains(&operation.tag));
        self
    }

    /// Returns the operations that a condition selects. Panics if there are none, since the check would then pass without
    /// a request.
    fn select(&self, condition: impl Fn(&Operation) -> bool) -> Vec<&'static Operation> {
        let selected: Vec<_> = self.operations.iter().copied().filter(|operation| condition(operation)).collect();
        assert!(!selected.is_empty(), "the sweep has no operation that the check concerns");
        selected
    }

    /// Returns a request to an operation with the credentials and values of this sweep, without a body.
    fn call(&self, operation: &'static Operation) -> Call {
        let mut call = Call::new(self, operation, |name| self.path_value(name));
        let held = |scheme: &str| find(&self.credentials, scheme);
        let complete = |alternative: &&&[_]| {
            alternative.iter().all(|requirement: &writ_runtime::Requirement| held(requirement.scheme.name).is_some())
        };
        if let Some(alternative) = operation.security.iter().find(complete) {
            for requirement in *alternative {
                call = call.credential(requirement.scheme, held(requirement.scheme.name).unwrap_or_default());
            }
        }
        call
    }

    /// Returns the value of a path parameter.
    fn path_value(&self, name: &str) -> &str {
        find(&self.values, name).unwrap_or("7")
    }

    /// Returns a valid request to an operation. Panics if the operation needs a body and the sweep has none.
    fn valid_call(&self, operation: &'static Operation) -> Call {
        let call = self.call(operation);
        let call = if is_conditional(operation) { call.header("if-match", "\"1\"") } else { call };
        match self.bodies.iter().find(|(id, _)| id == operation.id) {
            Some((_, body)) => call.body(media_type(operation), body.to_string()),
            None => {
                let required = operation.body.as_ref().is_some_and(|body| body.required);
                assert!(!required, "the sweep has no body for `{}`: add one with `Sweep::body`", operation.id);
                call
            }
        }
    }
}

fn find<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// Returns the first media type of an operation's request body.
fn media_type(operation: &Operation) -> &'static str {
    let media = operation.body.as_ref().and_then(|body| body.media.first());
    media.map_or("application/json", |media| media.essence)
}

/// Returns true if an operation requires `If-Match`.
fn is_conditional(operation: &Operation) -> bool {
    let is_if_match = |parameter: &Parameter| {
        parameter.location == ParameterLocation::Header && parameter.name.eq_ignore_ascii_case("if-match")
    };
    operation.parameters.iter().any(|parameter| parameter.required && is_if_match(parameter))
}

/// Returns the rate limit that a single caller reaches first by equal requests. Limits by account depend on the body.
fn rate_limit(operation: &Operation) -> Option<&'static RateLimit> {
    let limits = operation.rate_limits.iter().filter(|limit| limit.by != LimitBy::Account);
    limits.min_by_key(|limit| limit.requests)
}
