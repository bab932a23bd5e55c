//! The constraints between several fields of one OpenAPI object, which the grammar cannot express.

use super::Checker;
use crate::document::grammar::{ObjectKind, Rule};
use crate::document::node::{Node, Object};
use crate::document::version::Version;
use crate::source::Span;

impl Checker<'_, '_> {
    /// Checks the constraints between several fields of an OpenAPI object.
    pub(super) fn fields(&mut self, kind: ObjectKind, rule: &Rule, object: &Object, anchor: Span) {
        if self.document.version() == Version::V20 {
            return self.swagger_fields(kind, rule, object, anchor);
        }
        match kind {
            ObjectKind::Root => self.root(rule, object, anchor),
            ObjectKind::Operation if self.document.version() == Version::V30 && !object.contains_key("responses") => {
                self.missing(rule, object, "responses", anchor);
            }
            ObjectKind::Parameter | ObjectKind::Header => self.described(rule, object, anchor),
            ObjectKind::Schema => self.tuple(object),
            ObjectKind::SecurityScheme => self.security_scheme(rule, object, anchor),
            _ => {}
        }
    }

    fn root(&mut self, rule: &Rule, object: &Object, anchor: Span) {
        let enough: &[&str] = match self.document.version() {
            Version::V20 | Version::V30 => &["paths"],
            Version::V31 | Version::V32 => &["paths", "webhooks", "components"],
        };
        if !enough.iter().any(|name| object.contains_key(name)) {
            self.missing(rule, object, "paths", anchor);
        }
    }

    /// Reports a list as the value of `items`, which was the syntax of tuples before JSON Schema 2020-12.
    fn tuple(&mut self, object: &Object) {
        let Some(span) = object.key_span("items") else { return };
        if object.get("items").and_then(Node::as_array).is_some() && self.document.version() >= Version::V31 {
            let message = "`items` is an array, as in JSON Schema before 2020-12".to_owned();
            let label = if self.strict { "must be a schema" } else { "treated as `prefixItems`" };
            let problem = self.lax(false, "other-version", span, message).label(label);
            self.report(problem.help("use `prefixItems`, and `items` for the elements that follow"));
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
                self.missing(rule, object, name, anchor);
            }
        }
    }
}
