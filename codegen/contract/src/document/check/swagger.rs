//! The constraints between several fields of one object of Swagger 2.0, which the grammar cannot express.

use super::Checker;
use crate::document::grammar::{ObjectKind, Presence, Rule};
use crate::document::node::{Node, Object};
use crate::source::Span;

/// The fields that a security scheme of Swagger 2.0 needs for its `flow`.
const FLOWS: &[(&str, &[&str])] = &[
    ("implicit", &["authorizationUrl", "scopes"]),
    ("password", &["tokenUrl", "scopes"]),
    ("application", &["tokenUrl", "scopes"]),
    ("accessCode", &["authorizationUrl", "tokenUrl", "scopes"]),
];

impl Checker<'_, '_> {
    /// Checks the constraints between several fields of an object of Swagger 2.0.
    pub(super) fn swagger_fields(&mut self, kind: ObjectKind, rule: &Rule, object: &Object, anchor: Span) {
        match kind {
            ObjectKind::Parameter if is_body(object) => self.body_parameter(rule, object, anchor),
            ObjectKind::Parameter | ObjectKind::Header => self.typed(rule, object, anchor),
            ObjectKind::SecurityScheme => self.swagger_scheme(rule, object, anchor),
            _ => {}
        }
    }

    /// Checks that a parameter for a body has a schema, and nothing else that describes the body.
    fn body_parameter(&mut self, rule: &Rule, object: &Object, anchor: Span) {
        if object.contains_key("schema") {
            if let Some(span) = object.key_span("type") {
                let message = "`type` of a parameter with `in: body` has no effect".to_owned();
                let problem = self.lax(false, "conflicting-fields", span, message).label("ignored");
                self.report(problem.help("remove it: the `schema` describes the body"));
            }
            return;
        }
        let problem = self.lax(false, "missing-field", anchor, format!("{} with `in: body` needs `schema`", rule.name));
        self.report(match text(object, "type") {
            _ if self.strict => problem.label("`schema` is missing").help("add for example `schema: { type: object }`"),
            Some(kind) => problem
                .label("described by the fields beside `in`")
                .help(format!("write `schema: {{ type: {kind} }}` instead of `type: {kind}`")),
            None => problem.label("any value is accepted").help("add for example `schema: { type: object }`"),
        });
    }

    /// Checks that exactly one of `type` and `schema` describes the value of a parameter or header.
    fn typed(&mut self, rule: &Rule, object: &Object, anchor: Span) {
        match (object.key_span("schema"), object.contains_key("type")) {
            (Some(span), _) => {
                let message = match text(object, "in") {
                    Some(place) => format!("`schema` of {} with `in: {place}` has the form of OpenAPI 3.0", rule.name),
                    None => format!("`schema` of {} has the form of OpenAPI 3.0", rule.name),
                };
                let problem = self.lax(false, "other-version", span, message);
                let problem = problem.label(if self.strict { "not allowed in 2.0" } else { "treated as in 3.0" });
                self.report(problem.help("in 2.0, write `type`, `format` and the others without `schema`"));
            }
            (None, false) => {
                let message = format!("{} needs `type`", rule.name);
                let problem = self.lax(false, "missing-field", anchor, message);
                let assumed = if object.contains_key("items") { "an array" } else { "a string" };
                let label = if self.strict { "`type` is missing".to_owned() } else { format!("read as {assumed}") };
                self.report(problem.label(label).help("add for example `type: string`"));
            }
            (None, true) => {}
        }
    }

    fn swagger_scheme(&mut self, rule: &Rule, object: &Object, anchor: Span) {
        let needed: &[(&str, Presence)] = match text(object, "type") {
            Some("apiKey") => &[("name", Presence::Required), ("in", Presence::Required)],
            Some("http") => &[("scheme", Presence::Required)],
            Some("oauth2") => &[("flow", Presence::Assumed("missing: a flow changes no request"))],
            _ => &[],
        };
        for (name, presence) in needed.iter().filter(|(name, _)| !object.contains_key(name)) {
            self.missing(rule, object, (name, *presence), anchor);
        }
        let of_flow = FLOWS.iter().find(|(flow, _)| text(object, "flow") == Some(*flow)).map(|(_, fields)| *fields);
        for name in of_flow.unwrap_or_default().iter().filter(|name| !object.contains_key(name)) {
            let flow = text(object, "flow").unwrap_or_default();
            let message = format!("{} with `flow: {flow}` needs `{name}`", rule.name);
            let problem = self.lax(false, "missing-field", anchor, message).label(format!("`{name}` is missing"));
            self.report(match *name {
                "scopes" => problem.help("add `scopes: {}` if there are none"),
                _ => problem.help("add the URL, so that clients can obtain a token"),
            });
        }
    }
}

/// Returns true if a parameter describes a body. The location may be written in another case, which is repaired.
fn is_body(object: &Object) -> bool {
    text(object, "in").is_some_and(|location| location.eq_ignore_ascii_case("body"))
}

fn text<'o>(object: &'o Object, name: &str) -> Option<&'o str> {
    object.get(name).and_then(Node::as_str)
}
