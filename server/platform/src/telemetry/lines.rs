//! The writer of log lines. A thread of its own writes them, so that a slow reader never delays a request.
//!
//! `tracing-appender` writes to standard output itself when it cannot end in time, and so hangs if nothing reads the
//! output. It also limits the number of lines that wait and not their size.

use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tracing_subscriber::fmt::MakeWriter;

/// The shortest time between two writes. Lines that are added meanwhile are written together, so that a busy process does
/// not wake the thread and call the system for each line.
const PAUSE: Duration = Duration::from_millis(10);

/// The log lines that wait to be written. Clones share them.
#[derive(Debug, Clone)]
pub(super) struct Lines(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    /// The maximum size of the lines that wait, in bytes.
    limit: usize,
    queue: Mutex<Queue>,
    /// Notified when the thread must write: it is idle, half of the limit waits, or a flush begins.
    due: Condvar,
    /// Notified when a batch was written.
    written: Condvar,
    dropped: AtomicU64,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: Vec<u8>,
    thread: Thread,
    /// The number of callers that wait until all lines are written.
    flushes: usize,
}

/// The state of the thread that writes.
#[derive(Debug, Default, PartialEq, Eq)]
enum Thread {
    /// The thread waits for a line, and writes it at once.
    #[default]
    Idle,
    Writing,
    /// The thread lets lines gather after a write.
    Pausing,
}

impl Lines {
    /// Starts the thread that writes lines to `output`. At most `limit` bytes wait; further lines are dropped.
    pub(super) fn on(output: impl Write + Send + 'static, limit: usize) -> Lines {
        let lines = Lines(Arc::new(Shared {
            limit,
            queue: Mutex::default(),
            due: Condvar::new(),
            written: Condvar::new(),
            dropped: AtomicU64::new(0),
        }));
        let writer = lines.clone();
        let spawned = std::thread::Builder::new().name("log".to_owned()).spawn(move || writer.run(output));
        if let Err(error) = spawned {
            // Without the thread every line would be dropped in silence.
            eprintln!("error: cannot start the thread that writes log lines: {error}");
        }
        lines
    }

    /// Returns the number of lines that were dropped.
    pub(super) fn dropped(&self) -> u64 {
        self.0.dropped.load(Ordering::Relaxed)
    }

    /// Waits until all lines are written, but not longer than `timeout`.
    pub(super) fn flush(&self, timeout: Duration) {
        let deadline = Instant::now() + timeout;
        let mut queue = self.queue();
        queue.flushes += 1;
        self.0.due.notify_all();
        while queue.thread == Thread::Writing || !queue.waiting.is_empty() {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            queue = self.0.written.wait_timeout(queue, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        queue.flushes -= 1;
    }

    /// Adds a line, or drops it if too many wait.
    fn push(&self, line: &[u8]) {
        let mut queue = self.queue();
        if queue.waiting.len() + line.len() > self.0.limit {
            self.0.dropped.fetch_add(1, Ordering::Relaxed);
            return;
        }
        let was_due = self.is_due(&queue);
        queue.waiting.extend_from_slice(line);
        let becomes_due = !was_due && self.is_due(&queue);
        drop(queue);
        if becomes_due {
            self.0.due.notify_all();
        }
    }

    /// Returns true if lines wait that the thread must write without a pause.
    fn is_due(&self, queue: &Queue) -> bool {
        let is_urgent = queue.thread == Thread::Idle || queue.flushes > 0 || queue.waiting.len() > self.0.limit / 2;
        is_urgent && !queue.waiting.is_empty()
    }

    /// Writes lines until the process ends.
    fn run(&self, mut output: impl Write) {
        let (mut batch, mut reported, mut is_failing) = (Vec::new(), 0, false);
        loop {
            self.take(&mut batch);
            // Nothing waits now, so the queue has room for the line of this event. While the output fails, the line would be
            // lost too, and cause the next one without an end.
            let dropped = self.dropped();
            if dropped > reported && !is_failing {
                tracing::warn!(lines = dropped - reported, "log lines were dropped: they were not read in time");
                reported = dropped;
            }
            is_failing = output.write_all(&batch).and_then(|()| output.flush()).is_err();
            if is_failing {
                let lost = batch.iter().filter(|byte| **byte == b'\n').count() as u64;
                self.0.dropped.fetch_add(lost, Ordering::Relaxed);
            }
            batch.clear();
            self.pause();
        }
    }

    /// Waits for lines and moves them into an empty batch.
    fn take(&self, batch: &mut Vec<u8>) {
        let mut queue = self.queue();
        while queue.waiting.is_empty() {
            queue.thread = Thread::Idle;
            queue = self.0.due.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
        std::mem::swap(batch, &mut queue.waiting);
        queue.thread = Thread::Writing;
    }

    /// Lets lines gather after a write, until they must be written.
    fn pause(&self) {
        let mut queue = self.queue();
        queue.thread = Thread::Pausing;
        self.0.written.notify_all();
        let paused = self.0.due.wait_timeout_while(queue, PAUSE, |queue| !self.is_due(queue));
        drop(paused.unwrap_or_else(PoisonError::into_inner));
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.0.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for &Lines {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.push(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The subscriber writes each line with one call.
impl<'a> MakeWriter<'a> for Lines {
    type Writer = &'a Lines;

    fn make_writer(&'a self) -> &'a Lines {
        self
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// An output that accepts a batch only after the test has allowed it.
    struct Gated {
        allowed: mpsc::Receiver<()>,
        written: Arc<Mutex<Vec<u8>>>,
    }

    impl Write for Gated {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.allowed.recv().map_err(io::Error::other)?;
            self.written.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn gated(limit: usize) -> (Lines, mpsc::Sender<()>, Arc<Mutex<Vec<u8>>>) {
        let (allow, allowed) = mpsc::channel();
        let written = Arc::<Mutex<Vec<u8>>>::default();
        (Lines::on(Gated { allowed, written: written.clone() }, limit), allow, written)
    }

    #[test]
    fn an_output_that_blocks_delays_no_line_and_the_lines_that_do_not_fit_are_counted() {
        let (lines, allow, written) = gated(100);
        for number in 0..1000 {
            (&lines).write_all(format!("line {number:03}\n").as_bytes()).unwrap();
        }
        // A batch of at most 11 lines is being written, and 11 wait.
        let dropped = lines.dropped();
        assert!((978..=989).contains(&dropped), "{dropped}");
        lines.flush(Duration::from_millis(1));
        assert_eq!(*written.lock().unwrap(), b"");
        (0..4).for_each(|_| allow.send(()).unwrap());
        lines.flush(Duration::from_secs(10));
        let text = String::from_utf8(written.lock().unwrap().clone()).unwrap();
        assert!(text.starts_with("line 000\n"), "{text}");
        assert_eq!(text.lines().count() as u64 + dropped, 1000);
    }

    #[test]
    fn lines_of_an_output_that_fails_are_counted() {
        let (lines, allow, _) = gated(100);
        drop(allow);
        (&lines).write_all(b"lost\n").unwrap();
        lines.flush(Duration::from_secs(10));
        assert_eq!(lines.dropped(), 1);
    }

    #[test]
    fn a_flush_ends_when_all_lines_are_written() {
        let (lines, allow, written) = gated(100);
        for number in 0..3 {
            allow.send(()).unwrap();
            (&lines).write_all(format!("line {number}\n").as_bytes()).unwrap();
            // The test does not end in time if the flush waits for its timeout.
            lines.flush(Duration::from_secs(3600));
            assert_eq!(written.lock().unwrap().len(), 7 * (number + 1));
        }
    }
}
