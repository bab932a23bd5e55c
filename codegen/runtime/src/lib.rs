//! The support that generated code calls: reading and validating requests, writing responses, and the
//! pipeline that every request passes.
//!
//! The folders are layers: each imports only those above it in this list.
//!
//! | folder | what it holds |
//! |---|---|
//! | [`operation`] | the operation table: what a contract says of each operation, as constant data |
//! | `http` | media types, encodings, headers and paths |
//! | `validate` | rules, patterns, formats and violations |
//! | [`json`] | reading and writing JSON and the text of parameters, by one reader and one writer |
//! | `style` | the styles of parameters, for reading and writing |
//! | `values` | types with a meaning of their own: pages, patches, identifiers, enums |
//! | `response` | replies, problems, the error envelope, statuses and streams |
//! | `request` | the head and the body of a request, and decoding them |
//! | `serve` | the router, the pipeline, and the traits that a server implements |
//! | `client` | calling the operations of a contract (feature `client`) |
//! | `serde` | `serde` for the types of a contract (feature `serde`) |
//! | `openapi` | the contract as a value of `utoipa` (feature `openapi`) |

#[cfg(feature = "client")]
pub mod client;
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
pub use crate::json::{Branch, DecimalNumber, Object, Read, Reader, TextValue, Types, Write, Writer, default_value};
#[cfg(feature = "jsonschema")]
pub use crate::json::{Dialect, SchemaValidator};
pub use crate::operation::{
    Body, Cache, Idempotency, LimitBy, Media, MediaKind, Method, Operation, Parameter, ParameterLocation, RateLimit,
    Requirement, Scheme, SchemeKind, Server, ServerVariable, Style, ValueKind,
};
pub use crate::request::call_info::CallInfo;
pub use crate::request::context::Context;
pub use crate::request::decoder::{Decoder, PageRule};
pub use crate::request::idempotency::IdempotencyKey;
#[cfg(feature = "multipart")]
pub use crate::request::multipart::{
    FilePart, FileStream, FormPart, FormRule, Held, Multipart, MultipartError, Part, PartHeader, PartKind, PartRule,
    Parts,
};
pub use crate::response::declares::{Declares, OperationError};
pub use crate::response::error_envelope::{ErrorEnvelope, PROBLEM_JSON};
pub use crate::response::events::{EventStream, JsonLines};
pub use crate::response::idempotent::{Idempotent, Recorded};
pub use crate::response::internal::Internal;
pub use crate::response::not_written::{NotWritten, is_written, is_written_with_request, unwritten};
pub use crate::response::problem::Problem;
pub use crate::response::reply::{Content, Reply, ReplyBody, Respond, Responder};
pub use crate::response::status_range::{AnyStatus, StatusOutOfRange};
pub use crate::response::stream::{ByteStream, Event};
pub use crate::response::{problem, status};
pub use crate::serve::authenticate::{Authenticate, Credential, Denied, NoAuthentication};
pub use crate::serve::endpoint::Endpoint;
pub use crate::serve::gate::{Admission, Entry, Gate, OpenGate};
pub use crate::serve::handler::Handler;
pub use crate::serve::pipeline::{Pipeline, Timeouts};
pub use crate::serve::router::{fallback, router, router_at};
pub use crate::serve::routes::{Check, Routes, nothing};
pub use crate::serve::unwritten::{fill_unwritten, log_unwritten};
pub use crate::validate::format::Format;
pub use crate::validate::pattern::Pattern;
pub use crate::validate::rules::{ArrayRule, IntegerRule, MapRule, NumberRule, ObjectRule, StringRule, Unknown};
pub use crate::validate::violation::{InputLocation, MOST_VIOLATIONS, Violation, Violations};
pub use crate::values::etag::{ETag, IfMatch};
pub use crate::values::page::{Page, PageAt, PageRequest, Pagination};
pub use crate::values::patch::Patch;
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

/// The crates that generated code names, so that it needs no dependency of its own.
pub mod exports {
    #[cfg(feature = "openapi")]
    pub use utoipa;
    pub use {axum, bytes, chrono, http, rust_decimal, serde_json, uuid};
}
