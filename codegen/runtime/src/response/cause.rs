//! The cause of a server error, as text for the log and for a developer without a log.

/// Prints the cause of a server error to standard error in a build with debug assertions, if no subscriber of `tracing`
/// is installed that could show it. Release builds print nothing.
pub(crate) fn print_cause(place: &dyn std::fmt::Display, cause: &str) {
    if cfg!(debug_assertions) && !cause.is_empty() && !tracing::dispatcher::has_been_set() {
        eprintln!("{place}: {cause} (printed by a debug build without a `tracing` subscriber)");
    }
}

/// Returns an error and all its sources in one line, for the log.
pub(crate) fn chain(error: &(dyn std::error::Error + Send + Sync)) -> String {
    let mut line = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        line.push_str(": ");
        line.push_str(&cause.to_string());
        source = cause.source();
    }
    line
}
