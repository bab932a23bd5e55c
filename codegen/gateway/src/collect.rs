//! The creation of routes: from the contracts of an API to the paths and methods that a gateway knows.

use std::collections::{HashMap, HashSet};

use writ_contract::diagnostic::{Diagnostic, Diagnostics};
use writ_contract::model::envelope::is_error;
use writ_contract::model::operation::{
    ContentKind, Operation, ParameterLocation, RequestBody, Requirement, SchemeKind, essence,
};
use writ_contract::model::{Contract, version_number};

use crate::error_body;
use crate::routes::{Access, Body, ONLY_SERVICE, Resource, Response, Retry, Route, Routes};
use crate::template::Template;

/// The largest request body that a gateway reads before it sends a request to a service.
const MOST_BUFFERED: u64 = 4 * 1024 * 1024;

/// The methods whose requests may be sent twice (RFC 9110 § 9.2.2).
const IDEMPOTENT: &[&str] = &["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "QUERY"];

/// A contract of an API. The contracts named `v1`, `v2`, … are versions of it if one of them declares `x-versions`.
#[derive(Debug)]
pub struct Member<'a> {
    /// The name of the contract, such as `v1`.
    pub name: &'a str,
    /// The resolved contract.
    pub contract: &'a Contract,
    /// The diagnostics of the contract.
    pub diagnostics: &'a mut Diagnostics,
}

/// An operation of a contract, with its path as a gateway compares it.
struct Entry<'c> {
    /// The index of the contract.
    member: usize,
    operation: &'c Operation,
    template: Template,
    /// The path as the contract writes it.
    path: &'c str,
    route: Route,
    /// The path without the prefix of its version, if it has one.
    unversioned: Option<Template>,
}

/// Creates the routes of a gateway from the contracts of an API, below a base path such as `/api` or an empty text.
///
/// Operations of all versions are reached by the paths of the contracts, and without the version in the path: a service
/// selects the version of such a request. Operations without a version are those of the newest contract.
///
/// Reports an operation that belongs to several services in different versions.
pub fn collect(members: &mut [Member<'_>], base: &str) -> Routes {
    let mut order: Vec<usize> = (0..members.len()).collect();
    // The newest version comes first, and contracts that are no versions keep their order.
    order.sort_by_key(|at| std::cmp::Reverse(version_number(members[*at].name)));
    let has_versions = members.iter().any(|member| member.contract.versions.is_some());
    let entries = entries(members, &order, has_versions);
    let mut resources = Resources::default();
    for entry in &entries {
        resources.get(&entry.template, entry.path).routes.push(entry.route.clone());
    }
    let mut problems = Vec::new();
    for entry in entries.iter().filter(|entry| entry.unversioned.is_some()) {
        resources.add_unversioned(entry, &entries, members, &mut problems);
    }
    for (member, problem) in problems {
        members[member].diagnostics.push(problem);
    }
    let errors = error_body::replies(members, &order, has_versions);
    let newest = order.first().map(|at| members[*at].contract);
    Routes {
        title: newest.map_or_else(String::new, |contract| contract.title.clone()),
        base: base.trim_end_matches('/').to_owned(),
        services: services(members, &order),
        resources: resources.sorted(),
        errors,
    }
}

/// Returns the services of all contracts, or the only service if they declare none.
fn services(members: &[Member<'_>], order: &[usize]) -> Vec<String> {
    let mut services: Vec<String> = Vec::new();
    for service in order.iter().flat_map(|at| members[*at].contract.services()) {
        if !services.iter().any(|known| known == service) {
            services.push(service.to_owned());
        }
    }
    if services.is_empty() {
        services.push(ONLY_SERVICE.to_owned());
    }
    services
}

/// Returns the operations of all contracts. Of the operations without a version that several contracts have, only that of
/// the newest remains.
fn entries<'c>(members: &[Member<'c>], order: &[usize], has_versions: bool) -> Vec<Entry<'c>> {
    let mut known = HashSet::new();
    let mut entries = Vec::new();
    for at in order {
        let Member { name, contract, .. } = &members[*at];
        let is_version = has_versions && version_number(name).is_some();
        for operation in &contract.operations {
            let template = Template::parse(&operation.path);
            let unversioned = template.below(name).filter(|_| is_version);
            let key = (operation.method.as_str(), operation.path.as_str(), operation.query.as_str());
            if unversioned.is_none() && !known.insert(key) {
                continue;
            }
            let name = match unversioned {
                Some(_) => format!("{name}/{}", operation.id),
                None => operation.id.clone(),
            };
            let route = route(contract, operation, name);
            entries.push(Entry { member: *at, operation, template, path: &operation.path, route, unversioned });
        }
    }
    entries
}

/// Returns the route of an operation.
fn route(contract: &Contract, operation: &Operation, name: String) -> Route {
    Route {
        name,
        method: operation.method.clone(),
        query: fixed_query(&operation.query),
        owner: operation.service.as_ref().map(|service| service.value.clone()),
        access: access(contract, &operation.security),
        body: operation.body.as_ref().map_or(Body::None, body),
        response: response(operation),
        timeout: operation.policies.timeout,
        retry: retry(operation),
    }
}

/// Returns the parameters of a fixed query. A value in braces may be any.
fn fixed_query(query: &str) -> Vec<(String, Option<String>)> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (name.to_owned(), Some(value.to_owned()).filter(|value| !value.is_empty() && !value.starts_with('{')))
    };
    pairs.map(pair).collect()
}

/// Returns the bearer tokens that the alternatives of a security requirement need. An alternative without a bearer token
/// makes them unnecessary.
fn access(contract: &Contract, security: &[Vec<Requirement>]) -> Access {
    let is_bearer =
        |name: &str| contract.schemes.iter().any(|scheme| scheme.name == name && scheme.kind == SchemeKind::Bearer);
    let alternatives: Vec<Vec<String>> = security
        .iter()
        .map(|all| all.iter().map(|one| one.scheme.clone()).filter(|scheme| is_bearer(scheme)).collect())
        .collect();
    match alternatives.is_empty() || alternatives.iter().any(Vec::is_empty) {
        true => Access::Open,
        false => Access::Tokens(alternatives),
    }
}

fn body(body: &RequestBody) -> Body {
    let is_passed_on =
        body.content.iter().any(|content| matches!(content.kind, ContentKind::Multipart | ContentKind::Stream));
    match is_passed_on || body.limit > MOST_BUFFERED {
        true => Body::Streamed,
        false => Body::Buffered(body.limit),
    }
}

fn response(operation: &Operation) -> Response {
    let successes = operation.responses.iter().filter(|response| !is_error(response, operation));
    let mut contents = successes.flat_map(|response| &response.content);
    let is_long = contents.any(|content| {
        matches!(content.kind, ContentKind::Stream | ContentKind::Binary)
            || essence(&content.media_type) == "text/event-stream"
    });
    if is_long { Response::Long } else { Response::Short }
}

fn retry(operation: &Operation) -> Retry {
    if operation.policies.retry.is_some_and(|retry| retry.attempts == 1) {
        return Retry::Unsent;
    }
    if IDEMPOTENT.contains(&operation.method.as_str()) {
        return Retry::Always;
    }
    let key = operation.parameters.iter().find(|parameter| {
        parameter.location == ParameterLocation::Header && parameter.name.eq_ignore_ascii_case("idempotency-key")
    });
    match key.filter(|_| operation.policies.idempotency.is_some()) {
        Some(key) if key.required => Retry::Always,
        Some(key) => Retry::WithHeader(key.name.to_ascii_lowercase()),
        None => Retry::Unsent,
    }
}

/// The resources that were found so far, in the order of the contracts.
#[derive(Default)]
struct Resources {
    all: Vec<Resource>,
    /// The index of each resource, by the expression of its template, which ignores the names of parameters.
    index: HashMap<String, usize>,
}

impl Resources {
    fn get(&mut self, template: &Template, path: &str) -> &mut Resource {
        let next = self.all.len();
        let at = *self.index.entry(template.regex()).or_insert(next);
        if at == next {
            self.all.push(Resource { template: template.clone(), path: path.to_owned(), routes: Vec::new() });
        }
        &mut self.all[at]
    }

    /// Adds the route of an operation without the version in its path.
    ///
    /// Only the service knows the version that serves the request. So the route admits what the operations of all versions
    /// admit whose paths may be meant.
    fn add_unversioned(
        &mut self,
        entry: &Entry<'_>,
        entries: &[Entry<'_>],
        members: &[Member<'_>],
        problems: &mut Vec<(usize, Diagnostic)>,
    ) {
        let Some(template) = &entry.unversioned else { return };
        let path = entry.path.split_once('/').and_then(|(_, path)| path.find('/').map(|at| &path[at..]));
        let resource = self.get(template, path.unwrap_or(entry.path));
        let same = |known: &Route| known.method == entry.route.method && known.query == entry.route.query;
        if resource.routes.iter().any(same) {
            return;
        }
        let mut route = Route { name: entry.operation.id.clone(), ..entry.route.clone() };
        let is_meant = |other: &&Entry<'_>| {
            other.member != entry.member
                && other.route.method == entry.route.method
                && other.unversioned.as_ref().is_some_and(|unversioned| unversioned.overlaps(template))
        };
        for other in entries.iter().filter(is_meant) {
            if other.route.owner != entry.route.owner {
                problems.push((other.member, several_services(entry, other, members)));
            }
            route.admit(&other.route);
        }
        resource.routes.push(route);
    }

    /// Returns the resources in the order in which their paths are compared.
    fn sorted(mut self) -> Vec<Resource> {
        self.all.sort_by(|one, other| one.template.precedence(&other.template));
        self.all
    }
}

/// Returns the report of a path without version whose operations belong to several services.
fn several_services(entry: &Entry<'_>, other: &Entry<'_>, members: &[Member<'_>]) -> Diagnostic {
    let named = |entry: &Entry<'_>| match &entry.route.owner {
        Some(service) => format!("to the service `{service}`"),
        None => "to every service".to_owned(),
    };
    let (here, there) = (members[other.member].name, members[entry.member].name);
    let message = format!(
        "{} belongs {}, but {} of `{there}` belongs {}",
        other.operation.title(),
        named(other),
        entry.operation.title(),
        named(entry)
    );
    let label = format!("`{here}` and `{there}` have one path without the version");
    let problem = Diagnostic::error("bad-service", other.operation.span, message).label(label);
    problem.help(
        "a gateway cannot select the service of a request without a version: give both operations one `x-service`",
    )
}
