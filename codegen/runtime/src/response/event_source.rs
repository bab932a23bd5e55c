//! Reading server-sent events (WHATWG HTML § 9.2.6) one by one, in a server's requests and a client's responses.

use std::borrow::Cow;

use axum::body::Body;
use futures_util::Stream;
use futures_util::stream::unfold;

use crate::json::{Reader, TextValue};
use crate::response::lines::{Fault, Lines, Read, read_all, value};
use crate::response::stream::Event;
use crate::validate::violation::InputLocation;

/// The treatment of an event at the end of a body that no empty line completes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LastEvent {
    /// The event is discarded, since the connection may have been lost (WHATWG HTML § 9.2.6).
    #[cfg(feature = "client")]
    Discarded,
    /// The event is complete, since the framing of a request shows the end of its body (RFC 9112 § 8).
    Complete,
}

/// Returns the stream of typed events in a body of server-sent events. `read` reads the data of an event, or
/// the complete event if the schema describes it (`described`).
pub(crate) fn events<T: 'static>(
    body: Body,
    limit: usize,
    (last, described): (LastEvent, bool),
    read: Read<T>,
) -> impl Stream<Item = Result<Event<T>, Fault>> + Send {
    unfold(Some(Lines::new(body, limit)), move |lines| async move {
        let mut lines = lines?;
        match event(&mut lines, last).await {
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

/// Returns the next server-sent event that has data.
async fn event(lines: &mut Lines, last: LastEvent) -> Result<Option<Event>, Fault> {
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
                    if data.len() > lines.limit {
                        return Err(Fault::TooLong(lines.limit));
                    }
                }
            },
            "event" => event.event = Some(value.to_owned()),
            "id" => event.id = Some(value.to_owned()),
            "retry" => event.retry = value.parse().ok(),
            // Comments and unknown fields of an event stream are ignored.
            _ => {}
        }
    }
    let complete = data.filter(|_| last == LastEvent::Complete);
    Ok(complete.map(|data| Event { data, ..event }))
}

/// Reads a value that describes a complete server-sent event. Its schema decides if the data is text or JSON.
///
/// All fields of an event are text (WHATWG HTML § 9.2.6), so numbers and booleans are read from text too.
fn described_event<T>(event: &Event, read: Read<T>) -> Result<T, Fault> {
    let text = |data| read_all(Reader::text(fields(event, data), InputLocation::Body, ""), read);
    let plain = || text(TextValue::Scalar(Cow::Borrowed(event.data.as_str())));
    let json = || read_all(Reader::json(&object(event)), read);
    match serde_json::from_str::<serde_json::Value>(&event.data) {
        Ok(data @ (serde_json::Value::Array(_) | serde_json::Value::Object(_))) => json()
            .or_else(|wrong| text(TextValue::from_json(data)).map_err(|_| wrong))
            .or_else(|wrong| plain().map_err(|_| wrong)),
        Ok(_) => plain().or_else(|wrong| json().map_err(|_| wrong)),
        Err(_) => plain(),
    }
}

/// Returns a server-sent event with JSON as its data as a JSON object.
fn object(event: &Event) -> Vec<u8> {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let mut json = format!("{{\"data\":{}", event.data);
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

/// Returns the fields of a server-sent event as text, with other data.
fn fields<'a>(event: &'a Event, data: TextValue<'a>) -> TextValue<'a> {
    let scalar = |text: &'a str| TextValue::Scalar(Cow::Borrowed(text));
    let mut all: Vec<(Cow<'a, str>, TextValue<'a>)> = vec![("data".into(), data)];
    all.extend(event.event.as_deref().map(|text| ("event".into(), scalar(text))));
    all.extend(event.id.as_deref().map(|text| ("id".into(), scalar(text))));
    all.extend(event.retry.map(|time| ("retry".into(), TextValue::Scalar(Cow::Owned(time.to_string())))));
    TextValue::Map(all)
}

#[cfg(all(test, feature = "client"))]
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
        let found: Vec<_> =
            events(body, 1000, (LastEvent::Discarded, false), i64::read).map(|event| event.unwrap()).collect().await;
        let first = Event { id: Some("7".into()), ..Event::from(1) };
        let second = Event { event: Some("x".into()), retry: Some(5), ..Event::from(2) };
        assert_eq!(found, [first, second]);
    }

    #[tokio::test]
    async fn an_endless_event_ends_with_an_error() {
        let endless = Body::from_stream(stream::repeat_with(|| Ok::<_, std::io::Error>("data: 12345\n")));
        let mut events = Box::pin(events(endless, 100, (LastEvent::Discarded, false), i64::read));
        assert!(matches!(events.next().await, Some(Err(Fault::TooLong(100)))));
    }

    #[tokio::test]
    async fn the_data_of_a_described_event_is_text_or_json() {
        let read: Read<serde_json::Value> = |r| r.any();
        let sent = "event: a\ndata: {\"x\": 1}\n\ndata: not json\nid: 7\nretry: 5\n\n";
        let found: Vec<_> = events(body(&[sent]), 1000, (LastEvent::Complete, true), read)
            .map(|event| event.unwrap().data)
            .collect()
            .await;
        let first = serde_json::json!({ "data": { "x": 1 }, "event": "a" });
        assert_eq!(found, [first, serde_json::json!({ "data": "not json", "id": "7", "retry": "5" })]);
        let id: Read<Vec<i64>> =
            |r| r.map(&crate::MapRule::NONE, i64::read).map(|fields| fields.into_values().collect());
        let found: Vec<_> = events(body(&["id: 3\ndata: 4"]), 1000, (LastEvent::Complete, true), id).collect().await;
        assert_eq!(found[0].as_ref().unwrap().data, [4, 3]);
    }
}
