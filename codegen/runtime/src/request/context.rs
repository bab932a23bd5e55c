//! The context of a request: the data that a handler receives in addition to the decoded request.

use std::net::IpAddr;
use std::sync::Arc;

use crate::http::accept::{Accept, Offer};
use crate::http::link_query::without_credentials;
use crate::operation::Operation;
use crate::request::call_info::CallInfo;
use crate::request::idempotency::IdempotencyKey;
use crate::request::request_head::RequestHead;

/// The context of one request: the caller, the operation, the request id and the client's address.
///
/// Every handler receives a reference to it. `P` is the principal on an operation that requires credentials,
/// `Option<Principal>` where credentials are optional, and `()` on a public operation.
///
/// # Examples
///
/// A handler reads the caller and the request id from the context:
///
/// ```
/// use writ_runtime::Context;
///
/// struct Caller {
///     name: String,
/// }
///
/// async fn greet(cx: &Context<Caller>) -> String {
///     format!("hello {}, this is request {}", cx.principal().name, cx.request_id())
/// }
/// ```
///
/// A unit test of a handler creates the context itself:
///
/// ```
/// use writ_runtime::{Accept, CallInfo, Context, Operation, RequestId};
///
/// static GET_USER: Operation = Operation { id: "getUser", path: "/users/{userId}", ..Operation::NONE };
///
/// let call = CallInfo {
///     operation: &GET_USER,
///     request_id: RequestId::new("test-1"),
///     address: None,
///     accept: Accept::default(),
/// };
/// let cx = Context::new("user@example.com", call);
///
/// assert_eq!(*cx.principal(), "user@example.com");
/// assert_eq!(cx.operation().id, "getUser");
/// assert_eq!(cx.request_id(), "test-1");
/// ```
#[derive(Debug)]
pub struct Context<P> {
    /// The authenticated caller. It is shared, because the gate reads it again after the handler has returned.
    principal: Arc<P>,
    surroundings: Surroundings,
    idempotency: Option<IdempotencyKey>,
}

/// The place where a handler's context keeps its [`CallInfo`]: the shared head of a request, or its own value.
#[derive(Debug)]
enum Surroundings {
    /// The [`CallInfo`] is part of the head of a request, which the pipeline shares with the context.
    Request(Arc<RequestHead>),
    /// The context owns its [`CallInfo`], because [`Context::new`] created it without a request.
    Own(Box<CallInfo>),
}

impl<P> Context<P> {
    /// Creates the context of a handler without a request. Unit tests of handlers use it.
    pub fn new(principal: P, call: CallInfo) -> Context<P> {
        Context { principal: Arc::new(principal), surroundings: Surroundings::Own(Box::new(call)), idempotency: None }
    }

    /// Returns the context of a handler with the idempotency key `key`. Unit tests of handlers use it to simulate
    /// a caller's key.
    ///
    /// ```
    /// use writ_runtime::{Accept, CallInfo, Context, IdempotencyKey, Operation, RequestId};
    ///
    /// static CREATE_ORDER: Operation = Operation { id: "createOrder", ..Operation::NONE };
    ///
    /// let call = CallInfo {
    ///     operation: &CREATE_ORDER,
    ///     request_id: RequestId::new("test-1"),
    ///     address: None,
    ///     accept: Accept::default(),
    /// };
    /// let key = IdempotencyKey { key: "k".to_owned(), request_hash: [0; 32] };
    /// let cx = Context::new("user@example.com", call).with_idempotency(Some(key));
    ///
    /// assert_eq!(cx.idempotency().map(|key| key.key.as_str()), Some("k"));
    /// ```
    pub fn with_idempotency(mut self, key: Option<IdempotencyKey>) -> Context<P> {
        self.idempotency = key;
        self
    }

    /// Creates the context that the handler of a request receives, after the request's idempotency key is known.
    pub(crate) fn for_request(
        principal: Arc<P>,
        head: Arc<RequestHead>,
        idempotency: Option<IdempotencyKey>,
    ) -> Context<P> {
        Context { principal, surroundings: Surroundings::Request(head), idempotency }
    }

    fn call(&self) -> &CallInfo {
        match &self.surroundings {
            Surroundings::Request(head) => &head.call,
            Surroundings::Own(call) => call,
        }
    }

    /// Returns the authenticated caller (principal) of the request.
    pub fn principal(&self) -> &P {
        &self.principal
    }

    /// Returns the operation that the request calls.
    pub fn operation(&self) -> &'static Operation {
        self.call().operation
    }

    /// Returns the id of the request, as it appears in the log and in the response header `X-Request-Id`.
    pub fn request_id(&self) -> &str {
        self.call().request_id.as_str()
    }

    /// Returns the IP address of the client, or `None` if neither a layer nor the connection provides it.
    pub fn address(&self) -> Option<IpAddr> {
        self.call().address
    }

    /// Returns the query string of the request without the question mark and without credentials (`apiKey` in a query), so
    /// that a link in the response can contain it. It is empty if the request has none.
    pub fn query(&self) -> String {
        let query = match &self.surroundings {
            Surroundings::Request(head) => head.query(),
            Surroundings::Own(_) => "",
        };
        without_credentials(self.operation(), query).collect::<Vec<_>>().join("&")
    }

    /// Returns the idempotency key of the request.
    ///
    /// Returns `None` if the operation does not declare `x-idempotency`, or if the caller sent no key.
    pub fn idempotency(&self) -> Option<&IdempotencyKey> {
        self.idempotency.as_ref()
    }

    /// Returns the media types that the caller accepts for the response, from the header `Accept`.
    pub fn accept(&self) -> &Accept {
        &self.call().accept
    }

    /// Returns the media type that the caller prefers for the response, as a value of the generated type `M`.
    ///
    /// Returns the first media type that the contract declares if the caller accepts none of them. This can
    /// happen, because the pipeline refuses a request with 406 only if the caller accepts no media type of any
    /// success. A response may have a media type that the caller does not list (RFC 9110 § 12.4.1).
    pub fn preferred<M: Offer>(&self) -> M {
        self.call().accept.preferred()
    }

    /// Returns the context of the request with another principal, which `f` computes from the present one.
    ///
    /// A service uses it to call a shared function that needs only a part of the principal:
    ///
    /// ```
    /// use writ_runtime::Context;
    ///
    /// struct Caller {
    ///     account: u64,
    /// }
    ///
    /// fn account_of(cx: Context<Caller>) -> Context<u64> {
    ///     cx.map(|caller| caller.account)
    /// }
    /// ```
    pub fn map<Q>(self, f: impl FnOnce(&P) -> Q) -> Context<Q> {
        Context {
            principal: Arc::new(f(&self.principal)),
            surroundings: self.surroundings,
            idempotency: self.idempotency,
        }
    }
}
