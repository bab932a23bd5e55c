//! Routes of the Kubernetes Gateway API (`gateway.networking.k8s.io/v1`), which any of its implementations reads.
//!
//! The API has no tokens, rate limits and error bodies, so these stay with the services and the policies of the
//! implementation. Routes lead each path to the service that owns it, and the service refuses what it does not know.

mod matches;

use serde::Serialize;
use serde_json::{Value, json};

use self::matches::{Backend, Match, matches};
use crate::render::{RenderError, render as fill};
use crate::routes::{Response, Routes};
use crate::settings::Settings;

const TEMPLATE: &str = include_str!("../../templates/gateway-api.yaml.j2");

/// The largest number of rules of a route.
const MOST_RULES: usize = 16;

/// The largest number of matches of a rule.
const MOST_MATCHES: usize = 64;

/// The largest number of matches of all rules of a route.
const MOST_MATCHES_OF_ROUTE: usize = 128;

/// The data of the template.
#[derive(Serialize)]
struct View<'r> {
    title: &'r str,
    /// True if a match needs a regular expression.
    has_expressions: bool,
    parent: Value,
    hostnames: Value,
    routes: Vec<HttpRoute>,
}

/// A manifest of an `HTTPRoute`.
#[derive(Serialize)]
struct HttpRoute {
    name: String,
    rules: Vec<Rule>,
}

/// A rule of an `HTTPRoute`: matches with one service and one time limit.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Rule {
    backend: Value,
    timeout: String,
    /// True if a match of the rule needs a regular expression.
    has_expressions: bool,
    matches: Vec<Value>,
}

/// Returns the routes as YAML: one or several manifests.
///
/// # Errors
///
/// Returns an error if the template has a defect.
pub fn render(routes: &Routes, settings: &Settings) -> Result<String, RenderError> {
    let rules = rules(&matches(routes, settings), settings);
    let kubernetes = &settings.kubernetes;
    let mut parent = json!({ "name": kubernetes.gateway });
    if let Some(namespace) = &kubernetes.gateway_namespace {
        parent["namespace"] = json!(namespace);
    }
    let split = split(rules);
    let count = split.len();
    let name = |at: usize| match count {
        1 => kubernetes.name.clone(),
        _ => format!("{}-{}", kubernetes.name, at + 1),
    };
    let view = View {
        title: &routes.title,
        has_expressions: split.iter().flatten().any(|rule| rule.has_expressions),
        parent,
        hostnames: json!(kubernetes.hostnames),
        routes: split.into_iter().enumerate().map(|(at, rules)| HttpRoute { name: name(at), rules }).collect(),
    };
    fill(TEMPLATE, &view)
}

/// Returns the rules of these matches: those of one service and one time limit together, as far as a rule has room.
fn rules(matches: &[Match], settings: &Settings) -> Vec<Rule> {
    let mut backends: Vec<&Backend> = Vec::new();
    for one in matches {
        if !backends.contains(&&one.backend) {
            backends.push(&one.backend);
        }
    }
    let of_backend = |backend: &Backend| {
        let own: Vec<&Match> = matches.iter().filter(|one| one.backend == *backend).collect();
        own.chunks(MOST_MATCHES).map(|chunk| rule(backend, chunk, settings)).collect::<Vec<_>>()
    };
    backends.into_iter().flat_map(of_backend).collect()
}

fn rule(backend: &Backend, matches: &[&Match], settings: &Settings) -> Rule {
    Rule {
        backend: json!({ "name": backend.service, "port": settings.kubernetes.port }),
        timeout: match backend.response {
            Response::Short => format!("{}s", settings.patience(None)),
            Response::Long => "0s".to_owned(),
        },
        has_expressions: matches.iter().any(|one| one.is_expression()),
        matches: matches.iter().map(|one| one.to_json()).collect(),
    }
}

/// Distributes rules among routes, each of which has room for a number of rules and of matches.
fn split(rules: Vec<Rule>) -> Vec<Vec<Rule>> {
    let mut routes: Vec<Vec<Rule>> = Vec::new();
    for rule in rules {
        let matches = |rules: &[Rule]| rules.iter().map(|rule| rule.matches.len()).sum::<usize>();
        let has_room = |route: &&mut Vec<Rule>| {
            route.len() < MOST_RULES && matches(route) + rule.matches.len() <= MOST_MATCHES_OF_ROUTE
        };
        match routes.last_mut().filter(has_room) {
            Some(route) => route.push(rule),
            None => routes.push(vec![rule]),
        }
    }
    routes
}
