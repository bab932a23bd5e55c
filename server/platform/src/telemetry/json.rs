//! Log lines as JSON, one object for each event.
//!
//! The formatter of `tracing-subscriber` costs several times as much, and needs a span for each request that gives the
//! lines of its handler the request id. This one takes the id from the request that the current task handles.

use std::fmt::{self, Write as _};
use std::io::Write as _;
use std::time::SystemTime;

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields};
use tracing_subscriber::registry::LookupSpan;

use super::request;

/// The size of a usual line in bytes.
const USUAL: usize = 512;

/// The format of log lines as JSON: the time, the level, the fields of the event, its target, and in the field `span` those of
/// the innermost span together with the id of the request.
pub(super) struct JsonLines;

impl<S, N> FormatEvent<S, N> for JsonLines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let mut line = Line(Vec::with_capacity(USUAL));
        line.0.push(b'{');
        line.display("timestamp", humantime::format_rfc3339_micros(SystemTime::now()))?;
        line.text("level", event.metadata().level().as_str());
        event.record(&mut line);
        line.text("target", event.metadata().target());
        let (span, request_id) = (context.lookup_current(), request::current_id());
        if span.is_some() || request_id.is_some() {
            line.name("span");
            line.0.push(b'{');
            if let Some(id) = &request_id {
                line.text("requestId", id.as_str());
            }
            if let Some(span) = &span
                && let Some(fields) = span.extensions().get::<FormattedFields<N>>()
            {
                line.members(&fields.fields);
            }
            line.text("name", span.map_or("request", |span| span.name()));
            line.0.push(b'}');
        }
        line.0.extend_from_slice(b"}\n");
        writer.write_str(std::str::from_utf8(&line.0).map_err(|_| fmt::Error)?)
    }
}

/// A JSON object that is being written.
struct Line(Vec<u8>);

impl Line {
    /// Appends the name of a member.
    fn name(&mut self, name: &str) {
        if !self.0.ends_with(b"{") {
            self.0.push(b',');
        }
        self.string(name);
        self.0.push(b':');
    }

    /// Appends a member with a text.
    fn text(&mut self, name: &str, text: &str) {
        self.name(name);
        self.string(text);
    }

    /// Appends a member with the text of a value.
    fn display(&mut self, name: &str, value: impl fmt::Display) -> fmt::Result {
        self.name(name);
        self.0.push(b'"');
        write!(Escaped(&mut self.0), "{value}")?;
        self.0.push(b'"');
        Ok(())
    }

    /// Appends the members of another object.
    fn members(&mut self, object: &str) {
        let members = object.trim().trim_start_matches('{').trim_end_matches('}');
        if !members.is_empty() {
            if !self.0.ends_with(b"{") {
                self.0.push(b',');
            }
            self.0.extend_from_slice(members.as_bytes());
        }
    }

    fn string(&mut self, text: &str) {
        self.0.push(b'"');
        // Writing to a vector does not fail.
        let _ = Escaped(&mut self.0).write_str(text);
        self.0.push(b'"');
    }

    fn number(&mut self, field: &Field, number: impl fmt::Display) {
        self.name(field.name());
        let _ = write!(self.0, "{number}");
    }
}

impl Visit for Line {
    fn record_f64(&mut self, field: &Field, value: f64) {
        match value.is_finite() {
            true => self.number(field, value),
            false => self.number(field, "null"),
        }
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.number(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.number(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.number(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field.name(), value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // A value that cannot be formatted leaves a shorter text.
        let _ = self.display(field.name(), format_args!("{value:?}"));
    }
}

/// A writer that escapes text for a JSON string.
struct Escaped<'a>(&'a mut Vec<u8>);

impl fmt::Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text.as_bytes();
        while let Some(end) = rest.iter().position(|byte| *byte < b' ' || matches!(byte, b'"' | b'\\')) {
            self.0.extend_from_slice(&rest[..end]);
            match rest[end] {
                b'\n' => self.0.extend_from_slice(b"\\n"),
                byte @ (b'"' | b'\\') => self.0.extend_from_slice(&[b'\\', byte]),
                byte => write!(self.0, "\\u{byte:04x}").map_err(|_| fmt::Error)?,
            }
            rest = &rest[end + 1..];
        }
        self.0.extend_from_slice(rest);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use serde_json::{Value, json};
    use tracing_subscriber::Registry;
    use tracing_subscriber::layer::SubscriberExt as _;
    use writ_runtime::RequestId;

    use super::*;
    use crate::telemetry::{json_layer, lines};

    struct Written(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Returns the line of each event of `work`, without its time.
    fn logged(work: impl FnOnce()) -> Vec<Value> {
        let written = Arc::default();
        let lines = lines::Lines::on(Written(Arc::clone(&written)), 1024 * 1024);
        tracing::subscriber::with_default(Registry::default().with(json_layer(lines.clone())), work);
        lines.flush(crate::testing::SOON);
        let text = String::from_utf8(written.lock().unwrap().clone()).unwrap();
        let line = |line| {
            let mut line: Value = serde_json::from_str(line).unwrap();
            let time = line.as_object_mut().unwrap().remove("timestamp").unwrap();
            chrono::DateTime::parse_from_rfc3339(time.as_str().unwrap()).unwrap();
            line
        };
        text.lines().map(line).collect()
    }

    #[test]
    fn a_line_has_the_fields_of_its_event() {
        let lines = logged(|| {
            let cause = "not\u{1} \"found\"\n\\";
            let (share, none, shown) = (0.5, f64::NAN, Some(1));
            tracing::warn!(target: "museum", cause, count = 3, share, none, ok = true, ?shown, "a {}", "ö");
        });
        let expected = json!({
            "level": "WARN", "message": "a ö", "cause": "not\u{1} \"found\"\n\\", "count": 3, "share": 0.5, "none": null,
            "ok": true, "shown": "Some(1)", "target": "museum",
        });
        assert_eq!(lines, [expected]);
    }

    #[test]
    fn a_line_has_the_fields_of_the_innermost_span() {
        let lines = logged(|| {
            let _outer = tracing::info_span!("outer", a = 1).entered();
            let _inner = tracing::info_span!("inner", b = 2).entered();
            tracing::info!("in a span");
            tracing::info_span!("empty").in_scope(|| tracing::info!("in an empty span"));
        });
        assert_eq!(lines[0]["span"], json!({ "name": "inner", "b": 2 }));
        assert_eq!(lines[1]["span"], json!({ "name": "empty" }));
    }

    #[tokio::test]
    async fn a_line_has_the_id_of_the_request_that_the_task_handles() {
        let lines = request::with_request(RequestId::new("r-1"), async {
            logged(|| {
                tracing::info!("in a request");
                tracing::info_span!("inner", b = 2).in_scope(|| tracing::info!("in a span"));
            })
        });
        let lines = lines.await;
        assert_eq!(lines[0]["span"], json!({ "name": "request", "requestId": "r-1" }));
        assert_eq!(lines[1]["span"], json!({ "name": "inner", "requestId": "r-1", "b": 2 }));
    }
}
