//! Tests of the states of a circuit breaker.

use tokio::time::advance;

use super::*;

const LIMIT: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_secs(4);

fn breaker() -> Breaker {
    let config = BreakerConfig { failures: 3, share: 0.5, pause: PAUSE };
    Breaker::new("tickets", Class::Reads, config, Arc::default())
}

fn attempt(breaker: &Breaker, verdict: Verdict) {
    breaker.enter(LIMIT).unwrap_or_else(|_| panic!("the breaker is open")).end(verdict);
}

fn fail(breaker: &Breaker, times: u32) {
    (0..times).for_each(|_| attempt(breaker, Verdict::Failure(None)));
}

/// Returns the time until the next attempt.
fn pause(breaker: &Breaker) -> Option<Duration> {
    let checked = breaker.check().err();
    let entered = breaker.enter(LIMIT).map(|permit| permit.end(Verdict::Unknown)).err();
    assert_eq!(checked, entered);
    entered
}

#[tokio::test(start_paused = true)]
async fn a_breaker_opens_probes_and_closes() {
    let breaker = breaker();
    fail(&breaker, 2);
    assert_eq!(pause(&breaker), None);
    fail(&breaker, 1);
    let first = pause(&breaker).unwrap();
    assert!((PAUSE / 2..=PAUSE).contains(&first), "{first:?}");

    advance(first).await;
    let probe = breaker.enter(LIMIT).unwrap_or_else(|_| panic!("no probe"));
    assert_eq!(breaker.check(), Err(PROBE_TIME));
    assert_eq!(breaker.enter(LIMIT).err(), Some(PROBE_TIME));
    probe.end(Verdict::Success);
    attempt(&breaker, Verdict::Success);
    attempt(&breaker, Verdict::Success);
    let several: Vec<_> = (0..5).map(|_| breaker.enter(LIMIT).ok()).collect();
    assert!(several.iter().all(Option::is_some), "the breaker is closed");
}

#[tokio::test(start_paused = true)]
async fn a_failed_probe_opens_the_breaker_for_longer_each_time() {
    let breaker = breaker();
    fail(&breaker, 3);
    for longest in [4, 8, 16, 30, 30].map(Duration::from_secs) {
        let pause = pause(&breaker).unwrap();
        assert!((longest / 2..=longest).contains(&pause), "{pause:?} {longest:?}");
        advance(pause).await;
        attempt(&breaker, Verdict::Success);
        fail(&breaker, 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_breaker_stays_open_for_the_time_that_the_service_names() {
    let breaker = breaker();
    fail(&breaker, 2);
    attempt(&breaker, Verdict::Failure(Some(Duration::from_secs(20))));
    assert_eq!(pause(&breaker), Some(Duration::from_secs(20)));
}

#[tokio::test(start_paused = true)]
async fn attempts_from_before_a_change_of_state_do_not_count() {
    let breaker = breaker();
    let (late_failure, late_success) = (breaker.enter(LIMIT).ok().unwrap(), breaker.enter(LIMIT).ok().unwrap());
    fail(&breaker, 3);
    advance(PAUSE).await;
    attempt(&breaker, Verdict::Success);
    late_failure.end(Verdict::Failure(None));
    late_success.end(Verdict::Success);
    attempt(&breaker, Verdict::Success);
    assert_eq!(pause(&breaker), None);
    let _probe = breaker.enter(LIMIT).ok().unwrap();
    assert_eq!(breaker.check(), Err(PROBE_TIME), "one probe is missing");
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_probe_leaves_its_place_to_the_next_one() {
    let breaker = breaker();
    fail(&breaker, 3);
    advance(PAUSE).await;
    drop(breaker.enter(LIMIT).ok().unwrap());
    let slow = breaker.enter(LIMIT).ok().unwrap();
    advance(LIMIT).await;
    drop(slow);
    assert!(pause(&breaker).is_some_and(|pause| pause > PROBE_TIME), "a probe without a response is a failure");
}
