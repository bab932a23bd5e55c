//! The overrides that a process applies, and the clock that ends them.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use writ_runtime::Operation;
use writ_runtime::operation::{Cache, LimitBy, RateLimit};

use super::Override;
use super::change::{Change, Kind};

/// The overrides that a process applies. Clones share them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Overrides(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    active: RwLock<Active>,
    /// The operations of the gates that apply the overrides.
    operations: RwLock<Operations>,
    /// The operations of other services whose calls apply the overrides.
    called: RwLock<Operations>,
}

type Operations = Vec<&'static Operation>;

/// The state of one version of the overrides.
#[derive(Debug, Default)]
struct Active {
    /// `None` if nothing was read yet.
    version: Option<i64>,
    clock: Option<Clock>,
    overrides: Vec<Override>,
}

/// The clock of the store of overrides, as this process knows it.
///
/// It is not behind the clock of the store, so an override ends at its time or a little earlier: the time between the
/// question to the store and its answer counts twice.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    asked_at: Instant,
    time: DateTime<Utc>,
}

impl Clock {
    /// Creates a clock from a time of the store, which was asked for at `asked_at`.
    pub(crate) fn new(asked_at: Instant, time: DateTime<Utc>) -> Clock {
        Clock { asked_at, time }
    }

    /// Creates the clock of overrides in the memory of this process.
    pub(crate) fn local() -> Clock {
        Clock::new(Instant::now(), Utc::now())
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.time + TimeDelta::from_std(self.asked_at.elapsed()).unwrap_or_default()
    }
}

impl Overrides {
    /// Adds the operations of a gate that applies the overrides.
    pub(crate) fn add_operations(&self, operations: &[&'static Operation]) {
        add(&self.0.operations, operations);
    }

    /// Returns the operations whose gates apply the overrides.
    pub(crate) fn operations(&self) -> Vec<&'static Operation> {
        self.0.operations.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Adds the operations of another service whose calls apply the overrides.
    #[cfg(feature = "calls")]
    pub(crate) fn add_called_operations(&self, operations: &[&'static Operation]) {
        add(&self.0.called, operations);
    }

    /// Returns the operations of other services whose calls apply the overrides.
    pub(crate) fn called_operations(&self) -> Vec<&'static Operation> {
        self.0.called.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns true if a gate or calls apply the overrides.
    #[cfg(feature = "postgres")]
    pub(crate) fn have_effect(&self) -> bool {
        !self.operations().is_empty() || !self.called_operations().is_empty()
    }

    /// Replaces all overrides by those of a version.
    pub(crate) fn replace(&self, version: i64, overrides: Vec<Override>, clock: Clock) {
        *self.write() = Active { version: Some(version), clock: Some(clock), overrides };
    }

    /// Replaces the clock that ends the overrides.
    #[cfg(feature = "postgres")]
    pub(crate) fn set_clock(&self, clock: Clock) {
        self.write().clock = Some(clock);
    }

    /// Returns the version that this process applies. Returns `None` if nothing was read yet.
    pub(crate) fn version(&self) -> Option<i64> {
        self.read().version
    }

    /// Returns the overrides that have not ended.
    pub(crate) fn current(&self) -> Vec<Override> {
        let active = self.read();
        let Some(now) = active.clock.map(|clock| clock.now()) else { return Vec::new() };
        active.overrides.iter().filter(|entry| entry.until > now).cloned().collect()
    }

    /// Returns the time until the operation is switched on again. Returns `None` if it is not switched off.
    pub(crate) fn off(&self, operation: &Operation) -> Option<Duration> {
        self.find(operation, Kind::Off).map(|(_, remaining)| remaining)
    }

    /// Returns the rate limits that apply to an operation: those of the contract, or the one that an operator has set
    /// in place of those by caller and by address.
    pub(crate) fn rate_limits(&self, operation: &'static Operation) -> RateLimits {
        let Some((Change::Rate { requests, window }, _)) = self.find(operation, Kind::Rate) else {
            return RateLimits::Declared(operation.rate_limits);
        };
        let by = operation.rate_limits.iter().map(|limit| limit.by).find(|by| *by != LimitBy::Account);
        RateLimits::Set([RateLimit { requests, window, by: by.unwrap_or(LimitBy::Caller) }])
    }

    /// Returns the time for which responses of an operation with this cache policy are cached, and true if an operator
    /// has set it. Returns `None` if an operator has switched caching off.
    pub(crate) fn cache_time(&self, operation: &Operation, policy: &Cache) -> Option<(Duration, bool)> {
        match self.find(operation, Kind::Cache) {
            Some((Change::Cache(lifetime), _)) => lifetime.map(|lifetime| (lifetime, true)),
            _ => Some((policy.ttl, false)),
        }
    }

    /// Returns the time limit that an operator has set for calls of an operation.
    #[cfg(feature = "calls")]
    pub(crate) fn call_timeout(&self, operation: &Operation) -> Option<Duration> {
        match self.find(operation, Kind::Timeout)? {
            (Change::Timeout(limit), _) => Some(limit),
            _ => None,
        }
    }

    /// Returns the largest number of requests that an operator has set for calls of an operation.
    #[cfg(feature = "calls")]
    pub(crate) fn call_attempts(&self, operation: &Operation) -> Option<u32> {
        match self.find(operation, Kind::Retry)? {
            (Change::Retry(attempts), _) => Some(attempts),
            _ => None,
        }
    }

    /// Returns the override of a kind that applies to an operation now, and the time until its end.
    fn find(&self, operation: &Operation, kind: Kind) -> Option<(Change, Duration)> {
        let active = self.read();
        let of_kind = |entry: &&Override| entry.change.kind() == kind && entry.operation == operation.id;
        let found = active.overrides.iter().find(of_kind)?;
        let remaining = (found.until - active.clock?.now()).to_std().ok()?;
        (!remaining.is_zero()).then_some((found.change, remaining))
    }

    fn read(&self) -> RwLockReadGuard<'_, Active> {
        self.0.active.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Active> {
        self.0.active.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Adds operations to those that are known.
fn add(known: &RwLock<Operations>, operations: &[&'static Operation]) {
    let mut known = known.write().unwrap_or_else(PoisonError::into_inner);
    for operation in operations {
        if !known.iter().any(|other| std::ptr::eq(*other, *operation)) {
            known.push(*operation);
        }
    }
}

/// The rate limits that apply to an operation.
pub(crate) enum RateLimits {
    /// The limits of the contract.
    Declared(&'static [RateLimit]),
    /// The limit that an operator has set.
    Set([RateLimit; 1]),
}

impl RateLimits {
    pub(crate) fn as_slice(&self) -> &[RateLimit] {
        match self {
            RateLimits::Declared(limits) => limits,
            RateLimits::Set(limits) => limits,
        }
    }
}
