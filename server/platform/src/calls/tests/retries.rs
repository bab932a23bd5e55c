//! Tests of retries and hedged requests, with a service in memory and a paused clock.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::{Instant, advance, sleep};
use writ_runtime::JsonLines;
use writ_runtime::client::Call;

use super::support::*;
use crate::builder::Builder;
use crate::calls::CallConfig;
use crate::config::Source;
use crate::overrides::Overrides;

#[tokio::test(start_paused = true)]
async fn only_calls_without_a_second_effect_are_repeated() {
    for (operation, key, expected) in [
        (&GET, None, 3),
        (&PUT, None, 3),
        (&POST, None, 1),
        (&POST, Some("k"), 1),
        (&KEYED, None, 1),
        (&KEYED, Some("k"), 3),
    ] {
        let failing = Memory::statuses(&[503]);
        let setup = Setup::new(failing.clone());
        let mut call: Call<Answer, Refusal> = setup.connection.begin(operation).call();
        if let Some(key) = key {
            call = call.idempotency_key(key);
        }
        assert_eq!(outcome(call.await).unwrap(), 503);
        assert_eq!(failing.count(), expected, "{} {key:?}", operation.id);
        assert_eq!(setup.metric("writ_call_retries_total", &[("result", "retried")]), (expected - 1) as f64);
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_succeeds_after_a_retry_and_its_requests_are_counted() {
    let lost = || std::io::Error::from(std::io::ErrorKind::ConnectionReset).into();
    let service = Memory::new(move |number| {
        std::future::ready(match number {
            1 => Err(lost()),
            2 => Ok(broken()),
            _ => Ok(response(200, &[])),
        })
    });
    let setup = Setup::new(service.clone());
    assert_eq!(setup.call(&GET).await.unwrap(), 200);
    assert_eq!(service.count(), 3);
    let attempts = |labels: &[(&str, &str)]| setup.metric("http_client_request_duration_seconds_count", labels);
    assert_eq!(attempts(&[("service_peer_name", "tickets"), ("operation", "getTicket")]), 3.0);
    assert_eq!(attempts(&[("error_type", "unreachable"), ("http_response_status_code", "")]), 2.0);
    assert_eq!(attempts(&[("error_type", ""), ("http_response_status_code", "200")]), 1.0);
    assert_eq!(attempts(&[("server_address", ""), ("server_port", "")]), 3.0);
    assert_eq!(setup.metric("writ_calls_total", &[("result", "ok")]), 1.0);
    assert_eq!(setup.metric("http_client_active_requests", &[("service_peer_name", "tickets")]), 0.0);
}

#[tokio::test]
async fn a_request_that_is_refused_is_counted_with_its_status_code_as_the_error() {
    let setup = Setup::new(Memory::statuses(&[404, 503]));
    let attempts = |error| setup.metric("http_client_request_duration_seconds_count", &[("error_type", error)]);
    assert_eq!(setup.call(&POST).await.unwrap(), 404);
    assert_eq!((attempts("404"), attempts("503"), attempts("")), (1.0, 0.0, 0.0));
    assert_eq!(setup.call(&POST).await.unwrap(), 503);
    assert_eq!((attempts("404"), attempts("503"), attempts("")), (1.0, 1.0, 0.0));
}

#[tokio::test]
async fn requests_to_a_service_are_counted_with_the_address_of_its_url() {
    // A port that nothing listens on.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let variables = [("MUSEUM_TICKETS_URL".to_owned(), format!("http://127.0.0.1:{port}/base"))];
    let mut builder = Builder::new(Source::new("MUSEUM_", "", variables));
    let connection = builder.calls_to("tickets", &[]);
    call(&connection, &POST).await.unwrap_err();
    let port = port.to_string();
    let labels = [("server_address", "127.0.0.1"), ("server_port", port.as_str()), ("error_type", "unreachable")];
    assert!(metric(&builder.metrics, "http_client_request_duration_seconds_count", &labels) >= 1.0);
}

#[tokio::test(start_paused = true)]
async fn a_stream_is_sent_once() {
    let failing = Memory::statuses(&[503]);
    let setup = Setup::new(failing.clone());
    let mut out = setup.connection.begin(&PUT);
    out.lines(0, JsonLines::new(futures_util::stream::iter([Ok::<_, std::io::Error>("Ada".to_owned())])));
    let call: Call<Answer, Refusal> = out.call();
    assert_eq!(outcome(call.await).unwrap(), 503);
    assert_eq!(failing.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_retry_waits_for_the_time_that_the_service_names() {
    let service = Memory::new(|number| {
        std::future::ready(Ok(match number {
            1 => response(503, &[("retry-after", "2")]),
            2 => response(429, &[("retry-after", "1")]),
            _ => response(204, &[]),
        }))
    });
    let setup = Setup::new(service.clone());
    assert_eq!(setup.call(&GET).await.unwrap(), 204);
    let times: Vec<_> = service.received().iter().map(|request| request.at).collect();
    let waits = [times[1] - times[0], times[2] - times[1]];
    assert!(waits[0] >= 2 * SECOND && waits[1] >= SECOND && waits[0] + waits[1] < 4 * SECOND, "{waits:?}");
}

#[tokio::test(start_paused = true)]
async fn a_call_does_not_wait_for_a_time_that_it_does_not_have() {
    let service = Memory::new(|_| std::future::ready(Ok(response(503, &[("retry-after", "30")]))));
    let setup = Setup::new(service.clone());
    let started = Instant::now();
    assert_eq!(setup.call(&GET).await.unwrap(), 503);
    assert_eq!((service.count(), started.elapsed()), (1, Duration::ZERO));
}

#[tokio::test(start_paused = true)]
async fn all_calls_of_a_service_share_one_budget_of_retries() {
    let failing = Memory::statuses(&[503]);
    let config = CallConfig { retry: CallConfig::default().retry, ..eager() };
    let setup = Setup::with(failing.clone(), config, Overrides::default(), None);
    let calls = 200;
    join_all((0..calls).map(|_| setup.call(&GET))).await;
    // A fifth of the calls, and one in each of ten seconds.
    let budget = calls / 5 + 10;
    assert!((calls + 10..=calls + budget).contains(&failing.count()), "{}", failing.count());
    let retried = setup.metric("writ_call_retries_total", &[("result", "retried")]);
    assert_eq!(retried as usize, failing.count() - calls);
    assert!(setup.metric("writ_call_retries_total", &[("result", "exhausted")]) > 100.0);
}

#[tokio::test(start_paused = true)]
async fn a_second_request_is_sent_while_the_first_one_takes_long_only_where_the_contract_says_so() {
    let first_is_slow = || {
        Memory::new(|number| async move {
            sleep(if number == 1 { 3 * SECOND } else { Duration::from_millis(20) }).await;
            Ok(response(200, &[]))
        })
    };
    let service = first_is_slow();
    let setup = Setup::new(service.clone());
    let started = Instant::now();
    assert_eq!(setup.call(&HEDGED).await.unwrap(), 200);
    assert_eq!((service.count(), started.elapsed().as_millis()), (2, 120));
    assert_eq!(setup.metric("writ_call_retries_total", &[("result", "hedged")]), 1.0);

    let service = first_is_slow();
    let setup = Setup::new(service.clone());
    assert_eq!(setup.call(&GET).await.unwrap(), 200);
    assert_eq!(service.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_hedged_call_waits_for_its_first_request_if_the_breaker_refuses_the_second() {
    let service = Memory::new(|number| async move {
        sleep(if number <= 5 { Duration::ZERO } else { SECOND }).await;
        Ok(response(if number <= 5 { 500 } else { 200 }, &[]))
    });
    let setup = Setup::new(service.clone());
    for _ in 0..5 {
        assert_eq!(setup.call(&HEDGED).await.unwrap(), 500);
    }
    advance(2 * SECOND).await;
    // The first request is the probe of the breaker, which permits no other one.
    assert_eq!(setup.call(&HEDGED).await.unwrap(), 200);
    assert_eq!(service.count(), 6);
}

#[tokio::test(start_paused = true)]
async fn a_hedged_call_waits_for_the_better_response() {
    let service = Memory::new(|number| async move {
        sleep(if number == 1 { SECOND } else { Duration::ZERO }).await;
        Ok(response(if number == 1 { 200 } else { 503 }, &[]))
    });
    let setup = Setup::new(service.clone());
    assert_eq!(setup.call(&HEDGED).await.unwrap(), 200);
    assert_eq!(service.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_requests_of_a_hedged_call_count_as_attempts() {
    let service = Memory::new(|number| async move {
        sleep(if number == 1 { SECOND } else { Duration::ZERO }).await;
        Ok(response(503, &[]))
    });
    let setup = Setup::new(service.clone());
    assert_eq!(setup.call(&HEDGED).await.unwrap(), 503);
    assert_eq!(service.count(), 2);
}
