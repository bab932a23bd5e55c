//! The checks of a sweep.

use std::collections::BTreeMap;

use writ_runtime::{MediaKind, Operation, ParameterLocation};

use super::{SETUP_REQUESTS, Sweep, is_conditional, media_type, rate_limit};

impl Sweep {
    /// Checks that the path of each operation refuses a method that the contract does not declare for it with 405, and that
    /// `Allow` contains those which it does.
    pub async fn refuses_other_methods(&self) {
        let mut paths: BTreeMap<&str, Vec<&'static Operation>> = BTreeMap::new();
        for &operation in &self.operations {
            paths.entry(operation.path).or_default().push(operation);
        }
        for operations in paths.into_values() {
            let refused = self.call(operations[0]).method("LOCK").send().await.refused(405);
            let allowed: Vec<&str> = refused.header("allow").split(", ").collect();
            for operation in operations {
                assert!(allowed.contains(&operation.method.as_str()), "{}: {allowed:?}", operation.id);
            }
        }
    }

    /// Checks that each operation refuses `~` as the value of its path parameters with 400. All path parameters of the
    /// contract must have a schema that excludes this value.
    pub async fn refuses_invalid_path_parameters(&self) {
        let wrong = |operation: &Operation| -> Vec<(String, String)> {
            path_parameters(operation).map(|name| (name.to_owned(), "~".to_owned())).collect()
        };
        for operation in self.select(|operation| path_parameters(operation).next().is_some()) {
            let refused = Sweep { values: wrong(operation), ..self.clone() }.valid_call(operation).send().await;
            let body = refused.refused(400).body.to_string();
            for name in path_parameters(operation) {
                assert!(body.contains(&format!("\"{name}\"")), "{}: {body}", operation.id);
            }
        }
    }

    /// Checks that each operation refuses a body of another media type with 415, a body that exceeds its limit with 413, and
    /// a body that is not JSON with 400.
    pub async fn refuses_unreadable_bodies(&self) {
        let json = |operation: &Operation| {
            let body = operation.body.as_ref().filter(|body| body.required);
            body.is_some_and(|body| body.media.iter().all(|media| media.kind == MediaKind::Json))
        };
        for operation in self.select(json) {
            let send = |media_type: &'static str, body: String| {
                let call = self.call(operation);
                let call = if is_conditional(operation) { call.header("if-match", "\"1\"") } else { call };
                call.body(media_type, body).send()
            };
            let declared = media_type(operation);
            for other in ["text/plain", "application/xml"] {
                send(other, "{}".to_owned()).await.refused(415);
            }
            let limit = operation.body.as_ref().map_or(0, |body| body.limit);
            send(declared, " ".repeat(limit + 1)).await.refused(413);
            for unreadable in ["{", "{}{}", "\0", "{\"a\":1,}"] {
                send(declared, unreadable.to_owned()).await.refused(400);
            }
        }
    }

    /// Checks that each operation with a response body refuses a caller who accepts none of its media types with 406.
    pub async fn refuses_other_media_types(&self) {
        for operation in self.select(|operation| !operation.produces.is_empty()) {
            let call = self.call(operation).header("accept", "application/x-none");
            call.send().await.refused(406);
        }
    }

    /// Checks that each operation that requires `If-Match` refuses a request without it with 428.
    pub async fn requires_preconditions(&self) {
        for operation in self.select(is_conditional) {
            let mut call = self.call(operation);
            if let Some((_, body)) = self.bodies.iter().find(|(id, _)| id == operation.id) {
                call = call.body(media_type(operation), body.to_string());
            }
            call.send().await.refused(428);
        }
    }

    /// Checks that each operation admits as many requests as its rate limit declares, and refuses the next with 429 and the
    /// headers of the limit.
    ///
    /// The requests have no body, so that operations with one have no effect.
    pub async fn limits_requests(&self) {
        for operation in self.select(|operation| rate_limit(operation).is_some()) {
            let Some(limit) = rate_limit(operation) else { continue };
            let mut accepted = 0;
            let refused = loop {
                let response = self.call(operation).send().await;
                // The bucket is refilled while the requests are sent, so more requests than the limit can be accepted.
                if response.status == 429 || accepted > 2 * limit.requests {
                    break response.refused(429);
                }
                accepted += 1;
            };
            assert!(accepted + SETUP_REQUESTS >= limit.requests, "{}: {accepted}", operation.id);
            assert_eq!(refused.number("x-ratelimit-limit"), u64::from(limit.requests), "{}", operation.id);
            assert_eq!(refused.number("x-ratelimit-remaining"), 0, "{}", operation.id);
            assert!((1..=limit.window.as_secs()).contains(&refused.number("retry-after")), "{}", operation.id);
        }
    }

    /// Checks that each operation that declares 503 responds to a valid request with it, with `Retry-After` if the body is
    /// the error envelope and not one of the operation itself, such as the report of a health check. The test must have
    /// caused an outage before, for example by closing a connection pool.
    pub async fn is_unavailable(&self) {
        let has_own_body = |operation: &Operation| {
            operation.errors.iter().any(|response| (response.low..=response.high).contains(&503))
        };
        for operation in self.select(|operation| operation.declares(503)) {
            let refused = self.valid_call(operation).send().await.refused(503);
            assert!(has_own_body(operation) || refused.number("retry-after") > 0, "{}", operation.id);
        }
    }
}

/// Returns the names of an operation's path parameters.
fn path_parameters(operation: &Operation) -> impl Iterator<Item = &'static str> {
    let parameters = operation.parameters.iter().filter(|parameter| parameter.location == ParameterLocation::Path);
    parameters.map(|parameter| parameter.name)
}
