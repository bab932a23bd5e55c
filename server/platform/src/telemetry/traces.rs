//! Traces: a span for each request, and for its calls of the database and of Redis, sent to a collector in OTLP.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry::trace::{Span as _, SpanBuilder, SpanKind, TraceContextExt as _, TracerProvider as _};
use opentelemetry::{Context, KeyValue};
#[cfg(feature = "calls")]
use opentelemetry_http::HeaderInjector;
use opentelemetry_http::{HeaderExtractor, HttpClient, HttpError};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{Sampler, SdkTracer, SdkTracerProvider};
use secrecy::ExposeSecret as _;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer;
use ureq::Agent;

use super::settings::{TraceConfig, header_pairs};
use super::{AnyLayer, LINE, TRACE};
use crate::metrics::Metrics;

/// The target of the events that `sqlx` sends for each statement.
const STATEMENTS: &str = "sqlx::query";

/// The time limit of one export.
const EXPORT_TIMEOUT: Duration = Duration::from_secs(5);

/// The longest time that the end of the process waits for the last export.
const END_TIMEOUT: Duration = Duration::from_secs(5);

/// The longest response of a collector that is read, in bytes.
const MAX_RESPONSE: u64 = 64 * 1024;

/// The export of spans. Spans wait in a bounded queue, and a thread of its own sends them in batches.
#[derive(Debug)]
pub(super) struct Traces(Option<SdkTracerProvider>);

impl Traces {
    /// Starts to export spans.
    pub(super) fn start(config: &TraceConfig, service: &str, metrics: &Arc<Metrics>) -> Traces {
        let headers = config.headers.as_ref().and_then(|headers| header_pairs(headers.expose_secret()));
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Collector::new(metrics.clone()))
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(&config.endpoint)
            .with_timeout(EXPORT_TIMEOUT)
            .with_headers(headers.into_iter().flatten().collect::<HashMap<_, _>>())
            .build();
        let provider = exporter.map(|exporter| {
            SdkTracerProvider::builder()
                .with_batch_exporter(exporter)
                .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(config.rate))))
                .with_resource(Resource::builder().with_service_name(service.to_owned()).build())
                .build()
        });
        Traces(provider.inspect_err(|error| eprintln!("error: traces are not exported: {error}")).ok())
    }

    /// Returns the layers that turn spans, and the events of SQL statements, into spans of traces.
    pub(super) fn layers(&self) -> Vec<AnyLayer> {
        let Some(provider) = &self.0 else { return Vec::new() };
        let tracer = provider.tracer("writ-platform");
        let spans = Targets::new().with_target(TRACE, LevelFilter::DEBUG).with_target(LINE, LevelFilter::OFF);
        let spans = spans.with_default(LevelFilter::WARN);
        let statements = Targets::new().with_target(STATEMENTS, LevelFilter::DEBUG);
        let layer = tracing_opentelemetry::layer().with_tracer(tracer.clone()).with_location(false).with_threads(false);
        vec![layer.with_filter(spans).boxed(), StatementLayer(tracer).with_filter(statements).boxed()]
    }

    /// Sends the spans that wait, and ends the export.
    pub(super) fn end(&self) {
        let Some(provider) = &self.0 else { return };
        if let Err(error) = provider.shutdown_with_timeout(END_TIMEOUT) {
            tracing::warn!(%error, "the last spans were not sent");
        }
    }
}

/// Continues the trace that the headers of a request name, if they name one (W3C Trace Context).
pub(super) fn continue_trace(span: &tracing::Span, headers: &HeaderMap) {
    let parent = TraceContextPropagator::new().extract_with_context(&Context::new(), &HeaderExtractor(headers));
    if parent.span().span_context().is_valid() {
        // The error means that the span is not exported.
        let _ = span.set_parent(parent);
    }
}

/// Adds the trace context of a span to the headers of a request that it sends (W3C Trace Context).
#[cfg(feature = "calls")]
pub(super) fn propagate(span: &tracing::Span, headers: &mut HeaderMap) {
    TraceContextPropagator::new().inject_context(&span.context(), &mut HeaderInjector(headers));
}

/// The name of the trace context of an event, as HTTP has it for requests (W3C Trace Context).
#[cfg(all(feature = "postgres", feature = "redis"))]
const TRACE_PARENT: &str = "traceparent";

/// Returns the trace context of a span. Returns `None` if no trace is exported.
#[cfg(all(feature = "postgres", feature = "redis"))]
pub(super) fn trace_parent(span: &tracing::Span) -> Option<String> {
    let mut fields = HashMap::new();
    TraceContextPropagator::new().inject_context(&span.context(), &mut fields);
    fields.remove(TRACE_PARENT)
}

/// Continues the trace of the request that caused an event. An invalid trace context is ignored.
#[cfg(all(feature = "postgres", feature = "redis"))]
pub(super) fn continue_cause(span: &tracing::Span, trace_parent: &str) {
    let fields = HashMap::from([(TRACE_PARENT.to_owned(), trace_parent.to_owned())]);
    let parent = TraceContextPropagator::new().extract_with_context(&Context::new(), &fields);
    if parent.span().span_context().is_valid() {
        // The error means that the span is not exported.
        let _ = span.set_parent(parent);
    }
}

/// Renames a span that has started. The layer ignores a later value of its field `otel.name`.
pub(super) fn rename(span: &tracing::Span, name: String) {
    span.context().span().update_name(name);
}

/// Returns the id of the trace that a span belongs to. Returns `None` if the span is not exported.
pub(super) fn trace_id(span: &tracing::Span) -> Option<String> {
    let context = span.context();
    let span = context.span();
    span.span_context().is_sampled().then(|| span.span_context().trace_id().to_string())
}

/// The HTTP client of exports. It blocks the thread of the export.
#[derive(Debug)]
struct Collector {
    agent: Agent,
    metrics: Arc<Metrics>,
}

impl Collector {
    fn new(metrics: Arc<Metrics>) -> Collector {
        let config = Agent::config_builder();
        let config = config.max_redirects(0).timeout_global(Some(EXPORT_TIMEOUT)).http_status_as_error(false);
        Collector { agent: config.build().into(), metrics }
    }

    /// Sends a batch of spans. A failure is logged once for each batch.
    fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (parts, body) = request.into_parts();
        let sent = self.agent.run(Request::from_parts(parts, body.to_vec())).and_then(|response| {
            let (parts, mut body) = response.into_parts();
            let body = body.with_config().limit(MAX_RESPONSE).read_to_vec()?;
            Ok(Response::from_parts(parts, Bytes::from(body)))
        });
        let failure = match &sent {
            Ok(response) if response.status().is_success() => None,
            Ok(response) => Some(format!("the collector responded with status {}", response.status())),
            Err(error) => Some(error.to_string()),
        };
        self.metrics.observe_trace_export(failure.is_none());
        if let Some(failure) = failure {
            tracing::warn!(failure, "a batch of spans was not exported");
        }
        Ok(sent?)
    }
}

impl HttpClient for Collector {
    fn send_bytes<'a, 'r>(
        &'a self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'r>>
    where
        'a: 'r,
        Self: 'r,
    {
        Box::pin(async move { self.send(request) })
    }
}

/// The layer that turns the event after each SQL statement into a span with the time of the statement.
struct StatementLayer(SdkTracer);

impl<S: Subscriber> Layer<S> for StatementLayer {
    fn on_event(&self, event: &Event<'_>, _: layer::Context<'_, S>) {
        let parent = Context::current();
        if !parent.span().span_context().is_sampled() {
            return;
        }
        let mut statement = Statement::default();
        event.record(&mut statement);
        let end = SystemTime::now();
        let start = end.checked_sub(Duration::try_from_secs_f64(statement.seconds).unwrap_or_default()).unwrap_or(end);
        let mut span = SpanBuilder::from_name(statement.verb().to_owned())
            .with_kind(SpanKind::Client)
            .with_start_time(start)
            .with_attributes([
                KeyValue::new("db.system.name", "postgresql"),
                KeyValue::new("db.query.text", statement.text().to_owned()),
                KeyValue::new("db.response.returned_rows", statement.rows),
            ])
            .start_with_context(&self.0, &parent);
        span.end_with_timestamp(end);
    }
}

/// The fields of an event of a SQL statement. The text has placeholders and no values.
#[derive(Debug, Default)]
struct Statement {
    summary: String,
    text: String,
    seconds: f64,
    rows: i64,
}

impl Statement {
    /// Returns the SQL text. The event has it only if it is longer than its summary.
    fn text(&self) -> &str {
        let text = self.text.trim();
        if text.is_empty() { &self.summary } else { text }
    }

    /// Returns the first word of the statement.
    fn verb(&self) -> &str {
        self.summary.split_whitespace().next().unwrap_or("statement")
    }
}

impl Visit for Statement {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "summary" => self.summary = value.to_owned(),
            "db.statement" => self.text = value.to_owned(),
            _ => {}
        }
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        if field.name() == "elapsed_secs" {
            self.seconds = value;
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "rows_returned" {
            self.rows = i64::try_from(value).unwrap_or(i64::MAX);
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_traced_with_its_complete_text_under_its_first_word() {
        let of = |summary: &str, text: &str| Statement {
            summary: summary.to_owned(),
            text: text.to_owned(),
            ..Statement::default()
        };
        let short = of("SELECT 1", "");
        assert_eq!((short.verb(), short.text()), ("SELECT", "SELECT 1"));
        let long = of("UPDATE users SET …", "\n\nUPDATE users SET name = $1\nWHERE id = $2\n");
        assert_eq!((long.verb(), long.text()), ("UPDATE", "UPDATE users SET name = $1\nWHERE id = $2"));
        assert_eq!(of("", "").verb(), "statement");
    }

    #[test]
    fn the_event_of_a_statement_is_read_by_the_names_of_its_fields() {
        /// A layer that keeps the statement of each event.
        struct Kept(Arc<std::sync::Mutex<Vec<Statement>>>);

        impl<S: Subscriber> Layer<S> for Kept {
            fn on_event(&self, event: &Event<'_>, _: layer::Context<'_, S>) {
                let mut statement = Statement::default();
                event.record(&mut statement);
                self.0.lock().unwrap().push(statement);
            }
        }

        let kept = Arc::default();
        let subscriber = tracing_subscriber::layer::SubscriberExt::with(
            tracing_subscriber::Registry::default(),
            Kept(Arc::clone(&kept)),
        );
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!(
                summary = "SELECT a …",
                db.statement = "SELECT a FROM b",
                rows_affected = 7_u64,
                rows_returned = 3_u64,
                elapsed = ?Duration::from_millis(250),
                elapsed_secs = 0.25,
                other = "x",
            );
        });
        let kept = kept.lock().unwrap();
        let [Statement { summary, text, seconds, rows }] = &kept[..] else { panic!("{kept:?}") };
        assert_eq!((&**summary, &**text, *seconds, *rows), ("SELECT a …", "SELECT a FROM b", 0.25, 3));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_batch_counts_as_exported_only_if_the_collector_itself_accepts_it() {
        use axum::http::StatusCode;
        use axum::routing::post;

        let moved = (StatusCode::FOUND, [("location", "/accepts")]);
        let app = axum::Router::new()
            .route("/accepts", post(async || StatusCode::ACCEPTED))
            .route("/refuses", post(async || StatusCode::SERVICE_UNAVAILABLE))
            .route("/moved", post(async move || moved));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, app).await });
        let metrics = Arc::new(Metrics::new("museum"));
        let collector = Arc::new(Collector::new(metrics.clone()));
        for (url, status) in [
            (format!("http://{address}/accepts"), Some(202)),
            (format!("http://{address}/refuses"), Some(503)),
            (format!("http://{address}/moved"), Some(302)),
            ("http://127.0.0.1:1/".to_owned(), None),
        ] {
            let (collector, request) =
                (collector.clone(), Request::post(&url).body(Bytes::from_static(b"spans")).unwrap());
            let sent = tokio::task::spawn_blocking(move || collector.send(request)).await.unwrap();
            assert_eq!(sent.ok().map(|response| response.status().as_u16()), status, "{url}");
        }
        let text = metrics.render().unwrap();
        for line in [
            r#"writ_trace_exports_total{service_name="museum",result="ok"} 1"#,
            r#"writ_trace_exports_total{service_name="museum",result="failed"} 3"#,
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
    }
}
