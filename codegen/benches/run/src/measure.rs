//! Measuring services in turn: criterion says how often, and each sample holds all of them.

use std::cell::RefCell;
use std::fmt::Write;
use std::hint::black_box;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Request, StatusCode, header};
use criterion::{Criterion, SamplingMode};
use http_body_util::BodyExt;
use rustix::time::{ClockId, clock_gettime};
use tokio::runtime::{Builder, Runtime};
use tower::{Service, ServiceExt};

use crate::samples::Sample;

/// How many requests one service answers before it is another's turn.
const TURN: u64 = 32;

/// How many samples a ratio is the median of.
const SAMPLES: usize = 100;

/// One of the services that are compared.
pub struct Contender {
    name: &'static str,
    router: RefCell<Router>,
    runtime: Runtime,
}

/// What came of one request: for each contender the time of a request in each sample, in nanoseconds.
pub struct Measured {
    title: String,
    times: Vec<Vec<f64>>,
}

impl Contender {
    pub fn new(name: &'static str, router: Router) -> Contender {
        let runtime = Builder::new_current_thread().enable_time().build().expect("a runtime");
        // As a server does it: routes are made ready once and not for each request.
        Contender { name, router: RefCell::new(router.with_state(())), runtime }
    }

    fn answer(&self, request: Request<Body>) -> (StatusCode, Option<HeaderValue>, Bytes) {
        let response = self.runtime.block_on(self.router.borrow().clone().oneshot(request));
        let (mut parts, body) = response.unwrap_or_else(|never| match never {}).into_parts();
        let body = self.runtime.block_on(body.collect()).expect("a body").to_bytes();
        (parts.status, parts.headers.remove(header::CONTENT_TYPE), body)
    }

    /// How long this thread works on the requests, without what it waits for the processor.
    fn work_on(&self, requests: Vec<Request<Body>>) -> Duration {
        let mut router = self.router.borrow_mut();
        let mut service = router.as_service::<Body>();
        self.runtime.block_on(async {
            let begun = worked();
            for request in requests {
                let Ok(ready) = service.ready().await;
                let Ok(response) = ready.call(request).await;
                let body = response.into_body().collect().await;
                black_box(body.map(|body| body.to_bytes().len()).unwrap_or_default());
            }
            worked() - begun
        })
    }
}

/// All answer the request alike.
pub fn agree(contenders: &[Contender], sample: &Sample) {
    let answers: Vec<_> = contenders.iter().map(|contender| contender.answer(sample.request())).collect();
    for (contender, answer) in contenders.iter().zip(&answers) {
        assert!(answer.0.is_success(), "{}: {}: {answer:?}", sample.title, contender.name);
        assert_eq!(answer, &answers[0], "{}: {}", sample.title, contender.name);
    }
}

/// All refuse the request.
pub fn refuse(contenders: &[Contender], sample: &Sample) {
    for contender in contenders {
        let (status, _, body) = contender.answer(sample.request());
        assert_eq!(status, StatusCode::BAD_REQUEST, "{}: {}: {body:?}", sample.title, contender.name);
    }
}

/// Measures all contenders with one request. Criterion's own figures are those of the first.
pub fn measure(criterion: &mut Criterion, contenders: &[Contender], sample: &Sample) -> Measured {
    let mut samples: Vec<Vec<f64>> = Vec::new();
    let mut group = criterion.benchmark_group(sample.title);
    group.sampling_mode(SamplingMode::Flat).sample_size(SAMPLES);
    group.warm_up_time(Duration::from_secs(2)).measurement_time(Duration::from_secs(6));
    group.bench_function(contenders[0].name, |bencher| {
        bencher.iter_custom(|iterations| {
            let times = in_turn(contenders, sample, iterations);
            samples.push(times.iter().map(|time| time.as_nanos() as f64 / iterations as f64).collect());
            times[0]
        });
    });
    group.finish();
    // What comes before the samples is warming up.
    let kept = &samples[samples.len().saturating_sub(SAMPLES)..];
    let times = (0..contenders.len()).map(|at| kept.iter().map(|times| times[at]).collect()).collect();
    let answered = contenders[0].answer(sample.request()).2.len();
    let title = format!("{} ({} B in, {answered} B out)", sample.title, sample.size());
    Measured { title, times }
}

fn in_turn(contenders: &[Contender], sample: &Sample, iterations: u64) -> Vec<Duration> {
    let mut times = vec![Duration::ZERO; contenders.len()];
    let mut left = iterations;
    while left > 0 {
        let turn = left.min(TURN);
        left -= turn;
        for (contender, time) in contenders.iter().zip(&mut times) {
            *time += contender.work_on((0..turn).map(|_| sample.request()).collect());
        }
    }
    times
}

/// The medians, and the ratios with the quartiles of what the samples say.
pub fn table(contenders: &[Contender], measured: &[Measured]) -> String {
    let mut table = String::from("\n|");
    for contender in contenders {
        let _ = write!(table, " | {}", contender.name);
    }
    for other in &contenders[1..] {
        let _ = write!(table, " | ratio to {}", other.name);
    }
    table.push_str(" |\n|---");
    table.push_str(&"|---".repeat(contenders.len() * 2 - 1));
    table.push('|');
    for Measured { title, times } in measured {
        let _ = write!(table, "\n| {title}");
        for times in times {
            let _ = write!(table, " | {:.2} µs", quantile(times, 0.5) / 1000.0);
        }
        for other in &times[1..] {
            let ratios: Vec<f64> = times[0].iter().zip(other).map(|(own, other)| own / other).collect();
            let [low, middle, high] = [0.25, 0.5, 0.75].map(|at| quantile(&ratios, at));
            let _ = write!(table, " | **{middle:.2}** ({low:.2}–{high:.2})");
        }
        table.push_str(" |");
    }
    table
}

fn quantile(values: &[f64], at: f64) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values.get(((values.len() - 1) as f64 * at).round() as usize).copied().unwrap_or(f64::NAN)
}

/// The time that this thread has worked so far.
fn worked() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}
