//! The constraints between several fields of one OpenAPI object, which the grammar cannot express.

use super::Checker;
use crate::diagnostic::Diagnostic;
use crate::document::grammar::{ObjectKind, Pattern, Presence, Rule};
use crate::document::node::{Node, Object};
use crate::document::repair::Repair;
use crate::document::version::Version;
use crate::source::Span;

impl<'d> Checker<'d, '_> {
    /// Checks the constraints between several fields of an OpenAPI object.
    pub(super) fn fields(&mut self, kind: ObjectKind, rule: &Rule, object: &'d Object, anchor: Span) {
        if let Some(pattern) = &rule.pattern {
            self.misspelt_names(rule, pattern, object);
        }
        match kind {
            ObjectKind::Root => self.root(rule, object, anchor),
            ObjectKind::Operation if self.document.version() == Version::V30 && !object.contains_key("responses") => {
                self.missing(rule, object, ("responses", Presence::Assumed("treated as empty")), anchor);
            }
            ObjectKind::Parameter | ObjectKind::Header => {
                self.described(rule, object, anchor);
                self.parameter_3_2(rule, object);
            }
            ObjectKind::MediaType | ObjectKind::Encoding => self.encodings(rule, object),
            ObjectKind::Example => self.example_3_2(rule, object),
            ObjectKind::Schema => self.tuple(object),
            ObjectKind::SecurityScheme => self.security_scheme(rule, object, anchor),
            _ => {}
        }
    }

    fn root(&mut self, rule: &Rule, object: &Object, anchor: Span) {
        self.self_uri(object);
        self.tags(object);
        let enough: &[&str] = match self.document.version() {
            Version::V30 => &["paths"],
            Version::V31 | Version::V32 => &["paths", "webhooks", "components"],
        };
        if !enough.iter().any(|name| object.contains_key(name)) {
            self.missing(rule, object, ("paths", Presence::Assumed("treated as empty")), anchor);
        }
    }

    /// Reports the entries of an object whose names lack the required form but have only one possible meaning in it,
    /// such as `2xx`, and records their repair.
    fn misspelt_names(&mut self, rule: &Rule, pattern: &Pattern, object: &Object) {
        for (key, _) in object {
            let extension = key.name.starts_with("x-");
            let free = !extension && rule.field(&key.name, self.document.version()).is_none();
            let Some(name) = (pattern.corrected)(&key.name).filter(|_| free) else { continue };
            let message = format!("`{}` is not {}", key.name, pattern.entry);
            let span = self.inside_quotes(key.span);
            if let Some(other) = object.key_span(&name) {
                let problem = Diagnostic::error("conflicting-fields", key.span, message);
                let problem = problem.label(format!("means `{name}`, which is declared too"));
                self.report(problem.also(other, "other declaration").help("keep one of the two"));
                continue;
            }
            let problem = self.lax(false, "unknown-field", key.span, message);
            let problem = problem.label(match self.strict {
                true => format!("{} {}", pattern.entry, pattern.form),
                false => format!("treated as `{name}`"),
            });
            self.report(problem.suggest(span, name.clone()));
            self.repairs.add(key.span, Repair::Rename(name));
        }
    }

    /// Reports a list as the value of `items`, which was the syntax of tuples before JSON Schema 2020-12.
    fn tuple(&mut self, object: &Object) {
        let Some(span) = object.key_span("items") else { return };
        if object.get("items").and_then(Node::as_array).is_some() && self.document.version() != Version::V30 {
            let message = "`items` is an array, as in JSON Schema before 2020-12".to_owned();
            let label = if self.strict { "must be a schema" } else { "treated as `prefixItems`" };
            let problem = self.lax(false, "other-version", span, message).label(label);
            self.report(problem.help("use `prefixItems`, and `items` for the elements that follow"));
        }
    }

    fn security_scheme(&mut self, rule: &Rule, object: &Object, anchor: Span) {
        // Flows and the discovery URL tell clients where to get a token; the service checks the token without them.
        let needed: &[(&str, Presence)] = match object.get("type").and_then(Node::as_str) {
            Some("apiKey") => &[("name", Presence::Required), ("in", Presence::Required)],
            Some("http") => &[("scheme", Presence::Required)],
            Some("oauth2") => &[("flows", Presence::Assumed("treated as empty"))],
            Some("openIdConnect") => &[("openIdConnectUrl", Presence::Assumed("treated as empty"))],
            _ => &[],
        };
        for (name, presence) in needed {
            if !object.contains_key(name) {
                self.missing(rule, object, (name, *presence), anchor);
            }
        }
    }
}
