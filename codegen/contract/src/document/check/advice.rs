//! The advice in diagnostics about fields that another version of OpenAPI has.

/// Returns the advice how to express a field that only another version of OpenAPI has, such as `nullable` in 3.1.
pub(super) fn instead(name: &str) -> Option<&'static str> {
    Some(match name {
        "nullable" => "in 3.1, write a list of types such as `type: [string, \"null\"]`",
        "const" => "in 3.0, write an `enum` with one value",
        "examples" => "in 3.0, write `example`",
        "exclusiveMinimum" => "in 3.0, write a boolean beside `minimum`; in 3.1, write the limit as a number",
        "exclusiveMaximum" => "in 3.0, write a boolean beside `maximum`; in 3.1, write the limit as a number",
        "type" => "in 3.0, write a single type, and `nullable: true` to allow null",
        "$defs" | "definitions" => "in 3.0, put the schemas under `components/schemas`",
        "webhooks" | "patternProperties" | "if" | "then" | "else" => "declare `openapi: 3.1.0` to use it",
        _ => return None,
    })
}
