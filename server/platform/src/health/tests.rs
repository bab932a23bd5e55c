//! Tests of health checks: their summary, their timeout, and the routes.

use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use http::Request;
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use super::*;

fn health(probes: Vec<NamedProbe>) -> Health {
    Health::new(probes, Shutdown::default())
}

fn probe(name: &'static str, weight: Weight, works: bool) -> NamedProbe {
    NamedProbe { name, weight, probe: Box::new(move || async move { works }) }
}

#[tokio::test]
async fn the_service_is_healthy_if_all_dependencies_work() {
    let report = health(vec![probe("a", Weight::Essential, true), probe("b", Weight::Degrading, true)]).report().await;
    assert_eq!(report.status, HealthStatus::Healthy);
    assert_eq!(health(Vec::new()).report().await.status, HealthStatus::Healthy);
}

#[tokio::test]
async fn the_weight_of_a_dependency_decides_the_health_of_the_service() {
    let report = health(vec![probe("a", Weight::Essential, true), probe("b", Weight::Degrading, false)]).report().await;
    assert_eq!((report.status, report.check("a").status), (HealthStatus::Degraded, CheckStatus::Up));
    assert_eq!((report.check("b").status, report.check("c")), (CheckStatus::Down, Check::UNKNOWN));
    let report = health(vec![probe("a", Weight::Essential, false)]).report().await;
    assert_eq!(report.status, HealthStatus::Unhealthy);
}

#[tokio::test]
async fn probes_with_one_name_are_one_dependency() {
    let report = health(vec![probe("a", Weight::Essential, false), probe("a", Weight::Essential, true)]).report().await;
    assert_eq!(report.checks.len(), 1);
    assert_eq!(report.check("a").status, CheckStatus::Down);
}

#[tokio::test]
async fn a_dependency_that_does_not_respond_in_time_does_not_work() {
    let slow = async || {
        tokio::time::sleep(Duration::from_secs(30)).await;
        true
    };
    let started = Instant::now();
    let slow = NamedProbe { name: "slow", weight: Weight::Essential, probe: Box::new(slow) };
    assert_eq!(health(vec![slow]).report().await.status, HealthStatus::Unhealthy);
    assert!(started.elapsed() < Duration::from_millis(1500));
}

#[tokio::test(start_paused = true)]
async fn concurrent_and_frequent_callers_share_one_check() {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = count.clone();
    let slow = move || {
        let count = counted.clone();
        async move {
            tokio::time::sleep(Duration::from_millis(100)).await;
            count.fetch_add(1, Ordering::Relaxed) != 1
        }
    };
    let health = health(vec![NamedProbe { name: "slow", weight: Weight::Essential, probe: Box::new(slow) }]);
    let reports = futures_util::future::join_all((0..1000).map(|_| health.report())).await;
    assert!(reports.iter().all(|report| report.status == HealthStatus::Healthy));
    tokio::time::sleep(FRESH - Duration::from_millis(1)).await;
    assert_eq!(health.report().await.status, HealthStatus::Healthy);
    assert_eq!(count.load(Ordering::Relaxed), 1);
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert_eq!(health.report().await.status, HealthStatus::Unhealthy);
}

#[tokio::test(start_paused = true)]
async fn a_check_whose_callers_hang_up_completes_and_is_used_again() {
    let (begun, completed) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let counted = (begun.clone(), completed.clone());
    let slow = move || {
        let (begun, completed) = counted.clone();
        async move {
            begun.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(Duration::from_millis(100)).await;
            completed.fetch_add(1, Ordering::Relaxed);
            true
        }
    };
    let health = health(vec![NamedProbe { name: "slow", weight: Weight::Essential, probe: Box::new(slow) }]);
    for _ in 0..50 {
        tokio::time::timeout(Duration::from_millis(1), health.report()).await.unwrap_err();
    }
    assert_eq!(health.report().await.status, HealthStatus::Healthy);
    assert_eq!((begun.load(Ordering::Relaxed), completed.load(Ordering::Relaxed)), (1, 1));
}

#[tokio::test]
async fn the_routes_report_the_health_of_the_service() {
    let shutdown = Shutdown::default();
    let app = router(Health::new(vec![probe("queue", Weight::Degrading, false)], shutdown.clone()));
    let get = async |path: &str| {
        let response = app.clone().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
        let (head, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        (head.status.as_u16(), serde_json::from_slice::<serde_json::Value>(&body).unwrap())
    };
    let (status, body) = get("/readyz").await;
    assert_eq!((status, &body["status"]), (200, &"degraded".into()));
    assert_eq!(body["checks"]["queue"]["status"], "down");
    shutdown.drain();
    assert_eq!(get("/readyz").await.0, 503);
    assert_eq!(get("/livez").await.0, 200);
}
