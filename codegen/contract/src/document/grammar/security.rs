//! The grammar of security schemes, the objects under `components.securitySchemes`.

use super::shape::Since::V32;
use super::shape::{ObjectKind, Rule, Shape, assumed, field, plain, referable, required, since};

const FLOW: Shape = Shape::Of(ObjectKind::OAuthFlow);

pub(super) static SECURITY_SCHEME: Rule = referable(
    "a security scheme",
    &[
        required("type", Shape::Word(&["apiKey", "http", "mutualTLS", "oauth2", "openIdConnect"])),
        field("description", Shape::Text),
        field("name", Shape::Text),
        field("in", Shape::Word(&["query", "header", "cookie"])),
        field("scheme", Shape::Text),
        field("bearerFormat", Shape::Text),
        field("flows", Shape::Of(ObjectKind::OAuthFlows)),
        field("openIdConnectUrl", Shape::Text),
        since(V32, "deprecated", Shape::Bool),
        since(V32, "oauth2MetadataUrl", Shape::Text),
    ],
);

pub(super) static OAUTH_FLOWS: Rule = plain(
    "OAuth flows",
    &[
        field("implicit", FLOW),
        field("password", FLOW),
        field("clientCredentials", FLOW),
        field("authorizationCode", FLOW),
        since(V32, "deviceAuthorization", FLOW),
    ],
);

pub(super) static OAUTH_FLOW: Rule = plain(
    "an OAuth flow",
    &[
        field("authorizationUrl", Shape::Text),
        since(V32, "deviceAuthorizationUrl", Shape::Text),
        field("tokenUrl", Shape::Text),
        field("refreshUrl", Shape::Text),
        assumed("scopes", Shape::Map(&Shape::Text), "treated as empty"),
    ],
);
