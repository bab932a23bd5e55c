//! The grammar of those objects that have other fields in Swagger 2.0 than in OpenAPI 3.x.
//!
//! Fields of later versions are listed where they take effect in a document of Swagger 2.0 as well. The check
//! reports them with a warning.

use super::shape::Since::{V30, V31};
use super::shape::{ObjectKind, Rule, Shape, assumed, field, named, plain, referable, required, since};

const PARAMETERS: Shape = Shape::List(&Shape::Of(ObjectKind::Parameter));
const OPERATION_SHAPE: Shape = Shape::Of(ObjectKind::Operation);
const RESPONSE_SHAPE: Shape = Shape::Of(ObjectKind::Response);
const TEXTS: Shape = Shape::List(&Shape::Text);
const DOCS: Shape = Shape::Of(ObjectKind::ExternalDocs);
const SCHEMA: Shape = Shape::Of(ObjectKind::Schema);
const SECURITY: Shape = Shape::List(&Shape::Requirement);
const SCHEMES: Shape = Shape::List(&Shape::Word(&["http", "https", "ws", "wss"]));
const TYPES: Shape = Shape::Word(&["string", "number", "integer", "boolean", "array", "file"]);
const HEADER_TYPES: Shape = Shape::Word(&["string", "number", "integer", "boolean", "array"]);
const FORMATS: Shape = Shape::Word(&["csv", "ssv", "tsv", "pipes", "multi"]);

/// The assumption for a field whose absence means an empty value.
const EMPTY: &str = "treated as empty";

/// Returns the grammar rule of a kind of object in Swagger 2.0; `None` if OpenAPI 3.x defines the same fields, or
/// if Swagger 2.0 has no such object.
pub(super) fn rule(kind: ObjectKind) -> Option<&'static Rule> {
    Some(match kind {
        ObjectKind::Root => &ROOT,
        ObjectKind::PathItem => &PATH_ITEM,
        ObjectKind::Operation => &OPERATION,
        ObjectKind::Parameter => &PARAMETER,
        ObjectKind::Responses => &RESPONSES,
        ObjectKind::Response => &RESPONSE,
        ObjectKind::Header => &HEADER,
        ObjectKind::SecurityScheme => &SECURITY_SCHEME,
        _ => return None,
    })
}

static ROOT: Rule = plain(
    "the document",
    &[
        // The version is often written without quotes, which is reported when the files are read.
        required("swagger", Shape::Any),
        assumed("info", Shape::Of(ObjectKind::Info), EMPTY),
        field("host", Shape::Text),
        field("basePath", Shape::Text),
        field("schemes", SCHEMES),
        field("consumes", TEXTS),
        field("produces", TEXTS),
        assumed("paths", Shape::Of(ObjectKind::Paths), EMPTY),
        field("definitions", Shape::Map(&SCHEMA)),
        field("parameters", Shape::Map(&Shape::Of(ObjectKind::Parameter))),
        field("responses", Shape::Map(&RESPONSE_SHAPE)),
        field("securityDefinitions", Shape::Map(&Shape::Of(ObjectKind::SecurityScheme))),
        field("security", SECURITY),
        field("tags", Shape::List(&Shape::Of(ObjectKind::Tag))),
        field("externalDocs", DOCS),
    ],
);

static PATH_ITEM: Rule = referable(
    "a path item",
    &[
        field("get", OPERATION_SHAPE),
        field("put", OPERATION_SHAPE),
        field("post", OPERATION_SHAPE),
        field("delete", OPERATION_SHAPE),
        field("options", OPERATION_SHAPE),
        field("head", OPERATION_SHAPE),
        field("patch", OPERATION_SHAPE),
        field("parameters", PARAMETERS),
        since(V30, "summary", Shape::Text),
        since(V30, "description", Shape::Text),
        since(V30, "trace", OPERATION_SHAPE),
    ],
);

static OPERATION: Rule = plain(
    "an operation",
    &[
        field("tags", TEXTS),
        field("summary", Shape::Text),
        field("description", Shape::Text),
        field("externalDocs", DOCS),
        field("operationId", Shape::Text),
        field("consumes", TEXTS),
        field("produces", TEXTS),
        field("parameters", PARAMETERS),
        assumed("responses", Shape::Of(ObjectKind::Responses), EMPTY),
        field("schemes", SCHEMES),
        field("deprecated", Shape::Bool),
        field("security", SECURITY),
    ],
);

static PARAMETER: Rule = referable(
    "a parameter",
    &[
        required("name", Shape::Text),
        required("in", Shape::Word(&["query", "header", "path", "formData", "body", "cookie"])),
        field("description", Shape::Text),
        field("required", Shape::Bool),
        field("schema", SCHEMA),
        field("allowEmptyValue", Shape::Bool),
        field("type", TYPES),
        field("format", Shape::Text),
        field("items", SCHEMA),
        field("collectionFormat", FORMATS),
        field("default", Shape::Any),
        field("maximum", Shape::Number),
        field("exclusiveMaximum", Shape::Bool),
        field("minimum", Shape::Number),
        field("exclusiveMinimum", Shape::Bool),
        field("maxLength", Shape::Count),
        field("minLength", Shape::Count),
        field("pattern", Shape::Text),
        field("maxItems", Shape::Count),
        field("minItems", Shape::Count),
        field("uniqueItems", Shape::Bool),
        field("enum", Shape::List(&Shape::Any)),
        field("multipleOf", Shape::Number),
        since(V30, "deprecated", Shape::Bool),
        since(V30, "example", Shape::Any),
        since(V31, "exclusiveMaximum", Shape::Number),
        since(V31, "exclusiveMinimum", Shape::Number),
    ],
);

static RESPONSES: Rule = named(
    "the responses",
    &[field("default", RESPONSE_SHAPE)],
    "a status code",
    "is written `200` or `default`",
    (super::operation::is_status, super::operation::status_in_another_case),
    RESPONSE_SHAPE,
);

static RESPONSE: Rule = referable(
    "a response",
    &[
        assumed("description", Shape::Text, EMPTY),
        field("schema", SCHEMA),
        field("headers", Shape::Map(&Shape::Of(ObjectKind::Header))),
        field("examples", Shape::Map(&Shape::Any)),
    ],
);

static HEADER: Rule = plain(
    "a header",
    &[
        field("description", Shape::Text),
        field("type", HEADER_TYPES),
        field("format", Shape::Text),
        field("items", SCHEMA),
        // The upgrade reports `multi`, which is not allowed here.
        field("collectionFormat", FORMATS),
        field("default", Shape::Any),
        field("maximum", Shape::Number),
        field("exclusiveMaximum", Shape::Bool),
        field("minimum", Shape::Number),
        field("exclusiveMinimum", Shape::Bool),
        field("maxLength", Shape::Count),
        field("minLength", Shape::Count),
        field("pattern", Shape::Text),
        field("maxItems", Shape::Count),
        field("minItems", Shape::Count),
        field("uniqueItems", Shape::Bool),
        field("enum", Shape::List(&Shape::Any)),
        field("multipleOf", Shape::Number),
        since(V30, "required", Shape::Bool),
        since(V30, "schema", SCHEMA),
        since(V31, "exclusiveMaximum", Shape::Number),
        since(V31, "exclusiveMinimum", Shape::Number),
    ],
);

static SECURITY_SCHEME: Rule = plain(
    "a security scheme",
    &[
        required("type", Shape::Word(&["basic", "apiKey", "oauth2", "http", "openIdConnect"])),
        field("description", Shape::Text),
        field("name", Shape::Text),
        field("in", Shape::Word(&["query", "header", "cookie"])),
        field("flow", Shape::Word(&["implicit", "password", "application", "accessCode"])),
        field("authorizationUrl", Shape::Text),
        field("tokenUrl", Shape::Text),
        field("scopes", Shape::Map(&Shape::Text)),
        since(V30, "scheme", Shape::Text),
        since(V30, "bearerFormat", Shape::Text),
        since(V30, "openIdConnectUrl", Shape::Text),
    ],
);
