//! Tests of the registration of endpoints and of their secrets.

use uuid::Uuid;
use writ_runtime::event::Consume as _;

use super::receiver::{Receiver, Reply};
use super::{ORDER_CREATED, ORDER_PAID, event, is_signed, prepare, start};
use crate::webhooks::{EndpointError, MAX_ENDPOINTS, NewEndpoint};
use crate::webhooks::{endpoint, measure};

#[tokio::test]
async fn after_a_rotation_both_secrets_sign() {
    let delivery = start(1).await;
    let receiver = Receiver::start([Reply::status(200)]).await;
    let (endpoint, old) = delivery.register(&receiver.url("/")).await;
    let new = delivery.webhooks.rotate_secret(endpoint.id).await.unwrap().unwrap();
    delivery.publish(&ORDER_CREATED).await;
    receiver.wait_for(1).await;
    let request = &receiver.requests()[0];
    assert!(is_signed(request, &old) && is_signed(request, &new), "{request:?}");
    let past = "UPDATE writ.webhook_endpoints SET previous_until = now()";
    sqlx::query(past).execute(&delivery.database.pool).await.unwrap();
    delivery.publish(&ORDER_CREATED).await;
    receiver.wait_for(2).await;
    let request = &receiver.requests()[1];
    assert!(!is_signed(request, &old) && is_signed(request, &new), "{request:?}");
    assert_eq!(delivery.webhooks.rotate_secret(Uuid::now_v7()).await.unwrap(), None);
}

#[tokio::test]
async fn an_event_is_ignored_while_no_enabled_endpoint_receives_its_type() {
    let delivery = start(1).await;
    let consumer = delivery.webhooks.consumer();
    let ignored =
        async || [consumer.ignores(&event(&ORDER_CREATED)).await, consumer.ignores(&event(&ORDER_PAID)).await];
    assert_eq!(ignored().await, [true, true]);
    let url = "https://hooks.example/".to_owned();
    let new = NewEndpoint { url: url.clone(), event_types: vec!["order.paid".to_owned()], ..NewEndpoint::default() };
    delivery.webhooks.register(&new).await.unwrap();
    assert_eq!(ignored().await, [true, false]);
    let (endpoint, _) = delivery.register(&url).await;
    assert_eq!(ignored().await, [false, false]);
    delivery.webhooks.set_enabled(endpoint.id, false).await.unwrap();
    assert_eq!(ignored().await, [true, false]);
    delivery.database.pool.close().await;
    assert_eq!(ignored().await, [false, false]);
}

#[tokio::test]
async fn the_number_of_endpoints_is_limited_also_for_concurrent_requests() {
    let delivery = start(1).await;
    let register = || async {
        let url = "https://hooks.example/".to_owned();
        delivery.webhooks.register(&NewEndpoint { url, ..NewEndpoint::default() }).await
    };
    let all = futures_util::future::join_all((0..MAX_ENDPOINTS + 10).map(|_| register())).await;
    let refused = all.iter().filter(|result| matches!(result, Err(EndpointError::TooMany))).count();
    assert_eq!(refused, 10);
    let endpoints = delivery.webhooks.endpoints().await.unwrap();
    assert_eq!(endpoints.len(), MAX_ENDPOINTS);
    assert!(delivery.webhooks.delete(endpoints[0].id).await.unwrap());
    assert!(!delivery.webhooks.delete(endpoints[0].id).await.unwrap());
    assert_eq!(delivery.webhooks.endpoint(endpoints[0].id).await.unwrap(), None);
    register().await.unwrap();
}

#[tokio::test]
async fn an_endpoint_with_invalid_data_is_refused() {
    let delivery = start(1).await;
    let valid = NewEndpoint { url: "https://hooks.example/".to_owned(), ..NewEndpoint::default() };
    let refused = async |new: NewEndpoint| delivery.webhooks.register(&new).await.unwrap_err().to_string();
    let fault = refused(NewEndpoint { url: "ftp://hooks.example".to_owned(), ..valid.clone() }).await;
    assert_eq!(fault, "the URL must begin with https://");
    let fault = refused(NewEndpoint { description: "a".repeat(201), ..valid.clone() }).await;
    assert_eq!(fault, "the description must have at most 200 characters");
    for name in ["order.lost", "session.ended"] {
        let fault = refused(NewEndpoint { event_types: vec![name.to_owned()], ..valid.clone() }).await;
        assert_eq!(fault, format!("there are no events of the type `{name}`"));
    }
}

#[tokio::test]
async fn endpoints_and_due_deliveries_are_measured() {
    let (delivery, dispatcher) = prepare(1, |sender| sender).await;
    let pool = &delivery.database.pool;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(delivery.register("https://hooks.example/").await.0.id);
    }
    delivery.publish(&ORDER_CREATED).await;
    delivery.webhooks.set_enabled(ids[0], false).await.unwrap();
    delivery.webhooks.delete(ids[4]).await.unwrap();
    let mut connection = pool.acquire().await.unwrap();
    endpoint::switch(&mut connection, ids[1], false, "the endpoint responded with the status 410").await.unwrap();
    measure::measure(pool, &dispatcher.metrics).await.unwrap();
    let text = dispatcher.metrics.render().unwrap();
    for line in [
        r#"writ_webhook_endpoints{service_name="unknown_service",state="enabled"} 2"#,
        r#"writ_webhook_endpoints{service_name="unknown_service",state="disabled"} 1"#,
        r#"writ_webhook_endpoints{service_name="unknown_service",state="failed"} 1"#,
        r#"writ_webhook_backlog{service_name="unknown_service"} 2"#,
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}
