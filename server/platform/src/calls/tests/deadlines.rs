//! Tests of the time limits of calls, with a service in memory and a paused clock.

use std::time::Duration;

use tokio::time::{Instant, sleep};
use writ_runtime::Deadline;

use super::support::*;
use crate::calls::{CallConfig, CallErrorKind};
use crate::overrides::{Overrides, testing};

#[tokio::test(start_paused = true)]
async fn a_call_ends_before_the_request_that_is_served() {
    let setup = Setup::new(Memory::silent());
    for (left, expected) in [(2000, 1800), (4000, 3750), (60_000, 5000)] {
        let started = Instant::now();
        let served = Deadline::after(Duration::from_millis(left));
        let error = served.scope(setup.call(&GET)).await.unwrap_err();
        assert_eq!(started.elapsed().as_millis(), expected);
        assert_eq!(
            (error.kind(), error.to_string()),
            (CallErrorKind::TimedOut, "`tickets` did not respond in time".into())
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_time_limit_of_an_operation_includes_its_retries() {
    let slow = Memory::new(|_| async {
        sleep(Duration::from_millis(300)).await;
        Ok(response(503, &[]))
    });
    let setup = Setup::with(slow.clone(), eager(), Overrides::default(), None);
    let started = Instant::now();
    let outcome = setup.call(&BRIEF).await;
    assert!(started.elapsed() <= SECOND, "{:?}", started.elapsed());
    assert!((2..=4).contains(&slow.count()), "{outcome:?} {}", slow.count());
}

#[tokio::test(start_paused = true)]
async fn an_operator_changes_the_time_limit_of_calls_and_switches_them_off() {
    let config = CallConfig::default();
    let setup = Setup::with(Memory::silent(), config.clone(), testing::of("getTicket", "timeout=300ms"), None);
    let started = Instant::now();
    assert_eq!(setup.call(&GET).await.unwrap_err().kind(), CallErrorKind::TimedOut);
    assert_eq!(started.elapsed().as_millis(), 300);
    let service = Memory::statuses(&[200]);
    let setup = Setup::with(service.clone(), config, testing::of("getTicket", "off"), None);
    let error = setup.call(&GET).await.unwrap_err();
    assert_eq!((error.kind(), service.count()), (CallErrorKind::SwitchedOff, 0));
    assert!(error.retry_after().is_some_and(|time| time > 50 * SECOND));
}
