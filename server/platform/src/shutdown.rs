//! The shutdown of the process: the first signal drains connections, the second one stops the process
//! immediately.

use tokio::sync::watch;

/// The phase of the graceful shutdown of the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Running,
    Draining,
    Ended,
}

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
#[derive(Debug, Clone)]
pub struct Shutdown(watch::Sender<Phase>);

impl Default for Shutdown {
    fn default() -> Shutdown {
        Shutdown(watch::Sender::new(Phase::Running))
    }
}

impl Shutdown {
    /// Begins the graceful shutdown: the server accepts no new connections, and running requests can finish.
    pub fn drain(&self) {
        self.advance(Phase::Draining);
    }

    /// Stops the process immediately: running requests are cancelled.
    pub fn end(&self) {
        self.advance(Phase::Ended);
    }

    /// Returns true if the graceful shutdown has begun.
    pub fn is_draining(&self) -> bool {
        *self.0.borrow() >= Phase::Draining
    }

    /// Waits until the graceful shutdown has begun.
    pub async fn draining(&self) {
        self.reached(Phase::Draining).await;
    }

    /// Waits until the process must stop immediately, without finishing running requests.
    pub async fn ended(&self) {
        self.reached(Phase::Ended).await;
    }

    fn advance(&self, to: Phase) {
        self.0.send_if_modified(|phase| {
            let later = to > *phase;
            *phase = to.max(*phase);
            later
        });
    }

    async fn reached(&self, target: Phase) {
        let mut phases = self.0.subscribe();
        // The wait fails only if there is no sender, and `self` is a sender.
        let _ = phases.wait_for(|phase| *phase >= target).await;
    }
}

/// Starts a task that handles SIGTERM and SIGINT: the first signal begins the shutdown, the second one stops
/// the process immediately.
///
/// # Errors
/// Returns an error if the signal handlers cannot be installed.
pub fn on_signals(shutdown: &Shutdown) -> std::io::Result<()> {
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
        shutdown.drain();
        let second = signal().await;
        tracing::info!("received {second}: stopping immediately");
        shutdown.end();
    });
    Ok(())
}
