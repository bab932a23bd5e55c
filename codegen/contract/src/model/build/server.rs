//! The servers of a contract, and the base path of their URLs.

use crate::diagnostic::Diagnostic;
use crate::document::{Node, Version};
use crate::model::{Server, ServerVariable};

use super::builder::Builder;
use super::node_fields::{elements, entries, string};
use super::policy::placeholders;

impl Builder<'_, '_> {
    /// Returns the servers that the root object of a contract declares; reports mistakes in their variables.
    pub(super) fn servers(&mut self, root: &Node) -> Vec<Server> {
        let text = |node: &Node, name: &str| string(node, name).unwrap_or_default();
        let variable = |(name, node): (&String, &Node)| {
            let values: Vec<String> =
                elements(node.get("enum")).iter().filter_map(Node::as_str).map(str::to_owned).collect();
            let default = string(node, "default").or_else(|| values.first().cloned()).unwrap_or_default();
            ServerVariable { name: name.clone(), default, values, description: text(node, "description") }
        };
        let mut servers = Vec::new();
        for node in elements(root.get("servers")) {
            let server = Server {
                url: text(node, "url"),
                description: text(node, "description"),
                variables: entries(node.get("variables")).map(variable).collect(),
            };
            self.check_variables(node, &server);
            servers.push(server);
        }
        servers
    }

    /// Reports defaults of variables outside of their `enum`, and parts of the URL in braces that are no variable.
    fn check_variables(&mut self, node: &Node, server: &Server) {
        for variable in &server.variables {
            let field = node.get("variables").and_then(|all| all.get(&variable.name));
            let Some(default) = field.and_then(|field| field.get("default")) else { continue };
            if !variable.values.is_empty() && !variable.values.contains(&variable.default) {
                let message = format!(
                    "the default `{}` of the server variable `{}` is not in its `enum`",
                    variable.default, variable.name
                );
                let report = self.remark("server-variable", default.span, message);
                let report = report.label(if self.strict { "not in `enum`" } else { "treated as allowed" });
                self.report(report.help("add it to `enum`, or write one of these values"));
            }
        }
        let Some(url) = node.get("url") else { return };
        for name in placeholders(&server.url) {
            if server.variables.iter().all(|variable| variable.name != name) {
                let message = format!("`{{{name}}}` in the URL of a server is not declared under `variables`");
                let report = self.remark("server-variable", url.span, message);
                let report = report.label(match self.strict {
                    true => "not a variable",
                    false => "treated as text; a base path that contains it is treated as empty",
                });
                self.report(report.help(format!("add for example `variables: {{ {name}: {{ default: … }} }}`")));
            }
        }
    }

    /// Reports servers that a path item or operation declares, since they have no effect on its route.
    pub(super) fn check_servers(&mut self, servers: &Node) {
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
