//! Reading streamed bodies item by item: server-sent events (WHATWG HTML § 9.2.6), JSON lines and JSON text sequences.
//!
//! A server reads requests with it, and a client reads responses.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use axum::body::Body;
use bytes::BytesMut;
use futures_util::Stream;
use futures_util::stream::unfold;
use http_body_util::BodyExt;

use crate::json::{Count, Reader, TextValue};
use crate::response::stream::Event;
use crate::validate::violation::InputLocation;
use crate::validate::violation::Violations;

type Read<T> = fn(&mut Reader<'_>) -> Option<T>;

/// The reason why an item of a streamed body cannot be read.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The body cannot be received further.
    Body(axum::Error),
    /// A line of the body exceeds the size limit of an item, in bytes.
    TooLong(usize),
    /// A line of the body is not UTF-8.
    Encoding,
    /// The item does not match the contract.
    Invalid(Violations),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Body(cause) => cause.fmt(f),
            Fault::TooLong(limit) => write!(f, "an item of the stream has more than {}", Count(*limit, "byte")),
            Fault::Encoding => f.write_str("an item of the stream is not UTF-8"),
            Fault::Invalid(violations) => f.write_str(&describe(violations)),
        }
    }
}

impl Error for Fault {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Fault::Body(cause) => Some(cause),
            _ => None,
        }
    }
}

/// A reader of the lines of a streamed body.
struct Lines {
    body: Body,
    buffer: BytesMut,
    /// The length of the prefix of the buffered body that is known to contain no line break.
    scanned: usize,
    limit: usize,
    ended: bool,
}

impl Lines {
    fn new(body: Body, limit: usize) -> Lines {
        Lines { body, buffer: BytesMut::new(), scanned: 0, limit, ended: false }
    }

    /// Returns the next line of the body without its line break: `\n`, `\r\n` or `\r`.
    async fn next(&mut self) -> Result<Option<String>, Fault> {
        loop {
            let end = self.buffer[self.scanned..].iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            if let Some(end) = end.map(|end| end + self.scanned) {
                // A `\n` may still follow a `\r` at the end of the buffer.
                if self.buffer[end] == b'\n' || end + 1 < self.buffer.len() || self.ended {
                    let mut line = self.buffer.split_to(end + 1);
                    if line[end] == b'\r' && self.buffer.first() == Some(&b'\n') {
                        let _ = self.buffer.split_to(1);
                    }
                    line.truncate(end);
                    self.scanned = 0;
                    return Ok(Some(text(&line)?));
                }
                self.scanned = end;
            } else {
                self.scanned = self.buffer.len();
            }
            if self.ended {
                let rest = std::mem::take(&mut self.buffer);
                self.scanned = 0;
                return Ok(if rest.is_empty() { None } else { Some(text(&rest)?) });
            }
            match self.body.frame().await {
                Some(frame) => {
                    let frame = frame.map_err(Fault::Body)?;
                    self.buffer.extend_from_slice(&frame.into_data().unwrap_or_default());
                },
                None => self.ended = true,
            }
            if self.buffer.len() > self.limit {
                return Err(Fault::TooLong(self.limit));
            }
        }
    }
}

fn text(line: &[u8]) -> Result<String, Fault> {
    std::str::from_utf8(line).map(str::to_owned).map_err(|_| Fault::Encoding)
}

/// Returns the stream of values in a body of JSON lines or in a JSON text sequence. The record separators of a
/// sequence count as white space.
pub(crate) fn values<T: 'static>(
    body: Body,
    limit: usize,
    read: Read<T>,
) -> impl Stream<Item = Result<T, Fault>> + Send {
    unfold(Some(Lines::new(body, limit)), move |lines| async move {
        let mut lines = lines?;
        loop {
            match lines.next().await {
                Ok(None) => return None,
                Ok(Some(line)) => {
                    let line = line.trim_matches(['\u{1e}', ' ', '\t']);
                    if !line.is_empty() {
                        return Some((value(line, read), Some(lines)));
                    }
                }
                Err(error) => return Some((Err(error), None)),
            }
        }
    })
}

/// Returns the stream of typed events in a body of server-sent events. `read` reads the data of an event, or
/// the complete event if the schema describes it (`described`).
pub(crate) fn events<T: 'static>(
    body: Body,
    limit: usize,
    described: bool,
    read: Read<T>,
) -> impl Stream<Item = Result<Event<T>, Fault>> + Send {
    unfold(Some(Lines::new(body, limit)), move |lines| async move {
        let mut lines = lines?;
        match event(&mut lines).await {
            Ok(None) => None,
            Ok(Some(event)) => {
                let data = if described { described_event(&event, read) } else { value(&event.data, read) };
                let Event { event, id, retry, .. } = event;
                Some((data.map(|data| Event { event, id, retry, data }), Some(lines)))
            }
            Err(error) => Some((Err(error), None)),
        }
    })
}

/// Returns the next server-sent event that has data. An event that the end of the stream cuts off is discarded.
async fn event(lines: &mut Lines) -> Result<Option<Event>, Fault> {
    let mut event = Event::default();
    let mut data: Option<String> = None;
    while let Some(line) = lines.next().await? {
        if line.is_empty() {
            if let Some(data) = data.take() {
                return Ok(Some(Event { data, ..event }));
            }
            event = Event::default();
            continue;
        }
        let (name, value) = line.split_once(':').unwrap_or((&line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "data" => match &mut data {
                None => data = Some(value.to_owned()),
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
            },
            "event" => event.event = Some(value.to_owned()),
            "id" => event.id = Some(value.to_owned()),
            "retry" => event.retry = value.parse().ok(),
            // Comments and unknown fields of an event stream are ignored.
            _ => {}
        }
    }
    Ok(None)
}

fn value<T>(json: &str, read: Read<T>) -> Result<T, Fault> {
    read_all(Reader::json(json.as_bytes()), read)
}

/// Reads a value that describes a complete server-sent event. Its schema decides if the data is text or JSON.
fn described_event<T>(event: &Event, read: Read<T>) -> Result<T, Fault> {
    let is_json = serde_json::from_str::<serde_json::Value>(&event.data).is_ok();
    let structured = is_json && event.data.trim_start().starts_with(['[', '{']);
    let typed = is_json.then(|| read_all(Reader::json(&object(event, &event.data)), read));
    let wrong = match typed {
        Some(Ok(value)) => return Ok(value),
        Some(Err(wrong)) => Some(wrong).filter(|_| structured),
        None => None,
    };
    let text = match read_all(Reader::json(&object(event, &quoted(&event.data))), read) {
        Ok(value) => return Ok(value),
        Err(text) => text,
    };
    // The fields of an event are text, so a schema may also read numbers and booleans from them.
    read_all(Reader::text(fields(event), InputLocation::Body, ""), read).map_err(|_| wrong.unwrap_or(text))
}

/// Returns a server-sent event as a JSON object. `data` is the JSON text of its data.
fn object(event: &Event, data: &str) -> Vec<u8> {
    let mut json = format!("{{\"data\":{data}");
    let mut add = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            json.push_str(&format!(",\"{name}\":{value}"));
        }
    };
    add("event", event.event.as_deref().map(quoted));
    add("id", event.id.as_deref().map(quoted));
    add("retry", event.retry.map(|time| time.to_string()));
    json.push('}');
    json.into_bytes()
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Returns the fields of a server-sent event as text.
fn fields(event: &Event) -> TextValue<'_> {
    let scalar = |text: String| TextValue::Scalar(Cow::Owned(text));
    let mut all: Vec<(Cow<'_, str>, TextValue<'_>)> = vec![("data".into(), scalar(event.data.clone()))];
    all.extend(event.event.clone().map(|text| ("event".into(), scalar(text))));
    all.extend(event.id.clone().map(|text| ("id".into(), scalar(text))));
    all.extend(event.retry.map(|time| ("retry".into(), scalar(time.to_string()))));
    TextValue::Map(all)
}

fn read_all<T>(mut reader: Reader<'_>, read: Read<T>) -> Result<T, Fault> {
    let value = read(&mut reader);
    reader.finish();
    let violations = reader.into_violations();
    value.filter(|_| violations.is_empty()).ok_or(Fault::Invalid(violations))
}

fn describe(violations: &Violations) -> String {
    let mut text = "the received value does not match the contract".to_owned();
    for (at, violation) in violations.list.iter().enumerate() {
        let field = if violation.field.is_empty() { "the value" } else { &violation.field };
        text.push_str(if at == 0 { ": " } else { "; " });
        text.push_str(&format!("{field} {}", violation.message));
    }
    text
}

#[cfg(test)]
mod tests {
    use futures_util::{StreamExt, stream};

    use super::*;
    use crate::json::Read as _;

    fn body(pieces: &[&'static str]) -> Body {
        let pieces: Vec<Result<&'static str, std::io::Error>> = pieces.iter().map(|piece| Ok(*piece)).collect();
        Body::from_stream(stream::iter(pieces))
    }

    #[tokio::test]
    async fn events_are_parsed_across_chunk_boundaries() {
        let body = body(&[": hello\n\nid: 7\r", "\nda", "ta: 1\r\rdata: 2\nevent: x\nretry: 5\n\n", "data: 3\n"]);
        let found: Vec<_> = events(body, 1000, false, i64::read).map(|event| event.unwrap()).collect().await;
        let first = Event { id: Some("7".into()), ..Event::from(1) };
        let second = Event { event: Some("x".into()), retry: Some(5), ..Event::from(2) };
        assert_eq!(found, [first, second]);
    }

    #[tokio::test]
    async fn each_line_is_a_value_and_an_invalid_line_is_an_error() {
        let lines: Vec<_> = values(body(&["1\n\u{1e}", "2\n\n\"x\"\n3"]), 1000, i64::read).collect().await;
        let found: Vec<String> = lines
            .into_iter()
            .map(|line| line.map_or_else(|error| error.to_string(), |value| value.to_string()))
            .collect();
        let wrong = "the received value does not match the contract: the value must be an integer, not a string";
        assert_eq!(found, ["1", "2", wrong, "3"]);
    }

    #[tokio::test]
    async fn an_endless_line_ends_with_an_error() {
        let endless = Body::from_stream(stream::repeat_with(|| Ok::<_, std::io::Error>("xxxxxxxxxx")));
        let mut lines = Box::pin(values(endless, 100, i64::read));
        assert_eq!(lines.next().await.unwrap().unwrap_err().to_string(), "an item of the stream has more than 100 bytes");
        assert!(lines.next().await.is_none());
    }
}
