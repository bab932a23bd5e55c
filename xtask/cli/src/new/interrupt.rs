//! Signals to the command `new`: the first one ends it in order, so that it leaves nothing behind.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, bail};
use signal_hook::SigId;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::{flag, low_level};

/// The signals that end the command in order.
const SIGNALS: [i32; 3] = [SIGINT, SIGTERM, SIGHUP];

/// The watch for signals to the command. Dropping the value ends the watch. A second signal ends the process at once.
pub struct Interrupt {
    received: Arc<AtomicBool>,
    handlers: Vec<SigId>,
}

impl Interrupt {
    /// Begins to watch for signals.
    pub fn watch() -> anyhow::Result<Interrupt> {
        let mut interrupt = Interrupt { received: Arc::default(), handlers: Vec::new() };
        for signal in SIGNALS {
            let received = || interrupt.received.clone();
            // The handlers run in their order, so only a second signal finds the flag set.
            let second = flag::register_conditional_shutdown(signal, 128 + signal, received());
            let first = flag::register(signal, received());
            let handlers = [second, first].into_iter().collect::<Result<Vec<_>, _>>();
            interrupt.handlers.extend(handlers.context("cannot handle signals")?);
        }
        Ok(interrupt)
    }

    /// Returns an error if a signal was received.
    pub fn check(&self) -> anyhow::Result<()> {
        if self.received.load(Ordering::SeqCst) {
            bail!("interrupted; nothing is created");
        }
        Ok(())
    }
}

impl Drop for Interrupt {
    fn drop(&mut self) {
        for handler in self.handlers.drain(..) {
            low_level::unregister(handler);
        }
    }
}
