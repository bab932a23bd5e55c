//! The probe of a dependency.

use std::future::Future;

use futures_util::future::BoxFuture;

use super::HealthStatus;

/// The probe of a dependency of a service. Every function without arguments that returns a future of `bool` is one:
///
/// ```
/// use writ_platform::health::Probe;
///
/// fn queue_is_reachable() -> impl Probe {
///     async || std::net::TcpStream::connect("127.0.0.1:5672").is_ok()
/// }
/// ```
pub trait Probe: Send + Sync + 'static {
    /// Returns true if the dependency works. It is called for each health check, and cancelled after a second.
    fn works(&self) -> impl Future<Output = bool> + Send;
}

impl<F, R> Probe for F
where
    F: Fn() -> R + Send + Sync + 'static,
    R: Future<Output = bool> + Send,
{
    fn works(&self) -> impl Future<Output = bool> + Send {
        self()
    }
}

/// The effect of a dependency that does not work on the health of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// The service cannot handle requests without the dependency.
    Essential,
    /// The service works without the dependency, with restrictions.
    Degrading,
}

impl Weight {
    /// Returns the health of a service whose dependency of this weight does not work.
    pub(super) fn status(self) -> HealthStatus {
        match self {
            Weight::Essential => HealthStatus::Unhealthy,
            Weight::Degrading => HealthStatus::Degraded,
        }
    }
}

/// A [`Probe`] of any type.
pub(crate) trait AnyProbe: Send + Sync {
    fn works(&self) -> BoxFuture<'_, bool>;
}

impl<P: Probe> AnyProbe for P {
    fn works(&self) -> BoxFuture<'_, bool> {
        Box::pin(Probe::works(self))
    }
}
