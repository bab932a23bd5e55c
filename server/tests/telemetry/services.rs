//! A test of the trace of an order: from the gateway through both services to a webhook, with real processes.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use http::HeaderMap;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use server::testing::{ADMIN_PASSWORD, TestDatabase};
use server::{ORDERS, USERS};

use crate::collector::{Collector, Exported, hex};
use crate::envoy::Envoy;
use crate::process::{Process, free_address, program};
use crate::{PARENT, TRACE};

/// The headers of the requests that an endpoint of webhooks has received.
type Received = Arc<Mutex<Vec<HeaderMap>>>;

/// Both services of the sample, each in a process with a database of its own, behind a gateway.
struct Shop {
    users: Process,
    orders: Process,
    gateway: Envoy,
    http: Client,
    _databases: [TestDatabase; 2],
}

impl Shop {
    /// Starts the services, which export their traces to a collector.
    async fn start(collector: &str) -> Shop {
        let databases = [TestDatabase::empty(&USERS).await, TestDatabase::empty(&ORDERS).await];
        let addresses = [free_address(), free_address()];
        let [users, orders] = addresses.map(|address| format!("http://{address}"));
        let keys = format!("orders={orders}/.well-known/jwks.json");
        let prefix = databases[0].url.rsplit('/').next().unwrap();
        let shared = [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector),
            ("WRIT_REDIS_PREFIX", prefix),
            ("WRIT_TRUSTED_PROXIES", "127.0.0.0/8"),
        ];
        let of_users = [("WRIT_TRUSTED_SERVICES", keys.as_str()), ("ADMIN_PASSWORD", ADMIN_PASSWORD)];
        let of_orders = [("WRIT_USERS_URL", users.as_str()), ("WRIT_WEBHOOK_NETWORKS", "127.0.0.1/32")];
        let start = |index: usize, service, settings: &[(&str, &str)]| {
            let mut program = program(&databases[index]);
            program.args(["serve", "--service", service]).envs(shared).envs(settings.iter().copied());
            Process::spawn_at(addresses[index], program)
        };
        let (users, orders) = (start(0, "users", &of_users), start(1, "orders", &of_orders));
        let (users, orders) = (users.ready().await, orders.ready().await);
        let address_of = |service: &str| if service == "orders" { addresses[1] } else { addresses[0] };
        let mut gateway = Envoy::start(address_of, |_| ()).await;
        gateway.wait_for_keys().await;
        Shop { users, orders, gateway, http: Client::new(), _databases: databases }
    }

    /// Returns a `POST` request to the gateway.
    fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        self.http.post(format!("http://{}{path}", self.gateway.address)).json(body)
    }

    /// Returns an access token of the administrator.
    async fn administrator(&self) -> String {
        let login = json!({ "email": "admin@example.com", "password": ADMIN_PASSWORD });
        let tokens = sent(self.post("/v2/auth/login", &login), 200).await;
        tokens["accessToken"].as_str().unwrap().to_owned()
    }
}

/// Sends a request, and returns the body of its response.
async fn sent(request: RequestBuilder, status: u16) -> Value {
    let response = request.send().await.unwrap();
    let found = response.status();
    let body = response.text().await.unwrap();
    assert_eq!(found, status, "{body}");
    serde_json::from_str(&body).unwrap()
}

/// Starts an endpoint that accepts every webhook, and returns its URL.
async fn endpoint() -> (String, Received) {
    async fn receive(State(received): State<Received>, headers: HeaderMap) {
        received.lock().unwrap().push(headers);
    }
    let received = Received::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hooks", listener.local_addr().unwrap());
    let router = Router::new().fallback(receive).with_state(received.clone());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (url, received)
}

/// Returns the first span of a service with a name and a kind, whose parent is `parent`. There are several if a call was
/// repeated, or an event delivered twice.
fn first<'a>(
    spans: &'a [Exported],
    service: &str,
    name: &str,
    kind: SpanKind,
    parent: Option<&Exported>,
) -> &'a Exported {
    let parent = parent.map(|parent| parent.span_id.clone()).unwrap_or_default();
    let is_meant = |span: &&Exported| {
        span.service == service && span.name == name && span.kind() == kind && span.parent_span_id == parent
    };
    let found = spans.iter().filter(is_meant).min_by_key(|span| span.start_time_unix_nano);
    found.unwrap_or_else(|| panic!("no span `{name}` of `{service}` with the parent {}: {spans:#?}", hex(&parent)))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_has_one_trace_from_the_gateway_through_both_services_to_its_webhook() {
    let (collector, url) = Collector::start().await;
    let mut shop = Shop::start(&url).await;
    let token = shop.administrator().await;
    let (hooks, received) = endpoint().await;
    let webhook = json!({ "url": hooks, "eventTypes": ["order.created"] });
    sent(shop.post("/v2/webhooks", &webhook).bearer_auth(&token), 201).await;
    let account = json!({
        "email": "user@example.com", "givenName": "Sample", "familyName": "User", "password": "correct horse battery",
    });
    let user = sent(shop.post("/v2/users", &account), 201).await;

    // For an administrator, the service `orders` asks `users` for the account.
    let orders = format!("/v2/users/{}/orders", user["id"].as_str().unwrap());
    let order = json!({ "items": [{ "sku": "ABC-1", "quantity": 2 }], "currency": "EUR" });
    let place = shop.post(&orders, &order).bearer_auth(&token).header("idempotency-key", "one");
    sent(place.header("traceparent", format!("00-{TRACE}-{PARENT}-01")), 201).await;
    shop.orders.until(async || !received.lock().unwrap().is_empty()).await;
    // The spans that still wait are sent before the processes end.
    for process in [&mut shop.users, &mut shop.orders] {
        assert!(process.end().await.success());
    }

    let spans = collector.spans();
    // The gateway removes the trace context of a stranger, so the service begins the trace.
    let place = first(&spans, "writ-orders", "POST /v2/users/{userId}/orders", SpanKind::Server, None);
    let trace = hex(&place.trace_id);
    assert_ne!(trace, TRACE);
    let spans: Vec<Exported> = spans.iter().filter(|span| span.trace_id == place.trace_id).cloned().collect();
    let call = first(&spans, "writ-orders", "GET /v2/users/{userId}", SpanKind::Client, Some(place));
    first(&spans, "writ-users", "GET /v2/users/{userId}", SpanKind::Server, Some(call));
    let created = first(&spans, "writ-orders", "create order.created", SpanKind::Producer, Some(place));
    let consumed = first(&spans, "writ-orders", "process order.created", SpanKind::Consumer, Some(created));
    let delivered = first(&spans, "writ-orders", "POST order.created", SpanKind::Client, Some(consumed));
    let received = received.lock().unwrap();
    let trace_parent = format!("00-{trace}-{}-01", hex(&delivered.span_id));
    assert!(received.iter().any(|webhook| webhook["traceparent"] == trace_parent), "{trace_parent}: {received:?}");
    let attributes = format!("{:?}", delivered.attributes);
    for attribute in ["http.request.method", "http.response.status_code", "server.port", "messaging.message.id"] {
        assert!(attributes.contains(attribute), "{attribute}: {attributes}");
    }
    assert!(!attributes.contains("/hooks"), "{attributes}");
}
