//! The check of responses against the contract: its settings, and its application to one response.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use crate::http::request_id::RequestId;
use crate::json::Checker;
use crate::operation::Operation;
use crate::validate::violation::Violation;

/// The check of responses against the contract, before they are sent.
///
/// A handler can return a value that its Rust type allows and the contract does not: a list with too few elements, a
/// number above its `maximum`, a string that does not match its `pattern`. The check finds all violations of the body
/// and of the headers. Refusals that the runtime writes, such as a 404 of the router, are not checked.
///
/// In a build with debug assertions, which tests and development use, every response is checked, and one that breaks
/// the contract becomes a 500. In a release build the check is off by default.
///
/// # Examples
///
/// A service in production logs breaches in one of a hundred responses, and counts them:
///
/// ```
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU64, Ordering};
/// use writ_runtime::{CheckMode, ResponseChecks, ServeOptions};
///
/// let breaches = Arc::new(AtomicU64::new(0));
/// let counter = Arc::clone(&breaches);
/// let responses = ResponseChecks {
///     mode: CheckMode::Log,
///     rate: 0.01,
///     observer: Some(Arc::new(move |_: &_| drop(counter.fetch_add(1, Ordering::Relaxed)))),
/// };
/// let options = ServeOptions { responses, ..ServeOptions::default() };
/// // let router = api.router_with(options);
/// # let _ = options;
/// ```
#[derive(Clone)]
pub struct ResponseChecks {
    /// The treatment of a response that breaks the contract.
    pub mode: CheckMode,
    /// The share of requests whose responses are checked, from 0 to 1.
    pub rate: f64,
    /// The function that is called for each breach, for example to count it in a metric.
    pub observer: Option<BreachObserver>,
}

/// The treatment of a response that breaks the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CheckMode {
    /// Responses are not checked.
    #[default]
    Off,
    /// A response that breaks the contract is sent, and its violations are logged as a warning.
    Log,
    /// A response that breaks the contract becomes a 500, whose logged cause names the violations. A stream ends with
    /// an error.
    Refuse,
}

/// The function of a service that observes breaches of the contract by its responses.
pub type BreachObserver = Arc<dyn Fn(&Breach) + Send + Sync>;

/// A breach of the contract by a value that the service was about to send.
#[derive(Debug, Clone)]
pub struct Breach {
    /// The operation whose response breaks the contract.
    pub operation: &'static Operation,
    /// The violations of the response, each with its field, at most 100.
    pub violations: Vec<Violation>,
}

/// The check of the response to one request, or none.
#[derive(Debug, Clone, Default)]
pub struct ResponseCheck(Option<Arc<Active>>);

/// A check that is made, with the data of the request that it logs.
struct Active {
    refuses: bool,
    operation: &'static Operation,
    request_id: RequestId,
    observer: Option<BreachObserver>,
}

impl Default for ResponseChecks {
    /// Returns the check of every response with [`CheckMode::Refuse`] in a build with debug assertions, and no check
    /// otherwise.
    fn default() -> ResponseChecks {
        let mode = if cfg!(debug_assertions) { CheckMode::Refuse } else { CheckMode::Off };
        ResponseChecks { mode, rate: 1.0, observer: None }
    }
}

impl fmt::Debug for ResponseChecks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseChecks").field("mode", &self.mode).field("rate", &self.rate).finish_non_exhaustive()
    }
}

impl fmt::Debug for Active {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Active").field("refuses", &self.refuses).field("operation", &self.operation.id).finish()
    }
}

/// The violations of a response or request in one line: `body items[0].price must be at least 0; header x-rate …`.
pub(crate) struct ViolationList<'v>(pub(crate) &'v [Violation]);

impl fmt::Display for ViolationList<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, one) in self.0.iter().enumerate() {
            let before = if index == 0 { "" } else { "; " };
            let separator = if one.field.is_empty() { "" } else { " " };
            write!(f, "{before}{}{separator}{} {}", one.location.as_str(), one.field, one.message)?;
        }
        Ok(())
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the response breaks the contract: {}", ViolationList(&self.violations))
    }
}

impl Error for Breach {}

impl ResponseChecks {
    /// Returns true if the check applies to the request with this sequence number. The requests that are checked are
    /// spread evenly.
    pub(crate) fn applies_to(&self, sequence: impl FnOnce() -> u64) -> bool {
        if self.mode == CheckMode::Off || self.rate <= 0.0 {
            return false;
        }
        if self.rate >= 1.0 {
            return true;
        }
        let sequence = sequence() as f64;
        ((sequence + 1.0) * self.rate).floor() > (sequence * self.rate).floor()
    }

    /// Returns the check of the response to a request.
    pub(crate) fn of(&self, operation: &'static Operation, request_id: &RequestId) -> ResponseCheck {
        ResponseCheck(Some(Arc::new(Active {
            refuses: self.mode == CheckMode::Refuse,
            operation,
            request_id: request_id.clone(),
            observer: self.observer.clone(),
        })))
    }
}

impl ResponseCheck {
    /// Returns this check, or `None` if the response is not checked.
    pub(crate) fn active(self) -> Option<ResponseCheck> {
        self.0.is_some().then_some(self)
    }

    /// Checks values that are about to be sent with the status code `status`, if it is known. `fields` is the sparse
    /// fieldset that the caller requested.
    ///
    /// # Errors
    ///
    /// Returns a breach of the contract if it must not be sent.
    #[inline]
    pub(crate) fn examine(
        &self,
        status: Option<u16>,
        fields: Option<&[String]>,
        check: &dyn Fn(&mut Checker<'_>),
    ) -> Result<(), Breach> {
        match &self.0 {
            None => Ok(()),
            Some(active) => active.examine(status, fields, check),
        }
    }
}

impl Active {
    fn examine(
        &self,
        status: Option<u16>,
        fields: Option<&[String]>,
        check: &dyn Fn(&mut Checker<'_>),
    ) -> Result<(), Breach> {
        let mut checker = Checker::new().keep_fields(fields);
        check(&mut checker);
        let violations = checker.into_violations().list;
        if violations.is_empty() {
            return Ok(());
        }
        let breach = Breach { operation: self.operation, violations };
        if let Some(observer) = &self.observer {
            observer(&breach);
        }
        if self.refuses {
            return Err(breach);
        }
        tracing::warn!(
            requestId = %self.request_id,
            operation = self.operation.id,
            status,
            "{breach}"
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static LIST: Operation = Operation::NONE;

    #[test]
    fn a_rate_selects_its_share_of_the_requests_evenly() {
        let checks = ResponseChecks { mode: CheckMode::Log, rate: 0.25, observer: None };
        let checked: Vec<u64> = (0..12).filter(|sequence| checks.applies_to(|| *sequence)).collect();
        assert_eq!(checked, [3, 7, 11]);
        let all = ResponseChecks { rate: 1.0, ..checks.clone() };
        assert!(all.applies_to(|| 0));
        let none = ResponseChecks { mode: CheckMode::Off, ..all };
        assert!(!none.applies_to(|| 0));
    }

    #[test]
    fn a_breach_names_the_location_and_the_field_of_each_violation() {
        let root = Violation::body("", "must have at least 1 element");
        let header = Violation {
            location: crate::validate::violation::InputLocation::Header,
            field: "x-rate".to_owned(),
            message: "must be at most 9".into(),
        };
        let breach = Breach { operation: &LIST, violations: vec![root, header] };
        assert_eq!(
            breach.to_string(),
            "the response breaks the contract: body must have at least 1 element; header x-rate must be at most 9"
        );
    }
}
