//! A request to one operation of a contract, for tests that send one to each.

use std::fmt::Write as _;

use axum::body::Body;
use axum::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue, Request};
use tower::ServiceExt as _;
use writ_runtime::{Operation, Scheme, SchemeKind};

use super::TestServer;
use crate::service::Service;

/// The value of every path parameter of an [`OperationRequest`].
const VALUE: &str = "7";

/// A request without a body to one operation of a contract, for tests that send one to each.
///
/// ```no_run
/// # use writ_platform::Service;
/// # use writ_platform::testing::{OperationRequest, TestServer};
/// # use writ_runtime::Operation;
/// # async fn example<Museum: Service>(all: &'static [&'static Operation]) {
/// let server = TestServer::<Museum>::start().await;
/// // `all` is `museum_api::operations::ALL`.
/// for operation in all {
///     let response = OperationRequest::to(operation).send(&server).await;
///     assert!(!response.status().is_server_error(), "{}", operation.id);
/// }
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct OperationRequest {
    operation: &'static Operation,
    target: Target,
    headers: HeaderMap,
}

impl OperationRequest {
    /// Creates a request to an operation, with `7` as the value of each path parameter.
    pub fn to(operation: &'static Operation) -> OperationRequest {
        OperationRequest { operation, target: Target::of(operation, |_| VALUE), headers: HeaderMap::new() }
    }

    /// Adds the path below which the service serves its operations, such as the `BASE_PATH` of a generated crate.
    #[must_use]
    pub fn below(self, base: &str) -> OperationRequest {
        OperationRequest { target: self.target.below(base), ..self }
    }

    /// Adds a pair to the query, such as `limit=10`.
    #[must_use]
    pub fn query(mut self, pair: &str) -> OperationRequest {
        self.target.query(pair);
        self
    }

    /// Adds the credentials of the first alternative of the operation's security for which `secret` returns the credential
    /// of each scheme, as it is sent: for example a token, or the base64 form of a user name and a password. Returns `None`
    /// if there is no such alternative.
    pub fn authenticated(self, secret: impl Fn(&'static Scheme) -> Option<String>) -> Option<OperationRequest> {
        let alternatives = self.operation.security.iter().filter(|alternative| !alternative.is_empty());
        let credentials = alternatives.map(|alternative| {
            let schemes = alternative.iter().map(|requirement| requirement.scheme);
            schemes.map(|scheme| Some(Presented::new(scheme, &secret(scheme)?))).collect::<Option<Vec<_>>>()
        });
        let mut request = self.clone();
        for credential in credentials.flatten().next()? {
            match credential {
                Presented::Header(name, value) => drop(request.headers.append(name, value)),
                Presented::Query(pair) => request.target.query(&pair),
                Presented::Nowhere => return None,
            }
        }
        Some(request)
    }

    /// Sends the request to the router of a service, without a connection, so that the response has its extensions.
    pub async fn send<S: Service>(self, server: &TestServer<S>) -> Response {
        let mut request = Request::builder().method(self.operation.method.as_str()).uri(self.target.as_str());
        if let Some(headers) = request.headers_mut() {
            headers.extend(self.headers);
        }
        let request = request.body(Body::empty()).expect("the request is valid");
        match server.service.router(&server.platform).oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }
}

/// The path and query of a request.
#[derive(Debug, Clone)]
pub(super) struct Target(String);

impl Target {
    /// Returns the path of an operation with the values that `value` returns for its parameters, and its fixed query.
    pub(super) fn of<'a>(operation: &Operation, value: impl Fn(&str) -> &'a str) -> Target {
        let mut target = Target(String::new());
        let mut rest = operation.path;
        while let Some((fixed, (name, end))) =
            rest.split_once('{').and_then(|(fixed, rest)| Some((fixed, rest.split_once('}')?)))
        {
            target.path(fixed);
            target.path(value(name));
            rest = end;
        }
        target.path(rest);
        if !operation.query.is_empty() {
            target.query(operation.query);
        }
        target
    }

    /// Returns this path below another one.
    pub(super) fn below(self, base: &str) -> Target {
        let mut target = Target(String::new());
        target.path(base.trim_end_matches('/'));
        target.0.push_str(&self.0);
        target
    }

    /// Appends a part of the path, with the characters encoded that a path cannot contain (RFC 3986 § 3.3).
    fn path(&mut self, part: &str) {
        for byte in part.bytes() {
            match byte {
                b' '..=b'~' if !b" \"#<>?\\^`{|}".contains(&byte) => self.0.push(char::from(byte)),
                other => {
                    let _ = write!(self.0, "%{other:02X}");
                }
            }
        }
    }

    /// Returns this target without a prefix of its path, such as `/v1`.
    pub(super) fn without_prefix(self, prefix: &str) -> Target {
        match self.0.split_once(&format!("{prefix}/")) {
            Some((base, rest)) => Target(format!("{base}/{rest}")),
            None => self,
        }
    }

    /// Adds a pair to the query.
    pub(super) fn query(&mut self, pair: &str) {
        self.0.push(if self.0.contains('?') { '&' } else { '?' });
        self.0.push_str(pair);
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A credential at the place in a request where its security scheme expects it.
pub(super) enum Presented {
    Header(HeaderName, HeaderValue),
    /// The pair of the query.
    Query(String),
    /// A client certificate, which a request does not contain.
    Nowhere,
}

impl Presented {
    pub(super) fn new(scheme: &Scheme, secret: &str) -> Presented {
        match scheme.kind {
            SchemeKind::Bearer => Presented::header("authorization", &format!("Bearer {secret}")),
            SchemeKind::Basic => Presented::header("authorization", &format!("Basic {secret}")),
            SchemeKind::Authorization(name) => Presented::header("authorization", &format!("{name} {secret}")),
            SchemeKind::Header(name) => Presented::header(name, secret),
            SchemeKind::Cookie(name) => Presented::header("cookie", &format!("{name}={secret}")),
            SchemeKind::Query(name) => Presented::Query(format!("{name}={secret}")),
            SchemeKind::MutualTls => Presented::Nowhere,
        }
    }

    fn header(name: &str, value: &str) -> Presented {
        let name = name.parse().expect("the name of the header is valid");
        Presented::Header(name, HeaderValue::from_str(value).expect("the value of the header is valid"))
    }
}

#[cfg(test)]
mod tests {
    use writ_runtime::Requirement;

    use super::*;

    static BEARER: Scheme = Scheme { name: "bearer", kind: SchemeKind::Bearer };
    static BASIC: Scheme = Scheme { name: "basic", kind: SchemeKind::Basic };
    static DIGEST: Scheme = Scheme { name: "digest", kind: SchemeKind::Authorization("Digest") };
    static HEADER: Scheme = Scheme { name: "header", kind: SchemeKind::Header("x-key") };
    static COOKIE: Scheme = Scheme { name: "cookie", kind: SchemeKind::Cookie("sid") };
    static QUERY: Scheme = Scheme { name: "query", kind: SchemeKind::Query("key") };
    static CERTIFICATE: Scheme = Scheme { name: "certificate", kind: SchemeKind::MutualTls };

    static GET_EVENT: Operation = Operation {
        id: "getEvent",
        path: "/events/{eventId}/{part}.json",
        query: "all=true",
        security: &[
            &[],
            &[Requirement { scheme: &BEARER, scopes: &[] }],
            &[Requirement { scheme: &HEADER, scopes: &[] }, Requirement { scheme: &QUERY, scopes: &[] }],
            &[Requirement { scheme: &CERTIFICATE, scopes: &[] }],
        ],
        ..Operation::NONE
    };

    #[test]
    fn a_request_has_a_value_for_each_path_parameter_and_the_fixed_query() {
        assert_eq!(OperationRequest::to(&GET_EVENT).target.as_str(), "/events/7/7.json?all=true");
        let below = OperationRequest::to(&GET_EVENT).below("/v1/").query("limit=10");
        assert_eq!(below.target.as_str(), "/v1/events/7/7.json?all=true&limit=10");
        assert_eq!(below.target.without_prefix("/v1").as_str(), "/events/7/7.json?all=true&limit=10");
        let plain = Target::of(&Operation { path: "/a", ..Operation::NONE }, |_| "");
        assert_eq!(plain.without_prefix("/v1").as_str(), "/a");
        let encoded = Target::of(&GET_EVENT, |name| if name == "part" { "a b?ü" } else { "~{}" });
        assert_eq!(encoded.as_str(), "/events/~%7B%7D/a%20b%3F%C3%BC.json?all=true");
    }

    #[test]
    fn a_credential_is_where_its_scheme_expects_it() {
        let header = |scheme| match Presented::new(scheme, "secret") {
            Presented::Header(name, value) => format!("{name}: {}", value.to_str().unwrap()),
            Presented::Query(pair) => format!("?{pair}"),
            Presented::Nowhere => String::new(),
        };
        let all = [&BEARER, &BASIC, &DIGEST, &HEADER, &COOKIE, &QUERY, &CERTIFICATE].map(header);
        let expected = [
            "authorization: Bearer secret",
            "authorization: Basic secret",
            "authorization: Digest secret",
            "x-key: secret",
            "cookie: sid=secret",
            "?key=secret",
            "",
        ];
        assert_eq!(all, expected);
    }

    #[test]
    fn a_request_has_the_credentials_of_the_first_alternative_that_has_all_of_them() {
        let with = |known: &[&str]| {
            let secret = |scheme: &'static Scheme| known.contains(&scheme.name).then(|| scheme.name.to_owned());
            let request = OperationRequest::to(&GET_EVENT).authenticated(secret)?;
            let headers = request.headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()));
            Some((request.target.as_str().to_owned(), headers.collect::<Vec<_>>()))
        };
        let path = "/events/7/7.json?all=true".to_owned();
        assert_eq!(with(&[]), None);
        assert_eq!(with(&["header"]), None);
        assert_eq!(with(&["certificate"]), None);
        let both = (format!("{path}&key=query"), vec!["x-key: header".to_owned()]);
        assert_eq!(with(&["header", "query"]), Some(both));
        let bearer = (path, vec!["authorization: Bearer bearer".to_owned()]);
        assert_eq!(with(&["header", "query", "bearer"]), Some(bearer));
    }
}
