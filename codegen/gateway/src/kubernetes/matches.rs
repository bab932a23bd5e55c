//! The matches of routes: as few as lead each path to its service, and regular expressions only where several services
//! share the beginning of their paths.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::routes::{Owner, Resource, Response, Route, Routes};
use crate::settings::{KEYS, Settings};
use crate::template::expression;

/// The methods that a match can name.
const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];

/// A condition on requests, and where those that meet it go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Match {
    path: PathMatch,
    request: RequestMatch,
    pub(super) backend: Backend,
}

/// The condition on the parts of a request beside its path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct RequestMatch {
    method: Option<String>,
    query: Vec<(String, String)>,
    /// The method of the request that a browser asks about before it sends it (`Access-Control-Request-Method`).
    asked: Option<String>,
}

/// The destination of requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Backend {
    pub(super) service: String,
    pub(super) response: Response,
}

/// The condition on the path of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
enum PathMatch {
    Exact(String),
    /// The path, and all paths below it.
    Prefix(String),
    /// An expression for complete paths.
    Expression(String),
}

/// The resources below a fixed path.
#[derive(Default)]
struct Node<'r> {
    /// The resource of the path itself.
    resource: Option<&'r Resource>,
    below: BTreeMap<&'r str, Node<'r>>,
    /// The resources whose next segment is not fixed.
    others: Vec<&'r Resource>,
}

impl Match {
    pub(super) fn is_expression(&self) -> bool {
        matches!(self.path, PathMatch::Expression(_))
    }

    pub(super) fn to_json(&self) -> Value {
        let (kind, value) = match &self.path {
            PathMatch::Exact(path) => ("Exact", path.clone()),
            PathMatch::Prefix(path) => ("PathPrefix", path.clone()),
            PathMatch::Expression(regex) => ("RegularExpression", format!("^{regex}$")),
        };
        let mut json = json!({ "path": { "type": kind, "value": value } });
        if let Some(method) = &self.request.method {
            json["method"] = json!(method);
        }
        if !self.request.query.is_empty() {
            let parameters = self.request.query.iter().map(|(name, value)| json!({ "name": name, "value": value }));
            json["queryParams"] = parameters.collect();
        }
        if let Some(method) = &self.request.asked {
            json["headers"] = json!([{ "name": "Access-Control-Request-Method", "value": method }]);
        }
        json
    }
}

/// Returns the matches of all resources and pages.
pub(super) fn matches(routes: &Routes, settings: &Settings) -> Vec<Match> {
    let mut root = Node::default();
    for resource in &routes.resources {
        root.insert(resource);
    }
    let mut writer =
        Writer { base: &routes.base, default_service: settings.default_service(routes), matches: Vec::new() };
    writer.node(&root, "");
    for page in settings.pages.iter().map(|page| page.get_ref().as_str()) {
        let path = match page.strip_suffix("/*") {
            Some("") => PathMatch::Prefix("/".to_owned()),
            Some(prefix) => PathMatch::Prefix(prefix.to_owned()),
            None => PathMatch::Exact(page.to_owned()),
        };
        writer.push(path, RequestMatch::default(), writer.default_service, Response::Short);
    }
    let issuers = settings.tokens.values().filter(|source| !source.internal);
    if let Some(service) = issuers.filter_map(|source| source.service.as_ref()).next() {
        let path = PathMatch::Exact(KEYS.to_owned());
        writer.push(path, RequestMatch::default(), service.get_ref(), Response::Short);
    }
    writer.matches
}

impl<'r> Node<'r> {
    fn insert(&mut self, resource: &'r Resource) {
        let mut node = self;
        for segment in resource.template.literal_prefix().unwrap_or_default() {
            node = node.below.entry(segment).or_default();
        }
        match resource.template.exact() {
            Some(_) => node.resource = Some(resource),
            None => node.others.push(resource),
        }
    }

    /// Iterates over the resources of the path and of all paths below it.
    fn all(&self) -> Box<dyn Iterator<Item = &'r Resource> + '_> {
        let own = self.resource.into_iter().chain(self.others.iter().copied());
        Box::new(own.chain(self.below.values().flat_map(Node::all)))
    }
}

/// The matches that have been written so far.
struct Writer<'r> {
    base: &'r str,
    default_service: &'r str,
    matches: Vec<Match>,
}

impl Writer<'_> {
    /// Adds the matches of a path and all paths below it: a prefix if they have one service.
    fn node(&mut self, node: &Node<'_>, path: &str) {
        let mut backends = node.all().map(|resource| self.backend(resource));
        if let Some(Some(first)) = backends.next()
            && backends.all(|other| other.as_ref() == Some(&first))
        {
            drop(backends);
            let path = format!("{}{path}", self.base);
            let prefix = PathMatch::Prefix(if path.is_empty() { "/".to_owned() } else { path });
            self.push(prefix, RequestMatch::default(), &first.service, first.response);
            return;
        }
        drop(backends);
        if let Some(resource) = node.resource {
            self.resource(
                resource,
                &PathMatch::Exact(format!("{}{}", self.base, if path.is_empty() { "/" } else { path })),
            );
        }
        for (segment, below) in &node.below {
            self.node(below, &format!("{path}/{segment}"));
        }
        for resource in &node.others {
            let regex = format!("{}{}", expression(self.base), resource.template.regex());
            self.resource(resource, &PathMatch::Expression(regex));
        }
    }

    /// Returns the destination of all requests for a path, or `None` if it depends on the method.
    fn backend(&self, resource: &Resource) -> Option<Backend> {
        let service = match resource.owner() {
            Owner::Every => self.default_service,
            Owner::One(service) => service,
            Owner::Several => return None,
        };
        let response = resource.routes.iter().map(|route| route.response).max().unwrap_or(Response::Short);
        Some(Backend { service: service.to_owned(), response })
    }

    /// Adds the matches of one path: one for all methods, or one for each if several services own them. Then the first of
    /// them receives the methods that no operation has, and refuses them.
    fn resource(&mut self, resource: &Resource, path: &PathMatch) {
        if let Some(Backend { service, response }) = self.backend(resource) {
            self.push(path.clone(), RequestMatch::default(), &service, response);
            return;
        }
        let default_service = self.default_service;
        let owner = |route: &Route| route.owner.as_deref().unwrap_or(default_service).to_owned();
        for route in resource.routes.iter().filter(|route| METHODS.contains(&route.method.as_str())) {
            let query: Vec<_> =
                route.query.iter().filter_map(|(name, value)| Some((name.clone(), value.clone()?))).collect();
            let head = (route.method == "GET" && !resource.has("HEAD")).then_some("HEAD");
            for method in std::iter::once(route.method.as_str()).chain(head) {
                let request = RequestMatch { method: Some(method.to_owned()), query: query.clone(), asked: None };
                self.push(path.clone(), request, &owner(route), route.response);
            }
            if !resource.has("OPTIONS") {
                let (method, asked) = (Some("OPTIONS".to_owned()), Some(route.method.clone()));
                let request = RequestMatch { method, query: Vec::new(), asked };
                self.push(path.clone(), request, &owner(route), Response::Short);
            }
        }
        if let Some(first) = resource.routes.first() {
            self.push(path.clone(), RequestMatch::default(), &owner(first), Response::Short);
        }
    }

    fn push(&mut self, path: PathMatch, request: RequestMatch, service: &str, response: Response) {
        let backend = Backend { service: service.to_owned(), response };
        let added = Match { path, request, backend };
        // Operations that differ only in what a match cannot express need one match.
        if !self.matches.contains(&added) {
            self.matches.push(added);
        }
    }
}
