//! Reading streamed bodies item by item: lines, JSON lines and JSON text sequences (RFC 7464).
//!
//! A server reads requests with it, and a client reads responses.

use std::error::Error;
use std::fmt;

use axum::body::Body;
use bytes::BytesMut;
use futures_util::Stream;
use futures_util::stream::unfold;
use http_body_util::BodyExt;

use crate::json::{Count, Reader};
use crate::validate::violation::Violations;

/// The generated function that reads an item of a streamed body.
pub(super) type Read<T> = fn(&mut Reader<'_>) -> Option<T>;

/// The reason why an item of a streamed body cannot be read.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The body cannot be received further.
    Body(axum::Error),
    /// A line of the body exceeds the size limit of an item, in bytes.
    TooLong(usize),
    /// A line of the body is not UTF-8.
    Encoding,
    /// The last record of a JSON text sequence may have lost its end (RFC 7464 § 2.4).
    Truncated,
    /// The item does not match the contract.
    Invalid(Violations),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Body(cause) => cause.fmt(f),
            Fault::TooLong(limit) => write!(f, "an item of the stream has more than {}", Count(*limit, "byte")),
            Fault::Encoding => f.write_str("an item of the stream is not UTF-8"),
            Fault::Truncated => f.write_str("the last item of the stream is incomplete"),
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

/// The byte before each value of a JSON text sequence (RFC 7464 § 2.2).
const RECORD_SEPARATOR: u8 = 0x1e;

/// A reader of the lines of a streamed body.
pub(super) struct Lines {
    body: Body,
    buffer: BytesMut,
    /// The length of the prefix of the buffered body that is known to contain no line break.
    scanned: usize,
    /// The largest size of an item of the body in bytes.
    pub(super) limit: usize,
    ended: bool,
}

impl Lines {
    pub(super) fn new(body: Body, limit: usize) -> Lines {
        Lines { body, buffer: BytesMut::new(), scanned: 0, limit, ended: false }
    }

    /// Returns the next line of the body without its line break: `\n`, `\r\n` or `\r`.
    pub(super) async fn next(&mut self) -> Result<Option<String>, Fault> {
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
            self.receive().await?;
        }
    }

    /// Returns the next record of a JSON text sequence without its record separator.
    async fn record(&mut self) -> Result<Option<String>, Fault> {
        loop {
            let end = self.buffer[self.scanned..].iter().position(|byte| *byte == RECORD_SEPARATOR);
            match end.map(|end| end + self.scanned) {
                Some(end) => {
                    let mut record = self.buffer.split_to(end + 1);
                    record.truncate(end);
                    self.scanned = 0;
                    return Ok(Some(text(&record)?));
                }
                None => self.scanned = self.buffer.len(),
            }
            if self.ended {
                let rest = std::mem::take(&mut self.buffer);
                self.scanned = 0;
                return match rest.is_empty() {
                    true => Ok(None),
                    false if is_complete(&rest) => Ok(Some(text(&rest)?)),
                    false => Err(Fault::Truncated),
                };
            }
            self.receive().await?;
        }
    }

    /// Receives the next bytes of the body, unless those of the present item exceed the size limit.
    async fn receive(&mut self) -> Result<(), Fault> {
        if self.buffer.len() > self.limit {
            return Err(Fault::TooLong(self.limit));
        }
        match self.body.frame().await {
            Some(frame) => {
                let data = frame.map_err(Fault::Body)?.into_data().unwrap_or_default();
                self.buffer.extend_from_slice(&data);
            }
            None => self.ended = true,
        }
        Ok(())
    }
}

/// Returns true if the end of a JSON text shows that it is complete: white space or the end of a string, array or
/// object. The number `12` may be the start of `123`.
fn is_complete(record: &[u8]) -> bool {
    record.last().is_none_or(|last| last.is_ascii_whitespace() || matches!(last, b'"' | b']' | b'}'))
}

fn text(line: &[u8]) -> Result<String, Fault> {
    std::str::from_utf8(line).map(str::to_owned).map_err(|_| Fault::Encoding)
}

/// The delimiters of the values in a body that is a sequence of JSON values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    /// Each value is on a line of its own (JSON lines).
    Lines,
    /// A record separator precedes each value, which may span several lines (RFC 7464).
    Records,
}

impl Framing {
    /// Returns the framing of the values in a body by its media type.
    pub(crate) fn of(media_type: &str) -> Framing {
        let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if essence.ends_with("json-seq") { Framing::Records } else { Framing::Lines }
    }
}

/// Returns the stream of values in a body of JSON lines or in a JSON text sequence. Empty lines and records are
/// skipped.
pub(crate) fn values<T: 'static>(
    body: Body,
    limit: usize,
    framing: Framing,
    read: Read<T>,
) -> impl Stream<Item = Result<T, Fault>> + Send {
    unfold(Some(Lines::new(body, limit)), move |lines| async move {
        let mut lines = lines?;
        loop {
            let next = match framing {
                Framing::Lines => lines.next().await,
                Framing::Records => lines.record().await,
            };
            match next {
                Ok(None) => return None,
                Ok(Some(text)) if text.trim_ascii().is_empty() => {}
                Ok(Some(text)) => return Some((value(&text, read), Some(lines))),
                Err(error) => return Some((Err(error), None)),
            }
        }
    })
}

pub(super) fn value<T>(json: &str, read: Read<T>) -> Result<T, Fault> {
    read_all(Reader::json(json.as_bytes()), read)
}

pub(super) fn read_all<T>(mut reader: Reader<'_>, read: Read<T>) -> Result<T, Fault> {
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
    async fn each_line_is_a_value_and_an_invalid_line_is_an_error() {
        let body = body(&["1\n ", "2\n\n\"x\"\n3"]);
        let lines: Vec<_> = values(body, 1000, Framing::Lines, i64::read).collect().await;
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
        let mut lines = Box::pin(values(endless, 100, Framing::Lines, i64::read));
        assert_eq!(
            lines.next().await.unwrap().unwrap_err().to_string(),
            "an item of the stream has more than 100 bytes"
        );
        assert!(lines.next().await.is_none());
    }

    #[tokio::test]
    async fn a_record_of_a_sequence_may_span_several_lines() {
        let framing = Framing::of("application/geo+json-seq; charset=utf-8");
        let body = body(&["\u{1e}[1,\n", "2]\n\u{1e}\u{1e}[", "3]\n\u{1e}[4]"]);
        let read: Read<Vec<i64>> = |r| r.array(&crate::ArrayRule::NONE, i64::read);
        let found: Vec<_> = values(body, 1000, framing, read).map(|value| value.unwrap()).collect().await;
        assert_eq!(found, [vec![1, 2], vec![3], vec![4]]);
    }

    #[tokio::test]
    async fn a_number_at_the_end_of_a_sequence_may_be_truncated() {
        let found: Vec<_> = values(body(&["\u{1e}1\n\u{1e}2"]), 1000, Framing::Records, i64::read).collect().await;
        assert_eq!(found.len(), 2);
        assert!(matches!(found[1], Err(Fault::Truncated)), "{found:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_line_is_read_as_soon_as_its_end_is_known() {
        let pieces = ["1\n", "2\r3", "\r", "\n4\r"].map(Ok::<_, std::io::Error>);
        let open = stream::iter(pieces).chain(stream::pending());
        let mut lines = Lines::new(Body::from_stream(open), 1000);
        let second = std::time::Duration::from_secs(1);
        for expected in ["1", "2", "3"] {
            let line = tokio::time::timeout(second, lines.next()).await.expect("the line is complete");
            assert_eq!(line.unwrap().as_deref(), Some(expected));
        }
        // A line feed can still follow the carriage return.
        assert!(tokio::time::timeout(second, lines.next()).await.is_err());
    }
}
