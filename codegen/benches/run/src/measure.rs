//! The measurement of the services in turn. Criterion chooses the number of iterations; each sample covers all
//! services.

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

/// The number of requests that one service receives before the next service has its turn.
const TURN: u64 = 32;

/// The number of samples of a measurement. A reported ratio is the median over them.
const SAMPLES: usize = 100;

/// A service that takes part in the benchmark, with its name and router.
pub struct Contender {
    name: &'static str,
    router: RefCell<Router>,
    runtime: Runtime,
}

/// The measurement of one kind of request: the time per request in nanoseconds, by service and sample.
pub struct Measured {
    title: String,
    times: Vec<Vec<f64>>,
}

impl Contender {
    pub fn new(name: &'static str, router: Router) -> Contender {
        let runtime = Builder::new_current_thread().enable_time().build().expect("the runtime is created");
        // A server prepares its routes once and not for each request, so this step is not measured.
        Contender { name, router: RefCell::new(router.with_state(())), runtime }
    }

    fn respond(&self, request: Request<Body>) -> (StatusCode, Option<HeaderValue>, Bytes) {
        let response = self.runtime.block_on(self.router.borrow().clone().oneshot(request));
        let (mut parts, body) = response.unwrap_or_else(|never| match never {}).into_parts();
        let body = self.runtime.block_on(body.collect()).expect("the body is complete").to_bytes();
        (parts.status, parts.headers.remove(header::CONTENT_TYPE), body)
    }

    /// Sends the requests to the service and returns the CPU time of this thread for them, which excludes
    /// waiting for the processor.
    fn cpu_time(&self, requests: Vec<Request<Body>>) -> Duration {
        let mut router = self.router.borrow_mut();
        let mut service = router.as_service::<Body>();
        self.runtime.block_on(async {
            let begun = thread_time();
            for request in requests {
                let Ok(ready) = service.ready().await;
                let Ok(response) = ready.call(request).await;
                let body = response.into_body().collect().await;
                black_box(body.map(|body| body.to_bytes().len()).unwrap_or_default());
            }
            thread_time() - begun
        })
    }
}

/// Panics unless all services respond to a request with success and with equal responses.
pub fn agree(contenders: &[Contender], sample: &Sample) {
    let responses: Vec<_> = contenders.iter().map(|contender| contender.respond(sample.request())).collect();
    for (contender, response) in contenders.iter().zip(&responses) {
        assert!(response.0.is_success(), "{}: {}: {response:?}", sample.title, contender.name);
        assert_eq!(response, &responses[0], "{}: {}", sample.title, contender.name);
    }
}

/// Panics unless all services refuse an invalid request with 400.
pub fn refuse(contenders: &[Contender], sample: &Sample) {
    for contender in contenders {
        let (status, _, body) = contender.respond(sample.request());
        assert_eq!(status, StatusCode::BAD_REQUEST, "{}: {}: {body:?}", sample.title, contender.name);
    }
}

/// Measures all services with one kind of request. The figures that criterion prints are those of the first
/// service.
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
    // Earlier samples belong to the warm-up.
    let kept = &samples[samples.len().saturating_sub(SAMPLES)..];
    let times = (0..contenders.len()).map(|at| kept.iter().map(|times| times[at]).collect()).collect();
    let received = contenders[0].respond(sample.request()).2.len();
    let title = format!("{} ({} B in, {received} B out)", sample.title, sample.size());
    Measured { title, times }
}

fn in_turn(contenders: &[Contender], sample: &Sample, iterations: u64) -> Vec<Duration> {
    let mut times = vec![Duration::ZERO; contenders.len()];
    let mut left = iterations;
    while left > 0 {
        let turn = left.min(TURN);
        left -= turn;
        for (contender, time) in contenders.iter().zip(&mut times) {
            *time += contender.cpu_time((0..turn).map(|_| sample.request()).collect());
        }
    }
    times
}

/// Returns the results as a Markdown table: the median times of the services, and the median ratios of the
/// first service to the others with their quartiles.
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

/// Returns the CPU time that this thread has used so far.
fn thread_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}
