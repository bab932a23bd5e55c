//! The check that every version of an API keeps its contract, however a request selects it.

use std::collections::BTreeMap;

use http::header;
use serde_json::{Value, json};
use writ_runtime::{Method, Operation, Parameter, ParameterLocation, Version, Versions};

use super::call::{Call, Response};
use super::{Sweep, media_type};

/// The part of a request that selects the version of an API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selector {
    /// The prefix of the path, as in `/v1/users`.
    Path,
    /// The media type in `Accept`, for a path without a prefix.
    Accept,
    /// The query parameter, for a path without a prefix.
    Query,
}

impl Selector {
    /// All selectors of a version.
    pub const ALL: [Selector; 3] = [Selector::Path, Selector::Accept, Selector::Query];
}

/// The version of an API that a sweep requests, and the contract that the responses must keep.
#[derive(Debug, Clone, Copy)]
pub struct Versioned<'a> {
    /// The versions of the API.
    pub versions: &'static Versions,
    /// The version that the sweep requests.
    pub version: &'static Version,
    /// The part of each request that selects the version.
    pub selector: Selector,
    /// The contract of the version in OpenAPI 3.1 or newer, such as the generated `OPENAPI_31_JSON`.
    pub contract: &'a Value,
}

impl Sweep {
    /// Sends three requests to every operation: a valid one, one without credentials, and one with an invalid body or query
    /// parameter. Checks that each response has a status, a media type and a body that the contract of its
    /// version declares.
    ///
    /// The sweep must consist of the operations of that version. Returns the status of the valid request of each operation
    /// by its id. Operations that delete come last, those of the longest paths first.
    pub async fn keeps_contract(&self, by: Versioned<'_>) -> BTreeMap<&'static str, u16> {
        let mut operations = self.select(|_| true);
        operations.sort_by_key(|operation| match operation.method {
            Method::DELETE => usize::MAX - operation.path.len(),
            _ => 0,
        });
        let mut statuses = BTreeMap::new();
        for operation in operations {
            let status = by.check(operation, self.any_version(operation)).await;
            statuses.insert(operation.id, status);
            if !operation.security.is_empty() {
                by.check(operation, Call::new(self, operation, |name| self.path_value(name))).await;
            }
            if let Some(call) = self.invalid_call(operation) {
                let status = by.check(operation, call).await;
                assert_eq!(status / 100, 4, "{}", operation.id);
            }
        }
        statuses
    }

    /// Returns a request with an invalid body, or else with an invalid query parameter. Returns `None` for an operation
    /// without either.
    fn invalid_call(&self, operation: &'static Operation) -> Option<Call> {
        let call = self.call(operation).header("if-match", "*");
        if operation.body.is_some() {
            return Some(call.body(media_type(operation), "[~"));
        }
        let is_query = |parameter: &&Parameter| parameter.location == ParameterLocation::Query;
        let parameter = operation.parameters.iter().find(is_query)?;
        Some(call.query(&format!("{}=~", parameter.name)))
    }

    /// Returns a valid request to an operation that is not refused for the version of a resource.
    fn any_version(&self, operation: &'static Operation) -> Call {
        let call = self.call(operation).header("if-match", "*");
        match self.bodies.iter().find(|(id, _)| id == operation.id) {
            Some((_, body)) => call.body(media_type(operation), body.to_string()),
            None => call,
        }
    }
}

impl Versioned<'_> {
    /// Sends a request, checks its response and returns the status.
    async fn check(&self, operation: &'static Operation, call: Call) -> u16 {
        let is_versioned = self.versions.of_path(operation.path).is_some();
        let number = self.version.number;
        let named = format!("{};version={number}", self.versions.media_type);
        let call = match self.selector {
            Selector::Path => call,
            Selector::Accept => call.without_prefix(self.version.prefix).header("accept", &named),
            Selector::Query => {
                call.without_prefix(self.version.prefix).query(&format!("{}={number}", self.versions.parameter))
            }
        };
        let response = call.send().await;
        let expected = match self.selector {
            Selector::Accept if is_versioned => named.as_str(),
            Selector::Accept => self.versions.media_type,
            Selector::Path | Selector::Query => "application/json",
        };
        // A gateway does not know the versions of an API.
        let expected = if response.is_of_service { expected } else { "application/json" };
        if is_versioned && response.is_of_service {
            let deprecation = self.version.deprecated.map(|at| format!("@{at}"));
            assert_eq!(
                response.header("deprecation"),
                deprecation.as_deref().unwrap_or_default(),
                "{}",
                response.request
            );
            assert!(response.varies_by("accept"), "{}", response.request);
        }
        self.check_body(operation, &response, expected);
        response.status
    }

    /// Checks that the body of a response is valid for the schema that the contract declares for its status.
    fn check_body(&self, operation: &Operation, response: &Response, media_type: &str) {
        let (request, status) = (&response.request, response.status);
        let text = String::from_utf8_lossy(&response.body);
        let declared = self.declared(operation, status);
        let declared = declared.unwrap_or_else(|| panic!("{request}: {status} is not declared: {text}"));
        let Some(content) = declared.get("content").and_then(Value::as_object) else {
            assert!(response.body.is_empty(), "{request}: {status} declares no body: {text}");
            return;
        };
        assert_eq!(response.header(header::CONTENT_TYPE.as_str()), media_type, "{request}: {status}");
        let schema = &content["application/json"]["schema"];
        let root = json!({ "components": self.contract["components"], "allOf": [schema] });
        let validator = jsonschema::draft202012::new(&root).unwrap_or_else(|error| panic!("{request}: {error}"));
        let body: Value = serde_json::from_slice(&response.body).unwrap_or_else(|_| panic!("{request}: {text}"));
        let faults: Vec<String> =
            validator.iter_errors(&body).map(|fault| format!("{} at `{}`", fault, fault.instance_path())).collect();
        assert!(faults.is_empty(), "{request}: {status}: {faults:?} in {text}");
    }

    /// Returns the response object that the contract declares for a status of an operation.
    fn declared(&self, operation: &Operation, status: u16) -> Option<&Value> {
        let method = operation.method.as_str().to_ascii_lowercase();
        let responses = &self.contract["paths"][operation.path][method]["responses"];
        let keys = [status.to_string(), format!("{}XX", status / 100), "default".to_owned()];
        let declared = keys.iter().find_map(|key| responses.get(key))?;
        match declared.get("$ref").and_then(Value::as_str) {
            Some(reference) => self.contract.pointer(reference.strip_prefix('#')?),
            None => Some(declared),
        }
    }
}

#[cfg(test)]
mod tests {
    use http::request::Parts;
    use writ_runtime::Requirement;

    use super::super::tests::{Canned, KEY, header, passes, refusal, sweep};
    use super::*;

    #[tokio::test]
    async fn every_response_of_a_version_keeps_its_contract() {
        static SEARCH: Operation = Operation {
            id: "search",
            path: "/v1/events",
            parameters: &[Parameter::query("limit")],
            security: &[&[Requirement { scheme: &KEY, scopes: &[] }]],
            ..Operation::NONE
        };
        static ALL: &[Version] = &[Version { number: 1, prefix: "/v1", deprecated: Some(7), ..Version::NONE }];
        static VERSIONS: Versions =
            Versions { default: 1, media_type: "application/vnd.museum+json", parameter: "version", all: ALL };

        let contract = json!({
            "paths": { "/v1/events": { "get": { "responses": {
                "200": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Names" } } } },
                "4XX": { "$ref": "#/components/responses/Refused" },
            } } } },
            "components": {
                "schemas": { "Names": { "type": "array", "items": { "type": "string" } } },
                "responses": { "Refused": { "content": { "application/json": { "schema": { "type": "object" } } } } },
            },
        });
        fn right(parts: &Parts) -> Canned {
            let accept = header(parts, "accept").unwrap_or("application/json").to_owned();
            let status = match (header(parts, "authorization"), parts.uri.query().unwrap_or_default()) {
                (None, _) => 401,
                (_, query) if query.contains("limit=~") => 400,
                _ => 200,
            };
            Canned(status, Vec::new(), if status == 200 { r#"["a"]"# } else { "{}" })
                .with("content-type", accept)
                .with("deprecation", "@7")
                .with("vary", "origin, accept")
        }
        let keeps = async |selector: Selector, change: fn(&Parts, Canned) -> Canned| {
            let sweep = sweep(&[&SEARCH], move |parts, _| change(parts, right(parts))).await;
            let by = Versioned { versions: &VERSIONS, version: &ALL[0], selector, contract: &contract };
            passes(async { assert_eq!(sweep.keeps_contract(by).await["search"], 200) }).await
        };
        for selector in Selector::ALL {
            assert!(keeps(selector, |_, response| response).await, "{selector:?}");
            // The selected version, and only that, is in the request.
            let is_selected: fn(&Parts, Canned) -> Canned = match selector {
                Selector::Path => {
                    |parts, response| if parts.uri.path() == "/v1/events" { response } else { refusal(500) }
                }
                Selector::Accept => |parts, response| match (parts.uri.path(), header(parts, "accept")) {
                    ("/events", Some("application/vnd.museum+json;version=1")) => response,
                    _ => refusal(500),
                },
                Selector::Query => |parts, response| match (parts.uri.path(), parts.uri.query()) {
                    ("/events", Some(query)) if query.contains("version=1") => response,
                    _ => refusal(500),
                },
            };
            assert!(keeps(selector, is_selected).await, "{selector:?}");
            let wrong: [fn(&Parts, Canned) -> Canned; 7] = [
                |_, response| Canned(500, response.1, response.2),
                |_, response| Canned(200, response.1, "[7]"),
                |_, response| Canned(response.0, response.1, "not JSON"),
                |_, response| response.with("content-type", "text/plain"),
                |_, response| response.without("deprecation"),
                |_, response| response.with("deprecation", "@8"),
                |_, response| response.with("vary", "origin"),
            ];
            for (number, change) in wrong.into_iter().enumerate() {
                assert!(!keeps(selector, change).await, "{selector:?} {number}");
            }
        }
    }
}
