//! The shutdown of the process: the first signal drains connections, the second one stops the process
//! immediately.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

/// The graceful shutdown of the process: its state, and the means to start it or to wait for it. Clones share the
/// state.
///
/// ```
/// use writ_platform::shutdown::Shutdown;
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let shutdown = Shutdown::default();
/// let task = tokio::spawn({
///     let shutdown = shutdown.clone();
///     async move { shutdown.draining().await }
/// });
/// shutdown.drain();
/// task.await.unwrap();
/// # });
/// ```
#[derive(Debug, Clone, Default)]
pub struct Shutdown {
    draining: CancellationToken,
    ended: CancellationToken,
}

impl Shutdown {
    /// Begins the graceful shutdown: the server accepts no new connections, and running requests can finish.
    pub fn drain(&self) {
        self.draining.cancel();
    }

    /// Stops the process immediately: running requests are cancelled.
    pub fn end(&self) {
        self.draining.cancel();
        self.ended.cancel();
    }

    /// Returns true if the graceful shutdown has begun.
    pub fn is_draining(&self) -> bool {
        self.draining.is_cancelled()
    }

    /// Waits until the graceful shutdown has begun.
    pub async fn draining(&self) {
        self.draining.cancelled().await;
    }

    /// Waits until the process must stop immediately, without finishing running requests.
    pub async fn ended(&self) {
        self.ended.cancelled().await;
    }
}

/// The limit on the duration of a shutdown. After it, the process exits whatever still runs.
pub(crate) struct HardLimit {
    /// The longest time from the first signal to the end of the process.
    pub(crate) limit: Duration,
    /// A channel whose sender is dropped when the server has ended.
    pub(crate) ended: Receiver<()>,
}

impl HardLimit {
    /// Starts the thread that ends the process after the limit. A thread does not depend on the runtime, whose threads a
    /// handler can block.
    fn start(self) {
        std::thread::spawn(move || {
            if self.ended.recv_timeout(self.limit) == Err(RecvTimeoutError::Timeout) {
                eprintln!("error: the shutdown took longer than {:?}: the process exits", self.limit);
                std::process::exit(1);
            }
        });
    }
}

/// Starts a task that handles SIGTERM and SIGINT: the first signal begins the shutdown, which `limit` bounds, and the
/// second one stops the process immediately.
///
/// # Errors
/// Returns an error if the signal handlers cannot be installed.
pub(crate) fn on_signals(shutdown: &Shutdown, limit: HardLimit) -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let shutdown = shutdown.clone();
    tokio::spawn(async move {
        let mut signal = async || {
            tokio::select! {
                _ = terminate.recv() => "SIGTERM",
                _ = interrupt.recv() => "SIGINT",
            }
        };
        let first = signal().await;
        tracing::info!("received {first}: draining connections");
        limit.start();
        shutdown.drain();
        let second = signal().await;
        tracing::info!("received {second}: stopping immediately");
        shutdown.end();
    });
    Ok(())
}
