//! The operation table: each operation of a contract as constant data.
//!
//! Generated code holds one `static` [`Operation`] for each operation. The router, the pipeline, the
//! gate, the logs and the client read it, so that there is no second list of policies.

mod body;
mod method;
mod parameter;
mod policy;
mod security;
mod server;

pub use body::{Body, Media, MediaKind};
pub use method::Method;
pub use parameter::{Parameter, ParameterLocation, Style, ValueKind};
pub use policy::{Cache, Idempotency, LimitBy, RateLimit};
pub use security::{Requirement, Scheme, SchemeKind};
pub use server::{Server, ServerVariable};

/// One operation of the contract. Generated code holds one `static` of it an operation.
#[derive(Debug)]
pub struct Operation {
    /// The `operationId` as the contract spells it.
    pub id: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// The path template, for example `/v1/users/{userId}`.
    pub path: &'static str,
    /// What the contract writes behind the path, for example `beta=true`: it tells the operation from
    /// another one of its method and path. Empty: nothing.
    pub query: &'static str,
    /// The tag whose trait holds the method.
    pub tag: &'static str,
    /// The parameters in the order of the contract; generated code reads them by index.
    pub parameters: &'static [Parameter],
    /// The request body, where the operation takes one.
    pub body: Option<Body>,
    /// Alternatives (OR) of schemes that are all needed (AND). Empty: public.
    /// An empty alternative makes credentials optional.
    pub security: &'static [&'static [Requirement]],
    /// The limits of `x-rate-limit`.
    pub rate_limits: &'static [RateLimit],
    /// `x-idempotency`, where the operation honours an `Idempotency-Key`.
    pub idempotency: Option<Idempotency>,
    /// `x-cache`, where answers may be kept.
    pub cache: Option<Cache>,
    /// Tags of `x-cache-invalidates`, to be interpolated like [`Cache::tags`].
    pub invalidates: &'static [&'static str],
    /// The statuses that the contract declares, ascending. `default` and ranges are not in it.
    pub statuses: &'static [u16],
    /// Media types of successful answers, in the order of the contract; `image/*` where the handler
    /// says which. Empty: no body.
    pub produces: &'static [&'static str],
    /// True when the contract declares `ETag`, `If-None-Match` and 304 together.
    pub conditional: bool,
    /// The query parameter of `x-sparse` that carries the sparse fieldset.
    pub sparse_fieldset: Option<&'static str>,
}

impl Operation {
    /// What generated code fills up from (`..Operation::NONE`): no parameters, public, no policies.
    pub const NONE: Operation = Operation {
        id: "",
        method: Method::GET,
        path: "/",
        query: "",
        tag: "",
        parameters: &[],
        body: None,
        security: &[],
        rate_limits: &[],
        idempotency: None,
        cache: None,
        invalidates: &[],
        statuses: &[],
        produces: &[],
        conditional: false,
        sparse_fieldset: None,
    };

    /// Whether the contract declares `status` for this operation.
    pub fn declares(&self, status: u16) -> bool {
        self.statuses.binary_search(&status).is_ok()
    }

    /// The first limit of the contract that is counted by `by`.
    pub fn rate_limit(&self, by: LimitBy) -> Option<&'static RateLimit> {
        self.rate_limits.iter().find(|limit| limit.by == by)
    }
}
