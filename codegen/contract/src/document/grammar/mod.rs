//! The grammar of OpenAPI: what each object may hold, for 3.0 and 3.1 at once.

mod document;
mod operation;
mod schema;
mod security;
mod shape;

pub use shape::{Field, Kind, Pattern, Role, Rule, Shape, Since};

/// Returns the rule of an object.
pub fn rule(kind: Kind) -> &'static Rule {
    match kind {
        Kind::Root => &document::ROOT,
        Kind::Info => &document::INFO,
        Kind::Contact => &document::CONTACT,
        Kind::License => &document::LICENSE,
        Kind::Server => &document::SERVER,
        Kind::ServerVariable => &document::SERVER_VARIABLE,
        Kind::Components => &document::COMPONENTS,
        Kind::Paths => &operation::PATHS,
        Kind::PathItem => &operation::PATH_ITEM,
        Kind::Operation => &operation::OPERATION,
        Kind::ExternalDocs => &document::EXTERNAL_DOCS,
        Kind::Parameter => &operation::PARAMETER,
        Kind::RequestBody => &operation::REQUEST_BODY,
        Kind::MediaType => &operation::MEDIA_TYPE,
        Kind::Encoding => &operation::ENCODING,
        Kind::Responses => &operation::RESPONSES,
        Kind::Response => &operation::RESPONSE,
        Kind::Callback => &operation::CALLBACK,
        Kind::Example => &operation::EXAMPLE,
        Kind::Link => &operation::LINK,
        Kind::Header => &operation::HEADER,
        Kind::Tag => &document::TAG,
        Kind::Schema => &schema::SCHEMA,
        Kind::Discriminator => &schema::DISCRIMINATOR,
        Kind::Xml => &schema::XML,
        Kind::SecurityScheme => &security::SECURITY_SCHEME,
        Kind::OAuthFlows => &security::OAUTH_FLOWS,
        Kind::OAuthFlow => &security::OAUTH_FLOW,
    }
}

/// Returns every field of every object, each with the name of its object: what documentation must cover.
pub fn vocabulary() -> Vec<(&'static str, &'static str)> {
    let fields = |kind| rule(kind).fields.iter().map(move |field| (rule(kind).name, field.name));
    Kind::ALL.into_iter().flat_map(fields).collect()
}
