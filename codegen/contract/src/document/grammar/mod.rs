//! The grammar of OpenAPI: what each object may hold, for 3.0 and 3.1 at once.

mod document;
mod operation;
mod schema;
mod security;
mod shape;

pub use shape::{Field, ObjectKind, Pattern, Role, Rule, Shape, Since};

/// Returns the rule of an object.
pub fn rule(kind: ObjectKind) -> &'static Rule {
    match kind {
        ObjectKind::Root => &document::ROOT,
        ObjectKind::Info => &document::INFO,
        ObjectKind::Contact => &document::CONTACT,
        ObjectKind::License => &document::LICENSE,
        ObjectKind::Server => &document::SERVER,
        ObjectKind::ServerVariable => &document::SERVER_VARIABLE,
        ObjectKind::Components => &document::COMPONENTS,
        ObjectKind::Paths => &operation::PATHS,
        ObjectKind::PathItem => &operation::PATH_ITEM,
        ObjectKind::Operation => &operation::OPERATION,
        ObjectKind::ExternalDocs => &document::EXTERNAL_DOCS,
        ObjectKind::Parameter => &operation::PARAMETER,
        ObjectKind::RequestBody => &operation::REQUEST_BODY,
        ObjectKind::MediaType => &operation::MEDIA_TYPE,
        ObjectKind::Encoding => &operation::ENCODING,
        ObjectKind::Responses => &operation::RESPONSES,
        ObjectKind::Response => &operation::RESPONSE,
        ObjectKind::Callback => &operation::CALLBACK,
        ObjectKind::Example => &operation::EXAMPLE,
        ObjectKind::Link => &operation::LINK,
        ObjectKind::Header => &operation::HEADER,
        ObjectKind::Tag => &document::TAG,
        ObjectKind::Schema => &schema::SCHEMA,
        ObjectKind::Discriminator => &schema::DISCRIMINATOR,
        ObjectKind::Xml => &schema::XML,
        ObjectKind::SecurityScheme => &security::SECURITY_SCHEME,
        ObjectKind::OAuthFlows => &security::OAUTH_FLOWS,
        ObjectKind::OAuthFlow => &security::OAUTH_FLOW,
    }
}

/// Returns every field of every object, each with the name of its object: what documentation must cover.
pub fn vocabulary() -> Vec<(&'static str, &'static str)> {
    let fields = |kind| rule(kind).fields.iter().map(move |field| (rule(kind).name, field.name));
    ObjectKind::ALL.into_iter().flat_map(fields).collect()
}
