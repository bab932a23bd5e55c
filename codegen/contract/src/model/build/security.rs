//! The building of security schemes, and of the security requirements of operations.

use std::collections::{HashMap, HashSet};

use crate::diagnostic::{Diagnostic, Nearness, nearest};
use crate::document::{Key, Node, Version, is_plain_name};
use crate::model::OutgoingOperation;
use crate::model::operation::{Operation, Requirement, Scheme, SchemeKind, Scope};
use crate::source::Span;

use super::builder::Builder;
use super::node_fields::{elements, entries, joined, string, truth};

impl<'d> Builder<'d, '_> {
    /// Returns the security schemes that the contract declares in `components.securitySchemes`.
    pub(super) fn schemes(&mut self, root: &'d Node) -> Vec<Scheme> {
        let mut schemes = Vec::new();
        let components = root.get("components").and_then(|all| all.get("securitySchemes"));
        let keys = components.and_then(Node::as_object).into_iter().flatten().map(|(key, _)| key);
        let spans: HashMap<&str, Span> = keys.map(|key| (key.name.as_str(), key.span)).collect();
        let nodes = entries(components);
        let named = nodes.map(|(name, node)| (name.clone(), node)).collect::<Vec<_>>();
        let by_uri = self.schemes_by_uri(root, &named);
        for (name, node) in named.into_iter().chain(by_uri) {
            let span = spans.get(name.as_str()).copied().unwrap_or(node.span);
            let node = self.follow(node).unwrap_or(node);
            let kind = match (string(node, "type").as_deref(), string(node, "scheme"), string(node, "in").as_deref()) {
                (Some("http"), Some(scheme), _) if scheme.eq_ignore_ascii_case("bearer") => SchemeKind::Bearer,
                (Some("http"), Some(scheme), _) if scheme.eq_ignore_ascii_case("basic") => SchemeKind::Basic,
                (Some("http"), Some(scheme), _) => SchemeKind::Authorization(scheme),
                (Some("oauth2" | "openIdConnect"), ..) => SchemeKind::Bearer,
                (Some("mutualTLS"), ..) => SchemeKind::MutualTls,
                (Some("apiKey"), _, Some("header")) => SchemeKind::Header(string(node, "name").unwrap_or_default()),
                (Some("apiKey"), _, Some("query")) => SchemeKind::Query(string(node, "name").unwrap_or_default()),
                (Some("apiKey"), _, Some("cookie")) => SchemeKind::Cookie(string(node, "name").unwrap_or_default()),
                // An invalid scheme was reported during loading; requirements of it are not reported again.
                _ => SchemeKind::Bearer,
            };
            if let (SchemeKind::Header(header), Some(at)) = (&kind, node.get("name")) {
                self.check_header_name(header, at.span);
            }
            let deprecated = truth(node, "deprecated").then(|| "This security scheme is deprecated.".to_owned());
            let description = joined([string(node, "description"), deprecated]);
            schemes.push(Scheme {
                name,
                kind,
                span,
                description,
                bearer_format: string(node, "bearerFormat"),
                delegated: matches!(string(node, "type").as_deref(), Some("oauth2" | "openIdConnect")),
                scopes: scopes(node),
            });
        }
        schemes
    }

    /// Reports the security schemes that no operation requires, for which no method is generated.
    pub(super) fn report_unused_schemes(
        &mut self,
        schemes: &[Scheme],
        operations: &[Operation],
        outgoing: &[OutgoingOperation],
    ) {
        let outgoing = outgoing.iter().filter_map(|outgoing| outgoing.operation.as_ref());
        let used: HashSet<&str> = operations
            .iter()
            .chain(outgoing)
            .flat_map(|operation| operation.security.iter().flatten())
            .map(|requirement| requirement.scheme.as_str())
            .collect();
        for scheme in schemes.iter().filter(|scheme| !used.contains(scheme.name.as_str())) {
            let message = format!("no operation requires the security scheme `{}`", scheme.name);
            self.report(
                Diagnostic::info("unused-security-scheme", scheme.span, message)
                    .label("the authenticator gets no method for it")
                    .help("list it under `security`, or remove it if no webhook or callback uses it"),
            );
        }
    }

    /// Returns the security schemes that requirements name by a reference and that are no components of the entry file.
    ///
    /// Since OpenAPI 3.2, a requirement may name a scheme by its URI (section 4.30). Each scheme gets the last step of
    /// the reference as its name, or a number after it if the name is taken.
    fn schemes_by_uri(&mut self, root: &'d Node, named: &[(String, &'d Node)]) -> Vec<(String, &'d Node)> {
        let mut found: Vec<(String, &'d Node)> = Vec::new();
        for (name, node) in named {
            let node = self.follow(node).unwrap_or(node);
            self.scheme_names.entry(node.span).or_insert_with(|| name.clone());
        }
        for key in self.requirement_keys(root) {
            let known = named.iter().any(|(name, _)| *name == key.name);
            let Some(node) = self.scheme_node(key).filter(|_| !known) else { continue };
            if self.scheme_names.contains_key(&node.span) {
                continue;
            }
            let last = key.name.rsplit(['/', '#']).find(|step| !step.is_empty()).unwrap_or("scheme").to_owned();
            let numbered = (2..).map(|number| format!("{last}_{number}"));
            let taken = |name: &String| named.iter().chain(&found).any(|(known, _)| known == name);
            let name = std::iter::once(last.clone()).chain(numbered).find(|name| !taken(name)).unwrap_or_default();
            self.scheme_names.insert(node.span, name.clone());
            found.push((name, node));
        }
        found
    }

    /// Returns the names in all security requirements of a contract: of the root object and of each operation.
    fn requirement_keys(&mut self, root: &'d Node) -> Vec<&'d Key> {
        let mut owners = vec![root];
        let mut items: Vec<&'d Node> =
            ["paths", "webhooks"].iter().flat_map(|name| entries(root.get(name))).map(|(_, item)| item).collect();
        let mut seen = HashSet::new();
        while let Some(item) = items.pop() {
            let Some(item) = self.path_item(item).filter(|_| seen.insert(item.span)) else { continue };
            for (_, operation, _) in item.methods() {
                owners.push(operation);
                for (_, callback) in entries(operation.get("callbacks")) {
                    items.extend(
                        self.follow(callback).into_iter().flat_map(|all| entries(Some(all))).map(|(_, item)| item),
                    );
                }
            }
        }
        let requirements = owners.into_iter().flat_map(|owner| elements(owner.get("security")));
        requirements.flat_map(|all| all.as_object().into_iter().flatten()).map(|(key, _)| key).collect()
    }

    /// Returns the security scheme that a name in a requirement refers to, if the name is a reference.
    fn scheme_node(&mut self, key: &Key) -> Option<&'d Node> {
        let located = self.document.resolve(key.span.file, &key.name).ok().filter(|_| !is_plain_name(&key.name))?;
        self.follow(located.node).filter(|node| node.get("type").is_some())
    }

    /// Returns the name of the security scheme that a name in a requirement stands for: that of a component, or else
    /// of the scheme that it refers to.
    fn scheme_of(&mut self, key: &Key, schemes: &[Scheme]) -> Option<String> {
        if schemes.iter().any(|scheme| scheme.name == key.name) {
            return Some(key.name.clone());
        }
        let node = self.scheme_node(key)?;
        self.scheme_names.get(&node.span).cloned()
    }

    /// Returns the alternatives of security requirements of an operation: its own, or those of the root object.
    pub(super) fn security(
        &mut self,
        root: &'d Node,
        operation: &'d Node,
        schemes: &[Scheme],
    ) -> Vec<Vec<Requirement>> {
        let Some(list) = operation.get("security").or_else(|| root.get("security")) else { return Vec::new() };
        let mut alternatives = Vec::new();
        for alternative in elements(Some(list)) {
            let mut all = Vec::new();
            for (key, scopes) in alternative.as_object().into_iter().flatten() {
                let Some(scheme) = self.scheme_of(key, schemes) else {
                    let known = schemes.iter().map(|scheme| scheme.name.as_str());
                    let report = Diagnostic::error(
                        "unknown-security-scheme",
                        key.span,
                        format!("unknown security scheme `{}`", key.name),
                    )
                    .label(format!("not defined under `{}`", self.place("securitySchemes")));
                    self.report(match crate::diagnostic::closest(&key.name, known) {
                        Some(close) => report.suggest(self.document.sources.inside_quotes(key.span), close),
                        None => report.help(match self.document.written_in() {
                            Version::V20 => "define it there, for example as `{ type: basic }`",
                            _ => "define it there, for example as `{ type: http, scheme: bearer }`",
                        }),
                    });
                    continue;
                };
                self.check_scopes(root, key, scopes);
                let scopes = elements(Some(scopes)).iter().filter_map(Node::as_str).map(str::to_owned).collect();
                all.push(Requirement { scheme, scopes });
            }
            alternatives.push(all);
        }
        // An empty alternative requires nothing. If there is no other, the operation is public.
        if alternatives.iter().all(Vec::is_empty) {
            alternatives.clear();
        }
        alternatives
    }

    /// Reports required scopes that no OAuth flow of the security scheme lists, so that they are never granted.
    fn check_scopes(&mut self, root: &'d Node, key: &Key, scopes: &'d Node) {
        let scheme = key.name.as_str();
        let schemes = root.get("components").and_then(|all| all.get("securitySchemes"));
        let component = schemes.and_then(|all| all.get(scheme)).and_then(|node| self.follow(node));
        let Some(node) = component.or_else(|| self.scheme_node(key)) else { return };
        let Some(flows) = node.get("flows").filter(|_| string(node, "type").as_deref() == Some("oauth2")) else {
            return;
        };
        let known: Vec<&str> = entries(Some(flows))
            .flat_map(|(_, flow)| entries(flow.get("scopes")))
            .map(|(name, _)| name.as_str())
            .collect();
        for scope in elements(Some(scopes)) {
            let Some(name) = scope.as_str().filter(|name| !known.contains(name)) else { continue };
            let report = self
                .remark("unknown-scope", scope.span, format!("no flow of `{scheme}` defines the scope `{name}`"))
                .label("unknown scope: no caller can have it")
                .also(flows.span, "flows of the scheme");
            // Scope names resemble each other, so only a typing error gets a suggestion.
            self.report(match nearest(name, known.iter().copied()) {
                Some((close, Nearness::Same | Nearness::Slip)) => {
                    report.suggest(self.document.sources.inside_quotes(scope.span), close)
                }
                _ => report.help("correct the name, or add the scope to the `scopes` of a flow"),
            });
        }
    }
}

/// Returns the scopes that the OAuth flows of a security scheme declare, in their order and each once.
fn scopes(scheme: &Node) -> Vec<Scope> {
    let mut seen = HashSet::new();
    entries(scheme.get("flows"))
        .flat_map(|(_, flow)| entries(flow.get("scopes")))
        .filter(|(name, _)| seen.insert(name.as_str()))
        .map(|(name, text)| Scope { name: name.clone(), description: text.as_str().unwrap_or_default().to_owned() })
        .collect()
}
