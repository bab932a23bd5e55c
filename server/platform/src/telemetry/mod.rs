//! The telemetry of the process: its log lines, the log line, metrics and trace of each request, and their end.

#[cfg(test)]
pub(crate) mod captured;
#[cfg(any(feature = "calls", feature = "webhooks"))]
mod client;
#[cfg(all(feature = "postgres", feature = "redis"))]
mod event;
mod json;
mod lines;
mod request;
mod settings;
#[cfg(feature = "otlp")]
mod traces;

use std::io::IsTerminal as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tracing_subscriber::fmt::format::JsonFields;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt};

#[cfg(any(feature = "calls", feature = "webhooks"))]
pub(crate) use client::ClientSpan;
#[cfg(all(feature = "postgres", feature = "redis"))]
pub(crate) use event::{Origin, consumption, creation};
pub(crate) use request::inherited;
pub use request::observe;
pub use settings::TraceConfig;

use crate::config::{Config, LogFormat};
use crate::metrics::Metrics;
use lines::Lines;

/// The target of the spans that are exported to a collector. Log lines do not contain them.
pub(crate) const TRACE: &str = "writ::trace";

/// The target of the log line of each request, and of the span that gives the log lines of its handler the request id.
pub(crate) const LINE: &str = "writ::request";

/// The longest time that the end of the process waits until all log lines are written.
const FLUSH: Duration = Duration::from_secs(1);

/// The log lines of the process, for an end that drops no values.
static LINES: OnceLock<Lines> = OnceLock::new();

/// True if the log lines of the process have the id of the request without a span.
static ADDS_REQUEST_IDS: AtomicBool = AtomicBool::new(false);

/// A layer that receives spans and events.
type AnyLayer = Box<dyn Layer<Registry> + Send + Sync>;

/// The running telemetry of the process. Dropping the value writes the log lines and sends the spans that still wait,
/// within a few seconds. That also happens when a panic ends the process.
#[derive(Debug)]
#[must_use = "dropping the value ends the export of spans"]
pub struct Telemetry {
    lines: Lines,
    #[cfg(feature = "otlp")]
    traces: Option<traces::Traces>,
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        #[cfg(feature = "otlp")]
        if let Some(traces) = &self.traces {
            traces.end();
        }
        self.lines.flush(FLUSH);
    }
}

/// Starts to write log lines to standard output, in the configured format, and to export spans if a collector is
/// configured. Panics become log lines too. In a process that already has a subscriber, for example in tests, nothing
/// changes.
pub fn start(config: &Config, metrics: &Arc<Metrics>) -> Telemetry {
    let lines = Lines::on(std::io::stdout(), config.log_buffer);
    let counted = lines.clone();
    metrics.sample(move |metrics| metrics.set_dropped_log_lines(counted.dropped()));
    #[cfg_attr(not(feature = "otlp"), expect(unused_mut, reason = "only spans add layers"))]
    let mut layers = vec![log_layer(config, lines.clone(), shows_colours())];
    #[cfg(feature = "otlp")]
    let traces = config.traces.as_ref().map(|settings| {
        let traces = traces::Traces::start(settings, &config.service_name, metrics);
        layers.extend(traces.layers());
        traces
    });
    if tracing_subscriber::registry().with(layers).try_init().is_ok() {
        std::panic::set_hook(Box::new(log_panic));
        let _ = LINES.set(lines.clone());
        ADDS_REQUEST_IDS.store(config.log_format == LogFormat::Json, Ordering::Relaxed);
    }
    #[cfg(not(feature = "otlp"))]
    if config.traces.is_some() {
        tracing::warn!("a collector is configured, but this program was built without the feature `otlp`");
    }
    Telemetry {
        lines,
        #[cfg(feature = "otlp")]
        traces,
    }
}

/// Writes the log lines that wait, within a second, before the process exits at once.
pub(crate) fn flush() {
    if let Some(lines) = LINES.get() {
        lines.flush(FLUSH);
    }
}

/// Returns true if a person reads the log lines on a terminal and does not object to colours (<https://no-color.org>). In a
/// file, the escape sequences of colours are noise.
fn shows_colours() -> bool {
    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Returns the layer that writes log lines.
fn log_layer(config: &Config, lines: Lines, has_colours: bool) -> AnyLayer {
    let filter = config.log_filter.parse::<EnvFilter>().unwrap_or_default();
    match config.log_format {
        LogFormat::Json => json_layer(lines).with_filter(filter).boxed(),
        LogFormat::Text => fmt::layer().with_writer(lines).with_ansi(has_colours).compact().with_filter(filter).boxed(),
    }
}

/// Returns the layer that writes log lines as JSON.
fn json_layer<S>(lines: Lines) -> impl Layer<S>
where
    S: tracing::Subscriber + for<'a> LookupSpan<'a>,
{
    fmt::layer().with_writer(lines).fmt_fields(JsonFields::new()).event_format(json::JsonLines)
}

/// Logs a panic. The default hook writes to standard error, which blocks the thread while nothing reads it.
fn log_panic(panic: &std::panic::PanicHookInfo<'_>) {
    let location = panic.location().map(tracing::field::display);
    let message = panic.payload_as_str().unwrap_or("the payload is not text");
    tracing::error!(location, panic = message, "a thread panicked");
}

#[cfg(test)]
mod tests {
    use super::captured::Captured;
    use super::*;

    #[test]
    fn a_panic_is_logged_with_its_message_and_its_place() {
        let lines = Captured::default();
        let subscriber = tracing_subscriber::fmt().json().flatten_event(true).with_writer(lines.clone()).finish();
        let previous = std::panic::take_hook();
        std::panic::set_hook(Box::new(log_panic));
        let panicked =
            tracing::subscriber::with_default(subscriber, || std::panic::catch_unwind(|| panic!("the roof leaks")));
        std::panic::set_hook(previous);
        assert!(panicked.is_err());
        let line: serde_json::Value = serde_json::from_str(&lines.text()).unwrap();
        assert_eq!((&line["message"], &line["panic"]), (&"a thread panicked".into(), &"the roof leaks".into()));
        assert!(line["location"].as_str().unwrap().contains("telemetry/mod.rs:"), "{line}");
    }
}
