//! The `x-` policies of an operation, with their durations and sizes.

use std::time::Duration;

use crate::contract::operation::{Cache, LimitBy, Policies, RateLimit};
use crate::diagnostic::Diagnostic;
use crate::document::{Node, Span};

use super::{Lowering, elements, string, truth};

/// What a body may hold where the contract says nothing: 1 MiB.
const DEFAULT_BODY_LIMIT: u64 = 1024 * 1024;

impl<'d> Lowering<'d, '_> {
    /// All policies of an operation.
    pub(super) fn policies(&mut self, node: &'d Node) -> Policies {
        let rate_limits = match node.get("x-rate-limit") {
            Some(one) if one.as_object().is_some() => self.rate_limit(one).into_iter().collect(),
            Some(list) if list.as_array().is_some() => {
                elements(Some(list)).iter().filter_map(|one| self.rate_limit(one)).collect()
            }
            Some(other) => {
                self.bad_policy(other.span, "x-rate-limit", "{ requests: 100, window: 60s }");
                Vec::new()
            }
            None => Vec::new(),
        };
        let idempotency = node.get("x-idempotency").and_then(|policy| {
            let retention = policy.get("retention").and_then(Node::as_str).and_then(duration);
            if retention.is_none() {
                self.bad_policy(policy.span, "x-idempotency", "{ retention: 24h }");
            }
            retention
        });
        let cache = node.get("x-cache").and_then(|policy| {
            let Some(ttl) = policy.get("ttl").and_then(Node::as_str).and_then(duration) else {
                self.bad_policy(policy.span, "x-cache", "{ ttl: 300s, tags: [\"user:{userId}\"] }");
                return None;
            };
            Some(Cache { ttl, tags: texts(policy.get("tags")), shared: truth(policy, "shared") })
        });
        Policies { rate_limits, idempotency, cache, invalidates: texts(node.get("x-cache-invalidates")) }
    }

    fn rate_limit(&mut self, node: &'d Node) -> Option<RateLimit> {
        let requests = node.get("requests").and_then(Node::as_u64).and_then(|count| u32::try_from(count).ok());
        let window = node.get("window").and_then(Node::as_str).and_then(duration);
        let by = match string(node, "by").as_deref() {
            None | Some("caller") => Some(LimitBy::Caller),
            Some("address") => Some(LimitBy::Address),
            Some("account") => Some(LimitBy::Account),
            Some(_) => None,
        };
        match (requests, window, by) {
            (Some(requests), Some(window), Some(by)) if requests > 0 && !window.is_zero() => {
                Some(RateLimit { requests, window, by })
            }
            _ => {
                self.bad_policy(node.span, "x-rate-limit", "{ requests: 100, window: 60s, by: caller }");
                None
            }
        }
    }

    /// `x-body-limit`, in bytes.
    pub(super) fn body_limit(&mut self, operation: &'d Node) -> u64 {
        let Some(node) = operation.get("x-body-limit") else { return DEFAULT_BODY_LIMIT };
        match node.as_u64().or_else(|| node.as_str().and_then(size)) {
            Some(limit) => limit,
            None => {
                self.bad_policy(node.span, "x-body-limit", "64KiB");
                DEFAULT_BODY_LIMIT
            }
        }
    }

    /// Tags may only name the operation's own path parameters.
    pub(super) fn check_tags(&mut self, operation: &'d Node, path: &str) {
        let lists =
            [operation.get("x-cache").and_then(|cache| cache.get("tags")), operation.get("x-cache-invalidates")];
        for tag in lists.into_iter().flat_map(elements) {
            let Some(text) = tag.as_str() else { continue };
            for name in placeholders(text) {
                if name != "principal" && !placeholders(path).any(|known| known == name) {
                    self.report(
                        Diagnostic::error(
                            "unknown-tag-parameter",
                            tag.span,
                            format!("`{{{name}}}` is no parameter of this path"),
                        )
                        .label("the tag would never be filled in")
                        .help("a tag may name the path's parameters and `{principal}`"),
                    );
                }
            }
        }
    }

    fn bad_policy(&mut self, span: Span, name: &str, example: &str) {
        self.report(
            Diagnostic::error("bad-policy", span, format!("`{name}` cannot be read"))
                .label("not of this extension's form")
                .help(format!("write for example `{name}: {example}`")),
        );
    }
}

/// The `{names}` in a template.
pub(super) fn placeholders(template: &str) -> impl Iterator<Item = &str> {
    template.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}

fn texts(node: Option<&Node>) -> Vec<String> {
    elements(node).iter().filter_map(Node::as_str).map(str::to_owned).collect()
}

/// `60s`, `5m`, `24h`, `30d`, `250ms`.
fn duration(text: &str) -> Option<Duration> {
    let digits = text.find(|letter: char| !letter.is_ascii_digit())?;
    let count: u64 = text[..digits].parse().ok()?;
    let unit = match &text[digits..] {
        "ms" => return Some(Duration::from_millis(count)),
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return None,
    };
    Some(Duration::from_secs(count.checked_mul(unit)?))
}

/// `512B`, `64KiB`, `1MiB`, `2GiB`.
fn size(text: &str) -> Option<u64> {
    let digits = text.find(|letter: char| !letter.is_ascii_digit())?;
    let count: u64 = text[..digits].parse().ok()?;
    let unit = match &text[digits..] {
        "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => return None,
    };
    count.checked_mul(unit)
}
