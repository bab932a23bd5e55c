//! The upgrade of `host`, `basePath` and `schemes` to `servers`.

use super::Upgrade;
use super::create::{field, list, object};
use crate::document::node::{Node, Object};
use crate::source::Span;

impl Upgrade<'_, '_> {
    /// Returns the servers of the document; `None` if it has neither a host nor a base path.
    pub(super) fn servers(&mut self, root: &Object) -> Option<Node> {
        let host = root.get("host").and_then(|node| Some((node.span, node.as_str()?)));
        let base = root.get("basePath").and_then(|node| Some((node.span, node.as_str()?)));
        let (span, _) = host.or(base)?;
        let host = host.map(|(span, text)| self.host(span, text));
        let path = base.map_or("", |(span, text)| self.base_path(span, text));
        let slash = if path.is_empty() || path.starts_with('/') { "" } else { "/" };
        let Some(host) = host else {
            let url = if path.is_empty() { "/".to_owned() } else { format!("{slash}{path}") };
            return Some(list(span, vec![server(span, &url)]));
        };
        Some(list(span, urls(root, span, &format!("{host}{slash}{path}"))))
    }

    /// Returns the servers of an operation that has `schemes` of its own; `None` if the document has no host.
    pub(super) fn own_servers(&self, schemes: &Node) -> Option<Node> {
        let root = self.document.root_node();
        let host = root.get("host")?.as_str()?;
        let host = host.split_once("://").map_or(host, |(_, host)| host).trim_end_matches('/');
        let path = path_of(root.get("basePath").and_then(Node::as_str).unwrap_or_default());
        let slash = if path.is_empty() || path.starts_with('/') { "" } else { "/" };
        let urls = schemes.as_array()?.iter().filter_map(|scheme| Some((scheme.span, scheme.as_str()?)));
        let servers = urls.map(|(span, scheme)| server(span, &format!("{scheme}://{host}{slash}{path}")));
        Some(list(schemes.span, servers.collect()))
    }

    /// Returns the host without a scheme, which Swagger 2.0 does not allow in `host`.
    fn host<'t>(&mut self, span: Span, text: &'t str) -> &'t str {
        let (scheme, host) = text.split_once("://").map_or((None, text), |(scheme, host)| (Some(scheme), host));
        let host = host.trim_end_matches('/');
        if let Some(scheme) = scheme {
            let problem =
                self.remark("bad-server", span, format!("`host` must not contain a scheme such as `{scheme}://`"));
            let problem = problem.label(if self.strict { "not a host" } else { "read without its scheme" });
            self.diagnostics.push(problem.help(format!("write `host: {host}`, and `schemes: [{scheme}]`")));
        }
        host
    }

    /// Returns the base path without a slash at its end, and reports one that does not begin with a slash.
    fn base_path<'t>(&mut self, span: Span, text: &'t str) -> &'t str {
        let path = path_of(text);
        if path.len() < text.trim_end_matches('/').len() {
            let problem = self.remark("bad-server", span, "`basePath` must not contain a host");
            let problem =
                problem.label(if self.strict { "not a path".to_owned() } else { format!("read as `{path}`") });
            self.diagnostics.push(problem.help(format!("write `basePath: {path}`, and the host in `host`")));
        }
        if !path.is_empty() && !path.starts_with('/') {
            let problem = self.remark("bad-server", span, "`basePath` must begin with `/`");
            let problem = problem.label(if self.strict { "no slash".to_owned() } else { format!("read as `/{path}`") });
            self.diagnostics.push(problem.help(format!("write `basePath: /{path}`")));
        }
        if path.contains('{') {
            let problem = self.remark("bad-server", span, "`basePath` must not contain parameters");
            let problem = problem.label(if self.strict { "a template" } else { "ignored in `BASE_PATH`" });
            self.diagnostics.push(problem.help("write the path without parameters, or move them into each path"));
        }
        path
    }
}

/// Returns the path of a base path without a slash at its end, also if the base path is a complete URL.
fn path_of(base: &str) -> &str {
    let path = match base.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("", |at| &rest[at..]),
        None => base,
    };
    path.trim_end_matches('/')
}

/// Returns a server for each scheme of the document. Without schemes it is `https`, since the scheme by which the
/// document was fetched is unknown.
fn urls(root: &Object, span: Span, rest: &str) -> Vec<Node> {
    let schemes = root.get("schemes").and_then(Node::as_array).unwrap_or_default();
    let mut servers: Vec<Node> = schemes
        .iter()
        .filter_map(|scheme| Some(server(scheme.span, &format!("{}://{rest}", scheme.as_str()?))))
        .collect();
    if servers.is_empty() {
        servers.push(server(span, &format!("https://{rest}")));
    }
    servers
}

fn server(span: Span, url: &str) -> Node {
    object(span, [field(span, "url", url)])
}
