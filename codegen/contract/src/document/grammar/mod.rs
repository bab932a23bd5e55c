//! The grammar of Swagger 2.0 and OpenAPI 3.0, 3.1 and 3.2: the fields of each object and the shapes of their values, as
//! data.
//!
//! [`rule`] returns the [`Rule`] of an [`ObjectKind`]. Loading, checking, bundling and upgrading walk along these
//! rules, so they agree about the structure of a document.

mod document;
mod operation;
mod schema;
mod security;
mod shape;
mod swagger;

use super::version::Version;

pub use shape::{Field, ObjectKind, Pattern, Presence, Role, Rule, Shape, Since};

/// Returns the grammar rule of a kind of OpenAPI object in a version.
///
/// Versions 3.x share their rules, whose fields name their versions.
pub fn rule(kind: ObjectKind, version: Version) -> &'static Rule {
    match version {
        Version::V20 => swagger::rule(kind).unwrap_or_else(|| rule_of_3(kind)),
        Version::V30 | Version::V31 | Version::V32 => rule_of_3(kind),
    }
}

/// Returns the grammar rule of a kind of object in OpenAPI 3.x.
fn rule_of_3(kind: ObjectKind) -> &'static Rule {
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
        ObjectKind::EventDeclaration => &operation::EVENT_DECLARATION,
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
/// Objects that have other fields in Swagger 2.0 are listed a second time, as `Swagger 2.0: an operation`.
///
/// The documentation of supported keywords is checked against this list.
///
/// ```
/// use writ_contract::document::vocabulary;
///
/// assert!(vocabulary().contains(&("an operation".to_owned(), "operationId")));
/// ```
pub fn vocabulary() -> Vec<(String, &'static str)> {
    let latest = ObjectKind::ALL.into_iter().map(|kind| (String::new(), rule_of_3(kind)));
    let oldest = ObjectKind::ALL.into_iter().filter_map(swagger::rule).map(|rule| ("Swagger 2.0: ".to_owned(), rule));
    let rules = latest.chain(oldest);
    rules
        .flat_map(|(version, rule)| {
            rule.fields.iter().map(move |field| (format!("{version}{}", rule.name), field.name))
        })
        .collect()
}
