//! The views of the templates for the contract as a whole, the data from which these files are rendered: root,
//! errors, security schemes, servers and webhooks.

use serde::Serialize;

use crate::rust::code::Code;

/// The view of the root module that is generated for a contract.
#[derive(Debug, Serialize)]
pub struct RootView {
    /// The title of the contract (`info.title`).
    pub title: String,
    /// The version of the contract (`info.version`).
    pub version: String,
    /// The description of the contract (`info.description`).
    pub docs: String,
    /// The path in the URL of the contract's first server, which precedes every route.
    pub base_path: String,
    /// The summaries of the tags that have operations, in the order of the contract.
    pub tags: Vec<TagSummary>,
    /// The operation that the example in the documentation of the root module implements, or `None` if the contract
    /// has no operation.
    pub example: Option<ExampleView>,
    /// The view of the trait that verifies credentials, or `None` if no operation requires any.
    pub authenticator: Option<AuthenticatorView>,
    /// The cargo features of the generated crate, for the documentation of the root module.
    pub features: Vec<FeatureView>,
    /// True if the contract declares webhooks.
    pub webhooks: bool,
    /// The name of the module of the domain events, or `None` if the contract declares none.
    pub events: Option<Code>,
    /// The services of the contract, or `None` if it declares none.
    pub services: Option<ServicesView>,
    /// True if the contract declares callbacks and a client is generated, which sends the callbacks.
    pub callbacks: bool,
    /// True if the bundled contract is part of the generated code.
    pub document: bool,
    /// True if operations without an implementation respond with status 501 instead of being compile errors.
    pub unwritten: bool,
    /// True if the root module of the contract is the root of its crate.
    pub alone: bool,
    /// The `recursion_limit` attribute that the crate needs, or `None` if the compiler's default is enough.
    pub recursion_limit: Option<usize>,
    /// True if the contract is also generated as a document of the crate `utoipa`.
    pub openapi: bool,
    /// True if a typed client is generated.
    pub client: bool,
    /// The name of the generated trait that converts problems into error schemas, or `None` if problems fill all of them.
    pub conversions: Option<Code>,
    /// The version of the runtime that the generated code requires, as `major.minor`.
    pub runtime: &'static str,
    /// The older versions of the API that this one serves, or `None` if it is not the latest of several versions.
    pub versions: Option<ServedVersionsView>,
}

/// The view of the method with which the latest version of an API serves all versions.
#[derive(Debug, Serialize)]
pub struct ServedVersionsView {
    /// The older versions, the oldest first.
    pub older: Vec<OlderVersionView>,
}

/// The view of an older version of an API, as the latest version serves it.
#[derive(Debug, Serialize)]
pub struct OlderVersionView {
    /// The name of the version's module, and of the argument with its conversions.
    pub name: Code,
    /// The type parameter for the conversions of the version.
    pub parameter: Code,
    /// The traits that the type of the conversions implements.
    pub bounds: Vec<Code>,
    /// The expression of the version's error envelope.
    pub envelope: Code,
    /// The functions that bind the operations of the version.
    pub binders: Vec<VersionBinderView>,
    /// The expression of the operations of the version.
    pub operations: Code,
    /// True if operations of the version without a handler respond with status 501.
    pub unwritten: bool,
}

/// The view of the module of the services that own operations.
#[derive(Debug, Serialize)]
pub struct ServicesView {
    /// The name of the module of the services.
    pub module: Code,
    /// The name of the trait that verifies credentials, or `None` if no operation requires any.
    pub authenticator: Option<Code>,
    /// The name of the trait that converts problems into error schemas, or `None` if problems fill all of them.
    pub conversions: Option<Code>,
    /// True if operations without an implementation respond with status 501.
    pub unwritten: bool,
    /// The views of the services, in the order of the contract.
    pub services: Vec<ServiceView>,
}

/// The view of the struct of a service, which has a field for each tag of the service.
#[derive(Debug, Serialize)]
pub struct ServiceView {
    /// The name of the struct.
    pub name: Code,
    /// The name of the service in the contract.
    pub id: String,
    /// The documentation of the struct.
    pub docs: String,
    /// The summaries of the tags that the service owns and of those that every service has.
    pub tags: Vec<TagSummary>,
    /// The expression of the operations of the service.
    pub operations: Code,
    /// The older versions of the API that the service serves, or `None` if there are none.
    pub versions: Option<ServedVersionsView>,
}

/// The view of the call of a function that binds operations of an older version to the handlers of one trait.
#[derive(Debug, Serialize)]
pub struct VersionBinderView {
    /// The path of the function, with its type arguments.
    pub function: Code,
    /// The variable that holds the service with the handlers.
    pub service: Code,
}

/// A cargo feature of the generated crate, as its documentation shows it.
#[derive(Debug, Serialize)]
pub struct FeatureView {
    /// The name of the cargo feature.
    pub name: &'static str,
    /// A sentence about the code that the cargo feature adds.
    pub docs: &'static str,
}

/// The view of the operation that the example in the documentation of the root module implements and calls.
#[derive(Debug, Serialize)]
pub struct ExampleView {
    /// The name of the trait that contains the example's operation.
    pub name: Code,
    /// The field of the generated `Client` for the tag of the example's operation.
    pub field: Code,
    /// True if the trait of the example's operation has a type for authenticated callers (`Principal`).
    pub secured: bool,
    /// True if the example's operation requires no authentication, so that a client calls it without a token.
    pub public: bool,
    /// True if the trait of the example's operation has further methods.
    pub others: bool,
    /// The trait method of the example's operation.
    pub method: Code,
    /// The type argument of `Context` in the signature of the example's trait method.
    pub context: Code,
    /// The name of the request type of the example's operation, or `None` if it has neither parameters nor a body.
    pub request: Option<Code>,
    /// True if the client call of the example borrows the request; a streamed request is passed by value.
    pub borrows: bool,
    /// The type that the example's trait method returns in `Ok`.
    pub response: Code,
    /// The type that the example's trait method returns in `Err`.
    pub error: Code,
}

/// The view of a tag in the root module: its names, without its operations.
#[derive(Debug, Clone, Serialize)]
pub struct TagSummary {
    /// The position of the tag among those of the contract.
    pub index: usize,
    /// The service that owns the operations of the tag, or `None` if every service has them.
    pub service: Option<String>,
    /// The name of the tag's trait.
    pub name: Code,
    /// The name of the tag's generated module.
    pub module: Code,
    /// The field of the generated struct `Api` for the service that implements the tag's trait.
    pub field: Code,
    /// The type parameter of the generated struct `Api` for the service that implements the tag's trait.
    pub parameter: Code,
    /// The method of the generated builder `Unwritten` that takes the service of the tag.
    pub with: Code,
    /// The first line of the tag's description in the contract.
    pub docs: String,
    /// True if an operation of the tag admits authenticated callers, so that the trait has a type `Principal`.
    pub secured: bool,
    /// The public names that the tag's module declares, sorted.
    pub exports: Vec<Code>,
    /// The names of the statics of the tag's operations in the generated operation table.
    pub data: Vec<Code>,
}

/// The view of the generated file `errors.rs`: the error statuses and the error envelope of a contract.
#[derive(Debug, Serialize)]
pub struct ErrorsView {
    /// The generated marker types for single error statuses such as `404`.
    pub statuses: Vec<StatusView>,
    /// The generated marker types for ranges of error statuses such as `4XX`.
    pub ranges: Vec<RangeView>,
    /// The different bodies of error responses, as expressions of the runtime's `ErrorBody`.
    pub bodies: Vec<Code>,
    /// The reference to the body of the error envelope, or `None` if errors are RFC 9457 problems.
    pub envelope: Option<Code>,
    /// The trait whose methods convert problems into error schemas that no problem can fill.
    pub conversions: Option<ConversionsView>,
}

/// The view of the generated trait that converts problems into error schemas that no problem can fill.
#[derive(Debug, Clone, Serialize)]
pub struct ConversionsView {
    /// The name of the generated trait that converts problems.
    pub name: Code,
    /// The methods of the trait, one for each error schema.
    pub methods: Vec<ConversionView>,
}

/// The view of a trait method that converts a problem into a value of an error schema.
#[derive(Debug, Clone, Serialize)]
pub struct ConversionView {
    /// The name of the trait method that converts a problem.
    pub name: Code,
    /// The Rust type of the error schema.
    pub ty: Code,
    /// The expression of a sample value of the error schema, or `None` if there is none.
    pub sample: Option<String>,
}

/// The view of the generated marker type for an error status, a type by which handlers name the status.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct StatusView {
    /// The status code that the marker type stands for.
    pub code: u16,
    /// The name of the marker type, such as `NotFound`.
    pub name: Code,
}

/// The view of the generated marker type for a range of error statuses, such as `4XX`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct RangeView {
    /// The name of the range's marker type, such as `ClientError`.
    pub name: Code,
    /// The lowest status code in the range of error statuses.
    pub low: u16,
    /// The highest status code in the range of error statuses.
    pub high: u16,
}

/// The view of the generated static of a security scheme.
#[derive(Debug, Serialize)]
pub struct SchemeView {
    /// The name of the security scheme's static.
    pub name: Code,
    /// The name of the security scheme in the contract.
    pub id: String,
    /// The kind of the security scheme, as an expression of the runtime's `SchemeKind`.
    pub kind: Code,
    /// The documentation of the security scheme's static.
    pub docs: String,
}

/// The view of the generated trait that verifies credentials, with a method for each security scheme.
#[derive(Debug, Clone, Serialize)]
pub struct AuthenticatorView {
    /// The name of the trait.
    pub name: Code,
    /// A sentence that explains why the name is not the first choice; empty if it is.
    pub fallback: String,
    /// The items of the runtime that the example in the documentation of the root module imports.
    pub imports: Vec<Code>,
    /// The methods of the trait, one for each security scheme that an operation requires.
    pub methods: Vec<SchemeMethodView>,
    /// True if an operation requires a scope, so that the trait has a method that checks scopes.
    pub scopes: bool,
    /// True if an operation requires several schemes together, so that the trait has a method that combines callers.
    pub combines: bool,
}

impl AuthenticatorView {
    /// Adds the methods for the security schemes that only an older version of the API requires.
    pub fn include(&mut self, older: AuthenticatorView) {
        self.scopes |= older.scopes;
        self.combines |= older.combines;
        for method in older.methods {
            if !self.methods.iter().any(|known| known.id == method.id) {
                self.methods.push(method);
            }
        }
        self.imports.extend(older.imports);
        self.imports.sort();
        self.imports.dedup();
    }
}

/// The view of a method that verifies the credential of one security scheme.
#[derive(Debug, Clone, Serialize)]
pub struct SchemeMethodView {
    /// The name of the method.
    pub name: Code,
    /// The name of the security scheme in the contract.
    pub id: String,
    /// The documentation of the method.
    pub docs: String,
    /// The variant of the runtime's `Credential` that a request presents for the scheme.
    pub variant: Code,
    /// The name of the method's parameter for the credential.
    pub argument: Code,
    /// The type of the credential.
    pub ty: Code,
    /// The type of the credential for the documentation, where it is not imported.
    pub shown: Code,
}

/// The view of the contract as one document, which is part of the generated code.
#[derive(Debug, Serialize)]
pub struct DocumentView {
    /// The string literal of the bundled contract as JSON.
    pub json: Code,
    /// The string literal of the bundled contract as YAML.
    pub yaml: Code,
    /// The expression of the bundled contract as OpenAPI 3.1 in JSON, or `None` if the option `openapi` is off.
    pub upgraded: Option<Code>,
    /// True if the generated crate contains no other contract.
    pub alone: bool,
}

/// The view of the generated static of a webhook that the service sends.
#[derive(Debug, Serialize)]
pub struct WebhookView {
    /// The name of the webhook's static.
    pub name: Code,
    /// The name of the webhook in the contract.
    pub id: String,
    /// The documentation of the webhook's static.
    pub docs: String,
    /// The HTTP method of the webhook's request.
    pub method: Code,
    /// The Rust type of the webhook's payload.
    pub payload: Code,
}

/// The view of the module of the domain events.
#[derive(Debug, Serialize)]
pub struct EventsView {
    /// The name of the module of the events.
    pub module: Code,
    /// The views of the events, in the order of the contract.
    pub events: Vec<EventView>,
}

/// The view of a domain event: its constant, its method of the publisher and its method of the consumer trait.
#[derive(Debug, Serialize)]
pub struct EventView {
    /// The name of the event type in the contract.
    pub id: String,
    /// The documentation of the event.
    pub docs: String,
    /// The name of the event type's constant.
    pub constant: Code,
    /// The variant of the event in the enum of all events.
    pub variant: Code,
    /// The name of the event's methods in the publisher and in the consumer trait.
    pub method: Code,
    /// The kind of aggregate that the event concerns.
    pub aggregate: String,
    /// The version of the schema of the event's data.
    pub version: u32,
    /// True if the event stays within the services.
    pub internal: bool,
    /// The Rust type of the event's data.
    pub data: Code,
    /// The function of the runtime's reader that reads the event's data.
    pub read: Code,
    /// The Rust type of the id of the aggregate.
    pub aggregate_id: Code,
    /// The name of the publisher's parameter for the id of the aggregate.
    pub aggregate_argument: Code,
}

/// The view of a server that the contract declares.
#[derive(Debug, Serialize)]
pub struct ServerView {
    /// The URL of the server, possibly with variables.
    pub url: String,
    /// The description of the server in the contract.
    pub description: String,
    /// The variables of the server's URL, each as an expression of the runtime's `ServerVariable`.
    pub variables: Vec<Code>,
}
