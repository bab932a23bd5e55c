//! The limit on open files of the process, which must allow for the configured number of connections.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::admission::RESERVE;
use crate::config::Config;

/// The number of file descriptors that a process needs for anything but client connections: stores, files, log output.
const OTHERS: usize = 256;

/// Raises the limit on open files of the process as far as it is permitted, and logs a warning if it does not suffice for
/// the maximum number of connections. Without file descriptors a server cannot accept the connections of health checks.
pub(crate) fn reserve_descriptors(config: &Config) {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::debug!(%error, "the limit on open files cannot be raised");
    }
    let needed = config.connections.total + RESERVE + OTHERS;
    let allowed = getrlimit(Resource::Nofile).current.map_or(usize::MAX, |limit| limit as usize);
    if allowed < needed {
        tracing::warn!(
            allowed,
            needed,
            "the limit on open files is too low for {}MAX_CONNECTIONS: raise it, or lower the number of connections",
            config.prefix
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Source;
    use crate::telemetry::captured::Captured;

    /// Returns the log lines about a service with this maximum number of connections.
    fn logged(connections: usize) -> String {
        let mut config = Config::read(&mut Source::new("T_", "", []));
        config.connections.total = connections;
        let lines = Captured::default();
        let subscriber = tracing_subscriber::fmt().with_writer(lines.clone()).finish();
        tracing::subscriber::with_default(subscriber, || reserve_descriptors(&config));
        lines.text()
    }

    #[test]
    fn the_limit_on_open_files_is_raised_and_a_limit_that_does_not_suffice_is_reported() {
        let before = getrlimit(Resource::Nofile);
        // A limit that is lower by one is raised again before any other test needs the difference.
        let lowered = before.maximum.unwrap_or(1 << 20) - 1;
        setrlimit(Resource::Nofile, Rlimit { current: Some(lowered), maximum: before.maximum }).unwrap();
        assert_eq!(logged(1), "");
        let raised = getrlimit(Resource::Nofile);
        assert_eq!(raised.current, raised.maximum);
        // A system without a limit allows any number.
        let Some(most) = raised.current.and_then(|limit| (limit as usize).checked_sub(RESERVE + OTHERS)) else {
            return;
        };
        assert_eq!(logged(most), "");
        let text = logged(most + 1);
        assert!(text.contains("too low for T_MAX_CONNECTIONS"), "{text}");
    }
}
