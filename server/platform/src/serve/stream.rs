//! The byte stream of a connection, with the time limits that hyper does not have: for the first bytes, and for data that
//! the client does not take.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::SetOnce;
use tokio::time::{Sleep, sleep};

use super::streams::MIN_TAKEN;
use crate::config::Timeouts;

/// The bytes with which an HTTP/2 connection begins (RFC 9113 § 3.4).
const HTTP2_PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// The HTTP version of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    Http1,
    Http2,
}

/// The byte stream of a connection. It fails if the client sends no complete beginning in time, or does not take data.
///
/// Time in which the server has nothing to send does not count, so a silent event stream stays open.
#[derive(Debug)]
pub(super) struct TimedStream<S> {
    inner: S,
    opening: Option<Opening>,
    write_timeout: Duration,
    blocked: Option<Blocked>,
}

/// The time until the first bytes show the protocol of a connection. Afterwards hyper has a timeout for request heads.
#[derive(Debug)]
struct Opening {
    /// The number of bytes that are equal to the beginning of [`HTTP2_PREFACE`].
    matched: usize,
    protocol: Arc<SetOnce<Protocol>>,
    timeout: Pin<Box<Sleep>>,
}

/// The time in which data waits for the client.
#[derive(Debug)]
struct Blocked {
    /// The number of bytes that the client has taken in this time.
    taken: usize,
    timeout: Pin<Box<Sleep>>,
}

impl<S> TimedStream<S> {
    /// Wraps the byte stream of a new connection. `protocol` is set as soon as the client's first bytes show it.
    pub(super) fn new(inner: S, timeouts: &Timeouts, protocol: Arc<SetOnce<Protocol>>) -> TimedStream<S> {
        let opening = Opening { matched: 0, protocol, timeout: Box::pin(sleep(timeouts.header)) };
        TimedStream { inner, opening: Some(opening), write_timeout: timeouts.write, blocked: None }
    }

    /// Applies the time limit of blocked writes to the outcome of a write.
    fn limit_write(&mut self, context: &mut Context<'_>, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match written {
            Poll::Pending => {
                let timeout = self.write_timeout;
                let blocked =
                    self.blocked.get_or_insert_with(|| Blocked { taken: 0, timeout: Box::pin(sleep(timeout)) });
                ready!(blocked.timeout.as_mut().poll(context));
                Poll::Ready(Err(timed_out("the client does not take the response")))
            }
            Poll::Ready(Ok(count)) => {
                if let Some(blocked) = &mut self.blocked {
                    blocked.taken += count;
                    if blocked.taken >= MIN_TAKEN {
                        self.blocked = None;
                    }
                }
                written
            }
            Poll::Ready(Err(_)) => written,
        }
    }
}

impl Opening {
    /// Compares received bytes with the preface of HTTP/2. Returns true if the protocol is known.
    fn receive(&mut self, bytes: &[u8]) -> bool {
        let expected = &HTTP2_PREFACE[self.matched..];
        let length = bytes.len().min(expected.len());
        let protocol = if bytes.is_empty() || bytes[..length] != expected[..length] {
            Protocol::Http1
        } else if length == expected.len() {
            Protocol::Http2
        } else {
            self.matched += length;
            return false;
        };
        // The value is set once, because the opening ends here.
        let _ = self.protocol.set(protocol);
        true
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for TimedStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let stream = &mut *self;
        let before = buffer.filled().len();
        let read = Pin::new(&mut stream.inner).poll_read(context, buffer);
        let Some(opening) = &mut stream.opening else { return read };
        match read {
            Poll::Pending => {
                ready!(opening.timeout.as_mut().poll(context));
                Poll::Ready(Err(timed_out("the client sends no request")))
            }
            Poll::Ready(result) => {
                if opening.receive(&buffer.filled()[before..]) {
                    stream.opening = None;
                }
                Poll::Ready(result)
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for TimedStream<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write(context, bytes);
        self.limit_write(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write_vectored(context, slices);
        self.limit_write(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        // hyper flushes the stream once it has written all data, so nothing waits for the client any more.
        self.blocked = None;
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}

fn timed_out(message: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, message)
}

#[cfg(test)]
mod tests;
