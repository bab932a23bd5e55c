//! The grammar of paths and operations, and of the objects within requests and responses.

use super::shape::Since::{BeforeV32, V32};
use super::shape::{
    ObjectKind, Pattern, Rule, Shape, assumed, assumed_since, field, named, plain, referable, required, since,
};

const SERVERS: Shape = Shape::List(&Shape::Of(ObjectKind::Server));
const PARAMETERS: Shape = Shape::List(&Shape::Of(ObjectKind::Parameter));
const EXAMPLES: Shape = Shape::Map(&Shape::Of(ObjectKind::Example));
const CONTENT: Shape = Shape::Map(&Shape::Of(ObjectKind::MediaType));
const HEADERS: Shape = Shape::Map(&Shape::Of(ObjectKind::Header));
const LINKS: Shape = Shape::Map(&Shape::Of(ObjectKind::Link));
const TEXTS: Shape = Shape::List(&Shape::Text);
const DOCS: Shape = Shape::Of(ObjectKind::ExternalDocs);
const SCHEMA: Shape = Shape::Of(ObjectKind::Schema);
const OPERATION_SHAPE: Shape = Shape::Of(ObjectKind::Operation);
const SECURITY: Shape = Shape::List(&Shape::Requirement);
const ENCODING_SHAPE: Shape = Shape::Of(ObjectKind::Encoding);
const STYLES: Shape =
    Shape::Word(&["matrix", "label", "form", "simple", "spaceDelimited", "pipeDelimited", "deepObject", "cookie"]);

pub(super) static PATHS: Rule = named(
    "the paths",
    &[],
    "a path",
    "begins with `/`",
    (is_path, path_without_slash),
    Shape::Of(ObjectKind::PathItem),
);

pub(super) static PATH_ITEM: Rule = referable(
    "a path item",
    &[
        field("summary", Shape::Text),
        field("description", Shape::Text),
        field("get", OPERATION_SHAPE),
        field("put", OPERATION_SHAPE),
        field("post", OPERATION_SHAPE),
        field("delete", OPERATION_SHAPE),
        field("options", OPERATION_SHAPE),
        field("head", OPERATION_SHAPE),
        field("patch", OPERATION_SHAPE),
        field("trace", OPERATION_SHAPE),
        field("servers", SERVERS),
        field("parameters", PARAMETERS),
        since(V32, "query", OPERATION_SHAPE),
        since(V32, "additionalOperations", Shape::Map(&OPERATION_SHAPE)),
    ],
);

pub(super) static OPERATION: Rule = plain(
    "an operation",
    &[
        field("tags", TEXTS),
        field("summary", Shape::Text),
        field("description", Shape::Text),
        field("externalDocs", DOCS),
        field("operationId", Shape::Text),
        field("parameters", PARAMETERS),
        field("requestBody", Shape::Of(ObjectKind::RequestBody)),
        field("responses", Shape::Of(ObjectKind::Responses)),
        field("callbacks", Shape::Map(&Shape::Of(ObjectKind::Callback))),
        field("deprecated", Shape::Bool),
        field("security", SECURITY),
        field("servers", SERVERS),
        // The vendor fields that this generator defines as objects and lists of OpenAPI.
        field("x-event", Shape::Of(ObjectKind::EventDeclaration)),
        field("x-events", TEXTS),
    ],
);

pub(super) static EVENT_DECLARATION: Rule = plain(
    "an event declaration",
    &[
        required("aggregate", Shape::Text),
        field("version", Shape::Count),
        field("earlier", Shape::List(&SCHEMA)),
        field("internal", Shape::Bool),
    ],
);

pub(super) static PARAMETER: Rule = referable(
    "a parameter",
    &[
        required("name", Shape::Text),
        required("in", Shape::Word(&["query", "querystring", "header", "path", "cookie"])),
        field("description", Shape::Text),
        field("required", Shape::Bool),
        field("deprecated", Shape::Bool),
        field("allowEmptyValue", Shape::Bool),
        field("style", STYLES),
        field("explode", Shape::Bool),
        field("allowReserved", Shape::Bool),
        field("schema", SCHEMA),
        field("example", Shape::Any),
        field("examples", EXAMPLES),
        field("content", CONTENT),
    ],
);

pub(super) static HEADER: Rule = referable(
    "a header",
    &[
        field("description", Shape::Text),
        field("required", Shape::Bool),
        field("deprecated", Shape::Bool),
        field("allowEmptyValue", Shape::Bool),
        field("style", STYLES),
        field("explode", Shape::Bool),
        field("allowReserved", Shape::Bool),
        field("schema", SCHEMA),
        field("example", Shape::Any),
        field("examples", EXAMPLES),
        field("content", CONTENT),
    ],
);

pub(super) static REQUEST_BODY: Rule = referable(
    "a request body",
    &[
        field("description", Shape::Text),
        assumed("content", CONTENT, "treated as empty: the operation reads no body"),
        field("required", Shape::Bool),
    ],
);

pub(super) static MEDIA_TYPE: Rule = referable(
    "a media type",
    &[
        field("schema", SCHEMA),
        field("example", Shape::Any),
        field("examples", EXAMPLES),
        field("encoding", Shape::Map(&ENCODING_SHAPE)),
        since(V32, "itemSchema", SCHEMA),
        since(V32, "prefixEncoding", Shape::List(&ENCODING_SHAPE)),
        since(V32, "itemEncoding", ENCODING_SHAPE),
    ],
);

pub(super) static ENCODING: Rule = plain(
    "an encoding",
    &[
        field("contentType", Shape::Text),
        field("headers", HEADERS),
        field("style", STYLES),
        field("explode", Shape::Bool),
        field("allowReserved", Shape::Bool),
        since(V32, "encoding", Shape::Map(&ENCODING_SHAPE)),
        since(V32, "prefixEncoding", Shape::List(&ENCODING_SHAPE)),
        since(V32, "itemEncoding", ENCODING_SHAPE),
    ],
);

pub(super) static RESPONSES: Rule = named(
    "the responses",
    &[field("default", Shape::Of(ObjectKind::Response))],
    "a status code",
    "is written `200`, `4XX` or `default`",
    (is_status, status_in_another_case),
    Shape::Of(ObjectKind::Response),
);

pub(super) static RESPONSE: Rule = referable(
    "a response",
    &[
        assumed_since(BeforeV32, "description", Shape::Text, "treated as empty"),
        since(V32, "description", Shape::Text),
        field("headers", HEADERS),
        field("content", CONTENT),
        field("links", LINKS),
        since(V32, "summary", Shape::Text),
    ],
);

pub(super) static CALLBACK: Rule = Rule {
    name: "a callback",
    fields: &[],
    pattern: Some(Pattern {
        matches: |_| true,
        corrected: |_| None,
        entry: "an expression",
        form: "is any text",
        shape: Shape::Of(ObjectKind::PathItem),
    }),
    reference: true,
    keywords: false,
};

pub(super) static EXAMPLE: Rule = referable(
    "an example",
    &[
        field("summary", Shape::Text),
        field("description", Shape::Text),
        field("value", Shape::Any),
        field("externalValue", Shape::Text),
        since(V32, "dataValue", Shape::Any),
        since(V32, "serializedValue", Shape::Text),
    ],
);

pub(super) static LINK: Rule = referable(
    "a link",
    &[
        field("operationRef", Shape::OperationRef),
        field("operationId", Shape::Text),
        field("parameters", Shape::Map(&Shape::Any)),
        field("requestBody", Shape::Any),
        field("description", Shape::Text),
        field("server", Shape::Of(ObjectKind::Server)),
    ],
);

fn is_path(name: &str) -> bool {
    name.starts_with('/')
}

/// Returns the path that a name without a leading `/` can only mean: `/users` for `users`.
///
/// A URL with a host, a field of a path item, and a text with spaces are other mistakes.
fn path_without_slash(name: &str) -> Option<String> {
    let other = name.is_empty()
        || name.starts_with(['$', '?', '#'])
        || name.contains("://")
        || name.contains(char::is_whitespace)
        || PATH_ITEM.fields.iter().any(|field| field.name == name);
    (!other && !is_path(name)).then(|| format!("/{name}"))
}

/// Returns the status code, range or `default` that a name in another case can only mean: `2XX` for `2xx`.
pub(super) fn status_in_another_case(name: &str) -> Option<String> {
    let upper = name.to_ascii_uppercase();
    match upper.as_str() {
        "DEFAULT" => Some("default".to_owned()),
        _ => Some(upper).filter(|upper| upper != name && is_status(upper)),
    }
}

/// Returns true if the name of a response is a status code such as `200` or a range such as `4XX`.
pub(super) fn is_status(name: &str) -> bool {
    let digit = |byte: &u8| byte.is_ascii_digit();
    match name.as_bytes() {
        [b'1'..=b'5', b'X', b'X'] => true,
        [b'1'..=b'5', tens, units] => digit(tens) && digit(units),
        _ => false,
    }
}
