//! The edge of a contract: binds its operations to their implementations.

use std::sync::Arc;
use std::time::Duration;

use crate::authenticate::Authenticate;
use crate::context::Context;
use crate::contract::Contract;
use crate::endpoint::{Call, Endpoint, Pending};
use crate::gate::Gate;
use crate::input::Input;
use crate::operation::Operation;
use crate::pipeline::{Bound, Handler, erase};
use crate::unwritten;

/// The limits of time that hold for every operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// How long a handler may take.
    pub timeout: Duration,
    /// How long a body may take to arrive.
    pub body_timeout: Duration,
}

impl Default for Settings {
    /// 30 s for the handler, 30 s for the body.
    fn default() -> Settings {
        Settings { timeout: Duration::from_secs(30), body_timeout: Duration::from_secs(30) }
    }
}

/// What every operation of a contract goes through. Cloning it is cheap.
#[derive(Debug)]
pub struct Edge<A, G> {
    inner: Arc<Inner<A, G>>,
}

/// What all operations share.
#[derive(Debug)]
pub(crate) struct Inner<A, G> {
    pub(crate) contract: &'static Contract,
    pub(crate) authenticator: A,
    pub(crate) gate: G,
    pub(crate) settings: Settings,
}

impl<A, G> Clone for Edge<A, G> {
    fn clone(&self) -> Edge<A, G> {
        Edge { inner: Arc::clone(&self.inner) }
    }
}

impl<A: Authenticate, G: Gate<A::Principal>> Edge<A, G> {
    /// An edge of `contract`, with who proves callers and who lets them in.
    pub fn new(contract: &'static Contract, authenticator: A, gate: G, settings: Settings) -> Edge<A, G> {
        Edge { inner: Arc::new(Inner { contract, authenticator, gate, settings }) }
    }

    /// Binds an operation that needs a principal.
    pub fn secured<S: Send + Sync + 'static>(
        &self,
        operation: &'static Operation,
        service: &Arc<S>,
        call: impl Call<S, A::Principal>,
    ) -> Endpoint {
        self.handled(operation, Handler::Secured(erase(service, call)))
    }

    /// Binds an operation that may be called with or without a principal.
    pub fn optional<S: Send + Sync + 'static>(
        &self,
        operation: &'static Operation,
        service: &Arc<S>,
        call: impl Call<S, Option<A::Principal>>,
    ) -> Endpoint {
        self.handled(operation, Handler::Optional(erase(service, call)))
    }

    /// Binds an operation that needs no principal.
    pub fn public<S: Send + Sync + 'static>(
        &self,
        operation: &'static Operation,
        service: &Arc<S>,
        call: impl Call<S, ()>,
    ) -> Endpoint {
        self.handled(operation, Handler::Public(erase(service, call), Arc::new(())))
    }

    /// Binds an operation that nobody has written yet: after everything that the edge checks, it
    /// answers 501.
    pub fn unwritten(&self, operation: &'static Operation) -> Endpoint {
        let call = |_: Arc<()>, _: Context<()>, _: Input| -> Pending {
            Box::pin(std::future::ready(Err(unwritten::problem())))
        };
        Endpoint { written: false, ..self.public(operation, &Arc::new(()), call) }
    }

    pub(crate) fn handled(&self, operation: &'static Operation, handler: Handler<A::Principal>) -> Endpoint {
        Endpoint {
            operation,
            written: true,
            serve: Arc::new(Bound { edge: Arc::clone(&self.inner), operation, handler }),
        }
    }
}
