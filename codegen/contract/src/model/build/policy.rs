//! The policies of an operation (`x-` fields), read field by field, so that each mistake is reported at its location.

use std::time::Duration;

use crate::diagnostic::{Diagnostic, closest};
use crate::document::Node;
use crate::model::operation::{
    Cache, DEFAULT_BODY_LIMIT, LimitBy, Operation, ParameterLocation, Policies, RateLimit, Status,
};

use super::builder::Builder;
use super::node_fields::elements;
use super::quantity::{duration, intended_duration, intended_size, size};

/// The form of a policy such as `x-cache`: its name, its fields, and an example.
pub(super) struct Form {
    pub(super) name: &'static str,
    pub(super) fields: &'static [&'static str],
    pub(super) example: &'static str,
}

const RATE_LIMIT: Form = Form {
    name: "x-rate-limit",
    fields: &["requests", "window", "by"],
    example: "{ requests: 100, window: 60s, by: caller }",
};

const IDEMPOTENCY: Form = Form { name: "x-idempotency", fields: &["retention"], example: "{ retention: 24h }" };

const CACHE: Form =
    Form { name: "x-cache", fields: &["ttl", "tags", "shared"], example: "{ ttl: 300s, tags: [\"user:{userId}\"] }" };

pub(super) const A_DURATION: &str = "a duration such as `60s`, `5m`, `24h` or `30d`";
const A_SIZE: &str = "a size such as `64KiB` or `1MiB`, or a number of bytes";
const A_COUNT: &str = "a positive integer";

impl<'d> Builder<'d, '_> {
    /// Returns the policies that an operation declares, and reports mistakes in them.
    pub(super) fn policies(&mut self, node: &'d Node) -> Policies {
        let rate_limits = match node.get(RATE_LIMIT.name).map(|limits| (limits, limits.as_array())) {
            Some((_, Some(list))) => list.iter().filter_map(|one| self.rate_limit(one)).collect(),
            Some((one, None)) => self.rate_limit(one).into_iter().collect(),
            None => Vec::new(),
        };
        let idempotency = node.get(IDEMPOTENCY.name).and_then(|policy| {
            self.form(&IDEMPOTENCY, policy)?;
            self.needed(&IDEMPOTENCY, policy, "retention", A_DURATION, some_time)
        });
        let cache = node.get(CACHE.name).and_then(|policy| {
            self.form(&CACHE, policy)?;
            let ttl = self.needed(&CACHE, policy, "ttl", A_DURATION, some_time);
            let tags = self.tags(policy.get("tags"), "`tags` of `x-cache`");
            let shared = self.field(&CACHE, policy, "shared", "true or false", Node::as_bool);
            Some(Cache { ttl: ttl?, tags, shared: shared.unwrap_or(false) })
        });
        let invalidates = self.tags(node.get("x-cache-invalidates"), "`x-cache-invalidates`");
        let (timeout, retry) = (self.timeout(node), self.retry(node));
        Policies { rate_limits, idempotency, cache, invalidates, timeout, retry }
    }

    fn rate_limit(&mut self, node: &'d Node) -> Option<RateLimit> {
        self.form(&RATE_LIMIT, node)?;
        let count = |node: &Node| node.as_u64().and_then(|count| u32::try_from(count).ok()).filter(|count| *count > 0);
        let requests = self.needed(&RATE_LIMIT, node, "requests", A_COUNT, count);
        let window = self.needed(&RATE_LIMIT, node, "window", A_DURATION, some_time);
        let by = match node.get("by") {
            None => LimitBy::Caller,
            Some(by) => {
                let known = [("caller", LimitBy::Caller), ("address", LimitBy::Address), ("account", LimitBy::Account)];
                let named = known.iter().find(|(word, _)| by.as_str() == Some(word));
                if named.is_none() {
                    let intended = by.as_str().and_then(|word| closest(word, known.iter().map(|(word, _)| *word)));
                    self.unknown_limit(by, intended);
                }
                named?.1
            }
        };
        Some(RateLimit { requests: requests?, window: window?, by })
    }

    /// Reports a value of `by` in `x-rate-limit` that is not allowed.
    fn unknown_limit(&mut self, by: &Node, intended: Option<&str>) {
        let found = by.as_str().map_or(by.kind_name().to_owned(), |word| format!("`{word}`"));
        let message = format!("`by` of `x-rate-limit` is {found}, not one of `caller`, `address`, `account`");
        let report = Diagnostic::error("bad-policy", by.span, message).label("unknown value");
        self.report(match intended {
            Some(intended) => report.suggest(self.document.sources.inside_quotes(by.span), intended),
            None => report,
        });
    }

    /// Returns the size limit of the request body of an operation, in bytes (`x-body-limit`).
    pub(super) fn body_limit(&mut self, operation: &'d Node) -> u64 {
        let default = self.options.body_limit.unwrap_or(DEFAULT_BODY_LIMIT);
        let Some(node) = operation.get("x-body-limit") else { return default };
        let limit = node.as_u64().or_else(|| node.as_str().and_then(size)).filter(|limit| *limit > 0);
        if limit.is_none() {
            let intended = intended_size(self.document.sources.slice(node.span));
            self.bad_policy(node, "`x-body-limit`", A_SIZE, intended);
        }
        limit.unwrap_or(default)
    }

    /// Checks that the value of a policy is an object, and reports its unknown fields.
    pub(super) fn form(&mut self, form: &Form, node: &'d Node) -> Option<()> {
        let Some(object) = node.as_object() else {
            self.report(
                Diagnostic::error(
                    "bad-policy",
                    node.span,
                    format!("`{}` must be an object, not {}", form.name, node.kind_name()),
                )
                .label("expected an object")
                .help(format!("example: `{}: {}`", form.name, form.example)),
            );
            return None;
        };
        for (key, _) in object {
            let name = key.name.as_str();
            if form.fields.contains(&name) || name.starts_with("x-") {
                continue;
            }
            let report = Diagnostic::error("bad-policy", key.span, format!("`{}` has no field `{name}`", form.name))
                .label("unknown field");
            let free = form.fields.iter().copied().filter(|field| !object.contains_key(field));
            self.report(match closest(name, free) {
                Some(close) => report.suggest(self.document.sources.inside_quotes(key.span), close),
                None => report.help(format!("example: `{}: {}`", form.name, form.example)),
            });
        }
        Some(())
    }

    /// Returns the value of a required field of a policy, and reports the field if it is missing or invalid.
    pub(super) fn needed<T>(
        &mut self,
        form: &Form,
        policy: &'d Node,
        name: &str,
        expected: &str,
        read: impl Fn(&Node) -> Option<T>,
    ) -> Option<T> {
        if policy.get(name).is_some() {
            return self.field(form, policy, name, expected, read);
        }
        // An unknown field was reported already, and may be a misspelling of the missing one.
        let foreign = |name: &str| !form.fields.contains(&name) && !name.starts_with("x-");
        let misspelt = policy.as_object().into_iter().flatten().any(|(key, _)| foreign(&key.name));
        if !misspelt {
            self.report(
                Diagnostic::error("bad-policy", policy.span, format!("`{}` needs `{name}`", form.name))
                    .label(format!("`{name}` is missing: {expected}"))
                    .help(format!("example: `{}: {}`", form.name, form.example)),
            );
        }
        None
    }

    /// Returns the value of an optional field of a policy, and reports the field if it is invalid.
    pub(super) fn field<T>(
        &mut self,
        form: &Form,
        policy: &'d Node,
        name: &str,
        expected: &str,
        read: impl Fn(&Node) -> Option<T>,
    ) -> Option<T> {
        let node = policy.get(name)?;
        let value = read(node);
        if value.is_none() {
            let intended = match expected {
                A_DURATION => intended_duration(self.document.sources.slice(node.span)),
                _ => None,
            };
            self.bad_policy(node, &format!("`{name}` of `{}`", form.name), expected, intended);
        }
        value
    }

    pub(super) fn bad_policy(&mut self, node: &Node, what: &str, expected: &str, intended: Option<String>) {
        let written = self.document.sources.slice(node.span);
        let label = match expected {
            A_DURATION => "not a duration",
            A_SIZE => "not a size",
            A_COUNT => "not a positive integer",
            _ => "invalid value",
        };
        let short = !written.is_empty() && written.len() < 40 && !written.contains('\n');
        let found = if short { format!("`{written}`") } else { node.kind_name().to_owned() };
        let report =
            Diagnostic::error("bad-policy", node.span, format!("{what} must be {expected}, not {found}")).label(label);
        self.report(match intended {
            // As a fix, a list is inserted unchanged, a string keeps its quotes, and a number gets quotes.
            Some(intended) if intended.starts_with('[') => report.suggest(node.span, intended),
            Some(intended) if node.as_str().is_some() => {
                report.suggest(self.document.sources.inside_quotes(node.span), intended)
            }
            Some(intended) => report.suggest(node.span, format!("\"{intended}\"")),
            None => report,
        });
    }

    /// Returns the cache tags in a node; reports a value that is not a list of strings.
    fn tags(&mut self, node: Option<&'d Node>, what: &str) -> Vec<String> {
        let Some(node) = node else { return Vec::new() };
        let texts: Option<Vec<String>> =
            node.as_array().and_then(|list| list.iter().map(|tag| tag.as_str().map(str::to_owned)).collect());
        if texts.is_none() {
            let intended = node.as_str().map(|text| format!("[{text:?}]"));
            self.bad_policy(node, what, "a list of strings such as `[\"user:{userId}\"]`", intended);
        }
        texts.unwrap_or_default()
    }

    /// Reports cache tags of an operation with placeholders other than the path parameters and `{principal}`.
    pub(super) fn check_tags(&mut self, operation: &'d Node, path: &str) {
        let lists =
            [operation.get("x-cache").and_then(|cache| cache.get("tags")), operation.get("x-cache-invalidates")];
        for tag in lists.into_iter().flat_map(elements) {
            let Some(text) = tag.as_str() else { continue };
            let known = || placeholders(path).chain(["principal"]);
            for name in placeholders(text).filter(|name| !known().any(|known| known == *name)) {
                let report = Diagnostic::error(
                    "unknown-tag-parameter",
                    tag.span,
                    format!("`{{{name}}}` is not a parameter of the path `{path}`"),
                )
                .label("unknown placeholder");
                let fixed =
                    closest(name, known()).map(|close| text.replace(&format!("{{{name}}}"), &format!("{{{close}}}")));
                self.report(match fixed {
                    Some(fixed) => report.suggest(self.document.sources.inside_quotes(tag.span), fixed),
                    None => report.help("a cache tag can contain the parameters of the path and `{principal}`"),
                });
            }
        }
    }

    /// Reports policies that have no effect on the operation, which would otherwise be ignored unnoticed.
    pub(super) fn check_policies(&mut self, node: &'d Node, operation: &Operation) {
        let at = |name: &str| node.as_object().and_then(|object| object.key_span(name)).unwrap_or(node.span);
        let key = operation.parameters.iter().any(|parameter| {
            parameter.location == ParameterLocation::Header && parameter.name.eq_ignore_ascii_case("Idempotency-Key")
        });
        if operation.policies.idempotency.is_some() && !key {
            let message = format!(
                "{} does not declare the header `Idempotency-Key`, which `x-idempotency` needs",
                operation.title()
            );
            self.report(
                Diagnostic::error("policy-without-parameter", at("x-idempotency"), message)
                    .label("needs the header parameter")
                    .help("add to the parameters of the operation: { name: Idempotency-Key, in: header, schema: { type: string } }"),
            );
        }
        if operation.policies.cache.is_some() && operation.method != "GET" {
            let message = format!("{} cannot be cached: only responses to GET can be cached", operation.title());
            self.report(
                Diagnostic::error("cache-of-a-change", at("x-cache"), message)
                    .label("not a GET operation")
                    .help("remove it; to invalidate cached responses, use `x-cache-invalidates`"),
            );
        }
        self.check_retry(node, operation);
        if operation.body.is_none() && node.get("x-body-limit").is_some() && node.get("requestBody").is_none() {
            let report = self
                .remark(
                    "policy-without-body",
                    at("x-body-limit"),
                    format!("{} has no request body to limit", operation.title()),
                )
                .label("has no effect");
            self.report(report.help("remove it, or declare a `requestBody`"));
        }
        let says_so = operation
            .responses
            .iter()
            .any(|response| matches!(response.status, Status::Code(429) | Status::Range(4) | Status::Default));
        if !operation.policies.rate_limits.is_empty() && !says_so {
            let message = format!("{} has a rate limit but does not declare the status 429", operation.title());
            let report = self.remark("undeclared-refusal", at("x-rate-limit"), message).label("responds with 429");
            self.report(report.help("declare `429` under `responses`, so that clients expect it"));
        }
    }
}

/// Iterates over the names of the placeholders `{name}` in a path or cache tag.
pub(super) fn placeholders(template: &str) -> impl Iterator<Item = &str> {
    template.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}

/// Returns the duration in a node, if it is above zero.
pub(super) fn some_time(node: &Node) -> Option<Duration> {
    node.as_str().and_then(duration).filter(|time| !time.is_zero())
}
