//! Tests of load shedding: the usual latency, the limit, and the policy.

use std::time::{Duration, Instant};

use super::baseline::Baseline;
use super::limit::{AdaptiveLimit, MAX, MIN};

const MILLISECOND: Duration = Duration::from_millis(1);

#[test]
fn a_request_is_slow_compared_with_the_usual_latency_of_its_operation() {
    let start = Instant::now();
    let (mut quick, mut long) = (Baseline::new(5 * MILLISECOND, start), Baseline::new(800 * MILLISECOND, start));
    assert!(!quick.is_slow(55 * MILLISECOND) && quick.is_slow(65 * MILLISECOND));
    assert!(!long.is_slow(1600 * MILLISECOND) && long.is_slow(1700 * MILLISECOND));
    // Ten minutes of slow requests do not become usual.
    for second in 0..600 {
        quick.add(Duration::from_secs(2), start + Duration::from_secs(second));
    }
    assert!(quick.is_slow(Duration::from_secs(2)));
    // Faster requests do.
    (0..30).for_each(|_| long.add(10 * MILLISECOND, start));
    assert!(long.is_slow(100 * MILLISECOND));
}

/// Simulates a class for some windows, each of which has 20 requests at the same time. Returns the limit.
fn windows(limit: &mut AdaptiveLimit, start: Instant, range: std::ops::Range<u32>, running: u32, slow: bool) -> f64 {
    let mut last = f64::NAN;
    for window in range {
        let now = start + Duration::from_millis(200) * (window + 1);
        let admitted = (0..running).filter(|_| limit.enter()).count();
        for _ in 0..admitted {
            limit.leave();
            last = limit.sample(slow, now).map_or(last, f64::from);
        }
    }
    last
}

#[test]
fn the_limit_falls_below_the_running_requests_of_an_overload_and_rises_afterwards() {
    let start = Instant::now();
    let mut limit = AdaptiveLimit::new(start);
    assert_eq!(windows(&mut limit, start, 0..5, 200, false), MAX);
    let overloaded = windows(&mut limit, start, 5..10, 200, true);
    assert!((100.0..200.0).contains(&overloaded), "{overloaded}");
    let floor = windows(&mut limit, start, 10..100, 200, true);
    assert_eq!(floor, MIN);
    assert_eq!((0..200).filter(|_| limit.enter()).count() as f64, MIN);
    (0..MIN as u32).for_each(|_| limit.leave());
    let recovered = windows(&mut limit, start, 100..200, 200, false);
    assert!(recovered > 1000.0, "{recovered}");
}

#[test]
fn a_few_slow_requests_are_no_overload() {
    let start = Instant::now();
    let mut limit = AdaptiveLimit::new(start);
    for window in 1..50_u32 {
        let now = start + Duration::from_millis(200) * window;
        for request in 0..20 {
            assert!(limit.enter());
            limit.leave();
            limit.sample(request % 3 == 0, now);
        }
    }
    assert_eq!((0..5000).filter(|_| limit.enter()).count(), 5000);
}

#[test]
fn a_window_of_the_limit_has_ten_requests_and_200_milliseconds() {
    let start = Instant::now();
    let mut limit = AdaptiveLimit::new(start);
    for _ in 0..9 {
        assert_eq!(limit.sample(false, start + 300 * MILLISECOND), None);
    }
    assert_eq!(limit.sample(false, start + 300 * MILLISECOND), Some(MAX as u32));
    for _ in 0..20 {
        assert_eq!(limit.sample(false, start + 499 * MILLISECOND), None);
    }
    assert_eq!(limit.sample(false, start + 500 * MILLISECOND), Some(MAX as u32));
}

#[test]
fn an_overload_lowers_the_limit_to_a_share_of_the_running_requests() {
    let start = Instant::now();
    let mut limit = AdaptiveLimit::new(start);
    let window = |limit: &mut AdaptiveLimit, number: u32, slow: u32| {
        let now = start + 200 * MILLISECOND * number;
        (0..10).filter_map(|request| limit.sample(request < slow, now)).max()
    };
    assert!((0..100).all(|_| limit.enter()));
    assert_eq!(window(&mut limit, 1, 5), Some(MAX as u32), "half of the requests are no overload");
    assert_eq!(window(&mut limit, 2, 6), Some(90));
    (0..10).for_each(|_| limit.leave());
    assert!(!limit.enter());
    limit.leave();
    assert!(limit.enter() && !limit.enter());
    // The limit rises by its root: 90 + 9.49.
    assert_eq!(window(&mut limit, 3, 0), Some(99));
    assert_eq!(window(&mut limit, 4, 10), Some(81));
    (0..90).for_each(|_| limit.leave());
    // The peak of a window begins with the requests that run, and the limit stays above its floor.
    assert_eq!(window(&mut limit, 5, 10), Some(72));
    assert_eq!(window(&mut limit, 6, 10), Some(MIN as u32));
}

#[test]
fn the_usual_latency_falls_by_a_fifth_of_the_difference_and_rises_by_half_a_percent_a_second() {
    let start = Instant::now();
    let mut usual = Baseline::new(100 * MILLISECOND, start);
    let is_limit = |usual: &Baseline, milliseconds: u32| {
        !usual.is_slow(milliseconds * MILLISECOND) && usual.is_slow((milliseconds + 2) * MILLISECOND)
    };
    assert!(is_limit(&usual, 249));
    usual.add(50 * MILLISECOND, start);
    assert!(is_limit(&usual, 229), "{usual:?}");
    usual.add(Duration::from_secs(1), start + Duration::from_secs(10));
    assert!(is_limit(&usual, 238), "{usual:?}");
    // A pause counts as at most a minute.
    usual.add(Duration::from_secs(1), start + Duration::from_secs(1000));
    assert!(is_limit(&usual, 295), "{usual:?}");
    usual.add(123 * MILLISECOND, start + Duration::from_secs(1060));
    assert!(is_limit(&usual, 295), "{usual:?}");
}

mod policy {
    use std::convert::Infallible;
    use std::sync::Arc;

    use http::{HeaderMap, StatusCode};
    use writ_runtime::operation::{Body, Media, MediaKind};
    use writ_runtime::{
        Accept, Admission, CallInfo, Entry, Gate as _, Operation, PathValues, Problem, Reply, RequestId,
    };

    use super::super::LoadShedding;
    use super::*;
    use crate::gate::{Pass, PolicyGate};
    use crate::metrics::Metrics;

    static LIST_EVENTS: Operation = Operation { id: "listEvents", path: "/events", ..Operation::NONE };

    static READYZ: Operation = Operation { id: "readyz", path: "/readyz", ..Operation::NONE };

    static UPLOAD: Operation = Operation {
        id: "upload",
        body: Some(Body {
            media: &[Media { essence: "multipart/form-data", kind: MediaKind::Multipart }],
            required: true,
            limit: 1024,
        }),
        ..Operation::NONE
    };

    async fn begin(gate: &PolicyGate<Infallible>, call: &CallInfo) -> Result<Pass<Infallible>, Problem> {
        let headers = HeaderMap::new();
        let path = PathValues::new("/", &[]);
        let entry = Entry { call, principal: None, path, cache_key: "", headers: &headers };
        let Admission::Proceed(mut pass) = gate.enter(&entry).await? else { panic!("nothing is cached") };
        gate.begin(&mut pass, &entry).map(|()| pass)
    }

    async fn leave(gate: &PolicyGate<Infallible>, call: &CallInfo, pass: Pass<Infallible>) {
        let headers = HeaderMap::new();
        let path = PathValues::new("/", &[]);
        let entry = Entry { call, principal: None, path, cache_key: "", headers: &headers };
        gate.leave(pass, &entry, &mut Reply::status(200)).await;
    }

    fn call(operation: &'static Operation) -> CallInfo {
        CallInfo { operation, request_id: RequestId::new("r"), address: None, accept: Accept::default() }
    }

    #[tokio::test]
    async fn an_overloaded_class_refuses_requests_with_503_but_no_health_check() {
        let metrics = Arc::new(Metrics::default());
        let gate = PolicyGate::open().with(LoadShedding::new(metrics.clone()));
        let (events, probe, upload) = (call(&LIST_EVENTS), call(&READYZ), call(&UPLOAD));
        // Quick requests make a latency of almost nothing usual.
        for _ in 0..20 {
            let pass = begin(&gate, &events).await.unwrap();
            leave(&gate, &events, pass).await;
        }
        // Then each of 100 running requests takes 250 ms. Some are cancelled, which frees their places too.
        let mut refused = 0;
        let mut running = Vec::new();
        for _ in 0..3 {
            for _ in 0..100 {
                match begin(&gate, &events).await {
                    Ok(pass) => running.push(pass),
                    Err(problem) => {
                        let retry = problem.header("retry-after");
                        assert_eq!((problem.status, retry), (StatusCode::SERVICE_UNAVAILABLE, Some("1")));
                        refused += 1;
                    }
                }
            }
            tokio::time::sleep(250 * MILLISECOND).await;
            for pass in running.drain(..40) {
                leave(&gate, &events, pass).await;
            }
            running.clear();
        }
        assert!((5..=50).contains(&refused), "{refused}");
        while let Ok(pass) = begin(&gate, &events).await {
            running.push(pass);
        }
        assert!((50..100).contains(&running.len()), "{}", running.len());
        begin(&gate, &probe).await.unwrap();
        begin(&gate, &upload).await.unwrap();
        let text = metrics.render().unwrap();
        assert!(text.contains(&format!(r#"class="reads"}} {}"#, refused + 1)), "{text}");
        assert!(text.contains("writ_concurrency_limit{"), "{text}");
        running.clear();
        begin(&gate, &events).await.unwrap();
    }
}
