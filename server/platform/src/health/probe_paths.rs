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

/// Returns true if a request can be a health check: a GET or HEAD of a path that ends in `livez`, `readyz`, `startupz`,
/// `healthz` or `health`.
pub(crate) fn is_probe_request(method: &http::Method, path: &str) -> bool {
    matches!(*method, http::Method::GET | http::Method::HEAD) && is_probe_path(path)
}

fn is_probe_path(path: &str) -> bool {
    NAMES.contains(&path.rsplit('/').next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_read_of_a_known_path_can_be_a_health_check() {
        use http::Method;
        for method in [Method::GET, Method::HEAD] {
            assert!(is_probe_request(&method, "/v1/health"), "{method}");
            assert!(!is_probe_request(&method, "/docs"), "{method}");
        }
        for method in [Method::POST, Method::DELETE, Method::OPTIONS] {
            assert!(!is_probe_request(&method, "/v1/health"), "{method}");
        }
    }

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
