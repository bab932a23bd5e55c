//! The upgrade of security schemes: `basic` becomes `http`, and the `flow` of `oauth2` becomes one of its `flows`.

use super::create::{field, key, object};
use crate::document::node::{Node, Object};

/// The flows of Swagger 2.0 that OpenAPI 3.0 names differently.
const FLOWS: &[(&str, &str)] = &[("application", "clientCredentials"), ("accessCode", "authorizationCode")];

/// The fields of a scheme in Swagger 2.0 that belong to its flow in OpenAPI 3.0.
const FIELDS_OF_FLOW: &[&str] = &["authorizationUrl", "tokenUrl", "scopes"];

/// Returns the security scheme of OpenAPI 3.0 for one of Swagger 2.0.
pub(super) fn scheme(node: &Node, scheme: &Object) -> Node {
    let mut entries = Vec::new();
    let mut flow = Vec::new();
    for (name, value) in scheme {
        match (name.name.as_str(), value.as_str()) {
            ("type", Some("basic")) => {
                entries.extend([field(value.span, "type", "http"), field(value.span, "scheme", "basic")]);
            }
            ("flow", _) => {}
            (of_flow, _) if FIELDS_OF_FLOW.contains(&of_flow) => flow.push((name.clone(), value.clone())),
            _ => entries.push((name.clone(), value.clone())),
        }
    }
    if let Some((declared, text)) = scheme.get("flow").and_then(|flow| Some((flow, flow.as_str()?))) {
        let name = FLOWS.iter().find(|(old, _)| *old == text).map_or(text, |(_, new)| *new);
        if !scheme.contains_key("scopes") {
            flow.push((key(declared.span, "scopes"), object(declared.span, [])));
        }
        let flows = object(declared.span, [(key(declared.span, name), object(declared.span, flow))]);
        entries.push((key(declared.span, "flows"), flows));
    }
    object(node.span, entries)
}
