//! Security schemes and what an operation requires of them.

use crate::contract::operation::{Requirement, Scheme, SchemeKind};
use crate::diagnostic::Diagnostic;
use crate::document::Node;

use super::{Lowering, elements, entries, string};

impl<'d> Lowering<'d, '_> {
    /// The schemes of `components.securitySchemes`.
    pub(super) fn schemes(&mut self, root: &'d Node) -> Vec<Scheme> {
        let mut schemes = Vec::new();
        let nodes: Vec<_> = entries(root.get("components").and_then(|all| all.get("securitySchemes"))).collect();
        for (name, node) in nodes {
            let Some(node) = self.follow(node) else { continue };
            let kind = match (string(node, "type").as_deref(), string(node, "scheme"), string(node, "in").as_deref()) {
                (Some("http"), Some(scheme), _) if scheme.eq_ignore_ascii_case("bearer") => SchemeKind::Bearer,
                (Some("http"), Some(scheme), _) if scheme.eq_ignore_ascii_case("basic") => SchemeKind::Basic,
                (Some("http"), Some(scheme), _) => SchemeKind::Authorization(scheme),
                (Some("oauth2" | "openIdConnect"), ..) => SchemeKind::Bearer,
                (Some("mutualTLS"), ..) => SchemeKind::MutualTls,
                (Some("apiKey"), _, Some("header")) => SchemeKind::Header(string(node, "name").unwrap_or_default()),
                (Some("apiKey"), _, Some("query")) => SchemeKind::Query(string(node, "name").unwrap_or_default()),
                (Some("apiKey"), _, Some("cookie")) => SchemeKind::Cookie(string(node, "name").unwrap_or_default()),
                _ => {
                    self.report(
                        Diagnostic::error(
                            "unsupported-security",
                            node.span,
                            format!("the security scheme `{name}` is of no kind that OpenAPI knows"),
                        )
                        .label("operations under it could not be called")
                        .help("the types are http, apiKey, oauth2, openIdConnect and, from 3.1 on, mutualTLS"),
                    );
                    continue;
                }
            };
            schemes.push(Scheme { name: name.clone(), kind, description: string(node, "description") });
        }
        schemes
    }

    /// The alternatives of one operation: its own, else those of the root.
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
                        format!("there is no security scheme `{}`", key.name),
                    )
                    .label("not in `components.securitySchemes`");
                    let report = match crate::diagnostic::closest(&key.name, known) {
                        Some(close) => report.suggest(key.span, close),
                        None => report,
                    };
                    self.report(report);
                    continue;
                }
                let scopes = elements(Some(scopes)).iter().filter_map(Node::as_str).map(str::to_owned).collect();
                all.push(Requirement { scheme: key.name.clone(), scopes });
            }
            alternatives.push(all);
        }
        // Only the empty alternative is the same as none: public.
        if alternatives.iter().all(Vec::is_empty) {
            alternatives.clear();
        }
        alternatives
    }
}
