//! The building of security schemes, and of the security requirements of operations.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Nearness, nearest};
use crate::document::Node;
use crate::model::OutgoingOperation;
use crate::model::operation::{Operation, Requirement, Scheme, SchemeKind, Scope};

use super::builder::Builder;
use super::node_fields::{elements, entries, string};

impl<'d> Builder<'d, '_> {
    /// Returns the security schemes that the contract declares in `components.securitySchemes`.
    pub(super) fn schemes(&mut self, root: &'d Node) -> Vec<Scheme> {
        let mut schemes = Vec::new();
        let nodes = root.get("components").and_then(|all| all.get("securitySchemes")).and_then(Node::as_object);
        for (key, node) in nodes.into_iter().flatten() {
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
            schemes.push(Scheme {
                name: key.name.clone(),
                kind,
                span: key.span,
                description: string(node, "description"),
                bearer_format: string(node, "bearerFormat"),
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
                if !schemes.iter().any(|scheme| scheme.name == key.name) {
                    let known = schemes.iter().map(|scheme| scheme.name.as_str());
                    let report = Diagnostic::error(
                        "unknown-security-scheme",
                        key.span,
                        format!("unknown security scheme `{}`", key.name),
                    )
                    .label("not defined under `components/securitySchemes`");
                    self.report(match crate::diagnostic::closest(&key.name, known) {
                        Some(close) => report.suggest(self.document.sources.inside_quotes(key.span), close),
                        None => report.help("define it there, for example as `{ type: http, scheme: bearer }`"),
                    });
                    continue;
                }
                self.check_scopes(root, &key.name, scopes);
                let scopes = elements(Some(scopes)).iter().filter_map(Node::as_str).map(str::to_owned).collect();
                all.push(Requirement { scheme: key.name.clone(), scopes });
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
    fn check_scopes(&mut self, root: &'d Node, scheme: &str, scopes: &'d Node) {
        let schemes = root.get("components").and_then(|all| all.get("securitySchemes"));
        let Some(node) = schemes.and_then(|all| all.get(scheme)).and_then(|node| self.follow(node)) else { return };
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
