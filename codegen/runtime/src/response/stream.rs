//! Responses that are sent while they are produced: byte streams and untyped server-sent events.

use std::error::Error;

use axum::body::Body;
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use http_body_util::BodyExt;

use crate::json::{Unwritable, Write, Writer};

/// A response body of bytes that is sent while it is produced, or received while it arrives.
///
/// An error in the stream closes the connection, because the status code has already been sent.
///
/// # Examples
///
/// A handler streams a download:
///
/// ```
/// use futures_util::stream;
/// use writ_runtime::{ByteStream, Bytes};
///
/// fn download() -> ByteStream {
///     let chunks = ["first ", "second"].map(|chunk| Ok::<_, std::io::Error>(Bytes::from(chunk)));
///     ByteStream::new(stream::iter(chunks))
/// }
///
/// /// A client reads the chunks as they arrive.
/// async fn size(mut body: ByteStream) -> Result<usize, axum::Error> {
///     let mut size = 0;
///     while let Some(chunk) = body.next().await {
///         size += chunk?.len();
///     }
///     Ok(size)
/// }
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # assert_eq!(runtime.block_on(size(download())).unwrap(), 12);
/// ```
#[derive(Debug)]
pub struct ByteStream(Body);

/// A server-sent event (WHATWG HTML § 9.2) in a response stream.
///
/// # Examples
///
/// ```
/// use writ_runtime::Event;
///
/// let event = Event { event: Some("price".to_owned()), id: Some("7".to_owned()), ..Event::json(&42_i64)? };
/// assert_eq!(event.data, "42");
/// # Ok::<(), writ_runtime::Unwritable>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Event<T = String> {
    /// The type of a server-sent event, which `EventSource` dispatches. `message` is the default.
    pub event: Option<String>,
    /// The id of a server-sent event, which a client sends as `Last-Event-ID` when it reconnects.
    pub id: Option<String>,
    /// The time in milliseconds after which a client reconnects to a stream of server-sent events.
    pub retry: Option<u64>,
    /// The data of a server-sent event: a string, or a typed value in an event stream of the contract.
    pub data: T,
}

impl<T> From<T> for Event<T> {
    /// Creates a server-sent event that has only data.
    fn from(data: T) -> Event<T> {
        Event { event: None, id: None, retry: None, data }
    }
}

impl ByteStream {
    /// Creates a response body from a stream of bytes.
    pub fn new<E>(stream: impl Stream<Item = Result<Bytes, E>> + Send + 'static) -> ByteStream
    where
        E: Into<Box<dyn Error + Send + Sync>> + 'static,
    {
        ByteStream(Body::from_stream(stream))
    }

    /// Creates a response body of server-sent events, to be sent as `text/event-stream`.
    ///
    /// ```
    /// use futures_util::stream;
    /// use writ_runtime::{ByteStream, Event};
    ///
    /// fn prices() -> ByteStream {
    ///     let event = Event::json(&42_i64).map(|json| Event { event: Some("price".to_owned()), ..json });
    ///     ByteStream::events(stream::iter([event]))
    /// }
    /// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    /// # let sent = runtime.block_on(axum::body::to_bytes(prices().into_body(), 100)).unwrap();
    /// # assert_eq!(sent, "event: price\ndata: 42\n\n");
    /// ```
    pub fn events<E>(stream: impl Stream<Item = Result<Event, E>> + Send + 'static) -> ByteStream
    where
        E: Into<Box<dyn Error + Send + Sync>> + 'static,
    {
        ByteStream::new(stream.map(|event| event.map(|event| Bytes::from(event.encode()))))
    }

    /// Creates the byte stream of a response that a client receives.
    #[cfg(feature = "client")]
    pub(crate) fn arriving(body: Body) -> ByteStream {
        ByteStream(body)
    }

    /// Returns the next bytes of a received response body, or `None` at its end.
    ///
    /// # Errors
    ///
    /// Returns an error item if the connection is lost, or if the source of the stream yields an error.
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

    /// Returns the streamed response body as an axum body, as [`crate::Reply::stream`] sends it.
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
    /// Creates a server-sent event whose data is a JSON value.
    ///
    /// # Errors
    ///
    /// Returns an error if JSON or its format cannot represent a value of the data.
    pub fn json(data: &dyn Write) -> Result<Event, Unwritable> {
        let mut writer = Writer::new();
        data.write(&mut writer);
        Ok(Event { data: String::from_utf8_lossy(&writer.finish()?).into_owned(), ..Event::default() })
    }

    /// Returns the server-sent event in the text format of `text/event-stream`. A line break in the data starts
    /// a new `data` line. Line breaks in other fields are removed, because they would start another field.
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
    async fn events_are_sent_in_order() {
        let first =
            Event { event: Some("order\ncreated".into()), id: Some("7".into()), ..Event::json(&1_i64).unwrap() };
        let second = Event { data: "a\r\nb\rc".into(), retry: Some(500), ..Event::default() };
        let events = ByteStream::events(stream::iter([Ok::<_, std::io::Error>(first), Ok(second)]));
        let sent = events.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(sent, "event: ordercreated\nid: 7\ndata: 1\n\nretry: 500\ndata: a\ndata: b\ndata: c\n\n");
    }

    #[tokio::test]
    async fn an_error_ends_the_stream() {
        let bytes = stream::iter([Ok("x".into()), Err(std::io::Error::other("gone"))]);
        assert!(ByteStream::new(bytes).into_body().collect().await.is_err());
    }
}
