//! The servers of a contract, and the base path of their URLs.

use crate::diagnostic::Diagnostic;
use crate::document::{Node, Version};
use crate::model::{Server, ServerVariable};

use super::builder::Builder;
use super::node_fields::{elements, entries, string};

/// Returns the servers that the root object of a contract declares.
pub(super) fn servers(root: &Node) -> Vec<Server> {
    let text = |node: &Node, name: &str| string(node, name).unwrap_or_default();
    let variable = |(name, node): (&String, &Node)| ServerVariable {
        name: name.clone(),
        default: text(node, "default"),
        values: elements(node.get("enum")).iter().filter_map(Node::as_str).map(str::to_owned).collect(),
        description: text(node, "description"),
    };
    let server = |node: &Node| Server {
        url: text(node, "url"),
        description: text(node, "description"),
        variables: entries(node.get("variables")).map(variable).collect(),
    };
    elements(root.get("servers")).iter().map(server).collect()
}

impl Builder<'_, '_> {
    /// Reports servers that a path item or operation declares, since they have no effect on its route.
    pub(super) fn check_servers(&mut self, node: &Node) {
        let Some(servers) = node.get("servers") else { return };
        self.report(
            Diagnostic::info(
                "own-servers",
                servers.span,
                match self.document.written_in() {
                    Version::V20 => "`schemes` of an operation has no effect on routing",
                    _ => "`servers` of a path or an operation has no effect on routing",
                },
            )
            .label("routed like all other operations")
            .note("to serve it at another address, mount the router there too"),
        );
    }
}

impl Server {
    /// Returns the path of the server's URL with the default of every variable, without a trailing slash.
    pub fn base_path(&self) -> String {
        let mut url = self.url.clone();
        for variable in &self.variables {
            url = url.replace(&format!("{{{}}}", variable.name), &variable.default);
        }
        let path = match url.split_once("://") {
            Some((_, rest)) => rest.find('/').map_or("", |at| &rest[at..]),
            None => url.as_str(),
        };
        let path = path.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
        // A relative URL depends on the location of the contract, which is unknown here.
        if path.starts_with('/') && !path.contains(['{', '}']) { path.to_owned() } else { String::new() }
    }
}
