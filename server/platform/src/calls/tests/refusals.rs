//! Tests of circuit breakers and of the concurrency limit, with a service in memory and a paused clock.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::{advance, sleep};
use writ_runtime::client::{Call, Failure};
use writ_runtime::{Deadline, Unavailable};

use super::support::*;
use crate::calls::{CallConfig, CallErrorKind, unavailable};
use crate::overrides::Overrides;

#[tokio::test(start_paused = true)]
async fn an_open_breaker_refuses_calls_of_its_class_without_a_request() {
    let failing = Memory::statuses(&[500]);
    let setup = Setup::new(failing.clone());
    for _ in 0..5 {
        assert_eq!(setup.call(&GET).await.unwrap(), 500);
    }
    let error = setup.call(&GET).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.to_string()),
        (CallErrorKind::BreakerOpen, "the circuit breaker of `tickets` is open".into())
    );
    assert_eq!(failing.count(), 5);
    assert_eq!(setup.call(&POST).await.unwrap(), 500);
    let state = |class, state| setup.metric("writ_circuit_breaker_state", &[("class", class), ("state", state)]);
    assert_eq!((state("reads", "open"), state("reads", "closed")), (1.0, 0.0));
    assert_eq!((state("writes", "open"), state("writes", "closed")), (0.0, 1.0));
    assert_eq!(setup.metric("writ_calls_total", &[("result", "breaker_open")]), 1.0);
    assert_eq!(setup.metric("writ_calls_total", &[("result", "failed")]), 6.0);
}

#[tokio::test(start_paused = true)]
async fn an_error_of_the_caller_does_not_open_the_breaker() {
    let refusing = Memory::statuses(&[404]);
    let setup = Setup::new(refusing.clone());
    for _ in 0..50 {
        assert_eq!(setup.call(&GET).await.unwrap(), 404);
    }
    assert_eq!(refusing.count(), 50);
}

#[tokio::test(start_paused = true)]
async fn a_breaker_probes_a_service_with_one_request_and_closes_when_it_works() {
    let service = Memory::new(|number| async move {
        sleep(Duration::from_millis(10)).await;
        Ok(response(if number <= 5 { 500 } else { 200 }, &[]))
    });
    let setup = Setup::new(service.clone());
    for _ in 0..5 {
        setup.call(&GET).await.unwrap();
    }
    advance(SECOND).await;
    // Of many calls at once, one is the probe.
    let outcomes = join_all((0..20).map(|_| setup.call(&GET))).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    for _ in 0..2 {
        setup.call(&GET).await.unwrap();
    }
    let outcomes = join_all((0..20).map(|_| setup.call(&GET))).await;
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Ok(200))));
    for state in ["open", "half_open", "closed"] {
        let labels = [("class", "reads"), ("state", state)];
        assert_eq!(setup.metric("writ_circuit_breaker_transitions_total", &labels), 1.0, "{state}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_number_of_requests_that_run_and_wait_is_limited() {
    let setup = Setup::with(Memory::silent(), CallConfig { concurrency: 3, ..eager() }, Overrides::default(), None);
    let setup = Arc::new(setup);
    let calls = (0..10).map(|_| {
        let setup = setup.clone();
        tokio::spawn(async move { setup.call(&GET).await.unwrap_err().kind() })
    });
    let calls: Vec<_> = calls.collect();
    sleep(SECOND).await;
    assert_eq!(setup.metric("http_client_active_requests", &[]), 3.0);
    assert_eq!(setup.metric("writ_calls_waiting", &[]), 3.0);
    assert_eq!(setup.metric("writ_calls_total", &[("result", "limit_reached")]), 4.0);
    let kinds: Vec<_> = join_all(calls).await.into_iter().map(Result::unwrap).collect();
    let count = |kind| kinds.iter().filter(|found| **found == kind).count();
    // A call that waits until its deadline can get a place in the moment in which the others end.
    let (timed_out, refused) = (count(CallErrorKind::TimedOut), count(CallErrorKind::LimitReached));
    assert!(timed_out >= 3 && refused >= 4 && timed_out + refused == 10, "{kinds:?}");
    assert_eq!(setup.metric("writ_calls_waiting", &[]) + setup.metric("http_client_active_requests", &[]), 0.0);
}

#[tokio::test(start_paused = true)]
async fn an_abandoned_call_leaves_its_place_and_tells_nothing_about_the_service() {
    let service = Memory::silent();
    let setup = Setup::with(
        service.clone(),
        CallConfig { concurrency: 1, ..CallConfig::default() },
        Overrides::default(),
        None,
    );
    for _ in 0..20 {
        assert!(tokio::time::timeout(SECOND, setup.call(&GET)).await.is_err());
    }
    assert_eq!(service.count(), 20);
    assert_eq!(setup.metric("http_client_active_requests", &[]), 0.0);
}

#[tokio::test(start_paused = true)]
async fn calls_that_are_abandoned_because_the_service_is_slow_open_the_breaker() {
    let service = Memory::silent();
    let setup = Setup::new(service.clone());
    for _ in 0..8 {
        // Callers with less time than the call.
        let _ = Deadline::after(3 * SECOND).scope(setup.call(&BRIEF)).await;
    }
    assert!(service.count() < 8, "{}", service.count());
    assert_eq!(setup.metric("writ_circuit_breaker_transitions_total", &[("state", "open")]), 1.0);
}

#[tokio::test]
async fn an_error_without_a_response_becomes_unavailable_with_its_time() {
    let setup = Setup::new(Memory::statuses(&[500]));
    for _ in 0..5 {
        setup.call(&GET).await.unwrap();
    }
    let call: Call<Answer, Refusal> = setup.connection.begin(&GET).call();
    let failure = call.await.unwrap_err();
    let Failure::Transport(cause) = &failure else { panic!("{failure:?}") };
    assert!(cause.source().is_some_and(|source| source.is::<Unavailable>()));
    assert_eq!(unavailable(failure).seconds(), 1);

    let busy = Memory::new(|_| std::future::ready(Ok(response(503, &[("retry-after", "17")]))));
    let call: Call<Answer, Refusal> = Setup::new(busy).connection.begin(&GET).call();
    assert_eq!(unavailable(call.await.unwrap_err()).seconds(), 17);
}
