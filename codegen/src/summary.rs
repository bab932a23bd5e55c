//! The summary of generated code for its implementer: the traits, methods and types that a service deals with.

use std::collections::HashMap;

use writ_contract::model::Contract;
use writ_contract::model::operation::{Requirement, SchemeKind};

use crate::rust::CrateViews;
use crate::rust::mention::plain;
use crate::rust::operations::operation_docs::route;

/// An operation of the contract with the names of its generated trait method and types.
///
/// The [crate root](crate) has an example.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct GeneratedOperation {
    /// The name of the generated trait for the operation's tag, such as `Users`.
    pub tag: String,
    /// The name of the operation's method in the trait, such as `get_user`.
    pub method: String,
    /// The `operationId` of the operation in the contract.
    pub id: String,
    /// The HTTP method and the path of the operation, such as `GET /users/{id}`.
    pub route: String,
    /// The type argument of `Context` in the signature of the trait method: `()`, `Self::Principal` or
    /// `Option<Self::Principal>`.
    pub context: String,
    /// The name of the operation's request type, or `None` if the trait method takes no request.
    pub request: Option<String>,
    /// The name of the type of the operation's successful response.
    pub response: String,
    /// The name of the error type that the trait method returns.
    pub error: String,
    /// True if the trait method wraps its response in `Idempotent`, which can hold a recorded response of an
    /// earlier request.
    pub idempotent: bool,
    /// The alternative security requirements of the operation, each a list of schemes that a caller must satisfy together.
    /// Without alternatives the operation requires no credentials, and so does an empty alternative.
    pub security: Vec<Vec<Requirement>>,
}

/// A generated trait that a service implements, for the operations of one tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneratedService {
    /// The name of the generated trait, such as `Users`.
    pub name: String,
    /// The generated module of the trait, such as `users`.
    pub module: String,
    /// The field of the generated struct `Api` that takes the service.
    pub field: String,
    /// True if the trait has a type `Principal`, since it has operations for authenticated callers.
    pub secured: bool,
}

/// The generated trait that verifies credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneratedAuthenticator {
    /// The name of the generated trait that verifies credentials.
    pub name: String,
    /// The methods of the trait, one for each security scheme that an operation requires.
    pub schemes: Vec<GeneratedScheme>,
    /// True if the trait has the method `holds_scope`.
    pub scopes: bool,
    /// True if the trait has the method `combine`.
    pub combines: bool,
}

/// A method of the generated trait that verifies credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneratedScheme {
    /// The name of the security scheme in the contract.
    pub name: String,
    /// The name of the method that verifies the credential.
    pub method: String,
    /// The name of the method's parameter for the credential.
    pub argument: String,
    /// The type of the credential, such as `BearerToken<'_>`, which the crate `writ-runtime` declares.
    pub ty: String,
    /// The kind of the security scheme.
    pub kind: SchemeKind,
    /// True if an authorization server issues the token of the security scheme.
    pub delegated: bool,
    /// True if the contract states that the token of the security scheme is a JSON Web Token (`bearerFormat`).
    pub is_jwt: bool,
}

/// The generated trait that creates the bodies of error responses which the runtime cannot fill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneratedConversions {
    /// The name of the generated trait that creates error bodies.
    pub name: String,
    /// The functions of the trait, one for each error schema that the runtime cannot fill.
    pub functions: Vec<GeneratedConversion>,
}

/// A function of the generated trait that creates the bodies of error responses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneratedConversion {
    /// The name of the function that creates an error body.
    pub name: String,
    /// The type of the error body, which the generated crate declares.
    pub ty: String,
    /// The expression of a sample error body, or `None` if the generator can write none. It calls the generated crate
    /// `api`, and may use the parameters `problem` and `request_id` of the function.
    pub value: Option<String>,
}

/// Returns the operations that have a method in a generated trait, in the order of their tags.
pub(crate) fn operations(views: &CrateViews, contract: &Contract) -> Vec<GeneratedOperation> {
    let security: HashMap<String, &Vec<Vec<Requirement>>> =
        contract.operations.iter().map(|operation| (route(operation), &operation.security)).collect();
    let operations = views.tags.iter().flat_map(|tag| tag.operations.iter().map(move |operation| (tag, operation)));
    operations
        .map(|(tag, operation)| GeneratedOperation {
            tag: tag.name.0.clone(),
            method: operation.method.0.clone(),
            id: operation.id.clone(),
            route: operation.route.clone(),
            context: operation.context.0.clone(),
            request: operation.request.as_ref().map(|request| request.name.0.clone()),
            response: operation.response.name.0.clone(),
            error: operation.error.name.0.clone(),
            idempotent: operation.idempotent,
            security: security.get(&operation.route).map(|security| (*security).clone()).unwrap_or_default(),
        })
        .collect()
}

/// Returns the generated traits that a service implements, in the order of their tags.
pub(crate) fn services(views: &CrateViews) -> Vec<GeneratedService> {
    let tags = views.root.tags.iter();
    tags.map(|tag| GeneratedService {
        name: tag.name.0.clone(),
        module: tag.module.0.clone(),
        field: tag.field.0.clone(),
        secured: tag.secured,
    })
    .collect()
}

/// Returns the generated trait that verifies credentials, or `None` if no operation requires any.
pub(crate) fn authenticator(views: &CrateViews, contract: &Contract) -> Option<GeneratedAuthenticator> {
    let view = views.root.authenticator.as_ref()?;
    let schemes = view.methods.iter().filter_map(|method| {
        let scheme = contract.schemes.iter().find(|scheme| scheme.name == method.id)?;
        Some(GeneratedScheme {
            name: scheme.name.clone(),
            method: method.name.0.clone(),
            argument: method.argument.0.clone(),
            ty: method.shown.0.clone(),
            kind: scheme.kind.clone(),
            delegated: scheme.delegated,
            is_jwt: scheme.bearer_format.as_deref().is_some_and(|format| format.eq_ignore_ascii_case("jwt")),
        })
    });
    Some(GeneratedAuthenticator {
        name: view.name.0.clone(),
        schemes: schemes.collect(),
        scopes: view.scopes,
        combines: view.combines,
    })
}

/// Returns the generated trait that creates error bodies, or `None` if the runtime creates all of them.
pub(crate) fn conversions(views: &CrateViews) -> Option<GeneratedConversions> {
    let view = views.errors.conversions.as_ref()?;
    let functions = view.methods.iter().map(|method| GeneratedConversion {
        name: method.name.0.clone(),
        ty: plain(&method.ty.0),
        value: method.sample.clone(),
    });
    Some(GeneratedConversions { name: view.name.0.clone(), functions: functions.collect() })
}
