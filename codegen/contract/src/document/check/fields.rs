//! The constraints between the fields of one object, which the table of fields cannot express.

use super::Checker;
use crate::diagnostic::Diagnostic;
use crate::document::grammar::{ObjectKind, Rule};
use crate::document::node::{Node, Object};
use crate::document::version::Version;
use crate::source::Span;

impl Checker<'_, '_> {
    /// Checks the constraints between the fields of an object.
    pub(super) fn fields(&mut self, kind: ObjectKind, rule: &Rule, object: &Object, anchor: Span) {
        match kind {
            ObjectKind::Root => self.root(rule, object, anchor),
            ObjectKind::Operation if self.document.version() == Version::V30 && !object.contains_key("responses") => {
                self.missing(rule, "responses", anchor);
            }
            ObjectKind::Parameter | ObjectKind::Header => self.described(rule, object, anchor),
            ObjectKind::Schema => self.tuple(object),
            ObjectKind::SecurityScheme => self.security_scheme(rule, object, anchor),
            _ => {}
        }
    }

    fn root(&mut self, rule: &Rule, object: &Object, anchor: Span) {
        let enough: &[&str] = match self.document.version() {
            Version::V30 => &["paths"],
            Version::V31 | Version::V32 => &["paths", "webhooks", "components"],
        };
        if !enough.iter().any(|name| object.contains_key(name)) {
            self.missing(rule, "paths", anchor);
        }
    }

    /// Checks that a parameter or header has either `schema` or `content`, but not both.
    fn described(&mut self, rule: &Rule, object: &Object, anchor: Span) {
        match (object.key_span("schema"), object.key_span("content")) {
            (None, None) => {
                let message = format!("{} needs `schema` or `content`", rule.name);
                let problem = Diagnostic::error("missing-field", anchor, message);
                self.report(problem.label("nothing says what it holds"));
            }
            (Some(schema), Some(content)) => {
                let message = format!("{} has `schema` and `content`", rule.name);
                let problem = Diagnostic::error("conflicting-fields", content, message).label("and this");
                self.report(problem.also(schema, "this").help("keep one of the two"));
            }
            _ => {}
        }
    }

    /// Reports a list under `items`, which was the syntax of tuples before JSON Schema 2020-12.
    fn tuple(&mut self, object: &Object) {
        let Some(span) = object.key_span("items") else { return };
        if object.get("items").and_then(Node::as_array).is_some() && self.document.version() != Version::V30 {
            let message = "`items` is a list as in JSON Schema before 2020-12".to_owned();
            let problem = self.lax(false, "other-version", span, message).label("read as `prefixItems`");
            self.report(problem.help("write `prefixItems`, and under `items` what may follow them"));
        }
    }

    fn security_scheme(&mut self, rule: &Rule, object: &Object, anchor: Span) {
        let needed: &[&str] = match object.get("type").and_then(Node::as_str) {
            Some("apiKey") => &["name", "in"],
            Some("http") => &["scheme"],
            Some("oauth2") => &["flows"],
            Some("openIdConnect") => &["openIdConnectUrl"],
            _ => &[],
        };
        for name in needed {
            if !object.contains_key(name) {
                self.missing(rule, name, anchor);
            }
        }
    }
}
