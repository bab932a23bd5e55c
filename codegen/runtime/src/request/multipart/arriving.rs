//! A multipart body while it arrives, which the body and the part that the handler reads share.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};

use axum::body::{Body, HttpBody};
use bytes::Bytes;

use super::error::Fault;
use super::head::PartHead;
use super::scanner::{Piece, Scanner};

/// A multipart body while it arrives. Clones share it.
#[derive(Debug, Clone)]
pub(super) struct Arriving(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    body: Body,
    scanner: Scanner,
    /// The number of parts whose headers were read.
    part: usize,
    /// True if the content of the latest part is not complete yet.
    open: bool,
    /// True if the body cannot be read further.
    failed: bool,
    /// The waker of the task that waits for content of a part.
    reader: Option<Waker>,
}

impl Arriving {
    pub(super) fn new(body: Body, scanner: Scanner) -> Arriving {
        let state = State { body, scanner, part: 0, open: false, failed: false, reader: None };
        Arriving(Arc::new(Mutex::new(state)))
    }

    /// Returns the number and the headers of the next part, or `None` at the end of the body. Skips the unread content
    /// of the part before.
    pub(super) async fn next_part(&self) -> Result<Option<(usize, PartHead)>, Fault> {
        poll_fn(|cx| self.lock().poll_next_part(cx)).await
    }

    /// Returns the next bytes of a part, or `None` at the end of the part.
    pub(super) async fn chunk(&self, part: usize) -> Result<Option<Bytes>, Fault> {
        poll_fn(|cx| self.lock().poll_chunk(part, cx)).await
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn poll_next_part(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<(usize, PartHead)>, Fault>> {
        // A task that still waits for the part before finds that it is too late.
        if let Some(waker) = self.reader.take() {
            self.part += 1;
            waker.wake();
        }
        loop {
            match ready!(self.poll_piece(cx))? {
                Piece::Head(head) => {
                    self.part += 1;
                    self.open = true;
                    return Poll::Ready(Ok(Some((self.part, head))));
                }
                Piece::End => return Poll::Ready(Ok(None)),
                Piece::PartEnd => self.open = false,
                Piece::Content(_) | Piece::Pending => {}
            }
        }
    }

    fn poll_chunk(&mut self, part: usize, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, Fault>> {
        if part != self.part {
            return Poll::Ready(Err(Fault::Skipped));
        }
        self.reader = None;
        while self.open {
            match self.poll_piece(cx) {
                Poll::Pending => {
                    self.reader = Some(cx.waker().clone());
                    return Poll::Pending;
                }
                Poll::Ready(piece) => match piece? {
                    Piece::Content(bytes) => return Poll::Ready(Ok(Some(bytes))),
                    Piece::PartEnd => self.open = false,
                    Piece::Head(_) | Piece::Pending | Piece::End => {}
                },
            }
        }
        Poll::Ready(Ok(None))
    }

    /// Returns the next piece of the body, other than [`Piece::Pending`].
    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Result<Piece, Fault>> {
        if self.failed {
            return Poll::Ready(Err(Fault::Incomplete("it could not be read before")));
        }
        let piece = ready!(self.poll_any_piece(cx));
        self.failed = piece.is_err();
        Poll::Ready(piece)
    }

    fn poll_any_piece(&mut self, cx: &mut Context<'_>) -> Poll<Result<Piece, Fault>> {
        loop {
            match self.scanner.next() {
                Ok(Piece::Pending) => {}
                piece => return Poll::Ready(piece),
            }
            match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        self.scanner.feed(&data);
                    }
                }
                Some(Err(error)) => return Poll::Ready(Err(Fault::Body(error))),
                None => return Poll::Ready(Err(self.scanner.ended())),
            }
        }
    }
}
