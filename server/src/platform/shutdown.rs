//! How the process ends: told once it finishes what it does, told twice it ends at once.

use tokio::sync::watch;

/// How far the ending has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Running,
    Draining,
    Ended,
}

/// Tells everybody that the process ends.
#[derive(Debug, Clone)]
pub struct Shutdown(watch::Sender<Phase>);

impl Default for Shutdown {
    fn default() -> Shutdown {
        Shutdown(watch::Sender::new(Phase::Running))
    }
}

impl Shutdown {
    /// Begins to end: nothing new is accepted, what runs may finish.
    pub fn drain(&self) {
        self.advance(Phase::Draining);
    }

    /// Ends at once.
    pub fn end(&self) {
        self.advance(Phase::Ended);
    }

    /// Whether the ending has begun.
    pub fn is_draining(&self) -> bool {
        *self.0.borrow() >= Phase::Draining
    }

    /// Returns when the ending has begun.
    pub async fn draining(&self) {
        self.reached(Phase::Draining).await;
    }

    /// Returns when nothing may go on.
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

    async fn reached(&self, wanted: Phase) {
        let mut phases = self.0.subscribe();
        // Fails only without a sender, and this is one.
        let _ = phases.wait_for(|phase| *phase >= wanted).await;
    }
}

/// Listens to the operating system: the first SIGTERM or SIGINT begins the ending, the second ends.
///
/// # Errors
/// When the signals cannot be listened to.
pub fn on_signals(shutdown: &Shutdown) -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let shutdown = shutdown.clone();
    tokio::spawn(async move {
        for (step, word) in [(Shutdown::drain as fn(&Shutdown), "draining"), (Shutdown::end, "ending at once")] {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            tracing::info!("received {word}: draining connections");
            step(&shutdown);
        }
    });
    Ok(())
}
