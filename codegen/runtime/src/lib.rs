//! What generated code stands on: reading and validating input, writing answers, and the one way in.

pub mod authenticate;
pub mod context;
pub mod etag;
pub mod format;
pub mod gate;
pub mod idempotency;
pub mod json;
pub mod named;
pub mod operation;
pub mod page;
pub mod patch;
pub mod pattern;
pub mod problem;
pub mod reply;
pub mod rules;
pub mod sort;
pub mod typeid;
pub mod violation;

pub use authenticate::{Authenticate, Credential, Denied, NoAuthentication};
pub use context::{CallInfo, Context};
pub use etag::{ETag, IfMatch};
pub use format::Format;
pub use gate::{Admission, Entry, Gate, OpenGate};
pub use idempotency::{IdempotencyKey, Idempotent, Recorded};
pub use json::{Branch, Object, Read, Reader, TextValue, Types, Write, Writer};
pub use named::Named;
pub use operation::{Body, Media, MediaKind, Method, Operation, Parameter, Place, Shape, Style};
pub use page::{Page, PageAt, PageRequest, Pagination};
pub use patch::Patch;
pub use pattern::Pattern;
pub use problem::Problem;
pub use reply::{Reply, ReplyBody, Respond, Responder};
pub use rules::{ArrayRule, IntegerRule, MapRule, NumberRule, ObjectRule, StringRule, Unknown};
pub use sort::Sort;
pub use violation::{Violation, Violations};

/// The crates that generated code names, so that it needs no dependency of its own.
pub mod exports {
    pub use {bytes, chrono, http, rust_decimal, serde_json, uuid};
}
