//! The grammar of OpenAPI 3.0, 3.1 and 3.2: the fields of each object and the shapes of their values, as data.
//!
//! [`rule`] returns the [`Rule`] of an [`ObjectKind`]. Loading, checking, bundling and upgrading walk along these
//! rules, so they agree about the structure of a document.

mod document;
mod operation;
mod schema;
mod security;
mod shape;

pub use shape::{Field, ObjectKind, Pattern, Presence, Role, Rule, Shape, Since};

/// Returns the grammar rule of a kind of OpenAPI object.
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

/// Returns every field of every object of OpenAPI, each with the name of its object.
///
/// The documentation of supported keywords is checked against this list.
///
/// ```
/// use writ_contract::document::vocabulary;
///
/// assert!(vocabulary().contains(&("an operation", "operationId")));
/// ```
pub fn vocabulary() -> Vec<(&'static str, &'static str)> {
    let fields = |kind| rule(kind).fields.iter().map(move |field| (rule(kind).name, field.name));
    ObjectKind::ALL.into_iter().flat_map(fields).collect()
}
