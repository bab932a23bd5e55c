//! Answers that are sent while they are made: byte streams and server-sent events.

use std::error::Error;

use axum::body::Body;
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use http_body_util::BodyExt;

use crate::json::{Write, Writer};

/// The body of an answer that is sent as it comes. An error in it breaks the connection off, since
/// the status is out already.
#[derive(Debug)]
pub struct ByteStream(Body);

/// One server-sent event (WHATWG HTML § 9.2).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Event<T = String> {
    /// What `EventSource` dispatches it as; `message` where none is set.
    pub event: Option<String>,
    /// What the client sends as `Last-Event-ID` when it connects again.
    pub id: Option<String>,
    /// After how many milliseconds it is to connect again.
    pub retry: Option<u64>,
    /// The data.
    pub data: T,
}

impl<T> From<T> for Event<T> {
    /// An event that is nothing but its data.
    fn from(data: T) -> Event<T> {
        Event { event: None, id: None, retry: None, data }
    }
}

impl ByteStream {
    /// Sends these bytes as they come.
    pub fn new<E>(stream: impl Stream<Item = Result<Bytes, E>> + Send + 'static) -> ByteStream
    where
        E: Into<Box<dyn Error + Send + Sync>> + 'static,
    {
        ByteStream(Body::from_stream(stream))
    }

    /// Sends these events as they come, as `text/event-stream`.
    pub fn events<E>(stream: impl Stream<Item = Result<Event, E>> + Send + 'static) -> ByteStream
    where
        E: Into<Box<dyn Error + Send + Sync>> + 'static,
    {
        ByteStream::new(stream.map(|event| event.map(|event| Bytes::from(event.encode()))))
    }

    /// A body that arrives.
    #[cfg(feature = "client")]
    pub(crate) fn arriving(body: Body) -> ByteStream {
        ByteStream(body)
    }

    /// The next bytes, `None` at the end: of what arrives at a client.
    pub async fn next(&mut self) -> Option<Result<Bytes, axum::Error>> {
        while let Some(frame) = self.0.frame().await {
            match frame.map(|frame| frame.into_data()) {
                Ok(Ok(data)) => return Some(Ok(data)),
                Ok(Err(_)) => {}
                Err(error) => return Some(Err(error)),
            }
        }
        None
    }

    /// The body that [`crate::Reply::stream`] takes.
    pub fn into_body(self) -> Body {
        self.0
    }
}

impl<B: Into<Bytes>> From<B> for ByteStream {
    fn from(bytes: B) -> ByteStream {
        ByteStream(Body::from(bytes.into()))
    }
}

impl Event {
    /// An event whose data is JSON.
    pub fn json(data: &dyn Write) -> Event {
        let mut writer = Writer::new();
        data.write(&mut writer);
        Event { data: String::from_utf8_lossy(&writer.finish()).into_owned(), ..Event::default() }
    }

    /// The event as it is sent. Line breaks in data make several `data` lines; elsewhere they
    /// would begin another field, and are left out.
    pub(crate) fn encode(&self) -> String {
        let mut out = String::with_capacity(self.data.len() + 64);
        let mut field = |name: &str, value: &str| {
            out.push_str(name);
            out.push_str(": ");
            out.extend(value.chars().filter(|character| !matches!(character, '\r' | '\n' | '\0')));
            out.push('\n');
        };
        if let Some(event) = &self.event {
            field("event", event);
        }
        if let Some(id) = &self.id {
            field("id", id);
        }
        if let Some(retry) = self.retry {
            field("retry", &retry.to_string());
        }
        self.data.replace("\r\n", "\n").split(['\n', '\r']).for_each(|line| field("data", line));
        out.push('\n');
        out
    }
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    #[tokio::test]
    async fn events_are_sent_one_after_the_other() {
        let first = Event { event: Some("order\ncreated".into()), id: Some("7".into()), ..Event::json(&1_i64) };
        let second = Event { data: "a\r\nb\rc".into(), retry: Some(500), ..Event::default() };
        let events = ByteStream::events(stream::iter([Ok::<_, std::io::Error>(first), Ok(second)]));
        let sent = events.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(sent, "event: ordercreated\nid: 7\ndata: 1\n\nretry: 500\ndata: a\ndata: b\ndata: c\n\n");
    }

    #[tokio::test]
    async fn an_error_breaks_the_stream_off() {
        let bytes = stream::iter([Ok("x".into()), Err(std::io::Error::other("gone"))]);
        assert!(ByteStream::new(bytes).into_body().collect().await.is_err());
    }
}
