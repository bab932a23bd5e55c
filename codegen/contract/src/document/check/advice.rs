//! The advice in diagnostics about fields that another version of OpenAPI has.

use crate::document::grammar::Rule;
use crate::document::node::Node;
use crate::document::version::Version;

/// The advice for a response or request body whose schema or media type is in the wrong place.
pub(super) const BODY_BY_MEDIA_TYPE: &str =
    "describe the body by media type: `content: { application/json: { schema: … } }`";

/// Returns the advice how to express a field that only another version of OpenAPI has, such as `nullable` in 3.1.
/// `value` is the value of the field, since some advice quotes it.
pub(super) fn instead(name: &str, value: Option<&Node>, version: Version) -> Option<String> {
    let advice = match name {
        "type" => return Some(single_type(value)),
        "exclusiveMinimum" | "exclusiveMaximum" => {
            let inclusive = if name == "exclusiveMinimum" { "minimum" } else { "maximum" };
            let limit = value
                .filter(|value| value.as_number().is_some())
                .map_or("1".to_owned(), |value| value.to_json().to_string());
            return Some(match version {
                Version::V30 => format!("in 3.0, write `{inclusive}: {limit}, {name}: true`"),
                Version::V31 | Version::V32 => {
                    format!(
                        "in {}, write the limit itself, as in `{name}: {limit}`, and no `{inclusive}`",
                        version.number()
                    )
                }
            });
        }
        "nullable" => "in 3.1, remove `nullable` and list `\"null\"` among the types: `type: [string, \"null\"]`",
        "const" => "in 3.0, write an `enum` with one value",
        "examples" => "in 3.0, write `example`",
        "$defs" | "definitions" => "in 3.0, put the schemas under `components/schemas`",
        "webhooks" | "patternProperties" | "if" | "then" | "else" => "declare `openapi: 3.1.0` to use it",
        _ => return None,
    };
    Some(advice.to_owned())
}

/// Returns an example of a required field, if its value is not obvious from its name.
pub(super) fn example(rule: &Rule, name: &str) -> Option<&'static str> {
    Some(match (rule.name, name) {
        (_, "version") => "version: 1.0.0",
        (_, "responses") => "responses: { \"204\": { description: Done. } }",
        ("a response", "description") => "description: The result.",
        (_, "scheme") => "scheme: bearer",
        ("a security scheme", "in") => "in: header",
        (_, "in") => "in: query",
        _ => return None,
    })
}

/// Returns the advice how to write the `type` of a 3.1 schema in 3.0: a list of types, or null.
fn single_type(value: Option<&Node>) -> String {
    let Some(list) = value.and_then(Node::as_array) else {
        return "in 3.0, write the type of the other values, and `nullable: true` to allow null".to_owned();
    };
    let is_null = |one: &&Node| one.is_null() || one.as_str() == Some("null");
    let others: Vec<&str> = list.iter().filter(|one| !is_null(one)).filter_map(Node::as_str).collect();
    let nullable = if list.iter().any(|one| is_null(&one)) { ", nullable: true" } else { "" };
    match others.as_slice() {
        [] => "in 3.0, write the type of the other values, and `nullable: true` to allow null".to_owned(),
        [only] => format!("in 3.0, write `type: {only}{nullable}`"),
        [first, rest @ ..] => {
            let branches: Vec<String> = rest.iter().map(|name| format!("{{ type: {name} }}")).collect();
            format!("in 3.0, write `anyOf: [{{ type: {first}{nullable} }}, {}]`", branches.join(", "))
        }
    }
}
