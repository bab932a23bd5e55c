//! A collector of traces, which keeps the spans that it receives.

use std::ops::Deref;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;

/// A collector that keeps the spans which it receives.
#[derive(Clone, Default)]
pub struct Collector(Arc<Mutex<Vec<Exported>>>);

/// A span with the service that has exported it.
#[derive(Debug, Clone)]
pub struct Exported {
    pub service: String,
    span: Span,
}

impl Deref for Exported {
    type Target = Span;

    fn deref(&self) -> &Span {
        &self.span
    }
}

impl Collector {
    /// Starts a collector. Returns its URL.
    pub async fn start() -> (Collector, String) {
        let collector = Collector::default();
        let app = Router::new().route("/v1/traces", post(receive)).with_state(collector.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        (collector, url)
    }

    pub fn spans(&self) -> Vec<Exported> {
        self.0.lock().unwrap().clone()
    }
}

async fn receive(State(collector): State<Collector>, body: Bytes) {
    let request = ExportTraceServiceRequest::decode(body).unwrap();
    let exported = request.resource_spans.into_iter().flat_map(|resource| {
        let service = service_name(&resource.resource.unwrap());
        let spans = resource.scope_spans.into_iter().flat_map(|scope| scope.spans);
        spans.map(move |span| Exported { service: service.clone(), span })
    });
    collector.0.lock().unwrap().extend(exported);
}

/// Returns the name of the service that has exported spans.
fn service_name(resource: &Resource) -> String {
    let name = resource.attributes.iter().find(|attribute| attribute.key == "service.name");
    match name.and_then(|name| name.value.clone()?.value) {
        Some(Value::StringValue(name)) => name,
        other => panic!("a resource has the service name {other:?}"),
    }
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
