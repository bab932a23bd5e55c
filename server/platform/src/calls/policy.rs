//! The policy of a call: its time limit and its retries.

use std::time::Duration;

use writ_runtime::{Operation, Retry};

use super::settings::CallConfig;
use crate::overrides::Overrides;

/// The policy of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CallPolicy {
    /// The longest time of the call, its retries included.
    pub(super) timeout: Duration,
    /// The largest number of requests of the call.
    pub(super) attempts: u32,
    /// The time after which a second request is sent while the first one runs.
    pub(super) hedge: Option<Duration>,
}

impl CallPolicy {
    /// Returns the policy of a call: the one that an operator has set, or that of the contract, or else that of the settings.
    ///
    /// `has_key` says if the request has an idempotency key, and `is_repeatable` if its body can be sent again. A request that
    /// could have a second effect is sent once, even if the contract or an operator permits more.
    pub(super) fn of(
        operation: &'static Operation,
        overrides: &Overrides,
        config: &CallConfig,
        has_key: bool,
        is_repeatable: bool,
    ) -> CallPolicy {
        let timeout = overrides.call_timeout(operation).or(operation.timeout).unwrap_or(config.timeout);
        let is_idempotent = operation.method.is_idempotent() || (operation.idempotency.is_some() && has_key);
        if !is_idempotent || !is_repeatable {
            return CallPolicy { timeout, attempts: 1, hedge: None };
        }
        let declared = operation.retry.unwrap_or(Retry { attempts: config.retry.attempts, hedge: None });
        let attempts = overrides.call_attempts(operation).unwrap_or(declared.attempts);
        let hedge = declared.hedge.filter(|_| operation.method.is_safe() && attempts > 1);
        CallPolicy { timeout, attempts, hedge }
    }
}

#[cfg(test)]
mod tests {
    use writ_runtime::{Idempotency, Method};

    use super::*;
    use crate::overrides::testing;

    const HOUR: Duration = Duration::from_secs(3600);

    static GET: Operation = Operation {
        id: "getTicket",
        timeout: Some(Duration::from_secs(2)),
        retry: Some(Retry { attempts: 4, hedge: Some(Duration::from_millis(200)) }),
        ..Operation::NONE
    };
    static POST: Operation = Operation { id: "buyTicket", method: Method::POST, ..Operation::NONE };
    static KEYED: Operation =
        Operation { method: Method::POST, idempotency: Some(Idempotency { retention: HOUR }), ..Operation::NONE };
    static PUT: Operation = Operation { id: "putTicket", method: Method::PUT, ..Operation::NONE };

    fn attempts(operation: &'static Operation, has_key: bool, is_repeatable: bool) -> u32 {
        let (overrides, config) = (Overrides::default(), CallConfig::default());
        CallPolicy::of(operation, &overrides, &config, has_key, is_repeatable).attempts
    }

    #[test]
    fn only_requests_without_a_second_effect_are_repeated() {
        for (operation, has_key, is_repeatable, expected) in [
            (&GET, false, true, 4),
            (&GET, false, false, 1),
            (&PUT, false, true, 3),
            (&PUT, false, false, 1),
            (&POST, false, true, 1),
            (&POST, true, true, 1),
            (&KEYED, false, true, 1),
            (&KEYED, true, true, 3),
            (&KEYED, true, false, 1),
        ] {
            assert_eq!(attempts(operation, has_key, is_repeatable), expected, "{} {has_key}", operation.id);
        }
    }

    #[test]
    fn the_contract_precedes_the_settings_and_an_operator_precedes_both() {
        let config = CallConfig::default();
        let of = |operation, overrides: &Overrides| CallPolicy::of(operation, overrides, &config, false, true);
        let none = Overrides::default();
        assert_eq!(of(&PUT, &none), CallPolicy { timeout: config.timeout, attempts: 3, hedge: None });
        let hedge = Some(Duration::from_millis(200));
        assert_eq!(of(&GET, &none), CallPolicy { timeout: Duration::from_secs(2), attempts: 4, hedge });
        let shorter = testing::of("getTicket", "timeout=500ms");
        assert_eq!(of(&GET, &shorter), CallPolicy { timeout: Duration::from_millis(500), attempts: 4, hedge });
        let never = testing::of("getTicket", "retry=off");
        assert_eq!(of(&GET, &never), CallPolicy { timeout: Duration::from_secs(2), attempts: 1, hedge: None });
        assert_eq!(of(&POST, &testing::of("buyTicket", "retry=5")).attempts, 1);
    }
}
