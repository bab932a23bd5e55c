//! The tree of the path templates of a contract, by which the router finds the operation of a request.

use std::collections::BTreeSet;

use http::Method;

use crate::http::path::Captured;
use crate::http::percent;
use crate::http::query;
use crate::http::template::{Piece, Segment, Template, match_mixed, weight};
use crate::operation::Operation;
use crate::serve::endpoint::Endpoint;

/// A node of the routing tree: the alternatives for one path segment, the most specific first.
#[derive(Default)]
pub(super) struct Node {
    /// The children of a routing node for literal path segments, sorted for binary search.
    literals: Vec<(String, Node)>,
    mixed: Vec<(Vec<Piece>, Node)>,
    parameter: Option<Box<Node>>,
    /// The routes of the operations whose path template ends at this node of the routing tree.
    routes: Vec<Route>,
}

/// An endpoint in the routing tree, with the parameter names of its path template.
pub(super) struct Route {
    pub(super) endpoint: Endpoint,
    method: Method,
    pub(super) names: Vec<&'static str>,
}

impl Node {
    pub(super) fn insert(&mut self, template: Template, endpoint: Endpoint) {
        let mut node = self;
        for segment in template.segments {
            node = match segment {
                Segment::Literal(text) => {
                    let at = node.literals.binary_search_by(|(known, _)| known.cmp(&text)).unwrap_or_else(|at| {
                        node.literals.insert(at, (text, Node::default()));
                        at
                    });
                    &mut node.literals[at].1
                }
                Segment::Parameter => node.parameter.get_or_insert_default(),
                Segment::Mixed(pieces) => {
                    let at = node.mixed.iter().position(|(known, _)| *known == pieces).unwrap_or_else(|| {
                        node.mixed.push((pieces, Node::default()));
                        node.mixed.len() - 1
                    });
                    &mut node.mixed[at].1
                }
            };
        }
        let operation = endpoint.operation;
        let same = |known: &Operation| (known.method, known.query) == (operation.method, operation.query);
        if node.routes.iter().any(|known| same(known.endpoint.operation)) {
            let (id, path) = (operation.id, operation.path);
            tracing::error!(
                operation = id,
                path,
                "operation is unreachable: another operation has its method and path"
            );
        }
        let method = operation.method.into();
        node.routes.push(Route { endpoint, method, names: template.names });
    }

    pub(super) fn sort(&mut self) {
        self.mixed.sort_by_key(|(pieces, _)| std::cmp::Reverse(weight(pieces)));
        self.literals.iter_mut().for_each(|(_, node)| node.sort());
        self.mixed.iter_mut().for_each(|(_, node)| node.sort());
        self.parameter.iter_mut().for_each(|node| node.sort());
    }

    /// Returns the routing node for the rest of a request path, which starts at the byte `from` (`None`: at the end).
    /// Appends the byte ranges of the path parameters to `captures`, still without their names.
    pub(super) fn find(&self, path: &str, from: Option<usize>, captures: &mut Vec<Captured>) -> Option<&Node> {
        let Some(start) = from else {
            return (!self.routes.is_empty()).then_some(self);
        };
        let end = path[start..].bytes().position(|byte| byte == b'/').map_or(path.len(), |length| start + length);
        let next = (end < path.len()).then_some(end + 1);
        let segment = &path[start..end];
        if let Some(literal) = self.literal(segment)
            && let Some(found) = literal.find(path, next, captures)
        {
            return Some(found);
        }
        let before = captures.len();
        for (pieces, node) in &self.mixed {
            if match_mixed(pieces, path, start..end, captures)
                && let Some(found) = node.find(path, next, captures)
            {
                return Some(found);
            }
            captures.truncate(before);
        }
        // An empty segment is no value, and a dot segment is a step in the path (RFC 3986 § 3.3).
        if let Some(node) = self.parameter.as_ref().filter(|_| !matches!(segment, "" | "." | "..")) {
            captures.push(Captured { name: "", at: start..end });
            if let Some(found) = node.find(path, next, captures) {
                return Some(found);
            }
            captures.truncate(before);
        }
        None
    }

    fn literal(&self, segment: &str) -> Option<&Node> {
        if self.literals.is_empty() {
            return None;
        }
        let text = percent::decode(segment)?;
        let at = self.literals.binary_search_by(|(known, _)| known.as_str().cmp(&text)).ok()?;
        self.literals.get(at).map(|(_, node)| node)
    }

    /// Returns the route of this routing node for an HTTP method. A GET route also serves HEAD, unless the node has a
    /// HEAD route.
    ///
    /// Among several routes with one method, this function prefers the one whose fixed query parameters match
    /// most. If none matches, it returns the first route.
    pub(super) fn method(&self, method: &Method, query: &str) -> Option<&Route> {
        let best_route = |name: &Method| {
            let mut routes = self.routes.iter().filter(|route| route.method == *name);
            let first = routes.next()?;
            let Some(second) = routes.next() else { return Some(first) };
            let best = std::iter::once(second).chain(routes).fold((rank(first, query), first), |best, route| {
                let rank = rank(route, query);
                if rank > best.0 { (rank, route) } else { best }
            });
            Some(best.1)
        };
        best_route(method).or_else(|| if method == Method::HEAD { best_route(&Method::GET) } else { None })
    }

    /// Returns the value of the response header `Allow` for this node of the routing tree.
    pub(super) fn allowed(&self) -> String {
        let mut methods: BTreeSet<&str> = self.routes.iter().map(|route| route.method.as_str()).collect();
        if methods.contains("GET") {
            methods.insert("HEAD");
        }
        methods.insert("OPTIONS");
        methods.into_iter().collect::<Vec<_>>().join(", ")
    }
}

/// Returns the rank of a route for a query string by its fixed query parameters: 0 if one of them does not
/// match, otherwise their number plus 1.
fn rank(route: &Route, query: &str) -> usize {
    let fixed = query::pairs(route.endpoint.operation.query);
    fixed
        .map(|expected| {
            let matches = |pair: query::Pair<'_>| {
                pair.name == expected.name
                    && (pair.raw == expected.raw || expected.raw.is_empty() || expected.raw.starts_with('{'))
            };
            query::pairs(query).any(matches)
        })
        .try_fold(1, |rank, matches| matches.then_some(rank + 1))
        .unwrap_or(0)
}
