//! Bodies that are streams of typed values: server-sent events (WHATWG HTML § 9.2), JSON lines and JSON text
//! sequences (RFC 7464).

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use tokio::time::{Instant, Sleep};

use crate::json::{Conform, Write, Writer};
use crate::response::cause::print_cause;
use crate::response::check::ResponseCheck;
use crate::response::lines::Framing;
use crate::response::stream::Event;

type Failure = Box<dyn Error + Send + Sync>;
type Boxed<T> = Pin<Box<dyn Stream<Item = Result<T, Failure>> + Send>>;

/// A body that is a stream of server-sent events whose data the contract describes.
///
/// A handler returns it as the body of a response, and a generated client receives it. In the body of a request, the
/// client sends it and the handler receives it. Each event is written when the stream yields it. An error in the stream is logged and closes the connection, because the status
/// code has already been sent.
///
/// # Examples
///
/// A handler sends values as events:
///
/// ```
/// use futures_util::{StreamExt, stream};
/// use writ_runtime::{Event, EventStream};
///
/// fn progress() -> EventStream<i64> {
///     let values = stream::iter([10_i64, 50, 100].map(Ok::<_, std::io::Error>));
///     EventStream::new(values)
/// }
///
/// fn numbered() -> EventStream<i64> {
///     let events = stream::iter(0..3).map(|n| {
///         Ok::<_, std::io::Error>(Event { id: Some(n.to_string()), ..Event::from(n) })
///     });
///     EventStream::new(events)
/// }
/// # let _ = (progress(), numbered());
/// ```
///
/// A client receives them:
///
/// ```
/// use writ_runtime::EventStream;
///
/// async fn last(mut events: EventStream<i64>) -> Result<Option<i64>, Box<dyn std::error::Error + Send + Sync>> {
///     let mut last = None;
///     while let Some(event) = events.next().await {
///         last = Some(event?.data);
///     }
///     Ok(last)
/// }
/// # let values = futures_util::stream::iter([Ok::<_, std::io::Error>(1_i64), Ok(2)]);
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # assert_eq!(runtime.block_on(last(EventStream::new(values))).unwrap(), Some(2));
/// ```
pub struct EventStream<T> {
    events: Boxed<Event<T>>,
    keep_alive: Duration,
}

/// A body that is a stream of JSON values, one per line or per record of a JSON text sequence
/// (`application/json-seq`, RFC 7464).
///
/// A handler returns it as the body of a response, and a generated client receives it. In the body of a request, the
/// client sends it and the handler receives it. Each value is written when the stream yields it.
///
/// # Examples
///
/// ```
/// use futures_util::stream;
/// use writ_runtime::JsonLines;
///
/// fn export() -> JsonLines<String> {
///     let rows = ["first", "second"].map(|row| Ok::<_, std::io::Error>(row.to_owned()));
///     JsonLines::new(stream::iter(rows))
/// }
/// # let _ = export();
/// ```
///
/// A handler reads the items of a request one by one:
///
/// ```
/// use writ_runtime::{JsonLines, StreamError};
///
/// async fn total(mut items: JsonLines<i64>) -> Result<i64, StreamError> {
///     let mut total = 0;
///     while let Some(item) = items.next().await {
///         total += item?;
///     }
///     Ok(total)
/// }
/// # let items = futures_util::stream::iter([Ok::<_, std::io::Error>(1_i64), Ok(2)]);
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # assert_eq!(runtime.block_on(total(JsonLines::new(items))).unwrap(), 3);
/// ```
pub struct JsonLines<T> {
    lines: Boxed<T>,
}

/// The error of a stream of items that cannot be read further, or of an item that does not match the contract.
///
/// If a handler returns the error of a request body with `?`, the caller receives 400, 413 or 422 with the index of
/// the item and the exact reason, and not 500.
#[derive(Debug)]
pub struct StreamError(Failure);

impl fmt::Display for StreamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for StreamError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}

impl<T: 'static> EventStream<T> {
    /// Creates a stream of server-sent events from a stream of values, or of events with an id or a name.
    pub fn new<I, E>(stream: impl Stream<Item = Result<I, E>> + Send + 'static) -> EventStream<T>
    where
        I: Into<Event<T>>,
        E: Into<Failure>,
    {
        let events = stream.map(|event| event.map(Into::into).map_err(Into::into));
        EventStream { events: Box::pin(events), keep_alive: Duration::from_secs(15) }
    }

    /// Sets the interval of the keep-alive comments in a stream of server-sent events, 15 s by default.
    ///
    /// A comment is sent if no event is sent for that time, so that proxies do not close an idle connection.
    pub fn keep_alive(self, every: Duration) -> EventStream<T> {
        EventStream { keep_alive: every, ..self }
    }

    /// Returns the next server-sent event, or `None` at the end of the stream.
    ///
    /// # Errors
    ///
    /// Returns an error item if the connection is lost, or if a line exceeds the size limit or the data does not match
    /// the contract. A stream that was created with [`EventStream::new`] returns the errors of its
    /// source.
    pub async fn next(&mut self) -> Option<Result<Event<T>, StreamError>> {
        StreamExt::next(self).await
    }
}

impl<T: Write + 'static> EventStream<T> {
    /// Returns the stream with a check of each event's data against the contract, if the response is checked. A breach
    /// ends the stream with an error, unless it is only logged.
    pub fn checked<R>(self, check: &ResponseCheck, rule: R) -> EventStream<T>
    where
        T: Conform<R>,
        R: Send + 'static,
    {
        let Some(check) = check.clone().active() else { return self };
        let events = self.events.map(move |event| {
            let event = event?;
            check.examine(None, None, &|checker| checker.check(&event.data, &rule))?;
            Ok(event)
        });
        EventStream { events: Box::pin(events), ..self }
    }

    /// Returns the body of the stream. If the schema describes complete events (`described`), the
    /// fields of each value become the fields of an event.
    pub(crate) fn into_body(self, described: bool) -> Body {
        let encode = move |event: Result<Event<T>, Failure>| match event.and_then(with_json_data) {
            Ok(event) => Ok(Bytes::from(if described { from_description(event) } else { event }.encode())),
            Err(cause) => Err(logged(cause)),
        };
        let events: Boxed<Bytes> = Box::pin(self.events.map(encode));
        Body::from_stream(KeepAlive { events, every: self.keep_alive, next: None })
    }
}

impl<T: 'static> JsonLines<T> {
    /// Creates a body from a stream of JSON values.
    pub fn new<E>(stream: impl Stream<Item = Result<T, E>> + Send + 'static) -> JsonLines<T>
    where
        E: Into<Failure>,
    {
        JsonLines { lines: Box::pin(stream.map(|value| value.map_err(Into::into))) }
    }

    /// Returns the next JSON value of the body, or `None` at the end of the stream.
    ///
    /// # Errors
    ///
    /// Returns an error item if the connection is lost, or if a line exceeds the size limit or the value does not match
    /// the contract. A stream that was created with [`JsonLines::new`] returns the errors of its source.
    pub async fn next(&mut self) -> Option<Result<T, StreamError>> {
        StreamExt::next(self).await
    }
}

impl<T: Write + 'static> JsonLines<T> {
    /// Returns the stream with a check of each value against the contract, if the response is checked. A breach ends
    /// the stream with an error, unless it is only logged.
    pub fn checked<R>(self, check: &ResponseCheck, rule: R) -> JsonLines<T>
    where
        T: Conform<R>,
        R: Send + 'static,
    {
        let Some(check) = check.clone().active() else { return self };
        let lines = self.lines.map(move |line| {
            let line = line?;
            check.examine(None, None, &|checker| checker.check(&line, &rule))?;
            Ok(line)
        });
        JsonLines { lines: Box::pin(lines) }
    }

    /// Returns the body of the stream. For `application/json-seq`, a record separator precedes each value.
    pub(crate) fn into_body(self, media_type: &str) -> Body {
        let sequence = Framing::of(media_type) == Framing::Records;
        let encode = move |line: Result<T, Failure>| match line.and_then(|line| text(&line)) {
            Ok(line) => {
                let mut framed = Vec::with_capacity(line.len() + 2);
                framed.extend(sequence.then_some(0x1e));
                framed.extend(line.as_bytes());
                framed.push(b'\n');
                Ok(Bytes::from(framed))
            }
            Err(cause) => Err(logged(cause)),
        };
        Body::from_stream(self.lines.map(encode))
    }
}

impl<T> Stream for EventStream<T> {
    type Item = Result<Event<T>, StreamError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().events.as_mut().poll_next(cx).map_err(StreamError)
    }
}

impl<T> Stream for JsonLines<T> {
    type Item = Result<T, StreamError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().lines.as_mut().poll_next(cx).map_err(StreamError)
    }
}

impl<T> fmt::Debug for EventStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("EventStream").finish()
    }
}

impl<T> fmt::Debug for JsonLines<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("JsonLines").finish()
    }
}

/// A stream of server-sent events that adds a comment whenever no event is sent for a while.
struct KeepAlive {
    events: Boxed<Bytes>,
    every: Duration,
    next: Option<Pin<Box<Sleep>>>,
}

impl Stream for KeepAlive {
    type Item = Result<Bytes, Failure>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        let every = this.every;
        let sleep = this.next.get_or_insert_with(|| Box::pin(tokio::time::sleep(every)));
        let found = this.events.as_mut().poll_next(cx);
        if found.is_ready() {
            sleep.as_mut().reset(Instant::now() + every);
            return found;
        }
        if sleep.as_mut().poll(cx).is_pending() {
            return Poll::Pending;
        }
        sleep.as_mut().reset(Instant::now() + every);
        // Polling the reset timer registers the waker of this task.
        let _ = sleep.as_mut().poll(cx);
        Poll::Ready(Some(Ok(Bytes::from_static(b":\n\n"))))
    }
}

/// Returns a server-sent event with its typed data written as JSON.
fn with_json_data<T: Write>(event: Event<T>) -> Result<Event, Failure> {
    let Event { event, id, retry, data } = event;
    Ok(Event { event, id, retry, data: text(&data)? })
}

fn text(value: &impl Write) -> Result<String, Failure> {
    let mut writer = Writer::new();
    value.write(&mut writer);
    Ok(String::from_utf8_lossy(&writer.finish()?).into_owned())
}

/// Returns the server-sent event that a JSON object describes: `{ "event": …, "id": …, "data": … }`.
fn from_description(event: Event) -> Event {
    let Ok(serde_json::Value::Object(mut fields)) = serde_json::from_str(&event.data) else { return event };
    let plain = |value: serde_json::Value| match value {
        serde_json::Value::String(text) => Some(text),
        serde_json::Value::Null => None,
        other => Some(other.to_string()),
    };
    let mut take = |name: &str| fields.remove(name).and_then(plain);
    Event {
        event: take("event").or(event.event),
        id: take("id").or(event.id),
        retry: take("retry").and_then(|text| text.parse().ok()).or(event.retry),
        data: take("data").unwrap_or_default(),
    }
}

/// Logs the cause of a broken stream. The receiver only notices that the connection closes.
fn logged(cause: Failure) -> Failure {
    tracing::error!(cause = %cause, "a streamed body ended with an error");
    print_cause(&"a streamed body", &cause.to_string());
    cause
}

#[cfg(test)]
mod tests {
    use futures_util::stream;
    use http_body_util::BodyExt;

    use super::*;

    async fn sent(body: Body) -> String {
        String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap()
    }

    #[tokio::test]
    async fn an_event_stream_writes_values_and_events() {
        let values = stream::iter([Ok::<_, std::io::Error>(1_i64), Ok(2)]);
        assert_eq!(sent(EventStream::new(values).into_body(false)).await, "data: 1\n\ndata: 2\n\n");
        let event = Event { id: Some("7".into()), ..Event::from("a\nb".to_owned()) };
        let events = stream::iter([Ok::<_, std::io::Error>(event)]);
        assert_eq!(sent(EventStream::<String>::new(events).into_body(false)).await, "id: 7\ndata: \"a\\nb\"\n\n");
    }

    #[tokio::test]
    async fn described_events_become_the_fields_of_an_event() {
        let value = serde_json::json!({ "event": "made", "id": 7, "data": { "a": 1 } });
        let values = stream::iter([Ok::<_, std::io::Error>(value)]);
        let body = EventStream::new(values).into_body(true);
        assert_eq!(sent(body).await, "event: made\nid: 7\ndata: {\"a\":1}\n\n");
    }

    #[tokio::test(start_paused = true)]
    async fn an_idle_stream_sends_keep_alive_comments() {
        let slow = stream::once(async {
            tokio::time::sleep(Duration::from_secs(25)).await;
            Ok::<_, std::io::Error>(1_i64)
        });
        let body = EventStream::new(slow).keep_alive(Duration::from_secs(10)).into_body(false);
        assert_eq!(sent(body).await, ":\n\n:\n\ndata: 1\n\n");
    }

    #[tokio::test]
    async fn json_lines_are_framed_by_their_media_type() {
        let lines = || JsonLines::new(stream::iter([Ok::<_, std::io::Error>(1_i64), Ok(2)]));
        assert_eq!(sent(lines().into_body("application/jsonl")).await, "1\n2\n");
        assert_eq!(sent(lines().into_body("application/json-seq")).await, "\u{1e}1\n\u{1e}2\n");
        let broken = JsonLines::new(stream::iter([Ok(1_i64), Err(std::io::Error::other("gone"))]));
        assert!(broken.into_body("application/jsonl").collect().await.is_err());
    }

    #[test]
    fn the_error_of_a_stream_is_shown_as_its_cause() {
        let cause = super::super::unavailable::Unavailable::retry_after(Duration::from_secs(5)).because("full");
        let error = StreamError(Box::new(cause));
        assert_eq!(error.to_string(), "temporarily unavailable; try again in 5 s");
        assert_eq!(error.source().map(ToString::to_string).as_deref(), Some("full"));
        assert!(StreamError("plain".into()).source().is_none());
    }

    #[test]
    fn a_stream_is_named_for_a_log() {
        let numbers = || stream::iter([Ok::<_, std::io::Error>(1_i64)]);
        assert_eq!(format!("{:?}", EventStream::<i64>::new(numbers())), "EventStream");
        assert_eq!(format!("{:?}", JsonLines::new(numbers())), "JsonLines");
    }
}
