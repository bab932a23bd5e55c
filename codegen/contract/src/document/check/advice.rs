//! The advice on fields that another version of OpenAPI has.

/// Returns the alternative to a field of another version, if there is one.
pub(super) fn instead(name: &str) -> Option<&'static str> {
    Some(match name {
        "nullable" => "in 3.1, write `type: [string, \"null\"]`",
        "const" => "in 3.0, write an `enum` of one value",
        "examples" => "in 3.0, write `example`",
        "exclusiveMinimum" => "in 3.0, it is a boolean beside `minimum`; in 3.1, it is the bound itself",
        "exclusiveMaximum" => "in 3.0, it is a boolean beside `maximum`; in 3.1, it is the bound itself",
        "type" => "in 3.0, write one type, and `nullable: true` for null",
        "$defs" | "definitions" => "in 3.0, put it under `components`",
        "webhooks" | "patternProperties" | "if" | "then" | "else" => "write `openapi: 3.1.0` to use it",
        _ => return None,
    })
}
