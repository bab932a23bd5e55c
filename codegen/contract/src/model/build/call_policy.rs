//! The policies of the calls of an operation: its time limit (`x-timeout`) and its retries (`x-retry`).

use std::time::Duration;

use crate::diagnostic::Diagnostic;
use crate::document::Node;
use crate::model::operation::{Operation, Retry};

use super::builder::Builder;
use super::policy::{A_DURATION, Form, some_time};
use super::quantity::intended_duration;

/// The largest number of requests of one call.
const MOST_ATTEMPTS: u64 = 10;

const TIMEOUT: &str = "x-timeout";

const RETRY: Form = Form { name: "x-retry", fields: &["attempts", "hedge"], example: "{ attempts: 3 }" };

impl<'d> Builder<'d, '_> {
    /// Returns the time limit that an operation declares (`x-timeout`).
    pub(super) fn timeout(&mut self, operation: &'d Node) -> Option<Duration> {
        let node = operation.get(TIMEOUT)?;
        let time = some_time(node);
        if time.is_none() {
            let intended = intended_duration(self.document.sources.slice(node.span));
            self.bad_policy(node, "`x-timeout`", A_DURATION, intended);
        }
        time
    }

    /// Returns the retries that an operation declares (`x-retry`). `false` means that there are none.
    pub(super) fn retry(&mut self, operation: &'d Node) -> Option<Retry> {
        let policy = operation.get(RETRY.name)?;
        if policy.as_bool() == Some(false) {
            return Some(Retry { attempts: 1, hedge: None });
        }
        if policy.as_object().is_none() {
            let message = format!("`x-retry` must be an object or false, not {}", policy.kind_name());
            let report = Diagnostic::error("bad-policy", policy.span, message).label("expected an object");
            self.report(report.help(format!("example: `x-retry: {}`", RETRY.example)));
            return None;
        }
        self.form(&RETRY, policy)?;
        let count = |node: &Node| node.as_u64().filter(|count| (1..=MOST_ATTEMPTS).contains(count));
        let attempts = self.needed(&RETRY, policy, "attempts", "an integer from 1 to 10", count);
        let hedge = self.field(&RETRY, policy, "hedge", A_DURATION, some_time);
        Some(Retry { attempts: attempts.and_then(|count| count.try_into().ok())?, hedge })
    }

    /// Reports retries that could repeat the effect of an operation, and a hedged request that is never sent.
    pub(super) fn check_retry(&mut self, node: &'d Node, operation: &Operation) {
        let (Some(policy), Some(retry)) = (node.get(RETRY.name), operation.policies.retry) else { return };
        let at = |name: &str| policy.as_object().and_then(|object| object.key_span(name)).unwrap_or(policy.span);
        let method = operation.method.as_str();
        if retry.attempts > 1 && !is_idempotent(method) && operation.policies.idempotency.is_none() {
            let message = format!(
                "{} cannot be retried: a second {method} request can repeat the effect of the first",
                operation.title()
            );
            self.report(
                Diagnostic::error("unsafe-retry", at("attempts"), message)
                    .label("is not idempotent")
                    .help("remove it, or declare `x-idempotency`, so that clients send an idempotency key"),
            );
        }
        let Some(hedge) = retry.hedge else { return };
        if !is_safe(method) {
            let message =
                format!("{} cannot be hedged: only safe methods such as GET can be sent twice", operation.title());
            self.report(
                Diagnostic::error("unsafe-retry", at("hedge"), message)
                    .label("is not a safe method")
                    .help("remove `hedge`"),
            );
        } else if let Some(timeout) = operation.policies.timeout.filter(|timeout| *timeout <= hedge) {
            let message = format!("{} is never hedged: its call ends before the second request", operation.title());
            self.report(
                Diagnostic::error("unsafe-retry", at("hedge"), message)
                    .label(format!("must be shorter than the `x-timeout`, {} ms", timeout.as_millis()))
                    .help("choose a time that most responses take less than"),
            );
        }
    }
}

/// Returns true if a method is safe (RFC 9110 § 9.2.1; `QUERY` is by its own specification).
pub(super) fn is_safe(method: &str) -> bool {
    matches!(method, "GET" | "HEAD" | "OPTIONS" | "TRACE" | "QUERY")
}

/// Returns true if a method is idempotent (RFC 9110 § 9.2.2).
fn is_idempotent(method: &str) -> bool {
    is_safe(method) || matches!(method, "PUT" | "DELETE")
}
