//! The runtime of code that Writ generates from an OpenAPI contract: it decodes and validates requests, runs
//! the pipeline of each request, and encodes responses.
//!
//! A service depends on the generated crate and uses this crate for the types that every contract shares:
//! [`Context`], [`Authenticate`], [`Gate`], [`Problem`], [`Patch`], [`Page`] and others.
//!
//! # From a contract to a call
//!
//! A contract describes an operation:
//!
//! ```yaml
//! paths:
//!   /users/{userId}:
//!     get:
//!       operationId: getUser
//!       tags: [users]
//!       summary: Get a user
//!       parameters:
//!         - { name: userId, in: path, required: true, schema: { type: integer } }
//!       responses:
//!         "200":
//!           description: The user.
//!           content: { application/json: { schema: { $ref: "#/components/schemas/User" } } }
//!         "404":
//!           description: The user does not exist.
//! ```
//!
//! The generator writes a trait for each tag, and the types of each operation:
//!
//! ```
//! # use writ_runtime::{Context, Internal};
//! # writ_runtime::statuses! { NotFound = 404 }
//! pub trait Users: Send + Sync + 'static {
//!     /// Get a user.
//!     ///
//!     /// `GET /users/{userId}`. Requires no authentication.
//!     fn get_user(
//!         &self,
//!         cx: &Context<()>,
//!         request: GetUserRequest,
//!     ) -> impl Future<Output = Result<GetUserResponse, GetUserError>> + Send;
//! }
//!
//! /// The request of [`Users::get_user`].
//! pub struct GetUserRequest {
//!     pub user_id: i64,
//! }
//!
//! /// The successful response of [`Users::get_user`].
//! pub struct GetUserResponse {
//!     pub body: User,
//! }
//!
//! /// The error responses of [`Users::get_user`].
//! pub enum GetUserError {
//!     NotFound(NotFound),
//!     Internal(Internal),
//! }
//!
//! pub struct User {
//!     pub name: String,
//! }
//! ```
//!
//! A service implements the trait. `?` converts a marker (a status code as a type, such as `NotFound`) into the
//! error type of the operation. An undeclared status code does not compile. Every [`std::error::Error`] becomes
//! a 500 whose cause is logged and not sent. An `Api` assembles the services and returns an [`axum::Router`]:
//!
//! ```
//! use writ_runtime::{Context, NoAuthentication, OpenGate};
//! # use writ_runtime::{
//! #     Decoder, Internal, Method, Operation, PROBLEM_JSON, Parameter, Pipeline, Read, Reply, Respond, Responder,
//! #     Router, Timeouts, Write, Writer, fallback, router,
//! # };
//! # writ_runtime::statuses! { NotFound = 404 }
//! # pub trait Users: Send + Sync + 'static {
//! #     fn get_user(
//! #         &self,
//! #         cx: &Context<()>,
//! #         request: GetUserRequest,
//! #     ) -> impl Future<Output = Result<GetUserResponse, GetUserError>> + Send;
//! # }
//! # static GET_USER: Operation = Operation {
//! #     id: "getUser",
//! #     method: Method::GET,
//! #     path: "/users/{userId}",
//! #     tag: "users",
//! #     parameters: &[Parameter::path("userId")],
//! #     statuses: &[200, 404],
//! #     produces: &["application/json"],
//! #     ..Operation::NONE
//! # };
//! # pub struct GetUserRequest { pub user_id: i64 }
//! # pub struct GetUserResponse { pub body: User }
//! # pub enum GetUserError { NotFound(NotFound), Internal(Internal) }
//! # pub struct User { pub name: String }
//! # writ_runtime::refusals! { GetUserError: NotFound(NotFound) }
//! # impl GetUserRequest {
//! #     fn decode(input: &mut Decoder<'_>) -> Option<Self> {
//! #         let user_id = input.required(0, i64::read);
//! #         Some(Self { user_id: user_id? })
//! #     }
//! # }
//! # impl From<User> for GetUserResponse {
//! #     fn from(body: User) -> Self { Self { body } }
//! # }
//! # impl Respond for GetUserResponse {
//! #     fn respond(self, responder: &Responder) -> Reply {
//! #         Reply::status(200).json("application/json", &self.body, responder)
//! #     }
//! # }
//! # impl Respond for GetUserError {
//! #     fn respond(self, responder: &Responder) -> Reply {
//! #         match self {
//! #             Self::NotFound(refusal) => refusal.respond(responder),
//! #             Self::Internal(internal) => internal.respond(responder),
//! #         }
//! #     }
//! # }
//! # impl Write for User {
//! #     fn write(&self, w: &mut Writer) {
//! #         w.begin_object();
//! #         w.key("name");
//! #         w.string(&self.name);
//! #         w.end_object();
//! #     }
//! # }
//! # struct Api<A, G, S> { authenticator: A, gate: G, users: S }
//! # impl<S: Users> Api<NoAuthentication, OpenGate, S> {
//! #     fn router(self) -> Router {
//! #         let pipeline = Pipeline::new(&PROBLEM_JSON, self.authenticator, self.gate, Timeouts::default());
//! #         let mut endpoints = Vec::new();
//! #         pipeline.routes(self.users, &mut endpoints).public(&GET_USER, GetUserRequest::decode, S::get_user);
//! #         router(&PROBLEM_JSON, endpoints).fallback(fallback(&PROBLEM_JSON))
//! #     }
//! # }
//!
//! struct UserService {
//!     names: Vec<String>,
//! }
//!
//! impl Users for UserService {
//!     async fn get_user(&self, _: &Context<()>, request: GetUserRequest) -> Result<GetUserResponse, GetUserError> {
//!         let index = usize::try_from(request.user_id).map_err(|_| NotFound::new("user"))?;
//!         let name = self.names.get(index).ok_or(NotFound::new("user"))?;
//!         Ok(User { name: name.clone() }.into())
//!     }
//! }
//!
//! async fn serve() -> std::io::Result<()> {
//!     let users = UserService { names: vec!["Ada".to_owned()] };
//!     let api = Api { authenticator: NoAuthentication, gate: OpenGate, users };
//!     let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
//!     axum::serve(listener, api.router()).await
//! }
//! # async fn get(path: &str) -> (u16, String) {
//! #     let users = UserService { names: vec!["Ada".to_owned()] };
//! #     let router = Api { authenticator: NoAuthentication, gate: OpenGate, users }.router();
//! #     let request = http::Request::get(path).header("x-request-id", "1").body(axum::body::Body::empty()).unwrap();
//! #     let response = tower::ServiceExt::oneshot(router, request).await.unwrap();
//! #     let status = response.status().as_u16();
//! #     let body = axum::body::to_bytes(response.into_body(), 1000).await.unwrap();
//! #     (status, String::from_utf8(body.to_vec()).unwrap())
//! # }
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
//! # assert_eq!(runtime.block_on(get("/users/0")), (200, r#"{"name":"Ada"}"#.to_owned()));
//! # let (status, body) = runtime.block_on(get("/users/x"));
//! # assert_eq!(status, 400);
//! # let expected = r#""errors":[{"in":"path","field":"userId","message":"must be an integer"}]"#;
//! # assert!(body.contains(expected), "{body}");
//! # assert_eq!(runtime.block_on(get("/users/7")).0, 404);
//! # assert_eq!(runtime.block_on(get("/users/-1")).0, 404);
//! # let _ = serve;
//! ```
//!
//! A caller sends a request, and receives every violation in one response:
//!
//! ```text
//! $ curl http://127.0.0.1:8080/users/0
//! {"name":"Ada"}
//!
//! $ curl http://127.0.0.1:8080/users/x
//! {"type":"about:blank","title":"Bad Request","status":400,"detail":"the request is not valid",
//!  "code":"VALIDATION_ERROR",
//!  "errors":[{"in":"path","field":"userId","message":"must be an integer"}],"requestId":"…"}
//! ```
//!
//! The generated client calls the operation with the types of the server. The documentation of the module
//! `client` (feature `client`) has a complete example:
//!
//! ```text
//! let client = Client::new(Connection::new("http://127.0.0.1:8080")?);
//! let response = client.users.get_user(&GetUserRequest { user_id: 0 }).await?;
//! ```
//!
//! # Items by task
//!
//! | task | item |
//! |---|---|
//! | identify callers | [`Authenticate`], [`Credential`], [`Denied`] |
//! | apply rate limits, caching and revocation | [`Gate`] |
//! | read the caller, the operation or the request id in a handler | [`Context`] |
//! | return an error that the contract declares | [`statuses!`], [`Declares`] |
//! | refuse a request as platforms do in every contract | [`BadCursor`], [`KeyConflict`], [`Limited`], [`StaleVersion`], [`VersionConflict`] |
//! | refuse a request that the service cannot serve at the moment | [`Unavailable`] |
//! | refuse a request outside of a handler | [`Problem`], [`ErrorEnvelope`] |
//! | change a resource partially | [`Patch`] |
//! | detect concurrent changes of a resource | [`ETag`], [`IfMatch`] |
//! | return a page of a list | [`Page`], [`PageRequest`] |
//! | sort a list | [`Sort`] |
//! | define an identifier with a prefix, such as `usr_…` | [`id!`] |
//! | make an operation safe to retry | [`IdempotencyKey`], [`Idempotent`] |
//! | send events or a download | [`EventStream`], [`ByteStream`] |
//! | publish or consume domain events | the module [`event`] |
//! | receive files | `Multipart`, `Parts` and `FileStream` (feature `multipart`) |
//! | set time limits | [`Timeouts`] |
//! | know the time that a request has left | [`Deadline`] |
//! | read the client's address behind a proxy | [`ClientAddress`] |
//! | serve several contracts with one router | [`router()`], [`fallback()`] |
//! | serve several versions of an API | [`versioned_router()`], [`Versions`] |
//! | start with operations that are not implemented | [`NotWritten`], [`fill_unwritten`] |
//! | test a handler | [`Context::new`] |
//! | call an operation | the module `client` (feature `client`) |
//!
//! # Layers
//!
//! The folders of this crate are layers: each one imports only from those above it in this list.
//!
//! | folder | content |
//! |---|---|
//! | [`operation`] | the operation table: each operation of a contract as constant data |
//! | `http` | media types, encodings, headers and paths |
//! | `validate` | rules, patterns, formats and violations |
//! | [`json`] | the reader and the writer for JSON and for the text of parameters |
//! | `style` | the serialization styles of parameters, for reading and writing |
//! | `values` | types for special values of requests and responses: pages, patches, identifiers, enums |
//! | [`event`] | domain events: their types, the outbox of a publisher, and consumers |
//! | `response` | replies, problems, the error envelope, status codes and streams |
//! | `request` | the head and the body of a request, and their decoding |
//! | `serve` | the router, the pipeline, and the traits that a service implements |
//! | `client` | calls of the operations of a contract (feature `client`) |
//! | `serde` | `serde` implementations for the types of a contract (feature `serde`) |
//! | `openapi` | the contract as a value of `utoipa` (feature `openapi`) |
//!
//! # Features
//!
//! No feature is enabled by default. The generated crate enables those that its contract needs. This page shows all
//! items with `cargo doc -p writ-runtime --all-features --open`.
//!
//! | feature | effect |
//! |---|---|
//! | `client` | adds the module `client`, which calls the operations of a contract over HTTP |
//! | `multipart` | reads and writes `multipart/form-data` bodies |
//! | `jsonschema` | validates rare keywords of JSON Schema by interpreting the schema at run time |
//! | `openapi` | offers the contract as a value of `utoipa`, to merge it with hand-written routes |
//! | `serde` | implements `Serialize` and `Deserialize` for the types of a contract |

#[cfg(feature = "client")]
pub mod client;
pub mod event;
mod http;
pub mod json;
#[cfg(feature = "openapi")]
pub mod openapi;
pub mod operation;
mod request;
mod response;
#[cfg(feature = "serde")]
pub mod serde;
mod serve;
mod style;
mod validate;
mod values;
mod version;

pub use crate::http::accept::{Accept, Offer};
pub use crate::http::address::{ClientAddress, ClientCertificate};
pub use crate::http::any_media::AnyMedia;
pub use crate::http::path::{Captured, PathValues};
pub use crate::http::request_id::{RequestId, X_REQUEST_ID};
pub use crate::http::timeout::Deadline;
pub use crate::json::{
    Boxed, Branch, Checker, Conform, DecimalNumber, Entries, Items, Listed, Nullable, Object, OwnRules, Properties,
    Read, Reader, Spelled, TextValue, Types, Unwritable, Write, Writer, default_value,
};
#[cfg(feature = "jsonschema")]
pub use crate::json::{Dialect, Interpreted, SchemaValidator};
pub use crate::operation::{
    Body, Cache, ErrorBody, ErrorChoice, ErrorContent, ErrorList, ErrorMember, ErrorResponse, ErrorText, ErrorValue,
    Idempotency, LimitBy, Media, MediaKind, Method, Operation, Parameter, ParameterLocation, RateLimit, Requirement,
    Retry, Scheme, SchemeKind, Server, ServerVariable, Style, ValueKind, Version, Versions,
};
pub use crate::request::call_info::CallInfo;
pub use crate::request::context::Context;
pub use crate::request::decoder::{Decoder, PageRule};
pub use crate::request::idempotency::IdempotencyKey;
#[cfg(feature = "multipart")]
pub use crate::request::multipart::{
    FilePart, FileStream, FormPart, FormRule, Held, Multipart, MultipartError, Part, PartHeader, PartKind, PartRule,
    PartStyle, Parts,
};
pub use crate::response::check::{Breach, BreachObserver, CheckMode, ResponseCheck, ResponseChecks};
pub use crate::response::declares::{Declares, OperationError};
pub use crate::response::error_body::{PROBLEM_DETAILS, PROBLEM_VIOLATIONS};
pub use crate::response::error_envelope::{Convert, ErrorEnvelope, PROBLEM_JSON};
pub use crate::response::events::{EventStream, JsonLines, StreamError};
pub use crate::response::idempotent::{Idempotent, Recorded};
pub use crate::response::internal::Internal;
pub use crate::response::not_written::{NotWritten, is_written, is_written_with_request, unwritten};
pub use crate::response::problem::Problem;
pub use crate::response::refusal::{
    BadCursor, Covers, KeyConflict, Limited, Marker, NoMarker, Pick, Picked, Refuses, StaleVersion, VersionConflict,
};
pub use crate::response::reply::{Content, Reply, ReplyBody, Respond, Responder};
pub use crate::response::status_range::{AnyStatus, StatusOutOfRange};
pub use crate::response::stream::{ByteStream, Event};
pub use crate::response::unavailable::Unavailable;
pub use crate::response::{problem, status};
pub use crate::serve::authenticate::{Authenticate, Denied, NoAuthentication};
pub use crate::serve::credential::{ApiKey, BasicCredentials, BearerToken, Credential, HttpCredentials};
pub use crate::serve::early_refusal::EarlyRefusal;
pub use crate::serve::endpoint::Endpoint;
pub use crate::serve::gate::{Admission, Entry, Gate, OpenGate};
pub use crate::serve::handler::Handler;
pub use crate::serve::pipeline::{EnvelopeCell, Pipeline, ServeOptions, Timeouts};
pub use crate::serve::routed::RoutedOperation;
pub use crate::serve::router::{complete_router, fallback, router, router_at};
pub use crate::serve::routes::{Check, Routes, nothing};
pub use crate::serve::translated::Translated;
pub use crate::serve::unwritten::{fill_unwritten, log_unwritten};
pub use crate::serve::versions::{VersionEndpoints, versioned_router, versioned_router_at};
pub use crate::validate::format::Format;
pub use crate::validate::pattern::Pattern;
pub use crate::validate::rules::{
    ArrayRule, IntegerRule, MapRule, NumberRule, ObjectRule, StringRule, Unknown, WrittenNumbers,
};
pub use crate::validate::violation::{InputLocation, MOST_VIOLATIONS, Violation, Violations};
pub use crate::values::conversion;
pub use crate::values::etag::{ETag, IfMatch};
pub use crate::values::page::{Page, PageAt, PageOf, PageRequest, Pagination};
pub use crate::values::page_members::{PageLinks, PageMember, PageParameter, PageParameters};
pub use crate::values::patch::Patch;
pub use crate::values::redacted::Redacted;
pub use crate::values::sort::Sort;
pub use crate::values::string_enum::{StringEnum, UnknownValue, string_enum_of};
pub use crate::values::text::Text;
pub use crate::values::type_id;
pub use crate::values::webhook::Webhook;
pub use crate::version::made_for;

pub use axum::Router;
pub use bytes::Bytes;
pub use chrono::{DateTime, NaiveDate, Utc};
pub use rust_decimal::Decimal;
pub use serde_json::Value;
pub use uuid::Uuid;

/// Other crates that generated code uses, re-exported so that a generated crate does not depend on them itself.
pub mod exports {
    #[cfg(feature = "openapi")]
    pub use utoipa;
    pub use {axum, bytes, chrono, http, rust_decimal, serde_json, uuid};
}
