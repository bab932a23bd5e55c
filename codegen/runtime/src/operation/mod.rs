//! The operation table: the operations of a contract as constant data.
//!
//! Generated code contains one `static` [`Operation`] for each operation, with its [`Parameter`]s, its
//! [`Body`], its security [`Requirement`]s and its policies ([`RateLimit`], [`Idempotency`], [`Cache`]).
//! The server (router, pipeline, [`Gate`](crate::Gate), logs) and the client read this table, so no other list
//! of policies can contradict the contract.

mod body;
mod error;
mod method;
mod parameter;
mod policy;
mod security;
mod server;
mod versions;

use std::time::Duration;

pub use body::{Body, Media, MediaKind};
pub use error::{ErrorBody, ErrorChoice, ErrorContent, ErrorList, ErrorMember, ErrorResponse, ErrorText, ErrorValue};
pub use method::Method;
pub use parameter::{Parameter, ParameterLocation, Style, ValueKind};
pub use policy::{Cache, Idempotency, LimitBy, RateLimit, Retry};
pub use security::{Requirement, Scheme, SchemeKind};
pub use server::{Server, ServerVariable};
pub use versions::{Version, Versions};

/// An operation of the contract as constant data: method, path, parameters, security and policies.
///
/// Generated code contains one `static` for each operation, in the module `operations`. A [`Gate`](crate::Gate)
/// receives the operation of each request before the body is read, and applies the operation's policies:
///
/// ```
/// use std::time::Duration;
/// use writ_runtime::{Cache, LimitBy, Method, Operation, Parameter, RateLimit};
///
/// // Generated from the contract.
/// static GET_USER: Operation = Operation {
///     id: "getUser",
///     method: Method::GET,
///     path: "/v1/users/{userId}",
///     tag: "users",
///     parameters: &[Parameter::path("userId")],
///     rate_limits: &[RateLimit { requests: 100, window: Duration::from_secs(60), by: LimitBy::Caller }],
///     cache: Some(Cache { ttl: Duration::from_secs(300), tags: &["user:{userId}"], shared: false }),
///     statuses: &[200, 404, 429],
///     produces: &["application/json"],
///     ..Operation::NONE
/// };
///
/// // In a gate.
/// let limit = GET_USER.rate_limit(LimitBy::Caller).unwrap();
/// assert_eq!((limit.requests, limit.window.as_secs()), (100, 60));
/// assert!(GET_USER.cache.as_ref().is_some_and(|cache| !cache.shared));
/// assert!(GET_USER.declares(429) && !GET_USER.declares(503));
/// ```
#[derive(Debug)]
pub struct Operation {
    /// The `operationId` of the operation, as the contract spells it.
    pub id: &'static str,
    /// The HTTP method of the operation.
    pub method: Method,
    /// The path template of the operation, for example `/v1/users/{userId}`.
    pub path: &'static str,
    /// The fixed query string that the contract writes after the operation's path, for example `beta=true`, or
    /// an empty string. It distinguishes operations with equal method and path.
    pub query: &'static str,
    /// The tag of the operation. The generated trait for this tag has the method that handles the operation.
    pub tag: &'static str,
    /// The name of the service that owns the operation (`x-service` of its tag). Empty if every service has it.
    pub service: &'static str,
    /// The parameters of the operation, in the order of the contract. Generated code reads them by index.
    pub parameters: &'static [Parameter],
    /// The description of the request body, or `None` if the operation takes no body.
    pub body: Option<Body>,
    /// The security requirements of the operation: a list of alternatives, each a list of schemes that are
    /// required together. If the list is empty, the operation is public. An empty alternative makes credentials
    /// optional.
    pub security: &'static [&'static [Requirement]],
    /// The rate limits of the operation (`x-rate-limit`).
    pub rate_limits: &'static [RateLimit],
    /// The idempotency policy of the operation (`x-idempotency`), or `None` if it ignores an `Idempotency-Key`.
    pub idempotency: Option<Idempotency>,
    /// The cache policy of the operation (`x-cache`), or `None` if its responses must not be cached.
    pub cache: Option<Cache>,
    /// The cache tags that the operation invalidates (`x-cache-invalidates`), with placeholders as in
    /// [`Cache::tags`]. The [`Gate`](crate::Gate) invalidates responses with these tags after the operation has run.
    pub invalidates: &'static [&'static str],
    /// The longest time from the head of a request to the head of its response (`x-timeout`). The server ends a handler
    /// that takes longer, and other services that call the operation wait no longer. `None`: the settings of both decide.
    pub timeout: Option<Duration>,
    /// The retries of the operation by other services (`x-retry`). `None`: the method decides.
    pub retry: Option<Retry>,
    /// The status codes that the contract declares for the operation, in ascending order, without `default` and
    /// ranges.
    pub statuses: &'static [u16],
    /// The bodies of the operation's error responses, the first for a status code counts. The envelope of the contract
    /// is the body of all other status codes.
    pub errors: &'static [ErrorResponse],
    /// The media types of the operation's successful responses, in the order of the contract. Empty if those
    /// responses have no body. For a range such as `image/*` the handler chooses the media type.
    pub produces: &'static [&'static str],
    /// True if the operation supports conditional requests: it declares `ETag`, `If-None-Match` and 304
    /// together.
    pub conditional: bool,
    /// True if a successful response contains a secret, such as a token (`format: password`). No cache may store it.
    pub secret: bool,
    /// The name of the query parameter that lists the fields of a sparse fieldset (`x-sparse`), or `None`.
    pub sparse_fieldset: Option<&'static str>,
    /// The name of the API version that declares the operation, such as `v2`. It is part of the entity tags of responses.
    /// Empty for version 1 and for a contract without versions, so that their tags stay when a version is added.
    pub version: &'static str,
}

impl Operation {
    /// A public operation without parameters, body and policies. Generated code takes the fields of an
    /// operation that it does not set from this constant (`..Operation::NONE`).
    pub const NONE: Operation = Operation {
        id: "",
        method: Method::GET,
        path: "/",
        query: "",
        tag: "",
        service: "",
        parameters: &[],
        body: None,
        security: &[],
        rate_limits: &[],
        idempotency: None,
        cache: None,
        invalidates: &[],
        timeout: None,
        retry: None,
        statuses: &[],
        errors: &[],
        produces: &[],
        conditional: false,
        secret: false,
        sparse_fieldset: None,
        version: "",
    };

    /// Returns true if the contract declares this status code for the operation.
    ///
    /// Responses that are declared as `default` or as a range such as `4XX` do not count.
    pub fn declares(&self, status: u16) -> bool {
        self.statuses.binary_search(&status).is_ok()
    }

    /// Returns the body of the operation's error responses with this status code, or `None` if it is the error envelope of
    /// the contract.
    pub fn error_body(&self, status: u16) -> Option<&'static ErrorBody> {
        let response = self.errors.iter().find(|response| (response.low..=response.high).contains(&status));
        response.map(|response| response.body)
    }

    /// Returns the first rate limit of the operation that counts requests by the property `by`.
    pub fn rate_limit(&self, by: LimitBy) -> Option<&'static RateLimit> {
        self.rate_limits.iter().find(|limit| limit.by == by)
    }
}
