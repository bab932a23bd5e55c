//! The pipeline: the stages that every request passes, in the order of this table.
//!
//! | stage | task | source |
//! |---|---|---|
//! | route | finds the operation, or refuses with 404 or 405 | `serve/router.rs` |
//! | authenticate | identifies the principal and checks its scopes, or refuses with 401 or 403, which the gate sees | `authenticate.rs` |
//! | admit | asks the gate: revocation, rate limit, cache | `stages.rs`, `serve/gate.rs` |
//! | receive body | checks path, media type and size, and reads the body | `request/body.rs` |
//! | decode | reads and validates parameters and body together | `stages.rs`, `request/decoder/` |
//! | invoke | asks the gate whether the handler may begin, and awaits it in time | `stages.rs`, `invoke.rs` |
//! | finish | adds conditional response, error envelope and common headers | `finish.rs` |
//!
//! `stages.rs` runs them in this order. The gate sees the response of every request that it admitted. A
//! refusal of any stage is a `Problem`, and `finish` writes it in the error envelope of the contract.

mod authenticate;
mod binding;
mod finish;
mod invoke;
mod options;
mod shared;
mod stages;

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use crate::operation::Operation;
use crate::response::error_envelope::ErrorEnvelope;
use crate::response::not_written;
use crate::serve::authenticate::Authenticate;
use crate::serve::endpoint::Endpoint;
use crate::serve::gate::Gate;

pub(crate) use binding::Binding;
pub use options::{EnvelopeCell, ServeOptions, Timeouts};

use shared::Shared;
use stages::Stages;

/// The pipeline of a contract, which serves its requests. A clone is cheap and shares everything with the original.
///
/// Generated code creates it in `Api::endpoints`. The documentation of [`Routes`](crate::Routes) has an example.
///
/// # Stages
///
/// Every request passes these stages, in this order:
///
/// | stage | task |
/// |---|---|
/// | route | finds the operation, or refuses with 404 or 405 |
/// | authenticate | identifies the principal and checks its scopes, or refuses with 401 or 403, which the gate sees |
/// | admit | asks the [`Gate`]: revocation, rate limit, cache |
/// | receive body | checks path, media type and size, and reads the body |
/// | decode | reads and validates parameters and body together |
/// | invoke | asks the gate whether the handler may begin, and awaits it within its time limit |
/// | finish | adds conditional response, error envelope and common headers |
///
/// A refusal of any stage is a [`Problem`](crate::Problem), which `finish` writes in the error envelope of the
/// contract.
#[derive(Debug)]
pub struct Pipeline<A, G> {
    envelope: &'static ErrorEnvelope,
    shared: Arc<Shared<A, G>>,
}

impl<A, G> Clone for Pipeline<A, G> {
    fn clone(&self) -> Pipeline<A, G> {
        Pipeline { envelope: self.envelope, shared: Arc::clone(&self.shared) }
    }
}

impl<A: Authenticate, G: Gate<A::Principal>> Pipeline<A, G> {
    /// Creates the pipeline of a contract from its error envelope and the authenticator, gate and settings of a
    /// service. [`Timeouts`] alone are settings too.
    pub fn new(
        envelope: &'static ErrorEnvelope,
        authenticator: A,
        gate: G,
        options: impl Into<ServeOptions>,
    ) -> Pipeline<A, G> {
        let (options, requests) = (options.into(), AtomicU64::new(0));
        options.envelope.record(envelope);
        let shared = Arc::new(Shared { authenticator, gate, options, requests });
        Pipeline { envelope, shared }
    }

    /// Returns the pipeline of another version of the contract, whose errors have the shape of `envelope`. The two share
    /// authenticator, gate and settings.
    pub fn of_version(&self, envelope: &'static ErrorEnvelope) -> Pipeline<A, G> {
        Pipeline { envelope, shared: Arc::clone(&self.shared) }
    }

    /// Returns the endpoint of an operation without an implementation. A request that passes all other stages
    /// is refused with 501.
    pub fn unwritten(&self, operation: &'static Operation) -> Endpoint {
        let binding = Binding::public(Box::new(|_, _| Err(not_written::problem())));
        Endpoint { written: false, ..self.bind(operation, binding) }
    }

    pub(crate) fn bind(&self, operation: &'static Operation, binding: Binding<A::Principal>) -> Endpoint {
        let stages = Stages { envelope: self.envelope, shared: Arc::clone(&self.shared), operation, binding };
        Endpoint { operation, written: true, serve: Arc::new(stages) }
    }
}
