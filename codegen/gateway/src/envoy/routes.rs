//! The routes of Envoy, of which the first that matches counts.
//!
//! The routes of a path end with one for its other methods. So a path that the API has never matches the route of another
//! path, as in the router of the services.

use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};

use super::extension;
use super::tokens::{Required, Tokens};
use crate::routes::{Body, Owner, Resource, Response, Retry, Route, Routes};
use crate::settings::{KEYS, Settings};
use crate::template::{Template, expression};

/// The longest silence within a response that may take any time.
const LONGEST_SILENCE: &str = "3600s";

/// The failures after which a service cannot have received a request.
const UNSENT: &str = "connect-failure,refused-stream,reset-before-request";

/// The failures after which a service has not answered a request.
const UNANSWERED: &str = "connect-failure,refused-stream,reset";

/// The number of times that Envoy sends a request again.
const RETRIES: u32 = 12;

/// A route of Envoy.
#[derive(Debug, Serialize)]
pub(super) struct EnvoyRoute {
    /// The method and the path as the contract writes it.
    comment: String,
    name: String,
    matcher: Value,
    /// The service that receives the requests, or `None` if Envoy responds.
    action: Option<Value>,
    /// The response of Envoy.
    response: Option<Value>,
    /// The headers that Envoy adds to the response.
    headers: Option<Value>,
    /// The settings of filters for the route.
    filters: Option<Value>,
}

/// The routes that have been written so far, and what they have in common.
struct Writer<'r> {
    settings: &'r Settings,
    base: &'r str,
    default_service: &'r str,
    routes: Vec<EnvoyRoute>,
}

/// Returns all routes: of dot segments, of the operations, of pages, and of all other paths.
pub(super) fn routes(routes: &Routes, settings: &Settings) -> Vec<EnvoyRoute> {
    let default_service = settings.default_service(routes);
    let mut writer = Writer { settings, base: &routes.base, default_service, routes: Vec::new() };
    // No path template matches a segment that is a step in the path (RFC 3986 § 3.3).
    let dots = json!({ "safe_regex": { "regex": "(?:.*/)?\\.{1,2}(?:/.*)?" } });
    writer.refuse("any method, a path with dot segments", "dot-segments", dots, 404, None);
    routes.resources.iter().for_each(|resource| writer.resource(resource));
    writer.pages();
    writer.refuse("any other path", "unknown-path", json!({ "prefix": "/" }), 404, None);
    writer.routes
}

impl Writer<'_> {
    fn resource(&mut self, resource: &Resource) {
        for method in resource.methods() {
            let operations = resource.with_method(method);
            let mut specific = operations.clone();
            // The operation with most fixed parameters of the query comes first.
            specific.sort_by_key(|route| std::cmp::Reverse(route.query.len()));
            specific.iter().for_each(|route| self.operation(resource, route, true));
            // Without the fixed parameters of any operation, a request is one for the first operation of its method.
            if let Some(first) = operations.first().filter(|_| operations.iter().all(|route| !route.query.is_empty())) {
                self.operation(resource, first, false);
            }
        }
        let path = matcher(self.base, &resource.template);
        let name = format!("{} (other methods)", resource.path);
        let comment = format!("any other method, {}", resource.path);
        match resource.owner() {
            // The service knows the methods of each version, and answers preflight requests of browsers.
            Owner::Every => self.forward(&comment, &name, path, self.default_service, &Passed::PLAIN),
            Owner::One(service) => self.forward(&comment, &name, path, service, &Passed::PLAIN),
            Owner::Several => self.other_methods(resource, &comment, &name, path),
        }
    }

    /// Adds the route of an operation, for requests with its fixed parameters of the query, or for all of its method.
    fn operation(&mut self, resource: &Resource, route: &Route, with_query: bool) {
        let mut matcher = matcher(self.base, &resource.template);
        matcher["headers"] = json!([method(resource, &route.method)]);
        if with_query && !route.query.is_empty() {
            matcher["query_parameters"] = route.query.iter().map(parameter).collect();
        }
        let comment = format!("{} {}", route.method, resource.path);
        let service = route.owner.as_deref().unwrap_or(self.default_service);
        let required = Tokens::required(&route.access, self.settings);
        if required == Required::Impossible {
            let challenge = json!([header("www-authenticate", "Bearer realm=\"api\"")]);
            self.refuse(&comment, &route.name, matcher, 401, Some(challenge));
            return;
        }
        let Route { body, response, timeout, .. } = *route;
        let mut passed = Passed { required, body, response, timeout, retry_on: UNSENT };
        if let Retry::WithHeader(header) = &route.retry {
            // Envoy's condition on the headers of a retry would also keep it from sending unsent requests again.
            let mut matcher = matcher.clone();
            matcher["headers"] = json!([method(resource, &route.method), { "name": header, "present_match": true }]);
            passed.retry_on = UNANSWERED;
            let (comment, name) = (format!("{comment} with {header}"), format!("{} (with {header})", route.name));
            self.forward(&comment, &name, matcher, service, &passed);
        }
        passed.retry_on = if route.retry == Retry::Always { UNANSWERED } else { UNSENT };
        self.forward(&comment, &route.name, matcher, service, &passed);
    }

    /// Adds the routes of the methods that no operation of a path has, if several services own its operations. None of
    /// them knows all methods, so Envoy responds.
    fn other_methods(&mut self, resource: &Resource, comment: &str, name: &str, path: Value) {
        let methods = resource.methods().into_iter().filter(|_| !resource.has("OPTIONS"));
        for route in methods.filter_map(|method| resource.with_method(method).first().copied()) {
            let asked = json!({ "name": "access-control-request-method", "string_match": { "exact": route.method } });
            let mut matcher = path.clone();
            matcher["headers"] = json!([exact_method("OPTIONS"), asked]);
            let service = route.owner.as_deref().unwrap_or(self.default_service);
            let comment = format!("preflight request for {} {}", route.method, resource.path);
            let name = format!("{} (preflight request)", route.name);
            self.forward(&comment, &name, matcher, service, &Passed::PLAIN);
        }
        let allow = json!([header("allow", &resource.allowed())]);
        if !resource.has("OPTIONS") {
            let mut matcher = path.clone();
            matcher["headers"] = json!([exact_method("OPTIONS")]);
            let (comment, name) = (format!("OPTIONS {}", resource.path), format!("{} (options)", resource.path));
            self.refuse(&comment, &name, matcher, 204, Some(allow.clone()));
        }
        self.refuse(comment, name, path, 405, Some(allow));
    }

    /// Adds the routes of the pages beside the contracts, and of the keys that services publish.
    fn pages(&mut self) {
        let settings = self.settings;
        for page in settings.pages.iter().map(|page| page.get_ref().as_str()) {
            let matcher = match page.strip_suffix('*') {
                Some(prefix) => json!({ "prefix": prefix }),
                None => json!({ "path": page }),
            };
            self.forward("a page beside the contracts", page, matcher, self.default_service, &Passed::PLAIN);
        }
        // Several issuers share the path, which leads to the keys of the first one.
        let issuers = settings.tokens.values().filter(|source| !source.internal);
        if let Some(service) = issuers.filter_map(|source| source.service.as_ref()).next() {
            let matcher = json!({ "path": KEYS });
            self.forward("the keys of tokens", "keys", matcher, service.get_ref(), &Passed::PLAIN);
        }
    }

    fn forward(&mut self, comment: &str, name: &str, matcher: Value, service: &str, passed: &Passed) {
        let timeout = self.settings.patience(passed.timeout);
        let mut action = match passed.response {
            Response::Short => json!({ "cluster": service, "timeout": format!("{timeout}s") }),
            Response::Long => json!({ "cluster": service, "timeout": "0s", "idle_timeout": LONGEST_SILENCE }),
        };
        // Each pause is a random part of its interval, and all pauses take about 8 s. So only one in some thousand requests
        // waits less than 3 s, the time in which a service starts again.
        let back_off = json!({ "base_interval": "0.1s", "max_interval": "2s" });
        action["retry_policy"] =
            json!({ "retry_on": passed.retry_on, "num_retries": RETRIES, "retry_back_off": back_off });
        self.routes.push(EnvoyRoute {
            comment: comment.to_owned(),
            name: name.to_owned(),
            matcher,
            action: Some(action),
            response: None,
            headers: None,
            filters: filters(passed),
        });
    }

    fn refuse(&mut self, comment: &str, name: &str, matcher: Value, status: u16, headers: Option<Value>) {
        self.routes.push(EnvoyRoute {
            comment: comment.to_owned(),
            name: name.to_owned(),
            matcher,
            action: None,
            response: Some(json!({ "status": status })),
            headers,
            filters: None,
        });
    }
}

/// The requests that Envoy passes on to a service.
struct Passed {
    required: Required,
    body: Body,
    response: Response,
    timeout: Option<Duration>,
    /// The failures after which Envoy sends the request again.
    retry_on: &'static str,
}

impl Passed {
    /// Requests for a page, and those that a service answers without an operation.
    const PLAIN: Passed = Passed {
        required: Required::Nothing,
        body: Body::None,
        response: Response::Short,
        timeout: None,
        retry_on: UNSENT,
    };
}

/// Returns the condition that a complete path in normal form matches a template.
fn matcher(base: &str, template: &Template) -> Value {
    match template.exact() {
        Some(path) => json!({ "path": format!("{base}{path}") }),
        None => json!({ "safe_regex": { "regex": format!("{}{}", expression(base), template.regex()) } }),
    }
}

/// Returns the condition that a request has the method of an operation. An operation with `GET` also serves `HEAD`.
fn method(resource: &Resource, method: &str) -> Value {
    match method {
        "GET" if !resource.has("HEAD") => {
            json!({ "name": ":method", "string_match": { "safe_regex": { "regex": "GET|HEAD" } } })
        }
        other => exact_method(other),
    }
}

fn exact_method(method: &str) -> Value {
    json!({ "name": ":method", "string_match": { "exact": method } })
}

fn parameter((name, value): &(String, Option<String>)) -> Value {
    match value {
        Some(value) => json!({ "name": name, "string_match": { "exact": value } }),
        None => json!({ "name": name, "present_match": true }),
    }
}

fn header(name: &str, value: &str) -> Value {
    json!({ "header": { "key": name, "value": value } })
}

fn filters(passed: &Passed) -> Option<Value> {
    let mut filters = serde_json::Map::new();
    if let Required::Requirement(name) = &passed.required {
        let settings = json!({ "requirement_name": name });
        filters.insert(
            "envoy.filters.http.jwt_authn".to_owned(),
            extension("filters.http.jwt_authn.v3.PerRouteConfig", settings),
        );
    }
    if let Body::Buffered(limit) = passed.body {
        let settings = json!({ "buffer": { "max_request_bytes": limit } });
        filters.insert(
            "envoy.filters.http.buffer".to_owned(),
            extension("filters.http.buffer.v3.BufferPerRoute", settings),
        );
    }
    (!filters.is_empty()).then(|| filters.into())
}
