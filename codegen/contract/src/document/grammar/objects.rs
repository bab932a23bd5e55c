//! Every object of OpenAPI but the schema.

use super::Since::{V31, V32, V32Remark};
use super::{Field, Kind, Pattern, Rule, Shape, field, required, since};

const SERVERS: Shape = Shape::List(&Shape::Of(Kind::Server));
const PARAMETERS: Shape = Shape::List(&Shape::Of(Kind::Parameter));
const EXAMPLES: Shape = Shape::Map(&Shape::Of(Kind::Example));
const CONTENT: Shape = Shape::Map(&Shape::Of(Kind::MediaType));
const HEADERS: Shape = Shape::Map(&Shape::Of(Kind::Header));
const LINKS: Shape = Shape::Map(&Shape::Of(Kind::Link));
const TEXTS: Shape = Shape::List(&Shape::Text);
const DOCS: Shape = Shape::Of(Kind::ExternalDocs);
const SCHEMA: Shape = Shape::Of(Kind::Schema);
const OPERATION: Shape = Shape::Of(Kind::Operation);
const FLOW: Shape = Shape::Of(Kind::OAuthFlow);
const SECURITY: Shape = Shape::List(&Shape::Map(&TEXTS));
const STYLES: Shape =
    Shape::Word(&["matrix", "label", "form", "simple", "spaceDelimited", "pipeDelimited", "deepObject"]);

/// An object without free names that no `$ref` may stand for.
const fn plain(name: &'static str, fields: &'static [Field]) -> Rule {
    Rule { name, fields, pattern: None, reference: false, keywords: false }
}

/// An object that a `$ref` may stand for.
const fn referable(name: &'static str, fields: &'static [Field]) -> Rule {
    Rule { name, fields, pattern: None, reference: true, keywords: false }
}

/// A map with names of one form.
const fn named(
    name: &'static str,
    fields: &'static [Field],
    entry: &'static str,
    form: &'static str,
    matches: fn(&str) -> bool,
    shape: Shape,
) -> Rule {
    Rule { name, fields, pattern: Some(Pattern { matches, entry, form, shape }), reference: false, keywords: false }
}

pub(super) fn rule(kind: Kind) -> &'static Rule {
    match kind {
        Kind::Root => &ROOT,
        Kind::Info => &INFO,
        Kind::Contact => &CONTACT,
        Kind::License => &LICENSE,
        Kind::Server => &SERVER,
        Kind::ServerVariable => &SERVER_VARIABLE,
        Kind::Components => &COMPONENTS,
        Kind::Paths => &PATHS,
        Kind::PathItem => &PATH_ITEM,
        Kind::ExternalDocs => &EXTERNAL_DOCS,
        Kind::Parameter => &PARAMETER,
        Kind::RequestBody => &REQUEST_BODY,
        Kind::MediaType => &MEDIA_TYPE,
        Kind::Encoding => &ENCODING,
        Kind::Responses => &RESPONSES,
        Kind::Response => &RESPONSE,
        Kind::Callback => &CALLBACK,
        Kind::Example => &EXAMPLE,
        Kind::Link => &LINK,
        Kind::Header => &HEADER,
        Kind::Tag => &TAG,
        Kind::SecurityScheme => &SECURITY_SCHEME,
        Kind::OAuthFlows => &OAUTH_FLOWS,
        Kind::OAuthFlow => &OAUTH_FLOW,
        // The three schema kinds have a file of their own.
        Kind::Operation | Kind::Schema | Kind::Discriminator | Kind::Xml => &OPERATION_RULE,
    }
}

static ROOT: Rule = plain(
    "the document",
    &[
        required("openapi", Shape::Text),
        required("info", Shape::Of(Kind::Info)),
        since(V31, "jsonSchemaDialect", Shape::Text),
        field("servers", SERVERS),
        field("paths", Shape::Of(Kind::Paths)),
        since(V31, "webhooks", Shape::Map(&Shape::Of(Kind::PathItem))),
        field("components", Shape::Of(Kind::Components)),
        field("security", SECURITY),
        field("tags", Shape::List(&Shape::Of(Kind::Tag))),
        field("externalDocs", DOCS),
        since(V32, "$self", Shape::Text),
    ],
);

static INFO: Rule = plain(
    "an info object",
    &[
        required("title", Shape::Text),
        since(V31, "summary", Shape::Text),
        field("description", Shape::Text),
        field("termsOfService", Shape::Text),
        field("contact", Shape::Of(Kind::Contact)),
        field("license", Shape::Of(Kind::License)),
        required("version", Shape::Text),
    ],
);

static CONTACT: Rule =
    plain("a contact", &[field("name", Shape::Text), field("url", Shape::Text), field("email", Shape::Text)]);

static LICENSE: Rule = plain(
    "a license",
    &[required("name", Shape::Text), since(V31, "identifier", Shape::Text), field("url", Shape::Text)],
);

static SERVER: Rule = plain(
    "a server",
    &[
        required("url", Shape::Text),
        field("description", Shape::Text),
        field("variables", Shape::Map(&Shape::Of(Kind::ServerVariable))),
        since(V32Remark, "name", Shape::Text),
    ],
);

static SERVER_VARIABLE: Rule = plain(
    "a server variable",
    &[field("enum", TEXTS), required("default", Shape::Text), field("description", Shape::Text)],
);

static COMPONENTS: Rule = plain(
    "the components",
    &[
        field("schemas", Shape::Components(&SCHEMA)),
        field("responses", Shape::Components(&Shape::Of(Kind::Response))),
        field("parameters", Shape::Components(&Shape::Of(Kind::Parameter))),
        field("examples", Shape::Components(&Shape::Of(Kind::Example))),
        field("requestBodies", Shape::Components(&Shape::Of(Kind::RequestBody))),
        field("headers", Shape::Components(&Shape::Of(Kind::Header))),
        field("securitySchemes", Shape::Components(&Shape::Of(Kind::SecurityScheme))),
        field("links", Shape::Components(&Shape::Of(Kind::Link))),
        field("callbacks", Shape::Components(&Shape::Of(Kind::Callback))),
        since(V31, "pathItems", Shape::Components(&Shape::Of(Kind::PathItem))),
        since(V32, "mediaTypes", Shape::Components(&Shape::Of(Kind::MediaType))),
    ],
);

static PATHS: Rule =
    named("the paths", &[], "a path", "begins with `/`", |name| name.starts_with('/'), Shape::Of(Kind::PathItem));

static PATH_ITEM: Rule = referable(
    "a path item",
    &[
        field("summary", Shape::Text),
        field("description", Shape::Text),
        field("get", OPERATION),
        field("put", OPERATION),
        field("post", OPERATION),
        field("delete", OPERATION),
        field("options", OPERATION),
        field("head", OPERATION),
        field("patch", OPERATION),
        field("trace", OPERATION),
        field("servers", SERVERS),
        field("parameters", PARAMETERS),
        since(V32, "query", OPERATION),
        since(V32, "additionalOperations", Shape::Map(&OPERATION)),
    ],
);

static OPERATION_RULE: Rule = plain(
    "an operation",
    &[
        field("tags", TEXTS),
        field("summary", Shape::Text),
        field("description", Shape::Text),
        field("externalDocs", DOCS),
        field("operationId", Shape::Text),
        field("parameters", PARAMETERS),
        field("requestBody", Shape::Of(Kind::RequestBody)),
        field("responses", Shape::Of(Kind::Responses)),
        field("callbacks", Shape::Map(&Shape::Of(Kind::Callback))),
        field("deprecated", Shape::Bool),
        field("security", SECURITY),
        field("servers", SERVERS),
    ],
);

static EXTERNAL_DOCS: Rule =
    plain("external documentation", &[field("description", Shape::Text), required("url", Shape::Text)]);

static PARAMETER: Rule = referable(
    "a parameter",
    &[
        required("name", Shape::Text),
        required("in", Shape::Word(&["query", "header", "path", "cookie"])),
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

static HEADER: Rule = referable(
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

static REQUEST_BODY: Rule = referable(
    "a request body",
    &[field("description", Shape::Text), required("content", CONTENT), field("required", Shape::Bool)],
);

static MEDIA_TYPE: Rule = plain(
    "a media type",
    &[
        field("schema", SCHEMA),
        field("example", Shape::Any),
        field("examples", EXAMPLES),
        field("encoding", Shape::Map(&Shape::Of(Kind::Encoding))),
        since(V32, "itemSchema", SCHEMA),
        since(V32, "prefixEncoding", Shape::Any),
        since(V32, "itemEncoding", Shape::Any),
    ],
);

static ENCODING: Rule = plain(
    "an encoding",
    &[
        field("contentType", Shape::Text),
        field("headers", HEADERS),
        field("style", STYLES),
        field("explode", Shape::Bool),
        field("allowReserved", Shape::Bool),
        since(V32, "encoding", Shape::Any),
        since(V32, "prefixEncoding", Shape::Any),
        since(V32, "itemEncoding", Shape::Any),
    ],
);

static RESPONSES: Rule = named(
    "the responses",
    &[field("default", Shape::Of(Kind::Response))],
    "a status",
    "is written `200`, `4XX` or `default`",
    is_status,
    Shape::Of(Kind::Response),
);

static RESPONSE: Rule = referable(
    "a response",
    &[
        required("description", Shape::Text),
        field("headers", HEADERS),
        field("content", CONTENT),
        field("links", LINKS),
        since(V32Remark, "summary", Shape::Text),
    ],
);

static CALLBACK: Rule = Rule {
    name: "a callback",
    fields: &[],
    pattern: Some(Pattern {
        matches: |_| true,
        entry: "an expression",
        form: "is any text",
        shape: Shape::Of(Kind::PathItem),
    }),
    reference: true,
    keywords: false,
};

static EXAMPLE: Rule = referable(
    "an example",
    &[
        field("summary", Shape::Text),
        field("description", Shape::Text),
        field("value", Shape::Any),
        field("externalValue", Shape::Text),
        since(V32Remark, "dataValue", Shape::Any),
        since(V32Remark, "serializedValue", Shape::Text),
    ],
);

static LINK: Rule = referable(
    "a link",
    &[
        field("operationRef", Shape::Text),
        field("operationId", Shape::Text),
        field("parameters", Shape::Map(&Shape::Any)),
        field("requestBody", Shape::Any),
        field("description", Shape::Text),
        field("server", Shape::Of(Kind::Server)),
    ],
);

static TAG: Rule = plain(
    "a tag",
    &[
        required("name", Shape::Text),
        field("description", Shape::Text),
        field("externalDocs", DOCS),
        since(V32Remark, "summary", Shape::Text),
        since(V32Remark, "parent", Shape::Text),
        since(V32Remark, "kind", Shape::Text),
    ],
);

static SECURITY_SCHEME: Rule = referable(
    "a security scheme",
    &[
        required("type", Shape::Word(&["apiKey", "http", "mutualTLS", "oauth2", "openIdConnect"])),
        field("description", Shape::Text),
        field("name", Shape::Text),
        field("in", Shape::Word(&["query", "header", "cookie"])),
        field("scheme", Shape::Text),
        field("bearerFormat", Shape::Text),
        field("flows", Shape::Of(Kind::OAuthFlows)),
        field("openIdConnectUrl", Shape::Text),
        since(V32Remark, "deprecated", Shape::Bool),
        since(V32Remark, "oauth2MetadataUrl", Shape::Text),
    ],
);

static OAUTH_FLOWS: Rule = plain(
    "OAuth flows",
    &[
        field("implicit", FLOW),
        field("password", FLOW),
        field("clientCredentials", FLOW),
        field("authorizationCode", FLOW),
        since(V32Remark, "deviceAuthorization", Shape::Any),
    ],
);

static OAUTH_FLOW: Rule = plain(
    "an OAuth flow",
    &[
        field("authorizationUrl", Shape::Text),
        field("tokenUrl", Shape::Text),
        field("refreshUrl", Shape::Text),
        required("scopes", Shape::Map(&Shape::Text)),
    ],
);

/// `200`, or a range such as `4XX`.
fn is_status(name: &str) -> bool {
    let digit = |byte: &u8| byte.is_ascii_digit();
    match name.as_bytes() {
        [b'1'..=b'5', b'X', b'X'] => true,
        [b'1'..=b'5', tens, units] => digit(tens) && digit(units),
        _ => false,
    }
}
