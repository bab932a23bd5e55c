//! Tests of a service that calls another one over HTTP with its generated client, while that one is stopped, silent,
//! overloaded or resets connections.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use futures_util::future::{join, join_all};
use http::{Request, StatusCode, header};
use museum_api::client::Client;
use museum_api::{CreateEventRequest, GetHoursRequest, NewEvent};
use tokio::time::{Instant, timeout};
use tower::ServiceExt as _;
use writ_runtime::client::{Connection, Failure};
use writ_runtime::{
    Context, Internal, NoAuthentication, OpenGate, Operation, PROBLEM_JSON, Pipeline, Reply, ServeOptions, nothing,
};

use super::support::metric;
use super::unreliable::{Behaviour, Unreliable};
use crate::Builder;
use crate::calls::{CallError, CallErrorKind, unavailable};
use crate::config::Source;
use crate::metrics::Metrics;
use crate::testing::SOON;

/// The time limit of the operation of the calling service.
const LIMIT: Duration = Duration::from_secs(2);

/// The time limit of calls.
const CALL_LIMIT: Duration = Duration::from_millis(300);

static IS_OPEN: Operation = Operation { id: "isOpen", path: "/open", timeout: Some(LIMIT), ..Operation::NONE };

/// A service that asks the museum for its opening hours.
#[derive(Clone)]
struct Guide {
    client: Client,
    metrics: Arc<Metrics>,
}

impl Guide {
    fn new(museum: &Unreliable, settings: &[(&str, &str)]) -> Guide {
        let url = museum.url();
        let call_limit = format!("{}ms", CALL_LIMIT.as_millis());
        let all = [("MUSEUM_URL", url.as_str()), ("CALL_TIMEOUT", &call_limit), ("CALL_BREAKER_PAUSE", "1s")];
        let variables = all.iter().chain(settings).map(|(name, value)| (format!("GUIDE_{name}"), (*value).to_owned()));
        let mut builder = Builder::new(Source::new("GUIDE_", "", variables));
        let connection: Connection = builder.calls_to("museum", museum_api::operations::ALL);
        let metrics = builder.build().unwrap().metrics().clone();
        Guide { client: Client::new(connection), metrics }
    }

    /// The handler of the service, as an author writes it.
    async fn is_open(&self, _: &Context<()>) -> Result<Reply, Internal> {
        let hours = match self.client.hours.get_hours(&GetHoursRequest::default()).await {
            Ok(hours) => hours,
            Err(failure) => return Err(unavailable(failure).into()),
        };
        Ok(Reply::status(200).bytes("text/plain", format!("{} days", hours.body.days.len())))
    }

    fn metric(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        metric(&self.metrics, name, labels)
    }

    fn transitions(&self, class: &str, state: &str) -> f64 {
        self.metric("writ_circuit_breaker_transitions_total", &[("class", class), ("state", state)])
    }
}

fn router(guide: &Guide) -> Router {
    let pipeline = Pipeline::new(&PROBLEM_JSON, NoAuthentication, OpenGate, ServeOptions::default());
    let mut endpoints = Vec::new();
    pipeline.routes(guide.clone(), &mut endpoints).public_bare(&IS_OPEN, nothing, Guide::is_open);
    writ_runtime::router(&PROBLEM_JSON, endpoints)
}

/// Sends a request to the calling service. Returns the status code, the value of `Retry-After`, and the latency.
async fn ask(app: &Router) -> (StatusCode, Option<u64>, Duration) {
    let started = Instant::now();
    let response = app.clone().oneshot(Request::get("/open").body(axum::body::Body::empty()).unwrap()).await.unwrap();
    let after = response.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    (response.status(), after, started.elapsed())
}

/// Calls the service until it works again.
async fn recovery(app: &Router) {
    let works = async {
        while ask(app).await.0 != StatusCode::OK {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(SOON, works).await.expect("the service works again");
}

/// Fails as `behaviour` says, or stops the server, and asserts that callers receive a response in time, that the breaker
/// opens, and that it probes and closes after the outage.
async fn outage(behaviour: Option<Behaviour>) {
    let mut museum = Unreliable::start().await;
    let guide = Guide::new(&museum, &[]);
    let app = router(&guide);
    assert_eq!(ask(&app).await.0, StatusCode::OK);

    match behaviour {
        Some(behaviour) => museum.behave(behaviour),
        None => museum.stop().await,
    }
    while guide.transitions("reads", "open") == 0.0 {
        let (status, after, latency) = ask(&app).await;
        assert_eq!((status, after), (StatusCode::SERVICE_UNAVAILABLE, Some(1)), "{behaviour:?}");
        assert!(latency < LIMIT, "{behaviour:?} {latency:?}");
    }
    // While the breaker is open, no request is sent.
    let (arrived, refused) = (museum.arrived("GET"), guide.metric("writ_calls_total", &[("result", "breaker_open")]));
    let (status, after, _) = ask(&app).await;
    assert_eq!((status, after), (StatusCode::SERVICE_UNAVAILABLE, Some(1)));
    assert_eq!(museum.arrived("GET"), arrived);
    assert_eq!(guide.metric("writ_calls_total", &[("result", "breaker_open")]), refused + 1.0);

    match behaviour {
        Some(_) => museum.behave(Behaviour::Works),
        None => museum.restart().await,
    }
    recovery(&app).await;
    // Three probes close the breaker.
    for _ in 0..3 {
        assert_eq!(ask(&app).await.0, StatusCode::OK);
    }
    assert!(guide.transitions("reads", "half_open") >= 1.0);
    assert_eq!(guide.transitions("reads", "closed"), 1.0);
    assert_eq!(guide.metric("writ_circuit_breaker_state", &[("class", "reads"), ("state", "closed")]), 1.0);
    assert_eq!(guide.metric("http_client_active_requests", &[]), 0.0);
}

#[tokio::test]
async fn callers_of_a_stopped_service_get_a_response_in_time() {
    outage(None).await;
}

#[tokio::test]
async fn callers_of_a_slow_service_get_a_response_in_time() {
    outage(Some(Behaviour::Late)).await;
}

#[tokio::test]
async fn callers_of_a_silent_service_get_a_response_in_time() {
    outage(Some(Behaviour::Silent)).await;
}

#[tokio::test]
async fn callers_of_a_service_that_stops_within_its_response_get_a_response_in_time() {
    outage(Some(Behaviour::Stalls)).await;
}

#[tokio::test]
async fn callers_of_a_service_that_responds_with_500_get_a_response_in_time() {
    outage(Some(Behaviour::Status(500))).await;
}

#[tokio::test]
async fn callers_of_a_service_that_resets_connections_get_a_response_in_time() {
    outage(Some(Behaviour::Resets)).await;
}

fn event() -> CreateEventRequest {
    let body = NewEvent {
        title: "A lecture".to_owned(),
        starts_at: "2026-12-01T18:00:00Z".parse().unwrap(),
        price: "12.50".parse().unwrap(),
        places: 40,
    };
    CreateEventRequest { body }
}

#[tokio::test]
async fn no_post_is_retried() {
    let mut museum = Unreliable::start().await;
    // The breaker stays closed, so that every call reaches the service.
    let guide = Guide::new(&museum, &[("CALL_BREAKER_FAILURES", "1000"), ("CALL_ATTEMPTS", "10")]);
    let mut sent = 0;
    for behaviour in
        [Behaviour::Status(503), Behaviour::Status(500), Behaviour::Resets, Behaviour::Stalls, Behaviour::Silent]
    {
        museum.behave(behaviour);
        for _ in 0..3 {
            guide.client.events.create_event(&event()).await.unwrap_err();
            sent += 1;
        }
        assert_eq!(museum.arrived("POST"), sent, "{behaviour:?}");
    }
    museum.stop().await;
    let failure = guide.client.events.create_event(&event()).await.unwrap_err();
    let Failure::Transport(cause) = &failure else { panic!("{failure:?}") };
    assert_eq!(cause.downcast_ref::<CallError>().unwrap().kind(), CallErrorKind::Unreachable);
    assert_eq!(guide.metric("writ_call_retries_total", &[]), 0.0);
    // With an idempotency key, a repetition has no second effect.
    museum.restart().await;
    museum.behave(Behaviour::Status(503));
    let _ = guide.client.events.create_event(&event()).idempotency_key("k").await;
    assert!(museum.arrived("POST") > sent + 1);
}

#[tokio::test]
async fn no_more_than_the_budget_of_retries_arrives_when_a_service_works_again() {
    let museum = Unreliable::start().await;
    let settings = [("CALL_BREAKER_FAILURES", "100000"), ("CALL_CONCURRENCY", "1000"), ("CALL_TIMEOUT", "20s")];
    let guide = Guide::new(&museum, &settings);
    let (calls, request) = (300, GetHoursRequest::default());
    museum.behave(Behaviour::Busy);
    // All calls fail, and would be repeated in the second in which the service works again.
    let calling = join_all((0..calls).map(|_| async { guide.client.hours.get_hours(&request).await.is_ok() }));
    let recovery = async {
        museum.until_arrived("GET", calls).await;
        museum.behave(Behaviour::Works);
    };
    let (succeeded, ()) = join(calling, recovery).await;
    let succeeded = succeeded.into_iter().filter(|works| *works).count();
    // A fifth of the calls, and one in each of ten seconds.
    let budget = calls / 5 + 10;
    let retries = museum.arrived("GET") - calls;
    assert!((1..=budget).contains(&retries) && (1..=retries).contains(&succeeded), "{retries} {succeeded}");
    let metric = |result| guide.metric("writ_call_retries_total", &[("result", result)]) as usize;
    assert_eq!((metric("retried"), metric("exhausted")), (retries, calls - succeeded));
}

#[tokio::test]
async fn one_request_at_a_time_arrives_while_the_breaker_probes_a_service() {
    let museum = Unreliable::start().await;
    let guide = Guide::new(&museum, &[]);
    let app = router(&guide);
    museum.behave(Behaviour::Status(500));
    while guide.transitions("reads", "open") == 0.0 {
        ask(&app).await;
    }
    // The probe has no response, so all other callers are refused while it waits.
    museum.behave(Behaviour::Silent);
    let arrived = museum.arrived("GET");
    let probing = async {
        while guide.transitions("reads", "half_open") == 0.0 {
            join_all((0..20).map(|_| ask(&app))).await;
        }
    };
    timeout(SOON, probing).await.expect("the breaker probes the service");
    assert_eq!(museum.arrived("GET"), arrived + 1);
}
