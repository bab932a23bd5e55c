//! Scenarios with webhooks and callbacks, which are sent to a receiver over HTTP.

use std::sync::{Arc, Mutex};

use outgoing::callbacks::{Callbacks, ON_EVENT_URL, OnEventError, OnEventRequest, RenewEventRequest};
use outgoing::callbacks::{ReportBody, ReportPart, ReportRequest};
use outgoing::webhooks::{ArchivedPart, ArchivedRequest};
use outgoing::webhooks::{OrderShippedError, OrderShippedRequest, OrderShippedResponse, Webhooks};
use outgoing::{ArchivedKind, ArchivedSortItem, Receipt};
use outgoing::{Ended, Event, Line, Made, Order, RenewRequest, SubscribeRequest, SubscriptionInput};
use writ_runtime::client::{Connection, Failure};
use writ_runtime::exports::axum::body::{Body, to_bytes};
use writ_runtime::exports::axum::{self, Router};
use writ_runtime::exports::http::{Request, Response};
use writ_runtime::{FileStream, Parts};

/// A receiver of webhooks. It records each request, and its response depends on the path.
struct Receiver {
    url: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Receiver {
    async fn start() -> Receiver {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests: Arc<Mutex<Vec<String>>> = Arc::default();
        let recorded = Arc::clone(&requests);
        let router = Router::new().fallback(move |request: Request<Body>| {
            let recorded = Arc::clone(&recorded);
            async move { respond(request, &recorded).await }
        });
        tokio::spawn(async move { axum::serve(listener, router).await });
        Receiver { url, requests }
    }

    /// Returns the description of the last request.
    fn last(&self) -> String {
        self.requests.lock().unwrap().last().cloned().unwrap_or_default()
    }
}

async fn respond(request: Request<Body>, recorded: &Mutex<Vec<String>>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    let header = |name: &str| parts.headers.get(name).map_or("-", |value| value.to_str().unwrap()).to_owned();
    // The boundary differs in each request.
    let media = header("content-type");
    let boundary = media.strip_prefix("multipart/form-data; boundary=").unwrap_or("no boundary");
    let text = String::from_utf8_lossy(&body).replace(boundary, "BOUNDARY");
    let (attempt, signature) = (header("x-attempt"), header("x-signature"));
    let description = format!("{} {} {attempt} {signature} {text}", parts.method, parts.uri);
    recorded.lock().unwrap().push(description);
    let (status, media, body) = match parts.uri.path() {
        "/receipt" => (200, "application/json", r#"{"at": "noon"}"#),
        "/bad" => (200, "application/json", r#"{"at": "NOON"}"#),
        "/gone" => (410, "text/plain", ""),
        "/odd" => (418, "text/plain", "a teapot"),
        "/broken" => (503, "text/html", "<p>"),
        "/event" => (200, "text/plain", ""),
        _ => (204, "text/plain", ""),
    };
    Response::builder().status(status).header("content-type", media).body(Body::from(body)).unwrap()
}

/// Returns an order with an id. The contract declares the id as read-only, and webhooks contain such fields.
fn order() -> Order {
    Order { id: "o-7".to_owned(), total: 1.5 }
}

pub async fn webhooks_and_callbacks_are_typed_calls() {
    let receiver = Receiver::start().await;
    let at = |path: &str| format!("{}{path}", receiver.url);
    let connection = Connection::anywhere().unwrap().credential("signature", "signed");
    let webhooks = Webhooks::new(connection.clone());
    let shipped =
        OrderShippedRequest { x_attempt: 2, tags: Some(vec!["a".to_owned(), "b c".to_owned()]), body: order() };
    let receipt = webhooks.order_shipped(&at("/receipt?key=1"), &shipped).await.unwrap();
    assert!(matches!(&receipt, OrderShippedResponse::Ok { body } if body.at == "noon"), "{receipt:?}");
    assert_eq!(receiver.last(), r#"POST /receipt?key=1&tags=a,b%20c 2 signed {"id":"o-7","total":1.5}"#);
    let noted = webhooks.order_shipped(&at("/"), &OrderShippedRequest { tags: None, ..shipped.clone() }).await;
    assert!(matches!(noted, Ok(OrderShippedResponse::NoContent)), "{noted:?}");
    match webhooks.order_shipped(&at("/gone"), &shipped).await {
        Err(Failure::Refused(OrderShippedError::Gone(gone), _)) => assert_eq!(gone.problem().status.as_u16(), 410),
        other => panic!("{other:?}"),
    }
    match webhooks.order_shipped(&at("/odd"), &shipped).await {
        Err(Failure::Refused(OrderShippedError::Status4xx(status, text), _)) => {
            assert_eq!((status.get().as_u16(), text.as_str()), (418, "a teapot"));
        }
        other => panic!("{other:?}"),
    }
    let broken = webhooks.order_shipped(&at("/broken"), &shipped).await.unwrap_err();
    assert!(matches!(&broken, Failure::Unexpected(received) if received.status == 503), "{broken}");
    let invalid = webhooks.order_shipped(&at("/bad"), &shipped).await.unwrap_err();
    assert!(invalid.to_string().contains("at must match"), "{invalid}");
    for url in ["", "/relative", "nonsense", "http://"] {
        let unsent = webhooks.order_shipped(url, &shipped).await.unwrap_err();
        assert!(matches!(unsent, Failure::Unsent(_)), "{url}: {unsent}");
    }
    // This webhook has the name of an operation, and two methods.
    webhooks.subscribe_get(&at("/ping")).await.unwrap();
    assert_eq!(receiver.last(), "GET /ping - - ");
    webhooks.subscribe_delete(&at("/ping")).await.unwrap();

    let callbacks = Callbacks::new(connection);
    let subscription = SubscriptionInput { callback_url: at("/event"), secret: None };
    let request = SubscribeRequest { on: Some("orders/&".to_owned()), body: subscription.clone() };
    let url = callbacks.on_event_url(&request).unwrap();
    assert_eq!(
        (url.as_str(), ON_EVENT_URL),
        (format!("{}?on=orders/&", at("/event")).as_str(), "{$request.body#/callbackUrl}?on={$request.query.on}")
    );
    let event = Event::Made(Made { order: order() });
    callbacks.on_event(&at("/event"), &OnEventRequest { body: event.clone() }).await.unwrap();
    assert_eq!(receiver.last(), r#"POST /event - - {"kind":"made","order":{"id":"o-7","total":1.5}}"#);
    let refused = callbacks.on_event(&at("/broken"), &OnEventRequest { body: event }).await.unwrap_err();
    assert!(matches!(refused.refusal(), Some(OnEventError::Unexpected(_))), "{refused}");
    // Another operation has this callback, but its request lacks the query parameter of the URL.
    let renew = RenewRequest { id: "1".to_owned(), body: subscription };
    assert_eq!(callbacks.renew_event_url(&renew), None);
    let ended = RenewEventRequest { body: Event::Ended(Ended { reason: None }) };
    callbacks.renew_event(&at("/event"), &ended).await.unwrap();
    assert_eq!(receiver.last(), r#"POST /event - - {"kind":"ended"}"#);
    callbacks.subscription_gone(&at("/x/gone")).await.unwrap();
}

pub async fn forms_of_webhooks_and_callbacks_are_sent() {
    let receiver = Receiver::start().await;
    let at = |path: &str| format!("{}{path}", receiver.url);
    let connection = Connection::anywhere().unwrap();
    let webhooks = Webhooks::new(connection.clone());
    let archived = |parts: Vec<ArchivedPart>| ArchivedRequest {
        sort: Some(vec![ArchivedSortItem::MinusAt]),
        body: Parts::of(parts),
    };
    let file = FileStream::of("a,b").named("d.csv").with_header("X-Taken-At", "2024-02-29");
    let parts = vec![
        ArchivedPart::Name("day".to_owned()),
        ArchivedPart::Kind(ArchivedKind::Final),
        ArchivedPart::Order(order()),
        ArchivedPart::Even(3),
        ArchivedPart::Lines(Line { text: "one".to_owned(), id: Some(1) }),
        ArchivedPart::Lines(Line { text: "two".to_owned(), id: None }),
        ArchivedPart::File(file),
        ArchivedPart::Additional("more".to_owned(), FileStream::of("\u{e9}").typed("text/plain")),
    ];
    webhooks.archived(&at("/archived"), archived(parts)).await.unwrap();
    let part = |head: &str, content: &str| {
        format!("--BOUNDARY\r\nContent-Disposition: form-data; {head}\r\n\r\n{content}\r\n")
    };
    let json = "\r\nContent-Type: application/json";
    let expected = [
        "POST /archived?sort=-at - - ".to_owned(),
        part("name=\"name\"", "day"),
        part("name=\"kind\"", "final"),
        part(&format!("name=\"order\"{json}"), r#"{"id":"o-7","total":1.5}"#),
        part("name=\"even\"", "3"),
        part(&format!("name=\"lines\"{json}"), r#"{"text":"one","id":1}"#),
        part(&format!("name=\"lines\"{json}"), r#"{"text":"two"}"#),
        part("name=\"file\"; filename=\"d.csv\"\r\nContent-Type: text/csv\r\nX-Taken-At: 2024-02-29", "a,b"),
        part("name=\"more\"; filename=\"more\"\r\nContent-Type: text/plain", "\u{e9}"),
        "--BOUNDARY--\r\n".to_owned(),
    ];
    assert_eq!(receiver.last(), expected.concat());
    let bare = vec![ArchivedPart::File(FileStream::of("a,b"))];
    let unsent = webhooks.archived(&at("/bare"), archived(bare)).await.unwrap_err();
    assert!(unsent.to_string().contains("needs the header `x-taken-at`"), "{unsent}");

    let callbacks = Callbacks::new(connection);
    let receipt = || Receipt { at: "noon".to_owned() };
    for (body, expected) in [
        (None, "PUT /report - - ".to_owned()),
        (Some(ReportBody::Json(receipt())), r#"PUT /report - - {"at":"noon"}"#.to_owned()),
        (
            Some(ReportBody::Multipart(Parts::of([ReportPart::At(receipt())]))),
            format!("PUT /report - - {}--BOUNDARY--\r\n", part(&format!("name=\"at\"{json}"), r#"{"at":"noon"}"#)),
        ),
    ] {
        callbacks.report(&at("/report"), ReportRequest { body }).await.unwrap();
        assert_eq!(receiver.last(), expected);
    }
}
