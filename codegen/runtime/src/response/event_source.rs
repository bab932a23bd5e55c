//! Reading server-sent events (WHATWG HTML § 9.2.6) one by one, in a server's requests and a client's responses.

use std::borrow::Cow;

use axum::body::Body;
use futures_util::Stream;
use futures_util::stream::unfold;

use crate::json::{Reader, TextValue};
use crate::response::lines::{Fault, Lines, Read, read_all, value};
use crate::response::stream::Event;
use crate::validate::violation::InputLocation;

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
    async fn the_data_of_a_described_event_is_text_or_json() {
        let read: Read<serde_json::Value> = |r| r.any();
        let sent = "event: a\ndata: {\"x\": 1}\n\ndata: not json\nid: 7\nretry: 5\n\n";
        let found: Vec<_> = events(body(&[sent]), 1000, true, read).map(|event| event.unwrap().data).collect().await;
        let first = serde_json::json!({ "data": { "x": 1 }, "event": "a" });
        assert_eq!(found, [first, serde_json::json!({ "data": "not json", "id": "7", "retry": "5" })]);
        let id: Read<Vec<i64>> =
            |r| r.map(&crate::MapRule::NONE, i64::read).map(|fields| fields.into_values().collect());
        let found: Vec<_> = events(body(&["id: 3\ndata: 4\n\n"]), 1000, true, id).collect().await;
        assert_eq!(found[0].as_ref().unwrap().data, [4, 3]);
    }
}
