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
