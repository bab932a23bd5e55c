//! What generated code stands on: reading and validating input, writing answers, and the one way in.

pub mod accept;
mod address;
pub mod authenticate;
mod body;
#[cfg(feature = "client")]
pub mod client;
pub mod concrete;
mod conditional;
pub mod context;
pub mod contract;
mod credentials;
mod declares;
pub mod decoder;
pub mod edge;
pub mod endpoint;
pub mod etag;
pub mod events;
pub mod format;
pub mod gate;
mod head;
pub mod idempotency;
pub mod input;
pub mod json;
mod macros;
mod media;
pub mod method;
#[cfg(feature = "multipart")]
pub mod multipart;
pub mod named;
#[cfg(feature = "openapi")]
pub mod openapi;
pub mod operation;
mod own;
pub mod page;
mod parameters;
pub mod patch;
mod path;
mod patience;
pub mod pattern;
mod percent;
mod pipeline;
pub mod problem;
mod query;
pub mod reply;
pub mod request_id;
pub mod router;
mod routes;
pub mod rules;
#[cfg(feature = "serde")]
pub mod serde;
pub mod server;
mod slot;
pub mod sort;
pub mod status;
pub mod stream;
mod styles;
mod template;
pub mod typeid;
pub mod unwritten;
mod version;
pub mod violation;
pub mod webhook;

pub use accept::{Accept, Offer};
pub use address::{ClientAddress, ClientCertificate};
pub use authenticate::{Authenticate, Credential, Denied, NoAuthentication};
pub use concrete::Concrete;
pub use context::{CallInfo, Context};
pub use contract::{Contract, PROBLEM_JSON};
pub use declares::{Declares, OperationError};
pub use decoder::{Decoder, PageRule};
pub use edge::{Edge, Settings};
pub use endpoint::{Call, Endpoint, Pending};
pub use etag::{ETag, IfMatch};
pub use events::{EventStream, JsonLines};
pub use format::Format;
pub use gate::{Admission, Entry, Gate, OpenGate};
pub use idempotency::{IdempotencyKey, Idempotent, Recorded};
pub use input::Input;
pub use json::{Branch, DecimalNumber, Object, Read, Reader, TextValue, Types, Write, Writer, default_value};
#[cfg(feature = "jsonschema")]
pub use json::{Dialect, Guard};
#[cfg(feature = "multipart")]
pub use multipart::{
    FilePart, FileStream, FormPart, FormRule, Held, Multipart, MultipartError, Part, PartHeader, PartKind, PartRule,
    Parts,
};
pub use named::Named;
pub use operation::{
    Body, Cache, Idempotency, LimitBy, Media, MediaKind, Method, Operation, Parameter, Place, RateLimit, Requirement,
    Scheme, SchemeKind, Shape, Style,
};
pub use own::Text;
pub use page::{Page, PageAt, PageRequest, Pagination};
pub use patch::Patch;
pub use path::{Captured, PathValues};
pub use pattern::Pattern;
pub use problem::Problem;
pub use reply::{Content, Reply, ReplyBody, Respond, Responder};
pub use request_id::{RequestId, X_REQUEST_ID};
pub use router::{fallback, router, router_at};
pub use routes::{Check, Routes, nothing};
pub use rules::{ArrayRule, IntegerRule, MapRule, NumberRule, ObjectRule, StringRule, Unknown};
pub use server::{Server, ServerVariable};
pub use sort::Sort;
pub use status::{AnyStatus, Internal, StatusOutOfRange};
pub use stream::{ByteStream, Event};
pub use unwritten::{NotWritten, fill_unwritten, is_written, is_written_with_request, log_unwritten, unwritten};
pub use version::made_for;
pub use violation::{Violation, Violations};
pub use webhook::Webhook;

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
