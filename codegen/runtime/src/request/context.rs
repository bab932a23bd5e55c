//! What a handler knows of a request beside its input: who calls, from where, under which policies.

use std::net::IpAddr;
use std::sync::Arc;

use crate::http::accept::{Accept, Offer};
use crate::operation::Operation;
use crate::request::call_info::CallInfo;
use crate::request::idempotency::IdempotencyKey;
use crate::request::request_head::RequestHead;

/// The surroundings of one request.
///
/// `P` is the principal on secured operations, `Option` of it where security is optional,
/// and `()` on public ones.
#[derive(Debug)]
pub struct Context<P> {
    /// Shared, since the gate sees the principal again after the handler is done.
    principal: Arc<P>,
    surroundings: Surroundings,
    idempotency: Option<IdempotencyKey>,
}

/// The owner of the part of a context that does not depend on the caller.
#[derive(Debug)]
enum Surroundings {
    /// The head of a request, which the pipeline shares.
    Request(Arc<RequestHead>),
    /// The context itself, in a test.
    Own(Box<CallInfo>),
}

impl<P> Context<P> {
    /// Puts a context together, in generated code and in tests.
    pub fn new(principal: P, call: CallInfo) -> Context<P> {
        Context { principal: Arc::new(principal), surroundings: Surroundings::Own(Box::new(call)), idempotency: None }
    }

    /// Returns the context with an idempotency key, for tests.
    pub fn with_idempotency(mut self, key: Option<IdempotencyKey>) -> Context<P> {
        self.idempotency = key;
        self
    }

    /// The context of a request, once its idempotency key is known.
    pub(crate) fn of_request(
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

    /// Who calls.
    pub fn principal(&self) -> &P {
        &self.principal
    }

    /// The operation that was called.
    pub fn operation(&self) -> &'static Operation {
        self.call().operation
    }

    /// The id of the request.
    pub fn request_id(&self) -> &str {
        self.call().request_id.as_str()
    }

    /// The client's address, where the transport told it.
    pub fn address(&self) -> Option<IpAddr> {
        self.call().address
    }

    /// The idempotency key, where the contract honours one and the caller sent it.
    pub fn idempotency(&self) -> Option<&IdempotencyKey> {
        self.idempotency.as_ref()
    }

    /// The media types that the caller accepts.
    pub fn accept(&self) -> &Accept {
        &self.call().accept
    }

    /// Which of an answer's media types the caller likes best, as a value of the type that generated
    /// code names them by.
    ///
    /// The first of them where it accepts none: the pipeline refuses (406) only those who accept no media
    /// type of any success, and what a handler answers is sent as it is (RFC 9110 § 12.4.1).
    pub fn preferred<M: Offer>(&self) -> M {
        self.call().accept.preferred()
    }

    /// The same surroundings with another principal.
    pub fn map<Q>(self, f: impl FnOnce(&P) -> Q) -> Context<Q> {
        Context {
            principal: Arc::new(f(&self.principal)),
            surroundings: self.surroundings,
            idempotency: self.idempotency,
        }
    }
}
