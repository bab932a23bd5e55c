//! The grammar of the root object of OpenAPI and of its description, servers, components and tags.

use super::shape::Since::{V31, V32};
use super::shape::{ObjectKind, Rule, Shape, field, plain, required, since};

const SERVERS: Shape = Shape::List(&Shape::Of(ObjectKind::Server));
const TEXTS: Shape = Shape::List(&Shape::Text);
const DOCS: Shape = Shape::Of(ObjectKind::ExternalDocs);
const SCHEMA: Shape = Shape::Of(ObjectKind::Schema);
const SECURITY: Shape = Shape::List(&Shape::Requirement);

pub(super) static ROOT: Rule = plain(
    "the document",
    &[
        required("openapi", Shape::Text),
        required("info", Shape::Of(ObjectKind::Info)),
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
        required("title", Shape::Text),
        since(V31, "summary", Shape::Text),
        field("description", Shape::Text),
        field("termsOfService", Shape::Text),
        field("contact", Shape::Of(ObjectKind::Contact)),
        field("license", Shape::Of(ObjectKind::License)),
        required("version", Shape::Text),
    ],
);

pub(super) static CONTACT: Rule =
    plain("a contact", &[field("name", Shape::Text), field("url", Shape::Text), field("email", Shape::Text)]);

pub(super) static LICENSE: Rule = plain(
    "a license",
    &[required("name", Shape::Text), since(V31, "identifier", Shape::Text), field("url", Shape::Text)],
);

pub(super) static SERVER: Rule = plain(
    "a server",
    &[
        required("url", Shape::Text),
        field("description", Shape::Text),
        field("variables", Shape::Map(&Shape::Of(ObjectKind::ServerVariable))),
        since(V32, "name", Shape::Text),
    ],
);

pub(super) static SERVER_VARIABLE: Rule = plain(
    "a server variable",
    &[field("enum", TEXTS), required("default", Shape::Text), field("description", Shape::Text)],
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
        required("name", Shape::Text),
        field("description", Shape::Text),
        field("externalDocs", DOCS),
        since(V32, "summary", Shape::Text),
        since(V32, "parent", Shape::Text),
        since(V32, "kind", Shape::Text),
    ],
);

pub(super) static EXTERNAL_DOCS: Rule =
    plain("external documentation", &[field("description", Shape::Text), required("url", Shape::Text)]);
