//! The limits of the streams of an HTTP/2 connection: idle time without streams, and data that the client does not take.

use std::cell::Cell;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use hyper::rt::Executor;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The number of bytes that a client must take within the write timeout while the server has data for it.
pub(super) const MIN_TAKEN: usize = 16 * 1024;

/// The number of bytes of a response that can wait for the client without a limit, when the task of its stream has ended.
const UNTIMED: usize = 256;

tokio::task_local! {
    /// The time since which the stream of the current task has a part of its response body that is not yet sent.
    static UNSENT_SINCE: Cell<Option<Instant>>;
}

/// The executor of the streams of one HTTP/2 connection. It resets a stream whose data the client does not take. Clones
/// share the state.
///
/// hyper runs the request and the response of each stream as one task. It queues a part of the response body when the client
/// can take its first byte, which requires that the client has taken all earlier parts. So [`PacedBody`] can measure how long
/// a part waits.
#[derive(Debug, Clone)]
pub(super) struct Streams {
    open: Arc<Mutex<Open>>,
    write_timeout: Duration,
    tasks: TaskTracker,
    closing: CancellationToken,
}

/// The number of open streams, and the time at which the last one ended.
#[derive(Debug)]
struct Open {
    count: usize,
    idle_since: Instant,
}

/// The registration of an open stream. Dropping it ends the registration.
struct OpenStream(Streams);

impl Streams {
    pub(super) fn new(write_timeout: Duration, tasks: TaskTracker, closing: CancellationToken) -> Streams {
        let open = Open { count: 0, idle_since: Instant::now() };
        Streams { open: Arc::new(Mutex::new(open)), write_timeout, tasks, closing }
    }

    /// Waits until the connection has had no open stream for the time `limit`.
    pub(super) async fn idle_for(&self, limit: Duration) {
        loop {
            let now = Instant::now();
            let wake = {
                let open = self.lock();
                if open.count > 0 { now + limit } else { open.idle_since + limit }
            };
            if wake <= now {
                return;
            }
            sleep_until(wake).await;
        }
    }

    fn open(&self) -> OpenStream {
        self.lock().count += 1;
        OpenStream(self.clone())
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        let mut open = self.0.lock();
        open.count -= 1;
        open.idle_since = Instant::now();
    }
}

impl<F> Executor<F> for Streams
where
    F: Future + Send + 'static,
    F::Output: Send,
{
    fn execute(&self, stream: F) {
        let (open, closing, limit) = (self.open(), self.closing.clone(), self.write_timeout);
        self.tasks.spawn(UNSENT_SINCE.scope(Cell::new(None), async move {
            tokio::select! {
                () = while_taken(stream, limit) => {}
                () = closing.cancelled() => {}
            }
            drop(open);
        }));
    }
}

/// Runs the task of a stream until it ends, or until a part of its response body waits longer than `limit` for the
/// client. Dropping the task then resets the stream.
async fn while_taken(stream: impl Future, limit: Duration) {
    let mut stream = pin!(stream);
    let mut timeout = pin!(sleep_until(Instant::now()));
    poll_fn(|context| {
        if stream.as_mut().poll(context).is_ready() {
            return Poll::Ready(());
        }
        let Some(since) = UNSENT_SINCE.with(Cell::get) else { return Poll::Pending };
        if timeout.deadline() != since + limit {
            timeout.as_mut().reset(since + limit);
        }
        timeout.as_mut().poll(context)
    })
    .await;
}

/// A response body of HTTP/2 that records when its last part was given to hyper. It splits parts, because hyper queues a
/// complete part as soon as the client can take its first byte. The end of a part is a small piece, because the task of the
/// stream, which limits the time, ends when the last piece is queued.
pub(super) struct PacedBody {
    inner: Body,
    rest: Bytes,
}

impl PacedBody {
    pub(super) fn new(inner: Body) -> PacedBody {
        PacedBody { inner, rest: Bytes::new() }
    }

    /// Returns the next piece of the part that is being sent.
    fn piece(&mut self) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        set_unsent(Some(Instant::now()));
        let length = self.rest.len();
        let piece = self.rest.split_to(if length > UNTIMED { (length - UNTIMED).min(MIN_TAKEN) } else { length });
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }
}

impl HttpBody for PacedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if !self.rest.is_empty() {
            return self.piece();
        }
        set_unsent(None);
        match std::task::ready!(Pin::new(&mut self.inner).poll_frame(context)) {
            Some(Ok(frame)) => match frame.into_data() {
                Ok(data) => {
                    self.rest = data;
                    self.piece()
                }
                Err(frame) => Poll::Ready(Some(Ok(frame))),
            },
            end => Poll::Ready(end),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let mut hint = self.inner.size_hint();
        let rest = self.rest.len() as u64;
        if let Some(upper) = hint.upper() {
            hint.set_upper(upper + rest);
        }
        hint.set_lower(hint.lower() + rest);
        hint
    }
}

fn set_unsent(since: Option<Instant>) {
    // A body outside of a stream of `Streams`, as in HTTP/1.1, is not measured.
    let _ = UNSENT_SINCE.try_with(|unsent| unsent.set(since));
}

#[cfg(test)]
mod tests;
