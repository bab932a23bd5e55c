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
    /// Whether the contract itself is part of the crate.
    pub document: bool,
    /// Whether what nobody has written is answered 501.
    pub unwritten: bool,
    /// Whether it is the root of its crate.
    pub alone: bool,
    /// How deep the compiler must look into the types, where that is deeper than usual.
    pub recursion_limit: Option<usize>,
    /// Whether there is a document of `utoipa`.
    pub openapi: bool,
    /// Whether there is a client.
    pub client: bool,
    /// The version of the runtime that the code is made for: major and minor.
    pub runtime: &'static str,
}

/// A cargo feature of the generated crate.
#[derive(Debug, Serialize)]
pub struct FeatureView {
    /// The name of the feature.
    pub name: &'static str,
    /// The code that the feature adds, as a sentence.
    pub docs: &'static str,
}

/// The operation that the example in the documentation of the root implements and calls.
#[derive(Debug, Serialize)]
pub struct ExampleView {
    /// The trait of the operation.
    pub name: Code,
    /// The field of `Client` for the tag of the operation.
    pub field: Code,
    /// True if the trait has a principal.
    pub secured: bool,
    /// The method of the trait.
    pub method: Code,
    /// The type argument of `Context` within the trait.
    pub context: Code,
    /// The request type, or `None` if the operation has neither parameters nor a body.
    pub request: Option<Code>,
    /// True if a client call borrows the request; a streamed request is passed by value.
    pub borrows: bool,
    /// The type of the `Ok` result.
    pub response: Code,
    /// The error type.
    pub error: Code,
}

/// A tag, as the root sees it.
#[derive(Debug, Clone, Serialize)]
pub struct TagSummary {
    /// The trait.
    pub name: Code,
    /// The module.
    pub module: Code,
    /// The field of `Api`.
    pub field: Code,
    /// The type parameter.
    pub parameter: Code,
    /// The method of `Unwritten` that takes the service.
    pub with: Code,
    /// The first line of its description.
    pub docs: String,
    /// Whether some operation needs a principal.
    pub secured: bool,
    /// The public names of the tag's module.
    pub exports: Vec<Code>,
    /// The statics of its operations.
    pub data: Vec<Code>,
}

/// The refusals of a contract.
#[derive(Debug, Serialize)]
pub struct ErrorsView {
    /// The markers, each with its status.
    pub statuses: Vec<StatusView>,
    /// The markers of ranges.
    pub ranges: Vec<RangeView>,
    /// True if the envelope holds the id of the request.
    pub uses_request_id: bool,
    /// The lines of the function that writes the envelope.
    pub envelope: Vec<Code>,
    /// The media type of the envelope.
    pub media_type: String,
    /// Whether the envelope is RFC 9457's.
    pub problem: bool,
}

/// The marker of a status.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct StatusView {
    /// The status.
    pub code: u16,
    /// The marker.
    pub name: Code,
}

/// The marker of a range of statuses.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct RangeView {
    /// The marker.
    pub name: Code,
    /// The least status.
    pub low: u16,
    /// The greatest status.
    pub high: u16,
}

/// A security scheme's static.
#[derive(Debug, Serialize)]
pub struct SchemeView {
    /// The static.
    pub name: Code,
    /// Its name in the contract.
    pub id: String,
    /// Its kind.
    pub kind: Code,
    /// The doc comment.
    pub docs: String,
}

/// The contract itself.
#[derive(Debug, Serialize)]
pub struct DocumentView {
    /// As a literal of JSON.
    pub json: Code,
    /// As a literal of YAML.
    pub yaml: Code,
    /// As an expression: JSON of OpenAPI 3.1, where it is asked for.
    pub raised: Option<Code>,
    /// Whether its crate holds no other contract.
    pub alone: bool,
}

/// A webhook.
#[derive(Debug, Serialize)]
pub struct WebhookView {
    /// The constant.
    pub name: Code,
    /// Its name in the contract.
    pub id: String,
    /// The doc comment.
    pub docs: String,
    /// The method.
    pub method: Code,
    /// The type of its payload.
    pub payload: Code,
}

/// One of the servers of the contract.
#[derive(Debug, Serialize)]
pub struct ServerView {
    /// Its URL.
    pub url: String,
    /// Its description.
    pub description: String,
    /// The variables of its URL, a `ServerVariable` each.
    pub variables: Vec<Code>,
}
