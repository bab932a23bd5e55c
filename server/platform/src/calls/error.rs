//! The errors of calls that have no response.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use writ_runtime::Unavailable;
use writ_runtime::client::TransportError;

use super::TRY_AGAIN;

/// The error of a call of another service that has no response.
///
/// A generated client returns it as the cause of [`Failure::Transport`](writ_runtime::client::Failure::Transport).
#[derive(Debug)]
pub struct CallError {
    service: &'static str,
    kind: CallErrorKind,
    retry_after: Option<Duration>,
    source: Option<TransportError>,
}

/// The step that has ended a call without a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallErrorKind {
    /// The circuit breaker of the service is open. No request was sent.
    BreakerOpen,
    /// Too many calls of the service are running or waiting. No request was sent.
    LimitReached,
    /// An operator has switched the operation off. No request was sent.
    SwitchedOff,
    /// No token could be issued for the service. No request was sent.
    NoToken,
    /// The service did not respond in time.
    TimedOut,
    /// No connection could be opened, or it was lost before the complete response.
    Unreachable,
    /// The response is larger than the limit of the client.
    TooLarge,
}

impl CallErrorKind {
    pub(super) const ALL: [CallErrorKind; 7] = [
        CallErrorKind::BreakerOpen,
        CallErrorKind::LimitReached,
        CallErrorKind::SwitchedOff,
        CallErrorKind::NoToken,
        CallErrorKind::TimedOut,
        CallErrorKind::Unreachable,
        CallErrorKind::TooLarge,
    ];

    /// Returns the value of the label `result` and of the attribute `error.type`.
    pub(super) fn label(self) -> &'static str {
        match self {
            CallErrorKind::BreakerOpen => "breaker_open",
            CallErrorKind::LimitReached => "limit_reached",
            CallErrorKind::SwitchedOff => "switched_off",
            CallErrorKind::NoToken => "no_token",
            CallErrorKind::TimedOut => "timeout",
            CallErrorKind::Unreachable => "unreachable",
            CallErrorKind::TooLarge => "too_large",
        }
    }
}

impl CallError {
    /// Creates the error of a call that can succeed later.
    pub(super) fn new(service: &'static str, kind: CallErrorKind) -> CallError {
        CallError::after(service, kind, TRY_AGAIN)
    }

    /// Creates the error of a call that can succeed after this time.
    pub(super) fn after(service: &'static str, kind: CallErrorKind, time: Duration) -> CallError {
        CallError { service, kind, retry_after: Some(time), source: Some(Unavailable::retry_after(time).into()) }
    }

    /// Creates the error of a call that can succeed later, with its cause.
    pub(super) fn because(service: &'static str, kind: CallErrorKind, cause: TransportError) -> CallError {
        let unavailable = Unavailable::retry_after(TRY_AGAIN).because(cause);
        CallError { service, kind, retry_after: Some(TRY_AGAIN), source: Some(unavailable.into()) }
    }

    /// Creates the error of a call that fails again if it is repeated.
    pub(super) fn permanent(service: &'static str, kind: CallErrorKind, cause: TransportError) -> CallError {
        CallError { service, kind, retry_after: None, source: Some(cause) }
    }

    /// Returns the name of the called service.
    pub fn service(&self) -> &'static str {
        self.service
    }

    /// Returns the step that has ended the call.
    pub fn kind(&self) -> CallErrorKind {
        self.kind
    }

    /// Returns the time after which the call can be repeated. Returns `None` if it would fail again.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let service = self.service;
        match self.kind {
            CallErrorKind::BreakerOpen => write!(f, "the circuit breaker of `{service}` is open"),
            CallErrorKind::LimitReached => write!(f, "too many calls of `{service}` are running or waiting"),
            CallErrorKind::SwitchedOff => write!(f, "the operation of `{service}` is temporarily switched off"),
            CallErrorKind::NoToken => write!(f, "no token could be issued for `{service}`"),
            CallErrorKind::TimedOut => write!(f, "`{service}` did not respond in time"),
            CallErrorKind::Unreachable => write!(f, "`{service}` is unreachable"),
            CallErrorKind::TooLarge => write!(f, "the response of `{service}` is too large"),
        }
    }
}

impl Error for CallError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}
