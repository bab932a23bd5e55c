//! The transport of calls, which combines the steps of a call.

use std::fmt;
use std::sync::Arc;

use axum::body::Body;
use http::Request;
use writ_runtime::client::{Sending, Transport};

use super::breaker::Breaker;
use super::call::{Call, Class};
use super::error::{CallError, CallErrorKind};
use super::limit::ConcurrencyLimit;
use super::policy::CallPolicy;
use super::retry::RetryBudget;
use super::settings::CallConfig;
use super::verdict::Outcome;
use crate::credentials::ServiceTokens;
use crate::metrics::{Metrics, ServerAddress};
use crate::overrides::Overrides;

/// The results of a call with a response, for its metric.
const OK: &str = "ok";
const FAILED: &str = "failed";

/// A transport for the calls of one service, which wraps the transport that sends the requests. The module documentation
/// lists the steps of a call.
///
/// [`Builder::calls_to`](crate::Builder::calls_to) creates one over HTTP, and
/// [`Builder::calls_through`](crate::Builder::calls_through) one over another transport. A program without a builder, such as
/// a test, creates it itself:
///
/// ```
/// use writ_platform::calls::{CallConfig, Calls};
/// use writ_platform::metrics::Metrics;
/// use writ_runtime::Router;
/// use writ_runtime::client::{Connection, InvalidUrl};
///
/// # fn connect() -> Result<Connection, InvalidUrl> {
/// let calls = Calls::new("tickets", Router::new(), &CallConfig::default(), Metrics::new("museum").into());
/// let connection = Connection::over("http://tickets", calls)?;
/// # Ok(connection)
/// # }
/// # assert!(connect().is_ok());
/// ```
pub struct Calls<T> {
    pub(super) transport: T,
    pub(super) service: &'static str,
    /// The address of the service, unless another transport than HTTP sends the requests.
    pub(super) server: Option<ServerAddress>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) budget: RetryBudget,
    pub(super) limit: ConcurrencyLimit,
    config: CallConfig,
    overrides: Overrides,
    tokens: Option<ServiceTokens>,
    breakers: [Breaker; 2],
}

impl<T> fmt::Debug for Calls<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Calls").field("service", &self.service).field("config", &self.config).finish_non_exhaustive()
    }
}

impl<T: Transport> Calls<T> {
    /// Creates the transport of the calls of a service, whose requests `transport` sends. The policies of operators do not
    /// apply to it, and its calls have no service token.
    pub fn new(service: &'static str, transport: T, config: &CallConfig, metrics: Arc<Metrics>) -> Calls<T> {
        let results = [OK, FAILED].into_iter().chain(CallErrorKind::ALL.map(CallErrorKind::label));
        metrics.add_called_service(service, results);
        Calls {
            transport,
            service,
            server: None,
            budget: RetryBudget::new(&config.retry),
            limit: ConcurrencyLimit::new(service, config.concurrency, metrics.clone()),
            breakers: Class::ALL.map(|class| Breaker::new(service, class, config.breaker, metrics.clone())),
            config: config.clone(),
            metrics,
            overrides: Overrides::default(),
            tokens: None,
        }
    }

    /// Adds the address of the service to the metrics of the calls.
    pub(crate) fn at(self, server: Option<ServerAddress>) -> Calls<T> {
        Calls { server, ..self }
    }

    /// Applies the policies of operators to the calls.
    pub(crate) fn overridden_by(self, overrides: Overrides) -> Calls<T> {
        Calls { overrides, ..self }
    }

    /// Adds a service token to the calls of operations that accept one.
    pub(crate) fn with_tokens(self, tokens: Option<ServiceTokens>) -> Calls<T> {
        Calls { tokens, ..self }
    }

    pub(super) fn breaker(&self, class: Class) -> &Breaker {
        let [reads, writes] = &self.breakers;
        match class {
            Class::Reads => reads,
            Class::Writes => writes,
        }
    }

    async fn call(&self, request: Request<Body>) -> Outcome {
        let call = Call::new(request, |operation, has_key, is_repeatable| {
            CallPolicy::of(operation, &self.overrides, &self.config, has_key, is_repeatable)
        });
        let outcome = match self.authorized(call) {
            Ok(call) => self.with_retries(&call).await,
            Err(error) => Err(error),
        };
        self.metrics.observe_call(self.service, label(&outcome));
        outcome
    }

    /// Refuses a call whose operation an operator has switched off, and adds a service token.
    fn authorized(&self, mut call: Call) -> Result<Call, CallError> {
        if let Some(time) = self.overrides.off(call.operation) {
            return Err(CallError::after(self.service, CallErrorKind::SwitchedOff, time));
        }
        if let Some(tokens) = &self.tokens
            && !call.is_authorized()
            && let Some(token) = tokens.for_operation(self.service, call.operation)
        {
            let failed = |cause| CallError::permanent(self.service, CallErrorKind::NoToken, cause);
            call.authorize(token.map_err(failed)?);
        }
        Ok(call)
    }
}

/// Returns the result of a call for its metric.
fn label(outcome: &Outcome) -> &'static str {
    match outcome {
        Ok(response) if response.status().is_server_error() => FAILED,
        Ok(_) => OK,
        Err(error) => error.kind().label(),
    }
}

impl<T: Transport> Transport for Calls<T> {
    fn send(&self, request: Request<Body>) -> Sending<'_> {
        Box::pin(async move { Ok(self.call(request).await?) })
    }
}
