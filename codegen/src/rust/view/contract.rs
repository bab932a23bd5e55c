//! The views of the templates for the contract as a whole: root, errors, security schemes, servers and
//! webhooks.

use serde::Serialize;

use crate::rust::code::Code;

/// The root module of a contract.
#[derive(Debug, Serialize)]
pub struct RootView {
    /// The title of the contract (`info.title`).
    pub title: String,
    /// The version of the contract (`info.version`).
    pub version: String,
    /// The description of the contract (`info.description`).
    pub docs: String,
    /// The path of the first server, which precedes every route.
    pub base_path: String,
    /// The tags with operations, in the order of the contract.
    pub tags: Vec<TagSummary>,
    /// The operation that the example in the documentation implements, or `None` if there is no operation.
    pub example: Option<ExampleView>,
    /// The cargo features of the generated crate.
    pub features: Vec<FeatureView>,
    /// True if the contract declares webhooks.
    pub webhooks: bool,
    /// True if the contract declares callbacks and a client is generated, which sends them.
    pub callbacks: bool,
    /// True if the bundled contract is part of the generated code.
    pub document: bool,
    /// True if operations without an implementation respond with status 501.
    pub unwritten: bool,
    /// True if the module is the root of its crate.
    pub alone: bool,
    /// The `recursion_limit` that the crate needs, or `None` if the default of the compiler is enough.
    pub recursion_limit: Option<usize>,
    /// True if the contract is also generated as a document of `utoipa`.
    pub openapi: bool,
    /// True if a typed client is generated.
    pub client: bool,
    /// The version of the runtime that the code requires, as `major.minor`.
    pub runtime: &'static str,
}

/// A cargo feature of the generated crate.
#[derive(Debug, Serialize)]
pub struct FeatureView {
    /// The name of a cargo feature.
    pub name: &'static str,
    /// The code that the feature adds, as a sentence.
    pub docs: &'static str,
}

/// The operation that the example in the documentation of the root implements and calls.
#[derive(Debug, Serialize)]
pub struct ExampleView {
    /// The trait of the example's operation.
    pub name: Code,
    /// The field of `Client` for the tag of the operation.
    pub field: Code,
    /// True if the trait has a principal.
    pub secured: bool,
    /// The method of the trait that the example implements.
    pub method: Code,
    /// The type argument of `Context` within the trait.
    pub context: Code,
    /// The request type, or `None` if the operation has neither parameters nor a body.
    pub request: Option<Code>,
    /// True if a client call borrows the request; a streamed request is passed by value.
    pub borrows: bool,
    /// The type of the example's `Ok` result.
    pub response: Code,
    /// The type of the example's `Err` result.
    pub error: Code,
}

/// The summary of a tag for the root module.
#[derive(Debug, Clone, Serialize)]
pub struct TagSummary {
    /// The name of the tag's trait.
    pub name: Code,
    /// The module of the tag.
    pub module: Code,
    /// The field of `Api` for the service.
    pub field: Code,
    /// The type parameter of `Api` for the service.
    pub parameter: Code,
    /// The method of `Unwritten` that takes the service.
    pub with: Code,
    /// The first line of the description of the tag.
    pub docs: String,
    /// True if an operation of the tag has a principal.
    pub secured: bool,
    /// The public names of the tag's module, sorted.
    pub exports: Vec<Code>,
    /// The statics of the tag's operations.
    pub data: Vec<Code>,
}

/// The error statuses and the error envelope of a contract.
#[derive(Debug, Serialize)]
pub struct ErrorsView {
    /// The markers of single status codes.
    pub statuses: Vec<StatusView>,
    /// The markers of ranges of status codes.
    pub ranges: Vec<RangeView>,
    /// True if the envelope contains the request id.
    pub uses_request_id: bool,
    /// The statements of the function that writes the envelope.
    pub envelope: Vec<Code>,
    /// The media type of the envelope; empty for RFC 9457.
    pub media_type: String,
    /// True if errors are RFC 9457 problems instead of a schema of the contract.
    pub problem: bool,
}

/// The marker of a status code.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct StatusView {
    /// The status code of a marker.
    pub code: u16,
    /// The name of a status code's marker.
    pub name: Code,
}

/// The marker of a range of status codes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct RangeView {
    /// The name of a range's marker.
    pub name: Code,
    /// The lowest status code of the range.
    pub low: u16,
    /// The highest status code of the range.
    pub high: u16,
}

/// The static of a security scheme.
#[derive(Debug, Serialize)]
pub struct SchemeView {
    /// The name of a security scheme's static.
    pub name: Code,
    /// The name of the scheme in the contract.
    pub id: String,
    /// The expression of the runtime's `SchemeKind`.
    pub kind: Code,
    /// The documentation of the static.
    pub docs: String,
}

/// The bundled contract as part of the generated code.
#[derive(Debug, Serialize)]
pub struct DocumentView {
    /// The string literal of the contract as JSON.
    pub json: Code,
    /// The string literal of the contract as YAML.
    pub yaml: Code,
    /// The expression of the contract as OpenAPI 3.1 in JSON, or `None` if the option `openapi` is off.
    pub upgraded: Option<Code>,
    /// True if the crate contains no other contract.
    pub alone: bool,
}

/// A webhook that the service sends.
#[derive(Debug, Serialize)]
pub struct WebhookView {
    /// The name of a webhook's static.
    pub name: Code,
    /// The name of the webhook in the contract.
    pub id: String,
    /// The documentation of the static.
    pub docs: String,
    /// The HTTP method of a webhook.
    pub method: Code,
    /// The Rust type of a webhook's payload.
    pub payload: Code,
}

/// A server that the contract declares.
#[derive(Debug, Serialize)]
pub struct ServerView {
    /// The URL of a server, possibly with variables.
    pub url: String,
    /// The description of a server.
    pub description: String,
    /// The variables of the URL, each as an expression of the runtime's `ServerVariable`.
    pub variables: Vec<Code>,
}
