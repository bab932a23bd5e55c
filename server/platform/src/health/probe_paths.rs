//! The operations of a contract that are health checks, and their paths.

use writ_runtime::{Method, Operation};

/// The last segments of the paths of health checks.
const NAMES: [&str; 5] = ["livez", "readyz", "startupz", "healthz", "health"];

/// Returns true if an operation is a health check: a public GET without parameters whose path ends in `livez`,
/// `readyz`, `startupz`, `healthz` or `health`.
///
/// A health check is never refused because of load, since a supervisor would then restart a process that only works
/// hard.
pub(crate) fn is_probe(operation: &Operation) -> bool {
    operation.method == Method::GET
        && operation.security.is_empty()
        && operation.parameters.is_empty()
        && is_probe_path(operation.path)
}

/// Returns true if a path can be that of a health check: its last segment is `livez`, `readyz`, `startupz`, `healthz` or
/// `health`.
pub(crate) fn is_probe_path(path: &str) -> bool {
    NAMES.contains(&path.rsplit('/').next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_public_get_of_a_known_path_is_a_health_check() {
        let operation = |path| Operation { path, ..Operation::NONE };
        for path in ["/livez", "/readyz", "/v1/health", "/healthz", "/startupz"] {
            assert!(is_probe(&operation(path)), "{path}");
        }
        assert!(!is_probe(&operation("/patients/{id}/records")));
        assert!(!is_probe(&operation("/health/records")));
        assert!(!is_probe(&Operation { security: &[&[]], ..operation("/health") }));
        assert!(!is_probe(&Operation { method: Method::POST, ..operation("/health") }));
    }
}
