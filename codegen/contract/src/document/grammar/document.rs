//! The grammar of the root object of OpenAPI and of its description, servers, components and tags.

use super::shape::Since::{V31, V32};
use super::shape::{ObjectKind, Rule, Shape, assumed, field, plain, required, since};

const SERVERS: Shape = Shape::List(&Shape::Of(ObjectKind::Server));
const TEXTS: Shape = Shape::List(&Shape::Text);
const DOCS: Shape = Shape::Of(ObjectKind::ExternalDocs);
const SCHEMA: Shape = Shape::Of(ObjectKind::Schema);
const SECURITY: Shape = Shape::List(&Shape::Requirement);

/// The assumption for a field whose absence means an empty value.
const EMPTY: &str = "treated as empty";
/// The assumption for a field without which an object of documentation says nothing.
const UNUSED: &str = "missing: without it, the object is ignored";

pub(super) static ROOT: Rule = plain(
    "the document",
    &[
        required("openapi", Shape::Text),
        assumed("info", Shape::Of(ObjectKind::Info), EMPTY),
        since(V31, "jsonSchemaDialect", Shape::Text),
        field("servers", SERVERS),
        field("paths", Shape::Of(ObjectKind::Paths)),
        since(V31, "webhooks", Shape::Map(&Shape::Of(ObjectKind::PathItem))),
        field("components", Shape::Of(ObjectKind::Components)),
        field("security", SECURITY),
        field("tags", Shape::List(&Shape::Of(ObjectKind::Tag))),
        field("externalDocs", DOCS),
        since(V32, "$self", Shape::Text),
    ],
);

pub(super) static INFO: Rule = plain(
    "an info object",
    &[
        assumed("title", Shape::Text, EMPTY),
        since(V31, "summary", Shape::Text),
        field("description", Shape::Text),
        field("termsOfService", Shape::Text),
        field("contact", Shape::Of(ObjectKind::Contact)),
        field("license", Shape::Of(ObjectKind::License)),
        assumed("version", Shape::Text, EMPTY),
    ],
);

pub(super) static CONTACT: Rule =
    plain("a contact", &[field("name", Shape::Text), field("url", Shape::Text), field("email", Shape::Text)]);

pub(super) static LICENSE: Rule = plain(
    "a license",
    &[assumed("name", Shape::Text, UNUSED), since(V31, "identifier", Shape::Text), field("url", Shape::Text)],
);

pub(super) static SERVER: Rule = plain(
    "a server",
    &[
        assumed("url", Shape::Text, "treated as `/`"),
        field("description", Shape::Text),
        field("variables", Shape::Map(&Shape::Of(ObjectKind::ServerVariable))),
        since(V32, "name", Shape::Text),
    ],
);

pub(super) static SERVER_VARIABLE: Rule = plain(
    "a server variable",
    &[
        field("enum", TEXTS),
        assumed("default", Shape::Text, "treated as the first value of `enum`, or as empty"),
        field("description", Shape::Text),
    ],
);

pub(super) static COMPONENTS: Rule = plain(
    "the components",
    &[
        field("schemas", Shape::Components(&SCHEMA)),
        field("responses", Shape::Components(&Shape::Of(ObjectKind::Response))),
        field("parameters", Shape::Components(&Shape::Of(ObjectKind::Parameter))),
        field("examples", Shape::Components(&Shape::Of(ObjectKind::Example))),
        field("requestBodies", Shape::Components(&Shape::Of(ObjectKind::RequestBody))),
        field("headers", Shape::Components(&Shape::Of(ObjectKind::Header))),
        field("securitySchemes", Shape::Components(&Shape::Of(ObjectKind::SecurityScheme))),
        field("links", Shape::Components(&Shape::Of(ObjectKind::Link))),
        field("callbacks", Shape::Components(&Shape::Of(ObjectKind::Callback))),
        since(V31, "pathItems", Shape::Components(&Shape::Of(ObjectKind::PathItem))),
        since(V32, "mediaTypes", Shape::Components(&Shape::Of(ObjectKind::MediaType))),
    ],
);

pub(super) static TAG: Rule = plain(
    "a tag",
    &[
        assumed("name", Shape::Text, UNUSED),
        field("description", Shape::Text),
        field("externalDocs", DOCS),
        since(V32, "summary", Shape::Text),
        since(V32, "parent", Shape::Text),
        since(V32, "kind", Shape::Text),
        field("x-service", Shape::Text),
    ],
);

pub(super) static EXTERNAL_DOCS: Rule =
    plain("external documentation", &[field("description", Shape::Text), assumed("url", Shape::Text, UNUSED)]);
